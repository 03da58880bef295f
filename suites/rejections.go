package suites

import (
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/spec"
)

// rejections: what a rejected request is told, and that it leaves nothing behind.
func rejections(p *plan.Plan, r *run.Run) {
	chapter(p, r, "Handle 4xx and 5xx responses", spec.Rejections)
}
