// Package sandbox is the reference target: an HTTP handler that keeps the
// whole contract of the payments API, so that a check which fails against it
// is wrong about the API or about itself. It is an independent witness: it
// takes the description's bytes from package spec and reads, validates and
// judges everything else by means of its own. With a defect planted it becomes
// a mutant, which a check must fail.
package sandbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"qorcheck/harness/sandbox/internal/api"
	"qorcheck/harness/sandbox/internal/defects"
)

// Options say how a sandbox is set up.
type Options struct {
	// Data names the file that keeps the state across restarts, also after a
	// kill. Empty: the state lives in memory only.
	Data string
	// Description replaces the built-in description, to plant a fault in what is
	// enforced. Nil: the built-in one. Its operations must be the same.
	Description []byte
	// Defects names the defects that are planted.
	Defects []string
}

// Sandbox is the reference target. It serves many clients at once.
type Sandbox struct {
	handler  http.Handler
	server   *api.Server
	panicked atomic.Pointer[error] // the first panic
}

// New returns the reference target.
func New(o Options) (*Sandbox, error) {
	server, handler, err := defects.New(api.Options{Data: o.Data, Description: o.Description}, o.Defects)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return &Sandbox{handler: handler, server: server}, nil
}

// ServeHTTP answers one request.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer s.notice()
	s.handler.ServeHTTP(w, r)
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

// Close waits a little for the messages under way, writes the state and
// returns every error. A request that would change something afterwards is
// answered 500.
func (s *Sandbox) Close() error {
	err := s.server.Close()
	if panicked := s.panicked.Load(); panicked != nil {
		err = errors.Join(err, *panicked)
	}
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	return nil
}

// Listening is a sandbox that serves at an address.
type Listening struct {
	Origin  string // as http://127.0.0.1:8080
	server  *http.Server
	sandbox *Sandbox
	ended   chan error // how serving ended
}

// Listen makes a sandbox and serves it on loopback, at a free port, until it is stopped.
func Listen(o Options) (*Listening, error) {
	s, err := New(o)
	if err != nil {
		return nil, err
	}
	l, err := s.Listen("127.0.0.1:0", nil)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return l, nil
}

// Listen serves at an address until it is stopped, by HTTPS if there is a TLS configuration.
func (s *Sandbox) Listen(address string, secured *tls.Config) (*Listening, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	l := &Listening{
		Origin:  "http://" + listener.Addr().String(),
		server:  &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0), TLSConfig: secured},
		sandbox: s,
		ended:   make(chan error, 1),
	}
	serve := func() error { return l.server.Serve(listener) }
	if secured != nil {
		l.Origin = "https://" + listener.Addr().String()
		serve = func() error { return l.server.ServeTLS(listener, "", "") }
	}
	go func() { l.ended <- serve() }()
	return l, nil
}

// Wait waits until the context ends, or serving fails.
func (l *Listening) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-l.ended:
		return err
	}
}

// Stop ends the serving, whatever is under way, and closes the sandbox.
func (l *Listening) Stop() error { return errors.Join(l.server.Close(), l.sandbox.Close()) }

// Fixtures returns the fixtures file of a sandbox that listens at origin,
// for example "http://127.0.0.1:8080".
func Fixtures(origin string) []byte { return api.Fixtures(origin) }

// ReadAhead reads the built-in description, so that a sandbox made later finds it
// read. The error is New's to return.
func ReadAhead() { api.ReadAhead() }

// Defect is a fault that can be planted: it makes the sandbox a mutant.
type Defect = defects.Defect

// Tolerated stands for the requirement of a defect that keeps the promise, in a way that
// has to be noted by its name.
const Tolerated = defects.Tolerated

// Tolerances lists the defects of that kind.
func Tolerances() []Defect { return defects.Tolerances() }

// Defects lists what can be planted, theme by theme.
func Defects() []Defect { return defects.All() }

// FindDefects finds defects by their names.
func FindDefects(names []string) ([]Defect, error) { return defects.Find(names) }
