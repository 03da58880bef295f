package reporters

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"

	"qorcheck/spec"
)

// Catalogue is what there is to know of a requirement list.
type Catalogue struct {
	Name         string                `json:"name"`
	API          string                `json:"api"` // title and version of the description
	Profiles     map[string]string     `json:"profiles"`
	Chapters     spec.Chapters         `json:"chapters"`
	Requirements []Catalogued          `json:"requirements"`
	Operations   []CataloguedOperation `json:"operations"`
	Statements   []Statement           `json:"statements"`
}

// Catalogued is one requirement with everything that hangs on it.
type Catalogued struct {
	ID         string       `json:"id"`
	Level      spec.Level   `json:"level"`
	Basis      spec.Basis   `json:"basis"`
	Readings   []string     `json:"readings,omitempty"`
	Before     *Before      `json:"before,omitempty"`
	Chapter    string       `json:"chapter"`
	Profile    string       `json:"profile"`
	Fault      string       `json:"fault,omitempty"`
	Sentence   string       `json:"sentence"`
	Page       string       `json:"page"`
	Link       string       `json:"link"`
	Clause     string       `json:"clause"`
	Statements []string     `json:"statements"`
	Check      string       `json:"check,omitempty"`
	Cases      []string     `json:"cases"`
	Operations []string     `json:"operations"`
	All        bool         `json:"allOperations"`
	Branches   []string     `json:"branches,omitempty"` // in each of which it is exercised
	Essential  bool         `json:"essential,omitempty"`
	Mutants    []string     `json:"mutants"`
	Gravity    spec.Gravity `json:"gravity"`
	Untested   string       `json:"untested,omitempty"`
}

// Before is what a requirement was before each was judged by its sentence.
type Before struct {
	Level spec.Level `json:"level,omitempty"` // "" where there was none of its id
	Of    string     `json:"of,omitempty"`    // the requirement that it was a part of
	Why   string     `json:"why"`             // it changed
}

func before(q *spec.Requirement) *Before {
	if q.Was == nil {
		return nil
	}
	return &Before{q.Was.Level, q.Was.Of, q.Was.Why}
}

// CataloguedOperation is one operation with the requirements that name it, beside those that hold everywhere.
type CataloguedOperation struct {
	Operation    string   `json:"operation"`
	Requirements []string `json:"requirements"`
}

// Statement is one statement of the pages with the requirements made of it, or why there is none.
type Statement struct {
	ID           string   `json:"id"`
	Says         string   `json:"says,omitempty"` // in our words
	Requirements []string `json:"requirements"`
	NotCovered   string   `json:"notCovered,omitempty"`
}

// NewCatalogue makes the catalogue of a requirement list; mutants names, by requirement, those that it must kill.
func NewCatalogue(d *spec.Description, r *spec.Requirements, mutants map[string][]string) Catalogue {
	c := Catalogue{Name: r.Name, API: d.Title + " " + d.Version, Profiles: map[string]string{}, Chapters: r.Chapters()}
	for name, profile := range r.Profiles {
		c.Profiles[name] = profile.About
	}
	made := map[string][]string{}
	for _, q := range r.List {
		one := Catalogued{
			ID: q.ID, Level: q.Level, Basis: q.Basis, Readings: q.Readings, Before: before(q), Chapter: q.Chapter, Profile: q.Profile, Fault: q.Fault, Sentence: q.Sentence,
			Page: q.Clause.Page, Link: r.Link(q.Clause), Clause: q.Clause.Text, Statements: noNull(q.Clause.Sentences),
			Check: q.Check, Cases: noNull(q.Cases), Operations: []string{}, All: q.Operations.All,
			Branches: branchNames(q), Essential: q.Essential, Mutants: noNull(mutants[q.ID]), Gravity: cmp.Or(q.Gravity, spec.OfProtocol), Untested: q.Untested,
		}
		for _, o := range d.Operations {
			if q.Operations.Has(o.ID) {
				one.Operations = append(one.Operations, o.ID)
			}
		}
		c.Requirements = append(c.Requirements, one)
		for _, id := range q.Clause.Sentences {
			made[id] = append(made[id], q.ID)
		}
	}
	for _, o := range d.Operations {
		covered := CataloguedOperation{Operation: o.ID, Requirements: []string{}}
		for _, one := range c.Requirements {
			if !one.All && slices.Contains(one.Operations, o.ID) {
				covered.Requirements = append(covered.Requirements, one.ID)
			}
		}
		c.Operations = append(c.Operations, covered)
	}
	for id := range r.NotCovered {
		made[id] = nil
	}
	for _, p := range r.Documentation {
		for _, s := range p.Statements {
			c.Statements = append(c.Statements, Statement{s.ID, s.Says, noNull(made[s.ID]), r.NotCovered[s.ID]})
		}
	}
	if len(r.Documentation) == 0 {
		for _, id := range slices.Sorted(maps.Keys(made)) {
			c.Statements = append(c.Statements, Statement{ID: id, Requirements: noNull(made[id]), NotCovered: r.NotCovered[id]})
		}
	}
	return c
}

func branchNames(q *spec.Requirement) []string {
	var names []string
	for _, b := range q.Branches {
		names = append(names, b.Name)
	}
	return names
}

// noNull returns a list that is never null in JSON.
func noNull(list []string) []string { return append([]string{}, list...) }

// Tested are the requirements that some case exercises.
func (c Catalogue) Tested() []Catalogued {
	return slices.DeleteFunc(slices.Clone(c.Requirements), func(q Catalogued) bool { return q.Untested != "" })
}

func (c Catalogue) untested() []Catalogued {
	return slices.DeleteFunc(slices.Clone(c.Requirements), func(q Catalogued) bool { return q.Untested == "" })
}

// CatalogueJSON writes a catalogue as JSON.
func CatalogueJSON(w io.Writer, c Catalogue) error { return WriteJSON(w, c) }

// on says where a requirement is tested.
func (q Catalogued) on() string {
	if q.All {
		return "every operation"
	}
	return strings.Join(q.Operations, ", ")
}
