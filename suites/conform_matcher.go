package suites

import (
	"fmt"

	"github.com/onsi/gomega/types"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Conform matches an obligation that passed, and one that need not hold. One that
// is waived must not pass: its waiver is to be removed. The failure text holds the requirement, the sentence of the documentation, what
// was expected and received, and the redacted exchange.
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
