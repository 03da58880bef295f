package suites

import (
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/spec"
)

// flows: what may be done with a payment, a token or a registration, one thing after another.
func flows(p *plan.Plan, r *run.Run) { chapter(p, r, "Flows", spec.Flows) }
