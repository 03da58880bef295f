package suites

import (
	"fmt"

	"github.com/onsi/gomega/types"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Conform matches an obligation that passed, and one that need not hold. Its
// failure text holds the requirement, the sentence of the documentation, what
// was expected and received, and the redacted exchange.
func Conform() types.GomegaMatcher { return conform{} }

type conform struct{}

func (conform) Match(actual any) (bool, error) {
	o, ok := actual.(run.Obligation)
	if !ok {
		return false, fmt.Errorf("Conform matches a run.Obligation, not %T", actual)
	}
	return o.Outcome == verdict.Pass || o.Level != spec.Must && o.Outcome != verdict.Broken, nil
}

func (conform) FailureMessage(actual any) string { return actual.(run.Obligation).Explain() }

func (conform) NegatedFailureMessage(actual any) string {
	return actual.(run.Obligation).ID + " conforms, and was expected not to"
}
