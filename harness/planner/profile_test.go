package planner

import (
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

func TestProfiles(t *testing.T) {
	whole := ourPlan(t, 1)
	p, err := whole.Profiles("core")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Obligations) != len(whole.Obligations) || len(p.Cases) == 0 || p.Digest == whole.Digest {
		t.Errorf("%d obligations, %d cases", len(p.Obligations), len(p.Cases))
	}
	outside := 0
	for i, o := range p.Obligations {
		within := o.Requirement.Profile == "core"
		if within != (o.Unsupported == "") || within && !slices.Equal(o.Cases, whole.Obligations[i].Cases) || !within && (o.Cases != nil || o.Lacks != "") {
			t.Errorf("%s of %s: unsupported %q, cases %v", o.ID, o.Requirement.Profile, o.Unsupported, o.Cases)
		}
		if !within {
			outside++
			if want := "of the profile " + o.Requirement.Profile + ", outside core"; o.Unsupported != want {
				t.Errorf("%s: %s", o.ID, o.Unsupported)
			}
		}
		if whole.Obligations[i].Unsupported != "" {
			t.Errorf("%s: the whole plan was changed", o.ID)
		}
	}
	for _, c := range p.Cases {
		for _, id := range c.Obligations {
			if p.Obligation(id).Unsupported != "" {
				t.Errorf("%s is sent for %s", c.ID, id)
			}
		}
	}
	if both, err := whole.Profiles("core", "payments"); err != nil || outside == 0 || count(both) >= outside {
		t.Errorf("with payments too %v, %d are outside, of core alone %d", err, count(both), outside)
	}
	if _, err := whole.Profiles("cor"); err == nil || !strings.HasPrefix(err.Error(), `"cor": allowed are ach, core, `) {
		t.Errorf("an unknown profile: %v", err)
	}
	none := *whole
	r := *whole.Requirements
	r.Profiles = nil
	none.Requirements = &r
	if _, err := none.Profiles("core"); err == nil || !strings.Contains(err.Error(), "names no profiles") {
		t.Errorf("a list without profiles: %v", err)
	}
}

func TestHas(t *testing.T) {
	whole := ourPlan(t, 1)
	small := whole.Only(func(o *plan.Obligation) bool { return o.Operation.ID == "payment-void" })
	for _, o := range whole.Obligations {
		if !small.Has(o.ID) {
			t.Errorf("%s is not known to a plan of others", o.ID)
		}
	}
	if small.Has("payment-void.RH-999-1") || small.Has("") {
		t.Error("what is none is known")
	}
}

func count(p *plan.Plan) int {
	n := 0
	for _, o := range p.Obligations {
		if o.Unsupported != "" {
			n++
		}
	}
	return n
}
