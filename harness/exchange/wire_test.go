package exchange

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
)

func TestConnections_AreKept(t *testing.T) {
	var mu sync.Mutex
	from := map[string]int{}
	c := toyClient(t, toyServer(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		from[r.RemoteAddr]++
		mu.Unlock()
		_, _ = io.WriteString(w, "{}")
	}))
	for _, step := range []plan.Step{get("/a"), post("/b", "{}"), get("/c")} {
		if r := c.Do(t.Context(), "c", step, nil); r.Failure != nil || r.Writes != 1 {
			t.Fatalf("%+v, %d writes", r.Failure, r.Writes)
		}
	}
	if len(from) != 1 {
		t.Errorf("three requests over %d connections", len(from))
	}
	t.Run("but not for ever", func(t *testing.T) {
		for _, list := range c.wire.kept {
			list[0].used = time.Now().Add(-idleTimeout - time.Second)
		}
		if r := c.Do(t.Context(), "c", get("/d"), nil); r.Failure != nil || len(from) != 2 {
			t.Errorf("%+v over %d connections", r.Failure, len(from))
		}
	})
	t.Run("nor after the end", func(t *testing.T) {
		c.Close()
		if r := c.Do(t.Context(), "c", get("/e"), nil); r.Failure != nil || len(c.wire.kept) != 0 {
			t.Errorf("%+v, %d kept", r.Failure, len(c.wire.kept))
		}
	})
}

func TestConnections_AreSharedOverHTTP2(t *testing.T) {
	var mu sync.Mutex
	from := map[string]int{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		from[r.RemoteAddr]++
		mu.Unlock()
		w.Header().Set("X-Proto", r.Proto)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	c := toyClient(t, server.URL, func(s *settings.Settings) {
		s.TLS = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	})
	for i := range 3 {
		var flights sync.WaitGroup
		for range 1 + i*10 {
			flights.Go(func() {
				r := c.Do(t.Context(), "c", post("/x", "{}"), nil)
				if r.Failure != nil || r.Answer.Proto != "HTTP/2.0" || r.Answer.Header.Get("X-Proto") != "HTTP/2.0" || r.Writes != 1 {
					t.Errorf("%+v, %+v, %d writes", r.Answer, r.Failure, r.Writes)
				}
			})
		}
		flights.Wait()
	}
	if len(from) != 1 {
		t.Errorf("requests over %d connections", len(from))
	}
}

// What follows a response on its connection is noted, and taken for no response.
func TestResponse_BytesAfterTheBody(t *testing.T) {
	const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
	const forged = "HTTP/1.1 418 Forged\r\nContent-Length: 0\r\n\r\n"
	for _, tt := range []struct {
		claim, says string
		trailing    bool
		connections int32
	}{
		{"an answer alone", answer, false, 1},
		{"chunks alone", chunked, false, 1},
		{"no body", "HTTP/1.1 204 No Content\r\n\r\n", false, 1},
		{"one byte more", answer + "x", true, 5},
		{"a whole answer more", answer + forged, true, 5},
		{"a whole answer after chunks", chunked + forged, true, 5},
		{"a body where there is none", "HTTP/1.1 204 No Content\r\n\r\n{}", true, 5},
		{"far more", answer + strings.Repeat("x", 1<<20), true, 5},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var connections atomic.Int32
			c := toyClient(t, rawServer(t, func(w io.Writer, connection, _ int) bool {
				connections.Store(int32(connection))
				_, err := io.WriteString(w, tt.says)
				return err == nil
			}))
			for range 5 {
				r := c.Do(t.Context(), "c", post("/x", "{}"), nil)
				if r.Failure != nil || r.Answer.Status/100 != 2 || r.Answer.Trailing != tt.trailing || r.Writes != 1 {
					t.Fatalf("%+v, %+v, %d writes", r.Answer, r.Failure, r.Writes)
				}
			}
			if n := connections.Load(); n != tt.connections {
				t.Errorf("%d connections, want %d", n, tt.connections)
			}
		})
	}
	t.Run("and so when it comes later", func(t *testing.T) {
		late := make(chan struct{})
		var connections atomic.Int32
		c := toyClient(t, rawServer(t, func(w io.Writer, connection, _ int) bool {
			connections.Store(int32(connection))
			_, _ = io.WriteString(w, answer)
			if connection == 1 {
				_, _ = io.WriteString(w, forged)
				close(late)
			}
			return true
		}))
		first := c.Do(t.Context(), "c", post("/x", "{}"), nil)
		<-late
		for !c.wire.spoilt() { // what was written has not come yet
			time.Sleep(time.Millisecond)
		}
		r := c.Do(t.Context(), "c", post("/x", "{}"), nil)
		if first.Failure != nil || r.Failure != nil || r.Answer.Status != 200 || r.Writes != 1 || connections.Load() != 2 {
			t.Errorf("%+v, %+v, %d writes, %d connections", r.Answer, r.Failure, r.Writes, connections.Load())
		}
	})
	t.Run("and so when it comes before the request", func(t *testing.T) {
		s := newSocket(nil)
		s.dirty = true
		if _, err := s.Write([]byte("x")); err == nil {
			t.Error("a request went out after its answer")
		}
	})
}

func TestOrigin(t *testing.T) {
	for _, tt := range []struct{ url, want string }{
		{"http://a/v3", "http://a:80"},
		{"https://a/v3", "https://a:443"},
		{"https://a:444/v3?x", "https://a:444"},
		{"http://[::1]/x", "http://[::1]:80"},
	} {
		u, err := url.Parse(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := origin(u); got != tt.want {
			t.Errorf("%s leads to %s, want %s", tt.url, got, tt.want)
		}
	}
}

// spoilt reports whether every kept connection is of no use any more.
func (w *wire) spoilt() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, list := range w.kept {
		for _, c := range list {
			if c.Err() == nil {
				return false
			}
		}
	}
	return true
}
