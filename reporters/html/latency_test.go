package html

import (
	"testing"

	"qorcheck/harness/run"
	"qorcheck/reporters/internal/sample"
)

func TestLatency_IsDrawnOnOneAxis(t *testing.T) {
	d := sample.Document(0)
	d.Latency = []run.Latency{
		{Operation: "a", Count: 9, P50MS: 7.5, Buckets: buckets(0, 3, 6, 0, 0)},
		{Operation: "b", Count: 1, P50MS: 20, Buckets: buckets(0, 0, 0, 1, 0)},
	}
	l := newLatency(d, anchors{})
	if len(l.Ticks) != 3 || l.Ticks[0].Text != "5 ms" || l.Ticks[2] != (tick{plotWidth, "20 ms"}) {
		t.Errorf("ticks %+v", l.Ticks)
	}
	a, b := l.Rows[0], l.Rows[1]
	if len(a.Bars) != 2 || a.Bars[1].Height != plotHeight-2 || a.Bars[0].Height != (plotHeight-2)/2 || a.Bars[0].X != 0.5 {
		t.Errorf("bars %+v", a.Bars)
	}
	if a.Median != plotWidth/2 || b.Median != plotWidth || b.Bars[0].X != plotWidth*2/3+0.5 {
		t.Errorf("medians %v and %v, bars %+v", a.Median, b.Median, b.Bars)
	}
	if got := a.Label(); got != "responses by time: 3 up to 5 ms, 6 up to 10 ms" {
		t.Errorf("it says %q", got)
	}
	if newLatency(sample.Document(0), anchors{}) != nil {
		t.Error("a run without answers has an axis")
	}
}

func TestMilliseconds(t *testing.T) {
	for _, tt := range []struct {
		ms   float64
		want string
	}{{0, "0.0 ms"}, {1.26, "1.3 ms"}, {12.5, "12 ms"}, {999, "999 ms"}, {1234.5, "1.2 s"}, {12_345, "12 s"}} {
		if got := milliseconds(tt.ms); got != tt.want {
			t.Errorf("%v is %q, want %q", tt.ms, got, tt.want)
		}
	}
}
