package run

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/verdict"
)

// What changes something is not sent again when its connection was lost, but its case is,
// with values of its own, where that does no more than the first attempt.
func TestConnectionLost_CaseIsSentOnceMore(t *testing.T) {
	order := plan.Placeholder{Source: plan.FromRun, Args: []string{"ORDER_ID", "20"}}.Template()
	ordered := func(o *plan.Obligation, c *plan.Case) {
		posted(o, c)
		c.Act.Request.Query = []plan.Field{{Name: "order", Value: order}}
	}
	known := plan.Placeholder{Source: plan.FromKnown, Args: []string{"thing", "1"}}.Template()
	for _, tt := range []struct {
		claim string
		alter func(*plan.Obligation, *plan.Case)
		lost  int // requests of each case, from the first
		limit Limit
		sent  int
		want  verdict.Outcome
	}{
		{"nothing was lost", ordered, 0, Limit{}, 1, verdict.Pass},
		{"one connection, of a request with an id of its own", ordered, 1, Limit{}, 2, verdict.Pass},
		{"three of them", ordered, 3, Limit{}, 4, verdict.Pass},
		{"each", ordered, 1000, Limit{}, 4, verdict.Inconclusive},
		{"one, of a request that must be rejected", func(o *plan.Obligation, c *plan.Case) { posted(o, c); c.Expect.Handling = plan.Rejected }, 1, Limit{}, 2, verdict.Pass},
		{"one, of a request that names nothing of its own", posted, 1, Limit{}, 1, verdict.Inconclusive},
		{"one, of a request about what the fixtures name", func(o *plan.Obligation, c *plan.Case) {
			ordered(o, c)
			c.Act.Request.Query = append(c.Act.Request.Query, plan.Field{Name: "thing", Value: known})
		}, 1, Limit{}, 1, verdict.Inconclusive},
		{"one, within a budget", ordered, 1, Limit{Requests: 100}, 1, verdict.Inconclusive},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var mu sync.Mutex
			seen := map[string][]string{}
			target := serve(t, func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				seen[r.URL.Path] = append(seen[r.URL.Path], r.URL.Query().Get("order"))
				n := len(seen[r.URL.Path])
				mu.Unlock()
				if n <= tt.lost {
					panic(http.ErrAbortHandler)
				}
				statuses(w, r)
			})
			d := whole(t, t.Context(), plot(t, ask{id: "made", paths: []string{"/200/a", "/200/b"}, alter: tt.alter}), target, Options{Limit: tt.limit})
			if o := d.Obligations[0]; o.Outcome != tt.want || o.Counts.Of(tt.want) != 2 || d.Requests != 2*tt.sent {
				t.Errorf("%s: %+v, %d requests; %s", o.Outcome, o.Counts, d.Requests, o.Why)
			}
			mu.Lock()
			defer mu.Unlock()
			for path, orders := range seen {
				if slices.Sort(orders); len(orders) != tt.sent || strings.Contains(tt.claim, "own") && len(slices.Compact(orders)) != tt.sent && orders[0] != "" {
					t.Errorf("%s was sent as %q", path, orders)
				}
			}
		})
	}
}
