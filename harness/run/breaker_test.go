package run

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
)

// many makes paths that are answered 200.
func many(n int) (paths []string) {
	for i := range n {
		paths = append(paths, fmt.Sprintf("/200/%d", i))
	}
	return paths
}

func dropping(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestBreaker_StopsWhenTheTargetIsGone(t *testing.T) {
	const healthy, cases, workers = 10, 240, 12
	answering := func(status int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
		}
	}
	for _, tt := range []struct {
		claim   string
		gone    http.HandlerFunc
		each    int32 // requests a case at most; a GET that got no answer is repeated
		says    string
		stopped bool
	}{
		{"connections drop", dropping, 1 + exchange.MaxWaits, "EOF", true},
		{"no answer comes", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 1, "no answer within 1.5s", true},
		{"it never has time", answering(429, "Retry-After", "0"), 1 + exchange.MaxWaits, "it was answered 429", true},
		{"it is out of service", answering(503), 1 + exchange.MaxWaits, "it was answered 503", true},
		{"a gateway answers for it", answering(502, "Content-Type", "text/html"), 1 + exchange.MaxWaits, "it was answered 502", true},
		{"what comes is not HTTP", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, "SSH-2.0\r\n")
				_ = conn.Close()
			}
		}, 1, "", false},
		{"it answers nonsense", answering(500), 1, "", false},
	} {
		for _, preflight := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, with a call to ask by: %t", tt.claim, preflight), func(t *testing.T) {
				t.Parallel()
				var seen atomic.Int32
				target := serve(t, func(w http.ResponseWriter, r *http.Request) {
					if seen.Add(1) <= healthy || r.URL.Path == "/200/a" {
						statuses(w, r)
						return
					}
					tt.gone(w, r)
				})
				p := plot(t, ask{id: "a", paths: []string{"/200/a"}}, ask{id: "b", paths: many(cases)})
				if preflight {
					p.Preflight = &plan.Case{ID: "preflight", Act: plan.Step{Name: "list", Request: plan.Request{Method: "GET", Path: "/200"}}}
				}
				d := whole(t, t.Context(), p, target, Options{AllowUnexercised: true}, func(s *settings.Settings) {
					s.Concurrency = settings.Concurrency(workers)
					if strings.HasPrefix(tt.says, "no answer within") {
						s.Timeout = 1500 * time.Millisecond
					}
				})
				if (d.Stopped.String() != "") != tt.stopped {
					t.Fatalf("stopped: %q", d.Stopped.String())
				}
				if !tt.stopped {
					if d.CaseCounts.NotRun > 0 {
						t.Errorf("cases %+v", d.CaseCounts)
					}
					return
				}
				// a may be answered late; whose kept connection drops is sent again
				if most := tt.each * (healthy + 2*maxSilent + 3*workers); seen.Load() > most {
					t.Errorf("%d requests were sent, want %d at most", seen.Load(), most)
				}
				if !strings.Contains(d.Stopped.String(), "20 requests in a row got no answer") || !strings.Contains(d.Stopped.String(), tt.says) || strings.Count(d.Verdict, d.Stopped.String()) != 1 {
					t.Errorf("%s\n%s", d.Stopped, d.Verdict)
				}
				if d.ExitCode != ExitUnclear || !strings.HasPrefix(d.Verdict, "INCONCLUSIVE: 1 of 2 obligations passed before sending stopped; ") {
					t.Errorf("exit code %d: %s", d.ExitCode, d.Verdict)
				}
				if c := d.CaseCounts; c.Pass == 0 || c.Fail > 0 || c.Inconclusive < maxSilent/2 || c.NotRun < cases/2 {
					t.Errorf("cases %+v", c)
				}
			})
		}
	}
}

func TestBreaker_StaysClosed(t *testing.T) {
	for _, tt := range []struct {
		claim string
		gone  func(request int32) bool
		dead  int
	}{
		{"when the target comes back in time", func(n int32) bool { return n > 10 && n < 10+maxSilent }, maxSilent - 1},
		{"when one answers now and then", func(n int32) bool { return n%maxSilent != 0 }, 190},
		{"when the call to ask by is answered", func(n int32) bool { return n > 10 && n <= 10+maxSilent }, maxSilent},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var seen atomic.Int32
			target := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/200/preflight" && tt.gone(seen.Add(1)) {
					dropping(w, r)
				}
				statuses(w, r)
			})
			p := plot(t, ask{id: "a", paths: many(200)})
			for _, c := range p.Cases {
				c.Act.Request.Method = "POST" // is not sent again
			}
			p.Preflight = &plan.Case{ID: "preflight", Act: plan.Step{Name: "list", Request: plan.Request{Method: "GET", Path: "/200/preflight"}}}
			d := whole(t, t.Context(), p, target, Options{}, func(s *settings.Settings) { s.Concurrency = 1 })
			if want := (Counts{Pass: 200 - tt.dead, Inconclusive: tt.dead}); d.Stopped.String() != "" || d.CaseCounts != want {
				t.Errorf("stopped %q, cases %+v, want %+v", d.Stopped, d.CaseCounts, want)
			}
		})
	}
}

// What failed before stays failed.
func TestBreaker_FailuresOutweighASilentTarget(t *testing.T) {
	var seen atomic.Int32
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if seen.Add(1) > 10 {
			dropping(w, r)
		}
		statuses(w, r)
	})
	d := whole(t, t.Context(), plot(t, ask{id: "a", paths: []string{"/404"}}, ask{id: "b", paths: many(200), alter: posted}), target, Options{}, func(s *settings.Settings) { s.Concurrency = 1 })
	if d.ExitCode != ExitFail || !strings.HasPrefix(d.Verdict, "FAILED: 1 of 2") || !strings.Contains(d.Verdict, d.Stopped.String()) || d.Stopped.String() == "" {
		t.Errorf("exit code %d: %s", d.ExitCode, d.Verdict)
	}
	if o := d.Obligations[1]; o.Outcome != verdict.Inconclusive {
		t.Errorf("%s: %s", o.Outcome, o.Why)
	}
}

func TestProgress_ShowsPauses(t *testing.T) {
	var seen atomic.Int32
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if seen.Add(1) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(503)
			return
		}
		statuses(w, r)
	})
	var paused []exchange.Pause
	d := whole(t, t.Context(), plot(t, ask{id: "a", paths: many(3)}), target, Options{Progress: func(p Progress) {
		if p.Pause.For > 0 {
			paused = append(paused, p.Pause)
		}
	}}, func(s *settings.Settings) { s.Concurrency = 1 })
	if len(paused) != 1 || paused[0] != (exchange.Pause{For: time.Second, Why: redact.Constant("GET /200/0 was answered 503")}) || d.Counts.Pass != 1 {
		t.Errorf("paused %v, %s", paused, d.Verdict)
	}
}
