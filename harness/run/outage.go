package run

import (
	"context"
	"iter"
	"net/http"
	"sync"

	"qorcheck/harness/exchange"
)

// Bounds of what shows that one operation is down while the target is not.
const (
	minUnserved  = 3   // requests of the operation that were not served
	minServed    = 20  // served requests, for each that was not, of the operations that are served at times
	maxUndecided = 500 // cases that are kept until the end
)

// outages counts by operation which requests were served: answered by the operation
// itself, rather than with a status that says that it could not be. A gateway that is
// sick is not the target's fault; one operation that is never served while the others
// are, is.
type outages struct {
	mu       sync.Mutex
	served   map[string]int
	unserved map[string]int
	last     map[string]int // how many requests of all were served when one of an operation was not
	all      int
}

// add counts requests.
func (o *outages) add(records iter.Seq[*exchange.Record]) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.served == nil {
		o.served, o.unserved, o.last = map[string]int{}, map[string]int{}, map[string]int{}
	}
	for r := range records {
		switch name := r.Step.Operation; {
		case name == "" || r.Answer == nil || r.Shared:
		case !r.Unavailable():
			o.served[name]++
			o.all++
		case r.Answer.Status != http.StatusTooManyRequests && r.Answer.Header.Get("Retry-After") == "":
			o.unserved[name] += 1 + r.Waits
			o.last[name] = o.all
		}
	}
}

// down lists the operations that were never served, although the others were, and
// whether another was served after their last request.
func (o *outages) down() map[string]bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	missed, served := 0, 0 // requests of the operations that are served at times
	for name, n := range o.served {
		missed, served = missed+o.unserved[name], served+n
	}
	down := map[string]bool{}
	if served == 0 || served < missed*minServed {
		return down // the gateway is sick for all of them
	}
	for name, n := range o.unserved {
		if n >= minUnserved && o.served[name] == 0 {
			down[name] = o.all > o.last[name]
		}
	}
	return down
}

// undecided keeps a case in which a request was not served until it is known whether
// its operation ever is, and reports whether it did.
func (r *Run) undecided(t *exchange.Transcript) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !t.Unserved() || len(r.kept) >= maxUndecided {
		return false
	}
	r.kept = append(r.kept, t)
	r.keepIDs(t)
	return true
}

// decide judges the cases that were kept. Nothing is known of the operations when the
// run was interrupted or has stopped.
func (r *Run) decide(ctx context.Context) {
	r.mu.Lock()
	kept := r.kept
	r.kept = nil
	r.mu.Unlock()
	if len(kept) == 0 {
		return
	}
	down := r.down(ctx)
	for _, t := range kept {
		t.Down = down
		r.judge(t.Case, t)
	}
}

// down lists the operations that are down while the target is not. Where no other was
// served after the last request of one, the preflight's call shows that the target is.
func (r *Run) down(ctx context.Context) map[string]bool {
	if ctx.Err() != nil || r.breaker.stopped() {
		return nil
	}
	served := sync.OnceValue(func() bool { return r.askAgain(ctx, "") == "" })
	down := r.outages.down()
	for name, later := range down {
		c := r.plan.Preflight
		down[name] = later || c != nil && c.Act.Operation != name && served()
	}
	return down
}
