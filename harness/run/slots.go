package run

import (
	"context"
	"sync"
	"time"

	"qorcheck/harness/plan"
)

// minWorkers is how many cases are sent at once at least, whatever this machine lacks.
const minWorkers = 2

// slots bounds the cases in progress. One that only waits gives its slot to another.
type slots struct {
	mu        sync.Mutex
	changed   *sync.Cond
	limit     int
	most      int  // of the limit
	full      bool // a case waited for a slot
	active    int
	loud      int           // of these, those that cause messages which would reach the refusing receivers
	returning int           // cases that have waited and go on when a slot is free
	waiting   int           // cases that only wait
	since     time.Time     // all cases in progress only wait, zero while one does more
	idle      time.Duration // in which all of them did
	last      string        // the case that ended last
	met       int           // shortages of this machine that have been answered
}

func newSlots(limit, met int) *slots {
	s := &slots{limit: limit, most: highest, met: met}
	s.changed = sync.NewCond(&s.mu)
	return s
}

// next waits for a slot and takes the next case for it, nil when all were taken or the
// sending has ended.
func (s *slots) next(q *queue, over func() bool) *plan.Case {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !q.empty() && !over() {
		if s.active < s.limit && s.returning == 0 {
			if c := q.take(s.loud == 0); c != nil {
				s.enter(q.loud[c])
				return c
			}
		} else {
			s.full = true
		}
		s.changed.Wait()
	}
	return nil
}

// enter takes a slot; s must be locked.
func (s *slots) enter(loud bool) {
	s.active++
	if !s.since.IsZero() {
		s.idle += time.Since(s.since)
		s.since = time.Time{}
	}
	if loud {
		s.loud++
	}
}

// leave gives a slot back; s must be locked.
func (s *slots) leave(loud bool) {
	s.active--
	if loud {
		s.loud--
	}
	if s.active == 0 && s.waiting > 0 {
		s.since = time.Now()
	}
	s.changed.Broadcast()
}

// during calls what only waits without a slot.
func (s *slots) during(loud bool, wait func()) {
	s.mu.Lock()
	s.waiting++
	s.leave(loud)
	s.mu.Unlock()
	wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting--
	s.returning++
	for s.active >= s.limit {
		s.full = true
		s.changed.Wait()
	}
	s.returning--
	s.enter(loud)
	s.changed.Broadcast()
}

// end gives the slot of a case back that has ended. There is one slot less for each
// shortage that was seen.
func (s *slots) end(c *plan.Case, loud bool, seen int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c != nil {
		s.last = c.ID
	}
	if seen > s.met && s.limit > minWorkers {
		s.met++
		s.limit--
		s.most = s.limit
	}
	s.leave(loud)
}

// observe reports whether a case has waited for a slot since it was last called, and how
// high the limit may be.
func (s *slots) observe() (full bool, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	full, s.full = s.full, false
	return full, s.most
}

// setLimit changes the limit. Cases in progress go on.
func (s *slots) setLimit(limit int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = min(limit, s.most)
	s.changed.Broadcast()
}

// wakeAfter makes next look again when the context ends, until stop is called.
func (s *slots) wakeAfter(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changed.Broadcast()
	})
}
