package run

import (
	"context"
	"slices"
	"sync"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
)

// Bounds of what is sent once more after lost connections.
const (
	maxAttempts = 4   // at one case
	maxLost     = 500 // cases that are kept for another attempt
)

// attempts are the cases whose connection was lost when a request had gone out. That
// request is not sent again, since it may have been carried out. But the case can be
// sent once more, from its beginning, with unique values and a preparation of its own,
// which no earlier attempt touched; what the earlier ones left is nobody's fault.
type attempts struct {
	mu   sync.Mutex
	made map[string]int // by case, of those that were sent once more
	lost []*exchange.Transcript
}

// keep keeps a case for another attempt, and reports whether it did.
func (a *attempts) keep(r *Run, t *exchange.Transcript) bool {
	if !t.ConnectionLost() || !repeatable(t.Case) || r.options.Limit != (Limit{}) || r.breaker.stopped() {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.lost) >= maxLost || a.made[t.Case.ID] == maxAttempts-1 {
		return false
	}
	a.lost = append(a.lost, t)
	return true
}

// take returns the cases that were kept, in the order in which they were lost.
func (a *attempts) take() []*exchange.Transcript {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.lost
	a.lost = nil
	return list
}

// repeatable reports whether another attempt at a case does no more than the first: each
// request that may change something is rejected, or is about what the case made or names as its own.
func repeatable(c *plan.Case) bool {
	if c.Expect.Handling == plan.Rejected && len(c.Prepare) == 0 {
		return true
	}
	return !slices.ContainsFunc(c.Steps(), func(step plan.Step) bool {
		method := step.Request.Method
		if step.Await != nil || method == "GET" || method == "HEAD" {
			return false
		}
		own := false
		for _, p := range step.Request.Placeholders() {
			switch p.Source {
			case plan.FromKnown:
				return true // of the fixtures, and may be used up
			case plan.FromRun, plan.FromAnswer, plan.FromReceiver:
				own = true
			}
		}
		return !own
	})
}

// sendAgain sends cases, and once more those whose connection was lost.
func (r *Run) sendAgain(ctx context.Context, cases []*plan.Case) {
	r.send(ctx, cases)
	for lost := r.attempts.take(); len(lost) > 0; lost = r.attempts.take() {
		if ctx.Err() != nil || r.breaker.stopped() {
			for _, t := range lost {
				r.settle(t)
			}
			return
		}
		cases = nil
		for _, t := range lost {
			r.abandon(t)
			r.left.lost++
			r.attempts.made[t.Case.ID]++
			r.client.Afresh(t.Case.ID)
			cases = append(cases, t.Case)
		}
		r.send(ctx, cases)
	}
}
