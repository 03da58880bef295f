package sandbox

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// Listening is a sandbox that serves on loopback, at a free port.
type Listening struct {
	Origin  string // as http://127.0.0.1:8080
	server  *http.Server
	sandbox *Sandbox
}

// Listen makes a sandbox and serves it until it is stopped.
func Listen(o Options) (*Listening, error) {
	s, err := New(o)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	l := &Listening{
		Origin:  "http://" + listener.Addr().String(),
		server:  &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)},
		sandbox: s,
	}
	go func() { _ = l.server.Serve(listener) }() // ends with http.ErrServerClosed
	return l, nil
}

// Stop ends the serving, whatever is under way.
func (l *Listening) Stop() error { return errors.Join(l.server.Close(), l.sandbox.Close()) }
