package run

import (
	"maps"
	"math"
	"slices"
	"time"
)

// Latency is how long an operation took to answer, over all requests with a response.
type Latency struct {
	Operation string   `json:"operation"`
	Count     int      `json:"count"`
	MinMS     float64  `json:"minMs"`
	P50MS     float64  `json:"p50Ms"` // percentiles are at most 5 % too high
	P90MS     float64  `json:"p90Ms"`
	P99MS     float64  `json:"p99Ms"`
	MaxMS     float64  `json:"maxMs"`
	Buckets   []Bucket `json:"buckets"` // the same bounds for every operation
}

// Bucket counts the responses that took longer than the bucket before allows, and not longer than this one.
type Bucket struct {
	UpToMS float64 `json:"upToMs"`
	Count  int     `json:"count"`
}

// bucketBounds end at the longest time that a request may take.
var bucketBounds = []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 600_000}

// stopwatch counts times in buckets and, for percentiles, in steps of 5 %; it holds no single one.
type stopwatch struct {
	buckets  []Bucket
	steps    map[int]int
	count    int
	min, max float64
}

const (
	finestMS = 0.01
	stepSize = 1.05
)

func newStopwatch() *stopwatch {
	w := &stopwatch{steps: map[int]int{}}
	for _, bound := range bucketBounds {
		w.buckets = append(w.buckets, Bucket{UpToMS: bound})
	}
	return w
}

func (w *stopwatch) add(took time.Duration) {
	ms := float64(took.Microseconds()) / 1000
	if w.count == 0 || ms < w.min {
		w.min = ms
	}
	w.max = max(w.max, ms)
	w.count++
	i, _ := slices.BinarySearch(bucketBounds, min(ms, bucketBounds[len(bucketBounds)-1]))
	w.buckets[i].Count++
	w.steps[int(math.Ceil(math.Log(max(ms, finestMS)/finestMS)/math.Log(stepSize)))]++
}

func upperBound(step int) float64 { return finestMS * math.Pow(stepSize, float64(step)) }

// percentile returns a time that a share of the responses did not exceed.
func (w *stopwatch) percentile(share float64) float64 {
	wanted, seen := int(math.Ceil(share*float64(w.count))), 0
	for _, step := range slices.Sorted(maps.Keys(w.steps)) {
		if seen += w.steps[step]; seen >= wanted {
			return math.Round(min(max(upperBound(step), w.min), w.max)*1000) / 1000
		}
	}
	return w.max
}

// latencies lists what the stopwatches of the operations show, by operation.
func latencies(watches map[string]*stopwatch) []Latency {
	list := []Latency{}
	for _, operation := range slices.Sorted(maps.Keys(watches)) {
		w := watches[operation]
		list = append(list, Latency{operation, w.count, w.min, w.percentile(0.5), w.percentile(0.9), w.percentile(0.99), w.max, w.buckets})
	}
	return list
}
