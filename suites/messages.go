package suites

import (
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/spec"
)

// messages: what became of a request is told later, to whoever registered for it.
func messages(p *plan.Plan, r *run.Run) { chapter(p, r, "Messages", spec.Messages) }
