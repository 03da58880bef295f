package exchange

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

func TestStep_IsSentSeveralTimesAtOnce(t *testing.T) {
	const times = 5
	var here atomic.Int32
	all := make(chan struct{})
	c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) {
		n := here.Add(1)
		if n == times {
			close(all)
		}
		<-all // none is answered before the last has come
		fmt.Fprintf(w, `{"id":"%d"}`, n)
	}))
	act := post("/pay", "{}")
	act.Times, act.Fresh, act.Label = times, true, "act"
	act.Capture = []plan.Capture{{Name: "ID", Pointer: "/id", Optional: true}}
	got := c.Execute(t.Context(), &plan.Case{ID: "case", Act: act}, nil)
	seen := map[string]bool{}
	for _, r := range append([]Record{*got.Act}, got.Observe...) {
		seen[r.Named("/id")] = r.Writes == 1
	}
	if len(seen) != times || len(got.Observe) != times-1 || got.RequestCount() != times {
		t.Errorf("answers %v", seen)
	}
}

// TestCleanup_OfStepsSentSeveralTimes: each of the equal requests may have made something.
func TestCleanup_OfStepsSentSeveralTimes(t *testing.T) {
	var made atomic.Int32
	var mu sync.Mutex
	var removed []string
	c := toyClient(t, toyServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			mu.Lock()
			defer mu.Unlock()
			removed = append(removed, r.URL.Path)
			return
		}
		fmt.Fprintf(w, `{"id":"%d"}`, made.Add(1))
	}))
	act := post("/pay", "{}")
	act.Times, act.Capture = 3, []plan.Capture{{Name: "ID", Pointer: "/id", Optional: true}}
	remove := plan.Step{Name: "remove", Request: plan.Request{Method: "DELETE", Path: "/made/" + hole(plan.FromAnswer, "ID")}}
	c.Execute(t.Context(), &plan.Case{ID: "case", Act: act, Cleanup: []plan.Step{remove}}, nil)
	slices.Sort(removed)
	if strings.Join(removed, " ") != "/made/1 /made/2 /made/3" {
		t.Errorf("removed %v", removed)
	}
}

func TestHangUp(t *testing.T) {
	t.Run("drops the connection when the answer begins", func(t *testing.T) {
		dropped := make(chan error, 1)
		c := toyClient(t, rawServer(t, func(w io.Writer, _, _ int) bool {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{")
			for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
				if _, err := io.WriteString(w, strings.Repeat(" ", 1<<16)); err != nil {
					dropped <- err
					return false
				}
			}
			dropped <- nil
			return false
		}))
		step := post("/pay", "{}")
		step.HangUp, step.Fresh = true, true
		r := c.Do(t.Context(), "case", step, map[string]string{})
		if r.Failure == nil || r.Failure.Kind != HungUp || r.Answer != nil || r.Writes != 1 {
			t.Errorf("got %+v", r)
		}
		if err := <-dropped; err == nil {
			t.Error("the connection was kept")
		}
	})
	t.Run("a preparation may be lost so, and the case goes on", func(t *testing.T) {
		c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
		lost := post("/pay", "{}")
		lost.HangUp, lost.Fresh = true, true
		if got := c.Execute(t.Context(), &plan.Case{ID: "case", Prepare: []plan.Step{lost}, Act: get("/x")}, nil); got.Stopped != "" || got.Act == nil {
			t.Errorf("stopped: %s", got.Stopped)
		}
	})
	t.Run("no answer at all is a failure", func(t *testing.T) {
		c := toyClient(t, rawServer(t, func(io.Writer, int, int) bool { return false }))
		step := post("/pay", "{}")
		step.HangUp, step.Fresh = true, true
		if r := c.Do(t.Context(), "case", step, map[string]string{}); r.Failure == nil || r.Failure.Kind != Network {
			t.Errorf("got %+v", r.Failure)
		}
	})
}

func TestPreparation_MustEndAsPlanned(t *testing.T) {
	for _, tt := range []struct {
		claim, body string
		ends        spec.Ending
		stopped     string
	}{
		{"success is what is wanted of most", `{"status":"approved"}`, "", ""},
		{"a refusal ends the case", `{"status":"declined"}`, "", "preparation pay ended as refused"},
		{"unless it is wanted", `{"status":"declined"}`, spec.Refused, ""},
		{"then a success does", `{"status":"approved"}`, spec.Refused, "preparation pay ended as success"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, tt.body) }))
			made := post("/pay", "{}")
			made.Ends = tt.ends
			if got := c.Execute(t.Context(), &plan.Case{ID: "case", Prepare: []plan.Step{made}, Act: get("/x")}, nil); got.Stopped != tt.stopped {
				t.Errorf("stopped: %q, want %q", got.Stopped, tt.stopped)
			}
		})
	}
}

func TestObserve_AfterARejectionOnly(t *testing.T) {
	for status, want := range map[int]int{200: 1, 400: 3} {
		c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		again, corrected, plain := get("/again"), get("/corrected"), get("/plain")
		again.Check, corrected.Check = "repeat", "retry"
		if got := c.Execute(t.Context(), &plan.Case{ID: "case", Act: get("/x"), Observe: []plan.Step{again, plain, corrected}}, nil); len(got.Observe) != want {
			t.Errorf("after %d: %d observations, want %d", status, len(got.Observe), want)
		}
	}
}

func TestAwait(t *testing.T) {
	source := &spec.Operation{Conformance: spec.Conformance{Messages: &spec.Messaging{ID: "/payment"}}}
	c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id":"7"}`) }), func(s *settings.Settings) { s.MessageWait = 300 * time.Millisecond })
	act := post("/pay", "{}")
	act.Capture = []plan.Capture{{Name: "ID", Pointer: "/id"}}
	planned := &plan.Case{ID: "case", Act: act, Observe: []plan.Step{{Name: "message", Await: &plan.Await{About: hole(plan.FromAnswer, "ID"), Times: 1, Place: message.Acknowledging, Source: source}}}}

	if r := c.Execute(t.Context(), planned, nil).Observe[0]; r.Failure == nil || r.Failure.Kind != Blocked {
		t.Errorf("without a receiver: %+v", r)
	}
	receiver, _, undo := c.Subscribe(t.Context(), &plan.Case{ID: "subscription"})
	t.Cleanup(func() { undo(); _ = receiver.Close() })
	tell := func(id, body string) {
		request, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, receiver.Address(message.Acknowledging), strings.NewReader(body))
		request.Header.Set(message.HeaderName, receiver.Secret())
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Error(id, err)
			return
		}
		_ = response.Body.Close()
	}
	tell("6", `{"payment":"6"}`)
	aside := 0
	r := c.Execute(t.Context(), planned, func(wait func()) { aside++; wait() }).Observe[0]
	if r.Failure != nil || len(r.Messages) != 0 || r.Sought != "7" || aside != 1 {
		t.Errorf("a message about another: %+v", r)
	}
	tell("7", `{"payment":"7","text":"`+receiver.Secret()+`"}`)
	r = c.Execute(t.Context(), planned, nil).Observe[0]
	if len(r.Messages) != 1 || r.Evidence().Answer == nil {
		t.Fatalf("got %+v", r)
	}
	if shown := fmt.Sprint(r.Evidence(), *r.Evidence().Answer); strings.Contains(shown, receiver.Secret()) {
		t.Errorf("the evidence holds the secret of the messages: %s", shown)
	}
	if value, err := c.registration("secret", "case"); err != nil || value != receiver.Secret() {
		t.Errorf("%s, %v", value, err)
	}
}

// What must not come is waited for at once where nothing is sent between: one quiet window for
// all, in which each is looked for on its own.
func TestAwait_WhatMustNotComeTogether(t *testing.T) {
	source := &spec.Operation{Conformance: spec.Conformance{Messages: &spec.Messaging{ID: "/payment"}}}
	c := toyClient(t, toyServer(t, func(http.ResponseWriter, *http.Request) {}), func(s *settings.Settings) { s.QuietWindow = 20 * time.Millisecond })
	receiver, _, undo := c.Subscribe(t.Context(), &plan.Case{ID: "subscription"})
	t.Cleanup(func() { undo(); _ = receiver.Close() })
	sent := httptest.NewRequest(http.MethodPost, receiver.Address(message.Acknowledging), strings.NewReader(`{"payment":"2"}`))
	sent.Header.Set(message.HeaderName, receiver.Secret())
	receiver.ServeHTTP(httptest.NewRecorder(), sent)
	never := func(about plan.Template) plan.Step {
		return plan.Step{Name: "message", Await: &plan.Await{About: about, Times: 1, Never: true, Place: message.Acknowledging, Source: source}}
	}
	planned := &plan.Case{ID: "case", Act: get("/x"), Observe: []plan.Step{never("1"), never("2"), never("3"), get("/y"), never("4")}}
	windows := 0
	got := c.Execute(t.Context(), planned, func(wait func()) { windows++; wait() }).Observe
	if len(got) != 5 || windows != 2 {
		t.Fatalf("%d observations in %d quiet windows, want 5 in 2", len(got), windows)
	}
	for i, want := range []string{"1", "2", "3", "", "4"} {
		if messages := map[string]int{"2": 1}[want]; got[i].Sought != want || len(got[i].Messages) != messages || got[i].Failure != nil {
			t.Errorf("%d: %q, %d messages, %+v; want %q, %d", i, got[i].Sought, len(got[i].Messages), got[i].Failure, want, messages)
		}
	}
}

func TestPreparation(t *testing.T) {
	for _, tt := range []struct {
		claim  string
		status int
		body   string
		want   string
	}{
		{"an accepted one goes on", 201, `{"id":"1","status":"ok"}`, ""},
		{"a numeric id goes on", 200, `{"id":17}`, ""},
		{"a rejected one stops", 404, `{"id":"1"}`, "preparation pay was answered 404"},
		{"a redirected one stops", 302, `{"id":"1"}`, "preparation pay was answered 302"},
		{"a declined one stops", 200, `{"id":"1","status":"declined"}`, "preparation pay ended as refused"},
		{"an erroneous one stops", 200, `{"id":"1","status":"error"}`, "preparation pay ended as error"},
		{"one without the value stops", 200, `{"other":"1"}`, "preparation pay: the answer has no /id"},
		{"an empty value stops", 200, `{"id":""}`, "preparation pay: the answer has no /id"},
		{"a value that is no text stops", 200, `{"id":{}}`, "preparation pay: the answer has no /id"},
		{"one that is not JSON stops", 200, `<html>`, "preparation pay: the answer has no /id"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var acted atomic.Int32
			c := toyClient(t, toyServer(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == "GET" {
					acted.Add(1)
					return
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}))
			made := post("/pay", "{}")
			made.Capture = []plan.Capture{{Name: "ID", Pointer: "/id"}}
			got := c.Execute(t.Context(), &plan.Case{ID: "case", Prepare: []plan.Step{made}, Act: get("/x/" + hole(plan.FromAnswer, "ID"))}, nil)
			if got.Stopped != tt.want || (got.Act == nil) != (tt.want != "") || (acted.Load() == 0) != (tt.want != "") || len(got.Prepare) != 1 {
				t.Errorf("stopped %q, want %q; %d acts", got.Stopped, tt.want, acted.Load())
			}
		})
	}
	t.Run("one that fails on the way stops, with the failure", func(t *testing.T) {
		c := toyClient(t, rawServer(t, func(io.Writer, int, int) bool { return false }))
		if got := c.Execute(t.Context(), &plan.Case{ID: "case", Prepare: []plan.Step{post("/pay", "{}")}, Act: get("/x")}, nil); !strings.HasPrefix(got.Stopped, "preparation pay: ") || got.Act != nil {
			t.Errorf("stopped %q", got.Stopped)
		}
	})
	t.Run("a value of an earlier step does not stand in for one that is missing", func(t *testing.T) {
		c := toyClient(t, toyServer(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/first" {
				_, _ = io.WriteString(w, `{"id":"1"}`)
			}
		}))
		first, second := post("/first", "{}"), post("/second", "{}")
		first.Capture = []plan.Capture{{Name: "ID", Pointer: "/id"}}
		second.Capture = first.Capture
		if got := c.Execute(t.Context(), &plan.Case{ID: "case", Prepare: []plan.Step{first, second}, Act: get("/x")}, nil); got.Stopped != "preparation pay: the answer has no /id" {
			t.Errorf("stopped %q", got.Stopped)
		}
	})
}

func TestCleanup(t *testing.T) {
	byPath := plan.Step{Name: "remove", Request: plan.Request{Method: "DELETE", Path: "/made/" + hole(plan.FromAnswer, "ID")}}
	byQuery := plan.Step{Name: "remove", Request: plan.Request{Method: "DELETE", Path: "/made", Query: []plan.Field{{Name: "id", Value: hole(plan.FromAnswer, "ID")}}}}
	for _, tt := range []struct {
		claim         string
		made          string // answer of the preparation
		act, removal  int    // statuses; 0 for an interruption before the act
		step          plan.Step
		removed, left bool
	}{
		{"follows an act that succeeded", `{"id":"7"}`, 200, 200, byPath, true, false},
		{"follows an act that failed", `{"id":"7"}`, 500, 204, byPath, true, false},
		{"follows an interruption", `{"id":"7"}`, 0, 200, byPath, true, false},
		{"takes 404 for removed", `{"id":"7"}`, 200, 404, byPath, true, false},
		{"lists what it left", `{"id":"7"}`, 200, 500, byPath, true, true},
		{"fills a query", `{"id":"7"}`, 200, 200, byQuery, true, false},
		{"has nothing to do when nothing was made", `{}`, 200, 200, byPath, false, false},
		{"has nothing to do by query when nothing was made", `{}`, 200, 200, byQuery, false, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var removed []string
			c := toyClient(t, toyServer(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.Method == "POST":
					if tt.act == 0 {
						cancel()
					}
					_, _ = io.WriteString(w, tt.made)
				case r.Method == "DELETE":
					removed = append(removed, r.URL.RequestURI())
					w.WriteHeader(tt.removal)
				default:
					w.WriteHeader(tt.act)
				}
			}))
			made := post("/made", "{}")
			made.Capture = []plan.Capture{{Name: "ID", Pointer: "/id"}}
			got := c.Execute(ctx, &plan.Case{ID: "case", Prepare: []plan.Step{made}, Act: get("/x"), Cleanup: []plan.Step{tt.step}}, nil)
			if want := map[bool]int{true: 1}[tt.removed]; len(removed) != want || len(got.Cleanup) != want {
				t.Errorf("removed %v", removed)
			}
			if (len(got.Left) == 1 && strings.HasPrefix(got.Left[0].String(), "DELETE http://")) != tt.left {
				t.Errorf("left %v", got.Left)
			}
			if got.Interrupted() != (tt.act == 0) {
				t.Errorf("interrupted: %v", got.Interrupted())
			}
		})
	}
	t.Run("removes what the act itself made, and after an interrupted run lists what it could not", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := toyClient(t, rawServer(t, func(w io.Writer, _, n int) bool {
			cancel()
			_, _ = io.WriteString(w, "HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 10\r\n\r\n{\"id\":\"7\"}")
			return false
		}))
		defer cancel()
		act := post("/made", "{}")
		act.Capture = []plan.Capture{{Name: "ID", Pointer: "/id"}}
		values := map[string]string{}
		transcript := &Transcript{Case: &plan.Case{ID: "case", Cleanup: []plan.Step{byPath}}}
		record := c.Do(context.WithoutCancel(ctx), "case", act, values)
		if missing := capture(&record, values); missing != "" {
			t.Fatal(missing)
		}
		(&script{client: c, transcript: transcript, values: values}).cleanUp()
		if len(transcript.Cleanup) != 1 || len(transcript.Left) != 0 || !strings.HasSuffix(transcript.Cleanup[0].URL, "/made/7") {
			t.Errorf("got %+v", transcript)
		}
	})
}

func TestObserve_FollowsTheAct(t *testing.T) {
	var order []string
	c := toyClient(t, toyServer(t, func(_ http.ResponseWriter, r *http.Request) { order = append(order, r.URL.Path) }))
	got := c.Execute(t.Context(), &plan.Case{ID: "case", Prepare: []plan.Step{get("/1")}, Act: get("/2"), Observe: []plan.Step{get("/3"), get("/4")}, Cleanup: []plan.Step{get("/5")}}, nil)
	if want := []string{"/1", "/2", "/3", "/4", "/5"}; !slices.Equal(order, want) || len(got.Observe) != 2 {
		t.Errorf("sent %v", order)
	}
}
