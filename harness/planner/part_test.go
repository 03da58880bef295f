package planner

import (
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

// What a filter leaves of a part is what it leaves of the whole.
func TestNewPart(t *testing.T) {
	whole := ourPlan(t, 7)
	on := func(operations ...string) func(*plan.Obligation) bool {
		return func(o *plan.Obligation) bool { return slices.Contains(operations, o.Operation.ID) }
	}
	for _, tt := range []struct {
		claim string
		keep  func(*plan.Obligation) bool
		less  bool // operations are left out
	}{
		{"one obligation", func(o *plan.Obligation) bool { return o.ID == "payment-auth.RH-400-1" }, true},
		{"one that is prepared", func(o *plan.Obligation) bool { return o.ID == "payment-refund.RH-400-1" }, true},
		{"several operations", func(o *plan.Obligation) bool {
			return on("payment-void", "payment-sale-manual")(o) && slices.Contains([]string{"RH-400-1", "RH-400-6"}, o.Requirement.ID)
		}, true},
		{"flows", func(o *plan.Obligation) bool {
			return o.Operation.ID == "payment-refund" && strings.HasPrefix(o.Requirement.ID, "FL-REF-")
		}, true},
		{"flows that await messages", func(o *plan.Obligation) bool {
			return o.Operation.ID == "payment-refund" && len(o.Requirement.Flows) > 0
		}, false},
		{"a requirement on every operation", func(o *plan.Obligation) bool { return o.Requirement.ID == "RH-401-1" }, false},
		{"what is judged on answers in passing too", on("payment-void"), false},
		{"messages", func(o *plan.Obligation) bool {
			return o.Operation.ID == "payment-sale" && strings.HasPrefix(o.Requirement.Check, "message")
		}, false},
		{"all", func(*plan.Obligation) bool { return true }, false},
		{"nothing", func(*plan.Obligation) bool { return false }, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p, err := NewPart(whole.Description, whole.Requirements, readFixtures(t), whole.Seed, tt.keep)
			if err != nil {
				t.Fatal(err)
			}
			if less := len(p.Obligations) < len(whole.Obligations); less != tt.less {
				t.Errorf("%d of %d obligations", len(p.Obligations), len(whole.Obligations))
			}
			got, want := p.Only(tt.keep), whole.Only(tt.keep)
			if got.Digest != want.Digest {
				t.Errorf("%v\nis not\n%v", ids(got), ids(want))
			}
			if !slices.Equal(got.Dropped, want.Dropped) {
				t.Errorf("dropped %v, of the whole %v", got.Dropped, want.Dropped)
			}
			if got.Preflight == nil || got.Preflight.ID != want.Preflight.ID {
				t.Errorf("begins with %+v, want %s", got.Preflight, want.Preflight.ID)
			}
		})
	}
	t.Run("a requirement on an operation that is not there", func(t *testing.T) {
		r := requirements(t, rule("R-1", "[nowhere]", "valid", "200"))
		if _, err := NewPart(whole.Description, r, readFixtures(t), 1, func(*plan.Obligation) bool { return true }); err == nil || !strings.Contains(err.Error(), "nowhere") {
			t.Error(err)
		}
	})
}
