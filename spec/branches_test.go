package spec

import (
	"strings"
	"testing"
)

func TestBranch_HasCase(t *testing.T) {
	b := Branch{Name: "null", Cases: []string{"malformed.missing.null", "outcome"}}
	for _, tt := range []struct {
		kind, variant string
		has, may      bool
	}{
		{"malformed.missing", "null", true, true},
		{"malformed.missing", "absent", false, true},
		{"malformed.missing", "", false, true},
		{"malformed.blank", "null", false, false},
		{"outcome.error", "", true, true},
		{"outcomes", "", false, false},
	} {
		if b.HasCase(tt.kind, tt.variant) != tt.has || b.MayHave(tt.kind) != tt.may {
			t.Errorf("%s, variant %q: %t and %t", tt.kind, tt.variant, !tt.has, b.MayHave(tt.kind))
		}
	}
	if !(Branch{Ending: Refused}).HasCase("anything", "") {
		t.Error("a branch by its ending is shown by cases of every kind")
	}
}

func TestParseRequirements_Branches(t *testing.T) {
	head := "version: 1\npages: { p: '' }\nrequirements:\n  - { id: R, level: must, chapter: statuses, clause: { page: p, text: t }, sentence: s, operations: all, "
	for _, tt := range []struct{ claim, row, wants string }{
		{"branches by kinds and endings", `cases: [outcome], check: code, branches: [ { name: a, cases: [outcome.refused] }, { name: b, ending: error } ] }`, ""},
		{"an essential one has a short name", `check: code, essential: true, short: codes }`, ""},
		{"no name", `check: code, branches: [ { ending: error } ] }`, `branches: "": each must have a name of its own`},
		{"a name twice", `check: code, branches: [ { name: a, ending: error }, { name: a, ending: refused } ] }`, `branches: "a": each must`},
		{"nothing that selects", `check: code, branches: [ { name: a } ] }`, "branches: a: cases or ending must be given"},
		{"an unknown ending", `check: code, branches: [ { name: a, ending: unknown } ] }`, `ending: "unknown": must be one of`},
		{"cases that the requirement has not", `cases: [outcome], check: code, branches: [ { name: a, cases: [malformed] } ] }`, `"malformed": must be among the requirement's cases: outcome`},
		{"essential without a short name", `check: code, essential: true }`, "essential and short must be given together"},
		{"a short name without essential", `check: code, short: codes }`, "essential and short must be given together"},
		{"an unknown key", `check: code, branches: [ { name: a, kinds: [x] } ] }`, "kinds"},
	} {
		_, err := ParseRequirements([]byte(head+tt.row+"\n"), "r.yaml")
		if tt.wants == "" && err != nil || tt.wants != "" && (err == nil || !strings.Contains(err.Error(), tt.wants)) {
			t.Errorf("%s: %v, want %q", tt.claim, err, tt.wants)
		}
	}
}

// TestEssential_OfTheBuiltInList: a verdict says so where a run goes without one of these.
func TestEssential_OfTheBuiltInList(t *testing.T) {
	r, err := ParseRequirements(BuiltInRequirements(), "requirements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, q := range r.List {
		if q.Essential {
			list = append(list, q.ID)
		}
	}
	const want = "RH-401-1 RH-403-1 RH-404-1 RH-400-1 RH-200-5 RH-ERR-1 RH-NIL-1 RH-NIL-2 RH-NIL-5 RH-NIL-4 RH-MSG-1 RH-MSG-2 RH-MSG-3"
	if got := strings.Join(list, " "); got != "RH-200-1 "+want {
		t.Errorf("essential are %s", got)
	}
	if !r.BuiltIn() {
		t.Error("the built-in list is another one")
	}
	other, err := ParseRequirements(append(BuiltInRequirements(), '\n'), "requirements.yaml")
	if err != nil || other.BuiltIn() {
		t.Errorf("an altered list is the built-in one (%v)", err)
	}
}
