package exchange

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

var parsed = sync.OnceValues(func() (*spec.Description, error) { return spec.Parse([]byte(toyDescription), "toy.yaml") })

func TestHostGuard(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	forbidden := net.JoinHostPort("0.0.0.0", port) // leads to this machine, and is not loopback by its name
	loopback := "http://127.0.0.1:1/v3"
	for _, tt := range []struct {
		claim string
		send  func(*Client) *Failure
		on    string
	}{
		{"a request to the target is blocked", func(c *Client) *Failure { return c.Do(t.Context(), "c", get("/x"), nil).Failure }, "http://" + forbidden},
		{"a settle URL is blocked", func(c *Client) *Failure {
			return c.Do(t.Context(), "c", plan.Step{Name: "settle", URL: "http://" + forbidden + "/settle", Request: plan.Request{Method: "POST"}}, nil).Failure
		}, loopback},
		{"a path that ends the authority is blocked", func(c *Client) *Failure {
			return c.Do(t.Context(), "c", get(plan.Template("@"+forbidden)), nil).Failure
		}, "http://127.0.0.1"},
		{"reaching out is blocked", func(c *Client) *Failure { return c.Reach(t.Context()) }, "http://" + forbidden},
		{"a dial is blocked", func(c *Client) *Failure {
			_, err := c.wire.target.DialContext(t.Context(), "tcp", forbidden)
			if err == nil {
				return nil
			}
			return c.failure(t.Context(), err)
		}, loopback},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			f := tt.send(toyClient(t, tt.on))
			if f == nil || f.Kind != Blocked || !strings.Contains(f.Text.String(), "0.0.0.0") {
				t.Errorf("got %+v, want blocked, naming the host", f)
			}
		})
	}
	t.Run("a request is blocked before it is dialled, and so on a kept connection", func(t *testing.T) {
		c := toyClient(t, "http://"+forbidden)
		c.wire.target.DialContext = func(_ context.Context, _, address string) (net.Conn, error) {
			t.Errorf("dialled %s", address)
			return nil, errors.New("dialled")
		}
		if f := c.Do(t.Context(), "c", get("/x"), nil).Failure; f == nil || f.Kind != Blocked {
			t.Errorf("got %+v", f)
		}
	})
	// Connections are accepted in order: the first to arrive is this one, which shows that others could have.
	own, err := net.Dial("tcp", forbidden)
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	first, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if first.RemoteAddr().(*net.TCPAddr).Port != own.LocalAddr().(*net.TCPAddr).Port {
		t.Errorf("a blocked request opened a connection from %s", first.RemoteAddr())
	}
	if f := toyClient(t, "http://"+forbidden, func(s *settings.Settings) { s.Fixtures = toyFixture(t, `"0.0.0.0"`) }).Reach(t.Context()); f != nil {
		t.Errorf("a host that the fixtures name is blocked: %+v", f)
	}
}

func TestRedirect_IsAResponse(t *testing.T) {
	var followed atomic.Int32
	other := toyServer(t, func(http.ResponseWriter, *http.Request) { followed.Add(1) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		c := toyClient(t, toyServer(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other, status)
		}))
		if r := c.Do(t.Context(), "c", get("/x"), nil); r.Answer == nil || r.Answer.Status != status {
			t.Errorf("%d: got %+v, %+v", status, r.Answer, r.Failure)
		}
	}
	if n := followed.Load(); n != 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

func TestProxy_OfTheEnvironmentIsIgnored(t *testing.T) {
	var proxied atomic.Int32
	proxy := toyServer(t, func(http.ResponseWriter, *http.Request) { proxied.Add(1) })
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, proxy)
	}
	t.Setenv("NO_PROXY", "")
	t.Setenv("no_proxy", "")
	target := strings.Replace(toyServer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }), "127.0.0.1", "0.0.0.0", 1)
	if u, err := http.ProxyFromEnvironment(httptest.NewRequest("GET", target, nil)); err != nil || u == nil {
		t.Fatalf("the environment asks for no proxy: %v, %v", u, err)
	}
	r := toyClient(t, target, func(s *settings.Settings) { s.Fixtures = toyFixture(t, `"0.0.0.0"`) }).Do(t.Context(), "c", get("/x"), nil)
	if r.Answer == nil || r.Answer.Status != 204 || proxied.Load() != 0 {
		t.Errorf("got %+v, %+v, and the proxy saw %d requests", r.Answer, r.Failure, proxied.Load())
	}
}

func TestBodyLimit(t *testing.T) {
	for _, tt := range []struct {
		claim     string
		size      int
		truncated bool
	}{
		{"a body of the limit is whole", 100, false},
		{"one byte more is truncated", 101, true},
		{"much more is truncated", 1 << 20, true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			target := toyServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, tt.size)) })
			r := toyClient(t, target, func(s *settings.Settings) { s.BodyLimit = 100 }).Do(t.Context(), "c", get("/x"), nil)
			if r.Answer == nil || r.Answer.Truncated != tt.truncated || len(r.Answer.Body) != 100 || r.Evidence().Answer.Truncated != tt.truncated {
				t.Errorf("got %+v", r.Answer)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	say := func(bytes string) func(t *testing.T) string {
		return func(t *testing.T) string {
			return rawServer(t, func(w io.Writer, _, _ int) bool { _, _ = io.WriteString(w, bytes); return false })
		}
	}
	silent := func(t *testing.T) string {
		return toyServer(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	}
	for _, tt := range []struct {
		claim   string
		target  func(t *testing.T) string
		timeout time.Duration
		kind    FailureKind
		text    string
	}{
		{"no answer in time", silent, 30 * time.Millisecond, Timeout, "no answer within 30ms"},
		{"half a body in time", func(t *testing.T) string {
			return toyServer(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", "100")
				_, _ = w.Write([]byte("half"))
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			})
		}, 30 * time.Millisecond, Timeout, "no answer within 30ms"},
		{"nobody listens", func(t *testing.T) string {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			return "http://" + listener.Addr().String()
		}, 0, Network, "connection refused"},
		{"the connection closes without an answer", say(""), 0, Network, "EOF"},
		{"the answer breaks off in its headers", say("HTTP/1.1 200 OK\r\nContent-Type: app"), 0, Network, "EOF"},
		{"the answer breaks off in the name of a header", say("HTTP/1.1 200 OK\r\nContent-Ty"), 0, Network, "Content-Ty"},
		{"the answer breaks off in its status", say("HTTP/1.1 20"), 0, Network, "20"},
		{"the status is out of range", say("HTTP/1.1 099 Odd\r\n\r\n"), 0, Malformed, "malformed HTTP status code 099"},
		{"the answer breaks off in its body", say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789"), 0, Network, "status 200, after 10 bytes"},
		{"a chunked answer breaks off", say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), 0, Network, "after 5 bytes"},
		{"another protocol speaks", say("SSH-2.0-OpenSSH_9.7\r\n"), 0, Malformed, "malformed HTTP response"},
		{"the status is no number", say("HTTP/1.1 fine OK\r\n\r\n"), 0, Malformed, "malformed HTTP status code"},
		{"a header has no colon", say("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"), 0, Malformed, "malformed MIME header"},
		{"the length is no number", say("HTTP/1.1 200 OK\r\nContent-Length: much\r\n\r\n"), 0, Malformed, "bad Content-Length"},
		{"a chunk's length is no number", say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), 0, Malformed, "invalid byte in chunk length"},
		{"the transfer encoding is unknown", say("HTTP/1.1 200 OK\r\nTransfer-Encoding: zip\r\n\r\n"), 0, Malformed, "unsupported transfer encoding"},
		{"the headers never end", say("HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("a", 1000)+"\r\n", 300)), 0, Malformed, "headers exceeded"},
		{"a garbled answer shows no secret", say("CVV,873,4571000000000001," + clientKey + "\r\n"), 0, Malformed, `"CVV,[redacted],457100******0001,[redacted#1]"`},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			c := toyClient(t, tt.target(t), func(s *settings.Settings) {
				if tt.timeout > 0 {
					s.Timeout = tt.timeout
				}
			})
			r := c.Do(t.Context(), "c", get("/x"), nil)
			if r.Answer != nil || r.Failure == nil || r.Failure.Kind != tt.kind || !strings.Contains(r.Failure.Text.String(), tt.text) {
				t.Fatalf("got %+v, %+v; want %s with %q", r.Answer, r.Failure, tt.kind, tt.text)
			}
			if r.Evidence().Failure != r.Failure || strings.Contains(r.Failure.Text.String(), "http://") {
				t.Errorf("evidence has %+v", r.Evidence().Failure)
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var seen atomic.Int32
	c := toyClient(t, toyServer(t, func(http.ResponseWriter, *http.Request) { seen.Add(1); cancel() }))
	if r := c.Do(ctx, "c", get("/x"), nil); r.Answer == nil || r.Answer.Status != 200 {
		t.Errorf("the answer that was on its way was not waited for: %+v", r.Failure)
	}
	if r := c.Do(ctx, "c", get("/x"), nil); r.Failure == nil || r.Failure.Kind != Interrupted || seen.Load() != 1 {
		t.Errorf("another request went out: %+v, %+v", r.Answer, r.Failure)
	}
	if f := c.Reach(ctx); f == nil || f.Kind != Interrupted {
		t.Errorf("reach: got %+v", f)
	}
}

func TestWrites_AreCountedAtTheSocket(t *testing.T) {
	for _, tt := range []struct {
		claim    string
		step     plan.Step
		writes   int
		answered bool
	}{
		{"a GET on a dropped connection is sent twice", get("/x"), 2, true},
		{"a POST on a dropped connection is sent once", post("/x", "{}"), 1, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var seen atomic.Int32
			c := toyClient(t, rawServer(t, func(w io.Writer, connection, request int) bool {
				seen.Add(1)
				if connection == 1 && request == 2 {
					return false
				}
				_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
				return true
			}))
			if r := c.Do(t.Context(), "c", get("/warm"), nil); r.Writes != 1 || r.Evidence().Writes != 1 {
				t.Fatalf("the first request: %d writes, %+v", r.Writes, r.Failure)
			}
			r := c.Do(t.Context(), "c", tt.step, nil)
			if r.Writes != tt.writes || (r.Answer != nil) != tt.answered || int(seen.Load()) != 1+tt.writes || r.Evidence().Writes != tt.writes {
				t.Errorf("%d writes, %d seen, answer %+v, failure %+v", r.Writes, seen.Load()-1, r.Answer, r.Failure)
			}
		})
	}
	t.Run("a blocked request is not sent", func(t *testing.T) {
		if r := toyClient(t, "http://192.0.2.1").Do(t.Context(), "c", get("/x"), nil); r.Writes != 0 {
			t.Errorf("%d writes", r.Writes)
		}
	})
}

func TestReach(t *testing.T) {
	c := toyClient(t, toyServer(t, func(http.ResponseWriter, *http.Request) { t.Error("reaching sends a request") }))
	if f := c.Reach(t.Context()); f != nil {
		t.Error(f)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	if f := toyClient(t, "http://"+listener.Addr().String()).Reach(t.Context()); f == nil || f.Kind != Network {
		t.Errorf("a dead target: %+v", f)
	}
	if err := errors.New(c.Redactor().Answer("key " + clientKey).String()); strings.Contains(err.Error(), clientKey) {
		t.Error(err)
	}
}

// What only a client certificate lets in is not sent without one: a refusal would say nothing.
func TestClient_WithoutTheCertificateThatIsNeeded(t *testing.T) {
	d, err := spec.Parse([]byte("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {operationId: a, security: [{C: []}], responses: {'200': {description: d}}}}}\ncomponents: {securitySchemes: {C: {type: mutualTLS}}}"), "d.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		trust *tls.Config
		sent  bool
	}{{nil, false}, {&tls.Config{}, false}, {&tls.Config{Certificates: []tls.Certificate{{}}}, true}} {
		c := &Client{description: d, settings: settings.Settings{TLS: tt.trust}}
		if err := c.refuseUncertified(plan.Step{Operation: "a"}); (err == nil) != tt.sent || err != nil && !strings.Contains(err.Error(), "--client-cert") {
			t.Errorf("%v: %v", tt.trust, err)
		}
		if err := c.refuseUncertified(plan.Step{Name: "settle"}); err != nil {
			t.Errorf("a step of no operation: %v", err)
		}
	}
}
