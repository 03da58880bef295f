package suites

import (
	"fmt"
	"strings"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

func TestConform(t *testing.T) {
	for _, tt := range []struct {
		outcome           verdict.Outcome
		must, should, may bool
	}{
		{verdict.Pass, true, true, true},
		{verdict.Fail, false, true, true},
		{verdict.Inconclusive, false, true, true},
		{verdict.NotRun, false, true, true},
		{verdict.Unsupported, false, true, true},
		{verdict.Broken, false, false, false},
		{verdict.Waived, true, true, true},
	} {
		for level, want := range map[spec.Level]bool{spec.Must: tt.must, spec.Should: tt.should, spec.May: tt.may} {
			t.Run(fmt.Sprintf("%s/%s", tt.outcome, level), func(t *testing.T) {
				if got, err := Conform().Match(run.Result{Obligation: run.Obligation{Level: level, Outcome: tt.outcome}}); err != nil || got != want {
					t.Errorf("got %v, %v", got, err)
				}
			})
		}
	}
}

func TestConform_RefusesANeedlessWaiver(t *testing.T) {
	s := run.Result{Obligation: run.Obligation{Level: spec.May, Outcome: verdict.Pass, Waiver: &run.Waiver{}, Why: "remove its waiver"}}
	if ok, err := Conform().Match(s); ok || err != nil || !strings.Contains(Conform().FailureMessage(s), "remove its waiver") {
		t.Errorf("%v, %v", ok, err)
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
