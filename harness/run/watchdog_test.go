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
	"qorcheck/harness/settings"
)

func TestWatchdog_SaysWhatIsOut(t *testing.T) {
	var w watchdog
	w.note("")
	if out := w.out(); out != "" || w.seen() != 0 {
		t.Errorf("nothing is lacking: %q", out)
	}
	w.note("file descriptors")
	if out := w.out(); !strings.Contains(out, "this machine ran out of file descriptors") || w.seen() != 1 {
		t.Errorf("file descriptors are: %q", out)
	}
}

// A delay of our own work excuses what was late or did not come meanwhile, and that a
// message did not come only where it took half the time that there was for one.
func TestWatchdog_ExcusesWhatItsDelaysTouch(t *testing.T) {
	start := time.Now()
	at := func(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }
	const wait = 4 * time.Second
	for _, tt := range []struct {
		claim        string
		due, came    float64
		act, awaited float64 // when the act was sent, and for how long a message was awaited
		want         time.Duration
		lacks        string
	}{
		{"none", 1, 1.1, 0, 4, 0, ""},
		{"a short one", 1, 1.5, 0, 4, 500 * time.Millisecond, ""},
		{"one of less than half the time", 1, 2.9, 0, 4, 1900 * time.Millisecond, ""},
		{"one of half the time", 1, 3, 0, 4, 2 * time.Second, "was held up for 2s"},
		{"one that lasts longer than the case", 1, 9, 0, 4, 8 * time.Second, "was held up for 8s"},
		{"one before the case", 1, 9, 10, 4, 0, ""},
		{"one after it", 5, 9, 0, 4, 0, ""},
	} {
		r := &Run{options: Options{Settings: settings.Settings{MessageWait: wait}}}
		r.watchdog.delayed(at(tt.due), at(tt.came))
		c := &exchange.Transcript{
			Act:     &exchange.Record{Started: at(tt.act)},
			Observe: []exchange.Record{{Started: at(tt.act), Took: time.Duration(tt.awaited) * time.Second}},
		}
		if stall, lacks := r.lacking(c); stall != tt.want || (lacks == "") != (tt.lacks == "") || !strings.Contains(lacks, tt.lacks) {
			t.Errorf("%s: %s, %q", tt.claim, stall, lacks)
		}
	}
	r := &Run{options: Options{Settings: settings.Settings{MessageWait: wait}}}
	r.watchdog.delayed(at(5), at(7))
	again := &exchange.Transcript{Act: &exchange.Record{Started: start}, Inbox: exchange.Inbox{About: []message.Delivery{{At: at(0.1)}, {At: at(7.1)}}}}
	stall, _ := r.lacking(again)
	if late := acknowledgedLate(stall); !strings.Contains(late, "held up for 2s") {
		t.Errorf("a message that comes again after a delay: %s, %q", stall, late)
	}
	if late := acknowledgedLate(900 * time.Millisecond); late != "" {
		t.Errorf("a delay that no sender notices: %q", late)
	}
	r = &Run{}
	r.watchdog.note("ports")
	if _, lacks := r.lacking(&exchange.Transcript{}); !strings.Contains(lacks, "ran out of ports") {
		t.Errorf("what ran out is lacking all the time: %q", lacks)
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

// Where the receiver does not hear itself, no message proves nothing; otherwise it does,
// on loopback.
func TestSilence_ForWantOfOurOwn(t *testing.T) {
	for _, tt := range []struct {
		claim string
		lack  func(*Run)
		want  string
	}{
		{"nothing is lacking", func(*Run) {}, ""},
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

// What came more often than it may is judged when it is known whether it was acknowledged in time.
func TestHasTooMany(t *testing.T) {
	for _, tt := range []struct {
		most, came int
		want       bool
	}{{0, 3, false}, {2, 2, false}, {2, 3, true}} {
		of := &exchange.Transcript{Observe: []exchange.Record{{
			Step: plan.Step{Await: &plan.Await{MaxTimes: tt.most}}, Messages: make([]message.Delivery, tt.came),
		}}}
		if got := hasTooMany(of); got != tt.want {
			t.Errorf("%d came, at most %d: %t", tt.came, tt.most, got)
		}
	}
}
