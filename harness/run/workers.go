package run

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/group"
	"qorcheck/harness/settings"
)

// Descriptors that a run needs beside its cases, and for each case at once: the
// connection, both ends of it where the target is the embedded sandbox, and those of a
// message.
const (
	ownDescriptors  = 24
	caseDescriptors = 8
)

// affordable returns how many cases can be sent at once with a number of descriptors, 0
// when that is unknown.
func affordable(workers int, descriptors uint64) int {
	if descriptors == 0 || descriptors > 1<<20 {
		return workers
	}
	return max(min(workers, (int(descriptors)-ownDescriptors)/caseDescriptors), 1)
}

// Concurrency says how many cases were in progress at once.
type Concurrency struct {
	Shards  int    `json:"shards,omitempty"`  // of a merged run: each had these limits at most; 0 for any other run
	Auto    bool   `json:"auto"`              // the run found the limit by itself
	Limit   int    `json:"limit"`             // at the end
	Highest int    `json:"highest,omitempty"` // that was tried
	Lowered int    `json:"lowered,omitempty"` // how often the limit was lowered, because the target or this machine had too much to do
	Why     string `json:"why,omitempty"`     // it was lowered last
}

// String says it in words.
func (c Concurrency) String() string {
	if shards := c.Shards; shards > 0 {
		c.Shards = 0
		return fmt.Sprintf("in each of %d shards at most %s", shards, c.String())
	}
	switch {
	case !c.Auto:
		return fmt.Sprintf("%d cases at once", c.Limit)
	case c.Lowered == 1:
		return fmt.Sprintf("%d cases at once (auto, up to %d; lowered once, because of %s)", c.Limit, c.Highest, c.Why)
	case c.Lowered > 1:
		return fmt.Sprintf("%d cases at once (auto, up to %d; lowered %d times, at last because of %s)", c.Limit, c.Highest, c.Lowered, c.Why)
	}
	return fmt.Sprintf("%d cases at once (auto, up to %d)", c.Limit, c.Highest)
}

// of adds a shard to a merged run: the highest limits, and how often they were lowered in all.
func (c *Concurrency) of(shard *Concurrency) *Concurrency {
	if shard == nil {
		return c
	}
	if c == nil {
		c = &Concurrency{}
	}
	return &Concurrency{
		Shards: c.Shards + 1, Auto: c.Auto || shard.Auto, Limit: max(c.Limit, shard.Limit), Highest: max(c.Highest, shard.Highest),
		Lowered: c.Lowered + shard.Lowered, Why: cmp.Or(shard.Why, c.Why),
	}
}

// workers is how many cases may be in progress at once: what was chosen, or what the
// climber finds out.
type workers struct {
	mu    sync.Mutex
	most  int // that this machine has descriptors for
	auto  *climber
	fixed int
}

func newWorkers(chosen settings.Concurrency, descriptors uint64) workers {
	if chosen == settings.AutoConcurrency {
		most := affordable(highest, descriptors)
		return workers{most: most, auto: newClimber(most)}
	}
	most := affordable(int(chosen), descriptors)
	return workers{most: most, fixed: most}
}

// limit returns how many cases may be in progress at once now.
func (w *workers) limit() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.auto == nil {
		return max(w.fixed, 1)
	}
	return w.auto.limit
}

// settled says what it came to.
func (w *workers) settled() *Concurrency {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.auto == nil {
		return &Concurrency{Limit: w.fixed}
	}
	return &Concurrency{Auto: true, Limit: w.auto.limit, Highest: w.auto.highest, Lowered: w.auto.fell, Why: w.auto.why}
}

// observeEvery is how often the climber is asked.
const observeEvery = 50 * time.Millisecond

// troubledShare is the part of all requests, as 1/troubledShare, of which trouble shows that
// the target has too much to do.
const troubledShare = 20

// follow sets the limit of slots to what the climber finds out, until stop is called.
func (w *workers) follow(s *slots, load func() exchange.Load) (stop func()) {
	if w.auto == nil {
		return func() {}
	}
	over := make(chan struct{})
	var following group.Group
	following.Go(func() {
		tick := time.NewTicker(observeEvery)
		defer tick.Stop()
		before, last := load(), time.Now()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
			}
			now, came := load(), time.Now()
			seen := observed(before, now, came.Sub(last))
			before, last = now, came
			full, most := s.observe()
			seen.full = full
			w.mu.Lock()
			limit := w.auto.next(seen, min(most, w.most))
			w.mu.Unlock()
			s.setLimit(limit)
		}
	})
	return func() {
		close(over)
		following.Wait()
	}
}

// observed is what happened from one load to the next.
func observed(before, now exchange.Load, took time.Duration) observation {
	s := observation{took: took, answered: now.Answered - before.Answered, stall: max(took-observeEvery, 0)}
	if troubled := now.Troubled - before.Troubled; troubled > 0 && troubled*troubledShare >= s.answered {
		s.trouble = now.Last
	}
	return s
}
