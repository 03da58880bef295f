package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
)

// inbox receives the messages of a run, and knows at its end which of them are about
// nothing that the run did.
type inbox struct {
	receiver    *message.Receiver
	unsubscribe func()
	ids         map[string]bool        // that responses named
	late        []*exchange.Transcript // judged when the last messages are in
}

// subscribe opens the receiver and registers it with the target, where a case awaits
// messages. Why none can come is said in the cases that await one.
func (r *Run) subscribe(ctx context.Context, cases []*plan.Case) {
	r.inbox.ids = map[string]bool{}
	r.inbox.unsubscribe = func() {}
	if r.plan.Subscription == nil || !slices.ContainsFunc(cases, (*plan.Case).Awaits) {
		return
	}
	receiver, t, undo := r.client.Subscribe(ctx, r.plan.Subscription)
	r.inbox.receiver = receiver
	r.count(t.Prepare)
	r.inbox.unsubscribe = func() {
		undo()
		r.count(t.Cleanup)
		r.beside.Left = append(r.beside.Left, t.Left...)
	}
}

// count adds requests that belong to no case.
func (r *Run) count(records []exchange.Record) {
	made := exchange.Transcript{Prepare: records}
	r.outages.add(made.Records())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.beside.Requests += len(records)
	for record := range made.Records() {
		r.keepID(record)
	}
}

// keepID keeps the id that a response names; the run must be locked.
func (r *Run) keepID(record *exchange.Record) {
	r.keepNamed(record)
	o := r.plan.Description.Operation(record.Step.Operation)
	if record.Answer == nil || o == nil || o.Conformance.Messages == nil || r.inbox.receiver == nil {
		return
	}
	if id := record.Named(o.Conformance.Messages.Answer); id != "" {
		r.inbox.ids[id] = true
	}
}

// lateJudgement reports whether a case is judged when the last messages are in.
func lateJudgement(c *plan.Case) bool { return strings.HasPrefix(c.Kind, "message.") }

// missesMessage reports whether an awaited message did not come. Whether the target is
// to blame is known when the last messages are in.
func missesMessage(t *exchange.Transcript) bool {
	return slices.ContainsFunc(t.Observe, func(r exchange.Record) bool {
		return r.Step.Await != nil && !r.Step.Await.Never && r.Failure == nil && len(r.Messages) == 0
	})
}

// hasTooMany reports whether an awaited message came more often than it may. Whether this
// machine acknowledged it in time is looked up with the last messages.
func hasTooMany(t *exchange.Transcript) bool {
	return slices.ContainsFunc(t.Observe, func(r exchange.Record) bool {
		return r.Step.Await != nil && r.Step.Await.MaxTimes > 0 && len(r.Messages) > r.Step.Await.MaxTimes
	})
}

// close waits for messages that must not come, judges the cases that wait for that,
// and ends the subscription. Nothing can be judged when the run was interrupted, and
// so did not wait, or when the target has ceased to answer: it may send nothing either.
func (r *Run) close(ctx context.Context) {
	if len(r.inbox.late) > 0 && r.inbox.receiver != nil && !r.breaker.stopped() {
		select {
		case <-time.After(time.Until(r.quietUntil(cmp.Or(r.options.Settings.QuietWindow, settings.DefaultQuietWindow)))):
		case <-ctx.Done():
		}
	}
	r.judgeLate(ctx)
	r.unsubscribe()
}

// unsubscribe ends the subscription, once.
func (r *Run) unsubscribe() {
	end := r.inbox.unsubscribe
	if end == nil {
		return // there is none, or it has ended
	}
	r.inbox.unsubscribe = nil
	end()
	if r.inbox.receiver != nil {
		_ = r.inbox.receiver.Close() // it is no longer needed
	}
}

// quietUntil is when the quiet window of each case is over that is judged at the end, by
// messages or by lists. It begins with the response to the last request that they may be
// about, in most of them long ago: other cases were sent meanwhile. Clean-up is no part of
// what is judged.
func (r *Run) quietUntil(window time.Duration) time.Time {
	last := r.left.last
	for _, t := range r.inbox.late {
		records := slices.Concat(t.Prepare, t.Observe)
		if t.Act != nil {
			records = append(records, *t.Act)
		}
		for _, r := range records {
			if ended := r.Started.Add(r.Took); r.Step.Await == nil && ended.After(last) {
				last = ended
			}
		}
	}
	return last.Add(window)
}

func (r *Run) judgeLate(ctx context.Context) {
	if ctx.Err() != nil || r.breaker.stopped() {
		for _, t := range r.inbox.late {
			r.abandon(t)
		}
		return
	}
	all := r.received(ctx)
	down := r.down(ctx)
	for _, t := range r.inbox.late {
		t.Inbox, t.Down = all.about(t, r.plan), down
		t.Inbox.Stall, t.Inbox.Lacks = r.lacking(t)
		t.Inbox.Resent = cmp.Or(t.Inbox.Lacks, acknowledgedLate(t.Inbox.Stall))
		t.Inbox.Silent = cmp.Or(t.Inbox.Lacks, t.Inbox.Silent)
		r.judge(t.Case, t)
	}
}

// received is all that came, sorted by what it is about.
type received struct {
	named     map[string][]message.Delivery // by the id that they name
	unmatched []message.Delivery            // name an id that no response named
	rejected  []message.Delivery            // those of them that can only be about rejected requests
	unknown   []message.Delivery            // those of them that were not looked up, or in vain
	unsigned  []message.Delivery            // came without the header pair
	silent    string
}

// Bounds on the messages that other people cause.
const (
	maxLookups = 5000 // ids of messages that may be about a rejected request
	maxForeign = 20   // ids of others, and messages that are listed
)

func (r *Run) received(ctx context.Context) received {
	if r.inbox.receiver == nil {
		return received{}
	}
	all := received{named: map[string][]message.Delivery{}, unsigned: r.inbox.receiver.Unsigned(), silent: r.silence(ctx)}
	m := r.plan.Messaging()
	about := func(d message.Delivery) string { return exchange.Text(d.Value, m.ID) }
	suspect := r.suspect()
	ids := map[string]bool{}
	for _, d := range r.inbox.receiver.Deliveries() {
		id := about(d)
		all.named[id] = append(all.named[id], d)
		if r.inbox.ids[id] {
			continue
		}
		all.unmatched = append(all.unmatched, d)
		if most := map[bool]int{true: maxLookups, false: maxForeign}[suspect(d)]; ids[id] || len(ids) < most {
			ids[id] = true
		} else {
			all.unknown = append(all.unknown, d)
		}
	}
	origins := r.origins(ctx, m, slices.Sorted(maps.Keys(ids)))
	listed, alone := map[string]bool{}, r.alone()
	for _, d := range all.unmatched {
		id := about(d)
		if !ids[id] {
			continue // not looked up
		}
		switch origins[id] {
		case unknown:
			all.unknown = append(all.unknown, d)
		case rejected:
			all.rejected = append(all.rejected, d)
		case others, runs:
			if alone && origins[id] == others && !r.listedBefore(id) { // nobody else is there
				all.rejected = append(all.rejected, d)
				continue
			}
			if r.document.Shard == nil && !listed[id] && len(listed) < maxForeign { // the other shards of a run look like other people
				listed[id] = true
				r.beside.Foreign = append(r.beside.Foreign, r.client.Redactor().Answer(fmt.Sprintf("%s about %s", exchange.Text(d.Value, m.Event), id)))
			}
		}
	}
	return all
}

// silence says why it proves nothing that no message came at all.
func (r *Run) silence(ctx context.Context) string {
	receiver, target := r.inbox.receiver, r.options.Settings.Target
	switch {
	case receiver.Fault() != nil:
		return receiver.Deaf(ctx)
	case receiver.Lost() > 0:
		return fmt.Sprintf("%d messages came that could not be kept", receiver.Lost())
	case len(receiver.Deliveries())+len(receiver.Unsigned()) > 0:
		return ""
	}
	if deaf := receiver.Deaf(ctx); deaf != "" {
		return deaf
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if settings.Loopback(target.Hostname()) && receiver.Local() && receiver.Open(ctx) {
		return "" // whoever is on this machine reaches it
	}
	hint := r.options.Settings.Fixtures.ReceiverHint()
	if !receiver.Open(ctx) {
		hint = "this machine does not reach it at its own address either; " + hint
	}
	return "no message came at all, so that the target may not reach the receiver: " + hint
}

// prepared lists the ids of what a rejected request is about, as its preparation made
// them, where no other request of the case sends messages of the same events: one about
// such an id is about the rejected request.
func prepared(t *exchange.Transcript, p *plan.Plan) []string {
	o := p.Description.Operation(t.Case.Operation)
	events := eventsOf(o)
	if t.Case.Expect.Handling != plan.Rejected || t.Act == nil || len(events) == 0 {
		return nil
	}
	var ids []string
	for _, record := range slices.Concat(t.Prepare, t.Observe) {
		of := eventsOf(p.Description.Operation(record.Step.Operation))
		if slices.ContainsFunc(of, func(event string) bool { return slices.Contains(events, event) }) {
			return nil
		}
	}
	for _, record := range t.Prepare {
		if id := record.Named(o.Conformance.Messages.Answer); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// about picks what concerns a case.
func (all received) about(t *exchange.Transcript, p *plan.Plan) exchange.Inbox {
	n := exchange.Inbox{Came: len(all.named) > 0, Silent: all.silent}
	o := p.Description.Operation(t.Case.Operation)
	concerns := concerns(o)
	for _, d := range all.unknown {
		if concerns(d) {
			n.Unknown++
		}
	}
	if t.Act != nil {
		for _, d := range all.unsigned {
			if d.At.After(t.Act.Started) && t.AwaitsAt(d.Place) {
				n.Unsigned++
			}
		}
		for _, d := range all.unmatched {
			if concerns(d) && d.At.After(t.Act.Started) {
				n.Unmatched = append(n.Unmatched, d)
			}
		}
	}
	for _, d := range all.rejected {
		if concerns(d) {
			n.Rejected = append(n.Rejected, d)
		}
	}
	for _, id := range prepared(t, p) {
		for _, d := range all.named[id] {
			if concerns(d) && d.At.After(t.Act.Started) {
				n.Rejected = append(n.Rejected, d)
			}
		}
	}
	for _, record := range t.Observe {
		if record.Step.Await != nil {
			n.About = append(n.About, all.named[record.Sought]...)
		}
	}
	return n
}
