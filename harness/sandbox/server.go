package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"qorcheck/spec"
)

// serverOptions say how a server is set up. The zero value is the sound API, with
// its state in memory.
type serverOptions struct {
	// Data names the file that keeps the state across restarts, also after a
	// kill. Empty: the state lives in memory only.
	Data string
	// Description replaces the built-in description. Nil: the built-in one. Its
	// operations must be the same.
	Description []byte
	Overrides
}

// Overrides are the points where a planted defect takes hold of the server. The
// zero value overrides nothing.
type Overrides struct {
	// NewID makes the id of a new transaction from how many there are. Nil: ids are random.
	NewID func(count int) string
	// Handlers wrap the work behind operations, by operationId, the first innermost.
	Handlers map[string][]func(next handler) handler
	// Messages replace each message that is due by others, none included. They run
	// one after the other while the state is locked.
	Messages []func(*Server, message) []message
}

// Server answers as the whole contract demands. It serves many clients at once.
type Server struct {
	description *description
	services    map[string]service // by operationId
	clients     clients
	fixtures    fixtures
	state       *state
	courier     *courier
	now         func() time.Time
	failDelay   time.Duration // how long a capture that fails later reads approved
	messages    []func(*Server, message) []message
}

// handler does the work behind an operation.
type handler func(*work, *request) answer

// service is the work behind one operation.
type service struct {
	// handle does the work. It runs under the state's lock and must not wait.
	handle handler
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

// newServer returns a server. One that keeps its state in a file must be closed.
func newServer(o serverOptions) (*Server, error) {
	read := builtIn
	if o.Description != nil {
		read = func() (*description, error) { return readDescription(o.Description) }
	}
	d, err := read()
	if err != nil {
		return nil, fmt.Errorf("description: %w", err)
	}
	f, err := readFixtures()
	if err != nil {
		return nil, err
	}
	known, err := newClients(f)
	if err != nil {
		return nil, err
	}
	s := &Server{
		description: d,
		services:    map[string]service{},
		clients:     known,
		fixtures:    f,
		now:         time.Now,
		failDelay:   100 * time.Millisecond,
		messages:    o.Messages,
	}
	for _, family := range []map[string]service{
		s.cardPayments(), s.modifications(), s.cash(), s.transfers(), s.tokens(),
		s.transactions(), s.profiles(), s.webhooks(), s.utilities(),
	} {
		maps.Copy(s.services, family)
	}
	if err := errors.Join(s.complete(), s.wrap(o.Handlers)); err != nil {
		return nil, err
	}
	if s.state, err = openState(o.Data, o.NewID); err != nil {
		return nil, err
	}
	s.courier = newCourier()
	s.resume()
	return s, nil
}

// builtIn is the built-in description, read once for all servers.
var builtIn = sync.OnceValues(func() (*description, error) { return readDescription(spec.QorCommerce()) })

// ReadAhead reads the built-in description, so that a server made later finds it
// read. The error is that server's to return.
func ReadAhead() { _, _ = builtIn() }

// wrap puts handlers around the work behind operations.
func (s *Server) wrap(handlers map[string][]func(next handler) handler) error {
	for id, list := range handlers {
		wrapped, ok := s.services[id]
		if !ok {
			return fmt.Errorf("operation %s is overridden and not served", id)
		}
		for _, around := range list {
			wrapped.handle = around(wrapped.handle)
		}
		s.services[id] = wrapped
	}
	return nil
}

// complete compares what is promised with what is served: neither may have an
// operation that the other lacks.
func (s *Server) complete() error {
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

// Close waits a little for the messages under way, writes the state and
// returns every error. A request that would change something afterwards is
// answered 500.
func (s *Server) Close() error {
	err := s.state.close()
	s.courier.close()
	return err
}

// ServeHTTP answers one request. The order in which faults are found is that
// of the contract: route, keys, rights, parsing, merchant, validation,
// resource, state.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, body := s.reply(r)
	drain(r.Body)
	write(w, status, body)
}

func (s *Server) reply(r *http.Request) (int, []byte) {
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
func (s *Server) accept(r *http.Request) (*operation, *request, *refusal) {
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
	if rq.query, err = op.validate(content{rq.path, query, r.Header, rq.mediaType, rq.body}); err != nil {
		return nil, nil, malformed(err)
	}
	return op, rq, nil
}

// permit fills in the merchant and refuses one that is not the keys' own, or
// for whom the operation is switched off. A merchant that is missing or of a
// wrong type is left to the validation.
func (s *Server) permit(op *operation, rq *request) *refusal {
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
func (s *Server) read(op *operation, rq *request) answer {
	s.state.RLock()
	defer s.state.RUnlock()
	return s.services[op.id].handle(&work{state: s.state, now: s.now()}, rq)
}

// act answers an operation that may change the state. A request that carries
// an idempotency key and comes a second time finds the first answer; while the
// first is at work, the second waits for the lock.
func (s *Server) act(op *operation, rq *request, key string) (int, []byte) {
	var seal string
	if key = idempotencyKey(op, key); key != "" {
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
func (s *Server) finish(w *work) {
	s.state.commit(w.change)
	for _, m := range s.news(w.messages) {
		s.courier.send(m)
	}
	for _, t := range w.change.Transactions {
		s.failLater(t)
	}
}

// news returns the messages to be sent in place of those that are due.
func (s *Server) news(due []message) []message {
	for _, replace := range s.messages {
		var sent []message
		for _, m := range due {
			sent = append(sent, replace(s, m)...)
		}
		due = sent
	}
	return due
}
