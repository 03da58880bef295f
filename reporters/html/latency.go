package html

import (
	"fmt"
	"math"
	"strings"

	"qorcheck/harness/run"
)

// latency shows the response times of each operation, all on one axis.
type latency struct {
	Rows  []operationLatency
	Ticks []tick // from the first bucket in use to the last
}

type operationLatency struct {
	run.Latency
	Method, Path, Anchor string
	Bars                 []bar
	Median               float64 // position on the axis
}

// bar is one bucket; units are those of the drawing.
type bar struct {
	X, Y, Width, Height float64
	Count               int
	From, To            float64 // milliseconds
}

type tick struct {
	X    float64
	Text string
}

// Size of a drawing.
const (
	plotWidth  = 360.0
	plotHeight = 28.0
)

func newLatency(d *run.Document, ids anchors) *latency {
	first, last := usedBuckets(d)
	if first > last {
		return nil
	}
	l := &latency{}
	width := plotWidth / float64(last-first+1)
	for _, t := range d.Latency {
		row := operationLatency{Latency: t, Anchor: ids.take(t.Operation)}
		for _, o := range d.Obligations {
			if o.Operation == t.Operation {
				row.Method, row.Path = o.Method, o.Path
				break
			}
		}
		highest := 0
		for _, b := range t.Buckets {
			highest = max(highest, b.Count)
		}
		for i := first; i <= last; i++ {
			b := t.Buckets[i]
			if b.Count == 0 {
				continue
			}
			height := max(1.5, (plotHeight-2)*float64(b.Count)/float64(highest))
			row.Bars = append(row.Bars, bar{
				X: round(float64(i-first)*width + 0.5), Width: round(width - 1), Y: round(plotHeight - height), Height: round(height),
				Count: b.Count, From: lowerBound(t.Buckets, i), To: b.UpToMS,
			})
		}
		row.Median = round(onAxis(t.Buckets, t.P50MS, first) * width)
		l.Rows = append(l.Rows, row)
	}
	buckets := d.Latency[0].Buckets
	for i := first; i <= last; i++ {
		l.Ticks = append(l.Ticks, tick{X: round(float64(i-first+1) * width), Text: bound(buckets[i].UpToMS)})
	}
	return l
}

// usedBuckets returns the first and the last bucket in use by any operation; without
// one, first is beyond last.
func usedBuckets(d *run.Document) (first, last int) {
	first, last = math.MaxInt, -1
	for _, t := range d.Latency {
		for i, b := range t.Buckets {
			if b.Count > 0 {
				first, last = min(first, i), max(last, i)
			}
		}
	}
	return first, last
}

func lowerBound(buckets []run.Bucket, i int) float64 {
	if i == 0 {
		return 0
	}
	return buckets[i-1].UpToMS
}

// onAxis returns the position of a time on the axis, in buckets from the first.
func onAxis(buckets []run.Bucket, ms float64, first int) float64 {
	for i, b := range buckets {
		if ms <= b.UpToMS {
			from := lowerBound(buckets, i)
			return float64(i-first) + (ms-from)/(b.UpToMS-from)
		}
	}
	return float64(len(buckets) - first)
}

func round(x float64) float64 { return math.Round(x*10) / 10 }

// bound writes the bound of a bucket, a round number.
func bound(ms float64) string {
	if ms >= 1000 {
		return commas(int(ms/1000)) + " s"
	}
	return commas(int(ms)) + " ms"
}

// Label describes the drawing to screen readers.
func (t operationLatency) Label() string {
	var parts []string
	for _, b := range t.Bars {
		parts = append(parts, fmt.Sprintf("%s up to %s", commas(b.Count), bound(b.To)))
	}
	return "responses by time: " + strings.Join(parts, ", ")
}
