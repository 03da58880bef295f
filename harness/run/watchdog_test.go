package run

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/message"
	"qorcheck/harness/plan"
)

func TestWatchdog_SaysWhatIsLacking(t *testing.T) {
	for _, tt := range []struct {
		claim string
		meet  func(*watchdog)
		want  string
	}{
		{"nothing", func(w *watchdog) { w.note(""); w.delayed(maxStall) }, ""},
		{"file descriptors", func(w *watchdog) { w.note("file descriptors") }, "this machine ran out of file descriptors"},
		{"the processor", func(w *watchdog) { w.delayed(3 * time.Second) }, "qorcheck was held up for 3s"},
	} {
		var w watchdog
		tt.meet(&w)
		if why, _ := w.why(); why == "" != (tt.want == "") || !strings.Contains(why, tt.want) {
			t.Errorf("%s: %q", tt.claim, why)
		}
	}
}

func TestLanes_BecomeFewerWithEachShortage(t *testing.T) {
	l := lanes{live: 4, met: 1}
	for i, tt := range []struct {
		seen int
		want bool
	}{{1, false}, {3, true}, {3, true}, {3, false}, {9, false}} { // two stay
		if got := l.retire(tt.seen); got != tt.want {
			t.Errorf("%d: %t, %d left", i, got, l.live)
		}
	}
}

func TestAffordable(t *testing.T) {
	for _, tt := range []struct {
		workers     int
		descriptors uint64
		want        int
	}{{24, 0, 24}, {24, 1024, 24}, {24, 256, 24}, {24, 64, 5}, {24, 40, 2}, {24, 24, 1}, {24, 3, 1}, {1, 1024, 1}} {
		if got := affordable(tt.workers, tt.descriptors); got != tt.want {
			t.Errorf("%d with %d descriptors: %d", tt.workers, tt.descriptors, got)
		}
	}
}

func TestShortage(t *testing.T) {
	for err, want := range map[error]string{
		fmt.Errorf("dial: %w", syscall.EMFILE): "file descriptors", syscall.ENFILE: "file descriptors",
		syscall.EADDRNOTAVAIL: "ports", syscall.ENOBUFS: "memory", syscall.ENOSPC: "disk space",
		syscall.ECONNREFUSED: "", errors.New("x"): "",
	} {
		if got := exchange.Shortage(err); got != want {
			t.Errorf("%v: %q", err, got)
		}
	}
}

// Where this machine lacks something, or the receiver does not hear itself, no message
// proves nothing; otherwise it does, on loopback.
func TestSilence_ForWantOfOurOwn(t *testing.T) {
	for _, tt := range []struct {
		claim string
		lack  func(*Run)
		want  string
	}{
		{"nothing is lacking", func(*Run) {}, ""},
		{"file descriptors", func(r *Run) { r.watchdog.note("file descriptors") }, "ran out of file descriptors"},
		{"the processor", func(r *Run) { r.watchdog.delayed(5 * time.Second) }, "was held up for 5s"},
		{"the receiver is gone", func(r *Run) { _ = r.inbox.receiver.Close() }, "did not hear its own call"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			receiver, err := message.Listen("127.0.0.1:0", "http://127.0.0.1", message.NewSecret())
			if err != nil {
				t.Fatal(err)
			}
			defer receiver.Close()
			r := &Run{options: Options{Settings: toySettings(t, "http://127.0.0.1")}, inbox: inbox{receiver: receiver}}
			tt.lack(r)
			if got := r.silence(t.Context()); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// A case whose awaited message did not come is judged when the last messages are in.
func TestMissesMessage(t *testing.T) {
	await := func(never bool, messages int, failure *exchange.Failure) *exchange.Transcript {
		return &exchange.Transcript{Observe: []exchange.Record{{Step: plan.Step{Await: &plan.Await{Never: never}}, Failure: failure, Messages: make([]message.Delivery, messages)}}}
	}
	for claim, tt := range map[string]struct {
		t    *exchange.Transcript
		want bool
	}{
		"it did not come":            {await(false, 0, nil), true},
		"it came":                    {await(false, 1, nil), false},
		"none may come":              {await(true, 0, nil), false},
		"it could not be waited for": {await(false, 0, &exchange.Failure{Kind: exchange.Blocked}), false},
		"nothing was awaited":        {&exchange.Transcript{Observe: []exchange.Record{{}}}, false},
	} {
		if got := missesMessage(tt.t); got != tt.want {
			t.Errorf("%s: %t", claim, got)
		}
	}
}
