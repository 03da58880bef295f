package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"qorcheck/harness/sandbox/internal/strict"
)

const (
	Repeats      = 3                      // attempts after the first
	firstPause   = 100 * time.Millisecond // before the second attempt; doubled each time
	attemptLimit = 2 * time.Second        // for one attempt
	closingLimit = 2 * time.Second        // for what is under way when the sandbox closes
)

// Message is one message to one webhook.
type Message struct {
	Hook      *Webhook
	Body      []byte
	MediaType string // "" for that of JSON
}

// MessageBody is what a receiver reads.
type MessageBody struct {
	Event         string `json:"event"`
	TransactionID string `json:"transaction_id"`
	Success       bool   `json:"success"`
	Reason        string `json:"reason,omitempty"`
}

// notify adds a message about a transaction's outcome for each active webhook that
// is registered for its event. Credits to a bank account have no event.
func (w *Work) notify(t *Transaction) {
	if t.Opens() && t.Kind == Refund {
		return
	}
	body := MessageBody{
		Event:         eventName(t.Kind) + "." + t.Status,
		TransactionID: t.ID,
		Success:       t.Status == Approved,
	}
	if !body.Success {
		body.Reason = Reason(t.Code)
	}
	for _, h := range w.Hooks {
		if h.Merchant == t.Merchant && h.Event == body.Event && !h.Off && !h.Held {
			w.Messages = append(w.Messages, Message{Hook: h, Body: EncodeJSON(body)})
		}
	}
}

func eventName(k Kind) string {
	if k == Authorization {
		return "auth"
	}
	return string(k)
}

// courier delivers messages, to loopback addresses and nowhere else: a
// reference target sends nothing to another host. Messages to other
// hosts are dropped silently.
type courier struct {
	client  *http.Client
	queues  *queues
	work    sync.WaitGroup
	closing chan struct{}
	once    sync.Once
	ctx     context.Context
	cancel  context.CancelFunc
}

func newCourier() *courier {
	c := &courier{
		client: &http.Client{
			Timeout: attemptLimit,
			Transport: &http.Transport{
				DialContext: dialLoopback,
				// A connection for each attempt: the transport may resend
				// on a reused one by itself, which would not be counted.
				DisableKeepAlives: true,
				// A receiver on loopback has no name that a certificate
				// could vouch for.
				TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		queues:  newQueues(),
		closing: make(chan struct{}),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// close drops what has not begun, waits for what is under way, and cuts that
// short when it takes too long.
func (c *courier) close() {
	c.once.Do(func() { close(c.closing) })
	defer time.AfterFunc(closingLimit, c.cancel).Stop()
	c.work.Wait()
	c.cancel()
}

// after calls f when the time has passed, unless the courier closes first.
func (c *courier) after(d time.Duration, f func()) {
	c.work.Go(func() {
		select {
		case <-time.After(d):
			f()
		case <-c.closing:
		}
	})
}

// send delivers a message without letting the caller wait: the same bytes
// until they are acknowledged, a few times at most.
func (c *courier) send(m Message) {
	q := c.queues.of(m.Hook)
	if !q.join() {
		return
	}
	c.work.Go(func() {
		defer q.leave()
		pause := firstPause
		for attempt := range 1 + Repeats {
			if attempt > 0 {
				select {
				case <-time.After(pause):
					pause *= 2
				case <-c.ctx.Done():
					return
				}
			}
			if c.queues.attempt(c.ctx, q, func() bool { return c.attempt(m) }) {
				return
			}
		}
	})
}

// SendAfter sends a message when the time has passed, unless the server closes first.
func (s *Server) SendAfter(d time.Duration, m Message) {
	s.courier.after(d, func() { s.courier.send(m) })
}

// Deliver delivers a message without letting the caller wait. Attempt, which the
// function is given, sends it once and reports whether it was acknowledged.
func (s *Server) Deliver(m Message, deliver func(attempt func() bool)) {
	s.courier.work.Go(func() { deliver(func() bool { return s.courier.attempt(m) }) })
}

// attempt posts a message and reports whether the receiver acknowledged it. The
// cause of a failure does not matter: the next attempt follows anyway.
func (c *courier) attempt(m Message) bool {
	r, err := http.NewRequestWithContext(c.ctx, http.MethodPost, m.Hook.URI, bytes.NewReader(m.Body))
	if err != nil {
		return false
	}
	if sendable(m.Hook.HeaderKey, m.Hook.HeaderValue) {
		r.Header.Set(m.Hook.HeaderKey, m.Hook.HeaderValue)
	}
	r.Header.Set("Content-Type", cmp.Or(m.MediaType, strict.JSONType))
	response, err := c.client.Do(r)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, strict.MaxBody))
	_ = response.Body.Close()
	return response.StatusCode/100 == 2
}

// sendable reports whether a pair can be sent as a header: both given, the key a
// header name, the value free of control characters.
func sendable(key, value string) bool {
	const marks = "!#$%&'*+-.^_`|~"
	for _, c := range []byte(key) {
		if !strict.IsDigit(c) && (c|0x20 < 'a' || c|0x20 > 'z') && !strings.ContainsRune(marks, rune(c)) {
			return false
		}
	}
	for _, c := range []byte(value) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return key != "" && value != ""
}

// dialLoopback opens connections to this host only. It asks no name server.
func dialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	hosts := []string{host}
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		hosts = []string{"127.0.0.1", "::1"}
	}
	var conn net.Conn
	for _, host := range hosts {
		ip, perr := netip.ParseAddr(host)
		if perr != nil || !ip.Unmap().IsLoopback() {
			return nil, fmt.Errorf("deliver to %s: not a loopback address", host)
		}
		var dialer net.Dialer
		if conn, err = dialer.DialContext(ctx, network, net.JoinHostPort(host, port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}
