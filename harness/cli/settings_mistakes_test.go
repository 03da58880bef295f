package cli

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
)

//go:embed testdata/notes/orders.yaml
var ordersDescription string

// rightToken and rightTenant are those that the server of orders takes.
const rightToken, rightTenant = "tok-8c1f3a5be7", "tenant-51"

// ordersServer keeps its description, below /v2. A sick operation is answered by itself.
type ordersServer struct {
	mu       sync.Mutex
	requests int
	made     int
	sick     map[string]http.HandlerFunc // by method and path
}

func (s *ordersServer) counts() (requests, made int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests, s.made
}

func (s *ordersServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests++
	s.mu.Unlock()
	if sick := s.sick[r.Method+" "+r.URL.Path]; sick != nil {
		sick(w, r)
		return
	}
	answer := func(status int, body string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client may be gone
	}
	data, err := readAll(r)
	var body map[string]any
	path, below := strings.CutPrefix(r.URL.Path, "/v2/")
	switch {
	case err != nil:
	case !below || path != "orders" && path != "prices" && path != "returns":
		answer(404, `{"error": "nothing is here"}`)
	case r.Header.Get("Authorization") != "Bearer "+rightToken:
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		answer(401, `{"error": "who are you"}`)
	case r.Method == "GET":
		answer(200, `{"rows": []}`)
	case r.Method != "POST" || path == "prices":
		answer(405, `{"error": "not so"}`)
	case !strictJSON(data, &body):
		answer(400, `{"error": "no JSON"}`)
	case body["tenant"] != nil && body["tenant"] != rightTenant:
		answer(403, `{"error": "not your tenant"}`)
	case body["item"] == nil || body["item"] == "" || body["tenant"] == nil:
		answer(400, `{"error": "incomplete"}`)
	default:
		s.mu.Lock()
		s.made++
		s.mu.Unlock()
		answer(201, `{"number": 1}`)
	}
}

// every answers each request alike, and counts them.
type every struct {
	http.HandlerFunc
	mu       sync.Mutex
	requests int
}

func (e *every) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	e.requests++
	e.mu.Unlock()
	e.HandlerFunc(w, r)
}

func (e *every) counts() (requests, made int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.requests, 0
}

// answering answers with a status, a media type and a text.
func answering(status int, mediaType, text string) *every {
	return &every{HandlerFunc: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text) // the client may be gone
	}}
}

// leading answers with a redirect.
func leading(location string) *every {
	return &every{HandlerFunc: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, location, http.StatusFound) }}
}

// certifyIn runs the command in a folder with files.
func certifyIn(t *testing.T, files map[string]string, arguments ...string) (dir, printed string, code int) {
	t.Helper()
	dir = t.TempDir()
	writeFiles(t, dir, files)
	stdout, stderr, code := commandIn(t, dir, nil, append([]string{"run"}, arguments...)...)
	return dir, stdout + stderr, code
}

// TestSettingsMistakes_OfAnyAPI: a wrong setting is one sentence that names it and what to
// change. A dozen requests at most are sent, and nothing is written.
func TestSettingsMistakes_OfAnyAPI(t *testing.T) {
	t.Parallel()
	token := func(claims string) string {
		part := base64.RawURLEncoding.EncodeToString
		return part([]byte(`{"alg":"HS256"}`)) + "." + part([]byte(claims)) + ".c2lnbmVk"
	}
	open := strings.Replace(ordersDescription, "security: [{ Token: [] }]\n", "", 1)
	plain := serve(t, &ordersServer{})
	secured := httptest.NewTLSServer(&ordersServer{})
	secured.Config.ErrorLog = quietLog
	t.Cleanup(secured.Close)
	for _, tt := range []struct {
		claim, description string
		target             string // "" is that of the server, with /v2
		server             interface {
			http.Handler
			counts() (requests, made int)
		}
		base, token, tenant string // "" is what is right
		says                []string
	}{
		{claim: "no server", target: unreachable, says: []string{"no answer from " + unreachable, "refused"}},
		{claim: "https to a port without TLS", target: strings.Replace(plain, "http:", "https:", 1) + "/v2", says: []string{"does not speak TLS", "write http:// in --target"}},
		{claim: "http to a port with TLS", target: strings.Replace(secured.URL, "https:", "http:", 1) + "/v2", says: []string{"speaks TLS", "write https:// in --target"}},
		{claim: "a certificate that nobody trusts", target: secured.URL + "/v2", says: []string{"no answer from", "certificate", "--ca-file"}},
		{claim: "a host that is not there", target: "http://qorcheck.invalid/v2", says: []string{"no answer from http://qorcheck.invalid/v2", "qorcheck.invalid"}},
		{claim: "the base path is forgotten", server: &ordersServer{}, base: "/", says: []string{"no documented path is known", "answered 404", "ends in /v2", "missing from --target"}},
		{claim: "the base path is there twice", server: &ordersServer{}, base: "/v2/v2", says: []string{"answered 404", "ends in /v2", "twice in --target"}},
		{claim: "another version", server: &ordersServer{}, base: "/v1", says: []string{"answered 404", "ends in /v2, --target in /v1"}},
		{claim: "a site for people", server: answering(200, "text/html; charset=utf-8", "<h1>Welcome</h1>"), says: []string{"no documented path is known", "200 with an HTML page", "another API at --target"}},
		{claim: "a site for people without these pages", server: answering(404, "text/html", "<h1>Gone</h1>"), says: []string{"no documented path is known", "404 with an HTML page", "another API at --target"}},
		{claim: "another API", server: answering(404, "application/json", `{"error": "no such route"}`), says: []string{"no documented path is known", "another API at --target"}},
		{claim: "an API that answers all alike", server: answering(200, "application/problem+json", `{"hello": "world"}`), says: []string{"no documented path is known", "another API at --target"}},
		{claim: "a wrong key", server: &ordersServer{}, token: "tok-of-another-1", says: []string{"refuses the valid credentials", "credentials.valid: Token", "f.yaml", "answered 401", `error="invalid_token"`}},
		{claim: "the key of another environment", server: answering(403, "application/json", `{"error": "no"}`), says: []string{"refuses the valid credentials", "answered 403", "of this environment"}},
		{claim: "an expired token", server: &ordersServer{}, token: token(`{"sub":"ada","exp":1500000000}`), says: []string{"the token of Token expired on 2017-07-14"}},
		{claim: "a redirect to a log-in page", server: leading("/login?next=1"), says: []string{"refuses the valid credentials", "answered 302"}},
		{claim: "a redirect to another host", server: leading("https://127.0.0.2/v2/orders"), says: []string{"answered 302", "https://127.0.0.2", "--target"}},
		{claim: "no security is declared, and keys are wanted", description: open, server: &ordersServer{}, says: []string{"declares no security", "answered 401", "securitySchemes"}},
		{claim: "no security is declared, and all is forbidden", description: open, server: answering(403, "text/plain", "no"), says: []string{"declares no security", "answered 403", "securitySchemes"}},
		{claim: "no security is declared, and all leads to a log-in page", description: open, server: leading("/login"), says: []string{"declares no security", "led to /login", "log in"}},
		{claim: "a tenant of somebody else", server: &ordersServer{}, tenant: "tenant-99", says: []string{"refuses the merchant", "merchants.main", "tenant-99", "answered 403"}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			target := tt.target
			if target == "" {
				base := map[bool]string{true: "/v2", false: strings.TrimSuffix(tt.base, "/")}[tt.base == ""]
				target = serve(t, tt.server) + base
			}
			description := map[bool]string{true: ordersDescription, false: tt.description}[tt.description == ""]
			key := map[bool]string{true: rightToken, false: tt.token}[tt.token == ""]
			tenant := map[bool]string{true: rightTenant, false: tt.tenant}[tt.tenant == ""]
			_, printed, code := certifyIn(t, map[string]string{
				"orders.yaml": description,
				"f.yaml":      fmt.Sprintf("hosts: [qorcheck.invalid]\ncredentials: { valid: { Token: %q } }\nmerchants: { main: %q }\n", key, tenant),
			}, "--spec", "orders.yaml", "--fixtures", "f.yaml", "--target", target, "--timeout", "5s")
			saysOneSentence(t, printed, code, tt.says)
			if strings.Contains(printed, key) {
				t.Error("the key is shown")
			}
			if tt.server != nil {
				if requests, made := tt.server.counts(); requests > 12 || made > 0 {
					t.Errorf("%d requests, %d things made", requests, made)
				}
			}
		})
	}
}

// saysOneSentence demands that a run ended before it began, with words in its verdict line.
func saysOneSentence(t *testing.T, printed string, code int, words []string) {
	t.Helper()
	verdict := ""
	for line := range strings.Lines(printed) {
		if strings.HasPrefix(line, "INCONCLUSIVE: ") {
			verdict = line
		}
	}
	if code != run.ExitUnclear || !strings.Contains(verdict, "nothing else was sent") {
		t.Fatalf("exit code %d:\n%s", code, printed)
	}
	for _, word := range words {
		if !strings.Contains(verdict, word) {
			t.Errorf("the sentence does not say %q: %s", word, verdict)
		}
	}
}

// TestSettingsMistakes_OfTheSandbox: the same of the API that is built in.
func TestSettingsMistakes_OfTheSandbox(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim, base, old, new string
		says                  []string
	}{
		{"the base path is forgotten", "", "", "", []string{"answered 404", "ends in /v3", "missing from --target"}},
		{"the base path is there twice", "/v3/v3", "", "", []string{"answered 404", "twice in --target"}},
		{"another version", "/v4", "", "", []string{"answered 404", "ends in /v3, --target in /v4"}},
		{"a wrong key", "/v3", `ClientKey: "c9a6877e0bc2cfb31b34009a9074f2e9"`, `ClientKey: "c9a6877e0bc2cfb31b34009a9074f200"`, []string{"refuses the valid credentials", "AppKey, ClientKey", "answered 403"}},
		{"the keys of another merchant", "/v3", `main: "700100200"`, `main: "700100300"`, []string{"refuses the merchant", `merchants.main: "700100300"`, "answered 403"}},
		{"a merchant that nobody has", "/v3", `main: "700100200"`, `main: "999999999"`, []string{"refuses the merchant", `merchants.main: "999999999"`}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			inner := newSandbox(t)
			server := &every{HandlerFunc: inner.ServeHTTP}
			target := serve(t, server)
			fixtures := string(sandbox.Fixtures(target))
			if tt.old != "" && !strings.Contains(fixtures, tt.old) {
				t.Fatalf("the sandbox's fixtures have no %s", tt.old)
			}
			_, printed, code := certifyIn(t, map[string]string{"f.yaml": strings.Replace(fixtures, tt.old, tt.new, 1)},
				"--fixtures", "f.yaml", "--target", target+tt.base, "--filter", oneRead)
			saysOneSentence(t, printed, code, tt.says)
			if requests, _ := server.counts(); requests > 12 {
				t.Errorf("%d requests", requests)
			}
		})
	}
}

// TestSettingsMistakes_OneSickOperation condemns nobody but itself.
func TestSettingsMistakes_OneSickOperation(t *testing.T) {
	t.Parallel()
	endless := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		silent(w, r)
	}
	status := func(status int) http.HandlerFunc {
		return answering(status, "application/json", `{"error": "sick"}`).HandlerFunc
	}
	const first, merchant = "GET /v2/orders", "POST /v2/orders" // the calls that would be made first
	for operation, faults := range map[string]map[string]http.HandlerFunc{
		first:    {"hangs": silent, "has no end": endless, "always 401": status(401), "always 404": status(404), "always 500": status(500)},
		merchant: {"hangs": silent, "always 403": status(403)},
	} {
		for claim, sick := range faults {
			t.Run(operation+" "+claim, func(t *testing.T) {
				t.Parallel()
				server := &ordersServer{sick: map[string]http.HandlerFunc{operation: sick}}
				dir, printed, code := certifyIn(t, map[string]string{
					"orders.yaml": ordersDescription,
					"f.yaml":      fmt.Sprintf("credentials: { valid: { Token: %q } }\nmerchants: { main: %q }\n", rightToken, rightTenant),
				}, "--spec", "orders.yaml", "--fixtures", "f.yaml", "--target", serve(t, server)+"/v2", "--timeout", "300ms", "--filter", "requirement:ANY-2XX")
				if strings.Contains(printed, "nothing else was sent") {
					t.Fatalf("exit code %d:\n%s", code, printed)
				}
				for _, o := range readDocument(t, filepath.Join(dir, "out")).Obligations {
					if own := o.Method+" /v2"+o.Path == operation; own == (o.Counts.Fail+o.Counts.Inconclusive == 0) {
						t.Errorf("%s is %s: %s", o.ID, o.Outcome, o.Why)
					}
				}
			})
		}
	}
}

// TestSettingsMistakes_TooFewCalls: of an API with a single harmless operation nothing is
// said but that nobody answers.
func TestSettingsMistakes_TooFewCalls(t *testing.T) {
	t.Parallel()
	single, _, _ := strings.Cut(ordersDescription, "    post:\n")
	_, components, _ := strings.Cut(ordersDescription, "components:\n")
	for _, status := range []int{401, 403, 404, 302} {
		_, printed, code := certifyIn(t, map[string]string{
			"orders.yaml": single + "components:\n" + components, "f.yaml": fmt.Sprintf("credentials: { valid: { Token: %q } }", rightToken),
		}, "--spec", "orders.yaml", "--fixtures", "f.yaml", "--target", serve(t, answering(status, "application/json", `{}`))+"/v2")
		if code != run.ExitFail || strings.Contains(printed, "nothing else was sent") {
			t.Errorf("%d: exit code %d:\n%s", status, code, printed)
		}
	}
	_, printed, code := certifyIn(t, map[string]string{
		"orders.yaml": single + "components:\n" + components, "f.yaml": fmt.Sprintf("credentials: { valid: { Token: %q } }", rightToken),
	}, "--spec", "orders.yaml", "--fixtures", "f.yaml", "--target", unreachable)
	saysOneSentence(t, printed, code, []string{"no answer from"})
}
