package run

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
)

// budgeted is a plan of four cases of one request each, within a budget of five.
func budgeted(t *testing.T) *plan.Plan {
	p := plot(t, ask{id: "some", paths: []string{"/200", "/200/1", "/200/2", "/200/3"}})
	small := p.Within(5, "5 requests")
	if small == nil || len(small.Cases) != 4 {
		t.Fatalf("%+v", small)
	}
	return small
}

func TestLimit(t *testing.T) {
	t.Parallel()
	t.Run("kept", func(t *testing.T) {
		d := whole(t, t.Context(), budgeted(t), serve(t, statuses), Options{Limit: Limit{Requests: 5, Until: time.Now().Add(time.Hour)}})
		if d.ExitCode != ExitPass || !strings.HasSuffix(d.Verdict, "; budget of 5 requests, 4 of 4 cases, 0 obligations left out; "+"judged by one requirement of promise.yaml on toy.yaml") {
			t.Error(d.Verdict)
		}
	})
	t.Run("retries use it up", func(t *testing.T) {
		var sent atomic.Int64
		d := whole(t, t.Context(), budgeted(t), serve(t, func(w http.ResponseWriter, r *http.Request) {
			if sent.Add(1)%2 == 1 {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			statuses(w, r)
		}), Options{Limit: Limit{Requests: 5}}, func(s *settings.Settings) { s.Concurrency = 1 })
		if d.ExitCode != ExitUnclear || !strings.Contains(d.Stopped.String(), "the requests of the budget were used up") || sent.Load() > 6 {
			t.Errorf("%d requests, %s", sent.Load(), d.Verdict)
		}
	})
	t.Run("the time is over", func(t *testing.T) {
		until := time.Now().Add(3 * time.Second)
		d := whole(t, t.Context(), budgeted(t), serve(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/200") {
				time.Sleep(time.Until(until) + time.Second/4) // the first case takes up all of it
			}
			statuses(w, r)
		}), Options{Limit: Limit{Until: until}}, func(s *settings.Settings) { s.Concurrency = 1 })
		if d.ExitCode != ExitUnclear || d.Interrupted || d.CaseCounts.NotRun == 0 || !strings.Contains(d.Verdict, "the time of the budget was used up") {
			t.Errorf("%+v, %s", d.CaseCounts, d.Verdict)
		}
	})
}
