package exchange

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
)

// Types of HTTP/2 frames (RFC 9113).
const (
	frameData     = 0
	frameHeaders  = 1
	frameReset    = 3
	frameSettings = 4
	framePing     = 6
	frameGoAway   = 7
	frameContinue = 9
)

// http2Server speaks HTTP/2 badly: serve gets each request, by the numbers of its
// connection and stream, and the frames to answer with.
func http2Server(t *testing.T, serve func(w frames, connection int32, stream uint32)) (string, *tls.Config) {
	t.Helper()
	a := newAuthority(t)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{a.issue(t, nil)}, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	var connections atomic.Int32
	var served sync.WaitGroup
	served.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			number := connections.Add(1)
			served.Go(func() {
				defer conn.Close()
				w := frames{conn}
				if _, err := io.CopyN(io.Discard, conn, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil || !w.frame(frameSettings, 0, 0, nil) {
					return
				}
				for {
					var head [9]byte
					if _, err := io.ReadFull(conn, head[:]); err != nil {
						return
					}
					length := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
					if _, err := io.CopyN(io.Discard, conn, length); err != nil {
						return
					}
					switch kind, flags := head[3], head[4]; {
					case kind == frameSettings && flags&1 == 0:
						w.frame(frameSettings, 1, 0, nil)
					case kind == frameHeaders:
						serve(w, number, binary.BigEndian.Uint32(head[5:]))
					}
				}
			})
		}
	})
	t.Cleanup(func() { _ = listener.Close(); served.Wait() })
	return "https://" + listener.Addr().String(), &tls.Config{RootCAs: a.pool}
}

// frames writes frames to a connection.
type frames struct{ net.Conn }

func (w frames) frame(kind, flags byte, stream uint32, payload []byte) bool {
	head := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags, 0, 0, 0, 0}
	binary.BigEndian.PutUint32(head[5:], stream)
	_, err := w.Write(append(head, payload...))
	return err == nil
}

// ok answers a stream with status 200 and an empty body.
func (w frames) ok(stream uint32) bool { return w.frame(frameHeaders, 5, stream, []byte{0x88}) }

func (w frames) number(kind byte, stream uint32, numbers ...uint32) bool {
	var payload []byte
	for _, n := range numbers {
		payload = binary.BigEndian.AppendUint32(payload, n)
	}
	return w.frame(kind, 0, stream, payload)
}

func TestHTTP2_HostileFrames(t *testing.T) {
	t.Parallel()
	const refused, internal, calm = 7, 2, 11 // error codes
	for _, tt := range []struct {
		claim string
		serve func(w frames, connection int32, stream uint32)
		kind  FailureKind // "" when the request is answered
		seen  int         // how often the last request arrives
	}{
		{"an answer", func(w frames, _ int32, stream uint32) { w.ok(stream) }, "", 1},
		{"a stream that is reset", func(w frames, _ int32, stream uint32) { w.number(frameReset, stream, internal) }, Network, 1},
		{"a stream that is reset in the middle of its body", func(w frames, _ int32, stream uint32) {
			w.frame(frameHeaders, 4, stream, []byte{0x88})
			w.frame(frameData, 0, stream, []byte(`{"n":`))
			w.number(frameReset, stream, internal)
		}, Network, 1},
		{"a stream that is refused is asked for again on a fresh connection", func(w frames, connection int32, stream uint32) {
			if stream == 1 {
				w.ok(stream)
			} else {
				w.number(frameReset, stream, refused)
			}
		}, "", 2},
		{"a stream that is always refused", func(w frames, _ int32, stream uint32) { w.number(frameReset, stream, refused) }, Network, 1},
		{"going away, the request left alone, asks again on a fresh connection", func(w frames, connection int32, stream uint32) {
			if stream == 1 {
				w.ok(stream)
			} else {
				w.number(frameGoAway, 0, 1, 0)
			}
		}, "", 2},
		{"going away with the request taken and never answered", func(w frames, _ int32, stream uint32) {
			w.number(frameGoAway, 0, stream, calm)
			_ = w.Close()
		}, Network, 1},
		{"a connection that closes", func(w frames, _ int32, _ uint32) { _ = w.Close() }, Network, 1},
		{"no answer", func(frames, int32, uint32) {}, Timeout, 1},
		{"an answer without a status", func(w frames, _ int32, stream uint32) {
			w.frame(frameHeaders, 5, stream, append([]byte{0, 1}, "a\x01b"...))
		}, Malformed, 1},
		{"a header name in capitals", func(w frames, _ int32, stream uint32) {
			w.frame(frameHeaders, 5, stream, append([]byte{0x88, 0, 1}, "A\x01b"...))
		}, Malformed, 1},
		{"headers that cannot be unpacked", func(w frames, _ int32, stream uint32) {
			w.frame(frameHeaders, 5, stream, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
		}, Malformed, 1},
		{"headers without end", func(w frames, _ int32, stream uint32) {
			part := append([]byte{0, 1}, "a\x7f\x81\x7d"+strings.Repeat("b", 16_000)...) // a value of 16,000 bytes
			open := w.frame(frameHeaders, 0, stream, append([]byte{0x88}, part...))
			for open {
				open = w.frame(frameContinue, 0, stream, part)
			}
		}, Malformed, 1},
		{"data before the headers", func(w frames, _ int32, stream uint32) { w.frame(frameData, 1, stream, []byte("{}")) }, Malformed, 1},
		{"a frame that is too large", func(w frames, _ int32, stream uint32) {
			w.frame(frameHeaders, 5, stream, bytes.Repeat([]byte{0x88}, 1<<20))
		}, Malformed, 1},
		{"a flood of pings", func(w frames, _ int32, stream uint32) {
			for range 10_000 {
				if !w.frame(framePing, 0, 0, make([]byte, 8)) {
					return
				}
			}
			w.ok(stream)
		}, "", 1},
		{"the word that it was our request that broke the protocol", func(w frames, _ int32, stream uint32) { w.number(frameReset, stream, 1) }, Network, 1},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var seen atomic.Int32
			target, trust := http2Server(t, func(w frames, connection int32, stream uint32) {
				seen.Add(1)
				tt.serve(w, connection, stream)
			})
			c := toyClient(t, target, func(s *settings.Settings) {
				s.TLS = trust
				if tt.kind == Timeout {
					s.Timeout = 300 * time.Millisecond
				}
			})
			if tt.seen == 2 { // the first request opens the connection
				if r := c.Do(t.Context(), "c", post("/first", "{}"), nil); r.Failure != nil {
					t.Fatal(r.Failure)
				}
				seen.Store(0)
			}
			r := c.Do(t.Context(), "c", post("/x", "{}"), nil)
			got := FailureKind("")
			if r.Failure != nil {
				got = r.Failure.Kind
			}
			if got != tt.kind || (r.Answer != nil) != (tt.kind == "") || r.Writes != tt.seen || int(seen.Load()) != tt.seen {
				t.Errorf("%+v, %+v, %d writes, %d seen", r.Answer, r.Failure, r.Writes, seen.Load())
			}
		})
	}
}

// nameServer answers each question on loopback with a code: 3 is that there is no
// such name, 2 that it cannot tell, -1 gives no answer.
func nameServer(t *testing.T, code int) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		question := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(question)
			if err != nil {
				return
			}
			if code < 0 || n < 12 {
				continue
			}
			answer := bytes.Clone(question[:n])
			answer[2], answer[3] = 0x81, 0x80|byte(code)
			answer[10], answer[11] = 0, 0 // without the additional section
			end := 12
			for end < n && answer[end] != 0 {
				end += 1 + int(answer[end])
			}
			_, _ = conn.WriteTo(answer[:min(n, end+5)], from)
		}
	})
	t.Cleanup(func() { _ = conn.Close(); served.Wait() })
	return conn.LocalAddr().String()
}

func TestHostNames_WithoutAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim string
		code  int
		kind  FailureKind
		text  string
	}{
		{"there is no such name", 3, Network, "no such host"},
		{"the name server is out of order", 2, Network, "server misbehaving"},
		{"the name server does not answer", -1, Timeout, "no answer within"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			server := nameServer(t, tt.code)
			c := toyClient(t, "http://target.invalid./v3", func(s *settings.Settings) {
				s.Fixtures = toyFixture(t, `"target.invalid."`)
				s.Timeout = 5 * time.Second
				if tt.code < 0 {
					s.Timeout = 300 * time.Millisecond
				}
			})
			c.wire.dialer.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "udp", server)
			}}
			for claim, f := range map[string]*Failure{"a request": c.Do(t.Context(), "c", get("/x"), nil).Failure, "reaching": c.Reach(t.Context())} {
				if f == nil || f.Kind != tt.kind || !strings.Contains(f.Text.String(), tt.text) {
					t.Errorf("%s: %+v", claim, f)
				}
			}
		})
	}
}

// What a hostile target makes a client hold is bounded, and one client outlives many of them.
func TestClient_SurvivesHostileTargets(t *testing.T) {
	var turn atomic.Int32
	hostile := []string{
		"", "x", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz", "HTTP/1.1 204 None\r\n\r\n{}", "HTTP/1.1 100 Continue\r\n\r\n",
	}
	c := toyClient(t, rawServer(t, func(w io.Writer, _, _ int) bool {
		n := int(turn.Add(1))
		if n%2 == 0 {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
			return true
		}
		_, _ = io.WriteString(w, hostile[n/2%len(hostile)])
		return false
	}), func(s *settings.Settings) { s.Concurrency = 1 })
	good := 0
	for i := range 200 {
		step := post(plan.Template(fmt.Sprintf("/%d", i)), "{}")
		before := turn.Load()
		r := c.Do(t.Context(), "c", step, nil)
		if sent := int(turn.Load() - before); sent != 1 || r.Writes != 1 {
			t.Fatalf("request %d was sent %d times, %d writes", i, sent, r.Writes)
		}
		if turn.Load()%2 == 0 {
			good++
			if r.Failure != nil || string(r.Answer.Body) != "{}" || r.Answer.Trailing {
				t.Fatalf("request %d: %+v, %+v", i, r.Answer, r.Failure)
			}
		}
	}
	if good != 100 {
		t.Errorf("%d good answers", good)
	}
}
