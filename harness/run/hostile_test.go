package run

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/planner"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// A hostile target answers at /hostile as it likes, and everywhere else as it should.
type hostile struct {
	answer func(net.Conn, *http.Request) (open bool)

	mu       sync.Mutex
	requests map[string]int
	written  int64 // bytes that the client took in
}

// start serves on loopback until the test ends.
func (h *hostile) start(t *testing.T) string {
	t.Helper()
	h.requests = map[string]int{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			served.Go(func() { h.serve(conn) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); served.Wait() })
	return "http://" + listener.Addr().String()
}

func (h *hostile) serve(conn net.Conn) {
	defer conn.Close()
	counted := &counting{Conn: conn}
	defer func() {
		h.mu.Lock()
		h.written += counted.written
		h.mu.Unlock()
	}()
	reader := bufio.NewReader(conn)
	for {
		r, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		h.mu.Lock()
		h.requests[r.URL.Path]++
		h.mu.Unlock()
		open := true
		if strings.HasPrefix(r.URL.Path, "/hostile") {
			open = h.answer(counted, r)
		} else {
			_, err = io.WriteString(counted, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n"+`{"n":1}`)
		}
		if err != nil || !open {
			return
		}
	}
}

// counting counts what is written to a connection.
type counting struct {
	net.Conn
	written int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.written += int64(n)
	return n, err
}

// says answers with bytes, and keeps the connection open for what comes next.
func says(text string) func(net.Conn, *http.Request) bool {
	return func(conn net.Conn, _ *http.Request) bool {
		_, err := io.WriteString(conn, text)
		return err == nil
	}
}

// hangsUp answers with bytes and closes the connection.
func hangsUp(text string) func(net.Conn, *http.Request) bool {
	return func(conn net.Conn, _ *http.Request) bool {
		_, _ = io.WriteString(conn, text)
		return false
	}
}

// forEver answers with a beginning and then repeats a part until the client hangs up.
func forEver(beginning, part string) func(net.Conn, *http.Request) bool {
	part = strings.Repeat(part, 1+8<<10/len(part))
	return func(conn net.Conn, _ *http.Request) bool {
		_, err := io.WriteString(conn, beginning)
		for err == nil {
			_, err = io.WriteString(conn, part)
		}
		return false
	}
}

// drips answers with bytes one at a time, far apart.
func drips(beginning, rest string) func(net.Conn, *http.Request) bool {
	return func(conn net.Conn, _ *http.Request) bool {
		_, err := io.WriteString(conn, beginning)
		for i := 0; err == nil; i++ {
			_, err = io.WriteString(conn, rest[i%len(rest):i%len(rest)+1])
			time.Sleep(100 * time.Millisecond) // so that no header is complete within a short timeout
		}
		return false
	}
}

// jsonly is an answer with a JSON body.
func jsonly(body string, header ...string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s", strings.Join(header, ""), len(body), body)
}

func redirects(to string) func(net.Conn, *http.Request) bool {
	return says("HTTP/1.1 302 Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\nLocation: " + to + "\r\n\r\n{}")
}

// bomb is 100 MB, packed.
func bomb(t *testing.T) string {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range 100 {
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

// TestTarget_Hostile: whatever a target does, the run comes to its end in bounded
// time and memory; an answer that cannot be read breaks the requirement that
// demands readable ones, no answer shows nothing, and other cases are unharmed.
func TestTarget_Hostile(t *testing.T) {
	t.Parallel()
	const (
		pass, fail, unclear = verdict.Pass, verdict.Fail, verdict.Inconclusive
		head                = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
		short               = 3 * time.Second // within which a busy machine answers what is answered at once
	)
	elsewhere := &hostile{}
	other := elsewhere.start(t)
	t.Cleanup(func() { // when all have ended
		elsewhere.mu.Lock()
		defer elsewhere.mu.Unlock()
		if len(elsewhere.requests) > 0 {
			t.Errorf("sent elsewhere: %v", elsewhere.requests)
		}
	})
	for _, tt := range []struct {
		claim            string
		answer           func(net.Conn, *http.Request) bool
		readable, status verdict.Outcome // of the obligation to be readable, and of the one to answer 200
		change           func(*settings.Settings)
	}{
		{claim: "accepts and never answers", answer: func(conn net.Conn, _ *http.Request) bool {
			_, _ = conn.Read(make([]byte, 1)) // until the client hangs up
			return false
		}, readable: unclear, status: unclear, change: func(s *settings.Settings) { s.Timeout = short }},
		{claim: "a byte now and then", answer: drips("", head), readable: unclear, status: unclear, change: func(s *settings.Settings) { s.Timeout = short }},
		{claim: "a byte of body now and then", answer: drips(head+"Content-Length: 1000\r\n\r\n", " "), readable: unclear, status: unclear, change: func(s *settings.Settings) { s.Timeout = short }},
		{claim: "a chunk now and then", answer: drips(head+"Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"), readable: unclear, status: unclear, change: func(s *settings.Settings) { s.Timeout = short }},

		{claim: "headers without end", answer: forEver(head, "X-A: b\r\n"), readable: fail, status: unclear},
		{claim: "one header without end", answer: forEver(head+"X-A: ", "bbbbbbbb"), readable: fail, status: unclear},
		{claim: "a status line without end", answer: forEver("HTTP/1.1 200 ", "O"), readable: fail, status: unclear},
		{claim: "a header of 1 MB", answer: says(jsonly(`{"n":1}`, "X-A: "+strings.Repeat("b", 1<<20)+"\r\n")), readable: fail, status: unclear},
		{claim: "a header of 1 MB that is allowed", answer: says(jsonly(`{"n":1}`, "X-A: "+strings.Repeat("b", 1<<20)+"\r\n")), readable: pass, status: pass, change: func(s *settings.Settings) { s.HeaderLimit = 2 << 20 }},
		{claim: "a flood of cookies", answer: says(jsonly(`{"n":1}`, strings.Repeat("Set-Cookie: a=b; Path=/\r\n", 5000))), readable: pass, status: pass},
		{claim: "trailers without end", answer: forEver(head+"Trailer: X-A\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-A: b\r\n"), readable: fail, status: unclear},

		{claim: "a body of 10 GB", answer: forEver(head+"Content-Length: 10000000000\r\n\r\n", strings.Repeat(" ", 64<<10)), readable: unclear, status: pass},
		{claim: "chunks without end", answer: forEver(head+"Transfer-Encoding: chunked\r\n\r\n", "10\r\n0123456789abcdef\r\n"), readable: unclear, status: pass},
		{claim: "a body until the connection ends, which it never does", answer: forEver(head+"\r\n", strings.Repeat(" ", 64<<10)), readable: unclear, status: pass},
		{claim: "a gzip bomb", answer: says(jsonly(bomb(t), "Content-Encoding: gzip\r\n")), readable: unclear, status: pass},
		{claim: "a transfer-coded gzip bomb", answer: says(head + "Transfer-Encoding: gzip, chunked\r\n\r\n"), readable: fail, status: unclear},

		{claim: "a length that is too long", answer: hangsUp(head + "Content-Length: 100\r\n\r\n" + `{"n":1}`), readable: unclear, status: unclear},
		{claim: "a length that is too long, waiting", answer: says(head + "Content-Length: 100\r\n\r\n" + `{"n":1}`), readable: unclear, status: unclear, change: func(s *settings.Settings) { s.Timeout = short }},
		{claim: "a length that is too short", answer: says(head + "Content-Length: 3\r\n\r\n" + `{"n":1}`), readable: fail, status: pass},
		{claim: "a negative length", answer: says(head + "Content-Length: -7\r\n\r\n" + `{"n":1}`), readable: fail, status: unclear},
		{claim: "a length beyond all range", answer: says(head + "Content-Length: 99999999999999999999\r\n\r\n" + `{"n":1}`), readable: fail, status: unclear},
		{claim: "two lengths", answer: says(head + "Content-Length: 7\r\nContent-Length: 8\r\n\r\n" + `{"n":1}`), readable: fail, status: unclear},
		{claim: "bytes after the body", answer: says(jsonly(`{"n":1}`) + "more"), readable: fail, status: pass},
		{claim: "an answer that nobody asked for", answer: says(jsonly(`{"n":1}`) + "HTTP/1.1 500 Forged\r\nContent-Length: 0\r\n\r\n"), readable: fail, status: pass},
		{claim: "more bytes after the body than fit anywhere", answer: forEver(jsonly(`{"n":1}`)+"x", strings.Repeat("x", 64<<10)), readable: fail, status: pass},

		{claim: "garbage for chunks", answer: says(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"), readable: fail, status: unclear},
		{claim: "a chunk of negative length", answer: says(head + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n"), readable: fail, status: unclear},
		{claim: "a chunk beyond all range", answer: says(head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n"), readable: fail, status: unclear},
		{claim: "a chunk longer than it says", answer: says(head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{\"n\":1}\r\n0\r\n\r\n"), readable: fail, status: unclear},
		{claim: "chunks that break off", answer: hangsUp(head + "Transfer-Encoding: chunked\r\n\r\n7\r\n{\"n\":1}\r\n"), readable: unclear, status: unclear},
		{claim: "a chunk extension without end", answer: forEver(head+"Transfer-Encoding: chunked\r\n\r\n7;", "x"), readable: fail, status: unclear},

		{claim: "a reset in the middle of the body", answer: func(conn net.Conn, _ *http.Request) bool {
			_, _ = io.WriteString(conn, head+"Content-Length: 100\r\n\r\n"+`{"n":`)
			_ = conn.(*counting).Conn.(*net.TCPConn).SetLinger(0)
			return false
		}, readable: unclear, status: unclear},
		{claim: "a half-closed connection", answer: func(conn net.Conn, _ *http.Request) bool {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Ty")
			_ = conn.(*counting).Conn.(*net.TCPConn).CloseWrite()
			_, _ = conn.Read(make([]byte, 1)) // until the client hangs up
			return false
		}, readable: unclear, status: unclear},
		{claim: "a connection that closes at once", answer: hangsUp(""), readable: unclear, status: unclear},

		{claim: "100 before the answer", answer: says("HTTP/1.1 100 Continue\r\n\r\n" + jsonly(`{"n":1}`)), readable: pass, status: pass},
		{claim: "100 and nothing more", answer: says("HTTP/1.1 100 Continue\r\n\r\n"), readable: unclear, status: unclear, change: func(s *settings.Settings) { s.Timeout = short }},
		{claim: "100 for ever", answer: forEver("", "HTTP/1.1 100 Continue\r\n\r\n"), readable: fail, status: unclear},
		{claim: "103 with headers for ever", answer: forEver("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"), readable: fail, status: unclear},
		{claim: "100 with a body", answer: says("HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\nhello" + jsonly(`{"n":1}`)), readable: fail, status: unclear},
		{claim: "another protocol", answer: says("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello"), readable: fail, status: fail},

		{claim: "status 0", answer: says(strings.Replace(jsonly(`{"n":1}`), "200", "0", 1)), readable: fail, status: unclear},
		{claim: "status 000", answer: says(strings.Replace(jsonly(`{"n":1}`), "200", "000", 1)), readable: fail, status: unclear},
		{claim: "status 99", answer: says(strings.Replace(jsonly(`{"n":1}`), "200", "99", 1)), readable: fail, status: unclear},
		{claim: "status 099", answer: says(strings.Replace(jsonly(`{"n":1}`), "200", "099", 1)), readable: fail, status: unclear},
		{claim: "status 1000", answer: says(strings.Replace(jsonly(`{"n":1}`), "200", "1000", 1)), readable: fail, status: unclear},
		{claim: "status -1", answer: says(strings.Replace(jsonly(`{"n":1}`), "200", "-01", 1)), readable: fail, status: unclear},
		{claim: "status 999", answer: says(strings.Replace(jsonly(`{"n":1}`), "200", "999", 1)), readable: pass, status: fail},
		{claim: "an HTML error page", answer: says("HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<h1>sorry</h1>\n"), readable: fail, status: fail},
		{claim: "an HTML page called JSON", answer: says(jsonly("<h1>sorry</h1>")), readable: fail, status: pass},

		{claim: "10,000 levels", answer: says(jsonly(strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000))), readable: fail, status: pass},
		{claim: "a million levels", answer: says(jsonly(strings.Repeat(`{"a":`, 200_000))), readable: fail, status: pass},
		{claim: "a number of 10,000 digits", answer: says(jsonly(`{"n":` + strings.Repeat("7", 10_000) + "}")), readable: fail, status: pass},
		{claim: "a fraction of 10,000 digits", answer: says(jsonly(`{"n":0.` + strings.Repeat("7", 10_000) + "}")), readable: pass, status: pass},
		{claim: "invalid UTF-8", answer: says(jsonly("{\"n\":\"\xff\xfe\"}")), readable: fail, status: pass},
		{claim: "a NUL", answer: says(jsonly("{\"n\":\"\x00\"}")), readable: fail, status: pass},
		{claim: "a megabyte of names of secrets", answer: says(jsonly(strings.Repeat(`"cvv":`, 170_000))), readable: fail, status: pass},
		{claim: "a megabyte of open quotes", answer: says(jsonly(strings.Repeat(`pin="`, 200_000))), readable: fail, status: pass},
		{claim: "a megabyte of groups of digits", answer: says(jsonly(strings.Repeat(`4 `, 500_000))), readable: fail, status: pass},
		{claim: "a megabyte of base64", answer: says(jsonly(`"` + strings.Repeat(`Y3Z2IDg3Mw`, 100_000) + `"`)), readable: pass, status: pass},

		{claim: "a redirect to itself", answer: redirects("/hostile"), readable: pass, status: fail},
		{claim: "a redirect to another host", answer: redirects(other + "/x"), readable: pass, status: fail},
		{claim: "a redirect without a scheme", answer: redirects(strings.TrimPrefix(other, "http:")), readable: pass, status: fail},
		{claim: "a redirect to a file", answer: redirects("file:///etc/passwd"), readable: pass, status: fail},
		{claim: "a redirect to nothing that there is", answer: redirects("%%%"), readable: pass, status: fail},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			h := &hostile{answer: tt.answer}
			target := h.start(t)
			const each = 2
			var bad []string
			for i := range each {
				bad = append(bad, fmt.Sprintf("/hostile/%d", i))
			}
			p := plot(t, ask{id: "readable", check: "media-type", paths: bad}, ask{id: "status", paths: bad}, ask{id: "healthy", check: "media-type", paths: many(20)})
			d := whole(t, t.Context(), p, target, Options{}, func(s *settings.Settings) {
				s.Concurrency = 2 * each
				if tt.change != nil {
					tt.change(s)
				}
			})
			for i, want := range []verdict.Outcome{tt.readable, tt.status, pass} {
				if o := d.Obligations[i]; o.Outcome != want || o.Counts.Of(want) != o.Planned {
					t.Errorf("%s is %s, want %s: %+v %s\n%s", o.ID, o.Outcome, want, o.Counts, o.Why, d.Result(o).Explain())
				}
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			for path, n := range h.requests {
				if most := map[bool]int{true: 2 * (2 + exchange.MaxWaits), false: 2}[strings.HasPrefix(path, "/hostile")]; n > most { // two obligations, and again where a connection was lost
					t.Errorf("%s was asked for %d times", path, n)
				}
			}
			if most := int64(2 * each * (32 << 20)); h.written > most {
				t.Errorf("%d bytes were taken in, want %d at most", h.written, most)
			}
		})
	}
}

// The servers of a description are no targets.
func TestTarget_ServersOfADescriptionGetNothing(t *testing.T) {
	t.Parallel()
	var seen atomic.Int32
	other := serve(t, func(http.ResponseWriter, *http.Request) { seen.Add(1) })
	nested := "servers: [{ url: \"" + other + "\" }]"
	d, err := spec.Parse([]byte(strings.NewReplacer(
		"security: [{ Key: [] }]", "security: [{ Key: [] }]\n"+nested,
		"  /things:\n", "  /things:\n    "+nested+"\n",
		"      operationId: list\n", "      operationId: list\n      "+nested+"\n",
		"      operationId: make\n", "      operationId: make\n      "+nested+"\n",
	).Replace(toyDescription)), "toy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, r, f := parts(t)
	p, err := planner.New(d, r, f, 7)
	if err != nil {
		t.Fatal(err)
	}
	if got := whole(t, t.Context(), p, serve(t, toy), Options{}); got.Counts.Pass == 0 || !got.Preflight.IsZero() {
		t.Errorf("%s", got.Verdict)
	}
	if seen.Load() > 0 {
		t.Errorf("%d requests went to the server of the description", seen.Load())
	}
}
