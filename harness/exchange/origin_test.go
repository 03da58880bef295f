package exchange

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
)

// Keys go to the target's origin and nowhere else, whatever leads elsewhere.
func TestCredentials_StayAtTheTarget(t *testing.T) {
	var mu sync.Mutex
	var leaked []string
	elsewhere := toyServer(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if shown := fmt.Sprint(r.URL, r.Header); strings.Contains(shown, clientKey) {
			leaked = append(leaked, shown)
		}
		_, _ = w.Write([]byte(`{"id":"1"}`))
	})
	seen := map[string]int{}
	target := toyServer(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen[r.URL.Path]++
		mu.Unlock()
		w.Header().Set("Link", "<"+elsewhere+"/next>; rel=next")
		w.Header().Set("Content-Location", elsewhere+"/made")
		w.Header().Set("Refresh", "0; url="+elsewhere+"/refresh")
		if r.URL.Path == "/moved" {
			w.Header().Set("Location", elsewhere+"/moved")
			w.WriteHeader(307)
		}
		_, _ = fmt.Fprintf(w, `{"id":"@%s","href":"%s/self"}`, strings.TrimPrefix(elsewhere, "http://"), elsewhere)
	})
	key := plan.Field{Name: "X-Key", Value: hole(plan.FromCredential, "valid", "ClientKey")}
	with := func(step plan.Step) plan.Step {
		step.Request.Header = append(step.Request.Header, key)
		return step
	}
	at := func(url string) plan.Step {
		return plan.Step{Name: "settle", URL: url, Request: plan.Request{Method: "POST"}}
	}
	for _, tt := range []struct {
		claim   string
		step    plan.Step
		failure string // "" when it is sent
	}{
		{"a request to the target", with(get("/x")), ""},
		{"a redirect", with(get("/moved")), ""},
		{"a path at the target's origin", with(at("/settle")), ""},
		{"the target's own URL", with(at(target + "/settle")), ""},
		{"a settle URL elsewhere, without keys", at(elsewhere + "/settle"), ""},
		{"a settle URL elsewhere, with keys", with(at(elsewhere + "/settle")), "target's origin only"},
		{"the same host and another scheme", with(at(strings.Replace(target, "http:", "https:", 1))), "target's origin only"},
		{"a URL without a scheme", with(at("//" + strings.TrimPrefix(elsewhere, "http://"))), "target's origin only"},
		{"basic credentials", plan.Step{Name: "settle", URL: elsewhere, Request: plan.Request{Method: "POST", Header: []plan.Field{
			{Name: "Authorization", Value: "Basic " + hole(plan.FromBasic, "valid", "Login")},
		}}}, "target's origin only"},
		{"keys in a body", plan.Step{Name: "settle", URL: elsewhere, Request: plan.Request{Method: "POST", HasBody: true, Body: `{"key":"` + key.Value + `"}`}}, "target's origin only"},
		{"a path that ends the authority", with(get(plan.Template("@" + strings.TrimPrefix(elsewhere, "http://")))), "is not allowed"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			c := toyClient(t, target, func(s *settings.Settings) { s.Target.Path = "" })
			r := c.Do(t.Context(), "c", tt.step, nil)
			if tt.failure == "" && r.Failure != nil || tt.failure != "" && (r.Failure == nil || r.Failure.Kind != Blocked || !strings.Contains(r.Failure.Text.String(), tt.failure)) {
				t.Errorf("%+v, %+v", r.Answer, r.Failure)
			}
		})
	}
	t.Run("a value of an answer that leads elsewhere", func(t *testing.T) {
		made := with(post("/made", "{}"))
		made.Capture = []plan.Capture{{Name: "ID", Pointer: "/id"}, {Name: "HREF", Pointer: "/href"}}
		for _, id := range []string{"ID", "HREF"} {
			c := toyClient(t, target)
			transcript := c.Execute(t.Context(), &plan.Case{ID: "c", Prepare: []plan.Step{made}, Act: with(get("/x/" + hole(plan.FromAnswer, id)))}, nil)
			if transcript.Stopped != "" || transcript.Act.Failure != nil {
				t.Errorf("%q, %+v", transcript.Stopped, transcript.Act)
			}
		}
	})
	if len(leaked) > 0 {
		t.Errorf("keys went elsewhere: %v", leaked)
	}
	if seen["/x"] != 1 || seen["/moved"] != 1 || seen["/settle"] != 2 {
		t.Errorf("the target saw %v", seen)
	}
}
