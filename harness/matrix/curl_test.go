package matrix

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

// recorder passes requests on to a target, and keeps each as it came.
type recorder struct {
	origin string

	mu   sync.Mutex
	came []string
}

// newRecorder starts a recorder in front of a target.
func newRecorder(t *testing.T, target string) *recorder {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{}
	onward := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return // the client has gone
		}
		var fields []string
		for name, values := range request.Header {
			for _, value := range values {
				fields = append(fields, name+": "+value)
			}
		}
		r.mu.Lock()
		r.came = append(r.came, written(request.Method, request.Host, request.RequestURI, fields, string(body)))
		r.mu.Unlock()
		request.Body = io.NopCloser(bytes.NewReader(body))
		onward.ServeHTTP(w, request)
	}))
	t.Cleanup(server.Close)
	r.origin = server.URL
	return r
}

// written is a request as a text: its fields in one order, without the length, which
// every client counts for itself.
func written(method, host, uri string, fields []string, body string) string {
	fields = slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return strings.HasPrefix(f, "Content-Length:") })
	slices.Sort(fields)
	return fmt.Sprintf("%s http://%s%s\n%s\n\n%s", method, host, uri, strings.Join(fields, "\n"), body)
}

// commands stands where curl would: it writes its arguments, and its input where it reads any.
const commands = `curl() {
	printf '%s\0' "$@"
	for last; do :; done
	case $last in @-) cat; printf '\0' ;; esac
	printf 'end\0'
}
`

// variable matches the value that the shell has for a variable: its own name.
var variable = regexp.MustCompile(`xVARx([A-Z0-9x]+?)xENDx`)

// calls returns what a shell makes of curl lines, each as written would write it. In the
// place of a variable's value stands its name.
func calls(t *testing.T, lines []string, names []string) []string {
	t.Helper()
	var script strings.Builder
	script.WriteString(commands)
	for _, name := range names {
		fmt.Fprintf(&script, "%s=xVARx%sxENDx\n", name, strings.ReplaceAll(name, "_", "x"))
	}
	for _, line := range lines {
		script.WriteString(line + "\n")
	}
	shell := exec.Command("sh", "-u")
	shell.Stdin = strings.NewReader(script.String())
	out, err := shell.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var list []string
	for one := range strings.SplitSeq(strings.TrimSuffix(string(out), "end\x00"), "end\x00") {
		list = append(list, call(t, strings.Split(one, "\x00")))
	}
	if len(list) != len(lines) {
		t.Fatalf("%d calls of %d lines", len(list), len(lines))
	}
	return list
}

// call reads the arguments of curl, as curl does.
func call(t *testing.T, arguments []string) string {
	t.Helper()
	method, address, body := "GET", "", ""
	var fields []string
	for i := 0; i < len(arguments)-1; i++ {
		next := func() string { i++; return arguments[i] }
		switch arguments[i] {
		case "-sS", "-i":
		case "-I":
			method = "HEAD"
		case "-X":
			method = next()
		case "-H": // "Name: value", "Name;" for an empty value, "Name:" for no such field
			field := next()
			if name, empty := strings.CutSuffix(field, ";"); empty && !strings.Contains(field, ":") {
				fields = append(fields, http.CanonicalHeaderKey(name)+": ")
			} else if name, value, ok := strings.Cut(field, ": "); ok {
				fields = append(fields, http.CanonicalHeaderKey(name)+": "+strings.TrimSpace(value))
			}
		case "--data-raw":
			body = next()
		case "--data-binary":
			next()
			body = next()
		default:
			address = arguments[i]
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return written(method, u.Host, u.RequestURI(), fields, body)
}

// agreeing returns the values of variables with which a call is a request that came, each
// with values that are known from earlier calls.
func agreeing(call string, came []string, earlier []map[string]string) []map[string]string {
	var pattern strings.Builder
	var names []string
	at := 0
	for _, m := range variable.FindAllStringSubmatchIndex(call, -1) {
		pattern.WriteString(regexp.QuoteMeta(call[at:m[0]]) + `([^"\n&]*?)`)
		names = append(names, call[m[2]:m[3]])
		at = m[1]
	}
	request := regexp.MustCompile("^" + pattern.String() + regexp.QuoteMeta(call[at:]) + "$")
	var list []map[string]string
	for _, one := range came {
		values := request.FindStringSubmatch(one)
		if values == nil {
			continue
		}
		for _, known := range earlier {
			if all := maps.Clone(known); bind(all, names, values[1:]) {
				list = append(list, all)
			}
		}
	}
	return list
}

// bind enters values of variables, and reports whether none has another value already.
func bind(known map[string]string, names, values []string) bool {
	for i, name := range names {
		if value, ok := known[name]; ok && value != values[i] {
			return false
		}
		known[name] = values[i]
	}
	return true
}

// TestCurl_LinesOfAFailingRun: each curl line of a run in which much fails sends the
// request line, the fields and the body of a request that the run sent, and each of its
// variables says where its value comes from.
func TestCurl_LinesOfAFailingRun(t *testing.T) {
	p, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	on := []string{"payment-capture", "ach-sale", "webhooks_list", "token-update", "utilities-validate-aba"}
	p = p.Only(func(o *plan.Obligation) bool { return slices.Contains(on, o.Operation.ID) })
	d, r := certifyRecorded(t, p, "recorded", "keyless-200", "charge-despite-500", "hold-kept-after-400", "text-after-json", "reason-absent", "wrong-field-type", "accept-everything")
	lines := 0
	for _, c := range d.Causes {
		if c.Outcome != verdict.Fail {
			continue
		}
		for _, shown := range c.Shown {
			lines += replay(t, shown, r.came)
		}
	}
	if lines < 50 {
		t.Errorf("%d lines: too few to show anything", lines)
	}
}

// replay compares the curl lines of a case with what came, and counts them.
func replay(t *testing.T, c run.Case, came []string) int {
	t.Helper()
	lines := c.Curl()
	if len(lines) == 0 {
		t.Errorf("%s has no curl line", c.ID)
		return 0
	}
	var names []string
	for _, origin := range c.Origins() {
		for _, name := range origin.Names {
			names = append(names, strings.TrimPrefix(name, "$"))
		}
	}
	var sent []exchange.Evidence
	for _, e := range c.Evidence {
		if !e.Curl.IsZero() {
			sent = append(sent, e)
		}
	}
	known := []map[string]string{{}}
	for i, call := range calls(t, lines, names) {
		if sent[i].Batched {
			continue // the line asks for its own value alone, and the case says so
		}
		if known = agreeing(call, came, known); len(known) == 0 {
			t.Errorf("%s: no request that came is\n%s\nof the line\n%s", c.ID, call, lines[i])
			break
		}
	}
	return len(lines)
}
