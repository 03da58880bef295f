package run

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
)

// gateway answers as a proxy does whose upstream is dead.
func gateway(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<html><head><title>502 Bad Gateway</title></head></html>")
}

// gettingAndMaking is a plan of cases of the operations list, by GET, and make, by POST, one after another.
func gettingAndMaking(t *testing.T, cases int) *plan.Plan {
	t.Helper()
	p := plot(t, ask{id: "list", paths: many(cases)}, ask{id: "listed", check: "media-type", paths: many(cases)})
	d, _, _ := parts(t)
	for i := range 2 {
		o := p.Obligations[i]
		o.ID, o.Operation = strings.Replace(o.ID, "list.", "make.", 1), d.Operation("make")
	}
	for _, c := range p.Cases[:cases] {
		c.Operation, c.Act.Operation, c.Act.Request.Method = "make", "make", "POST"
		c.Obligations = []string{p.Obligations[0].ID, p.Obligations[1].ID}
	}
	p.Obligations = append(p.Obligations, &plan.Obligation{ID: "list.R-list", Operation: d.Operation("list"), Requirement: p.Obligations[0].Requirement, Sentence: "list"})
	for _, c := range p.Cases[cases:] {
		c.Obligations = []string{"list.R-list"}
	}
	var shuffled []*plan.Case
	for i := range cases {
		shuffled = append(shuffled, p.Cases[i], p.Cases[cases+i])
	}
	p.Cases = shuffled
	p.Preflight = &plan.Case{ID: "preflight", Act: plan.Step{Name: "list", Operation: "list", Request: plan.Request{Method: "GET", Path: "/200/preflight"}}}
	return p
}

// A gateway that is sick is not the target's fault, one operation that is down is.
func TestOutages(t *testing.T) {
	const cases = 60
	for _, tt := range []struct {
		claim string
		sick  func(method string, request int32) int // status of the n-th request by a method, 0 for a sound response
		want  verdict.Outcome                        // of the POST
		why   string
		list  verdict.Outcome // of the GET
	}{
		{"one operation answers 502 always", func(m string, _ int32) int { return map[string]int{"POST": 502}[m] }, verdict.Fail, "", verdict.Pass},
		{"or 504", func(m string, _ int32) int { return map[string]int{"POST": 504}[m] }, verdict.Fail, "", verdict.Pass},
		{"or 503", func(m string, _ int32) int { return map[string]int{"POST": 503}[m] }, verdict.Fail, "", verdict.Pass},
		{"or 502 but once", func(m string, n int32) int { return map[bool]int{m == "POST" && n > 1: 502}[true] }, verdict.Inconclusive, "in place of the target", verdict.Pass},
		{"a gateway answers 502 now and then", func(_ string, n int32) int { return map[bool]int{n%9 == 0: 502}[true] }, verdict.Inconclusive, "a gateway answered 502", verdict.Pass},
		{"and 504", func(_ string, n int32) int { return map[bool]int{n%9 == 0: 504}[true] }, verdict.Inconclusive, "a gateway answered 504", verdict.Pass},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			var gets, posts atomic.Int32
			target := serve(t, func(w http.ResponseWriter, r *http.Request) {
				seen := map[string]*atomic.Int32{"GET": &gets, "POST": &posts}[r.Method]
				n := seen.Add(1)
				if status := tt.sick(r.Method, n); status > 0 {
					gateway(w, status)
				} else {
					statuses(w, r)
				}
			})
			p := gettingAndMaking(t, cases)
			d := whole(t, t.Context(), p, target, Options{}, func(s *settings.Settings) { s.Concurrency = 8 })
			// What the body of a wrong status is follows from the status.
			for i, want := range []verdict.Outcome{tt.want, verdict.Inconclusive, tt.list} {
				if o := d.Obligations[i]; o.Outcome != want || !strings.Contains(o.Why, tt.why) && i < 2 {
					t.Errorf("%s is %s, want %s: %s %+v", o.ID, o.Outcome, want, o.Why, o.Counts)
				}
			}
			if code := map[verdict.Outcome]int{verdict.Fail: ExitFail, verdict.Inconclusive: ExitUnclear}[tt.want]; d.ExitCode != code || !d.Stopped.IsZero() {
				t.Errorf("exit code %d: %s", d.ExitCode, d.Verdict)
			}
		})
	}
}

// A target that asks for time, or a gateway that is sick for all, is not down.
func TestOutages_OfNoOperation(t *testing.T) {
	record := func(operation string, status int, header ...string) exchange.Record {
		h := http.Header{}
		for _, value := range header {
			h.Set("Retry-After", value)
		}
		return exchange.Record{Step: plan.Step{Operation: operation}, Answer: &exchange.Answer{Status: status, Header: h}}
	}
	many := func(n int, r exchange.Record) []exchange.Record { return slices.Repeat([]exchange.Record{r}, n) }
	for _, tt := range []struct {
		claim   string
		records []exchange.Record
		want    map[string]bool
	}{
		{"429", slices.Concat(many(9, record("a", 429)), many(90, record("b", 200))), map[string]bool{}},
		{"503 with Retry-After", slices.Concat(many(9, record("a", 503, "60")), many(90, record("b", 200))), map[string]bool{}},
		{"too few requests", slices.Concat(many(2, record("a", 502)), many(90, record("b", 200))), map[string]bool{}},
		{"nothing else was served", many(9, record("a", 502)), map[string]bool{}},
		{"others fail now and then", slices.Concat(many(9, record("a", 502)), many(90, record("b", 200)), many(9, record("b", 502))), map[string]bool{}},
		{"it is served once", slices.Concat(many(9, record("a", 502)), many(90, record("b", 200)), many(1, record("a", 500))), map[string]bool{}},
		{"it is down", slices.Concat(many(9, record("a", 502)), many(90, record("b", 200))), map[string]bool{"a": true}},
		{"it is down, and nothing came later", slices.Concat(many(90, record("b", 200)), many(9, record("a", 502))), map[string]bool{"a": false}},
		{"two are down", slices.Concat(many(9, record("a", 502)), many(9, record("c", 504)), many(90, record("b", 200))), map[string]bool{"a": true, "c": true}},
	} {
		var o outages
		o.add((&exchange.Transcript{Prepare: tt.records}).Records())
		if got := o.down(); !maps.Equal(got, tt.want) {
			t.Errorf("%s: %v", tt.claim, got)
		}
	}
}

// What shows that an operation is down must come after it, too.
func TestOutages_OfTheWholeTarget(t *testing.T) {
	t.Parallel()
	for _, sound := range []bool{false, true} {
		t.Run(fmt.Sprintf("the last operation is down, the preflight's call is served: %t", sound), func(t *testing.T) {
			var seen atomic.Int32
			target := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if seen.Add(1) > 20 && (r.Method == "POST" || !sound) {
					gateway(w, 502)
					return
				}
				statuses(w, r)
			})
			p := gettingAndMaking(t, 19)
			var posts, gets []*plan.Case
			for i, c := range p.Cases {
				if i%2 == 0 {
					posts = append(posts, c)
				} else {
					gets = append(gets, c)
				}
			}
			p.Cases = append(gets, posts...) // with the preflight 20 are served
			d := whole(t, t.Context(), p, target, Options{}, func(s *settings.Settings) { s.Concurrency = 1 })
			if want := map[bool]int{true: ExitFail, false: ExitUnclear}[sound]; d.ExitCode != want {
				t.Errorf("exit code %d, want %d: %s", d.ExitCode, want, d.Verdict)
			}
		})
	}
}
