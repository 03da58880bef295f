package exchange

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

func TestCredentials(t *testing.T) {
	var got *http.Request
	c := toyClient(t, toyServer(t, func(_ http.ResponseWriter, r *http.Request) { got = r }))
	for _, tt := range []struct {
		claim string
		field plan.Field
		query bool
		found func() string
		want  string
	}{
		{"an API key in a header", plan.Field{Name: "X-Key", Value: hole(plan.FromCredential, "valid", "AppKey")}, false, func() string { return got.Header.Get("X-Key") }, appKey},
		{"an API key in the query", plan.Field{Name: "key", Value: hole(plan.FromCredential, "valid", "AppKey")}, true, func() string { return got.URL.Query().Get("key") }, appKey},
		{"an API key in a cookie", plan.Field{Name: "Cookie", Value: "key=" + hole(plan.FromCredential, "valid", "ClientKey")}, false, func() string {
			cookie, err := got.Cookie("key")
			if err != nil {
				return err.Error()
			}
			return cookie.Value
		}, clientKey},
		{"a bearer token", plan.Field{Name: "Authorization", Value: "Bearer " + hole(plan.FromCredential, "valid", "ClientKey")}, false, func() string { return got.Header.Get("Authorization") }, "Bearer " + clientKey},
		{"basic authentication", plan.Field{Name: "Authorization", Value: "Basic " + hole(plan.FromBasic, "valid", "Login")}, false, func() string {
			user, password, _ := got.BasicAuth()
			return user + ":" + password
		}, login},
		{"an empty header", plan.Field{Name: "X-Key", Value: ""}, false, func() string { return fmt.Sprintf("%q", got.Header["X-Key"]) }, `[""]`},
		{"a header of one's own in place of ours", plan.Field{Name: "Accept", Value: "text/plain"}, false, func() string { return fmt.Sprint(got.Header["Accept"]) }, "[text/plain]"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			step := get("/x")
			if tt.query {
				step.Request.Query = []plan.Field{tt.field}
			} else {
				step.Request.Header = []plan.Field{tt.field}
			}
			r := c.Do(t.Context(), "c", step, nil)
			if r.Failure != nil {
				t.Fatal(r.Failure)
			}
			if found := tt.found(); found != tt.want {
				t.Errorf("arrived %q, want %q", found, tt.want)
			}
			if shown := fmt.Sprint(r.Evidence()); strings.Contains(shown, "K3y") || strings.Contains(shown, clientKey) || strings.Contains(shown, "YWRh") {
				t.Errorf("evidence shows it: %s", shown)
			}
		})
	}
}

func TestPlaceholders_AreFilledAndEscaped(t *testing.T) {
	const odd = `a "b" \ c/d?e&f=g#h%41+é` + "'"
	var paid []byte
	var seen []*http.Request
	c := toyClient(t, toyServer(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/made" {
			_, _ = fmt.Fprintf(w, `{"data":[{"id":%s,"number":9007199254740993}],"status":"ok"}`, jsonText(odd))
			return
		}
		paid = body
		seen = append(seen, r)
	}))
	made := post("/made", "{}")
	made.Capture = []plan.Capture{{Name: "ID", Pointer: "/data/0/id"}, {Name: "NUMBER", Pointer: "/data/0/number"}}
	act := post("/x/"+hole(plan.FromAnswer, "ID")+"/"+hole(plan.FromAnswer, "NUMBER"),
		`{"id":"`+hole(plan.FromAnswer, "ID")+`","key":"`+hole(plan.FromCredential, "valid", "AppKey")+`","order":"`+hole(plan.FromRun, "ORDER_ID", "10")+`","card":"`+hole(plan.FromTrigger, "card", "approved", "creditcard")+`"}`)
	act.Request.Query = []plan.Field{{Name: "o dd", Value: "<" + hole(plan.FromAnswer, "ID") + ">"}}
	transcript := c.Execute(t.Context(), &plan.Case{ID: "case", Prepare: []plan.Step{made}, Act: act}, nil)
	if transcript.Stopped != "" || len(seen) != 1 {
		t.Fatalf("stopped: %q, %+v", transcript.Stopped, transcript.Act)
	}
	unique := plan.UniqueValue("run1", "case", "ORDER_ID", 10)
	if want := `{"id":` + jsonText(odd) + `,"key":` + jsonText(appKey) + `,"order":"` + unique + `","card":"4571000000000001"}`; string(paid) != want {
		t.Errorf("body %s, want %s", paid, want)
	}
	if got := seen[0].URL.EscapedPath(); got != "/x/"+url.PathEscape(odd)+"/9007199254740993" {
		t.Errorf("path %s", got)
	}
	if got := seen[0].URL.Query().Get("o dd"); got != "<"+odd+">" {
		t.Errorf("query %q", got)
	}
	t.Run("a value that no answer held stops the request", func(t *testing.T) {
		r := c.Do(t.Context(), "case", get("/x/"+hole(plan.FromAnswer, "LOST")), nil)
		if r.Failure == nil || r.Failure.Kind != Blocked || !strings.Contains(r.Failure.Text.String(), "LOST") || len(seen) != 1 {
			t.Errorf("got %+v", r.Failure)
		}
	})
}

func TestForm_EscapesValues(t *testing.T) {
	const odd = `a "b"&c=d+é%`
	var got url.Values
	c := toyClient(t, toyServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/made" {
			_, _ = fmt.Fprintf(w, `{"id":%s}`, jsonText(odd))
			return
		}
		body, _ := io.ReadAll(r.Body)
		got, _ = url.ParseQuery(string(body)) // what does not parse differs below
	}))
	made := post("/made", "{}")
	made.Capture = []plan.Capture{{Name: "ID", Pointer: "/id"}}
	act := post("/x", "td%5Bid%5D="+hole(plan.FromAnswer, "ID")+"&b=1")
	act.Request.Header = []plan.Field{{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}}
	if transcript := c.Execute(t.Context(), &plan.Case{ID: "case", Prepare: []plan.Step{made}, Act: act}, nil); transcript.Stopped != "" {
		t.Fatal(transcript.Stopped)
	}
	if got.Get("td[id]") != odd || got.Get("b") != "1" {
		t.Errorf("arrived as %q", got)
	}
}
