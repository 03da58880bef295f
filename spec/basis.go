package spec

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Basis is what a requirement rests on. A must rests on what a page says; what
// rests on a reading is our decision where all pages are silent.
type Basis string

// The bases. OfDescription is that of a list that names none.
const (
	OfPage        Basis = "page"        // the page about responses
	OfReference   Basis = "reference"   // another public page of the API
	OfStandard    Basis = "standard"    // a public standard
	OfReading     Basis = "reading"     // our decision
	OfDescription Basis = "description" // what the description of the API says
)

var basisWords = map[Basis]string{
	OfPage: "the page says", OfReference: "the reference says", OfStandard: "a public standard says",
	OfReading: "our reading (the documentation is silent)", OfDescription: "the description says",
}

// Words returns the basis as reports show it, "" for one that does not exist. No
// basis is that of a list that names none.
func (b Basis) Words() string { return basisWords[cmp.Or(b, OfDescription)] }

// Citing returns the basis in words, with the readings that are cited.
func (b Basis) Citing(readings []string) string {
	if len(readings) == 0 {
		return b.Words()
	}
	return b.Words() + ", " + strings.Join(readings, ", ")
}

// Fails reports whether a broken requirement of this basis fails a run: a must
// always, a should in a strict run, unless it is a reading of ours.
func (b Basis) Fails(level Level, strict bool) bool {
	return level == Must || level == Should && strict && b != OfReading
}

// Was is what a requirement was before each was judged by its sentence.
type Was struct {
	Level Level  `yaml:"level"` // "" where there was none of its id
	Of    string `yaml:"of"`    // the requirement that it was part of
	Why   string `yaml:"why"`   // it changed
}

// checkBasis refuses a must that no statement of a page demands.
func (q *Requirement) checkBasis(unbinding map[string]string) error {
	q.Basis = cmp.Or(q.Basis, OfDescription)
	binds := func(statement string) bool { return unbinding[statement] == "" }
	switch {
	case q.Basis.Words() == "":
		return fmt.Errorf("basis: %q: must be page, reference, standard, reading, description", q.Basis)
	case q.Was != nil && q.Was.Why == "":
		return errors.New("was: the reason is missing")
	case (q.Basis == OfReading) != (len(q.Readings) > 0):
		return errors.New("readings: they go with basis reading, and at least one is needed there")
	case q.Level != Must || q.Basis == OfDescription:
		return nil
	case q.Basis == OfReading:
		return errors.New("level: must: what is our reading is a should or a may")
	case !slices.ContainsFunc(q.Clause.Sentences, binds):
		return errors.New("level: must: clause.sentences names no statement that binds a server")
	}
	return nil
}

var toleranceName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// checkBreaks refuses tolerances that break what does not judge them, and
// requirements that judge tolerances of which there is none.
func (r *Requirements) checkBreaks() error {
	broken := map[string]bool{}
	for place, q := range r.List {
		for _, t := range q.Tolerances() {
			if t.Name != "" && (len(t.Breaks) > 0 || !toleranceName.MatchString(t.Name)) {
				return requirementError{place, q.ID, fmt.Errorf("tolerated.name: %q: must be made of small letters, digits and hyphens, and not be given with breaks", t.Name)}
			}
			for _, id := range t.Breaks {
				at := slices.IndexFunc(r.List, func(q *Requirement) bool { return q.ID == id })
				if at < 0 || !slices.Contains([]string{CheckPreferred, "status"}, r.List[at].Check) {
					return requirementError{place, q.ID, fmt.Errorf("tolerated.breaks: %s: no requirement with the check preferred or status has this id", id)}
				}
				broken[id] = true
			}
		}
	}
	for place, q := range r.List {
		if q.Check == CheckPreferred && !broken[q.ID] {
			return requirementError{place, q.ID, errors.New("check: preferred: no tolerated answer breaks it")}
		}
	}
	return nil
}

// Tolerances lists what a requirement tolerates, in its flows too.
func (q *Requirement) Tolerances() []Tolerance {
	var list []Tolerance
	if q.Expect != nil {
		list = append(list, q.Expect.Tolerated...)
	}
	for _, f := range q.Flows {
		for _, step := range f.Steps {
			if step.Expect != nil {
				list = append(list, step.Expect.Tolerated...)
			}
		}
	}
	return list
}
