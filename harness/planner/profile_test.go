package planner

import (
	_ "embed"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
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
		if within != (o.Unsupported == "") || within && !o.Requirement.EveryAnswer() && !slices.Equal(o.Cases, quietly(whole, whole.Obligations[i].Cases)) || within && len(o.Cases) == 0 && len(whole.Obligations[i].Cases) > 0 || !within && (o.Cases != nil || o.Lacks != "") {
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

// TestProfiles_SendNoMoreThanIsNeeded: neither cases nor observations that are for
// others, though some of the profile are judged on every answer.
func TestProfiles_SendNoMoreThanIsNeeded(t *testing.T) {
	whole := ourPlan(t, 1)
	p, err := whole.Profiles("messages")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Cases) == 0 || len(p.Cases) > len(whole.Cases)/4 {
		t.Errorf("%d of %d cases", len(p.Cases), len(whole.Cases))
	}
	own, observed := 0, 0
	for _, c := range whole.Cases {
		observed += len(c.Observe)
	}
	for _, c := range p.Cases {
		own += len(c.Observe)
		if len(c.Obligations) == 0 {
			t.Errorf("%s serves nothing", c.ID)
		}
		for _, s := range c.Observe {
			if s.Check == plan.CheckRetry || s.Check == plan.CheckNoTrace {
				t.Errorf("%s is followed by %s, of the profile core", c.ID, s.Check)
			}
		}
	}
	if own == 0 || own >= observed {
		t.Errorf("%d observations, the whole plan has %d", own, observed)
	}
	alone := *whole // only what is judged on every answer
	alone.Obligations = nil
	for _, o := range whole.Obligations {
		if o.Requirement.EveryAnswer() {
			alone.Obligations = append(alone.Obligations, o)
		}
	}
	alone.Seal()
	if p, err = alone.Profiles("core"); err != nil || len(p.Cases) < len(whole.Cases)/2 {
		t.Errorf("%v, %d cases", err, len(p.Cases))
	}
}

// tenLines are the fixtures of somebody who has one pair of keys, one merchant, a card
// that is approved and one that is refused.
//
//go:embed testdata/ten-lines.yaml
var tenLines string

// TestProfiles_Starter: ten lines of fixtures suffice for it, and what they do not
// suffice for is not in it.
func TestProfiles_Starter(t *testing.T) {
	f, err := settings.ParseFixtures([]byte(tenLines), "ten.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	whole := ourPlan(t, 1)
	p, err := New(whole.Description, whole.Requirements, f, 1)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = p.Profiles("starter"); err != nil {
		t.Fatal(err)
	}
	within := 0
	for _, o := range p.Obligations {
		if o.Unsupported != "" {
			continue
		}
		within++
		if o.Lacks != "" || len(o.Cases) == 0 {
			t.Errorf("%s: %d cases, lacks %s", o.ID, len(o.Cases), o.Lacks)
		}
	}
	if within < 650 {
		t.Errorf("%d obligations", within)
	}
	for _, c := range p.Cases {
		if c.Awaits() {
			t.Errorf("%s needs a receiver", c.ID)
		}
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

// quietly leaves out the cases that await messages, unless all do.
func quietly(p *plan.Plan, cases []string) []string {
	var quiet []string
	for _, id := range cases {
		if at := slices.IndexFunc(p.Cases, func(c *plan.Case) bool { return c.ID == id }); !p.Cases[at].Awaits() {
			quiet = append(quiet, id)
		}
	}
	if len(quiet) == 0 {
		return cases
	}
	return quiet
}
