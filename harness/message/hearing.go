package message

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// hearingTimeout is the time limit for a call of the receiver to itself.
const hearingTimeout = 2 * time.Second

// accepting is the listener of a receiver, which remembers why it could not accept a
// connection: net/http tries again and says nothing.
type accepting struct {
	net.Listener
	receiver *Receiver
}

func (a accepting) Accept() (net.Conn, error) {
	conn, err := a.Listener.Accept()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		a.receiver.mu.Lock()
		a.receiver.fault = err
		a.receiver.mu.Unlock()
	}
	return conn, err
}

// Fault returns why connections could not be accepted, nil when all were.
func (r *Receiver) Fault() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fault
}

// Deaf returns why the receiver would not hear a message, "" when it would: it calls
// itself where it listens.
func (r *Receiver) Deaf(ctx context.Context) string {
	if err := r.Fault(); err != nil {
		return fmt.Sprintf("the receiver could not accept a connection: %s", err)
	}
	host, port, err := net.SplitHostPort(r.listens)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		host = map[bool]string{true: "127.0.0.1", false: "::1"}[ip.To4() != nil]
	}
	ctx, cancel := context.WithTimeout(ctx, hearingTimeout)
	defer cancel()
	if err := r.call(ctx, "http://"+net.JoinHostPort(host, port)+r.path+Acknowledging); err != nil {
		return fmt.Sprintf("the receiver did not hear its own call to %s: %s", r.listens, err)
	}
	return ""
}

// call asks for the receiver's own sign at a URL.
func (r *Receiver) call(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	client := &http.Client{
		Transport:     &http.Transport{Proxy: nil, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return errors.Unwrap(err) // without the URL, which nobody else may know
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.Header.Get(HeaderName) != r.secret[:8] {
		return errors.New("something else answered")
	}
	return nil
}
