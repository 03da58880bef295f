package run

import "time"

// Bounds of a climber.
const (
	firstLimit  = 4   // cases at once at the beginning
	highest     = 256 // cases at once
	roundTime   = 100 * time.Millisecond
	roundSize   = 4   // requests of a round for each case at once
	worthwhile  = 0.5 // of what a higher limit could add to the throughput, so much must come of it
	restAtFirst = 8   // rounds after a rise that brought nothing, before the next one
	longestRest = 100 // rounds, of which there are ten a second at most
)

// observation is what was observed in a short time.
type observation struct {
	took     time.Duration
	answered int           // requests
	trouble  string        // what shows that the target had too much to do, "" for nothing
	stall    time.Duration // the delay of a timer of ours
	full     bool          // a case waited for a slot
}

// climber finds out how many cases may be in progress at once. It raises its limit as long as
// the throughput grows with it, twofold at first, which also means that the latency holds:
// where twice as many requests under way take twice as long, nothing is won. It takes the
// last step back where little came of it, or where the target had trouble, and lets
// more and more time pass before it tries again. It is a function of what was observed.
type climber struct {
	limit   int
	highest int // that it reached
	fell    int // how often it gave way to trouble
	why     string

	round    observation
	last     float64 // requests a second at the limit before the last rise
	from     int     // that limit, 0 where there was no rise that is still to be judged
	steady   bool    // the first trouble or vain rise came: small steps from now on
	rest     int     // rounds without a rise
	nextRest int
	draining int // answers to what was sent before it gave way
}

func newClimber(most int) *climber {
	limit := max(min(firstLimit, most), 1)
	return &climber{limit: limit, highest: limit, nextRest: restAtFirst}
}

// next returns the limit after an observation; most is the highest that is possible now.
func (c *climber) next(s observation, most int) int {
	c.limit = max(min(c.limit, most), 1)
	c.draining = max(c.draining-s.answered, 0)
	switch {
	case s.trouble != "" && c.draining == 0:
		c.giveWay(s.trouble)
		return c.limit
	case s.stall >= minStall:
		c.back(max(c.limit*3/4, min(firstLimit, c.limit)), "delays on this machine")
		return c.limit
	}
	c.round.took += s.took
	c.round.answered += s.answered
	c.round.full = c.round.full || s.full
	if c.round.took < roundTime || c.round.answered < roundSize*c.limit {
		return c.limit
	}
	throughput, full := float64(c.round.answered)/c.round.took.Seconds(), c.round.full
	c.round = observation{}
	if !full {
		return c.limit // there is not enough to send: it shows nothing
	}
	c.judge(throughput)
	c.raise(throughput, most)
	return c.limit
}

// judge takes the last rise back if too little came of it.
func (c *climber) judge(throughput float64) {
	if c.from == 0 {
		return
	}
	wanted := 1 + worthwhile*(float64(c.limit)/float64(c.from)-1)
	if throughput < c.last*wanted {
		c.limit, c.steady = c.from, true
		c.pause()
	}
	c.from = 0
}

// raise tries a higher limit, unless it rests.
func (c *climber) raise(throughput float64, most int) {
	if c.rest > 0 {
		c.rest--
		return
	}
	step := c.limit
	if c.steady {
		step = max(c.limit/4, 1)
	}
	if higher := min(c.limit+step, most); higher > c.limit {
		c.from, c.last, c.limit = c.limit, throughput, higher
		c.highest = max(c.highest, higher)
	}
}

// giveWay lowers the limit to where there was no trouble, to a half where that is unknown.
func (c *climber) giveWay(why string) {
	lower := c.limit / 2
	if c.from > 0 {
		lower = c.from
	}
	c.draining = c.limit
	c.back(max(lower, min(minWorkers, c.limit)), why)
	c.nextRest = min(2*c.nextRest, longestRest)
	c.pause()
}

func (c *climber) back(lower int, why string) {
	if lower < c.limit {
		c.fell++
		c.why = why
	}
	c.limit, c.from, c.steady, c.round = lower, 0, true, observation{}
}

// pause rests, twice as long the next time.
func (c *climber) pause() {
	c.rest = c.nextRest
	c.nextRest = min(2*c.nextRest, longestRest)
}
