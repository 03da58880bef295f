package run

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"qorcheck/harness/redact"
	"qorcheck/harness/verdict"
)

// ledger is the state of a run so far. Entries of the journal are added to it,
// while they are written and when they are read again.
type ledger struct {
	document *Document
	index    map[string]int  // obligation → place in the document
	waiting  []int           // cases that each obligation still waits for
	reasons  []reason        // of each obligation
	follows  []following     // of each obligation
	done     map[string]bool // cases
	failed   int             // cases with a failed obligation
	causes   causes
	examples []examples                 // of each obligation
	watches  map[string]*stopwatch      // by operation
	lost     map[string]bool            // cases in which a request got no response, or one that names no id
	worst    map[string]verdict.Outcome // of each case
	clock    Clock
	spentOn  [][]int   // obligations that each case of the clock judged
	parts    []stretch // of the run; the last one has no end yet
}

// newLedger begins with the document of a run before anything is sent.
func newLedger(d *Document) *ledger {
	l := &ledger{document: d, index: map[string]int{}, done: map[string]bool{}, causes: causes{}, watches: map[string]*stopwatch{}, lost: map[string]bool{}, worst: map[string]verdict.Outcome{}, parts: []stretch{{from: d.Started}}}
	for i, o := range d.Obligations {
		l.index[o.ID] = i
		l.waiting = append(l.waiting, o.Planned)
		l.reasons = append(l.reasons, reason{})
		l.follows = append(l.follows, following{})
		l.examples = append(l.examples, examples{})
	}
	return l
}

// add enters a case and returns the obligations that waited for no other.
func (l *ledger) add(e Entry) (concluded []int) {
	d := l.document
	if e.Spare {
		l.addSpare(e)
	}
	l.done[e.Case] = true
	l.lost[e.Case] = l.lost[e.Case] || e.Unanswered || e.Unnamed
	d.CaseCounts.Add(e.Outcome)
	l.worst[e.Case] = e.Outcome
	d.Requests += e.Requests
	d.Left = append(d.Left, e.Left...)
	if e.Ended.After(d.Finished) {
		d.Finished = e.Ended
	}
	if e.Outcome == verdict.Fail {
		l.failed++
	}
	for _, t := range e.Times {
		if l.watches[t.Operation] == nil {
			l.watches[t.Operation] = newStopwatch()
		}
		l.watches[t.Operation].add(milliseconds(t.MS))
	}
	l.addCauses(e)
	l.time(e)
	for _, v := range e.Verdicts {
		i := l.index[v.Obligation]
		o := &d.Obligations[i]
		o.add(e, v)
		l.examples[i].offer(o, e, v)
		if v.Outcome != verdict.Pass && v.Outcome != verdict.NotRun {
			l.reasons[i].add(e.Case, v)
		}
		if l.waiting[i]--; l.waiting[i] == 0 {
			l.conclude(i)
			concluded = append(concluded, i)
		}
	}
	return concluded
}

// time enters when a case was in progress.
func (l *ledger) time(e Entry) {
	if e.Began.IsZero() || len(e.Verdicts) == 0 {
		return
	}
	var on []int
	for _, v := range e.Verdicts {
		on = append(on, l.index[v.Obligation])
	}
	l.clock.Add(e)
	l.spentOn = append(l.spentOn, on)
}

// divideTime says how much of the run was spent on each obligation.
func (l *ledger) divideTime() {
	d := l.document
	l.parts[len(l.parts)-1].to = d.Finished
	d.Seconds = seconds(l.parts)
	for i, share := range l.clock.Divide(d.Seconds) {
		for _, o := range l.spentOn[i] {
			d.Obligations[o].Spent += share / float64(len(l.spentOn[i]))
		}
	}
	for i := range d.Obligations {
		d.Obligations[i].Spent = microseconds(d.Obligations[i].Spent)
	}
}

// addCauses enters what did not pass into its causes. What follows from a failure of
// the case stands behind the cause of that failure.
func (l *ledger) addCauses(e Entry) {
	causeOf := map[string]string{} // by obligation that failed
	for _, follows := range []bool{false, true} {
		for _, v := range e.Verdicts {
			if v.Outcome == verdict.Pass || v.Outcome == verdict.NotRun || (v.follows() != "") != follows {
				continue
			}
			o := &l.document.Obligations[l.index[v.Obligation]]
			if v.Outcome == verdict.Inconclusive {
				l.follows[l.index[v.Obligation]].add(v.follows())
			}
			if first, known := causeOf[v.follows()]; known {
				l.causes.follow(first, o.ID, e.Case)
				o.cause(first)
				continue
			}
			id := l.causes.add(o, e, v)
			o.cause(id)
			if v.Outcome == verdict.Fail {
				causeOf[v.Obligation] = id
			}
		}
	}
}

// addSpare makes room for a case that was not planned, for obligations that no other
// case exercised.
func (l *ledger) addSpare(e Entry) {
	l.document.Cases++
	for _, v := range e.Verdicts {
		i := l.index[v.Obligation]
		o := &l.document.Obligations[i]
		o.Planned++
		o.Outcome, o.Why = verdict.NotRun, ""
		l.waiting[i]++
	}
}

// unexercised reports whether an obligation has cases of which none exercised it so
// far, and none failed.
func (l *ledger) unexercised(i int) bool {
	o := l.document.Obligations[i]
	return o.Planned > 0 && o.Outcome != verdict.NotApplicable && o.Exercised == 0 && o.Counts.Fail+o.Counts.Broken == 0
}

// amend replaces verdicts of a case, which passed, by worse ones.
func (l *ledger) amend(e Entry) {
	d := l.document
	if e.Outcome.Worse(l.worst[e.Case]) {
		d.CaseCounts.remove(l.worst[e.Case])
		d.CaseCounts.Add(e.Outcome)
		l.worst[e.Case] = e.Outcome
		if e.Outcome == verdict.Fail {
			l.failed++
		}
	}
	for _, v := range e.Verdicts {
		i := l.index[v.Obligation]
		o := &d.Obligations[i]
		o.Counts.remove(verdict.Pass)
		o.Counts.Add(v.Outcome)
		if !v.Exercised {
			o.Exercised--
		}
		l.examples[i].remove(e.Case)
		l.reasons[i].add(e.Case, v)
		o.cause(l.causes.add(o, e, v))
		if l.waiting[i] == 0 {
			l.conclude(i)
		}
	}
}

// unreconciled makes the obligations not run that the end of the run was to judge.
func (l *ledger) unreconciled() {
	for i := range l.document.Obligations {
		if o := &l.document.Obligations[i]; judgedByLists(o.Check) && o.Outcome == verdict.Pass {
			o.Counts.NotRun += o.Counts.Pass
			o.Counts.Pass = 0
			l.conclude(i)
		}
	}
}

// check refuses an entry that is not of this run.
func (l *ledger) check(e Entry) error {
	if e.Amends {
		return l.checkAmendment(e)
	}
	if l.done[e.Case] {
		return fmt.Errorf("case %s is there twice", e.Case)
	}
	for _, v := range e.Verdicts {
		if i, ok := l.index[v.Obligation]; !ok || l.waiting[i] == 0 && !e.Spare {
			return fmt.Errorf("case %s serves %s, which waits for no such case", e.Case, v.Obligation)
		}
	}
	return nil
}

// checkAmendment refuses one of a case, or of a verdict, that is not there.
func (l *ledger) checkAmendment(e Entry) error {
	if !l.done[e.Case] {
		return fmt.Errorf("case %s is amended and not there", e.Case)
	}
	for _, v := range e.Verdicts {
		i, ok := l.index[v.Obligation]
		if !ok || l.document.Obligations[i].Counts.Pass == 0 || !v.Outcome.Worse(verdict.Pass) {
			return fmt.Errorf("case %s amends %s, which it did not pass", e.Case, v.Obligation)
		}
	}
	return nil
}

// resume begins another part of the run. Cases that are repeated count only with
// what they did to the target.
func (l *ledger) resume(r Resumed, repeated []Entry) {
	d := l.document
	if !r.Started.IsZero() {
		l.parts[len(l.parts)-1].to = d.Finished
		l.parts = append(l.parts, stretch{from: r.Started})
	}
	for _, e := range repeated {
		l.lost[e.Case] = true
		d.Requests += e.Requests
		d.Left = append(d.Left, e.Left...)
	}
	d.Further = append(d.Further, r.RunID)
	d.Rate, d.Unverified = r.Rate, d.Unverified || r.Unverified
	d.Interrupted, d.Preflight, d.Stopped, d.Fault = false, redact.Text{}, redact.Text{}, redact.Text{}
}

// end adds how a part of the run ended.
func (l *ledger) end(e End) {
	d := l.document
	d.Finished, d.Interrupted, d.Preflight, d.Stopped, d.Fault = e.Finished, e.Interrupted, e.Preflight, e.Stopped, e.Fault
	d.Requests += e.Requests
	d.Left = append(d.Left, e.Left...)
	d.Foreign = append(d.Foreign, e.Foreign...)
	d.Concurrency, d.Timing = e.Concurrency, e.Timing
	d.Reconciled, d.Unreconciled = e.Reconciled, e.Unreconciled
}

// finish concludes the document, with the obligations that still wait for cases.
func (l *ledger) finish() {
	d := l.document
	for i := range d.Obligations {
		o := &d.Obligations[i]
		if l.waiting[i] == 0 && o.Planned > 0 {
			continue
		}
		o.Counts.NotRun += o.Planned - o.Counts.Sum()
		l.conclude(i)
		if why := cmp.Or(d.Preflight, d.Stopped, d.Fault); !why.IsZero() && o.Outcome == verdict.NotRun {
			o.Why = why.String()
		}
	}
	d.CaseCounts.NotRun += d.Cases - d.CaseCounts.Sum()
	if !d.Reconciled {
		l.unreconciled()
	}
	slices.SortFunc(d.Left, redact.Text.Compare)
	l.divideTime()
	d.Latency = latencies(l.watches)
	d.gather(l.causes)
	d.exemplify(l.examples)
	d.conclude()
}

// conclude concludes an obligation.
func (l *ledger) conclude(i int) {
	o := &l.document.Obligations[i]
	o.Seconds = microseconds(o.Seconds)
	if l.document.Shard != nil && o.Counts.Pass == o.Planned {
		o.Waiver = nil // what it is for may fail in another shard
	}
	o.conclude(l.reasons[i], l.document.inPart())
	if o.Outcome == verdict.Inconclusive && l.waived(l.follows[i]) {
		o.Outcome, o.Why = verdict.Waived, "it follows from "+few(l.follows[i].of, 3)+", which is waived"
	}
}

// following is from whose failures an obligation follows in the cases that are inconclusive.
type following struct {
	of     []string
	others bool // there are cases that are inconclusive for other reasons
}

func (f *following) add(of string) {
	switch {
	case of == "":
		f.others = true
	case !slices.Contains(f.of, of):
		f.of = append(f.of, of)
	}
}

// waived reports whether all that an obligation follows from is waived.
func (l *ledger) waived(f following) bool {
	return !f.others && len(f.of) > 0 && !slices.ContainsFunc(f.of, func(id string) bool { return l.document.Obligations[l.index[id]].Waiver == nil })
}

// add counts a verdict of a case.
func (o *Obligation) add(e Entry, v Verdict) {
	o.Counts.Add(v.Outcome)
	if v.Exercised {
		o.Exercised++
	}
	o.show(v.Branches)
	if !v.Note.IsZero() {
		o.note(v.Note, e.Case)
	}
	if e.Act < 0 || e.Act >= len(e.Evidence) {
		return
	}
	act := e.Evidence[e.Act]
	if started := act.Started.UTC(); o.Started.IsZero() || started.Before(o.Started) {
		o.Started = started
	}
	o.Seconds += milliseconds(act.TookMS).Seconds()
}

// microseconds rounds seconds to microseconds.
func microseconds(seconds float64) float64 { return math.Round(seconds*1e6) / 1e6 }

func milliseconds(ms float64) time.Duration {
	return time.Duration(math.Round(ms*1000)) * time.Microsecond
}

func (o *Obligation) note(text redact.Text, id string) {
	for i := range o.Notes {
		if o.Notes[i].Text == text {
			o.Notes[i].Count++
			o.Notes[i].Case = min(o.Notes[i].Case, id)
			return
		}
	}
	o.Notes = append(o.Notes, Note{text, 1, id})
}

func (o *Obligation) cause(id string) {
	if !slices.Contains(o.Causes, id) {
		o.Causes = append(o.Causes, id)
	}
}

// reason has, by outcome, the reason of the first case that ended so.
type reason map[verdict.Outcome]said

type said struct{ id, why string }

func (r reason) add(id string, v Verdict) {
	if first, ok := r[v.Outcome]; !ok || id < first.id {
		r[v.Outcome] = said{id, v.Why.String()}
	}
}

// conclude draws the outcome of an obligation from those of its cases: it passes
// when every case passed and at least one exercised it, in each of its branches. An
// obligation that cannot be exercised, or that the description leaves nothing to ask,
// has its outcome beforehand.
func (o *Obligation) conclude(reasons reason, part string) {
	missing := o.Missing
	o.Missing = nil
	slices.SortFunc(o.Notes, func(a, b Note) int { return a.Text.Compare(b.Text) })
	switch {
	case o.Outcome == verdict.Unsupported:
		o.Missing = missing
	case o.Counts.Fail > 0 && o.Waiver != nil:
		o.Outcome, o.Why = verdict.Waived, o.Waiver.String()
	case o.Counts.Fail > 0:
		o.Outcome, o.Why = verdict.Fail, ""
	case o.Counts.Broken > 0:
		o.Outcome, o.Why = verdict.Broken, reasons[verdict.Broken].why
	case o.Outcome == verdict.NotApplicable && o.Exercised == 0:
	case o.Outcome == verdict.Inconclusive:
		o.Missing = missing
	case o.Counts.Inconclusive > 0:
		o.Outcome, o.Why = verdict.Inconclusive, reasons[verdict.Inconclusive].why
	case o.Counts.NotRun > 0 || o.Counts.Sum() < o.Planned:
		o.Outcome, o.Why = verdict.NotRun, "the run ended before it"
	case o.concludeBranches(part):
		if o.Outcome == verdict.Inconclusive {
			o.Missing = missing
		}
	case o.Exercised == 0:
		o.Outcome, o.Why = verdict.Inconclusive, "it applied to no response"
		if part != "" && o.Planned > 0 {
			o.Why += part
		} else if o.Missing = missing; len(missing) > 0 {
			o.Why += "; " + missing[0].Add
		} else if len(o.Notes) > 0 {
			o.Why += "; " + o.Notes[0].Text.String()
		}
	default:
		o.Outcome, o.Why = verdict.Pass, ""
	}
	if o.NeedlessWaiver() {
		o.Why = "it passes although it is waived: remove its waiver"
	}
}
