package run

import (
	"strings"
	"testing"

	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// TestObligation_PassesInEachBranchOrNot: one in which a branch was not shown does not pass.
func TestObligation_PassesInEachBranchOrNot(t *testing.T) {
	refusal := Branch{Name: "a refusal", Planned: 2, Shown: 2}
	for _, tt := range []struct {
		claim    string
		branches []Branch
		shown    int
		want     verdict.Outcome
		why      string
	}{
		{"no branches", nil, 1, verdict.Pass, ""},
		{"each was shown", []Branch{refusal, {Name: "an error", Planned: 1, Shown: 1}}, 1, verdict.Pass, ""},
		{"one was not, for the lack of a fixture", []Branch{refusal, {Name: "an error", Lacks: "add to f.yaml: triggers.card.error"}}, 1, verdict.Inconclusive, "not shown: an error (add to f.yaml: triggers.card.error)"},
		{"one was planned and not shown", []Branch{refusal, {Name: "an error", Planned: 1}}, 1, verdict.Inconclusive, "not shown: an error (no response showed it)"},
		{"one does not apply", []Branch{refusal, {Name: "null", None: "a form has no null"}}, 1, verdict.Pass, ""},
		{"another response came in its place, which is allowed", []Branch{refusal, {Name: "an error", Planned: 1, Tolerated: 1}}, 1, verdict.Pass, ""},
		{"none applies", []Branch{{Name: "a refusal", Planned: 1, Tolerated: 1}}, 0, verdict.NotApplicable, "it does not apply: a refusal (only other responses came, which are allowed)"},
		{"none was shown", []Branch{{Name: "a refusal", Planned: 1}}, 0, verdict.Inconclusive, "not shown: a refusal"},
	} {
		o := Obligation{Planned: 1, Counts: Counts{Pass: 1}, Exercised: tt.shown, Branches: tt.branches}
		o.conclude(reason{}, "")
		if o.Outcome != tt.want || !strings.HasPrefix(o.Why, tt.why) {
			t.Errorf("%s: %s %q, want %s %q", tt.claim, o.Outcome, o.Why, tt.want, tt.why)
		}
	}
	failed := Obligation{Planned: 1, Counts: Counts{Fail: 1}, Exercised: 1, Branches: []Branch{{Name: "a refusal", Planned: 1}}}
	if failed.conclude(reason{}, ""); failed.Outcome != verdict.Fail {
		t.Errorf("a failure in one branch is %s", failed.Outcome)
	}
}

func TestObligation_BranchesInAShard(t *testing.T) {
	o := Obligation{Planned: 1, Counts: Counts{Pass: 1}, Exercised: 1, Branches: []Branch{{Name: "an error", Planned: 1}}}
	o.conclude(reason{}, " in this shard; it may in another")
	d := Document{Shard: &Shard{1, 2}}
	if !d.Elsewhere(o) || !strings.HasSuffix(o.Why, "in this shard; it may in another") {
		t.Errorf("%s: %s", o.Outcome, o.Why)
	}
	o.Branches[0] = Branch{Name: "an error", Lacks: "add it"}
	if d.Elsewhere(o) {
		t.Error("no shard has a case of the branch")
	}
}

func TestObligation_CountsBranches(t *testing.T) {
	o := Obligation{Branches: []Branch{{Name: "a"}, {Name: "b"}}}
	o.show([]BranchShown{{"a", false}, {"b", true}, {"c", false}})
	o.show([]BranchShown{{"a", false}})
	if a, b := o.Branches[0], o.Branches[1]; a.Shown != 2 || a.Tolerated != 0 || b.Shown != 0 || b.Tolerated != 1 {
		t.Errorf("%+v", o.Branches)
	}
}

// TestVerdict_SaysWhatItGoesWithout: an essential requirement that was shown nowhere,
// since the environment cannot.
func TestVerdict_SaysWhatItGoesWithout(t *testing.T) {
	one := func(operation, requirement, essential string, outcome verdict.Outcome) Obligation {
		o := Obligation{ID: operation + "." + requirement, Requirement: requirement, Level: spec.Must, Essential: essential, Outcome: outcome, Planned: 1}
		o.Counts.Add(outcome)
		return o
	}
	const pass, cannot, unclear = verdict.Pass, verdict.Unsupported, verdict.Inconclusive
	for _, tt := range []struct {
		claim string
		list  []Obligation
		says  string
	}{
		{"on no operation", []Obligation{one("a", "R-5", "reasons", cannot), one("b", "R-5", "reasons", cannot), one("a", "R-1", "", pass)}, "; without: reasons (R-5)"},
		{"two of them", []Obligation{one("a", "R-5", "reasons", cannot), one("b", "R-6", "money", cannot), one("a", "R-1", "", pass)}, "; without: reasons (R-5), money (R-6)"},
		{"on one of two", []Obligation{one("a", "R-5", "reasons", cannot), one("b", "R-5", "reasons", pass)}, ""},
		{"cannot here, and not shown there", []Obligation{one("a", "R-5", "reasons", cannot), one("b", "R-5", "reasons", unclear)}, "; without: reasons (R-5)"},
		{"one that is not essential", []Obligation{one("a", "R-5", "", cannot), one("a", "R-1", "", pass)}, ""},
		{"not shown for another reason", []Obligation{one("a", "R-5", "reasons", unclear)}, ""},
	} {
		d := Document{Obligations: tt.list}
		d.conclude()
		if _, without, there := strings.Cut(d.Verdict, "; without: "); there != (tt.says != "") || there && "; without: "+without != tt.says {
			t.Errorf("%s: %q, want %q", tt.claim, d.Verdict, tt.says)
		}
		d.Shard = &Shard{1, 2}
		if d.conclude(); strings.Contains(d.Verdict, "without") {
			t.Errorf("%s: a shard says %q", tt.claim, d.Verdict)
		}
	}
}
