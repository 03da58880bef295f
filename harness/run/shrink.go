package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/verdict"
)

// Bounds on what is sent to make drawn cases simpler.
const (
	maxShrinkTries = 40  // of one case
	maxShrunkAlike = 8   // cases of one cause and operation
	maxShrinkSent  = 800 // cases of a run
)

// shrinking is what the drawn cases of a run have shown, and how simple each can be.
type shrinking struct {
	failed []drawnFailure
	over   bool // nothing more is made simpler
	sent   int
	found  []Shrunk
}

// drawnFailure is a drawn case that failed.
type drawnFailure struct {
	planned  *plan.Case
	verdicts []Verdict
}

// Shrunk is a failure that only drawn cases show, made as simple as it could be.
type Shrunk struct {
	Of *plan.Case // that was planned
	plan.Shrinking
}

// Shrunk lists the failures of drawn cases, once the run has ended.
func (r *Run) Shrunk() []Shrunk {
	<-r.finished
	return r.drawn.found
}

// mayShrink reports whether a failure of an obligation may still be made simpler; the run must be locked.
func (r *Run) mayShrink(i int) bool {
	return !r.drawn.over && len(r.drawn.failed) > 0 && r.document.Obligations[i].Counts.Fail > 0
}

// shrink makes the failures of drawn cases simpler that no systematic case shows: of each
// cause and operation one for each way in which it shows. All cases have been sent.
func (r *Run) shrink(ctx context.Context) {
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.drawn.over = true
	}()
	known := map[string][]Shrunk{} // by cause and operation
	for _, f := range r.failures() {
		for _, v := range f.verdicts {
			id, alone := r.onlyDrawn(f, v)
			if !alone || ctx.Err() != nil || r.breaker.stopped() {
				continue
			}
			key := id + " " + f.planned.Operation
			if found, ok := r.simplest(ctx, target{f, v.Obligation, id}, known[key]); ok {
				known[key] = append(known[key], found)
			}
			break // what else fails in the same case has the same reason
		}
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		r.drawn.found = append(r.drawn.found, known[key]...)
	}
}

// failures lists the drawn cases that failed, in the order of their ids.
func (r *Run) failures() []drawnFailure {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.Clone(r.drawn.failed)
	slices.SortFunc(list, func(a, b drawnFailure) int {
		return cmp.Or(cmp.Compare(len(a.planned.ID), len(b.planned.ID)), strings.Compare(a.planned.ID, b.planned.ID))
	})
	return list
}

// onlyDrawn names the cause of a failed verdict of a drawn case, and reports whether no
// systematic case of the operation has the same.
func (r *Run) onlyDrawn(f drawnFailure, v Verdict) (cause string, alone bool) {
	if v.Outcome != verdict.Fail || v.follows() != "" {
		return "", false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	drawn := map[string]bool{}
	for _, other := range r.drawn.failed {
		drawn[other.planned.ID] = true
	}
	i := r.index[v.Obligation]
	cause = keyOf(&r.document.Obligations[i], v).id()
	for _, g := range r.causes {
		if g.ID != cause {
			continue
		}
		for _, b := range g.Behind {
			if b.Obligation == v.Obligation && slices.ContainsFunc(b.Cases, func(id string) bool { return !drawn[id] }) {
				return cause, false
			}
		}
	}
	return cause, true
}

// target is a failure that is made simpler.
type target struct {
	drawnFailure
	obligation, cause string
}

// shown is a simpler case that shows the same failure.
type shown struct {
	planned  *plan.Case
	t        *exchange.Transcript
	verdicts []verdict.Verdict
}

// simplest makes a failure as simple as it can be, and enters it. It reports false where
// the failure is one that is known: it is gone without what those known need.
func (r *Run) simplest(ctx context.Context, of target, known []Shrunk) (found Shrunk, ok bool) {
	var last *shown
	tries := 0
	shows := func(c *plan.Case) bool {
		if tries++; tries > maxShrinkTries || r.drawn.sent >= maxShrinkSent {
			return false
		}
		now, same := r.showsAgain(ctx, of, c)
		if same {
			if last != nil {
				r.abandon(last.t)
			}
			last = now
		}
		return same
	}
	begin := plan.Shrinking{Case: of.planned}
	if len(known) > 0 {
		if len(known) >= maxShrunkAlike {
			return Shrunk{}, false
		}
		for _, k := range known {
			begin.Edits = append(begin.Edits, k.Needed...)
		}
		other := of.planned.Simpler.Make(begin.Edits)
		if other == nil || !shows(other) {
			return Shrunk{}, false
		}
		begin.Case = other
	}
	found = Shrunk{of.planned, of.planned.Shrink(begin, shows)}
	if last == nil {
		return found, true
	}
	if slices.ContainsFunc(known, func(k Shrunk) bool { return fmt.Sprint(k.Needed) == fmt.Sprint(found.Needed) }) {
		r.abandon(last.t)
		return Shrunk{}, false
	}
	spare := *last.planned
	spare.Spare, spare.Obligations = true, nil
	var verdicts []verdict.Verdict
	for _, v := range last.verdicts {
		if v.Outcome == verdict.Fail {
			spare.Obligations, verdicts = append(spare.Obligations, v.Obligation), append(verdicts, v)
		}
	}
	found.Case = &spare
	r.record(&spare, last.t, verdicts, r.evidence(last.t, verdicts))
	return found, true
}

// showsAgain sends a simpler case and reports whether it shows the same failure. One that
// does not counts only with what it did to the target.
func (r *Run) showsAgain(ctx context.Context, of target, c *plan.Case) (now *shown, same bool) {
	r.drawn.sent++
	t := r.execute(ctx, c, func(wait func()) { wait() })
	if t == nil {
		return nil, false
	}
	r.note(t)
	now = &shown{planned: c, t: t}
	if !t.Interrupted() && !t.Unserved() && !missesMessage(t) {
		now.verdicts = verdict.Judge(r.plan, t)
	}
	show := r.shown()
	for _, v := range now.verdicts {
		if v.Obligation != of.obligation || v.Outcome != verdict.Fail {
			continue
		}
		r.mu.Lock()
		same = keyOf(&r.document.Obligations[r.index[v.Obligation]], show.verdict(v)).id() == of.cause
		r.mu.Unlock()
	}
	if !same {
		r.abandon(t)
	}
	return now, same
}
