// Package sandbox is the reference target: an HTTP handler that keeps the
// whole contract of the payments API, so that a check which fails against it
// is wrong about the API or about itself. It is an independent witness: it
// takes the description's bytes from package spec and reads, validates and
// judges everything else by means of its own.
package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"qorcheck/spec"
)

// Options say how a sandbox is set up.
type Options struct {
	// Data names the file that keeps the state across restarts, also after a
	// kill. Empty: the state lives in memory only.
	Data string
	// Description replaces the built-in description, to plant a fault in what is
	// enforced. Nil: the built-in one. Its operations must be the same.
	Description []byte
	// Defects names the mutants whose defects are planted.
	Defects []string
}

// Sandbox is the reference target. It serves many clients at once.
type Sandbox struct {
	description *description
	services    map[string]service // by operationId
	clients     clients
	fixtures    fixtures
	state       *state
	courier     *courier
	now         func() time.Time
	failDelay   time.Duration          // how long a capture that fails later reads approved
	identify    func(count int) string // in place of the state's, where it is set
	defects     *defects               // nil where none is planted
	panicked    atomic.Pointer[error]  // the first panic
}

// service is the work behind one operation.
type service struct {
	// handle does the work. It runs under the state's lock and must not wait.
	handle func(*work, *request) answer
	// repeated is the answer where an idempotency key was used for another
	// request; only POST needs it.
	repeated func(*request) answer
	// refunds says that a merchant with refunds switched off may not do this.
	refunds bool
	// outside says that the merchant stands beside transaction_data.
	outside bool
}

// request is one accepted request: known keys, well-formed, valid by the
// description, the merchant the keys' own.
type request struct {
	client    *client
	path      map[string]string // path parameters
	query     map[string]string // query parameters that were given and not empty
	mediaType string
	body      any
	data      map[string]any // transaction_data
	merchant  string         // mid
}

// text returns a field of transaction_data that holds a string, "" where it
// does not.
func (rq *request) text(name string) string {
	s, _ := rq.data[name].(string)
	return s
}

// work is one request's hold on the state. What it changes is stored and what
// it tells is sent when the request is done.
type work struct {
	*state
	now      time.Time
	change   change
	messages []message
}

// put stores a transaction, new or altered.
func (w *work) put(t *transaction) { w.change.Transactions = append(w.change.Transactions, t) }

// New returns the reference target.
func New(o Options) (*Sandbox, error) {
	read := builtIn
	if o.Description != nil {
		read = func() (*description, error) { return readDescription(o.Description) }
	}
	d, err := read()
	if err != nil {
		return nil, fmt.Errorf("sandbox: description: %w", err)
	}
	return serve(d, o)
}

// builtIn is the built-in description, read once for all sandboxes.
var builtIn = sync.OnceValues(func() (*description, error) { return readDescription(spec.QorCommerce()) })

// ReadAhead reads what every sandbox needs of the built-in description, so that New
// finds it read. Its error is New's to tell.
func ReadAhead() { _, _ = builtIn() }

// serve returns a sandbox that keeps a description already read.
func serve(d *description, o Options) (*Sandbox, error) {
	f, err := readFixtures()
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	known, err := newClients(f)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Sandbox{
		description: d,
		services:    map[string]service{},
		clients:     known,
		fixtures:    f,
		now:         time.Now,
		failDelay:   100 * time.Millisecond,
	}
	for _, family := range []map[string]service{
		s.cardPayments(), s.modifications(), s.cash(), s.transfers(), s.tokens(),
		s.transactions(), s.profiles(), s.webhooks(), s.utilities(),
	} {
		maps.Copy(s.services, family)
	}
	if err := s.complete(); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if err := s.plant(o.Defects); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if s.state, err = openState(o.Data); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if s.identify != nil {
		s.state.identify = s.identify
	}
	s.courier = newCourier()
	s.resume()
	return s, nil
}

// complete compares what is promised with what is served: neither may have an
// operation that the other lacks.
func (s *Sandbox) complete() error {
	var errs []error
	promised := map[string]bool{}
	for _, op := range s.description.operations {
		promised[op.id] = true
		if _, ok := s.services[op.id]; !ok {
			errs = append(errs, fmt.Errorf("operation %s is described and not served", op.id))
		}
	}
	for id := range s.services {
		if !promised[id] {
			errs = append(errs, fmt.Errorf("operation %s is served and not described", id))
		}
	}
	return errors.Join(errs...)
}

// plant plants the defects of mutants.
func (s *Sandbox) plant(names []string) error {
	mutants, err := FindMutants(names)
	if err != nil {
		return err
	}
	for _, m := range mutants {
		if s.defects == nil {
			s.defects = &defects{}
		}
		if err := m.plant(s); err != nil {
			return fmt.Errorf("defect %s: %w", m.Name, err)
		}
	}
	return nil
}

// Close waits a little for the messages under way, writes the state and
// returns every error. A request that would change something afterwards is
// answered 500.
func (s *Sandbox) Close() error {
	err := s.state.close()
	s.courier.close()
	if panicked := s.panicked.Load(); panicked != nil {
		err = errors.Join(err, *panicked)
	}
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	return nil
}

// notice keeps the first panic for Close: an HTTP server catches it, and all that is
// seen is a connection that ends. One that is to end a connection is no fault.
func (s *Sandbox) notice() {
	if p := recover(); p != nil {
		if p != http.ErrAbortHandler {
			err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			s.panicked.CompareAndSwap(nil, &err)
		}
		panic(p)
	}
}

// ServeHTTP answers one request. The order in which faults are found is that
// of the contract: route, keys, rights, parsing, merchant, validation,
// resource, state.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer s.notice()
	if s.defects != nil && r.URL.Path != settlePath {
		s.serveBroken(w, r)
		return
	}
	status, body := s.reply(r)
	drain(r.Body)
	write(w, status, body)
}

func (s *Sandbox) reply(r *http.Request) (int, []byte) {
	if r.URL.Path == settlePath {
		a := s.settle(r)
		return a.status, a.encode()
	}
	op, rq, refused := s.accept(r)
	if refused != nil {
		a := refused.answer()
		return a.status, a.encode()
	}
	if op.method == http.MethodGet {
		a := s.read(op, rq)
		return a.status, a.encode()
	}
	return s.act(op, rq, strings.TrimSpace(r.Header.Get(idempotencyHeader)))
}

// accept goes through everything that can be said of a request without looking
// at the state.
func (s *Sandbox) accept(r *http.Request) (*operation, *request, *refusal) {
	op, path, ok := s.description.route(r.Method, r.URL.EscapedPath())
	if !ok {
		return nil, nil, &refusal{http.StatusNotFound, codeUnsupported, "there is nothing at this method and path"}
	}
	rq := &request{path: path}
	var refused *refusal
	if rq.client, refused = s.clients.authenticate(r.Header); refused != nil {
		return nil, nil, refused
	}
	malformed := func(err error) *refusal {
		return &refusal{http.StatusBadRequest, codeMalformed, err.Error()}
	}
	var err error
	if rq.mediaType, rq.body, err = op.readBody(r); err != nil {
		return nil, nil, malformed(err)
	}
	query, err := readQuery(r.URL.RawQuery)
	if err != nil {
		return nil, nil, malformed(err)
	}
	if refused := s.permit(op, rq); refused != nil {
		return nil, nil, refused
	}
	if rq.query, err = op.validate(rq, query, r.Header); err != nil {
		return nil, nil, malformed(err)
	}
	return op, rq, nil
}

// permit fills in the merchant and refuses one that is not the keys' own, or
// for whom the operation is switched off. A merchant that is missing or of a
// wrong type is left to the validation.
func (s *Sandbox) permit(op *operation, rq *request) *refusal {
	top, _ := rq.body.(map[string]any)
	rq.data, _ = top["transaction_data"].(map[string]any)
	holder := rq.data
	if s.services[op.id].outside {
		holder = top
	}
	mid, _ := holder["mid"].(string)
	if strings.TrimSpace(mid) == "" {
		return nil
	}
	if !rq.client.owns(mid) {
		return &refusal{http.StatusForbidden, codeMerchant, "the merchant is not the keys' own"}
	}
	if s.services[op.id].refunds && mid == s.fixtures.Merchants["refunds_off"] {
		return &refusal{http.StatusForbidden, codeUnsupported, "refunds are switched off for this merchant"}
	}
	rq.merchant = mid
	return nil
}

// read answers an operation that changes nothing.
func (s *Sandbox) read(op *operation, rq *request) answer {
	s.state.RLock()
	defer s.state.RUnlock()
	return s.services[op.id].handle(&work{state: s.state, now: s.now()}, rq)
}

// act answers an operation that may change the state. A request that carries
// an idempotency key and comes a second time finds the first answer; while the
// first is at work, the second waits for the lock.
func (s *Sandbox) act(op *operation, rq *request, key string) (int, []byte) {
	var seal string
	if key = op.idempotencyKey(key); key != "" {
		seal = fingerprint(op, rq)
	}
	s.state.Lock()
	defer s.state.Unlock()
	if s.state.closed {
		a := (&refusal{http.StatusInternalServerError, codeSystem, "the sandbox is closed"}).answer()
		return a.status, a.encode()
	}
	service := s.services[op.id]
	if first, ok := s.state.memories[memoryKey{rq.client.name, key}]; ok && key != "" {
		if first.Fingerprint == seal {
			return first.Status, first.Body
		}
		a := service.repeated(rq)
		return a.status, a.encode()
	}
	w := &work{state: s.state, now: s.now()}
	a := service.handle(w, rq)
	body := a.encode()
	if key != "" && (a.status == http.StatusOK || a.status == http.StatusCreated) {
		w.change.Memories = append(w.change.Memories, memory{rq.client.name, key, seal, a.status, body})
	}
	s.finish(w)
	return a.status, body
}

// finish stores what a piece of work changed, sends what it tells, and sets
// the clock for captures that fail later. The state must be locked.
func (s *Sandbox) finish(w *work) {
	s.state.commit(w.change)
	for _, m := range s.news(w.messages) {
		s.courier.send(m)
	}
	for _, t := range w.change.Transactions {
		s.failLater(t)
	}
}

// news returns the messages to be sent: those that are due, unless a defect has
// its way with them.
func (s *Sandbox) news(due []message) []message {
	if s.defects == nil {
		return due
	}
	for _, replace := range s.defects.news {
		var sent []message
		for _, m := range due {
			sent = append(sent, replace(s, m)...)
		}
		due = sent
	}
	return due
}
