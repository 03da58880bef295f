package exchange

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

// stub stands where curl would: it keeps its arguments and, for @-, its input.
const stub = `#!/bin/sh
printf '%s\0' "$@" >"$STUB/arguments"
for last; do :; done
case $last in @-) cat >"$STUB/body" ;; esac
`

// variableName matches the variables of a curl line.
var variableName = regexp.MustCompile(`\$[A-Z][A-Z0-9_]*`)

// called is what a shell made of a curl line.
type called struct {
	method, url string
	header      http.Header
	body        []byte
	hasBody     bool
}

// shell runs a line with the stub for curl and no other program but the shell's own.
func shell(t *testing.T, line string, variables ...string) called {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "curl"), []byte(stub), 0o755); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("sh", "-c", line)
	command.Env = append([]string{"PATH=" + dir + ":" + os.Getenv("PATH"), "STUB=" + dir, "HOME=/home/of/somebody"}, variables...)
	if output, err := command.CombinedOutput(); err != nil || len(output) > 0 {
		t.Fatalf("%s\n%v\n%s", line, err, output)
	}
	data, err := os.ReadFile(filepath.Join(dir, "arguments"))
	if err != nil {
		t.Fatalf("%s\nran no curl: %v", line, err)
	}
	arguments := strings.Split(strings.TrimSuffix(string(data), "\x00"), "\x00")
	c := called{method: "GET", header: http.Header{}}
	for i := 0; i < len(arguments); i++ {
		next := func() string { i++; return arguments[i] }
		switch arguments[i] {
		case "-sS", "-i":
		case "-I":
			c.method = "HEAD"
		case "-X":
			c.method = next()
		case "-H": // as curl reads it: "Name: value", "Name;" for an empty value, "Name:" for none
			field := next()
			if name, empty := strings.CutSuffix(field, ";"); empty && !strings.Contains(field, ":") {
				c.header[name] = append(c.header[name], "")
			} else if name, value, ok := strings.Cut(field, ": "); ok && strings.TrimSpace(value) != "" {
				c.header[name] = append(c.header[name], strings.TrimSpace(value))
			}
		case "--data-raw":
			c.body, c.hasBody = []byte(next()), true
		case "--data-binary":
			if file := next(); file != "@-" {
				t.Fatalf("%s\nreads %s", line, file)
			}
			if c.body, err = os.ReadFile(filepath.Join(dir, "body")); err != nil {
				t.Fatal(err)
			}
			c.hasBody = true
		default:
			if c.url != "" {
				t.Fatalf("%s\nhas two URLs: %q and %q", line, c.url, arguments[i])
			}
			c.url = arguments[i]
		}
	}
	return c
}

// A curl line sends what the client sent: each step goes to a server, its line
// to a shell, and both must agree.
func TestCurl_RepeatsTheRequest(t *testing.T) {
	var uri, method string
	var header http.Header
	var body []byte
	target := toyServer(t, func(_ http.ResponseWriter, r *http.Request) {
		method, uri, header = r.Method, r.URL.RequestURI(), r.Header
		body, _ = io.ReadAll(r.Body) // what did not arrive fails below
	})
	sentJSON := plan.Field{Name: "Content-Type", Value: "application/json"}
	with := func(method string, body plan.Template, fields ...plan.Field) plan.Step {
		return plan.Step{Name: "pay", Request: plan.Request{Method: method, Path: "/it's/x", Body: body, HasBody: true, Header: fields}}
	}
	for _, tt := range []struct {
		claim string
		step  plan.Step
		line  bool // the command is one line
	}{
		{"a plain GET", get("/x"), true},
		{"a HEAD, without waiting for a body", plan.Step{Request: plan.Request{Method: "HEAD", Path: "/x"}}, true},
		{"a DELETE", plan.Step{Request: plan.Request{Method: "DELETE", Path: "/x"}}, true},
		{"a GET with a body", with("GET", "{}", sentJSON), true},
		{"single and double quotes", with("POST", `{"a":"it's \"x\"''"}`, sentJSON), true},
		{"dollars, backticks and exclamation marks", with("POST", "{\"a\":\"$HOME `id` $(id) !! ~ *\"}", sentJSON), true},
		{"backslashes and percent signs", with("POST", `{"a":"\\n \\\\ %s %d %% \u0041"}`, sentJSON), true},
		{"a body that begins with @", with("POST", "@/etc/passwd", sentJSON), true},
		{"a body that begins with a hyphen and holds a NUL", with("POST", "-n\x00", sentJSON), true},
		{"a NUL, invalid UTF-8, quotes and percent signs", with("POST", "{\"a\":\"\x00\xff\xfe'%s%%\\n\\\\\"}", sentJSON), true},
		{"line ends and tabs", with("POST", "{\n\t\"a\":\r\n 1}\n", sentJSON), true},
		{"letters of every script", with("POST", `{"a":"é 交易 🙂"}`, sentJSON), true},
		{"an empty body", with("POST", "", sentJSON), true},
		{"a body without a media type", with("POST", "{}"), true},
		{"no Accept header", with("GET", "", plan.Field{Name: "Accept", Value: ""}), true},
		{"an empty header, and one of white space", with("POST", "{}", sentJSON, plan.Field{Name: "X-Empty", Value: ""}, plan.Field{Name: "X-Blank", Value: "  "}), true},
		{"headers with quotes", with("POST", "{}", sentJSON, plan.Field{Name: "X-Odd", Value: `it's "$HOME" \ ; a: b`}), true},
		{"a query with special characters", plan.Step{Request: plan.Request{Method: "GET", Path: "/it's", Query: []plan.Field{
			{Name: "a[b]", Value: `c d&e=f'g"h$i%j+k#l`}, {Name: "empty", Value: ""}, {Name: "it's", Value: "''"},
		}}}, true},
		{"secrets, unique and earlier values as variables", func() plan.Step {
			s := with("POST", `{"card":"`+hole(plan.FromTrigger, "card", "approved", "creditcard")+`","order":"`+hole(plan.FromRun, "ORDER_ID", "20")+`","id":"`+hole(plan.FromAnswer, "ID")+`"}`,
				sentJSON, plan.Field{Name: "X-Key", Value: hole(plan.FromCredential, "valid", "AppKey")}, plan.Field{Name: "Authorization", Value: "Basic " + hole(plan.FromBasic, "valid", "Login")})
			s.Request.Path = "/x/" + hole(plan.FromAnswer, "ID") + "/y"
			s.Request.Query = []plan.Field{{Name: "key", Value: "<" + hole(plan.FromCredential, "valid", "ClientKey") + ">"}}
			return s
		}(), true},
		{"variables that a URL cannot hold as they are", func() plan.Step {
			s := with("POST", "{}", sentJSON)
			s.Request.Path = "/x/" + hole(plan.FromAnswer, "ODD") + "/y"
			s.Request.Query = []plan.Field{{Name: "a b", Value: "<" + hole(plan.FromCredential, "valid", "AppKey") + hole(plan.FromAnswer, "ODD") + ">"}, {Name: "id", Value: hole(plan.FromAnswer, "ID")}}
			return s
		}(), true},
		{"variables that JSON cannot hold as they are", with("POST", `{"key":"`+hole(plan.FromCredential, "valid", "AppKey")+`","id":"`+hole(plan.FromAnswer, "ODD")+`"}`, sentJSON), true},
		{"variables that a form cannot hold as they are", with("POST", "key="+hole(plan.FromCredential, "valid", "AppKey")+"&id="+hole(plan.FromAnswer, "ODD"), plan.Field{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}), true},
		{"such variables between line ends", with("POST", "{\n\"key\":\""+hole(plan.FromCredential, "valid", "AppKey")+"\"\n}", sentJSON), true},
		{"variables between bytes that a shell word cannot hold", with("POST", "\x00"+hole(plan.FromRun, "ORDER_ID", "20")+"%\xff"+hole(plan.FromAnswer, "ID"), sentJSON), true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			c := toyClient(t, target)
			r := c.Do(t.Context(), "case", tt.step, map[string]string{"ID": "id-17", "ODD": odd})
			if r.Failure != nil {
				t.Fatal(r.Failure)
			}
			line := r.Curl().String()
			named := map[string]bool{}
			for _, v := range r.Variables() {
				if named["$"+v.Name] || v.From == "" {
					t.Errorf("%s: listed twice or without an origin", v.Name)
				}
				named["$"+v.Name] = true
			}
			for _, name := range variableName.FindAllString(line, -1) {
				if !named[name] && name != "$HOME" { // which is text of a request
					t.Errorf("%s\ndoes not say where %s comes from", line, name)
				}
			}
			for _, secret := range []string{"K3y", clientKey, "pa55", "YWRh", "457100"} {
				if strings.Contains(line, secret) || verification.MatchString(line) {
					t.Errorf("%s\nshows %s", line, secret)
				}
			}
			if strings.ContainsFunc(line, func(c rune) bool { return c < 0x20 }) {
				t.Errorf("%q\nholds control characters", line)
			}
			got := shell(t, line, "APP_KEY="+appKey, "CLIENT_KEY="+clientKey, "LOGIN_BASE64=YWRhOnBhNTV3L3JkPDA+", "CARD_APPROVED_CREDITCARD=4571000000000001",
				"ORDER_ID="+plan.UniqueValue("run1", "case", "ORDER_ID", 20), "ID=id-17", "ODD="+odd)
			escaped := strings.Contains(line, "$(printf") // by other means than ours
			if want := target + uri; got.url != want && !(escaped && sameURL(t, got.url, want)) || got.method != method {
				t.Errorf("%s\ncalls %s %s, the client called %s %s", line, got.method, got.url, method, want)
			}
			if !bytes.Equal(got.body, body) && !(escaped && sameBody(got.body, body)) || got.hasBody != tt.step.Request.HasBody {
				t.Errorf("%s\nsends %q, the client sent %q", line, got.body, body)
			}
			header.Del("Content-Length") // curl and net/http both count for themselves
			for name := range header {
				if !slices.Equal(got.header[name], header[name]) {
					t.Errorf("%s\nsends %s %q, the client sent %q", line, name, got.header[name], header[name])
				}
			}
			if len(got.header) != len(header) {
				t.Errorf("%s\nsends %v, the client sent %v", line, got.header, header)
			}
		})
	}
}

// odd is an id that needs escaping wherever it goes.
const odd = `a/b?c&d=e+f%20 "g"\#é`

// sameURL reports whether two URLs lead to one place with one query, however each is escaped.
func sameURL(t *testing.T, a, b string) bool {
	t.Helper()
	first, err := url.Parse(a)
	second, other := url.Parse(b)
	if err != nil || other != nil {
		t.Errorf("%v, %v", err, other)
		return false
	}
	return first.Host == second.Host && first.Path == second.Path && reflect.DeepEqual(first.Query(), second.Query())
}

// sameBody reports whether two bodies are equal as JSON, or as a form.
func sameBody(a, b []byte) bool {
	var first, second any
	if json.Unmarshal(a, &first) == nil && json.Unmarshal(b, &second) == nil {
		return reflect.DeepEqual(first, second)
	}
	form, err := url.ParseQuery(string(a))
	other, otherErr := url.ParseQuery(string(b))
	return err == nil && otherErr == nil && len(form["key"]) == 1 && reflect.DeepEqual(form, other)
}

func TestCurl_OfASettlement(t *testing.T) {
	target, err := url.Parse("http://127.0.0.1:8080/v3")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ claim, url, want string }{
		{"a path is taken at the target's origin", "/control/settle", "http://127.0.0.1:8080/control/settle"},
		{"an absolute URL is itself", "http://127.0.0.1:9090/settle?now=1&x='", "http://127.0.0.1:9090/settle?now=1&x='"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := shell(t, Curl(target, plan.Step{URL: tt.url, Request: plan.Request{Method: "POST"}}, nil)); got.url != tt.want || got.method != "POST" {
				t.Errorf("got %+v", got)
			}
		})
	}
}
