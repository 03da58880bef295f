// Package matrix runs plans against sandboxes with a planted defect, many at once.
// For each mutant it records whether the requirement that it names failed, and which
// other failures do not follow from the defect.
package matrix

import (
	"slices"
	"time"
)

// Matrix is the result of a run.
type Matrix struct {
	Tool    string    `json:"tool"`
	Filter  string    `json:"filter,omitempty"` // of the mutants, as given
	All     bool      `json:"all"`              // every mutant was run with every obligation
	Planned int       `json:"planned"`          // rows; fewer are there where it was interrupted
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
	Rows    []Row     `json:"rows"` // mutants in the order of their table, by seed; then the sound sandbox
	Checks  []Check   `json:"checks"`
	Pairs   []Pair    `json:"pairs,omitempty"` // of defects, where causes are counted
}

// Outcome is how a row ended.
type Outcome string

// The outcomes. A mutant is untested as long as its requirement is; it is not run.
const (
	Killed   Outcome = "killed"   // the requirement that it names failed
	Survived Outcome = "survived" // it did not
	Untested Outcome = "untested"
	Harmless Outcome = "tolerated" // what it does is left open: nothing may fail
	Sound    Outcome = "sound"     // the sandbox without a defect
)

// Row is one mutant, run with one seed.
type Row struct {
	Mutant      string    `json:"mutant"` // "" for the sound sandbox
	Breaks      string    `json:"breaks,omitempty"`
	Requirement string    `json:"requirement,omitempty"`
	Seed        uint64    `json:"seed"`
	Outcome     Outcome   `json:"outcome"`
	Failures    []Failure `json:"failures"`          // the requirement that it names first
	Causes      []Cause   `json:"causes"`            // of the failures, in the order of reading
	Whole       bool      `json:"whole"`             // they are those of a run of every obligation
	Twice       bool      `json:"twice,omitempty"`   // every obligation was certified twice
	Unlike      []string  `json:"unlike,omitempty"`  // causes that one of two runs of the same sandbox shows, and the other does not
	Fault       string    `json:"fault,omitempty"`   // of our own
	Verdict     string    `json:"verdict,omitempty"` // the sentence that sums the run up
	Asked       int       `json:"asked"`             // obligations
	Requests    int       `json:"requests"`
	Seconds     float64   `json:"seconds"`
}

// Failure is one requirement that failed.
type Failure struct {
	Requirement string   `json:"requirement"`
	Check       string   `json:"check"`
	Operations  []string `json:"operations"`
	Cases       int      `json:"cases"`   // that failed under it
	Case        string   `json:"case"`    // one of them
	Follows     bool     `json:"follows"` // from the defect; else it is a false alarm
}

// Check says which mutants one check kills.
type Check struct {
	Name  string   `json:"name"`
	Kills []string `json:"kills"` // mutants that it kills under the requirement that they name
	Alone []string `json:"alone"` // those among them that no other check kills
}

// Alarms are the failures that do not follow from the defect.
func (r Row) Alarms() []Failure {
	return slices.DeleteFunc(slices.Clone(r.Failures), func(f Failure) bool { return f.Follows })
}

// Bad reports whether a row shows that something is wrong with the checks.
func (r Row) Bad() bool { return r.Outcome == Survived || len(r.Alarms()) > 0 || r.Fault != "" }

// Bad lists the rows that are bad.
func (m *Matrix) Bad() []Row {
	return slices.DeleteFunc(slices.Clone(m.Rows), func(r Row) bool { return !r.Bad() })
}

// Idle lists the checks that kill no mutant alone: they prove nothing that others
// do not. A matrix of some mutants says nothing of that, nor does one that was interrupted.
func (m *Matrix) Idle() []string {
	var names []string
	for _, c := range m.Checks {
		if len(c.Alone) == 0 && m.Filter == "" && len(m.Rows) == m.Planned {
			names = append(names, c.Name)
		}
	}
	return names
}

// byCheck returns for each check the mutants that it kills under the requirement that
// they name, and those of them that it alone kills.
func byCheck(rows []Row, checks []string) []Check {
	list := make([]Check, len(checks))
	for i, name := range checks {
		list[i] = Check{Name: name, Kills: []string{}, Alone: []string{}}
		for _, r := range rows {
			if r.Outcome != Killed || r.Failures[0].Check != name || slices.Contains(list[i].Kills, r.Mutant) {
				continue
			}
			list[i].Kills = append(list[i].Kills, r.Mutant)
			if !slices.ContainsFunc(r.Failures, func(f Failure) bool { return f.Check != name }) {
				list[i].Alone = append(list[i].Alone, r.Mutant)
			}
		}
	}
	return list
}
