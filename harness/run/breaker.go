package run

import (
	"context"
	"fmt"
	"sync"

	"qorcheck/harness/exchange"
)

// maxSilent is how many requests in a row may get no response before the run checks
// that the target still answers.
const maxSilent = 20

// breaker is a circuit breaker: it stops the sending when the target has ceased to
// answer. The remaining cases are not run: a target that is down has not failed them.
type breaker struct {
	ask func(last string) (why string) // asks the target once more, "" when it answers

	mu     sync.Mutex
	silent int // requests in a row
	open   chan struct{}
	why    string // it was opened
}

func newBreaker(ask func(string) string) *breaker {
	return &breaker{ask: ask, open: make(chan struct{})}
}

// note takes note of a case that ended. While the target is asked, no case ends.
func (c *breaker) note(t *exchange.Transcript) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := ""
	for record := range t.Records() {
		switch silence := record.Silence(); {
		case record.Endless(): // an answer that does not end
			c.silent = 0
		case silence != "":
			c.silent++
			last = silence
		case record.Answer != nil:
			c.silent = 0
		}
	}
	if c.silent < maxSilent || c.why != "" {
		return
	}
	if why := c.ask(last); why != "" {
		c.why = fmt.Sprintf("sending stopped, because %d requests in a row got no answer, and one more got none either: %s", maxSilent, why)
		close(c.open)
	}
	c.silent = 0
}

// end opens the breaker for another reason.
func (c *breaker) end(why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.why == "" {
		c.why = why
		close(c.open)
	}
}

// stopped reports whether sending has ended.
func (c *breaker) stopped() bool {
	select {
	case <-c.open:
		return true
	default:
		return false
	}
}

// reason is why sending ended, "" when it did not.
func (c *breaker) reason() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.why
}

// askAgain makes the preflight's call again and says why it got no response. For a
// plan without a preflight it is the reason of the last silence.
func (r *Run) askAgain(ctx context.Context, last string) string {
	c := r.plan.Preflight
	if c == nil {
		return last
	}
	record := r.client.Do(ctx, c.ID, c.Act, map[string]string{})
	r.count([]exchange.Record{record})
	if record.Endless() {
		return ""
	}
	return record.Silence()
}
