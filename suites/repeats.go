package suites

import (
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/spec"
)

// repeats: a request that comes again acts once, and a rejected one can be corrected.
func repeats(p *plan.Plan, r *run.Run) { chapter(p, r, "Repeats", spec.Repeats) }
