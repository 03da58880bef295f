package verdict

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/spec"
)

const toy = `
openapi: 3.0.3
info: { title: Toy, version: "1" }
x-conformance:
  outcome:
    - { field: /result, refused: [Refused], error: [Error], reason: /why, otherwise: absent }
    - { field: /status, ignoreCase: true, success: [approved, ok], refused: [declined], error: [error], reason: /message, otherwise: allowed }
  error: { required: [/code, /message], fixed: { /status: error } }
  idempotency: { header: Once, name: ONCE, same: [/id] }
  codes: { field: /code, success: ["00"], unjudged: ["01"] }
  echo: [{ request: /reference, answer: /reference }]
  amounts: { fields: [/amount], answers: [/amount, /booked], currency: USD }
  present:
    - { answer: /amount, operations: [pay], request: { /keep: true } }
    - { answer: /why, operations: [pay], endings: [refused], unless: { /code: ["06"] } }
    - { answer: /rows/*/day }
    - { answer: /rows/*/last, where: { /first: [] } }
    - { answer: /rows/*/code, where: { /type: [sale, hold] } }
  neverShown: [/card, /cvv]
  messages:
    register: { operation: register, address: /address, event: /event, headerName: /header/name, headerValue: /header/value }
    answer: /id
    id: /payment
    event: /event
    success: /success
    reason: /reason
    within: 1
    repeats: 3
components:
  schemas:
    News:
      type: object
      required: [payment, success]
      properties: { payment: { type: string }, event: { type: string, enum: [paid, failed] }, success: { type: boolean }, reason: { type: string } }
    Paid:
      type: object
      required: [id, status]
      properties: { id: { type: string }, status: { type: string, enum: [approved, declined, error] }, amount: { type: string }, why: { type: string }, cvv_result: { type: string }, rows: { type: array, items: { type: object, properties: { day: {}, first: {}, last: {}, type: {}, code: {} } } } }
paths:
  /pay:
    post:
      operationId: pay
      requestBody: { content: { application/json: { schema: { type: object, properties: { reference: { type: string }, amount: { type: string }, card: { type: string }, cvv: { type: string }, keep: { type: boolean } } } } } }
      callbacks: { news: { "https://x.test/": { post: { requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/News" } } } }, responses: { "200": { description: taken } } } } } }
      responses:
        "200": { description: paid, headers: { X-Trace: { required: true, schema: { type: string } } }, content: { application/json: { schema: { $ref: "#/components/schemas/Paid" } } } }
        "204": { description: nothing to say }
        "201": { description: added, content: { application/json: { schema: { $ref: "#/components/schemas/Paid" } } } }
        "400": { description: rejected, content: { application/json; charset=utf-8: { schema: { type: object } } } }
    head:
      operationId: peek
      responses:
        "200": { description: there, headers: { X-Trace: { required: true, schema: { type: string } } }, content: { application/json: { schema: { $ref: "#/components/schemas/Paid" } } } }
        "404": { description: not there, content: { application/json: { schema: { type: object } } } }
  /ranged:
    get:
      operationId: ranged
      responses:
        "200": { description: a list, content: { text/csv: {}, image/*: {} } }
        "4XX": { description: rejected, content: { application/json: {} } }
  /open:
    get:
      operationId: open
      x-conformance: { outcome: [] }
      responses: { default: { description: anything, content: { "*/*": {} } } }
  /register:
    post:
      operationId: register
      requestBody: { content: { application/json: { schema: { type: object, properties: { address: { type: string }, event: { type: string }, header: { type: object, properties: { name: { type: string }, value: { type: string } } } } } } } }
      responses: { "201": { description: added } }
  /loose:
    post:
      operationId: loose
      parameters: [{ name: page_size, in: query, schema: { type: integer } }]
      x-conformance:
        error: { required: [/status, /code, /message], fixed: { /status: error }, code: [/code, /error/code], description: [/message, /error, /error/message] }
        outcome:
          - { field: /result, refused: [Refused], error: [Error], reason: /why, otherReasons: [/because, "/the reason"], otherwise: absent }
          - { field: /status, ignoreCase: true, success: [approved, ok], refused: [declined], error: [error], reason: /message, otherwise: allowed }
      requestBody: { content: { application/json: { schema: { type: object, properties: { held: { type: object, properties: { order_id: { type: string } } } } } } } }
      responses:
        "200":
          description: paid
          content:
            application/json:
              schema:
                type: object
                required: [id, result]
                x-reading: [required/result]
                properties: { id: { type: string }, result: { type: string, minLength: 1, x-reading: [minLength] } }
        "400": { description: rejected, content: { application/json: { schema: { type: object } } } }
  /free:
    get:
      operationId: free
      responses: { "200": { description: anything } }
`

var parsed = sync.OnceValues(func() (*spec.Description, error) { return spec.Parse([]byte(toy), "toy.yaml") })

func toyDescription(t *testing.T) *spec.Description {
	t.Helper()
	d, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// row is one judgement: an operation's answer under a check.
type row struct {
	claim     string
	operation string // pay when empty
	status    int
	media     string // application/json when empty, none for no header
	body      string
	header    map[string]string
	decoded   bool
	sent      string
	url       string
	expect    plan.Expect
	observed  []exchange.Record
	prepared  []exchange.Record
	kind      string
	inbox     exchange.Inbox
	took      time.Duration

	fault     *plan.Fault
	want      Outcome
	exercised bool
	says      string // part of a finding, note or reason
}

func (r row) answer() *exchange.Answer {
	h := http.Header{"X-Trace": {"t1"}}
	if r.media != "none" {
		h.Set("Content-Type", strings.TrimSpace(r.media+map[bool]string{true: "application/json"}[r.media == ""]))
	}
	for name, value := range r.header {
		h.Set(name, value)
		if value == "" {
			h.Del(name)
		}
	}
	return &exchange.Answer{Status: r.status, Proto: "HTTP/1.1", Header: h, Body: []byte(r.body), Decoded: r.decoded, Truncated: strings.HasSuffix(r.body, "…")}
}

// judgeRow judges by way of Judge, as a run does.
func judgeRow(t *testing.T, check string, r row) Verdict {
	t.Helper()
	d := toyDescription(t)
	id := r.operation
	if id == "" {
		id = "pay"
	}
	o := d.Operation(id)
	q := &spec.Requirement{ID: "R-1", Level: spec.Must, Check: check}
	p := &plan.Plan{Description: d, Obligations: []*plan.Obligation{{ID: "o", Operation: o, Requirement: q}}}
	act := plan.Step{Name: id, Label: "act", Check: "flow", Expect: &r.expect, Operation: id, Request: plan.Request{Method: o.Method}}
	c := &plan.Case{ID: "c", Kind: r.kind, Fault: r.fault, Operation: id, Obligations: []string{"o"}, Expect: r.expect, Act: act}
	list := Judge(p, &exchange.Transcript{Case: c, Act: &exchange.Record{Step: act, URL: r.url, Body: []byte(r.sent), Answer: r.answer(), Started: time.Unix(0, 0), Took: r.took}, Observe: r.observed, Prepare: r.prepared, Inbox: r.inbox})
	if len(list) != 1 || list[0].Obligation != "o" {
		t.Fatalf("got %+v", list)
	}
	return list[0]
}

func table(t *testing.T, check string, rows []row) {
	t.Helper()
	refused := false
	for _, r := range rows {
		t.Run(r.claim, func(t *testing.T) {
			v := judgeRow(t, check, r)
			if v.Outcome != r.want || v.Exercised != r.exercised {
				t.Errorf("got %s, exercised %v; want %s, %v: %+v", v.Outcome, v.Exercised, r.want, r.exercised, v)
			}
			if said := fmt.Sprintf("%+v", v); !strings.Contains(said, r.says) {
				t.Errorf("%s\ndoes not say %q", said, r.says)
			}
			if (v.Outcome == Fail) != (len(v.Findings) > 0) || (v.Outcome == Inconclusive) != (v.Why != "") {
				t.Errorf("findings and reason do not go with %s: %+v", v.Outcome, v)
			}
			for _, f := range v.Findings {
				if f.Check != check || f.Expected == "" || f.Received == "" {
					t.Errorf("finding %+v", f)
				}
			}
		})
		refused = refused || r.want == Fail
	}
	if !refused {
		t.Errorf("%s: no row that it must refuse", check)
	}
}

func TestCheck_EveryOneHasATable(t *testing.T) {
	tested := []string{
		"accounted", "added", "alike", "amount", "blamed-field", "code", "created", "distinct-descriptions", "distinct-reasons", "documented-status", "echo", "error-body", "error-description", "error-names", "flow", "keys-not-shown", "media-type",
		"message", "message-again", "message-count", "message-header", "message-id", "message-none", "message-once", "message-prompt", "message-reason", "message-schema",
		"message-success", "no-inside", "no-reason", "no-reason-field", "no-trace", "not-shown", "outcome-field", "preferred", "prepared", "present", "reason", "reason-name", "reconciled", "repeat", "retry", "schema", "schema-reading", "status",
	}
	if got := Checks(); !slices.Equal(got, tested) {
		t.Errorf("checks %v, tables for %v", got, tested)
	}
}

func TestCheck_UnknownIsRefused(t *testing.T) {
	for _, tt := range []struct {
		claim string
		q     spec.Requirement
		known bool
	}{
		{"a check of the list is known", spec.Requirement{ID: "R-1", Check: "status"}, true},
		{"no other is", spec.Requirement{ID: "R-1", Check: "statuses"}, false},
		{"none at all is not", spec.Requirement{ID: "R-1"}, false},
		{"an untested requirement needs none", spec.Requirement{ID: "R-1", Untested: "not yet"}, true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			err := Known(&spec.Requirements{File: "r.yaml", List: []*spec.Requirement{&tt.q}})
			if (err == nil) != tt.known {
				t.Fatal(err)
			}
			if err != nil && (!strings.Contains(err.Error(), "r.yaml: requirement R-1") || !strings.HasSuffix(err.Error(), "allowed: "+strings.Join(Checks(), ", "))) {
				t.Error(err)
			}
		})
	}
}

// What is judged before any check looks.
func TestJudge_WithoutAResponse(t *testing.T) {
	failed := func(kind exchange.FailureKind) *exchange.Record {
		return &exchange.Record{Failure: &exchange.Failure{Kind: kind, Text: redacttest.Text("trouble")}}
	}
	answered := &exchange.Record{Answer: row{status: 200, body: `{"id":"1","status":"approved"}`}.answer()}
	for _, tt := range []struct {
		claim string
		check string
		t     exchange.Transcript
		want  Outcome
		why   string
	}{
		{"a dead network is inconclusive", "status", exchange.Transcript{Act: failed(exchange.Network)}, Inconclusive, "trouble"},
		{"a timeout is inconclusive", "status", exchange.Transcript{Act: failed(exchange.Timeout)}, Inconclusive, "trouble"},
		{"a blocked request is inconclusive", "media-type", exchange.Transcript{Act: failed(exchange.Blocked)}, Inconclusive, "trouble"},
		{"an interrupted act is not run", "status", exchange.Transcript{Act: failed(exchange.Interrupted)}, NotRun, "interrupted"},
		{"an interrupted preparation is not run", "status", exchange.Transcript{Prepare: []exchange.Record{*failed(exchange.Interrupted)}, Stopped: "preparation pay: trouble"}, NotRun, "interrupted"},
		{"an interrupted observation is not run", "no-trace", exchange.Transcript{Act: answered, Observe: []exchange.Record{*failed(exchange.Interrupted)}}, NotRun, "interrupted"},
		{"a flow whose preparation failed is inconclusive", "flow", exchange.Transcript{Prepare: []exchange.Record{{Step: plan.Step{Operation: "pay"}, Answer: answered.Answer}}, Stopped: "preparation pay was answered 404"}, Inconclusive, "preparation pay was answered 404"},
		{"a failed preparation is inconclusive", "status", exchange.Transcript{Stopped: "preparation pay was answered 404"}, Inconclusive, "preparation pay was answered 404"},
		{"a response of a preparation that broke off is judged where every one is", "media-type", exchange.Transcript{Prepare: []exchange.Record{{Step: plan.Step{Operation: "pay"}, Answer: &exchange.Answer{Status: 500, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte("<p>")}}}, Stopped: "preparation pay was answered 500"}, Fail, "text/html"},
		{"and is inconclusive elsewhere", "media-type", exchange.Transcript{Prepare: []exchange.Record{{Step: plan.Step{Operation: "pay"}, Answer: answered.Answer}}, Stopped: "preparation pay was answered 200"}, Inconclusive, "preparation pay was answered 200"},
		{"a case that never began is not run", "status", exchange.Transcript{}, NotRun, ""},
		{"a garbled answer fails where the form is judged", "media-type", exchange.Transcript{Act: failed(exchange.Malformed)}, Fail, "an HTTP response"},
		{"a garbled answer is inconclusive elsewhere", "status", exchange.Transcript{Act: failed(exchange.Malformed)}, Inconclusive, "the response is not HTTP: trouble"},
		{"and so for the body", "schema", exchange.Transcript{Act: failed(exchange.Malformed)}, Inconclusive, "the response is not HTTP: trouble"},
		{"a check that does not exist is a fault of ours", "sniff", exchange.Transcript{Act: answered}, Broken, "unknown check sniff"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := toyDescription(t)
			q := &spec.Requirement{Check: tt.check}
			if tt.check == spec.CheckFlow {
				q.Flows = []spec.Flow{{ID: "f"}}
			}
			p := &plan.Plan{Description: d, Obligations: []*plan.Obligation{{ID: "o", Operation: d.Operation("pay"), Requirement: q}}}
			tt.t.Case = &plan.Case{Operation: "pay", Obligations: []string{"o", "lost"}, Expect: plan.NewExpect("", 200)}
			list := Judge(p, &tt.t)
			if v := list[0]; v.Outcome != tt.want || !strings.Contains(fmt.Sprintf("%+v", v), tt.why) {
				t.Errorf("got %+v", v)
			}
			if v := list[1]; v.Outcome != Broken || v.Why == "" {
				t.Errorf("an obligation that the plan lacks: %+v", v)
			}
		})
	}
}

func TestJudge_BusyTarget(t *testing.T) {
	for _, tt := range []struct {
		claim    string
		status   int
		expected int
		answers  []string
		want     Outcome
	}{
		{"429 is inconclusive", 429, 200, nil, Inconclusive},
		{"503 is inconclusive", 503, 400, nil, Inconclusive},
		{"502 is a gateway's", 502, 200, nil, Inconclusive},
		{"504 is a gateway's", 504, 400, nil, Inconclusive},
		{"500 is not", 500, 200, nil, Fail},
		{"429 passes where it is the answer to get", 429, 429, nil, Pass},
		{"a requirement on other answers is not exercised", 429, 200, []string{"success"}, Pass},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := toyDescription(t)
			p := &plan.Plan{Description: d, Obligations: []*plan.Obligation{{ID: "o", Operation: d.Operation("pay"), Requirement: &spec.Requirement{Check: "status", Answers: tt.answers}}}}
			c := &plan.Case{Operation: "pay", Obligations: []string{"o"}, Expect: plan.NewExpect("", tt.expected)}
			v := Judge(p, &exchange.Transcript{Case: c, Act: &exchange.Record{Answer: row{status: tt.status, body: "{}"}.answer()}})[0]
			if v.Outcome != tt.want || v.Exercised != (tt.answers == nil && tt.want != Inconclusive) {
				t.Errorf("got %+v", v)
			}
		})
	}
}

// Where an operation gives no other response while others do, it is judged.
func TestJudge_OperationThatIsDown(t *testing.T) {
	for _, tt := range []struct {
		status int
		down   string
		want   Outcome
	}{{502, "pay", Fail}, {503, "pay", Fail}, {504, "pay", Fail}, {429, "pay", Inconclusive}, {502, "other", Inconclusive}, {502, "", Inconclusive}} {
		d := toyDescription(t)
		p := &plan.Plan{Description: d, Obligations: []*plan.Obligation{{ID: "o", Operation: d.Operation("pay"), Requirement: &spec.Requirement{Check: "status"}}}}
		c := &plan.Case{Operation: "pay", Obligations: []string{"o"}, Expect: plan.NewExpect("", 200)}
		act := &exchange.Record{Answer: row{status: tt.status, body: "<html>"}.answer()}
		if v := Judge(p, &exchange.Transcript{Case: c, Act: act, Down: map[string]bool{tt.down: true}})[0]; v.Outcome != tt.want {
			t.Errorf("%d with %q down: %+v", tt.status, tt.down, v)
		}
	}
}

func TestJudge_ResponsesDecideWhatExercises(t *testing.T) {
	for _, tt := range []struct {
		claim   string
		answers []string
		status  int
		want    bool
	}{
		{"any answer by default", nil, 302, true},
		{"a success among successes", []string{"success"}, 201, true},
		{"a rejection among rejections", []string{"rejected"}, 500, true},
		{"a status by its number", []string{"404"}, 404, true},
		{"no success among rejections", []string{"rejected"}, 200, false},
		{"no redirect among either", []string{"success", "rejected"}, 302, false},
		{"no other number", []string{"404"}, 400, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := toyDescription(t)
			p := &plan.Plan{Description: d, Obligations: []*plan.Obligation{{ID: "o", Operation: d.Operation("pay"), Requirement: &spec.Requirement{Check: "media-type", Answers: tt.answers}}}}
			c := &plan.Case{Operation: "pay", Obligations: []string{"o"}}
			v := Judge(p, &exchange.Transcript{Case: c, Act: &exchange.Record{Answer: row{status: tt.status, media: "text/html", body: "<html>"}.answer()}})[0]
			if v.Exercised != tt.want || (v.Outcome == Fail) != tt.want {
				t.Errorf("got %+v", v)
			}
		})
	}
}

func TestJudge_MayIsNotedNeverFailed(t *testing.T) {
	d := toyDescription(t)
	for level, wanted := range map[spec.Level]Outcome{spec.May: Pass, spec.Should: Fail} {
		q := &spec.Requirement{ID: "R-1", Level: level, Sentence: "refuses it", Check: "status"}
		p := &plan.Plan{Description: d, Obligations: []*plan.Obligation{{ID: "o", Operation: d.Operation("pay"), Requirement: q}}}
		c := &plan.Case{ID: "c", Operation: "pay", Obligations: []string{"o"}, Expect: want(400)}
		v := Judge(p, &exchange.Transcript{Case: c, Act: &exchange.Record{Answer: row{status: 200, body: `{"status":"ok"}`}.answer()}})[0]
		if v.Outcome != wanted || (v.Outcome == Pass) != strings.Contains(v.Note, "may: refuses it: received status 200") {
			t.Errorf("%s: %+v", level, v)
		}
	}
}

// TestJudge_SaysWhichExchangeShowsAPass: the last that was made for the check, else
// the request under judgement.
func TestJudge_SaysWhichExchangeShowsAPass(t *testing.T) {
	ok := row{status: 200, body: `{"status":"approved"}`, expect: plan.Expect{Statuses: []int{200}}}
	if v := judgeRow(t, "status", ok); v.Outcome != Pass || v.Exchange != 0 {
		t.Errorf("without more: %+v", v)
	}
	looked := exchange.Record{Step: plan.Step{Check: "status"}, Answer: &exchange.Answer{Status: 200}}
	ok.prepared, ok.observed = []exchange.Record{{}}, []exchange.Record{looked, {Step: plan.Step{Check: "repeat"}}}
	if v := judgeRow(t, "status", ok); v.Exchange != 3 {
		t.Errorf("with an exchange of its own: %+v", v)
	}
	ok.observed = []exchange.Record{{Step: plan.Step{Await: &plan.Await{}}}}
	if v := judgeRow(t, "status", ok); v.Exchange != 0 {
		t.Errorf("the message shows no status: %+v", v)
	}
	if place := shownAt(&spec.Requirement{Check: "message-id"}, &exchange.Transcript{Observe: ok.observed}); place != 2 {
		t.Errorf("the message about it is at %d", place)
	}
}
