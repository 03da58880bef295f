package exchange

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"qorcheck/harness/redact"
	"qorcheck/harness/settings"
)

// Limits of retries when a target asks for time.
const (
	MaxWait  = time.Minute // before each retry
	MaxWaits = 3           // retries of one request
)

// Pause is a time in which nothing is sent, because the target asked for it.
type Pause struct {
	For time.Duration
	Why redact.Text
}

// pace holds requests back: by the rate limit, and all of them while the target asks
// for time.
type pace struct {
	limiter *rate.Limiter
	pauses  chan Pause

	mu    sync.Mutex
	until time.Time
}

func newPace(r settings.Rate) *pace {
	limit := rate.Inf
	if r > 0 {
		limit = rate.Limit(r)
	}
	return &pace{limiter: rate.NewLimiter(limit, 1), pauses: make(chan Pause, maxPauses)}
}

// wait waits until a request may be sent.
func (p *pace) wait(ctx context.Context) error {
	for {
		p.mu.Lock()
		left := time.Until(p.until)
		p.mu.Unlock()
		if left <= 0 {
			return p.limiter.Wait(ctx)
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

// sendWithRetryAfter sends a request, and retries it up to MaxWaits times while the
// target asks for time. Once the context has ended nothing more is sent; the response
// to what was sent is waited for, since only it shows what must be removed.
func (c *Client) sendWithRetryAfter(ctx context.Context, request *http.Request, r *Record) {
	for {
		if err := c.pace.wait(ctx); err != nil {
			r.Failure = c.failure(ctx, err)
			return
		}
		r.Started = time.Now()
		c.send(context.WithoutCancel(ctx), request, r)
		wait, asked := retryAfter(r.Answer, time.Now())
		if !asked || r.Waits == MaxWaits {
			return
		}
		r.Waits++
		why := fmt.Sprintf("%s %s was answered %d", r.Method, request.URL.Path, r.Answer.Status)
		c.pace.hold(Pause{min(wait, MaxWait), c.redactor.Answer(why)})
		r.Answer = nil
	}
}

// retryAfter reports whether a response asks for time, and returns how much: as its
// Retry-After says, or a second for a 429 without one. A 503 without one does not
// promise that a retry will succeed.
func retryAfter(a *Answer, now time.Time) (time.Duration, bool) {
	if a == nil || a.Status != http.StatusTooManyRequests && a.Status != http.StatusServiceUnavailable {
		return 0, false
	}
	value := strings.TrimSpace(a.Header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(date.Sub(now), 0), true
	}
	return time.Second, a.Status == http.StatusTooManyRequests
}
