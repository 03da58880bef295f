package run

import (
	"math"
	"sync/atomic"
	"time"
)

// Timing says where the seconds of the last part of a run went, without the reports,
// which are written after it. That of a merged run has the seconds of its shards together,
// which may have run side by side.
type Timing struct {
	Shards   int     `json:"shards,omitempty"` // of a merged run, whose seconds are added; 0 for any other run
	Planning float64 `json:"planning"`         // before the run
	Before   float64 `json:"before"`           // head of the journal, preflight, first reading of the lists, registration for messages
	Sending  float64 `json:"sending"`          // from the first case to the end of the last one
	Waiting  float64 `json:"waiting"`          // of these, while every case in progress only waited for messages, or for none to come
	Last     string  `json:"last,omitempty"`   // the case that ended last
	Quiet    float64 `json:"quiet"`            // for messages that must not come, after the last case, with the judging of what waited for that
	Lists    float64 `json:"lists"`            // the last reading of the lists
	Work     *Work   `json:"work,omitempty"`   // nil in documents of older versions
}

// Work says what was done while cases were sent: the seconds of all cases, several of which
// are in progress at once, together.
type Work struct {
	Judging   float64 `json:"judging"`
	Redaction float64 `json:"redaction"` // making the redacted copies of exchanges
	Journal   float64 `json:"journal"`
}

// of adds the seconds of a shard, whose journal says where its time went, to a merged run's.
// Last says whether the shard ended last of those that were added.
func (t *Timing) of(shard *Timing, last bool) *Timing {
	if shard == nil {
		return t
	}
	if t == nil {
		t = &Timing{}
	}
	t.Shards++
	for _, sum := range []struct {
		all *float64
		one float64
	}{
		{&t.Planning, shard.Planning}, {&t.Before, shard.Before}, {&t.Sending, shard.Sending},
		{&t.Waiting, shard.Waiting}, {&t.Quiet, shard.Quiet}, {&t.Lists, shard.Lists},
	} {
		*sum.all = rounded(*sum.all + sum.one)
	}
	if last {
		t.Last = shard.Last
	}
	if w := shard.Work; w != nil {
		if t.Work == nil {
			t.Work = &Work{}
		}
		t.Work = &Work{rounded(t.Work.Judging + w.Judging), rounded(t.Work.Redaction + w.Redaction), rounded(t.Work.Journal + w.Journal)}
	}
	return t
}

// Step is one step of a run, and its seconds.
type Step struct {
	Name    string
	Seconds float64
	Detail  string
}

// Steps lists where the time went, in order.
func (t *Timing) Steps() []Step {
	detail := ""
	if t.Last != "" {
		detail = "the last case was " + t.Last
	}
	return []Step{
		{"planning", t.Planning, ""},
		{"before the first case", t.Before, ""},
		{"sending and judging", t.Sending - t.Waiting, ""},
		{"only waiting for messages, or for none to come", t.Waiting, detail},
		{"quiet window after the last case", t.Quiet, ""},
		{"lists read again", t.Lists, ""},
	}
}

// Beside lists what was done while cases were sent.
func (t *Timing) Beside() []Step {
	if t.Work == nil {
		return nil
	}
	return []Step{{"judging", t.Work.Judging, ""}, {"redaction", t.Work.Redaction, ""}, {"journal", t.Work.Journal, ""}}
}

// work measures what is done for many cases at once.
type work struct{ judging, redaction, journal atomic.Int64 }

// since adds the time since then to one kind of work.
func since(then time.Time, sum *atomic.Int64) { sum.Add(int64(time.Since(then))) }

func (w *work) sum() *Work {
	seconds := func(sum *atomic.Int64) float64 { return milliRounded(time.Duration(sum.Load())) }
	return &Work{seconds(&w.judging), seconds(&w.redaction), seconds(&w.journal)}
}

// laps measures one step after another.
type laps struct {
	last time.Time
	Timing
}

// end ends a step that began with the end of the one before.
func (l *laps) end(step *float64) {
	now := time.Now()
	*step += milliRounded(now.Sub(l.last))
	l.last = now
}

// milliRounded returns seconds, to the millisecond.
func milliRounded(d time.Duration) float64 { return rounded(d.Seconds()) }

// rounded returns seconds to the millisecond.
func rounded(seconds float64) float64 { return math.Round(seconds*1000) / 1000 }
