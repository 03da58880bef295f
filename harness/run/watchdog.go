package run

import (
	"fmt"
	"os"
	"sync"
	"time"

	"qorcheck/harness/exchange"
)

const (
	watchEvery = 50 * time.Millisecond
	maxStall   = time.Second // of our own work, above which the target is not blamed for what is missing
)

// watchdog notices what this machine lacks during a run. What did not come meanwhile
// says nothing about the target.
type watchdog struct {
	mu    sync.Mutex
	short string        // what ran out, "" for nothing
	stall time.Duration // longest delay of a timer of ours
	met   int           // how often
}

// start watches until stop is called.
func (w *watchdog) start() (stop func()) {
	over := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for last := time.Now(); ; {
			select {
			case <-over:
				return
			case <-tick.C:
			}
			now := time.Now()
			w.delayed(now.Sub(last) - watchEvery)
			last = now
			file, err := os.Open(os.DevNull) // whatever in this process needs one next finds as many
			if err != nil {
				w.note(exchange.Shortage(err))
				continue
			}
			_ = file.Close() // nothing was written
		}
	})
	return func() {
		close(over)
		watching.Wait()
	}
}

// note takes note of what ran out, "" for nothing.
func (w *watchdog) note(short string) {
	if short == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.short = short
	w.met++
}

// delayed takes note of how late a timer of ours was.
func (w *watchdog) delayed(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if by > w.stall {
		w.stall = by
	}
	if by > maxStall {
		w.met++
	}
}

// seen returns how often something was lacking.
func (w *watchdog) seen() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.met
}

// why returns what this machine lacked, "" for nothing, and the longest delay of our own work.
func (w *watchdog) why() (string, time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.short != "":
		return fmt.Sprintf("this machine ran out of %s during the run, so that what was late or did not come proves nothing", w.short), w.stall
	case w.stall > maxStall:
		return fmt.Sprintf("this machine was so busy that qorcheck was held up for %s, so that what was late or did not come proves nothing", w.stall.Round(100*time.Millisecond)), w.stall
	}
	return "", w.stall
}

// minWorkers is how many cases are sent at once at least, whatever this machine lacks.
const minWorkers = 2

// lanes are the slots of the workers of a run. They become fewer when this machine
// runs short of something.
type lanes struct {
	mu   sync.Mutex
	live int
	met  int // shortages that have been answered
}

// retire reports whether a worker that has ended a case gives its slot up for good:
// one for each shortage that was seen.
func (l *lanes) retire(seen int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if seen <= l.met || l.live <= minWorkers {
		return false
	}
	l.met++
	l.live--
	return true
}
