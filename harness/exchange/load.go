package exchange

import (
	"fmt"
	"sync"
)

// Load is what became of the requests so far.
type Load struct {
	Answered int    // requests with a response
	Troubled int    // of all, those that show that the target had too much to do
	Last     string // what the last of these came to
}

// load counts what becomes of requests.
type load struct {
	mu     sync.Mutex
	so     Load
	served map[string]bool // operations
}

// Load returns what became of the requests so far.
func (c *Client) Load() Load {
	c.load.mu.Lock()
	defer c.load.mu.Unlock()
	return c.load.so
}

// add counts a request. An operation that was never served may be out of order, which
// does not depend on how much is sent.
func (l *load) add(r *Record, unavailable bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	trouble := ""
	switch {
	case r.Answer != nil:
		l.so.Answered++
		if unavailable {
			trouble = fmt.Sprintf("responses %d", r.Answer.Status)
		}
	case r.Failure == nil || r.Short != "" || r.Endless():
	case r.Failure.Kind == Timeout:
		trouble = "requests without a response in time"
	case r.Failure.Kind == Network && lost(r.err):
		trouble = "lost connections"
	}
	if r.Answer != nil && !unavailable {
		if l.served == nil {
			l.served = map[string]bool{}
		}
		l.served[r.Step.Operation] = true
	}
	if trouble != "" && l.served[r.Step.Operation] {
		l.so.Troubled++
		l.so.Last = trouble
	}
}
