package planner

import (
	"slices"
	"testing"

	"qorcheck/harness/plan"
)

// TestBudget: the requests that are planned are no more than was allowed, more of them
// show more obligations, and what is planned is to be shown.
func TestBudget(t *testing.T) {
	whole := ourPlan(t, 1)
	before := 0
	for _, requests := range []int{60, 500, 3000, 30000} {
		p := whole.Within(requests, "some")
		if v := Volume(p); v.Requests > requests || p.Budget.Requests != requests || p.Budget.Cases != len(whole.Cases) {
			t.Errorf("%d requests: %d are planned, %+v", requests, v.Requests, p.Budget)
		}
		if len(p.Obligations)+len(p.Budget.Left) != len(whole.Obligations) || len(p.Obligations) <= before || len(p.Spares) > 0 {
			t.Errorf("%d requests: %d obligations, %d left out, %d spares", requests, len(p.Obligations), len(p.Budget.Left), len(p.Spares))
		}
		before = len(p.Obligations)
		for _, o := range p.Obligations {
			if !slices.ContainsFunc(p.Cases, func(c *plan.Case) bool { return slices.Contains(c.Obligations, o.ID) }) {
				t.Errorf("%d requests: %s is planned without a case", requests, o.ID)
			}
			for _, b := range o.Branches {
				if len(b.Cases) == 0 && b.Lacks == "" && b.None == "" {
					t.Errorf("%d requests: %s: no case shows %s", requests, o.ID, b.Name)
				}
			}
		}
		if again := whole.Within(requests, "some"); again.Digest != p.Digest {
			t.Errorf("%d requests: digests %s and %s", requests, p.Digest, again.Digest)
		}
	}
	for _, id := range whole.Within(30000, "some").Budget.Left {
		if check := whole.Obligation(id).Requirement.Check; check != plan.CheckReconciled && check != plan.CheckAccounted {
			t.Errorf("%s is left out, with requests enough", id)
		}
	}
	if p := whole.Within(1, "some"); p != nil {
		t.Errorf("one request is enough for %d cases", len(p.Cases))
	}
}
