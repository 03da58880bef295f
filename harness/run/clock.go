package run

import (
	"cmp"
	"slices"
	"time"
)

// Clock divides the time of a run among its cases: each moment among those that were
// in progress then. A moment in which none was, such as that of the preflight and of
// the last messages, was spent on all, in proportion.
type Clock struct {
	spans []span
}

// span is a case in progress, from its first request to its last response.
type span struct{ from, to time.Time }

// Add adds a case.
func (c *Clock) Add(e Entry) {
	from := e.Began.Round(0) // as a journal has it
	c.spans = append(c.spans, span{from, from.Add(milliseconds(e.TookMS))})
}

// Divide returns the seconds of each case, in the order in which they were added. They
// add up to those of the run, unless no case took any time.
func (c *Clock) Divide(seconds float64) []float64 {
	type edge struct {
		at   time.Time
		of   int
		ends bool
	}
	var edges []edge
	for i, s := range c.spans {
		edges = append(edges, edge{s.from, i, false}, edge{s.to, i, true})
	}
	slices.SortStableFunc(edges, func(a, b edge) int { return a.at.Compare(b.at) })
	shares := make([]float64, len(c.spans))
	var each, sum float64 // what one case got that is in progress from beginning to end
	active := 0
	for i, e := range edges {
		if active > 0 {
			each += e.at.Sub(edges[i-1].at).Seconds() / float64(active)
		}
		if e.ends {
			shares[e.of] += each
			active--
		} else {
			shares[e.of] -= each
			active++
		}
	}
	for _, share := range shares {
		sum += share
	}
	for i := range shares {
		shares[i] *= seconds / cmp.Or(sum, 1)
	}
	return shares
}

// stretch is one part of a run, which was resumed after it or not.
type stretch struct{ from, to time.Time }

// seconds is how long the parts of a run took.
func seconds(parts []stretch) float64 {
	var took time.Duration
	for _, p := range parts {
		took += max(0, p.to.Round(0).Sub(p.from.Round(0)))
	}
	return took.Round(time.Microsecond).Seconds()
}
