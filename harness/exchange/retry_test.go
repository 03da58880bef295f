package exchange

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		claim, value, date string
		want               time.Duration
		asked              bool
	}{
		{"seconds", "7", "", 7 * time.Second, true},
		{"with space around them", " 7 ", "", 7 * time.Second, true},
		{"none at all", "0", "", 0, true},
		{"a date", "Sun, 01 Mar 2026 12:00:30 GMT", "", 30 * time.Second, true},
		{"a date counts from that of the response, whose clock is a day ahead", "Mon, 02 Mar 2026 12:00:30 GMT", "Mon, 02 Mar 2026 12:00:00 GMT", 30 * time.Second, true},
		{"or behind", "Sat, 28 Feb 2026 12:00:30 GMT", "Sat, 28 Feb 2026 12:00:00 GMT", 30 * time.Second, true},
		{"a response with a date that is none", "Sun, 01 Mar 2026 12:00:30 GMT", "today", 30 * time.Second, true},
		{"a date that has passed", "Sun, 01 Mar 2026 11:00:00 GMT", "", 0, true},
		{"nothing", "", "", 0, false},
		{"nonsense", "soon", "", 0, false},
		{"a negative number is nonsense", "-5", "", 0, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			got, asked := retryAfter(&Answer{Header: http.Header{"Retry-After": {tt.value}, "Date": {tt.date}}}, now)
			if asked != tt.asked || got != tt.want {
				t.Errorf("%s, %t", got, asked)
			}
		})
	}
}

func TestRetryAfter_IsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim              string
		busy               int32 // requests that are answered 503
		seen, status, wait int
	}{
		{"an answer at once", 0, 1, 200, 0},
		{"an answer after two waits", 2, 3, 200, 2},
		{"an answer after the last wait", 3, 4, 200, 3},
		{"none after the last wait", 1000, 4, 503, 3},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var seen atomic.Int32
			c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) {
				if seen.Add(1) <= tt.busy {
					w.Header().Set("Retry-After", "0")
					w.WriteHeader(503)
				}
			}))
			r := c.Do(t.Context(), "c", post("/x", "{}"), nil)
			if r.Failure != nil || r.Answer.Status != tt.status || r.Waits != tt.wait || r.Writes != tt.seen || int(seen.Load()) != tt.seen || r.Evidence().Waits != tt.wait {
				t.Errorf("%+v, %+v, %d waits, %d writes, %d seen", r.Answer, r.Failure, r.Waits, r.Writes, seen.Load())
			}
			if busy := r.Silence() != ""; busy != (tt.status == 503) {
				t.Errorf("silence %q", r.Silence())
			}
		})
	}
}

// What is repeated is what nothing can have come of, or what the target asks to repeat.
func TestRequests_AreRepeatedWhereThatIsSafe(t *testing.T) {
	t.Parallel()
	reset := func(w http.ResponseWriter) { panic(http.ErrAbortHandler) }
	answer := func(status int, header ...string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<html>Bad Gateway</html>")
		}
	}
	for _, tt := range []struct {
		claim  string
		step   plan.Step
		sick   func(http.ResponseWriter)
		seen   int32 // of three requests at most, the first two of which meet what is sick
		silent bool
	}{
		{"a GET after 502", get("/x"), answer(502), 3, false},
		{"a GET after 503 without Retry-After", get("/x"), answer(503), 3, false},
		{"a GET after 504", get("/x"), answer(504), 3, false},
		{"a HEAD after 502", withMethod(get("/x"), "HEAD"), answer(502), 3, false},
		{"a GET after a lost connection", get("/x"), reset, 3, false},
		{"a POST after 429", post("/x", "{}"), answer(429, "Retry-After", "0"), 3, false},
		{"a POST after 503 with Retry-After", post("/x", "{}"), answer(503, "Retry-After", "0"), 3, false},
		{"no POST after 502, whatever it asks for", post("/x", "{}"), answer(502, "Retry-After", "0"), 1, true},
		{"no POST after 503 that promises nothing", post("/x", "{}"), answer(503), 1, true},
		{"no POST after 504", post("/x", "{}"), answer(504), 1, true},
		{"no POST after a lost connection", post("/x", "{}"), reset, 1, true},
		{"no PUT after 502", withMethod(post("/x", "{}"), "PUT"), answer(502), 1, true},
		{"no GET after 500", get("/x"), answer(500), 1, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var seen atomic.Int32
			c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) {
				if seen.Add(1) <= 2 {
					tt.sick(w)
				}
			}))
			r := c.Do(t.Context(), "c", tt.step, nil)
			if seen.Load() != tt.seen || (r.Silence() != "") != tt.silent || (r.Failure == nil) == (r.Answer == nil) {
				t.Errorf("%d requests, silence %q, %+v, %+v", seen.Load(), r.Silence(), r.Answer, r.Failure)
			}
		})
	}
}

func withMethod(step plan.Step, method string) plan.Step {
	step.Request.Method = method
	return step
}

// A POST that could not connect did nothing, so that it is sent when the target is back.
func TestRequests_ThatNeverConnectedAreRepeated(t *testing.T) {
	target := toyServer(t, func(http.ResponseWriter, *http.Request) {})
	c := toyClient(t, target)
	var dials atomic.Int32
	dial := c.wire.target.DialContext
	c.wire.target.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials.Add(1) <= 2 {
			address = "127.0.0.1:1" // nobody listens
		}
		return dial(ctx, network, address)
	}
	if r := c.Do(t.Context(), "c", post("/x", "{}"), nil); r.Answer == nil || r.Writes != 1 || dials.Load() != 3 {
		t.Errorf("%+v, %d writes, %d connections tried", r.Failure, r.Writes, dials.Load())
	}
}

// A request that was answered 429 was not carried out: only the others count as sent twice.
func TestRefused_IsNotCarriedOut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ status, refused int }{{429, 2}, {503, 0}} {
		var seen atomic.Int32
		c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) {
			if seen.Add(1) <= 2 {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(tt.status)
			}
		}))
		if r := c.Do(t.Context(), "c", post("/x", "{}"), nil); r.Writes != 3 || r.Refused != tt.refused {
			t.Errorf("after %d: %d of %d writes refused", tt.status, r.Refused, r.Writes)
		}
	}
}

func TestPauses_GrowAndDiffer(t *testing.T) {
	seen := map[time.Duration]bool{}
	for try := range MaxWaits {
		longest := time.Second << try
		for range 20 {
			p := jittered(time.Second, try)
			if p <= longest/2 || p > longest {
				t.Errorf("try %d: %s", try, p)
			}
			seen[p] = true
		}
	}
	if len(seen) < 10 {
		t.Errorf("%d different pauses of 60", len(seen))
	}
}

func TestUnavailable(t *testing.T) {
	d, err := spec.Parse([]byte(`{openapi: 3.0.3, info: {title: t, version: "1"}, paths: {/a: {get: {operationId: a, responses: {"502": {description: d}, "5XX": {description: d}, default: {description: d}}}}}}`), "d.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		claim     string
		operation *spec.Operation
		status    int
		want      bool
	}{
		{"502 of nobody", nil, 502, true},
		{"502 that the operation documents is its response", d.Operation("a"), 502, false},
		{"504 that falls under a range may be anybody's", d.Operation("a"), 504, true},
		{"503 asks for time", d.Operation("a"), 503, true},
		{"429 asks for time", d.Operation("a"), 429, true},
		{"500 is a response", nil, 500, false},
		{"so is 200", nil, 200, false},
	} {
		if got := Unavailable(tt.operation, tt.status); got != tt.want {
			t.Errorf("%s: %t", tt.claim, got)
		}
	}
}

// A target that takes so many requests a second and not one more: the client finds the
// rate, and no request is refused as often as it may be repeated.
func TestThrottle_FindsTheRate(t *testing.T) {
	for claim, burst := range map[string]int{"with bursts": 40, "with hardly any": 4} {
		t.Run(claim, func(t *testing.T) {
			limiter := rate.NewLimiter(400, burst)
			c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) {
				if !limiter.Allow() {
					w.Header().Set("Retry-After", "1")
					w.WriteHeader(429)
				}
			}), func(s *settings.Settings) { s.Concurrency = 24 })
			failed := make(chan string, 600)
			work := make(chan int)
			done := make(chan struct{})
			for range 24 {
				go func() {
					for i := range work {
						if r := c.Do(t.Context(), "c", post(plan.Template(fmt.Sprintf("/%d", i)), "{}"), nil); r.Silence() != "" {
							failed <- r.Silence()
						}
					}
					done <- struct{}{}
				}()
			}
			for i := range 600 {
				work <- i
			}
			close(work)
			for range 24 {
				<-done
			}
			close(failed)
			var list []string
			for why := range failed {
				list = append(list, why)
			}
			if len(list) > 0 {
				t.Errorf("%d of 600 requests were not served: %s", len(list), strings.Join(list, ", "))
			}
		})
	}
}

func TestThrottle_RaisesAgain(t *testing.T) {
	th := newThrottle(1000)
	th.ceiling = 100
	th.set(50)
	for _, want := range []float64{60, 72, 86.4, 90, 91.8} {
		th.changed = th.changed.Add(-2 * throttleEvery)
		th.answered(&Record{Answer: &Answer{Status: 200}})
		if got := float64(th.limiter.Limit()); got < want-0.01 || got > want+0.01 {
			t.Errorf("%g, want %g", got, want)
		}
	}
	th.ceiling = 5000
	th.set(990)
	th.changed = th.changed.Add(-2 * throttleEvery)
	if th.answered(&Record{Answer: &Answer{Status: 200}}); th.limiter.Limit() != 1000 {
		t.Errorf("%g is more than was chosen", float64(th.limiter.Limit()))
	}
}

// Connections that are dropped while others are served lower the rate; where none is
// served, and where this machine is the reason, they do not.
func TestThrottle_CountsDroppedConnections(t *testing.T) {
	served := &Record{Answer: &Answer{Status: 200}}
	dropped := &Record{Failure: &Failure{Kind: Network}, err: syscall.ECONNRESET}
	for _, tt := range []struct {
		claim   string
		records []*Record
		lowered bool
	}{
		{"some are dropped", []*Record{served, dropped, served}, true},
		{"all are dropped", []*Record{dropped, dropped, dropped}, false},
		{"this machine ran out of something", []*Record{served, {Failure: &Failure{Kind: Network}, Short: "file descriptors", err: syscall.EMFILE}}, false},
		{"no response came in time", []*Record{served, {Failure: &Failure{Kind: Timeout}}}, false},
	} {
		th := newThrottle(1000)
		th.lowering = true // the test calls lower itself
		for _, r := range tt.records {
			th.answered(r)
		}
		if th.refused > 0 {
			th.lower()
		}
		if got := th.limiter.Limit() < 1000; got != tt.lowered {
			t.Errorf("%s: the rate is %g", tt.claim, float64(th.limiter.Limit()))
		}
	}
}
