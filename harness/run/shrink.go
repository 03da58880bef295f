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

// takeOver takes the drawn cases over that have failed before the run was resumed.
func (s *shrinking) takeOver(p *plan.Plan, failed map[string][]Verdict) {
	for _, c := range p.Cases {
		if verdicts := failed[c.ID]; c.Simpler != nil && verdicts != nil {
			s.failed = append(s.failed, drawnFailure{c, verdicts})
		}
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
	for _, c := range r.plan.Cases {
		drawn[c.ID] = c.Explored
	}
	systematic := func(id string) bool { return !drawn[plan.DrawnFrom(id)] }
	i := r.index[v.Obligation]
	cause = keyOf(&r.document.Obligations[i], v).id()
	for _, g := range r.causes {
		if g.ID != cause {
			continue
		}
		for _, b := range g.Behind {
			if b.Obligation == v.Obligation && slices.ContainsFunc(b.Cases, systematic) {
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
		tries++
		now, same := r.showsAgain(ctx, of, c)
		if same {
			if last != nil {
				r.abandon(last.t)
			}
			last = now
		}
		return same
	}
	over := func() bool {
		return tries >= maxShrinkTries || r.drawn.sent >= maxShrinkSent || ctx.Err() != nil || r.breaker.stopped()
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
		if other == nil || over() || !shows(other) {
			return Shrunk{}, false
		}
		begin.Case = other
	}
	found = Shrunk{of.planned, of.planned.Shrink(begin, shows, over)}
	if last == nil {
		return found, true
	}
	if slices.ContainsFunc(known, func(k Shrunk) bool { return fmt.Sprint(k.Needed) == fmt.Sprint(found.Needed) }) {
		r.abandon(last.t)
		return Shrunk{}, false
	}
	spare := *last.planned
	var verdicts []verdict.Verdict
	spare.Obligations, verdicts = r.failedBefore(last.verdicts)
	found.Case = &spare
	r.mu.Lock()
	there := r.done[spare.ID] // before the run was resumed
	r.mu.Unlock()
	if there {
		r.abandon(last.t)
		return found, true
	}
	r.record(&spare, last.t, verdicts, r.evidence(last.t, verdicts))
	return found, true
}

// failedBefore lists the verdicts that are failures of obligations which have failed already:
// whatever else a simpler case shows, others are concluded, and a report may have said so.
func (r *Run) failedBefore(all []verdict.Verdict) (obligations []string, failed []verdict.Verdict) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range all {
		if v.Outcome == verdict.Fail && r.document.Obligations[r.index[v.Obligation]].Counts.Fail > 0 {
			obligations, failed = append(obligations, v.Obligation), append(failed, v)
		}
	}
	return obligations, failed
}

// showsAgain sends a simpler case and reports whether it shows the same failure. One that
// does not counts only with what it did to the target.
func (r *Run) showsAgain(ctx context.Context, of target, c *plan.Case) (now *shown, same bool) {
	r.drawn.sent++
	spare := *c
	spare.Spare = true // of the plan it is not, also where a fault of our own ends it
	c = r.optional.leaveOut(&spare)
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
