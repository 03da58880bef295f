package html

import (
	"slices"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

func TestMatrix_OrdersIDsNaturally(t *testing.T) {
	want := []string{"", "A", "R-1", "R-2", "R-2-1", "R-02-9", "R-10", "R-10-2", "R-A", "Z9", "Z10", "Z10a"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortStableFunc(got, compareNatural)
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestMatrix_GroupsOperations(t *testing.T) {
	var list []run.Obligation
	for _, op := range [][2]string{{"card-pay", "/pay"}, {"list", "/items/all"}, {"card_void", "/void"}, {"get", "/items/{id}"}, {"root", "/"}} {
		o := sample.Obligation("R-1", spec.Must, verdict.Pass)
		o.Operation, o.ID, o.Path = op[0], op[0]+".R-1", op[1]
		list = append(list, o)
	}
	m := newMatrix(sample.Document(0, list...), anchors{})
	var got []string
	for _, c := range m.Columns {
		mark := ""
		if c.First {
			mark = "|"
		}
		got = append(got, mark+c.Operation)
	}
	if want := []string{"|card-pay", "card_void", "|list", "get", "|root"}; !slices.Equal(got, want) {
		t.Errorf("columns %q, want %q", got, want)
	}
	if want := []group{{"card", 2}, {"items", 2}, {"", 1}}; !slices.Equal(m.Groups, want) {
		t.Errorf("groups %v, want %v", m.Groups, want)
	}
}
