package exchange

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Bounds of a throttle.
const (
	throttleEvery = time.Second // at most one change of the rate in this time
	minRate       = 5           // requests a second
)

// throttle limits the rate of requests to what was chosen, and to what the target
// takes: responses 429, and connections that it drops while it serves others, lower it by
// the share of requests that got one, by half at least while the limit is unknown, and each second without one raises it again, slowly once
// it comes near to where the last 429 came. Where every response is 429, the rate is
// not what keeps the target from answering.
type throttle struct {
	limiter *rate.Limiter
	chosen  rate.Limit

	mu       sync.Mutex
	changed  time.Time // the rate
	last     time.Time // a response came
	good     int       // responses since the change
	refused  int       // those with 429
	ceiling  rate.Limit
	lowering bool // the responses that decide the new rate are coming in
}

func newThrottle(chosen rate.Limit) *throttle {
	return &throttle{limiter: rate.NewLimiter(chosen, 1), chosen: chosen, changed: time.Now()}
}

// wait waits until the rate allows a request.
func (t *throttle) wait(ctx context.Context) error { return t.limiter.Wait(ctx) }

// answered takes note of what became of a request. One without a response counts if its
// connection was lost.
func (t *throttle) answered(r *Record) {
	dropped := r.Failure != nil && r.Failure.Kind == Network && r.Short == "" && lost(r.err)
	if r.Answer == nil && !dropped {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = time.Now()
	if r.Answer != nil && r.Answer.Status != http.StatusTooManyRequests {
		t.good++
		t.raise()
		return
	}
	t.refused++
	if !t.lowering {
		t.lowering = true
		time.AfterFunc(throttleEvery/2, t.lower)
	}
}

// lower lowers the rate when the responses to what was sent before the first 429 are in.
func (t *throttle) lower() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lowering = false
	if t.good == 0 {
		return
	}
	all := rate.Limit(t.good + t.refused)
	sent := all / rate.Limit(max(t.last.Sub(t.changed), 10*time.Millisecond).Seconds())
	most := 0.85
	if t.ceiling == 0 {
		most = 0.5
	}
	t.ceiling = min(t.limiter.Limit(), sent)
	share := min(max(float64(t.good)/float64(all), 0.2), most)
	t.set(max(t.ceiling*rate.Limit(share), minRate))
}

// raise raises a lowered rate after each second without a 429; the throttle must be locked.
func (t *throttle) raise() {
	if t.ceiling == 0 || t.lowering || t.last.Sub(t.changed) < throttleEvery {
		return
	}
	limit := t.limiter.Limit()
	if limit < t.ceiling*0.9 {
		limit = min(limit*1.2, t.ceiling*0.9)
	} else {
		limit *= 1.02
	}
	t.set(limit)
}

// set changes the rate, to the chosen one at most, and counts anew; the throttle must be locked.
func (t *throttle) set(limit rate.Limit) {
	t.limiter.SetLimit(min(limit, t.chosen))
	t.changed, t.good, t.refused = time.Now(), 0, 0
}
