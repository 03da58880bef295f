package exchange

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"qorcheck/harness/redact"
	"qorcheck/harness/settings"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		claim  string
		status int
		told   string
		want   time.Duration
		asked  bool
	}{
		{"seconds", 429, "7", 7 * time.Second, true},
		{"seconds with 503", 503, " 7 ", 7 * time.Second, true},
		{"none at all", 503, "0", 0, true},
		{"a date", 503, "Sun, 01 Mar 2026 12:00:30 GMT", 30 * time.Second, true},
		{"a date that has passed", 429, "Sun, 01 Mar 2026 11:00:00 GMT", 0, true},
		{"429 that says nothing", 429, "", time.Second, true},
		{"429 that says nonsense", 429, "soon", time.Second, true},
		{"a negative number is nonsense", 429, "-5", time.Second, true},
		{"503 that says nothing promises nothing", 503, "", time.Second, false},
		{"503 that says nonsense promises nothing", 503, "soon", time.Second, false},
		{"another status asks for nothing", 200, "7", 0, false},
		{"nor does 500", 500, "7", 0, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			got, asked := retryAfter(&Answer{Status: tt.status, Header: http.Header{"Retry-After": {tt.told}}}, now)
			if asked != tt.asked || asked && got != tt.want {
				t.Errorf("%s, %t", got, asked)
			}
		})
	}
	if _, asked := retryAfter(nil, now); asked {
		t.Error("silence asks for time")
	}
}

func TestRetryAfter_IsWaitedFor(t *testing.T) {
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

func TestPause_IsDroppedWithoutReceiver(t *testing.T) {
	p := newPace(0)
	longer := time.Millisecond
	for range maxPauses + 4 {
		longer *= 3
		p.hold(Pause{longer, redact.Constant("busy")})
	}
	if len(p.pauses) != maxPauses {
		t.Errorf("%d are kept", len(p.pauses))
	}
}

func TestPause_HoldsEveryRequest(t *testing.T) {
	p := newPace(0)
	for range 3 {
		p.hold(Pause{time.Hour, redact.Constant("busy")})
	}
	p.hold(Pause{time.Minute, redact.Constant("busy too")})
	if first := <-p.pauses; first != (Pause{time.Hour, redact.Constant("busy")}) || len(p.pauses) > 0 {
		t.Errorf("got %v and %d more", first, len(p.pauses))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.wait(ctx); err == nil {
		t.Error("a request goes out in a pause")
	}
	p.until = time.Now().Add(time.Millisecond)
	if err := p.wait(t.Context()); err != nil {
		t.Errorf("none goes out after it: %v", err)
	}
	t.Run("and is not longer than the limit", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(429)
		}))
		pauses := make(chan Pause, 1)
		go func() {
			pauses <- <-c.Pauses()
			cancel()
		}()
		r := c.Do(ctx, "c", get("/x"), nil)
		pause := <-pauses
		if pause.For != MaxWait || pause.Why.String() != "GET /x was answered 429" || r.Failure == nil || r.Failure.Kind != Interrupted {
			t.Errorf("%+v, %+v", pause, r.Failure)
		}
	})
}

func TestRate_IsKept(t *testing.T) {
	var seen atomic.Int32
	c := toyClient(t, toyServer(t, func(http.ResponseWriter, *http.Request) { seen.Add(1) }), func(s *settings.Settings) { s.Rate = 0.001 })
	if r := c.Do(t.Context(), "c", get("/x"), nil); r.Failure != nil {
		t.Fatal(r.Failure)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if r := c.Do(ctx, "c", get("/x"), nil); r.Failure == nil || seen.Load() != 1 {
		t.Errorf("a second request went out within %s", 10*time.Second)
	}
}
