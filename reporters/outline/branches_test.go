package outline

import (
	"fmt"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

func TestBranches_AreGroupedByWhatBecameOfThem(t *testing.T) {
	var list []*run.Obligation
	for i, branches := range [][]run.Branch{
		{{Name: "absent", Planned: 2, Shown: 2}, {Name: "null", None: "a form has no null"}},
		{{Name: "absent", Planned: 1, Shown: 1}, {Name: "null", None: "a form has no null"}},
		{{Name: "absent", Planned: 1}, {Name: "null", Planned: 1, Tolerated: 1}},
	} {
		o := sample.Obligation("R", spec.Must, verdict.Pass)
		o.Operation, o.Branches = fmt.Sprint("op", i), branches
		list = append(list, &o)
	}
	got := Branches(list)
	if len(got) != 2 || got[0].Cases != 3 || len(got[0].Shown) != 2 || len(got[1].Shown) != 0 {
		t.Fatalf("%+v", got)
	}
	if other := got[0].Other; len(other) != 1 || other[0].Word() != "not shown" || fmt.Sprint(other[0].Operations()) != "[op2]" {
		t.Errorf("absent: %+v", other)
	}
	if other := got[1].Other; len(other) != 2 || other[0].Word() != "not applicable" || fmt.Sprint(other[0].Operations()) != "[op0 op1]" || other[1].Why != "only other responses came, which are allowed" {
		t.Errorf("null: %+v", other)
	}
}

// TestOutline_ListsBranchesThatDoNotApply: neither those that were not shown, nor those
// of obligations that are no part of the run.
func TestOutline_ListsBranchesThatDoNotApply(t *testing.T) {
	none := []run.Branch{{Name: "null", None: "a form has no null"}, {Name: "absent"}, {Name: "blank", Planned: 1, Shown: 1}}
	passed, outside := sample.Obligation("R-1", spec.Must, verdict.Pass), sample.Obligation("R-2", spec.Must, verdict.Unsupported)
	passed.Branches, outside.Branches = none, none
	got := Of(sample.Document(0, passed, outside)).Inapplicable
	if len(got) != 1 || got[0].Requirement != "R-1" || got[0].Name != "null" || len(got[0].Of) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestExampleAnchor(t *testing.T) {
	d := sample.EveryKind()
	if got := ExampleAnchor(d, d.Examples[1].ID); got != "x2" {
		t.Error(got)
	}
	if got := ExampleAnchor(d, "nobody's"); got != "" {
		t.Error(got)
	}
}
