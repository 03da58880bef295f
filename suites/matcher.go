package suites

import (
	"fmt"

	"github.com/onsi/ginkgo/v2/types"
	gomegatypes "github.com/onsi/gomega/types"

	"qorcheck/harness/run"
)

// Conform matches the result of an obligation that does not keep its run from exit code
// 0: one that passed, is waived or unsupported, or that need not hold. An obligation
// that must hold and was not exercised does not conform, unless the run allows that; nor
// does a waived one that passes: its waiver must be removed. The failure message holds
// the requirement, the clause of the documentation, what was expected and received, and
// the redacted exchange.
func Conform() gomegatypes.GomegaMatcher { return conform{} }

type conform struct{}

func (conform) Match(actual any) (bool, error) {
	ended, ok := actual.(run.Result)
	if !ok {
		return false, fmt.Errorf("Conform matches a run.Result, not %T", actual)
	}
	return Counted(ended) != types.SpecStateFailed, nil
}

func (conform) FailureMessage(actual any) string { return actual.(run.Result).Explain() }

func (conform) NegatedFailureMessage(actual any) string {
	return actual.(run.Result).Obligation.ID + " conforms, and was expected not to"
}
