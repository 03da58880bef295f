package suites

import (
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/spec"
)

// statuses: what each HTTP status means, and that no other is answered.
func statuses(p *plan.Plan, r *run.Run) { chapter(p, r, "HTTP responses", spec.Statuses) }
