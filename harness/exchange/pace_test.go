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
