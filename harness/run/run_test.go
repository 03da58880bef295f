package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

func TestPreflight(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for _, tt := range []struct {
		claim  string
		status int // 0: nobody listens
		says   string
	}{
		{"a dead target", 0, "connection refused"},
		{"keys that are missing", 401, "refuses the valid credentials of the fixtures (toy-fixtures.yaml, credentials.valid: Key): each of 2 calls, such as GET"},
		{"keys without a right", 403, "was answered 403"},
	} {
		for _, reading := range []bool{true, false} {
			if !reading && tt.status != 0 {
				continue
			}
			t.Run(fmt.Sprintf("%s, with a harmless call: %v", tt.claim, reading), func(t *testing.T) {
				var seen atomic.Int32
				target := "http://" + closed.Addr().String()
				if tt.status != 0 {
					target = serve(t, func(w http.ResponseWriter, r *http.Request) { seen.Add(1); w.WriteHeader(tt.status) })
				}
				p := planned(t)
				if p.Preflight == nil {
					t.Fatal("the plan has no preflight")
				}
				if !reading {
					p.Preflight, p.Probes = nil, nil
				}
				var journal bytes.Buffer
				d := whole(t, t.Context(), p, target, Options{Journal: &journal, AllowUnexercised: true})
				if d.ExitCode != ExitUnclear || !strings.Contains(d.Preflight.String(), tt.says) || !strings.Contains(d.Preflight.String(), target) || !strings.HasSuffix(d.Preflight.String(), "nothing else was sent") || d.Verdict != "INCONCLUSIVE: "+d.Preflight.String() {
					t.Errorf("exit code %d: %s\n%s", d.ExitCode, d.Preflight, d.Verdict)
				}
				if want := min(tt.status, 2); int(seen.Load()) != want || strings.Contains(journal.String(), `{"case":`) {
					t.Errorf("%d requests arrived, %d bytes of journal", seen.Load(), journal.Len())
				}
				if d.Counts != (Counts{NotRun: d.Planned}) || d.CaseCounts != (Counts{NotRun: d.Cases}) || d.Cases == 0 {
					t.Errorf("counts %+v, cases %+v", d.Counts, d.CaseCounts)
				}
				for _, o := range d.Obligations {
					if o.Why != d.Preflight.String() || o.Counts.NotRun != o.Planned {
						t.Errorf("%s: %s", o.ID, o.Why)
					}
				}
			})
		}
	}
	t.Run("any other answer lets the run begin", func(t *testing.T) {
		for _, status := range []int{200, 400, 422, 500} {
			if d := whole(t, t.Context(), planned(t), serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }), Options{}); !d.Preflight.IsZero() || d.Counts.NotRun != 0 {
				t.Errorf("%d: %s", status, d.Preflight)
			}
		}
	})
}

// An answer that begins and does not end costs its own case alone, and a target that
// refuses a call without credentials refuses no valid ones.
func TestPreflight_WhatDoesNotStopTheRun(t *testing.T) {
	t.Parallel()
	endless := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "GET" {
			return
		}
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	d := whole(t, t.Context(), planned(t), endless, Options{AllowUnexercised: true}, func(s *settings.Settings) { s.Timeout = 300 * time.Millisecond })
	if !d.Preflight.IsZero() || d.Counts.NotRun != 0 {
		t.Errorf("an endless answer stops the run: %s, %+v", d.Preflight, d.Counts)
	}
	if o := find(d.Obligations, "list.T-OK"); o.Outcome != verdict.Inconclusive {
		t.Errorf("the operation that answers without end: %s", o.Outcome)
	}
	p := planned(t)
	p.Probes = nil
	if d := whole(t, t.Context(), p, serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }), Options{}); !d.Preflight.IsZero() {
		t.Errorf("a single call that is refused: %s", d.Preflight)
	}
	p.Preflight.Act.Request.Header = nil
	if d := whole(t, t.Context(), p, serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }), Options{}); !d.Preflight.IsZero() {
		t.Errorf("a call without credentials: %s", d.Preflight)
	}
}

func find(list []Obligation, id string) Obligation {
	for _, o := range list {
		if o.ID == id {
			return o
		}
	}
	return Obligation{}
}

// One obligation of each kind, by itself and beside the others.
func TestObligation_Outcomes(t *testing.T) {
	t.Parallel()
	lost := func(_ *plan.Obligation, c *plan.Case) { c.Observe = []plan.Step{uncertain} } // judging it panics
	for _, tt := range []struct {
		claim string
		ask   ask
		want  verdict.Outcome
		why   string
		exit  int
	}{
		{"every case passed", ask{id: "a", paths: []string{"/200", "/200/x"}}, verdict.Pass, "", ExitPass},
		{"a tolerated answer passes", ask{id: "a", paths: []string{"/405"}}, verdict.Pass, "", ExitPass},
		{"one of two failed", ask{id: "a", paths: []string{"/200", "/404"}}, verdict.Fail, "", ExitFail},
		{"one failed, one has no time", ask{id: "a", paths: []string{"/503", "/404"}}, verdict.Fail, "", ExitFail},
		{"one has no time", ask{id: "a", paths: []string{"/200", "/503"}}, verdict.Inconclusive, "the target was busy: it answered 503", ExitUnclear},
		{"no answer is one that it speaks of", ask{id: "a", paths: []string{"/200"}, alter: func(o *plan.Obligation, _ *plan.Case) { o.Requirement.Answers = []string{"rejected"} }}, verdict.Inconclusive, "it applied to no response", ExitUnclear},
		{"there is no case", ask{id: "a"}, verdict.Inconclusive, "it applied to no response", ExitUnclear},
		{"the fixtures lack something", ask{id: "a", paths: []string{"/200"}, alter: func(o *plan.Obligation, _ *plan.Case) { o.Lacks = "add to f.yaml: keys" }}, verdict.Inconclusive, "add to f.yaml: keys", ExitUnclear},
		{"and something failed", ask{id: "a", paths: []string{"/404"}, alter: func(o *plan.Obligation, _ *plan.Case) { o.Lacks = "add to f.yaml: keys" }}, verdict.Fail, "", ExitFail},
		{"the environment cannot", ask{id: "a", alter: func(o *plan.Obligation, _ *plan.Case) { o.Unsupported = "no messages here" }}, verdict.Unsupported, "no messages here", ExitPass},
		{"the check does not exist", ask{id: "a", check: "sniff", paths: []string{"/200"}}, verdict.Broken, "unknown check sniff", ExitBroken},
		{"judging panics", ask{id: "a", check: "retry", paths: []string{"/404"}, alter: lost}, verdict.Broken, "panic: runtime error", ExitBroken},
		{"the preparation failed", ask{id: "a", paths: []string{"/200"}, alter: func(_ *plan.Obligation, c *plan.Case) {
			c.Prepare = []plan.Step{{Name: "make", Request: plan.Request{Method: "POST", Path: "/404"}}}
		}}, verdict.Inconclusive, "preparation make was answered 404", ExitUnclear},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			others := []ask{{id: "other", paths: []string{"/200", "/200/y"}}, tt.ask, {id: "third", paths: []string{"/200/z"}}}
			d := whole(t, t.Context(), plot(t, others...), serve(t, statuses), Options{})
			o := d.Obligations[1]
			if o.Outcome != tt.want || !strings.HasPrefix(o.Why, tt.why) || (o.Why == "") != (tt.why == "") {
				t.Errorf("%s: %s, want %s: %s", o.Outcome, o.Why, tt.want, tt.why)
			}
			if d.ExitCode != tt.exit {
				t.Errorf("exit code %d, want %d: %s", d.ExitCode, tt.exit, d.Verdict)
			}
			for _, i := range []int{0, 2} {
				if o := d.Obligations[i]; o.Outcome != verdict.Pass || len(o.Causes) != 0 {
					t.Errorf("it broke %s: %s %s", o.ID, o.Outcome, o.Why)
				}
			}
		})
	}
}

// TestOneCase: the run of one case counts what that case exercises, and names no flag.
func TestOneCase(t *testing.T) {
	t.Parallel()
	p := plot(t, ask{id: "fine", paths: []string{"/200"}}, ask{id: "rejected", paths: []string{"/200/other"}, alter: func(o *plan.Obligation, _ *plan.Case) {
		o.Requirement.Answers = []string{"rejected"}
	}})
	p.Cases[0].Obligations = append(p.Cases[0].Obligations, p.Obligations[1].ID)
	id := p.Cases[0].ID
	d := whole(t, t.Context(), p.Case(id), serve(t, statuses), Options{Case: id})
	exercised := 0
	for _, o := range d.Obligations {
		if o.Exercised > 0 {
			exercised++
		} else if !d.Elsewhere(o) {
			t.Errorf("%s: %s, %s", o.ID, o.Outcome, o.Why)
		}
	}
	if exercised == 0 || exercised == len(d.Obligations) {
		t.Fatalf("the case shows too little: it exercises %d of %d", exercised, len(d.Obligations))
	}
	if want := fmt.Sprintf("PASSED: %d of %d obligations that the case exercises passed; case %s", exercised, exercised, id); d.ExitCode != ExitPass || !strings.HasPrefix(d.Verdict, want) {
		t.Errorf("exit code %d: %s, want %s", d.ExitCode, d.Verdict, want)
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

// uncertain is a corrected request of which nobody says what to expect: to judge it panics.
var uncertain = plan.Step{Name: "again", Check: "retry", Request: plan.Request{Method: "GET", Path: "/200"}}

func TestPanic_BreaksOneCase(t *testing.T) {
	p := plot(t, ask{id: "a", check: "retry", paths: []string{"/404/1", "/404/2", "/404/3"}}, ask{id: "b", paths: []string{"/200"}})
	p.Cases[1].Observe = []plan.Step{uncertain}
	var journal bytes.Buffer
	d := whole(t, t.Context(), p, serve(t, statuses), Options{Journal: &journal})
	if want := (Counts{Pass: 2, Broken: 1}); d.Obligations[0].Counts != want || d.CaseCounts != (Counts{Pass: 3, Broken: 1}) || d.ExitCode != ExitBroken {
		t.Errorf("counts %+v, cases %+v", d.Obligations[0].Counts, d.CaseCounts)
	}
	if shown := d.Causes[0].Shown; len(d.Causes) != 1 || len(shown) != 1 || shown[0].ID != p.Cases[1].ID || shown[0].Act != 0 || len(shown[0].Evidence) != 2 {
		t.Errorf("shown %+v", shown)
	}
	if !strings.Contains(journal.String(), "panic: ") || strings.Count(journal.String(), "\n") != 1+4+1 {
		t.Errorf("journal %s", journal.String())
	}
}

// A panic of ours outside of sending and judging ends the run at most: what was judged is
// reported, and the exit code says that qorcheck is at fault.
func TestPanic_OutsideOfCases(t *testing.T) {
	asks := ask{id: "a", paths: []string{"/200/1", "/200/2", "/200/3"}}
	for _, tt := range []struct {
		claim string
		plan  func(*plan.Plan)
		o     Options
		pass  int // cases
	}{
		{"where the lists are compared", func(p *plan.Plan) {
			c := p.Cases[2]
			posted(nil, c)
			c.Operation, c.Expect.Handling = "nowhere", plan.Rejected
		}, Options{}, 2},
		{"where the progress is shown", func(*plan.Plan) {}, Options{Progress: func(p Progress) {
			if p.Done == 1 {
				panic("progress")
			}
		}}, 1},
		{"in the progress of each case", func(*plan.Plan) {}, Options{Progress: func(p Progress) { panic("progress") }}, 1},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p := plot(t, asks)
			target := serve(t, statuses)
			s := toySettings(t, target, func(s *settings.Settings) { s.Concurrency = 1 })
			client := toyClient(t, p, s)
			tt.plan(p)
			tt.o.Settings = s
			d, err := Start(t.Context(), p, client, tt.o).Wait()
			if err != nil || d.ExitCode != ExitBroken || d.CaseCounts.Pass < tt.pass || !strings.Contains(d.Verdict, "a fault of qorcheck ended the run: panic: ") {
				t.Errorf("%v, exit code %d, cases %+v: %s", err, d.ExitCode, d.CaseCounts, d.Verdict)
			}
			if err := d.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestInterrupt(t *testing.T) {
	const before = 3
	var paths []string
	for i := range 12 {
		paths = append(paths, fmt.Sprintf("/200/%d", i))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var seen atomic.Int32
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if seen.Add(1) > before {
			cancel() // the answer is waited for all the same
		}
		statuses(w, r)
	})
	p := plot(t, ask{id: "done", paths: paths[:2]}, ask{id: "half", paths: paths[2:6]}, ask{id: "never", paths: paths[6:]}, ask{id: "cannot", alter: func(o *plan.Obligation, _ *plan.Case) { o.Unsupported = "cannot" }})
	var journal bytes.Buffer
	d := whole(t, ctx, p, target, Options{Journal: &journal, AllowUnexercised: true, Strict: true}, func(s *settings.Settings) { s.Concurrency = 1 })
	if !d.Interrupted || d.ExitCode != ExitInterrupted || !strings.HasPrefix(d.Verdict, "INTERRUPTED: 1 of 4") {
		t.Errorf("exit code %d: %s", d.ExitCode, d.Verdict)
	}
	if d.CaseCounts != (Counts{Pass: before + 1, NotRun: 12 - before - 1}) || d.Counts != (Counts{Pass: 1, NotRun: 2, Unsupported: 1}) {
		t.Errorf("cases %+v, obligations %+v", d.CaseCounts, d.Counts)
	}
	if n := seen.Load(); n != before+1 {
		t.Errorf("%d requests arrived", n)
	}
	if o := d.Obligations[1]; o.Counts != (Counts{Pass: 2, NotRun: 2}) || o.Why != "the run ended before it" {
		t.Errorf("half done: %+v, %s", o.Counts, o.Why)
	}
	for _, line := range strings.Split(strings.TrimSpace(journal.String()), "\n") {
		if !json.Valid([]byte(line)) {
			t.Errorf("journal: %s", line)
		}
	}
	t.Run("before anything is sent", func(t *testing.T) {
		d := whole(t, ctx, p, target, Options{})
		if d.ExitCode != ExitInterrupted || seen.Load() != before+1 || d.CaseCounts.NotRun != 12 {
			t.Errorf("exit code %d, %+v", d.ExitCode, d.CaseCounts)
		}
	})
}

func TestProgress(t *testing.T) {
	var steps []Progress
	whole(t, t.Context(), plot(t, ask{id: "a", paths: []string{"/200", "/404", "/200"}}), serve(t, statuses), Options{Progress: func(p Progress) { steps = append(steps, p) }})
	for i, p := range steps {
		if p.Done != i+1 || p.Total != 3 || p.Elapsed <= 0 || p.Case == "" {
			t.Errorf("%+v", p)
		}
	}
	if len(steps) != 3 || steps[2].Failed != 1 {
		t.Errorf("%+v", steps)
	}
}

func TestAwait(t *testing.T) {
	release := make(chan struct{})
	p := plot(t, ask{id: "slow", paths: []string{"/200/slow"}}, ask{id: "quick", paths: []string{"/404"}}, ask{id: "none"})
	r := start(t, t.Context(), p, serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "slow") {
			<-release
		}
		statuses(w, r)
	}), Options{})
	for id, want := range map[string]verdict.Outcome{"list.R-quick": verdict.Fail, "list.R-none": verdict.Inconclusive} {
		if o, err := r.Await(t.Context(), id); err != nil || o.Obligation.Outcome != want || o.Obligation.ID != id {
			t.Errorf("%s: %s, %v", id, o.Obligation.Outcome, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Await(ended, "list.R-slow"); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "list.R-slow") {
		t.Errorf("waiting was not given up: %v", err)
	}
	if _, err := r.Await(t.Context(), "list.R-lost"); err == nil || !strings.Contains(err.Error(), "list.R-lost") {
		t.Errorf("an unknown obligation: %v", err)
	}
	close(release)
	if o, err := r.Await(t.Context(), "list.R-slow"); err != nil || o.Obligation.Outcome != verdict.Pass {
		t.Errorf("%s, %v", o.Obligation.Outcome, err)
	}
	if _, err := r.Wait(); err != nil {
		t.Error(err)
	}
}

func TestRun_TwoAgree(t *testing.T) {
	t.Parallel()
	target := serve(t, toy)
	var first string
	for _, concurrency := range []int{1, 64, 64} {
		d := whole(t, t.Context(), planned(t), target, Options{Tool: "qorcheck test"}, func(s *settings.Settings) {
			s.Concurrency, s.RunID = settings.Concurrency(concurrency), fmt.Sprintf("run%d", concurrency)
		})
		if d.Counts.Pass == 0 || d.Counts.Fail == 0 || d.Warnings == 0 {
			t.Fatalf("the toy shows too little: %s", d.Verdict)
		}
		if got := verdictsOf(t, d); first == "" {
			first = got
		} else if got != first {
			a, b := strings.Split(got, "\n"), strings.Split(first, "\n")
			for i := range min(len(a), len(b)) {
				if a[i] != b[i] {
					t.Fatalf("with %d at once:\n%s\nwith 1:\n%s", concurrency, strings.Join(a[max(0, i-30):min(len(a), i+30)], "\n"), b[i])
				}
			}
			t.Fatalf("with %d at once there are %d lines, with 1 %d", concurrency, len(a), len(b))
		}
	}
}

func TestDocument_SaysWhatWasRun(t *testing.T) {
	p := planned(t)
	p.Dropped = []plan.Dropped{{ID: "make.x", Reason: "no way"}}
	target := serve(t, toy)
	d := whole(t, t.Context(), p, target, Options{Tool: "qorcheck 1", Filter: "level:must", Strict: true, AllowUnexercised: true})
	if d.Tool != "qorcheck 1" || d.Name != "Toy promise" || d.API != "Toy 1.2" || d.Target != target || d.RunID != "run1" || d.Filter != "level:must" || !d.Strict || !d.Unexercised || d.Version != DocumentVersion {
		t.Errorf("%+v", d)
	}
	if d.Digests != (Digests{p.Description.Digest, p.Requirements.Digest, toySettings(t, target).Fixtures.Digest, p.Digest, ""}) || !strings.HasPrefix(d.Digests.Plan, "sha256:") {
		t.Errorf("%+v", d.Digests)
	}
	if !reflect.DeepEqual(d.Untested, []Untested{{"T-LATER", "does more", "not yet"}}) || !reflect.DeepEqual(d.Dropped, []Dropped{{"make.x", "no way"}}) {
		t.Errorf("%+v %+v", d.Untested, d.Dropped)
	}
	if d.Requests < d.Cases || d.Finished.Before(d.Started) {
		t.Errorf("%d requests, %s to %s", d.Requests, d.Started, d.Finished)
	}
	i := slices.IndexFunc(d.Obligations, func(o Obligation) bool { return o.ID == "make.T-400" })
	o := d.Obligations[i]
	if o.Method != "POST" || o.Path != "/things" || o.Level != spec.Should || o.Chapter != "rejections" || o.Check != "status" || o.Line == 0 || o.File != "toy.yaml" || o.Clause.Link != "https://docs.example.test/page" {
		t.Errorf("%+v", o)
	}
	usual := slices.IndexFunc(o.Notes, func(n Note) bool { return n.Text.String() == "422 is tolerated: it is usual" })
	if len(o.Notes) != 2 || usual < 0 || o.Notes[usual].Count < 2 || o.Seconds <= 0 || o.Started.IsZero() { // the other: a body without a media type may be examined
		t.Errorf("notes %+v, %f s", o.Notes, o.Seconds)
	}
	spent := 0.0
	for _, o := range d.Obligations {
		spent += o.Spent
	}
	if wall := d.Finished.Sub(d.Started).Seconds(); math.Abs(d.Seconds-wall) > 0.001 || math.Abs(spent-wall) > 0.05*wall {
		t.Errorf("the run took %f s, says %f, and %f were spent on obligations", wall, d.Seconds, spent)
	}
}

func TestCleanup_ListsLeftovers(t *testing.T) {
	p := plot(t, ask{id: "a", paths: []string{"/200/1", "/200/2"}, alter: func(_ *plan.Obligation, c *plan.Case) {
		c.Cleanup = []plan.Step{{Name: "remove", Request: plan.Request{Method: "DELETE", Path: "/500" + c.Act.Request.Path[4:]}}}
	}})
	target := serve(t, statuses)
	d := whole(t, t.Context(), p, target, Options{})
	if want := []string{"DELETE " + target + "/500/1", "DELETE " + target + "/500/2"}; !slices.Equal(redact.Strings(d.Left), want) || d.ExitCode != ExitPass || d.Requests != 4 {
		t.Errorf("left %v, %d requests", d.Left, d.Requests)
	}
}

// A target that puts secrets wherever findings quote it does not bring them into journal or document.
func TestCanariesDoNotSurviveInFindings(t *testing.T) {
	t.Parallel()
	const key, card = "k-1234567890", "4571000000000001"
	for _, tt := range []struct{ claim, body string }{
		{"names of properties", `{"` + key + `":1,"` + card + `":2,"873":3,"\u001b[31m":4}`},
		{"values", `{"n":"` + key + ` ` + card + ` CVV 873"}`},
		{"the beginning of a page, cut in a number", "<html>" + strings.Repeat("x ", 14) + card + " 873 " + key},
		{"long values, cut in a number", `{"n":"` + strings.Repeat("x ", 56) + card + ` ` + key + `"}`},
		{"a name twice", `{"` + key + `":1,"` + key + `":1}`},
		{"very long values", `{"n":"` + strings.Repeat(key+" "+card+" ", 1000) + `"}`},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p := plot(t, ask{id: "a", check: "schema", paths: []string{"/200"}}, ask{id: "b", check: "media-type", paths: []string{"/200/b"}})
			var journal bytes.Buffer
			d := whole(t, t.Context(), p, serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, tt.body)
			}), Options{Journal: &journal})
			if d.Obligations[0].Outcome != verdict.Fail {
				t.Fatalf("%+v", d.Obligations[0])
			}
			data, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{regexp.QuoteMeta(key), "k-12345", card, "4571000", `\b873\b`, "\x1b"} {
				for where, text := range map[string]string{"document": string(data), "journal": journal.String(), "explanation": d.Result(d.Obligations[0]).Explain()} {
					if at := regexp.MustCompile(secret).FindStringIndex(numbers.ReplaceAllString(text, "")); at != nil {
						t.Errorf("%s is left in the %s: %s", secret, where, text)
					}
				}
			}
			for _, c := range d.Causes[0].Shown {
				for _, f := range c.Findings {
					if len(f.Received.String()) > maxText+40 || len(f.Expected.String()) > maxText+40 {
						t.Errorf("%d bytes of a finding", len(f.Received.String()))
					}
				}
			}
		})
	}
}

// numbers finds times and lengths, none of which is a secret.
var numbers = regexp.MustCompile(`"(started|finished|ended)":"[^"]*"|"(tookMs|ms|seconds|upToMs|(min|max|p[0-9]+)Ms)":[0-9.e-]+|127\.0\.0\.1:[0-9]+|Content-Length: [0-9]+|[0-9]+ bytes`)
