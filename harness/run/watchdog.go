package run

import (
	"cmp"
	"fmt"
	"os"
	"sync"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/group"
	"qorcheck/harness/settings"
)

const (
	watchEvery = 50 * time.Millisecond
	maxStall   = time.Second            // of our own work, above which this machine gets fewer requests at once
	minStall   = 200 * time.Millisecond // below which nobody notices
)

// watchdog notices what this machine lacks during a run. What did not come meanwhile
// says nothing about the target.
type watchdog struct {
	mu     sync.Mutex
	short  string  // what ran out, "" for nothing
	stalls []stall // in which a timer of ours was late
	met    int     // how often
}

// stall is a time in which our own work stood still.
type stall struct{ from, to time.Time }

// start watches until stop is called.
func (w *watchdog) start() (stop func()) {
	over := make(chan struct{})
	var watching group.Group
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
			w.delayed(last.Add(watchEvery), now)
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

// delayed takes note of a timer of ours that was due and came later.
func (w *watchdog) delayed(due, came time.Time) {
	by := came.Sub(due)
	if by < minStall {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stalls = append(w.stalls, stall{due, came})
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

// out says what this machine ran out of during the run, "" for nothing.
func (w *watchdog) out() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.short == "" {
		return ""
	}
	return fmt.Sprintf("this machine ran out of %s during the run, so that what was late or did not come proves nothing", w.short)
}

// longest returns the longest delay of our own work in a time.
func (w *watchdog) longest(from, to time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	var longest time.Duration
	for _, s := range w.stalls {
		if s.to.After(from) && s.from.Before(to) {
			longest = max(longest, s.to.Sub(s.from))
		}
	}
	return longest
}

// heldUp says that our own work was held up so long in the time for a message that it
// proves nothing that none came: for half of it at least. "" where it does.
func heldUp(stall, wait time.Duration) string {
	if stall < wait/2 {
		return ""
	}
	return fmt.Sprintf("this machine was so busy that qorcheck was held up for %s, so that what was late or did not come proves nothing", stall.Round(100*time.Millisecond))
}

// acknowledgedLate says that a message may have been acknowledged so late that the target
// sent it again, "" where it was not. How long a target waits is not known.
func acknowledgedLate(stall time.Duration) string {
	if stall < maxStall {
		return ""
	}
	return fmt.Sprintf("this machine was so busy that qorcheck was held up for %s, so that a message may have come again that was acknowledged late", stall.Round(100*time.Millisecond))
}

// lacking says what our own work lacked while a case waited for messages, and until the
// last one about it came: the longest delay, and why what was late or did not come proves
// nothing, "" where it does.
func (r *Run) lacking(t *exchange.Transcript) (time.Duration, string) {
	stall := time.Duration(0)
	if t.Act != nil {
		to := t.Act.Started.Add(t.Act.Took)
		for _, o := range t.Observe {
			if end := o.Started.Add(o.Took); end.After(to) {
				to = end
			}
		}
		for _, d := range t.Inbox.About {
			if d.At.After(to) {
				to = d.At
			}
		}
		stall = r.watchdog.longest(t.Act.Started, to)
	}
	wait := cmp.Or(r.options.Settings.MessageWait, settings.DefaultMessageWait)
	return stall, cmp.Or(r.watchdog.out(), heldUp(stall, wait))
}
