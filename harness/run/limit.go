package run

import (
	"context"
	"errors"
	"sync"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
)

// Limit is what a run may use. A plan within a budget stays below it, unless the target
// asks for time or is slow: then sending stops. The zero value is no limit.
type Limit struct {
	Requests int       // 0 for no limit
	Until    time.Time // zero for no limit
}

// context ends the sending in time.
func (l Limit) context(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.Until.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, l.Until)
}

// usage counts the requests that cases may send at most, before they are sent.
type usage struct {
	mu   sync.Mutex
	used int
}

// start counts what a case may send, and reports whether the limit allows it.
func (u *usage) start(l Limit, c *plan.Case) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if l.Requests > 0 && u.used+c.Requests() > l.Requests {
		return false
	}
	u.used += c.Requests()
	return true
}

// retried counts the requests of a case that were sent again.
func (u *usage) retried(t *exchange.Transcript) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for record := range t.Records() {
		u.used += record.Waits
	}
}

// outOfBudget says that the limit is reached, "" when it is not.
func (r *Run) outOfBudget(sending context.Context) string {
	if !errors.Is(sending.Err(), context.DeadlineExceeded) || len(r.done) == len(r.plan.Cases) {
		return ""
	}
	return "sending stopped, because the time of the budget was used up: the target responds more slowly than planned; a lower --rate plans fewer cases"
}
