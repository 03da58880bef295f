package suites

import (
	"fmt"

	"github.com/onsi/gomega/types"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Conform matches the result of an obligation that passed, is waived, or is no MUST.
// A waived obligation that passes does not conform: its waiver must be removed. The
// failure message holds the requirement, the clause of the documentation, what was
// expected and received, and the redacted exchange.
func Conform() types.GomegaMatcher { return conform{} }

type conform struct{}

func (conform) Match(actual any) (bool, error) {
	s, ok := actual.(run.Result)
	if !ok {
		return false, fmt.Errorf("Conform matches a run.Result, not %T", actual)
	}
	o := s.Obligation
	if o.NeedlessWaiver() {
		return false, nil
	}
	return o.Outcome == verdict.Pass || o.Outcome == verdict.Waived || o.Level != spec.Must && o.Outcome != verdict.Broken, nil
}

func (conform) FailureMessage(actual any) string { return actual.(run.Result).Explain() }

func (conform) NegatedFailureMessage(actual any) string {
	return actual.(run.Result).Obligation.ID + " conforms, and was expected not to"
}
