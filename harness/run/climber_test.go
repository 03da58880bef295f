package run

import (
	"strings"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/settings"
)

// model is a target in numbers.
type model struct {
	workers int           // requests that it works on at once
	each    time.Duration // that one takes
	rejects bool          // it answers 503 to more than that; else they wait
	rate    float64       // requests a second that --rate allows; 0 for no limit
}

// serve is what is observed while some cases are in progress.
func (m model) serve(limit int) observation {
	o := observation{took: observeEvery, full: true}
	throughput := float64(min(limit, m.workers)) / m.each.Seconds()
	if m.rate > 0 {
		throughput = min(throughput, m.rate)
	}
	o.answered = int(throughput * o.took.Seconds())
	if m.rejects && limit > m.workers {
		o.trouble = "responses 503"
	}
	return o
}

// climb lets the climber run on the model for a while and returns the limits of each moment.
func climb(m model, most int, seconds float64) (*climber, []int) {
	c := newClimber(most)
	var limits []int
	for range int(seconds / observeEvery.Seconds()) {
		limits = append(limits, c.next(m.serve(c.limit), most))
	}
	return c, limits
}

func TestClimber(t *testing.T) {
	for _, tt := range []struct {
		claim     string
		target    model
		most      int
		low, high int // where the limit is after ten seconds
		tried     int // at most
	}{
		{"a slow target is asked for as much as this machine can", model{1000, 50 * time.Millisecond, false, 0}, 128, 128, 128, 128},
		{"a slow target with a bound is run close to it", model{32, 50 * time.Millisecond, false, 0}, 256, 30, 40, 64},
		{"a quick target as well", model{8, time.Millisecond, false, 0}, 256, 7, 11, 16},
		{"more that only waits is taken back", model{4, 10 * time.Millisecond, false, 0}, 256, 4, 6, 8},
		{"a target that rejects what is too much", model{4, 10 * time.Millisecond, true, 0}, 256, 4, 4, 8},
		{"one with more room", model{20, 10 * time.Millisecond, true, 0}, 256, 15, 20, 32},
		{"a rate bounds it", model{1000, 50 * time.Millisecond, false, 80}, 256, 4, 5, 8},
		{"this machine bounds it", model{1000, 50 * time.Millisecond, false, 0}, 3, 3, 3, 3},
		{"one at once is the least", model{1000, 50 * time.Millisecond, false, 0}, 1, 1, 1, 1},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			c, limits := climb(tt.target, tt.most, 10)
			counted := map[int]int{}
			for _, limit := range limits[len(limits)/2:] {
				counted[limit]++
			}
			settled := 0
			for limit, n := range counted {
				if n > counted[settled] {
					settled = limit
				}
			}
			if settled < tt.low || settled > tt.high || c.highest > tt.tried {
				t.Errorf("settled on %d, tried %d; want %d to %d, up to %d: %v", settled, c.highest, tt.low, tt.high, tt.tried, limits)
			}
		})
	}
}

// Each attempt to go beyond what a target takes costs requests that it rejects: they become rare.
func TestClimber_TriesLessAndLess(t *testing.T) {
	m := model{4, 10 * time.Millisecond, true, 0}
	c := newClimber(64)
	rejected := [3]int{}
	for i := range 1800 {
		o := m.serve(c.limit)
		if o.trouble != "" {
			rejected[i/600]++
		}
		c.next(o, 64)
	}
	if rejected[0] == 0 || rejected[0] > 12 || rejected[2] > 4 {
		t.Errorf("moments with rejected requests in each half minute: %v", rejected)
	}
	if c.fell == 0 || c.why != "responses 503" {
		t.Errorf("it fell %d times, because of %q", c.fell, c.why)
	}
}

func TestClimber_GivesWay(t *testing.T) {
	calm := observation{took: observeEvery, answered: 100, full: true}
	for _, tt := range []struct {
		claim string
		seen  []observation
		most  int
		want  int
	}{
		{"to trouble, by half", []observation{{trouble: "x"}}, 64, 8},
		{"to trouble once, while answers to what was sent before come in", []observation{{trouble: "x"}, {trouble: "x", answered: 10}}, 64, 8},
		{"again when trouble lasts", []observation{{trouble: "x"}, {answered: 20}, {trouble: "x"}}, 64, 4},
		{"never below what this machine can always do", []observation{{trouble: "x"}, {answered: 99}, {trouble: "x"}, {answered: 99}, {trouble: "x"}, {answered: 99}, {trouble: "x"}}, 64, 2},
		{"to a delay of our own, by a quarter", []observation{{stall: time.Second}}, 64, 12},
		{"to none that nobody notices", []observation{{stall: 100 * time.Millisecond}}, 64, 16},
		{"to what this machine ran out of", []observation{calm}, 5, 5},
		{"to nothing where too little is sent to tell", []observation{{took: time.Second, answered: 1000}, {took: time.Second, answered: 10}}, 64, 16},
	} {
		c := newClimber(64)
		c.limit = 16
		for _, o := range tt.seen {
			c.next(o, tt.most)
		}
		if c.limit != tt.want {
			t.Errorf("%s: %d, want %d", tt.claim, c.limit, tt.want)
		}
	}
}

// What is chosen holds, whatever happens; what is found out is said.
func TestWorkers(t *testing.T) {
	fixed := newWorkers(7, 0)
	defer fixed.follow(newSlots(7, 0), func() exchange.Load { panic("nobody asks") })()
	if got := fixed.settled(); fixed.limit() != 7 || *got != (Concurrency{Limit: 7}) || got.String() != "7 cases at once" {
		t.Errorf("%+v", got)
	}
	auto := newWorkers(settings.AutoConcurrency, 0)
	if got := auto.settled(); auto.limit() != firstLimit || got.String() != "4 cases at once (auto, up to 4)" {
		t.Errorf("%+v", got)
	}
	auto.auto.next(observation{trouble: "responses 429"}, 64)
	if got := auto.settled(); !strings.Contains(got.String(), "2 cases at once (auto, up to 4; lowered once, because of responses 429)") {
		t.Errorf("%s", got)
	}
	if few := newWorkers(settings.AutoConcurrency, 40); few.limit() != 2 {
		t.Errorf("with 40 descriptors: %d", few.limit())
	}
}

func TestObserved(t *testing.T) {
	before := exchange.Load{Answered: 100, Troubled: 3, Last: "responses 503"}
	for _, tt := range []struct {
		claim string
		now   exchange.Load
		want  string
	}{
		{"nothing new", before, ""},
		{"one of a few", exchange.Load{Answered: 110, Troubled: 4, Last: "responses 429"}, "responses 429"},
		{"one of many", exchange.Load{Answered: 200, Troubled: 4, Last: "responses 429"}, ""},
	} {
		got := observed(before, tt.now, observeEvery+300*time.Millisecond)
		if got.trouble != tt.want || got.answered != tt.now.Answered-100 || got.stall != 300*time.Millisecond {
			t.Errorf("%s: %+v", tt.claim, got)
		}
	}
}
