package api

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestMessages(t *testing.T) {
	s := newTarget(t)
	r := newReceiver(t)
	for _, kind := range []string{"sale", "auth", "capture", "refund", "void"} {
		s.hear(r, kind+".approved", kind+".declined")
	}
	auth := s.authorize(nil)
	capture := s.capture(auth.id(), "5")
	s.settled(capture.id())
	const all = 10 // in whatever order they come
	for _, tt := range []struct {
		got    reply
		event  string
		reason string
	}{
		{auth, "auth.approved", ""},
		{capture, "capture.approved", ""},
		{s.sell(nil), "sale.approved", ""},
		{s.sell(fields{"creditcard": "4000000000000515"}), "sale.declined", "do not honor"},
		{s.sell(fields{"creditcard": "4000000000009615"}), "sale.declined", "a system error"},
		{s.authorize(fields{"amount": "0"}), "auth.declined", "the amount is invalid"},
		{s.capture(auth.id(), "16"), "capture.declined", "the amount is invalid"},
		{s.refund(capture.id(), "1"), "refund.approved", ""},
		{s.refund(capture.id(), "9"), "refund.declined", "the amount is invalid"},
		{s.void(capture.id()), "void.declined", "too late to void, refund instead"},
		{s.void(s.sell(fields{"mid": refundsOff}).id()), "", ""}, // unknown to this mid: no message
	} {
		if tt.event == "" {
			s.wantStatus(tt.got, http.StatusNotFound)
			continue
		}
		want := fmt.Sprintf(`{"event":%q,"transaction_id":%q,"success":%v`, tt.event, tt.got.id(), tt.reason == "")
		if tt.reason != "" {
			want += fmt.Sprintf(`,"reason":%q`, tt.reason)
		}
		want += "}"
		found := 0
		for _, m := range r.wait(all) {
			if m.body == want {
				found++
				if mediaType := m.header.Get("Content-Type"); mediaType != "application/json" {
					t.Errorf("sent as %q", mediaType)
				}
			}
		}
		if found != 1 {
			t.Errorf("%s was sent %d times in %v", want, found, r.so())
		}
	}
}

func TestMessages_NotSent(t *testing.T) {
	s := newTarget(t)
	r := newReceiver(t)
	s.hear(r, "sale.declined", "sale.approved", "void.approved", "void.declined", "refund.approved", "refund.declined", "capture.declined")
	s.wantStatus(s.sell(fields{"amount": "x"}), 400)
	s.wantStatus(s.sell(fields{"creditcard": "4000000000500019"}), 500)
	s.wantStatus(s.sell(fields{"mid": other}), 403)
	s.wantStatus(s.void("999999999999999"), 404)
	s.authorize(nil) // nobody listens for auth
	s.want(s.sell(fields{"mid": refundsOff, "orderid": "o"}), "GW00")
	s.want(s.sell(fields{"mid": refundsOff, "orderid": "o"}), "GW19")
	key := map[string]string{"Qor-Idempotent-Key": "k"}
	first := s.send(call{path: "/payment/sale/manual/", header: key, body: payment().with(fields{"orderid": "p"}).wrapped()})
	s.send(call{path: "/payment/sale/manual/", header: key, body: payment().with(fields{"orderid": "p"}).wrapped()})
	s.want(s.sell(fields{"orderid": "p"}), "GW19")
	last := s.sell(nil)
	r.wait(2)
	s.courier.close() // nothing is under way any more
	if got := r.so(); len(got) != 2 || !strings.Contains(got[0].body+got[1].body, first.id()) || !strings.Contains(got[0].body+got[1].body, last.id()) {
		t.Errorf("received %v", got)
	}
}

func TestMessages_NotToRemovedWebhooks(t *testing.T) {
	s := newTarget(t)
	gone, stays := newReceiver(t), newReceiver(t)
	s.hear(gone, "sale.approved")
	s.want(s.send(call{method: http.MethodDelete, path: "/webhook/" + s.hooks("", "")[0]}), "GW00")
	s.hear(stays, "sale.approved")
	s.sell(nil)
	stays.wait(1)
	s.courier.close()
	if got := gone.so(); len(got) > 0 {
		t.Errorf("received %v", got)
	}
}

func TestMessages_ReachEveryWebhook(t *testing.T) {
	s := newTarget(t)
	a, b := newReceiver(t), newReceiver(t)
	s.hear(a, "sale.approved")
	s.hear(b, "sale.approved")
	s.sell(nil)
	if a.wait(1)[0].body != b.wait(1)[0].body {
		t.Errorf("received %v and %v", a.so(), b.so())
	}
}

func TestHookHeader(t *testing.T) {
	for _, tt := range []struct {
		claim, key, value string
		sent              bool
	}{
		{"a pair is sent", "X-Sink-Key", "a secret", true},
		{"a key that is no header name is not", "X Sink", "a secret", false},
		{"a key with a colon is not", "X-Sink:", "a secret", false},
		{"a value with a line break is not", "X-Sink-Key", "a\r\nX-More: b", false},
		{"a key without value is not", "X-Sink-Key", "", false},
		{"a value without key is not", "", "a secret", false},
		{"the media type cannot be replaced", "Content-Type", "text/plain", false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := newTarget(t)
			r := newReceiver(t)
			f := hookFields().with(fields{"uri": r.url, "header_key": tt.key, "header_value": tt.value})
			s.wantStatus(s.post("/webhook", f), http.StatusCreated)
			s.sell(nil)
			header := r.wait(1)[0].header
			if sent := tt.value != "" && header.Get(tt.key) == tt.value; sent != tt.sent {
				t.Errorf("headers are %v", header)
			}
			if header.Get("Content-Type") != "application/json" || header.Get("X-More") != "" {
				t.Errorf("headers are %v", header)
			}
		})
	}
}

func TestAttempts(t *testing.T) {
	for _, tt := range []struct {
		claim  string
		status func(attempt int) int
		want   int
	}{
		{"200 acknowledges", func(int) int { return 200 }, 1},
		{"204 acknowledges", func(int) int { return 204 }, 1},
		{"a failure is followed by another attempt", func(n int) int { return map[bool]int{true: 500, false: 202}[n < 3] }, 3},
		{"four attempts are all", func(int) int { return 500 }, 4},
		{"a redirect is not followed and acknowledges nothing", func(int) int { return 302 }, 4},
		{"a 404 acknowledges nothing", func(int) int { return 404 }, 4},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			s := newTarget(t)
			r := newReceiver(t)
			r.status = tt.status
			s.hear(r, "sale.approved")
			begin := time.Now()
			s.sell(nil)
			r.wait(tt.want)
			s.courier.close()
			got := r.so()
			if len(got) != tt.want {
				t.Errorf("%d attempts, want %d", len(got), tt.want)
			}
			for _, m := range got {
				if m.body != got[0].body {
					t.Errorf("%q after %q", m.body, got[0].body)
				}
			}
			if first := r.accepted[0].Sub(begin); first > time.Second {
				t.Errorf("the first attempt came after %v", first)
			}
		})
	}
}

func TestReceiverThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s := newTarget(t)
	release := make(chan struct{})
	deaf := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer deaf.Close()
	defer close(release)
	r := newReceiver(t)
	s.wantStatus(s.post("/webhook", hookFields().with(fields{"uri": deaf.URL})), http.StatusCreated)
	s.hear(r, "sale.approved")
	begin := time.Now()
	s.sell(nil)
	r.wait(1)
	if took := time.Since(begin); took > time.Second {
		t.Errorf("another receiver waited %v", took)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > closingLimit+3*time.Second {
		t.Errorf("closing took %v", took)
	}
}

// TestReceiversThatDoNotAnswer: however many registrations lead to a receiver that
// accepts and never answers, or whose answer has no end, it holds few attempts at once, and
// others get their messages.
func TestReceiversThatDoNotAnswer(t *testing.T) {
	t.Parallel()
	const registrations = 2000
	for claim, answer := range map[string]func(w http.ResponseWriter, over <-chan struct{}){
		"no answer": func(_ http.ResponseWriter, over <-chan struct{}) { <-over },
		"an answer without an end": func(w http.ResponseWriter, over <-chan struct{}) {
			for w.WriteHeader(http.StatusOK); ; {
				select {
				case <-over:
					return
				case <-time.After(10 * time.Millisecond):
					_, _ = w.Write([]byte("more")) // it may have gone away
					_ = http.NewResponseController(w).Flush()
				}
			}
		},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			s := newTarget(t)
			over := make(chan struct{})
			var held, most atomic.Int64
			deaf := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				now := held.Add(1)
				defer held.Add(-1)
				for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
				}
				answer(w, over)
			}))
			defer deaf.Close()
			defer close(over)
			s.Do(func(w *Work) {
				for n := range registrations {
					w.Change.Hooks = append(w.Change.Hooks, &Webhook{ID: fmt.Sprint("hook", n), Merchant: main, URI: deaf.URL, Event: "sale.approved"})
				}
			})
			r := newReceiver(t)
			s.hear(r, "sale.approved")
			for n := 1; n <= 3; n++ {
				s.sell(nil)
				r.wait(n)
			}
			if limit := int64(perReceiver + perRegistration); most.Load() > limit {
				t.Errorf("%d attempts were under way at once, want %d at most", most.Load(), limit)
			}
		})
	}
}

// TestQueues_AreBounded: what a receiver does not take is dropped in the end.
func TestQueues_AreBounded(t *testing.T) {
	q := newQueues().of(&Webhook{ID: "a", URI: "http://127.0.0.1:1/x"})
	for range maxQueued {
		if !q.join() {
			t.Fatal("it is full too soon")
		}
	}
	if q.join() {
		t.Error("it has no end")
	}
	if q.leave(); !q.join() {
		t.Error("it stays full")
	}
}

func TestDeliversToLoopbackOnly(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		claim, host string
		want        bool
	}{
		{"loopback by number", "127.0.0.1", true},
		{"loopback by number, written as IPv6", "::ffff:127.0.0.1", true},
		{"localhost", "localhost", true},
		{"LocalHost with a final dot", "LocalHost.", true},
		{"no address of documentation", "203.0.113.9", false},
		{"no name", "sink.example.test", false},
		{"no name below localhost", "sink.localhost", false},
		{"no name that begins like loopback", "127.0.0.1.example.test", false},
		{"not the unspecified address", "0.0.0.0", false},
		{"no short form of a number", "127.1", false},
		{"no private address", "10.0.0.1", false},
		{"no link-local address", "169.254.169.254", false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			conn, err := dialLoopback(context.Background(), "tcp", net.JoinHostPort(tt.host, port))
			if conn != nil {
				if cerr := conn.Close(); cerr != nil {
					t.Error(cerr)
				}
			}
			if tt.want != (err == nil) || !tt.want && !strings.Contains(err.Error(), "not a loopback address") {
				t.Errorf("connected: %v, %v", conn != nil, err)
			}
		})
	}
}

func TestProxiesAreNotAsked(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://203.0.113.9:3128")
	if transport := newCourier().client.Transport.(*http.Transport); transport.Proxy != nil {
		t.Error("the environment's proxy is used")
	}
}

func TestDeliversOverTLS(t *testing.T) {
	s := newTarget(t)
	came := make(chan string, 1)
	sink := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { came <- r.URL.RequestURI() }))
	defer sink.Close()
	s.wantStatus(s.post("/webhook", hookFields().with(fields{"uri": sink.URL + "/in?box=1"})), http.StatusCreated)
	s.sell(nil)
	if uri := <-came; uri != "/in?box=1" {
		t.Errorf("sent to %s", uri)
	}
}
