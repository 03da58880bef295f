// Package api is the sound API of the reference target: it keeps the whole contract.
package api

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"qorcheck/harness/sandbox/internal/strict"
	"qorcheck/spec"
)

// Options say how a server is set up. The zero value is the sound API, with
// its state in memory.
type Options struct {
	// Data names the file that keeps the state across restarts, also after a
	// kill. Empty: the state lives in memory only.
	Data string
	// Description replaces the built-in description. Nil: the built-in one. Its
	// operations must be the same.
	Description []byte
	Overrides
}

// Overrides are the points where a planted defect changes how the server works. The
// zero value overrides nothing.
type Overrides struct {
	// NewID makes the id of a new transaction from how many there are. Nil: ids are random.
	NewID func(count int) string
	// Handlers wrap the work behind operations, by operationId, the first innermost.
	Handlers map[string][]func(next Handler) Handler
	// Messages replace each message that is due by others, none included. They run
	// one after the other while the state is locked.
	Messages []func(*Server, Message) []Message
}

// Server answers as the whole contract demands. It serves many clients at once.
type Server struct {
	Description *strict.Description
	services    map[string]service // by operationId
	clients     clients
	Fixtures    fixtures
	State       *State
	courier     *courier
	now         func() time.Time
	failDelay   time.Duration // how long a capture that fails later reads approved
	messages    []func(*Server, Message) []Message
}

// Handler does the work behind an operation.
type Handler func(*Work, *Request) Response

// service is the work behind one operation.
type service struct {
	// handle does the work. It runs under the state's lock and must not wait.
	handle Handler
	// repeated is the answer where an idempotency key was used for another
	// request; only POST needs it.
	repeated func(*Request) Response
	// refunds says that a merchant with refunds switched off may not do this.
	refunds bool
	// outside says that the merchant stands beside transaction_data.
	outside bool
}

// Request is one accepted request: known keys, well-formed, valid by the
// description, the merchant the keys' own.
type Request struct {
	Client    *client
	Path      map[string]string // path parameters
	Query     map[string]string // query parameters that were given and not empty
	MediaType string
	body      any
	Data      map[string]any // transaction_data
	Merchant  string         // mid
}

// Text returns a field of transaction_data that holds a string, "" where it
// does not.
func (rq *Request) Text(name string) string {
	s, _ := rq.Data[name].(string)
	return s
}

// Work is one request's hold on the state. What it changes is stored and the
// messages it adds are sent when the request is done.
type Work struct {
	*State
	Now      time.Time
	Change   Change
	Messages []Message
}

// Put stores a transaction, new or altered.
func (w *Work) Put(t *Transaction) { w.Change.Transactions = append(w.Change.Transactions, t) }

// New returns a server. One that keeps its state in a file must be closed.
func New(o Options) (*Server, error) {
	read := builtIn
	if o.Description != nil {
		read = func() (*strict.Description, error) { return strict.ReadDescription(o.Description) }
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
		Description: d,
		services:    map[string]service{},
		clients:     known,
		Fixtures:    f,
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
	if s.State, err = openState(o.Data, o.NewID); err != nil {
		return nil, err
	}
	s.courier = newCourier()
	s.resume()
	return s, nil
}

// builtIn is the built-in description, read once for all servers.
var builtIn = sync.OnceValues(func() (*strict.Description, error) { return strict.ReadDescription(spec.BuiltInDescription()) })

// ReadAhead reads the built-in description, so that a server made later finds it
// read. The error is that server's to return.
func ReadAhead() { _, _ = builtIn() }

// wrap puts handlers around the work behind operations.
func (s *Server) wrap(handlers map[string][]func(next Handler) Handler) error {
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
	for _, op := range s.Description.Operations {
		promised[op.ID] = true
		if _, ok := s.services[op.ID]; !ok {
			errs = append(errs, fmt.Errorf("operation %s is described and not served", op.ID))
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
	err := s.State.close()
	s.courier.close()
	return err
}

// ServeHTTP answers one request. The order in which faults are found is that
// of the contract: route, keys, rights, parsing, merchant, validation,
// resource, state.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, body := s.Respond(r)
	strict.Drain(r.Body)
	writeResponse(w, status, body)
}

func (s *Server) Respond(r *http.Request) (int, []byte) {
	if r.URL.Path == SettlePath {
		a := s.settle(r)
		return a.Status, a.encode()
	}
	op, rq, refused := s.Accept(r)
	if refused != nil {
		a := refused.response()
		return a.Status, a.encode()
	}
	if op.Method == http.MethodGet {
		a := s.read(op, rq)
		return a.Status, a.encode()
	}
	return s.act(op, rq, strings.TrimSpace(r.Header.Get(IdempotencyHeader)))
}

// Accept checks everything about a request that does not depend on the state.
func (s *Server) Accept(r *http.Request) (*strict.Operation, *Request, *refusal) {
	op, path, ok := s.Description.Route(r.Method, r.URL.EscapedPath())
	if !ok {
		return nil, nil, &refusal{http.StatusNotFound, CodeUnsupported, "there is nothing at this method and path"}
	}
	rq := &Request{Path: path}
	var refused *refusal
	if rq.Client, refused = s.clients.authenticate(r.Header); refused != nil {
		return nil, nil, refused
	}
	malformed := func(err error) *refusal {
		return &refusal{http.StatusBadRequest, CodeMalformed, err.Error()}
	}
	var err error
	if rq.MediaType, rq.body, err = op.ReadBody(r); err != nil {
		return nil, nil, malformed(err)
	}
	query, err := strict.ReadQuery(r.URL.RawQuery)
	if err != nil {
		return nil, nil, malformed(err)
	}
	if refused := s.permit(op, rq); refused != nil {
		return nil, nil, refused
	}
	if rq.Query, err = op.Validate(strict.Content{Path: rq.Path, Query: query, Header: r.Header, MediaType: rq.MediaType, Body: rq.body}); err != nil {
		return nil, nil, malformed(err)
	}
	return op, rq, nil
}

// permit fills in the merchant and refuses one that is not the keys' own, or
// for whom the operation is switched off. A merchant that is missing or of a
// wrong type is left to the validation.
func (s *Server) permit(op *strict.Operation, rq *Request) *refusal {
	top, _ := rq.body.(map[string]any)
	rq.Data, _ = top["transaction_data"].(map[string]any)
	holder := rq.Data
	if s.services[op.ID].outside {
		holder = top
	}
	mid, _ := holder["mid"].(string)
	if strings.TrimSpace(mid) == "" {
		return nil
	}
	if !rq.Client.owns(mid) {
		return &refusal{http.StatusForbidden, CodeMerchant, "the merchant is not the keys' own"}
	}
	if s.services[op.ID].refunds && mid == s.Fixtures.Merchants["refunds_off"] {
		return &refusal{http.StatusForbidden, CodeUnsupported, "refunds are switched off for this merchant"}
	}
	rq.Merchant = mid
	return nil
}

// read answers an operation that changes nothing.
func (s *Server) read(op *strict.Operation, rq *Request) Response {
	s.State.RLock()
	defer s.State.RUnlock()
	return s.services[op.ID].handle(s.NewWork(), rq)
}

// act answers an operation that may change the state. A request that carries
// an idempotency key and comes a second time finds the first answer; while the
// first is at work, the second waits for the lock.
func (s *Server) act(op *strict.Operation, rq *Request, key string) (int, []byte) {
	var seal string
	if key = idempotencyKey(op, key); key != "" {
		seal = fingerprint(op, rq)
	}
	s.State.Lock()
	defer s.State.Unlock()
	if s.State.closed {
		a := (&refusal{http.StatusInternalServerError, CodeSystem, "the sandbox is closed"}).response()
		return a.Status, a.encode()
	}
	service := s.services[op.ID]
	if first, ok := s.State.Memories[MemoryKey{rq.Client.Name, key}]; ok && key != "" {
		if first.Fingerprint == seal {
			return first.Status, first.Body
		}
		a := service.repeated(rq)
		return a.Status, a.encode()
	}
	w := s.NewWork()
	a := service.handle(w, rq)
	body := a.encode()
	if key != "" && (a.Status == http.StatusOK || a.Status == http.StatusCreated) {
		w.Change.Memories = append(w.Change.Memories, memory{rq.Client.Name, key, seal, a.Status, body})
	}
	s.finish(w)
	return a.Status, body
}

// NewWork returns a hold on the state, which must be locked.
func (s *Server) NewWork() *Work { return &Work{State: s.State, Now: s.now()} }

// Do works outside a request: what the work changes is stored and its messages are
// sent when it returns. Do reports whether the server is still open; a closed one
// does no work.
func (s *Server) Do(work func(*Work)) bool {
	s.State.Lock()
	defer s.State.Unlock()
	if s.State.closed {
		return false
	}
	w := s.NewWork()
	work(w)
	s.finish(w)
	return true
}

// View looks at the state.
func (s *Server) View(look func(*State)) {
	s.State.RLock()
	defer s.State.RUnlock()
	look(s.State)
}

// finish stores what a piece of work changed, sends its messages, and sets
// the clock for captures that fail later. The state must be locked.
func (s *Server) finish(w *Work) {
	s.State.Commit(w.Change)
	for _, m := range s.replaceMessages(w.Messages) {
		s.courier.send(m)
	}
	for _, t := range w.Change.Transactions {
		s.failLater(t)
	}
}

// replaceMessages returns the messages to send in place of those that are due.
func (s *Server) replaceMessages(due []Message) []Message {
	for _, replace := range s.messages {
		var sent []Message
		for _, m := range due {
			sent = append(sent, replace(s, m)...)
		}
		due = sent
	}
	return due
}
