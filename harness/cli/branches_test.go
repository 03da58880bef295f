package cli

import (
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

// branchDefects are, by requirement and branch, an operation and a defect that shows in
// the cases of that branch alone.
var branchDefects = map[[2]string][2]string{
	{"RH-401-1", "a missing key"}:       {"payment-void", "one-key-enough"},
	{"RH-401-1", "an empty key"}:        {"payment-void", "blank-key-200"},
	{"RH-401-2", "in the query"}:        {"payment-void", "keys-in-query"},
	{"RH-401-2", "in the body"}:         {"payment-void", "keys-in-body"},
	{"RH-400-2", "a wrong type"}:        {"payment-sale-manual", "number-for-text-accepted"},
	{"RH-400-2", "a broken constraint"}: {"payment-sale-manual", "third-decimal-dropped"},
	{"RH-400-3", "absent"}:              {"payment-sale-manual", "required-ignored"},
	{"RH-400-3", "null"}:                {"payment-sale-manual", "null-for-mandatory-accepted"},
	{"RH-400-3", "empty"}:               {"payment-sale-manual", "empty-accepted"},
	{"RH-400-3", "blank"}:               {"payment-sale-manual", "blank-accepted"},
	{"RH-200-5", "a refusal"}:           {"payment-void", "reason-absent-void"},
	{"RH-200-16", "an error"}:           {"payment-void", "failed-void-reason-absent"},
	{"RH-ERR-1", "malformed requests"}:  {"payment-void", "error-as-html"},
	{"RH-ERR-1", "missing keys"}:        {"transactions-fetch-one", "error-message-blank"},
	{"RH-ERR-1", "wrong keys"}:          {"transactions-fetch-one", "error-without-body"},
	{"RH-ERR-1", "nothing there"}:       {"payment-void", "error-name-twice"},
	{"RH-NIL-2", "missing keys"}:        {"payment-sale-manual", "charge-despite-401"},
	{"RH-NIL-2", "wrong keys"}:          {"payment-sale-manual", "charge-despite-403"},
}

// TestBranches_EachHasADefectThatItAloneShows: a branch that is left out of the cases
// would let the defect through.
func TestBranches_EachHasADefectThatItAloneShows(t *testing.T) {
	t.Parallel()
	known := 0
	for _, q := range must(builtInRequirements())(t).List {
		for _, b := range q.Branches {
			on, ok := branchDefects[[2]string{q.ID, b.Name}]
			if !ok {
				t.Errorf("%s: no defect shows in the branch %q alone", q.ID, b.Name)
				continue
			}
			known++
			t.Run(q.ID+" "+b.Name, func(t *testing.T) {
				t.Parallel()
				id := plan.ObligationID(on[0], q.ID)
				p := builtInPlan(t).Only(func(o *plan.Obligation) bool { return o.ID == id })
				d := certify(t, certification{plan: p, target: serve(t, newSandbox(t, on[1])) + "/v3", runID: "branch", concurrency: 4})
				var failed []string
				for _, c := range d.Failed() {
					for _, behind := range c.Behind {
						failed = append(failed, behind.Cases...)
					}
				}
				failed = slices.DeleteFunc(failed, ofTwoBranches)
				checkBranch(t, p.Obligation(id), b.Name, failed)
			})
		}
	}
	if known != len(branchDefects) {
		t.Errorf("%d branches, %d defects", known, len(branchDefects))
	}
}

// ofTwoBranches reports whether a case has no keys and leads nowhere: what shows in either
// branch may show in it.
func ofTwoBranches(id string) bool { return strings.Contains(id, ".unauthenticated.unknown-path") }

// checkBranch refuses a defect that shows in no case of a branch, or elsewhere too.
func checkBranch(t *testing.T, o *plan.Obligation, branch string, failed []string) {
	t.Helper()
	if len(failed) == 0 {
		t.Error("the defect does not show")
	}
	for _, b := range o.Branches {
		for _, id := range failed {
			if slices.Contains(b.Cases, id) != (b.Name == branch) {
				t.Errorf("%s failed by a defect in the branch %q", id, branch)
			}
		}
	}
}
