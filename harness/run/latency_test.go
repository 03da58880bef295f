package run

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestStopwatch(t *testing.T) {
	const n = 10_000
	w := newStopwatch()
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		w.add(time.Duration(i+1) * 100 * time.Microsecond) // 0.1 ms to 1 s
	}
	l := latencies(map[string]*stopwatch{"pay": w})[0]
	if l.Operation != "pay" || l.Count != n || l.MinMS != 0.1 || l.MaxMS != 1000 {
		t.Errorf("got %+v", l)
	}
	for _, tt := range []struct{ share, got, want float64 }{{0.5, l.P50MS, 500}, {0.9, l.P90MS, 900}, {0.99, l.P99MS, 990}} {
		if tt.got < tt.want || tt.got > tt.want*stepSize {
			t.Errorf("percentile %v is %v, want %v", tt.share, tt.got, tt.want)
		}
	}
	sum := 0
	for i, b := range l.Buckets {
		sum += b.Count
		if want := int(min(b.UpToMS, 1000) * 10); sum != want {
			t.Errorf("up to %v ms: %d, want %d", b.UpToMS, sum, want)
		}
		if i > 0 && b.UpToMS <= l.Buckets[i-1].UpToMS {
			t.Errorf("bucket %d is not above the one before", i)
		}
	}
	for _, odd := range []time.Duration{0, time.Hour} {
		w := newStopwatch()
		w.add(odd)
		ms := float64(odd.Microseconds()) / 1000
		if l := latencies(map[string]*stopwatch{"x": w})[0]; l.P50MS != ms || l.P99MS != ms || l.MinMS != ms {
			t.Errorf("%s: %+v", odd, l)
		}
	}
}

func TestLatency_OfARun(t *testing.T) {
	p := plot(t, ask{id: "a", paths: []string{"/200", "/404", "/503"}})
	d := whole(t, t.Context(), p, serve(t, statuses), Options{})
	if len(d.Latency) != 1 || d.Latency[0].Operation != "list" || d.Latency[0].Count != 3 || d.Latency[0].MaxMS <= 0 {
		t.Errorf("got %+v", d.Latency)
	}
}
