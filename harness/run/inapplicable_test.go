package run

import (
	"testing"

	"qorcheck/harness/verdict"
)

// What is not applicable stays so while no response shows anything of it; one that breaks
// it fails all the same.
func TestObligation_NotApplicable(t *testing.T) {
	for _, tt := range []struct {
		claim     string
		cases     Counts
		exercised int
		want      verdict.Outcome
	}{
		{"no case", Counts{}, 0, verdict.NotApplicable},
		{"cases that show nothing of it", Counts{Pass: 2}, 0, verdict.NotApplicable},
		{"a target that does not respond", Counts{Inconclusive: 2}, 0, verdict.NotApplicable},
		{"a response that breaks it", Counts{Pass: 1, Fail: 1}, 1, verdict.Fail},
		{"a response that meets it", Counts{Pass: 2}, 1, verdict.Pass},
	} {
		o := Obligation{Outcome: verdict.NotApplicable, Why: "nothing to ask", Planned: tt.cases.Sum(), Counts: tt.cases, Exercised: tt.exercised}
		o.conclude(reason{}, "")
		if o.Outcome != tt.want || (o.Why != "") != (tt.want == verdict.NotApplicable) {
			t.Errorf("%s: %s: %q", tt.claim, o.Outcome, o.Why)
		}
	}
}
