package planner

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// TestNewPart: what a filter leaves of a part is what it leaves of the whole.
func TestNewPart(t *testing.T) {
	whole := ourPlan(t, 7)
	on := func(operations ...string) func(*plan.Obligation) bool {
		return func(o *plan.Obligation) bool { return slices.Contains(operations, o.Operation.ID) }
	}
	all := len(whole.Cases)
	for _, tt := range []struct {
		claim string
		keep  func(*plan.Obligation) bool
		most  int // cases that are made
	}{
		{"one obligation", func(o *plan.Obligation) bool { return o.ID == "payment-auth.RH-400-1" }, all / 4},
		{"one that is prepared", func(o *plan.Obligation) bool { return o.ID == "payment-refund.RH-400-1" }, all / 8},
		{"several operations", func(o *plan.Obligation) bool {
			return on("payment-void", "payment-sale-manual")(o) && slices.Contains([]string{"RH-400-1", "RH-400-6"}, o.Requirement.ID)
		}, all / 4},
		{"flows", func(o *plan.Obligation) bool {
			return o.Operation.ID == "payment-refund" && strings.HasPrefix(o.Requirement.ID, "FL-REF-")
		}, all / 8},
		{"flows that await messages", func(o *plan.Obligation) bool {
			return o.Operation.ID == "payment-refund" && len(o.Requirement.Flows) > 0
		}, all / 8},
		{"an operation that nothing calls", on("payment-void"), all / 8},
		{"one that other cases call in passing", on("payment-auth"), all / 2},
		{"one that makes another kind of thing", on("webhooks-create"), all / 2},
		{"one that reads back", on("transactions-fetch-profile"), all / 8},
		{"messages", func(o *plan.Obligation) bool {
			return o.Operation.ID == "payment-sale" && strings.HasPrefix(o.Requirement.Check, "message")
		}, all / 4},
		{"a requirement on every operation", func(o *plan.Obligation) bool { return o.Requirement.ID == "RH-401-1" }, all},
		{"nothing", func(*plan.Obligation) bool { return false }, all},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p, err := NewPart(whole.Description, whole.Requirements, readFixtures(t), whole.Seed, Part{Keep: tt.keep})
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Cases) > tt.most {
				t.Errorf("%d cases are made, of %d", len(p.Cases), all)
			}
			comparePlans(t, p.Only(tt.keep), whole.Only(tt.keep))
		})
	}
	t.Run("a requirement on an operation that is not there", func(t *testing.T) {
		r := requirements(t, rule("R-1", "[nowhere]", "valid", "200"))
		if _, err := NewPart(whole.Description, r, readFixtures(t), 1, Part{Keep: func(*plan.Obligation) bool { return true }}); err == nil || !strings.Contains(err.Error(), "nowhere") {
			t.Error(err)
		}
	})
}

// TestNewPart_OneCase: a case is the same alone as of the whole plan, and nothing of
// other operations is made for it.
func TestNewPart_OneCase(t *testing.T) {
	whole := ourPlan(t, 7)
	for _, kind := range []string{"payment-void.malformed.missing", "payment-refund.flow.", "payment-capture.message.again", "payment-auth.valid.everything"} {
		at := slices.IndexFunc(whole.Cases, func(c *plan.Case) bool { return strings.HasPrefix(c.ID, kind) })
		if at < 0 {
			t.Errorf("no case is a %s", kind)
			continue
		}
		c := whole.Cases[at]
		p, err := NewPart(whole.Description, whole.Requirements, readFixtures(t), whole.Seed, Part{Case: c.ID})
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(p.Cases, func(other *plan.Case) bool { return other.Operation != c.Operation }) {
			t.Errorf("%s: cases of other operations are made", c.ID)
		}
		comparePlans(t, p.Case(c.ID), whole.Case(c.ID))
	}
}

// TestNewPart_Profile: a filter leaves the same of a profile.
func TestNewPart_Profile(t *testing.T) {
	whole := ourPlan(t, 7)
	keep := func(o *plan.Obligation) bool { return o.Operation.ID == "payment-void" && len(o.Requirement.Cases) > 0 }
	p, err := NewPart(whole.Description, whole.Requirements, readFixtures(t), whole.Seed, Part{Keep: keep, Profile: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Cases) > len(whole.Cases)/8 {
		t.Errorf("%d cases are made, of %d", len(p.Cases), len(whole.Cases))
	}
	comparePlans(t, must(p.Profiles("core")).Only(keep), must(whole.Profiles("core")).Only(keep))
}

// comparePlans shows in what one plan is not another.
func comparePlans(t *testing.T, got, want *plan.Plan) {
	t.Helper()
	if got.Digest != want.Digest {
		t.Errorf("%v\nis not\n%v", ids(got), ids(want))
	}
	if !slices.Equal(got.Dropped, want.Dropped) {
		t.Errorf("dropped %v, of the whole %v", got.Dropped, want.Dropped)
	}
	if got.Preflight == nil || got.Preflight.ID != want.Preflight.ID {
		t.Errorf("begins with %+v, want %s", got.Preflight, want.Preflight.ID)
	}
	if slices.ContainsFunc(want.Cases, (*plan.Case).Awaits) {
		if diff := cmp.Diff(want.Subscription.Prepare, got.Subscription.Prepare, cmp.Comparer(func(a, b *spec.Operation) bool { return a == b })); diff != "" {
			t.Errorf("subscribes (- whole, + part):\n%s", diff)
		}
	}
	if slices.ContainsFunc(want.Obligations, func(o *plan.Obligation) bool { return o.Requirement.EveryAnswer() }) {
		if len(got.Listings) != len(want.Listings) || !maps.Equal(got.Effects, want.Effects) {
			t.Errorf("%d lists, effects %v; of the whole %d, %v", len(got.Listings), got.Effects, len(want.Listings), want.Effects)
		}
	}
}
