package verdict

import (
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// TestReconciled_Applies: a request that was turned down may have left something, and so
// may one that is tolerated in place of that.
func TestReconciled_Applies(t *testing.T) {
	tolerated := plan.Expect{Statuses: []int{400}, Handling: plan.Rejected, Tolerated: []spec.Tolerance{{Status: 200, Why: "declined"}}}
	for _, r := range []row{
		{claim: "a rejected request", status: 400, expect: want(400), exercised: true},
		{claim: "one that met an internal error", status: 500, expect: plan.NewExpect(spec.Errored, 200), exercised: true},
		{claim: "one that is tolerated", status: 200, expect: tolerated, exercised: true},
		{claim: "one that was carried out", status: 200, expect: plan.NewExpect(spec.Succeeded, 200)},
		{claim: "one that was carried out and should not be", status: 200, expect: want(400)},
		{claim: "a correct one that was rejected", status: 400, expect: plan.NewExpect(spec.Succeeded, 200)},
	} {
		if v := judgeRow(t, plan.CheckReconciled, r); v.Outcome != Pass || v.Exercised != r.exercised {
			t.Errorf("%s: %+v", r.claim, v)
		}
	}
	for status, exercised := range map[int]bool{200: true, 403: false} {
		if v := judgeRow(t, plan.CheckAccounted, row{status: status, expect: want(200)}); v.Outcome != Pass || v.Exercised != exercised {
			t.Errorf("a list that is answered %d: %+v", status, v)
		}
	}
}

// TestReconciled_Refuses: what is said of a request when the lists were read again.
func TestReconciled_Refuses(t *testing.T) {
	list := []Leftover{{"list", "7", []Fact{{"/amount", "1.00"}, {"/status", "approved"}}}, {"list", "8", nil}}
	for _, tt := range []struct {
		claim string
		v     Verdict
		want  Outcome
		says  []string
	}{
		{"a rejected request", Left("o", 401, list), Fail, []string{"nothing of the request, which was answered 401, in list after the run", "entry 7: /amount 1.00, /status approved, which no response named", "entry 8, which"}},
		{"a list", Unaccounted("o", 2, list), Fail, []string{"in list after the run only what", "entry 7: /amount 1.00"}},
		{"a list with many", Unaccounted("o", 9, list), Fail, []string{"entry 8, which no response named; and 7 more"}},
		{"a list that cannot be read", Unread("o", "list", "it was answered 500"), Inconclusive, []string{"what list shows after the run: it was answered 500"}},
	} {
		said := tt.v.Why
		for i, f := range tt.v.Findings {
			said += "\n" + f.Expected + "\n" + f.Received
			if f.Exchange != i+1 || f.Deviation != Effect || f.Check == "" {
				t.Errorf("%s: %+v", tt.claim, f)
			}
		}
		for _, want := range tt.says {
			if tt.v.Outcome != tt.want || tt.v.Obligation != "o" || !strings.Contains(said, want) {
				t.Errorf("%s: %s: %q does not say %q", tt.claim, tt.v.Outcome, said, want)
			}
		}
	}
}
