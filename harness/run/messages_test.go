package run

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// TestMessages_OfOthers: however many messages other people cause, those about
// rejected requests are found among them; where there are too many to tell, that is said.
func TestMessages_OfOthers(t *testing.T) {
	t.Parallel()
	p := plot(t, ask{id: "a", paths: []string{"/200"}})
	d, o := *p.Description, *p.Description.Operations[0]
	o.Conformance.Messages = &spec.Messaging{ID: "/id", Event: "/event", Lookup: &spec.Finder{Field: "/order"}}
	d.Operations, p.Description = []*spec.Operation{&o}, &d
	p.Finder = &plan.Step{Name: "find", Request: plan.Request{Method: "GET", Path: "/found/" + plan.Placeholder{Source: plan.FromAnswer, Args: []string{plan.MessageID}}.Template()}}
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for part, status := range map[string]int{"nothing": 404, "sick": 503, "busy": 429} {
			if strings.Contains(r.URL.Path, part) {
				w.WriteHeader(status)
			}
		}
		fmt.Fprint(w, `{"order":"of others"}`)
	})
	rejection := &exchange.Transcript{Case: &plan.Case{Operation: "list", Expect: plan.NewExpect("", 400)}}
	for _, tt := range []struct {
		claim                       string
		others                      int
		more                        []string
		late                        []*exchange.Transcript
		shard                       *Shard
		rejected, unknown, unlisted int
	}{
		{"a few", 5, nil, []*exchange.Transcript{rejection}, nil, 1, 0, 0},
		{"many", 300, nil, []*exchange.Transcript{rejection}, nil, 1, 0, 280},
		{"too many", maxLookups + 10, nil, []*exchange.Transcript{rejection}, nil, 1, 11, maxLookups - 10},
		{"many, and nothing was rejected", 100, nil, nil, nil, 1, 81, 81},
		{"a target that does not say what it knows", 0, []string{"sick", "busy"}, []*exchange.Transcript{rejection}, nil, 1, 2, 0},
		{"to a shard, the others", 30, nil, []*exchange.Transcript{rejection}, &Shard{1, 2}, 1, 0, 30},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			receiver, err := message.Listen("127.0.0.1:0", "http://127.0.0.1", message.NewSecret())
			if err != nil {
				t.Fatal(err)
			}
			defer receiver.Close()
			ids := []string{"z-nothing"}
			for i := range tt.others {
				ids = append(ids, fmt.Sprintf("other-%04d", i))
			}
			if tt.others > 0 {
				ids = append(ids, ids[1])
			}
			for _, id := range append(ids, tt.more...) {
				r := httptest.NewRequest("POST", receiver.Address("address"), strings.NewReader(fmt.Sprintf(`{"id":%q,"event":"paid"}`, id)))
				r.Header.Set(message.HeaderName, receiver.Secret())
				receiver.ServeHTTP(httptest.NewRecorder(), r)
			}
			s := toySettings(t, target)
			r := &Run{plan: p, client: toyClient(t, p, s), options: Options{Settings: s}, ledger: newLedger(&Document{RunID: "run1", Shard: tt.shard}), inbox: inbox{receiver: receiver, ids: map[string]bool{}, late: tt.late}}
			got := r.received(t.Context())
			if len(got.rejected) != tt.rejected || len(got.unknown) != tt.unknown || len(r.beside.Foreign) != tt.others-tt.unlisted {
				t.Errorf("%d about rejected requests, %d unknown, %d listed; want %d, %d, %d", len(got.rejected), len(got.unknown), len(r.beside.Foreign), tt.rejected, tt.unknown, tt.others-tt.unlisted)
			}
			if slices.SortFunc(r.beside.Foreign, redact.Text.Compare); len(slices.Compact(r.beside.Foreign)) != tt.others-tt.unlisted {
				t.Error("a message is listed twice")
			}
		})
	}
}

// TestMessages_AfterLostResponses: a message about a value that two requests of a case send is about
// the rejected one only as long as the other one was answered.
func TestMessages_AfterLostResponses(t *testing.T) {
	p := plot(t, ask{id: "a", paths: []string{"/200"}}, ask{id: "b", paths: []string{"/200"}})
	order := plan.Placeholder{Source: plan.FromRun, Args: []string{"ORDER", "12"}}
	for _, c := range p.Cases {
		c.Expect = plan.NewExpect("", 400)
		c.Act.Request.Body = order.Template()
		c.Observe = append(c.Observe, c.Act)
	}
	first, second := p.Cases[0], p.Cases[1]
	lost := &exchange.Transcript{Case: second, Act: &exchange.Record{}, Observe: []exchange.Record{{Failure: &exchange.Failure{Kind: exchange.Timeout, Text: redacttest.Text("late")}}}}
	nameless := newLedger(&Document{RunID: "run1"})
	nameless.add(Entry{Case: first.ID, Unnamed: true})
	entered := newLedger(&Document{RunID: "run1"})
	entered.add(Entry{Case: first.ID, Unanswered: true})
	again := newLedger(&Document{RunID: "run1"})
	again.resume(Resumed{}, []Entry{{Case: first.ID, Unanswered: true}})
	again.add(Entry{Case: first.ID})
	for _, tt := range []struct {
		claim         string
		ledger        *ledger
		late          []*exchange.Transcript
		first, second origin
	}{
		{"all were answered", newLedger(&Document{RunID: "run1"}), nil, rejected, rejected},
		{"one was answered without an id", nameless, nil, unknown, rejected},
		{"one was not", entered, nil, unknown, rejected},
		{"one was not, and came again when the run was resumed", again, nil, unknown, rejected},
		{"one was not, and all were when the case that is judged late came again", again, []*exchange.Transcript{{Case: first, Act: &exchange.Record{}}}, unknown, rejected},
		{"one of a case that is judged late was not", newLedger(&Document{RunID: "run1"}), []*exchange.Transcript{lost}, rejected, unknown},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			makers := (&Run{plan: p, client: toyClient(t, p, toySettings(t, "http://127.0.0.1")), ledger: tt.ledger, inbox: inbox{late: tt.late}}).makers()
			for c, want := range map[*plan.Case]origin{first: tt.first, second: tt.second} {
				value, err := exchange.Unique("run1", c.ID, order)
				if got := makers.origin(value); err != nil || got != want {
					t.Errorf("%s: %d, want %d: %v", c.ID, got, want, err)
				}
			}
		})
	}
}

// TestMakers_OfAlteredValues: a value of ours within a text is ours, that of another run is
// of nobody who is there, and anything else is of others.
func TestMakers_OfAlteredValues(t *testing.T) {
	p := plot(t, ask{id: "a", paths: []string{"/200"}, alter: func(_ *plan.Obligation, c *plan.Case) {
		c.Expect = plan.NewExpect("", 400)
		c.Act.Request.Body = plan.TemplateOf(plan.FromRun, "ORDER_ID", "36")
	}})
	order := plan.Placeholder{Source: plan.FromRun, Args: []string{"ORDER_ID", "36"}}
	client := toyClient(t, p, toySettings(t, serve(t, statuses)))
	value, err := exchange.Unique("run1", p.Cases[0].ID, order)
	if err != nil {
		t.Fatal(err)
	}
	client.Execute(t.Context(), p.Cases[0], nil)
	makers := (&Run{plan: p, client: client, ledger: newLedger(&Document{RunID: "run1"})}).makers()
	for text, want := range map[string]origin{
		value: rejected, value + "-2": rejected, "for " + value + ", again": rejected, "x" + value: rejected, strings.ToUpper(value): rejected,
		value[:14]: rejected, "ord-" + value[11:]: rejected, value[:11]: others, value[:11] + "-" + value[11:]: rejected,
		plan.UniqueValue("run2", "c", "ORDER_ID", 36): runs, "": others, "ord-2024-000017": others,
	} {
		if got := makers.origin(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// TestMessages_WithoutTheHeaderPair: what comes without the header pair to where another
// case awaits a message does not excuse that none came.
func TestMessages_WithoutTheHeaderPair(t *testing.T) {
	p := plot(t, ask{id: "a", paths: []string{"/200"}})
	d, o := *p.Description, *p.Description.Operations[0]
	o.Conformance.Messages = &spec.Messaging{ID: "/id", Event: "/event"}
	d.Operations, p.Description = []*spec.Operation{&o}, &d
	acted := time.Now()
	awaiting := &exchange.Transcript{
		Case: p.Cases[0], Act: &exchange.Record{Started: acted},
		Observe: []exchange.Record{{Place: "address", Step: plan.Step{Await: &plan.Await{}}}},
	}
	for _, tt := range []struct {
		claim, place string
		after        time.Duration
		unsigned     int
	}{
		{"it counts where the case awaits one", "address", time.Second, 1},
		{"it does not where another case does", "own/another", time.Second, 0},
		{"nor what came before", "address", -time.Second, 0},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			all := received{unsigned: []message.Delivery{{Place: tt.place, At: acted.Add(tt.after)}}}
			if got := all.about(awaiting, p); got.Unsigned != tt.unsigned {
				t.Errorf("%d without the pair, want %d", got.Unsigned, tt.unsigned)
			}
		})
	}
}

// TestMessages_Unnamed: a request that was carried out may be what a message is about
// that names an id that no response named.
func TestMessages_Unnamed(t *testing.T) {
	d, err := spec.Parse([]byte(`
openapi: 3.0.3
info: { title: t, version: "1" }
x-conformance:
  outcome: [{ field: /status, success: [ok], refused: [declined], error: [error], reason: /why, otherwise: allowed }]
  messages: { register: { operation: quiet, address: /a, event: /e, headerName: /n, headerValue: /v }, answer: /id, id: /id, event: /event, success: /success, reason: /reason }
paths:
  /pay: { post: { operationId: pay, requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { "200": { description: d } }, callbacks: { news: { "https://x.test/": { post: { requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { "200": { description: d } } } } } } } }
  /quiet: { post: { operationId: quiet, requestBody: { content: { application/json: { schema: { type: object, properties: { a: { type: string }, e: { type: string }, n: { type: string }, v: { type: string } } } } } }, responses: { "201": { description: d } } } }
`), "t.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r := &Run{plan: &plan.Plan{Description: d}}
	for _, tt := range []struct {
		claim, operation string
		status           int
		body             string
		want             bool
	}{
		{"a success that names an id", "pay", 200, `{"status":"ok","id":"1"}`, false},
		{"a success that names none", "pay", 200, `{"status":"ok"}`, true},
		{"a refusal", "pay", 200, `{"status":"declined"}`, false},
		{"a rejection", "pay", 400, `{"status":"ok"}`, false},
		{"what is not JSON", "pay", 200, `ok`, false},
		{"an operation that promises no message", "quiet", 201, `{"status":"ok"}`, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			record := exchange.Record{Step: plan.Step{Operation: tt.operation}, Answer: &exchange.Answer{Status: tt.status, Body: []byte(tt.body)}}
			if got := r.unnamed(&exchange.Transcript{Act: &record}); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

// TestMessages_OfARejectedRequest: a message by the id of what a rejected request is about is
// about that request, where no other request of the case sends such messages.
func TestMessages_OfARejectedRequest(t *testing.T) {
	operation := func(id, event string) string {
		return "/" + id + ": {post: {operationId: " + id + ", requestBody: {content: {application/json: {schema: {type: object, properties: {a: {}, e: {}, h: {}, v: {}}}}}}, callbacks: {news: {'https://x.test/': {post: {requestBody: {content: {application/json: {schema: {type: object, properties: {event: {type: string, enum: [" + event + "]}}}}}}, responses: {'200': {description: d}}}}}}, responses: {'200': {description: d}, '400': {description: d}}}}"
	}
	d, err := spec.Parse([]byte("openapi: 3.0.3\ninfo: {title: t, version: '1'}\nx-conformance: {messages: {register: {operation: hold, address: /a, event: /e, headerName: /h, headerValue: /v}, answer: /id, id: /id, event: /event, success: /success, reason: /reason}}\npaths: {"+
		operation("hold", "held")+", "+operation("take", "taken")+"}\n"), "d.yaml")
	if err != nil {
		t.Fatal(err)
	}
	hold := exchange.Record{Step: plan.Step{Operation: "hold"}, Answer: &exchange.Answer{Status: 200, Body: []byte(`{"id":"1"}`)}}
	begun := time.Unix(100, 0)
	sent := func(event string, at time.Time) map[string][]message.Delivery {
		return map[string][]message.Delivery{"1": {{At: at, Value: map[string]any{"id": "1", "event": event}}}}
	}
	for _, tt := range []struct {
		claim    string
		expect   plan.Expect
		observed []exchange.Record
		named    map[string][]message.Delivery
		want     int
	}{
		{"one of its own event", plan.NewExpect("", 400), nil, sent("taken", begun.Add(1)), 1},
		{"one of what was prepared", plan.NewExpect("", 400), nil, sent("held", begun.Add(1)), 0},
		{"one from before", plan.NewExpect("", 400), nil, sent("taken", begun.Add(-1)), 0},
		{"one about a request that was carried out", plan.NewExpect("", 200), nil, sent("taken", begun.Add(1)), 0},
		{"one that another request may have caused", plan.NewExpect("", 400), []exchange.Record{{Step: plan.Step{Operation: "take"}}}, sent("taken", begun.Add(1)), 0},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			transcript := &exchange.Transcript{
				Case:    &plan.Case{ID: "c", Operation: "take", Kind: plan.KindNoMessage, Expect: tt.expect},
				Prepare: []exchange.Record{hold}, Act: &exchange.Record{Started: begun}, Observe: tt.observed,
			}
			if got := len((received{named: tt.named}).about(transcript, &plan.Plan{Description: d}).Rejected); got != tt.want {
				t.Errorf("%d messages about the rejected request, want %d", got, tt.want)
			}
		})
	}
}

// TestMessages_OfAnotherMerchant: what only the keys of the other merchant show is not
// taken for something that a rejected request made.
func TestMessages_OfAnotherMerchant(t *testing.T) {
	p := plot(t, ask{id: "a", paths: []string{"/200"}})
	p.Finder = &plan.Step{Name: "find", Request: plan.Request{
		Method: "GET", Path: "/found/" + plan.Placeholder{Source: plan.FromAnswer, Args: []string{plan.MessageID}}.Template(),
		Header: []plan.Field{{Name: "Key", Value: plan.TemplateOf(plan.FromCredential, settings.Valid, "Key")}},
	}}
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Key") != "key-of-the-other-merchant" || strings.HasSuffix(r.URL.Path, "/nothing") {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, `{"order":"of others"}`)
	})
	for _, tt := range []struct {
		id    string
		other map[string]string
		want  origin
	}{
		{"theirs", map[string]string{"Key": "key-of-the-other-merchant"}, others},
		{"nothing", map[string]string{"Key": "key-of-the-other-merchant"}, rejected},
		{"theirs", nil, rejected},
	} {
		s := toySettings(t, target, func(s *settings.Settings) { s.Fixtures.Credentials[settings.OtherMerchant] = tt.other })
		r := &Run{plan: p, client: toyClient(t, p, s), options: Options{Settings: s}, ledger: newLedger(&Document{RunID: "run1"})}
		if got := r.origin(t.Context(), &spec.Messaging{Lookup: &spec.Finder{Field: "/order"}}, tt.id, r.makers()); got != tt.want {
			t.Errorf("%s, keys of the other merchant %v: %d, want %d", tt.id, tt.other, got, tt.want)
		}
	}
}
