package run

import (
	"math"
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	noon := time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC)
	entry := func(from, to float64) Entry {
		return Entry{Began: noon.Add(time.Duration(from * float64(time.Second))), TookMS: (to - from) * 1000}
	}
	for _, tt := range []struct {
		claim   string
		entries []Entry
		seconds float64
		want    []float64
	}{
		{"a moment is divided among the cases in progress", []Entry{entry(0, 3), entry(1, 2)}, 3, []float64{2.5, 0.5}},
		{"what ends as another begins is not divided", []Entry{entry(1, 2), entry(0, 1)}, 2, []float64{1, 1}},
		{"a moment in which none is in progress is divided in proportion", []Entry{entry(0, 1), entry(4, 7)}, 8, []float64{2, 6}},
		{"two in the same moments have halves", []Entry{entry(0, 4), entry(0, 4)}, 4, []float64{2, 2}},
		{"a case that took no time has none", []Entry{entry(1, 1), entry(0, 2)}, 2, []float64{0, 2}},
		{"nothing is divided where no case took any time", []Entry{entry(1, 1)}, 2, []float64{0}},
		{"nothing is divided without cases", nil, 2, nil},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var c Clock
			for _, e := range tt.entries {
				c.Add(e)
			}
			got := c.Divide(tt.seconds)
			if len(got) != len(tt.want) {
				t.Fatalf("got %v, want %v", got, tt.want)
			}
			for i := range got {
				if math.Abs(got[i]-tt.want[i]) > 1e-9 {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			}
		})
	}
}

func TestSeconds_WithoutThePauseBeforeResuming(t *testing.T) {
	noon := time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC)
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	if got := seconds([]stretch{{at(0), at(2)}, {at(3600), at(3605)}}); got != 7 {
		t.Errorf("two parts of 2 and 5 s took %v s", got)
	}
	if got := seconds([]stretch{{at(2), at(0)}}); got != 0 {
		t.Errorf("a clock that was set back: %v s", got)
	}
}
