package run

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"qorcheck/harness/exchange"
	"qorcheck/harness/group"
	"qorcheck/harness/plan"
)

// sendAll sends all cases and finishes the document. ctx ends when the run is
// interrupted, sending also when the run stops by itself.
func (r *Run) sendAll(ctx, sending context.Context) {
	defer r.finish(ctx)
	r.protected(func() { r.workThrough(ctx, sending) })
	r.protected(r.unsubscribe)
}

// protected calls a part of the run. A panic of ours ends that part, and is the fault of
// the run: what was judged is reported.
func (r *Run) protected(do func()) {
	defer func() {
		if fault := recover(); fault != nil {
			r.stop()
			r.mu.Lock()
			defer r.mu.Unlock()
			if r.beside.Fault.IsZero() {
				r.beside.Fault = r.client.Redactor().Own(fmt.Sprintf("panic: %v", fault)).Cut(maxText)
			}
		}
	}()
	do()
}

// workThrough sends all cases.
func (r *Run) workThrough(ctx, sending context.Context) {
	defer r.reportPauses()()
	defer r.watchdog.start()()
	missing := slices.DeleteFunc(slices.Clone(r.plan.Cases), func(c *plan.Case) bool { return r.done[c.ID] })
	if r.broken != nil {
		return
	}
	if r.options.Earlier != nil && len(missing) == 0 && len(r.spares()) == 0 && len(r.drawn.failed) == 0 {
		r.remark("%d cases before --resume", r.there)
		r.beside.Reconciled = true
		return
	}
	if sentence := r.preflight(sending); sentence != "" {
		r.document.Preflight = r.client.Redactor().Own(sentence)
		return
	}
	for i, waiting := range r.waiting {
		if waiting == 0 && !r.held(i) {
			r.conclude(i)
		}
	}
	r.readBefore(sending)
	r.subscribe(sending, missing)
	r.laps.end(&r.laps.Before)
	r.sendAgain(sending, r.tryOptions(sending, missing))
	r.decide(sending)
	for spares := r.spares(); len(spares) > 0 && sending.Err() == nil && !r.breaker.stopped(); spares = r.spares() {
		r.sendAgain(sending, spares)
		r.decide(sending)
	}
	r.shrink(sending)
	r.laps.end(&r.laps.Sending)
	r.close(sending)
	r.laps.end(&r.laps.Quiet)
	r.reconcile(sending)
	r.laps.end(&r.laps.Lists)
	if why := r.outOfBudget(sending); why != "" && ctx.Err() == nil {
		r.document.Stopped = r.client.Redactor().Own(why)
	}
}

// send executes cases. One that only waits yields to another.
func (r *Run) send(ctx context.Context, cases []*plan.Case) {
	queue, slots := newQueue(r.plan, cases), newSlots(r.workers.limit(), r.watchdog.seen())
	defer slots.wakeAfter(ctx)()
	defer r.workers.follow(slots, r.client.Load)()
	over := func() bool { return ctx.Err() != nil || r.breaker.stopped() }
	var pool group.Group
	defer func() {
		pool.Wait()
		r.laps.Waiting += milliRounded(slots.idle)
		r.laps.Last = cmp.Or(slots.last, r.laps.Last)
		if why := r.breaker.reason(); why != "" {
			r.document.Stopped = r.client.Redactor().Own(why)
		}
	}()
	for c := slots.next(queue, over); c != nil; c = slots.next(queue, over) {
		loud := queue.loud[c]
		if !r.usage.start(r.options.Limit, c) {
			r.breaker.end("sending stopped, because the target asked for retries, and the requests of the budget were used up")
			slots.end(nil, loud, r.watchdog.seen())
			return
		}
		pool.Go(func() {
			defer func() { slots.end(c, loud, r.watchdog.seen()) }()
			if !r.breaker.stopped() {
				r.protectedCase(c, func() { r.runCase(ctx, c, func(wait func()) { slots.during(loud, wait) }) })
			}
		})
	}
}

// protectedCase does what belongs to one case. A panic of ours breaks that case alone.
func (r *Run) protectedCase(c *plan.Case, do func()) {
	defer func() {
		fault := recover()
		if fault == nil {
			return
		}
		r.mu.Lock()
		there := r.done[c.ID]
		r.mu.Unlock()
		r.protected(func() {
			if there {
				panic(fault) // it has its outcome
			}
			r.record(c, nil, crashed(c, fault), nil)
		})
	}()
	do()
}

// runCase sends a case, then judges and journals it, or keeps it until the last
// messages are in, or until it is sent once more. A case that was interrupted is not run.
func (r *Run) runCase(ctx context.Context, c *plan.Case, yield func(func())) {
	c = r.optional.leaveOut(c)
	t := r.execute(ctx, c, yield)
	if t != nil {
		r.optional.note(t)
		r.usage.retried(t)
	}
	switch {
	case t == nil:
	case t.Interrupted():
		r.abandon(t)
	default:
		r.note(t)
		if !r.attempts.keep(r, t) {
			r.settle(t)
		}
	}
}

// settle judges and journals a case, or keeps it until more is known.
func (r *Run) settle(t *exchange.Transcript) {
	switch {
	case lateJudgement(t.Case) || missesMessage(t) || hasTooMany(t):
		r.mu.Lock()
		defer r.mu.Unlock()
		r.inbox.late = append(r.inbox.late, t)
		r.keepIDs(t)
	case !r.undecided(t):
		r.judge(t.Case, t)
	}
}

// note takes note of how the target answered.
func (r *Run) note(t *exchange.Transcript) {
	r.outages.add(t.Records())
	r.watchdog.note(t.Short())
	r.breaker.note(t)
}

// abandon discards a case, except what it did to the target.
func (r *Run) abandon(t *exchange.Transcript) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.beside.Requests += t.RequestCount()
	r.beside.Left = append(r.beside.Left, t.Left...)
	r.keepIDs(t)
}

// execute sends a case. The transcript is nil where a fault of our own ended it.
func (r *Run) execute(ctx context.Context, c *plan.Case, yield func(func())) (t *exchange.Transcript) {
	defer func() {
		if fault := recover(); fault != nil {
			r.record(c, nil, crashed(c, fault), nil)
		}
	}()
	return r.client.Execute(ctx, c, yield)
}
