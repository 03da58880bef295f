package run

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// The toy promise that runs are tested with, its target and its client.

const toyDescription = `
openapi: 3.0.3
info: { title: Toy, version: "1.2" }
security: [{ Key: [] }]
components: { securitySchemes: { Key: { type: apiKey, in: header, name: X-Key } } }
paths:
  /things:
    get:
      operationId: list
      responses:
        "200": { description: all, content: { application/json: { schema: { type: object, properties: { n: { type: integer } }, additionalProperties: false } } } }
    post:
      operationId: make
      requestBody: { required: true, content: { application/json: { schema: {
        type: object, required: [name, size], properties: { name: { type: string, maxLength: 8 }, size: { type: integer, minimum: 0 }, hue: { type: string, enum: [red, blue] } } } } } }
      responses: { "201": { description: made, content: { application/json: {} } }, "400": { description: rejected, content: { application/json: {} } } }
`

const toyRequirements = `
version: 1
name: Toy promise
pages: { page: https://docs.example.test/page }
requirements:
  - { id: T-OK, level: must, chapter: statuses, clause: { page: page, anchor: ok, text: All is well. }, sentence: carries a correct request out, operations: all, cases: [valid], check: status, expect: { statuses: [success] } }
  - { id: T-401, level: must, chapter: statuses, clause: { page: page, text: Keys are needed. }, sentence: answers 401 without a key, operations: all, cases: [unauthenticated], check: status, expect: { statuses: [401] } }
  - { id: T-400, level: should, chapter: rejections, clause: { page: page, text: Nonsense is refused. }, sentence: answers 400 to nonsense, operations: [make], cases: [malformed], check: status, expect: { statuses: [400], tolerated: [{ status: 422, why: it is usual }] } }
  - { id: T-JSON, level: must, chapter: outcomes, clause: { page: page, text: JSON always. }, sentence: answers in JSON, operations: all, check: media-type }
  - { id: T-LATER, level: must, chapter: outcomes, clause: { page: page, text: Later. }, sentence: does more, untested: not yet }
`

const toyFixtures = `
credentials: { valid: { Key: k-1234567890 } }
triggers: { card: { approved: { creditcard: "4571000000000001", cvv: "873" } } }
test_cards: ["4571000000000001"]
`

var parsed = sync.OnceValues(func() (*spec.Description, error) { return spec.Parse([]byte(toyDescription), "toy.yaml") })

// parts reads the toy promise.
func parts(t *testing.T) (*spec.Description, *spec.Requirements, *settings.Fixtures) {
	t.Helper()
	d, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	r, err := spec.ParseRequirements([]byte(toyRequirements), "promise.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := settings.ParseFixtures([]byte(toyFixtures), "toy-fixtures.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	return d, r, f
}

// planned is the toy's plan as the planner makes it.
func planned(t *testing.T) *plan.Plan {
	t.Helper()
	d, r, f := parts(t)
	p, err := planner.New(d, r, f, 7)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ask is an obligation and the requests of its cases: each path is a status that the target answers.
type ask struct {
	id    string
	level spec.Level // must when empty
	check string     // status when empty
	paths []string   // "/200", "/404/x"; the case expects 200
	alter func(*plan.Obligation, *plan.Case)
}

// posted makes a request one that is not sent again where no response comes.
func posted(_ *plan.Obligation, c *plan.Case) { c.Act.Request.Method = "POST" }

// plot makes a plan by hand, without a preflight.
func plot(t *testing.T, asks ...ask) *plan.Plan {
	t.Helper()
	d, r, _ := parts(t)
	p := &plan.Plan{Description: d, Requirements: r, Seed: 7}
	for _, a := range asks {
		q := &spec.Requirement{ID: "R-" + a.id, Level: a.level, Chapter: "statuses", Sentence: "does " + a.id, Check: a.check, Clause: spec.Clause{Page: "page", Anchor: "ok", Text: "All is well."}}
		if q.Level == "" {
			q.Level = spec.Must
		}
		if q.Check == "" {
			q.Check = "status"
		}
		o := &plan.Obligation{ID: "list.R-" + a.id, Operation: d.Operation("list"), Requirement: q, Sentence: "list does " + a.id}
		p.Obligations = append(p.Obligations, o)
		for i, path := range a.paths {
			c := &plan.Case{
				ID: fmt.Sprintf("list.%s.%02d", a.id, i), Operation: "list", Kind: "valid.required", Why: "a correct request",
				Obligations: []string{o.ID}, Expect: plan.Expect{Statuses: []int{200}, Tolerated: []spec.Tolerance{{Status: 405, Why: "usual"}}},
				Act: plan.Step{Name: "list", Operation: "list", Request: plan.Request{Method: "GET", Path: plan.Template(path)}},
			}
			if a.alter != nil {
				a.alter(o, c)
			}
			o.Cases = append(o.Cases, c.ID)
			p.Cases = append(p.Cases, c)
		}
		if a.alter != nil && len(a.paths) == 0 {
			a.alter(o, nil)
		}
	}
	return p
}

// statuses answers with the status that the path begins with.
func statuses(w http.ResponseWriter, r *http.Request) {
	status, err := strconv.Atoi(strings.Split(r.URL.Path, "/")[1])
	if err != nil {
		status = 404
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"n":1}`)
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func toySettings(t *testing.T, target string, change ...func(*settings.Settings)) settings.Settings {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	_, _, f := parts(t)
	s := settings.Settings{Target: u, Fixtures: f, Concurrency: 4, Timeout: 20 * time.Second, BodyLimit: 1 << 20, RunID: "run1", Seed: 7}
	for _, c := range change {
		c(&s)
	}
	return s
}

func toyClient(t *testing.T, p *plan.Plan, s settings.Settings) *exchange.Client {
	t.Helper()
	client := exchange.New(s, p.Description)
	t.Cleanup(client.Close)
	return client
}

// start begins a run of a plan against a target.
func start(t *testing.T, ctx context.Context, p *plan.Plan, target string, o Options, change ...func(*settings.Settings)) *Run {
	t.Helper()
	o.Settings = toySettings(t, target, change...)
	return Start(ctx, p, toyClient(t, p, o.Settings), o)
}

// whole runs a plan to its end and checks that its document adds up, and that its
// journal tells the same.
func whole(t *testing.T, ctx context.Context, p *plan.Plan, target string, o Options, change ...func(*settings.Settings)) *Document {
	t.Helper()
	var journal bytes.Buffer
	if o.Journal == nil {
		o.Journal = io.Discard
	}
	o.Journal = io.MultiWriter(&journal, o.Journal)
	d, err := start(t, ctx, p, target, o, change...).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
	if o.Earlier == nil {
		if again := replay(t, journal.String()); asJSON(t, again) != asJSON(t, d) {
			t.Errorf("the journal tells\n%s\nthe run was\n%s", asJSON(t, again), asJSON(t, d))
		}
	}
	if d.Planned != len(p.Obligations) || d.Cases != len(p.Cases) {
		t.Errorf("%d obligations and %d cases, planned were %d and %d", d.Planned, d.Cases, len(p.Obligations), len(p.Cases))
	}
	return d
}

// toy keeps the promise but for nonsense about sizes, which it takes.
func toy(w http.ResponseWriter, r *http.Request) {
	answer := func(status int) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "{}")
	}
	body, _ := io.ReadAll(r.Body)
	var thing struct {
		Name *string `json:"name"`
		Hue  string  `json:"hue"`
	}
	switch err := json.Unmarshal(body, &thing); {
	case r.Header.Get("X-Key") == "":
		answer(401)
	case r.Method == "GET":
		answer(200)
	case err != nil:
		answer(422)
	case thing.Name == nil || len(*thing.Name) > 8:
		answer(400)
	default:
		answer(201)
	}
}

// verdictsOf drops what differs from run to run: times, addresses, the run id.
func verdictsOf(t *testing.T, d *Document) string {
	t.Helper()
	c := *d
	c.Target, c.RunID, c.Started, c.Finished, c.Seconds = "", "", time.Time{}, time.Time{}, 0
	c.Obligations = slices.Clone(d.Obligations)
	for i := range c.Obligations {
		o := &c.Obligations[i]
		o.Started, o.Seconds, o.Spent = time.Time{}, 0, 0
	}
	c.Concurrency, c.Timing = nil, nil
	c.Latency, c.Causes = nil, slices.Clone(d.Causes)
	for _, cause := range c.Causes {
		for j := range cause.Shown {
			cause.Shown[j].Evidence = nil
		}
	}
	c.Examples = slices.Clone(d.Examples)
	for i := range c.Examples {
		c.Examples[i].Evidence = nil
	}
	data, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
