package exchange

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"qorcheck/harness/redact"
	"qorcheck/harness/settings"
)

// Pause is a time in which nothing is sent, because the target asked for it.
type Pause struct {
	For time.Duration
	Why redact.Text
}

// pace holds requests back: by the rate limit, and all of them while the target asks
// for time.
type pace struct {
	*throttle
	pauses chan Pause

	mu    sync.Mutex
	until time.Time
}

func newPace(r settings.Rate) *pace {
	limit := rate.Inf
	if r > 0 {
		limit = rate.Limit(r)
	}
	return &pace{throttle: newThrottle(limit), pauses: make(chan Pause, maxPauses)}
}

// wait waits until a request may be sent.
func (p *pace) wait(ctx context.Context) error {
	for {
		p.mu.Lock()
		left := time.Until(p.until)
		p.mu.Unlock()
		if left <= 0 {
			return p.throttle.wait(ctx)
		}
		select {
		case <-time.After(left):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// maxPauses is the capacity of the channel of pauses.
const maxPauses = 16

// hold holds all requests back for a while. It reports one pause, however many responses ask for it.
func (p *pace) hold(pause Pause) {
	p.mu.Lock()
	until := time.Now().Add(pause.For)
	longer := until.Sub(p.until) > pause.For/2
	if until.After(p.until) {
		p.until = until
	}
	p.mu.Unlock()
	if longer && pause.For > 0 {
		select {
		case p.pauses <- pause:
		default: // no receiver
		}
	}
}
