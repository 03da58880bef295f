package planner

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

var updateSpots = flag.Bool("update", false, "write testdata/spots.txt anew")

// unaskedSpot says why no requirement asks for cases of a kind, or for a requirement, of
// operations that it could be asked of.
type unaskedSpot struct {
	Of         []string `yaml:"of"`         // kinds, or ids of requirements
	Operations []string `yaml:"operations"` // all when omitted
	Why        string   `yaml:"why"`
}

// spots finds what became of each kind of cases on each operation, and on each field.
type spots struct {
	*drafter
	made    *result
	unasked []unaskedSpot
	used    map[string]bool // entries of unasked, by number
	could   map[string]map[string]bool
	lines   []string
	holes   []string
}

// TestSpots_NoneIsBlind: each kind of cases is asked of each operation and field, or is
// not applicable or dropped for a reason; where no requirement asks, testdata/unasked.yaml
// says why. So no kind forgets an operation or a field that is new.
func TestSpots_NoneIsBlind(t *testing.T) {
	d, r := ours()
	g, err := newGround(d, r, fixtures(t, ourFixtures))
	if err != nil {
		t.Fatal(err)
	}
	made, err := g.makeCases(g.everything())
	if err != nil {
		t.Fatal(err)
	}
	s := &spots{drafter: newDrafter(g), made: made, used: map[string]bool{}, could: map[string]map[string]bool{}}
	text, err := os.ReadFile("testdata/unasked.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &s.unasked); err != nil {
		t.Fatal(err)
	}
	s.kinds(d.Operations)
	s.families(d.Operations)
	s.fields(&plan.Plan{Description: d, Requirements: r, Cases: made.cases, Dropped: made.dropped})
	for _, hole := range s.holes {
		t.Errorf("%s: neither asked nor not applicable nor dropped; plan it, or say in testdata/unasked.yaml why it is not asked", hole)
	}
	for i, u := range s.unasked {
		for _, of := range u.Of {
			if !s.used[fmt.Sprint(i, of)] {
				t.Errorf("testdata/unasked.yaml: %s (%s) is asked or not applicable wherever it could be", of, u.Why)
			}
		}
	}
	got := strings.Join(s.lines, "\n") + "\n"
	if *updateSpots {
		if err := os.WriteFile("testdata/spots.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/spots.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the table is not testdata/spots.txt (%d lines, not %d); if that is meant, write it anew: go test ./harness/planner -run TestSpots -update", strings.Count(got, "\n"), strings.Count(string(want), "\n"))
	}
}

// add adds a cell. What is asked by no requirement needs a reason.
func (s *spots) add(of string, o *spec.Operation, place, cell string) {
	where := strings.TrimSpace(of + " " + o.ID + " " + place)
	if cell == "" {
		for i, u := range s.unasked {
			if slices.Contains(u.Of, of) && (u.Operations == nil || slices.Contains(u.Operations, o.ID)) {
				s.used[fmt.Sprint(i, of)] = true
				cell = "not asked: " + u.Why
				break
			}
		}
	}
	if cell == "" {
		s.holes = append(s.holes, where)
	}
	s.lines = append(s.lines, where+": "+cell)
}

// kinds adds each kind on each operation.
func (s *spots) kinds(operations []*spec.Operation) {
	for _, kind := range Kinds {
		for _, o := range operations {
			s.add(kind, o, "", s.kind(kind, o))
		}
	}
}

func (s *spots) kind(kind string, o *spec.Operation) string {
	for _, c := range s.made.cases {
		if c.Operation == o.ID && c.Kind == kind {
			return "asked"
		}
	}
	for _, d := range s.made.dropped {
		if d.Operation == o.ID && strings.HasPrefix(d.ID, plan.CaseID(o.Slug(), kind, "")) {
			return "dropped: " + d.Reason
		}
	}
	for _, p := range s.made.absent {
		if p.operation == o && p.kind == kind {
			return "not applicable: " + p.absent.none + p.absent.missing
		}
	}
	switch {
	case s.rules(o, kind).expect() != nil && s.proposed(o)[kind]:
		return "not applicable: an equal request is a case of another kind"
	case !s.proposed(o)[kind]:
		return "not applicable: the operation takes nothing that such a request could be made of"
	}
	return ""
}

// proposed tells the kinds of cases that are proposed for an operation, whether a
// requirement asks for them or not.
func (s *spots) proposed(o *spec.Operation) map[string]bool {
	if kinds, known := s.could[o.ID]; known {
		return kinds
	}
	kinds, preparation := map[string]bool{}, s.preparations[o.ID]
	of := subject{Operation: o, correct: s.draft(o, recipe{bound: preparation.bound}), prepare: preparation.steps}
	for _, propose := range proposers {
		for _, p := range propose(s.drafter, of) {
			if p.absent == (absence{}) {
				kinds[p.kind] = true
			}
		}
	}
	s.could[o.ID] = kinds
	return kinds
}

// families adds the requirements on repeats and messages on each operation that has them.
func (s *spots) families(operations []*spec.Operation) {
	for _, q := range s.requirements.List {
		for _, o := range operations {
			if !q.Tested() {
				continue
			}
			i := o.Conformance.Idempotency
			keyed := i != nil && slices.ContainsFunc(o.Parameters, func(p spec.Parameter) bool { return isIdempotency(o, p) })
			told := o.Conformance.Messages != nil && len(o.Callbacks) > 0
			switch {
			case q.Operations.Has(o.ID):
				if q.Profile == "idempotency" || q.Profile == "messages" {
					s.add(q.ID, o, "", "asked")
				}
			case q.Profile == "idempotency" && keyed, q.Profile == "messages" && told:
				s.add(q.ID, o, "", "")
			}
		}
	}
}

// fields adds each keyword of each place that a request can break.
func (s *spots) fields(p *plan.Plan) {
	for _, row := range Coverage(p) {
		cell := "asked"
		if row.Malformed == 0 {
			cell = strings.TrimSpace("not applicable: " + row.Reason)
			if strings.HasPrefix(row.Reason, "dropped: ") {
				cell = row.Reason
			}
		}
		if row.Malformed == 0 && row.Reason == "" {
			cell = ""
		}
		s.add(row.Keyword, p.Description.Operation(row.Operation), row.Pointer, cell)
	}
}
