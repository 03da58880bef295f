package suites

import (
	"strings"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

func TestConform(t *testing.T) {
	for _, outcome := range []verdict.Outcome{verdict.Pass, verdict.Fail, verdict.Inconclusive, verdict.NotRun, verdict.Unsupported, verdict.Waived, verdict.Broken} {
		for _, breaks := range []bool{false, true} {
			if got, err := Conform().Match(run.Result{Obligation: run.Obligation{Outcome: outcome}, Breaks: breaks}); err != nil || got == breaks {
				t.Errorf("%s, breaks the run %v: got %v, %v", outcome, breaks, got, err)
			}
		}
	}
}

func TestConform_ExplainsAFailure(t *testing.T) {
	o := run.Result{Obligation: run.Obligation{ID: "op.R-1", Level: spec.Must, Outcome: verdict.Inconclusive, Why: "busy", Sentence: "op does", Clause: run.Clause{Text: "All is well."}}}
	if got := Conform().FailureMessage(o); got != o.Explain() || !strings.Contains(got, "busy") {
		t.Error(got)
	}
	if got := Conform().NegatedFailureMessage(o); !strings.Contains(got, "op.R-1") {
		t.Error(got)
	}
	for _, actual := range []any{nil, "op.R-1", &o} {
		if ok, err := Conform().Match(actual); ok || err == nil || !strings.Contains(err.Error(), "run.Result") {
			t.Errorf("%T: %v, %v", actual, ok, err)
		}
	}
}
