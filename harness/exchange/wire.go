package exchange

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"qorcheck/harness/settings"
)

// wire keeps the connections of a client. A http.Transport keeps them itself, but
// sends a request again when a kept connection drops, and may take what follows
// an answer for the answer to the next request; here neither happens unseen.
type wire struct {
	home              string // the target's origin
	target, elsewhere *http.Transport
	dialer            *net.Dialer

	mu     sync.Mutex
	closed bool
	kept   map[string][]*connection // by origin, the last used last
}

// idleTimeout is how long a connection is kept unused: less than the 5 s after which
// the most impatient of the usual servers close it, in the middle of a request.
const idleTimeout = 4 * time.Second

// connection leads to one origin: over HTTP/1.1 for one request at a time, over
// HTTP/2, where it is shared, for many.
type connection struct {
	*http.ClientConn
	origin string
	socket *socket
	shared bool
	used   time.Time // last
}

// socketKey leads from a dial to the caller that waits for its socket.
type socketKey struct{}

// newWire makes a wire that follows no proxy of the environment, asks for no
// compression, and connects to hosts that the fixtures allow and no other. The
// client certificate is shown to the target alone.
func newWire(s settings.Settings) *wire {
	w := &wire{
		home: origin(s.Target), kept: map[string][]*connection{},
		dialer: &net.Dialer{Timeout: s.Timeout, KeepAlive: 30 * time.Second},
	}
	trust := &tls.Config{}
	if s.TLS != nil {
		trust = s.TLS
	}
	w.target, w.elsewhere = w.opener(s, trust.Clone()), w.opener(s, trust.Clone())
	w.elsewhere.TLSClientConfig.Certificates = nil
	return w
}

// opener makes what opens connections; none of them is left to it.
func (w *wire) opener(s settings.Settings, trust *tls.Config) *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            w.dial(s.Fixtures.AllowsHost),
		TLSClientConfig:        trust,
		DisableCompression:     true,
		MaxResponseHeaderBytes: int64(cmp.Or(s.HeaderLimit, settings.DefaultHeaderLimit)),
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{MaxReceiveBufferPerStream: 1 << 20},
	}
}

// dial opens sockets to allowed hosts.
func (w *wire) dial(allowed func(address string) bool) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if !allowed(address) {
			return nil, blocked(address)
		}
		conn, err := w.dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		made := newSocket(conn)
		if at, ok := ctx.Value(socketKey{}).(**socket); ok {
			*at = made
		}
		return made, nil
	}
}

// address is the host and port that a URL leads to.
func address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// origin is the scheme, host and port of a URL: what URLs of one server share.
func origin(u *url.URL) string { return u.Scheme + "://" + address(u) }

// open makes a connection to where a URL leads.
func (w *wire) open(ctx context.Context, u *url.URL) (*connection, error) {
	var s *socket
	opener := w.elsewhere
	if origin(u) == w.home {
		opener = w.target
	}
	made, err := opener.NewClientConn(context.WithValue(ctx, socketKey{}, &s), u.Scheme, address(u))
	if err != nil {
		return nil, err
	}
	c := &connection{ClientConn: made, origin: origin(u), socket: s, shared: made.Available() > 1}
	if c.shared {
		if err := c.Reserve(); err != nil {
			return nil, err
		}
		w.keep(c)
	}
	return c, nil
}

// take finds a kept connection to where a URL leads, nil when there is none.
func (w *wire) take(u *url.URL) *connection {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := origin(u)
	for list := w.kept[key]; len(list) > 0; list = w.kept[key] {
		c := list[len(list)-1]
		rested := time.Since(c.used) > idleTimeout
		switch {
		case c.shared && c.Reserve() == nil:
			return c
		case c.shared && c.Err() == nil:
			return nil // it has all that it takes
		case !c.shared && !rested && c.Err() == nil:
			w.kept[key] = list[:len(list)-1]
			return c
		}
		w.kept[key] = list[:len(list)-1]
		_ = c.Close() // it cannot be used again
	}
	return nil
}

// keep holds a connection for the next request.
func (w *wire) keep(c *connection) {
	c.used = time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		_ = c.Close() // it will not be used again
		return
	}
	w.kept[c.origin] = append(w.kept[c.origin], c)
}

// close closes what is kept now and what comes back later.
func (w *wire) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.release()
}

// release closes the connections that are kept for one request at a time, and after
// close all.
func (w *wire) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for origin, list := range w.kept {
		var shared []*connection
		for _, c := range list {
			if c.shared && !w.closed {
				shared = append(shared, c)
				continue
			}
			_ = c.Close() // it will not be used again
		}
		if w.kept[origin] = shared; shared == nil {
			delete(w.kept, origin)
		}
	}
}
