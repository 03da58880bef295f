package run

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
)

// spared is a plan whose one obligation is about successes. Its first case is sent, the
// others are spares.
func spared(t *testing.T, paths ...string) *plan.Plan {
	p := plot(t, ask{id: "some", paths: paths, alter: func(o *plan.Obligation, _ *plan.Case) { o.Requirement.Answers = []string{"success"} }})
	small := p.Sending(p.Cases[:1])
	small.Spares, small.Whole = p.Cases[1:], len(p.Cases)
	return small
}

func TestSpares(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim   string
		paths   []string
		cases   int
		outcome verdict.Outcome
		verdict string
	}{
		{"the first case does it", []string{"/200", "/200/1"}, 1, verdict.Pass, "PASSED: 1 of 1 obligations passed; smoke run, 1 of 2 cases"},
		{"the next one is sent until one does it", []string{"/404", "/404/1", "/200/2", "/200/3"}, 3, verdict.Pass, "PASSED: 1 of 1 obligations passed; smoke run, 3 of 4 cases"},
		{"none does it", []string{"/404", "/404/1"}, 2, verdict.Inconclusive, "smoke run, 2 of 2 cases"},
		{"a failure needs no other", []string{"/201", "/200/1"}, 1, verdict.Fail, "smoke run, 1 of 2 cases"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p, target := spared(t, tt.paths...), serve(t, statuses)
			var journal bytes.Buffer
			r := start(t, t.Context(), p, target, Options{Journal: &journal})
			if _, err := r.Await(t.Context(), p.Obligations[0].ID); err != nil {
				t.Fatal(err)
			}
			d, err := r.Wait()
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Check(); err != nil {
				t.Error(err)
			}
			if d.Cases != tt.cases || d.Obligations[0].Outcome != tt.outcome || !strings.Contains(d.Verdict, tt.verdict) {
				t.Errorf("%d cases, %s, %s", d.Cases, d.Obligations[0].Outcome, d.Verdict)
			}
			if again := replay(t, journal.String()); asJSON(t, again) != asJSON(t, d) {
				t.Errorf("the journal tells\n%s\nthe run was\n%s", asJSON(t, again), asJSON(t, d))
			}
		})
	}
}

// TestSpares_OfAnEarlierPart: a run that ended before its spares sends them when it is resumed.
func TestSpares_OfAnEarlierPart(t *testing.T) {
	p, target := spared(t, "/404", "/200/1"), serve(t, statuses)
	var journal bytes.Buffer
	if _, err := start(t, t.Context(), p, target, Options{Journal: &journal}).Wait(); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(journal.String(), "\n")
	at := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, `"spare":true`) })
	if at < 0 {
		t.Fatalf("no spare in\n%s", journal.String())
	}
	earlier, err := Replay(strings.NewReader(strings.Join(lines[:at], "")))
	if err != nil || earlier.Complete() {
		t.Fatalf("%v, complete: %t", err, earlier.Complete())
	}
	d, err := start(t, t.Context(), p, target, Options{Earlier: earlier}, func(s *settings.Settings) { s.RunID = "again" }).Wait()
	if err != nil || d.Counts.Pass != 1 || d.Cases != 2 {
		t.Errorf("%v, %s", err, d.Verdict)
	}
}
