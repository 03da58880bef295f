//go:build tools

package exchange

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"testing"

	"qorcheck/harness/plan"
)

// TestRealCurl runs curl lines with the real curl and compares what arrives.
func TestRealCurl(t *testing.T) {
	for _, tt := range []struct {
		claim string
		body  string
	}{
		{"quotes, dollars and backslashes arrive", `{"a":"it's \"x\" $HOME \\ 100%"}`},
		{"a NUL and invalid UTF-8 arrive", "{\"a\":\"\x00\xff'%\"}"},
		{"an empty body arrives", ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var body []byte
			var header http.Header
			var query string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ = io.ReadAll(r.Body) // what did not arrive fails below
				header, query = r.Header, r.URL.RawQuery
			}))
			defer server.Close()
			target, err := url.Parse(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			step := plan.Step{Request: plan.Request{
				Method: "POST", Path: "/x", HasBody: true, Body: plan.Template(tt.body),
				Query:  []plan.Field{{Name: "q", Value: "a b&c='$1'"}, {Name: "odd", Value: "<" + hole(plan.FromAnswer, "ODD") + ">"}},
				Header: []plan.Field{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Empty", Value: ""}},
			}}
			line := Curl(target, step, func(plan.Placeholder) (string, error) { return odd, nil })
			command := exec.Command("sh", "-c", line)
			command.Env = append(os.Environ(), "ODD="+odd)
			if output, err := command.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", line, err, output)
			}
			if string(body) != tt.body {
				t.Errorf("%s\nsent %q", line, body)
			}
			if values, ok := header["X-Empty"]; !ok || values[0] != "" {
				t.Errorf("%s\nthe empty header arrived as %q", line, header)
			}
			want := url.Values{"q": {"a b&c='$1'"}, "odd": {"<" + odd + ">"}}
			if got, err := url.ParseQuery(query); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s\nthe query arrived as %s, not %v", line, query, want)
			}
		})
	}
	if os.Getenv("HOME") == "" {
		t.Error("HOME is needed to show that a dollar is not expanded")
	}
}
