package api

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"qorcheck/harness/sandbox/internal/strict"
	"qorcheck/spec"
)

// target is a sandbox that listens on loopback. Every answer that a test gets
// from it is held against the description.
type target struct {
	*testing.T
	*Server
	origin string
}

func newTarget(t *testing.T) *target { return reopened(t, "") }

func reopened(t *testing.T, data string) *target {
	t.Helper()
	s, err := New(Options{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &target{t, s, server.URL}
}

// call is one request. Zero values mean what a correct request has.
type call struct {
	method string // POST
	path   string
	role   string            // valid
	header map[string]string // more headers; an empty value takes one away
	body   any               // a string as it is, anything else as JSON
}

type reply struct {
	status int
	body   map[string]any
	raw    string
	header http.Header
}

func (r reply) text(name string) string { s, _ := r.body[name].(string); return s }
func (r reply) id() string              { return r.text("transaction_id") }
func (r reply) code() string            { return r.text("code") }

func (t *target) send(c call) reply {
	t.Helper()
	r, err := t.do(t.request(c))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (t *target) request(c call) *http.Request {
	if c.method == "" {
		c.method = http.MethodPost
	}
	if c.role == "" {
		c.role = "valid"
	}
	var body io.Reader
	switch b := c.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			panic(err)
		}
		body = strings.NewReader(string(text))
	}
	r, err := http.NewRequest(c.method, t.origin+"/v3"+c.path, body)
	if err != nil {
		panic(err)
	}
	pair := t.Fixtures.Credentials[c.role]
	r.Header.Set("Qor-App-Key", pair.App)
	r.Header.Set("Qor-Client-Key", pair.Client)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range c.header {
		if r.Header.Set(name, value); value == "" {
			r.Header.Del(name)
		}
	}
	return r
}

// do sends a request. It is also for goroutines of a test's own.
func (t *target) do(r *http.Request) (reply, error) {
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{}, err
	}
	got := reply{status: response.StatusCode, raw: string(raw), header: response.Header}
	if r.Method != http.MethodHead {
		v, err := strict.ReadJSON(raw)
		if err != nil {
			return got, fmt.Errorf("%s %s: answer %q: %w", r.Method, r.URL.Path, raw, err)
		}
		got.body, _ = v.(map[string]any)
	}
	if err := promised().check(r, got); err != nil {
		return got, fmt.Errorf("%s %s: answer %d %s: %w", r.Method, r.URL.Path, got.status, raw, err)
	}
	return got, nil
}

// promise holds answers against the description.
type promise struct {
	description *strict.Description
	document    *strict.Document
}

var promised = sync.OnceValue(func() promise {
	d, err := strict.ReadDescription(spec.BuiltInDescription())
	if err != nil {
		panic(err)
	}
	var tree any
	if err := yaml.Unmarshal(spec.BuiltInDescription(), &tree); err != nil {
		panic(err)
	}
	doc, err := strict.NewDocument(tree)
	if err != nil {
		panic(err)
	}
	return promise{d, doc}
})

var promiseLock sync.Mutex // the compiler of schemas is for one at a time

func (p promise) check(r *http.Request, got reply) error {
	promiseLock.Lock()
	defer promiseLock.Unlock()
	if mediaType := got.header.Get("Content-Type"); mediaType != "application/json" {
		return fmt.Errorf("media type %q", mediaType)
	}
	if r.Method == http.MethodHead {
		return nil
	}
	if got.status >= 400 {
		for _, name := range []string{"status", "code", "message"} {
			if strings.TrimSpace(got.text(name)) == "" {
				return fmt.Errorf("an error without %s", name)
			}
		}
		if got.text("status") != "error" {
			return fmt.Errorf("an error with status %q", got.text("status"))
		}
	}
	op, _, ok := p.description.Route(r.Method, r.URL.EscapedPath())
	if !ok {
		return nil
	}
	paths, err := p.document.At("paths")
	if err != nil {
		return err
	}
	for _, path := range paths.Names() {
		item, err := paths.Member(path)
		if err != nil {
			return err
		}
		n, err := item.Member(strings.ToLower(r.Method))
		if err != nil || n.Value["operationId"] != op.ID {
			continue
		}
		for _, name := range []string{"responses", fmt.Sprint(got.status), "content", "application/json"} {
			if n, err = n.Member(name); err != nil {
				return fmt.Errorf("status not documented: %w", err)
			}
		}
		schema, _, err := n.Schema()
		if err != nil {
			return err
		}
		if err := schema.Validate(got.body); err != nil {
			return err
		}
	}
	if result, ok := got.body["resultCode"]; ok {
		_, why := got.body["refusalReason"]
		if bad := result == "Refused" || result == "Error"; bad != why {
			return fmt.Errorf("resultCode %v, refusalReason given: %v", result, why)
		}
	}
	return nil
}

// fields are the fields of transaction_data.
type fields map[string]any

// with returns the fields with some replaced; nil takes one away.
func (f fields) with(more fields) fields {
	f = maps.Clone(f)
	for name, v := range more {
		if f[name] = v; v == nil {
			delete(f, name)
		}
	}
	return f
}

func (f fields) wrapped() map[string]any { return map[string]any{"transaction_data": f} }

const main, other, refundsOff = "700100200", "700100300", "700100400"

// payment returns the mandatory fields of a card payment.
func payment() fields {
	return fields{"mid": main, "amount": "20.00", "creditcard": "4571000000000001",
		"cvv": "321", "month": "09", "year": "39", "bzip": "97201"}
}

func (t *target) post(path string, f fields) reply {
	t.Helper()
	return t.send(call{path: path, body: f.wrapped()})
}

func (t *target) get(path string) reply {
	t.Helper()
	return t.send(call{method: http.MethodGet, path: path})
}

func (t *target) sell(more fields) reply {
	t.Helper()
	return t.post("/payment/sale/manual/", payment().with(more))
}

func (t *target) authorize(more fields) reply {
	t.Helper()
	return t.post("/payment/authorize", payment().with(more))
}

func (t *target) capture(id, amount string) reply {
	t.Helper()
	return t.post("/payment/capture", fields{"mid": main, "transaction_id": id, "amount": amount})
}

// refund refunds an amount, or without one what is left.
func (t *target) refund(id, amount string) reply {
	t.Helper()
	f := fields{"mid": main, "transaction_id": id}
	if amount != "" {
		f["amount"] = amount
	}
	return t.post("/payment/refund", f)
}

func (t *target) void(id string) reply {
	t.Helper()
	return t.post("/payment/void", fields{"mid": main, "transaction_id": id})
}

// settled settles a transaction and returns its id.
func (t *target) settled(id string) string {
	t.Helper()
	if got := t.trySettle(fmt.Sprintf(`{"transaction_id":%q}`, id)); got.status != http.StatusOK {
		t.Fatalf("settle %s: %d %s", id, got.status, got.raw)
	}
	return id
}

func (t *target) trySettle(body string) reply {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, t.origin+"/control/settle", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	got, err := t.do(r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// list returns the rows and the count that a query finds.
func (t *target) list(query url.Values) ([]map[string]any, string) {
	t.Helper()
	got := t.get("/payment/transactions?" + query.Encode())
	if got.status != http.StatusOK {
		t.Fatalf("list %s: %d %s", query.Encode(), got.status, got.raw)
	}
	data := got.body["data"].(map[string]any)
	var rows []map[string]any
	for _, r := range data["transactions"].([]any) {
		rows = append(rows, r.(map[string]any))
	}
	return rows, fmt.Sprint(data["count"])
}

// row reads one transaction.
func (t *target) row(id string) map[string]any {
	t.Helper()
	got := t.get("/payment/transaction/" + id)
	if got.status != http.StatusOK {
		t.Fatalf("fetch %s: %d %s", id, got.status, got.raw)
	}
	return got.body["data"].([]any)[0].(map[string]any)
}

// want fails the test unless the answer has status 200 and the code.
func (t *target) want(got reply, code string) reply {
	t.Helper()
	if got.status != http.StatusOK || got.code() != code {
		t.Fatalf("got %d %s, want 200 %s", got.status, got.raw, code)
	}
	return got
}

// wantStatus fails the test unless the answer has the status.
func (t *target) wantStatus(got reply, status int) reply {
	t.Helper()
	if got.status != status {
		t.Fatalf("got %d %s, want %d", got.status, got.raw, status)
	}
	return got
}

// wantNothing fails the test if the target has stored anything.
func (t *target) wantNothing() {
	t.Helper()
	t.State.RLock()
	defer t.State.RUnlock()
	if len(t.State.order)+len(t.State.Tokens)+len(t.State.Hooks)+len(t.State.Memories) > 0 {
		t.Fatalf("stored: %d transactions, %d tokens, %d hooks, %d memories", len(t.State.order), len(t.State.Tokens), len(t.State.Hooks), len(t.State.Memories))
	}
}

// receiver takes the messages that hooks send.
type receiver struct {
	*testing.T
	url    string
	status func(attempt int) int // of the attempts so far

	mu       sync.Mutex
	got      []delivery
	accepted []time.Time
}

type delivery struct {
	body   string
	header http.Header
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{T: t}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		r.got = append(r.got, delivery{string(body), q.Header.Clone()})
		attempt := len(r.got)
		r.accepted = append(r.accepted, time.Now())
		r.mu.Unlock()
		if q.Method != http.MethodPost {
			t.Errorf("a message came by %s", q.Method)
		}
		if r.status != nil {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(r.status(attempt))
		}
	}))
	t.Cleanup(server.Close)
	r.url = server.URL + "/inbox"
	return r
}

// wait returns what has come once it is n messages.
func (r *receiver) wait(n int) []delivery {
	r.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if got := r.so(); len(got) >= n {
			return got
		}
	}
	r.Fatalf("%d messages came, want %d: %v", len(r.so()), n, r.so())
	return nil
}

// so returns what has come so far.
func (r *receiver) so() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// hear registers a receiver for events of the main merchant.
func (t *target) hear(r *receiver, events ...string) {
	t.Helper()
	for _, event := range events {
		t.wantStatus(t.post("/webhook", fields{"mid": main, "name": "test", "uri": r.url, "event": event}), http.StatusCreated)
	}
}
