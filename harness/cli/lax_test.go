package cli

import (
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/run"
)

// TestTolerance_LenientTargetIsNoted: a target may carry out a request of
// which nothing is promised. That is noted, and stored is then what was accepted.
func TestTolerance_LenientTargetIsNoted(t *testing.T) {
	t.Parallel()
	p := builtInPlan(t).Only(func(o *plan.Obligation) bool {
		return slices.Contains([]string{"ach-credit", "payment-auth", "token-remove", "transactions-fetch-all"}, o.Operation.ID)
	})
	d := certify(t, certification{p, broken(t, "ambiguity-accepted"), "lenient", 16, run.Options{Strict: true}})
	if d.ExitCode != run.ExitPass {
		t.Errorf("exit code %d: %s", d.ExitCode, d.Verdict)
	}
	noted := map[string]int{}
	for _, o := range d.Obligations {
		for _, note := range o.Notes {
			noted[o.ID] += note.Count
			if !strings.HasPrefix(note.Text.String(), "may: ") {
				t.Errorf("%s: %s", o.ID, note.Text)
			}
		}
	}
	for id, want := range map[string]int{
		"ach-credit.RH-400-4": 2, "payment-auth.RH-400-4": 2, "ach-credit.RH-400-5": 1, "token-remove.RH-400-5": 2, "transactions-fetch-all.RH-400-5": 15,
	} {
		if noted[id] != want {
			t.Errorf("%s: %d notes, want %d", id, noted[id], want)
		}
	}
}
