package planner

import (
	"slices"
	"testing"

	"qorcheck/harness/plan"
)

func TestSmoke(t *testing.T) {
	whole := ourPlan(t, 1)
	p := whole.Smoke()
	if len(p.Cases)+len(p.Spares) != len(whole.Cases) || len(p.Obligations) != len(whole.Obligations) || len(p.Cases) > len(whole.Cases)/3 {
		t.Errorf("%d cases and %d spares of %d", len(p.Cases), len(p.Spares), len(whole.Cases))
	}
	requests := func(cases []*plan.Case) (n int) {
		for _, c := range cases {
			n += c.Requests()
		}
		return n
	}
	if few, all := requests(p.Cases), requests(whole.Cases); 10*few > 3*all {
		t.Errorf("%d of %d requests", few, all)
	}
	for i, o := range p.Obligations {
		foreseen := func(cases []*plan.Case) bool {
			return slices.ContainsFunc(cases, func(c *plan.Case) bool { return slices.Contains(c.Obligations, o.ID) && whole.Foresees(c, o) })
		}
		if !foreseen(p.Cases) && foreseen(whole.Cases) {
			t.Errorf("%s: no case is chosen that exercises it", o.ID)
		}
		if len(o.Cases) > len(whole.Obligations[i].Cases) {
			t.Errorf("%s has %d cases", o.ID, len(o.Cases))
		}
	}
	for _, c := range p.Spares {
		if c.Kind == plan.KindFlow {
			t.Errorf("the flow %s is left out", c.ID)
		}
	}
	if again := whole.Smoke(); again.Digest != p.Digest || p.Digest == whole.Digest {
		t.Errorf("digests %s, %s, of the whole %s", p.Digest, again.Digest, whole.Digest)
	}
}
