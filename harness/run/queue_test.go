package run

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// telling is a description in which pay sends messages of the event paid, hold of held, and
// read none.
func telling(t *testing.T) *spec.Description {
	t.Helper()
	operation := func(id, event string) string {
		return "/" + id + ": {post: {operationId: " + id + ", requestBody: {content: {application/json: {schema: {type: object, properties: {a: {}, e: {}, h: {}, v: {}}}}}}, callbacks: {news: {'https://x.test/': {post: {requestBody: {content: {application/json: {schema: {type: object, properties: {event: {type: string, enum: [" + event + "]}}}}}}, responses: {'200': {description: d}}}}}}, responses: {'200': {description: d}}}}"
	}
	d, err := spec.Parse([]byte("openapi: 3.0.3\ninfo: {title: t, version: '1'}\nx-conformance: {messages: {register: {operation: hold, address: /a, event: /e, headerName: /h, headerValue: /v}, answer: /id, id: /id, event: /event, success: /success, reason: /reason}}\npaths: {"+
		operation("hold", "held")+", "+operation("pay", "paid")+", /read: {get: {operationId: read, responses: {'200': {description: d}}}}}\n"), "d.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// sends is a case that sends these operations, the first as its act, and then awaits.
func sends(id, operations string, awaits ...*plan.Await) *plan.Case {
	c := &plan.Case{ID: id, Kind: "valid.required"}
	for i, name := range strings.Fields(operations) {
		step := plan.Step{Name: name, Operation: name}
		if i == 0 {
			c.Operation, c.Act = name, step
		} else {
			c.Prepare = append(c.Prepare, step)
		}
	}
	for _, a := range awaits {
		c.Observe = append(c.Observe, plan.Step{Await: a})
	}
	return c
}

// taken lists the ids in the order in which the queue yields the cases; each ends before
// the next one is taken.
func taken(q *queue) string {
	var ids []string
	for c := q.take(true); c != nil; c = q.take(true) {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, " ")
}

func TestQueue_SendsWhatWaitsFirst(t *testing.T) {
	p := &plan.Plan{Description: telling(t)}
	once, never, refusing := &plan.Await{Times: 1}, &plan.Await{Times: 1, Never: true}, &plan.Await{Times: 2, Place: plan.Refusing}
	none := sends("none", "read")
	none.Kind = plan.KindNoMessage
	read, pay, hold := sends("read", "read"), sends("pay", "pay"), sends("hold", "hold")
	paid, silent, twice, prepared := sends("paid", "pay", once), sends("silent", "hold", never), sends("twice", "read", never, never), sends("prepared", "read pay")
	again := sends("again", "pay", refusing)
	listed := sends("listed", "read")
	listed.Obligations = []string{"read.LISTED"}
	p.Obligations = []*plan.Obligation{{ID: "read.LISTED", Requirement: &spec.Requirement{Check: plan.CheckReconciled}}}
	p.Seal()
	for _, tt := range []struct {
		claim string
		cases []*plan.Case
		want  string
	}{
		{"the order of the plan where nothing waits", []*plan.Case{pay, read, hold}, "pay read hold"},
		{"the more quiet windows a case has, the earlier", []*plan.Case{pay, paid, read, none, silent, twice}, "twice silent paid none pay read"},
		{"a refusing receiver gets messages about no other payment", []*plan.Case{read, again, hold, pay, prepared}, "pay prepared again read hold"},
		{"a case that waits does not stand behind a refusing receiver", []*plan.Case{again, silent, pay}, "silent pay again"},
		{"what the lists show at the end comes before what they do not", []*plan.Case{read, again, hold, listed, pay}, "pay again listed read hold"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			given := slices.Clone(tt.cases)
			if got := taken(newQueue(p, tt.cases)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if !slices.Equal(given, tt.cases) {
				t.Error("the cases of the plan were sorted")
			}
		})
	}
}

// While a case is in progress whose messages would reach a refusing receiver, none that
// registers one is sent, and others are.
func TestSlots_KeepRefusingReceiversWaiting(t *testing.T) {
	p := &plan.Plan{Description: telling(t)}
	pay, read, more := sends("pay", "pay"), sends("read", "read"), sends("more", "read")
	again := sends("again", "pay", &plan.Await{Times: 2, Place: plan.Refusing})
	q, s := newQueue(p, []*plan.Case{again, read, more, pay}), newSlots(4, 0)
	next := func() string {
		if c := s.next(q, func() bool { return false }); c != nil {
			return c.ID
		}
		return ""
	}
	if got := next() + " " + next(); got != "pay read" {
		t.Fatalf("while pay is in progress: %s", got)
	}
	s.during(true, func() { // pay only waits
		if got := next(); got != "again" {
			t.Errorf("while pay waits: %s", got)
		}
	})
	s.end(nil, true, 0)
	if got := next() + next(); got != "more" {
		t.Errorf("at the end: %s", got)
	}
}

func TestSlots_HoldTheLimit(t *testing.T) {
	q := newQueue(&plan.Plan{Description: telling(t)}, []*plan.Case{sends("a", "read"), sends("b", "read"), sends("c", "read")})
	s := newSlots(1, 0)
	none := func() bool { return false }
	s.next(q, none)
	got := make(chan *plan.Case)
	take := func() { got <- s.next(q, none) }
	go take()
	select {
	case c := <-got:
		t.Fatalf("%s was taken beside a", c.ID)
	case <-time.After(20 * time.Millisecond):
	}
	returned := make(chan bool)
	waiting := make(chan bool)
	go func() {
		s.during(false, func() { <-waiting })
		close(returned)
	}()
	if c := <-got; c.ID != "b" {
		t.Errorf("while a waits: %s", c.ID)
	}
	close(waiting)
	for going := false; !going; { // a asks for its slot
		s.mu.Lock()
		going = s.returning == 1
		s.mu.Unlock()
	}
	go take()
	s.end(nil, false, 0) // b
	<-returned           // a goes on before c begins
	select {
	case c := <-got:
		t.Fatalf("%s was taken beside a, which went on", c.ID)
	case <-time.After(20 * time.Millisecond):
	}
	s.end(nil, false, 0) // a
	if c := <-got; c.ID != "c" {
		t.Errorf("at last: %s", c.ID)
	}
	s.end(nil, false, 0)
}

func TestSlots_EndWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	q, s := newQueue(&plan.Plan{Description: telling(t)}, []*plan.Case{sends("a", "read"), sends("b", "read")}), newSlots(1, 0)
	defer s.wakeAfter(ctx)()
	over := func() bool { return ctx.Err() != nil }
	s.next(q, over)
	time.AfterFunc(10*time.Millisecond, cancel)
	if c := s.next(q, over); c != nil {
		t.Errorf("%s was taken after the end", c.ID)
	}
}

func TestSlots_BecomeFewerWithEachShortage(t *testing.T) {
	s := newSlots(4, 1)
	for i, tt := range []struct{ seen, want int }{{1, 4}, {3, 3}, {3, 2}, {3, 2}, {9, 2}} { // two stay
		s.active = 1
		if s.end(nil, false, tt.seen); s.limit != tt.want {
			t.Errorf("%d: %d, want %d", i, s.limit, tt.want)
		}
	}
}

// The quiet window of a case begins with the response to its last request, not with the
// end of the run, and neither waiting nor clean-up prolongs it.
func TestQuietUntil(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(seconds, took int, await *plan.Await) exchange.Record {
		return exchange.Record{Step: plan.Step{Await: await}, Started: start.Add(time.Duration(seconds) * time.Second), Took: time.Duration(took) * time.Second}
	}
	act := func(seconds, took int) *exchange.Record {
		r := at(seconds, took, nil)
		return &r
	}
	for _, tt := range []struct {
		claim  string
		late   []*exchange.Transcript
		listed int // when a case ended whose traces the lists may show
		want   int
	}{
		{"the response to the act", []*exchange.Transcript{{Act: act(1, 2)}}, 0, 5},
		{"a request after it", []*exchange.Transcript{{Act: act(1, 2), Observe: []exchange.Record{at(5, 1, nil)}}}, 0, 8},
		{"the case that ended last", []*exchange.Transcript{{Act: act(9, 1)}, {Act: act(1, 2)}}, 0, 12},
		{"a case that is judged by the lists", []*exchange.Transcript{{Act: act(1, 2)}}, 7, 9},
		{"a preparation without an act", []*exchange.Transcript{{Prepare: []exchange.Record{at(4, 1, nil)}}}, 0, 7},
		{"a message that was awaited", []*exchange.Transcript{{Act: act(1, 1), Observe: []exchange.Record{at(2, 10, &plan.Await{})}}}, 0, 4},
		{"clean-up", []*exchange.Transcript{{Act: act(1, 1), Cleanup: []exchange.Record{at(8, 1, nil)}}}, 0, 4},
	} {
		r := &Run{inbox: inbox{late: tt.late}, left: reconciliation{last: start.Add(time.Duration(tt.listed) * time.Second)}}
		if got := r.quietUntil(2 * time.Second); !got.Equal(start.Add(time.Duration(tt.want) * time.Second)) {
			t.Errorf("%s: after %s, want %ds", tt.claim, got.Sub(start), tt.want)
		}
	}
}

// While every case in progress only waits, nothing else happens: that time is counted, and
// that in which another one is sent is not.
func TestSlots_CountWhatIsOnlyWaitedFor(t *testing.T) {
	a, b := sends("a", "read"), sends("b", "read")
	q, s := newQueue(&plan.Plan{Description: telling(t)}, []*plan.Case{a, b}), newSlots(1, 0)
	none := func() bool { return false }
	s.next(q, none)
	s.during(false, func() {
		s.next(q, none)
		before := s.idle
		time.Sleep(2 * time.Millisecond)
		if s.end(b, false, 0); s.idle != before {
			t.Error("while b was sent, it counts as waiting")
		}
		time.Sleep(2 * time.Millisecond)
	})
	if s.end(a, false, 0); s.idle < 2*time.Millisecond || s.last != "a" {
		t.Errorf("%s waited for, at last for %q", s.idle, s.last)
	}
	if steps := (&Timing{Sending: 5, Waiting: 2, Last: "a"}).Steps(); steps[2].Seconds != 3 || steps[3].Seconds != 2 || steps[3].Detail != "the last case was a" {
		t.Errorf("%+v", steps)
	}
}
