package run

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// news is what a run has to do with messages: it subscribes to them, receives
// them, and knows at the end which of them are about nothing that it did.
type news struct {
	receiver *message.Receiver
	undo     func() // ends the subscription
	named    map[string]bool
	late     []*exchange.Transcript // judged when the last messages are in
}

// subscribe opens the receiver and registers it, where a case has to do with
// messages. What keeps messages from coming is told by the cases that await one.
func (r *Run) subscribe(ctx context.Context, cases []*plan.Case) {
	r.news.named = map[string]bool{}
	r.news.undo = func() {}
	if r.plan.Subscription == nil || !slices.ContainsFunc(cases, (*plan.Case).Awaits) {
		return
	}
	s := r.client.Settings()
	at := s.Fixtures.Receiver
	if at == nil {
		if !settings.Loopback(s.Target.Hostname()) {
			r.client.Deafen("no message can come: " + r.receiverLine("an address that the target reaches"))
			return
		}
		at = &settings.Receiver{Listen: "127.0.0.1:0", Address: "http://127.0.0.1"}
	}
	receiver, err := message.Listen(at.Listen, at.Address)
	if err != nil {
		r.client.Deafen(fmt.Sprintf("no message can come: %s: %s", s.Fixtures.File, err))
		return
	}
	r.news.receiver = receiver
	r.client.Receive(receiver)
	t, undo := r.client.Prepare(ctx, r.plan.Subscription)
	r.count(t.Prepare)
	r.news.undo = func() {
		undo()
		r.count(t.Cleanup)
		r.beside.Left = append(r.beside.Left, t.Left...)
	}
	if t.Stopped != "" {
		r.client.Deafen("the messages could not be subscribed to: " + t.Stopped)
	}
}

func (r *Run) receiverLine(address string) string {
	return fmt.Sprintf("add to %s: receiver: { listen: \"0.0.0.0:8099\", address: \"http://…\" } with %s", r.client.Settings().Fixtures.File, address)
}

// count adds requests that belong to no case.
func (r *Run) count(records []exchange.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.beside.Requests += len(records)
	for _, record := range records {
		r.name(record)
	}
}

// name keeps the id that an answer names; the run must be locked.
func (r *Run) name(record exchange.Record) {
	o := r.plan.Description.Operation(record.Step.Operation)
	if record.Answer == nil || o == nil || o.Conformance.Messages == nil || r.news.receiver == nil {
		return
	}
	if id := record.Named(o.Conformance.Messages.Answer); id != "" {
		r.news.named[id] = true
	}
}

// lateJudgement tells whether a case is judged when the last messages are in.
func lateJudgement(c *plan.Case) bool { return strings.HasPrefix(c.Kind, "message.") }

// close waits for messages that must not come, judges what waits for that, and
// ends the subscription. An interrupted run has not waited, and a target that has
// ceased to answer may also send nothing more: then nothing can be judged.
func (r *Run) close(ctx context.Context) {
	if len(r.news.late) > 0 && r.news.receiver != nil && !r.circuit.stopped() {
		select {
		case <-time.After(r.client.Settings().QuietWindow):
		case <-ctx.Done():
		}
	}
	r.judgeLate(ctx)
	r.news.undo()
	if r.news.receiver != nil {
		_ = r.news.receiver.Close() // nothing is expected of it any more
	}
}

func (r *Run) judgeLate(ctx context.Context) {
	if ctx.Err() != nil || r.circuit.stopped() {
		for _, t := range r.news.late {
			r.abandon(t)
		}
		return
	}
	all := r.received(ctx)
	for _, t := range r.news.late {
		t.News = all.about(t, r.plan)
		r.judge(t.Case, t)
	}
}

// received is all that came, sorted by what it is about.
type received struct {
	named    map[string][]message.Delivery // by the id that they name
	strays   []message.Delivery            // name an id that no answer named
	rejected []message.Delivery            // those of them that can only be about rejected requests
	unknown  []message.Delivery            // those of them that were not looked up, or in vain
	unsigned []message.Delivery            // came without the header pair
	silent   string
}

// Bounds of what is done about messages that other people cause.
const (
	mostLookups = 5000 // ids of messages that may be about a rejected request
	mostForeign = 20   // ids of others, and messages that are listed
)

func (r *Run) received(ctx context.Context) received {
	if r.news.receiver == nil {
		return received{}
	}
	all := received{named: map[string][]message.Delivery{}, unsigned: r.news.receiver.Unsigned(), silent: r.silence(ctx)}
	m := r.plan.Messaging()
	about := func(d message.Delivery) string { return exchange.Text(d.Value, m.ID) }
	suspect := r.suspect()
	ids := map[string]bool{}
	for _, d := range r.news.receiver.Deliveries() {
		id := about(d)
		all.named[id] = append(all.named[id], d)
		if r.news.named[id] {
			continue
		}
		all.strays = append(all.strays, d)
		if most := map[bool]int{true: mostLookups, false: mostForeign}[suspect(d)]; ids[id] || len(ids) < most {
			ids[id] = true
		} else {
			all.unknown = append(all.unknown, d)
		}
	}
	origins := r.origins(ctx, m, slices.Sorted(maps.Keys(ids)))
	listed := map[string]bool{}
	for _, d := range all.strays {
		id := about(d)
		if !ids[id] {
			continue // not looked up
		}
		switch origins[id] {
		case unknown:
			all.unknown = append(all.unknown, d)
		case rejected:
			all.rejected = append(all.rejected, d)
		case others:
			if r.document.Shard == nil && !listed[id] && len(listed) < mostForeign { // to a shard, the others are such people
				listed[id] = true
				r.beside.Foreign = append(r.beside.Foreign, fmt.Sprintf("%s about %s", r.client.RedactAnswer(exchange.Text(d.Value, m.Event)), r.client.RedactAnswer(id)))
			}
		}
	}
	return all
}

// suspect tells whether a message is one that an operation would send for a
// request that was rejected.
func (r *Run) suspect() func(message.Delivery) bool {
	var of []func(message.Delivery) bool
	for _, t := range r.news.late {
		if t.Case.Expect.Rejected() {
			of = append(of, concerns(r.plan.Description.Operation(t.Case.Operation)))
		}
	}
	return func(d message.Delivery) bool {
		return slices.ContainsFunc(of, func(concerns func(message.Delivery) bool) bool { return concerns(d) })
	}
}

// concerns tells whether a message is of an event that an operation promises.
func concerns(o *spec.Operation) func(message.Delivery) bool {
	m := o.Conformance.Messages
	var events []string
	for _, c := range o.Callbacks {
		events = append(events, c.Events(m.Event)...)
	}
	return func(d message.Delivery) bool {
		return len(events) == 0 || slices.Contains(events, exchange.Text(d.Value, m.Event))
	}
}

// silence says why it proves nothing that no message came at all.
func (r *Run) silence(ctx context.Context) string {
	receiver, target := r.news.receiver, r.client.Settings().Target
	switch {
	case receiver.Lost() > 0:
		return fmt.Sprintf("%d messages came that could not be kept", receiver.Lost())
	case len(receiver.Deliveries())+len(receiver.Unsigned()) > 0:
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if settings.Loopback(target.Hostname()) && receiver.Local() && receiver.Open(ctx) {
		return "" // whoever is on this machine reaches it
	}
	return "no message came at all, so that the target may not reach the receiver: " + r.receiverLine("an address that the target reaches")
}

// origin is what a message about an id that no answer named is about.
type origin int

const (
	unknown  origin = iota
	ours            // what an earlier part of the run made
	rejected        // a rejected request of ours: nothing has the id, or such a request made it
	others          // what other people made
)

// origins looks ids up, so many at once as cases.
func (r *Run) origins(ctx context.Context, m *spec.Messaging, ids []string) map[string]origin {
	if len(ids) == 0 {
		return nil
	}
	made := r.made()
	found := make([]origin, len(ids))
	slots := make(chan struct{}, r.client.Settings().Concurrency)
	var pool sync.WaitGroup
	for i, id := range ids {
		slots <- struct{}{}
		pool.Go(func() {
			found[i] = r.origin(ctx, m, id, made)
			<-slots
		})
	}
	pool.Wait()
	list := map[string]origin{}
	for i, id := range ids {
		list[id] = found[i]
	}
	return list
}

func (r *Run) origin(ctx context.Context, m *spec.Messaging, id string, made map[string]origin) origin {
	if m.Lookup == nil || r.plan.Finder == nil || id == "" {
		return rejected
	}
	record := r.client.Do(ctx, "lookup", *r.plan.Finder, map[string]string{plan.MessageID: id})
	r.count([]exchange.Record{record})
	switch {
	case record.Answer == nil, record.Answer.Status >= 500, record.Answer.Status == http.StatusTooManyRequests:
		return unknown // a sick target does not say that nothing has the id
	case record.Answer.Status/100 != 2:
		return rejected
	}
	if of, ok := made[record.Named(m.Lookup.Field)]; ok {
		return of
	}
	return others
}

// made lists the unique values that requests send, in this part of the run and in
// earlier ones. Of a case in which an answer was lost it is not known which of its
// requests a value is about: one that is rejected is sent again, corrected.
func (r *Run) made() map[string]origin {
	list, runs := map[string]origin{}, r.document.RunIDs()
	lost := maps.Clone(r.lost)
	for _, t := range r.news.late {
		lost[t.Case.ID] = lost[t.Case.ID] || t.Unanswered()
	}
	for _, c := range r.plan.Cases {
		steps := append(c.Steps(), c.Act) // what the act sends is judged by it alone
		for i, step := range steps {
			of := ours
			if i == len(steps)-1 && c.Expect.Rejected() {
				of = rejected
			}
			if lost[c.ID] {
				of = unknown
			}
			for _, p := range step.Request.Body.Placeholders() {
				if p.Source != plan.FromRun {
					continue
				}
				for _, id := range runs {
					if value, err := exchange.Unique(id, c.ID, p); err == nil {
						list[value] = of
					}
				}
			}
		}
	}
	return list
}

// about picks what concerns a case.
func (all received) about(t *exchange.Transcript, p *plan.Plan) exchange.News {
	n := exchange.News{Came: len(all.named) > 0, Silent: all.silent}
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
		for _, d := range all.strays {
			if concerns(d) && d.At.After(t.Act.Started) {
				n.Strays = append(n.Strays, d)
			}
		}
	}
	for _, d := range all.rejected {
		if concerns(d) {
			n.Rejected = append(n.Rejected, d)
		}
	}
	for _, record := range t.Observe {
		if record.Step.Await != nil {
			n.About = append(n.About, all.named[record.Sought]...)
		}
	}
	switch {
	case n.Unsigned > 0:
		n.Instead = fmt.Sprintf("; %d came without the header pair of the registration", n.Unsigned)
	case len(n.Strays) > 0:
		n.Instead = fmt.Sprintf("; %d came about other ids, which no answer named", len(n.Strays))
	}
	return n
}
