package suites

import (
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/spec"
)

// outcomes: a carried-out request is not yet a successful one; how it ended is told in the answer.
func outcomes(p *plan.Plan, r *run.Run) { chapter(p, r, "Handle 200 responses", spec.Outcomes) }
