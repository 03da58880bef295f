package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
)

const (
	appKey    = "Qor-App-Key"
	clientKey = "Qor-Client-Key"
)

// canaries are secrets that are distinct from everything else, each in place of one
// of the sandbox's own. Some have characters that encodings treat in a way of their own.
var canaries = map[string]string{
	"T5270812718615729135":             "cnry+App/Key==0001",
	"c9a6877e0bc2cfb31b34009a9074f2e9": "cnry-client-key-4af0",
	"T9341061893339580045":             `cnry"Revoked&App<Key>0002`,
	"e22d58571fe15f924bae4f6bb84748db": "cnry revoked client 91",
	"T9483260601677929322":             "cnry.norights.app.0003",
	"a7510d7fef2e6c64c423872b969959e1": "cnry_norights_client_5d",
	"T1896143489362537078":             "cnryOTHERapp0004key",
	"c7046eac39cf45928c528e2e5a8b229c": "cnry%other%client%77",
}

// cvvs likewise; they are sent in JSON bodies alone.
var cvvs = map[string]string{"321": "7391", "4321": "8527"}

func canaryFixtures() string {
	text := string(sandbox.Fixtures(""))
	for own, canary := range canaries {
		text = strings.Replace(text, `"`+own+`"`, string(encoded(canary)), 1)
	}
	for own, canary := range cvvs {
		text = strings.ReplaceAll(text, `cvv: "`+own+`"`, `cvv: "`+canary+`"`)
	}
	return text
}

// ownSecrets lets the sandbox be asked with canaries.
func ownSecrets(r *http.Request, sent []byte) (*http.Request, []byte) {
	inner := r.Clone(r.Context())
	for own, canary := range canaries {
		for _, name := range []string{appKey, clientKey} {
			if r.Header.Get(name) == canary {
				inner.Header.Set(name, own)
			}
		}
	}
	text := string(sent)
	for own, canary := range cvvs {
		text = strings.Replace(text, `"cvv":"`+canary+`"`, `"cvv":"`+own+`"`, 1)
	}
	return inner, []byte(text)
}

// revealed by a target: everything that it was sent, in each form that targets use.
func gossip(r *http.Request, sent []byte) (secrets []string) {
	for _, name := range []string{appKey, clientKey} {
		if key := r.Header.Get(name); key != "" {
			secrets = append(secrets, forms(key)...)
		}
	}
	if d := data(sent); d != nil {
		if card, _ := d["creditcard"].(string); redact.IsCard(card) {
			secrets = append(secrets, forms(card)...)
			secrets = append(secrets, card[:4]+" "+card[4:8]+" "+card[8:12]+" "+card[12:], card[:4]+"-"+card[4:8]+"-"+card[8:12]+"-"+card[12:])
		}
		if cvv, _ := d["cvv"].(string); cvv != "" {
			secrets = append(secrets, "CVV "+cvv, "cvv="+cvv+"&", "cvc: "+cvv, `"cvv":"`+cvv+`"`, "security code was "+cvv+".")
		}
	}
	packed := base64.StdEncoding.EncodeToString
	return append(secrets, string(sent), url.QueryEscape(string(sent)), packed(sent), packed([]byte(r.Header.Get(appKey)+":"+r.Header.Get(clientKey))))
}

// forms of a secret as targets, and files, write it.
func forms(secret string) []string {
	quoted := string(encoded(secret))
	quoted = quoted[1 : len(quoted)-1]
	var plain strings.Builder
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	_ = e.Encode(secret) // a string always encodes
	unescaped := strings.TrimSpace(plain.String())
	unescaped = unescaped[1 : len(unescaped)-1]
	list := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), quoted, unescaped, strings.ReplaceAll(unescaped, "/", `\/`),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)),
		base64.RawStdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
		html.EscapeString(secret), strings.ReplaceAll(html.EscapeString(secret), "+", "&#43;"),
		hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
		throughout(secret, "%%%02X"), throughout(secret, "%%%02x"), url.QueryEscape(throughout(secret, "%%%02X")), throughout(secret, "&#%d;"), throughout(secret, `\u%04x`),
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// throughout writes each byte of a text in an escape.
func throughout(text, escape string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, escape, c)
	}
	return b.String()
}

// TestSecrets_AreNotShown: whatever a target does with the secrets that it is sent,
// none is in a report, on the console or on stderr.
func TestSecrets_AreNotShown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim string
		code  int
		flags []string
		tell  func(r *http.Request, sent []byte, a *answer)
	}{
		{"a passing run", 0, fewSales, func(*http.Request, []byte, *answer) {}},
		{"a run against a target that echoes", 1, saleAndList, func(r *http.Request, sent []byte, a *answer) {
			secrets := gossip(r, sent)
			a.edit(func(m map[string]any) { m["echo"], m["raw"], m["sent"] = secrets, string(sent), data(sent) })
			for i, secret := range secrets {
				if !strings.ContainsAny(secret, "\x00\r\n") {
					a.header.Set(fmt.Sprintf("X-Echo-%d", i), secret)
				}
			}
			a.header.Set("Set-Cookie", "card="+strings.Join(secrets[:1], ""))
		}},
		{"error pages", 1, fewSales, func(r *http.Request, sent []byte, a *answer) {
			if a.status >= 400 {
				a.header.Set("Content-Type", "text/html")
				a.body = []byte("<html><body><h1>Sorry</h1><pre>" + strings.Join(gossip(r, sent), "\n") + "</pre></body></html>")
			}
		}},
		{"an error page that begins with a key", 1, fewSales, func(r *http.Request, _ []byte, a *answer) {
			if a.status >= 400 {
				a.header.Set("Content-Type", "text/html")
				a.body = []byte("<html><body><p>no " + r.Header.Get(clientKey) + " and " + r.Header.Get(appKey) + "</p></body></html>")
			}
		}},
		{"an error page that begins with a card", 1, fewSales, func(_ *http.Request, sent []byte, a *answer) {
			if d := data(sent); a.status == 400 && d != nil {
				a.header.Set("Content-Type", "text/html")
				a.body = fmt.Appendf(nil, "<html><body><p>no: %v</p></body></html>", d["creditcard"])
			}
		}},
		{"answers against their schema", 1, fewSales, func(r *http.Request, sent []byte, a *answer) {
			secrets := strings.Join(gossip(r, sent), " ")
			a.edit(func(m map[string]any) { m["code"], m["transaction_date"] = "is "+secrets, secrets })
		}},
		{"a long value against its schema, cut in a key", 1, fewSales, func(r *http.Request, _ []byte, a *answer) {
			a.edit(func(m map[string]any) { m["code"] = strings.Repeat("x", 110) + " " + r.Header.Get(clientKey) })
		}},
		{"words of outcome", 1, fewSales, func(r *http.Request, sent []byte, a *answer) {
			a.edit(func(m map[string]any) {
				if m["resultCode"] != nil {
					m["resultCode"], m["status"] = strings.Join(gossip(r, sent), " "), r.Header.Get(appKey)
				}
			})
		}},
		{"names of members", 1, fewSales, func(r *http.Request, sent []byte, a *answer) {
			key := string(encoded(r.Header.Get(clientKey) + " 7391"))
			if a.status == 200 && r.Method == http.MethodGet {
				a.body = []byte("{" + key + ":1," + key + ":2}")
			}
		}},
		{"a redirect", 1, fewSales, func(r *http.Request, sent []byte, a *answer) {
			if a.status == 401 || a.status == 403 {
				a.status = 302
				a.header.Set("Location", "/login?"+url.Values{"key": {r.Header.Get(clientKey)}, "app": {r.Header.Get(appKey)}, "cvv": {"7391"}}.Encode())
			}
		}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			inner := newSandbox(t)
			certifyCanaries(t, tt.code, tt.flags, func(w http.ResponseWriter, r *http.Request) {
				sent, err := io.ReadAll(r.Body)
				if err != nil {
					panic(http.ErrAbortHandler)
				}
				own, body := ownSecrets(r, sent)
				a := answerOf(inner, own, body)
				if strings.HasPrefix(r.URL.Path, "/v3/") {
					tt.tell(r, sent, a)
				}
				a.send(w)
			})
		})
	}
}

// TestSecrets_OnTheWire: nor when what comes back is no HTTP answer, or more than one.
func TestSecrets_OnTheWire(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim string
		bytes func(secrets string) string
	}{
		{"no HTTP at all", func(secrets string) string { return secrets + "\r\n\r\n" }},
		{"a wrong status line", func(secrets string) string { return "HTTP/1.1 7391 " + secrets + "\r\n\r\n" }},
		{"a wrong header line", func(secrets string) string { return "HTTP/1.1 200 OK\r\n7391 " + secrets + "\r\n\r\n" }},
		{"a wrong length", func(secrets string) string { return "HTTP/1.1 200 OK\r\nContent-Length: 7391 " + secrets + "\r\n\r\n" }},
		{"bytes after the body", func(secrets string) string {
			return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}" + secrets + "\r\n"
		}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			inner := newSandbox(t)
			certifyCanaries(t, 1, fewSales, func(w http.ResponseWriter, r *http.Request) {
				sent, err := io.ReadAll(r.Body)
				if err != nil {
					panic(http.ErrAbortHandler)
				}
				own, body := ownSecrets(r, sent)
				a := answerOf(inner, own, body)
				if a.status != http.StatusForbidden && a.status != http.StatusBadRequest {
					a.send(w)
					return
				}
				connection, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					panic(http.ErrAbortHandler)
				}
				defer connection.Close()
				secrets := strings.Map(func(c rune) rune {
					if c == '\r' || c == '\n' || c == 0 {
						return ' '
					}
					return c
				}, strings.Join(gossip(r, sent), " "))
				_, _ = io.WriteString(connection, tt.bytes(secrets)) // the client may be gone
			})
		})
	}
}

// TestSecrets_OfMessages: nor when it comes in a message, which contradicts
// the one before so that both are in the reports; the secret of the messages
// themselves is none to show either.
func TestSecrets_OfMessages(t *testing.T) {
	t.Parallel()
	inner := newSandbox(t)
	var mu sync.Mutex
	var own [][2]string // the header pairs with which messages come
	hooks := map[string]bool{}
	sentMessages := 0
	texts := certifyCanaries(t, 1, []string{"--filter", "operation:payment-capture && kind:message"}, func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		request, body := ownSecrets(r, sent)
		a := answerOf(inner, request, body)
		defer a.send(w)
		mu.Lock()
		defer mu.Unlock()
		if d := data(sent); a.status == 201 && d["header_value"] != nil {
			pair := [2]string{d["header_key"].(string), d["header_value"].(string)}
			own, hooks[d["uri"].(string)] = append(own, pair), true
		}
		var answered struct {
			ID string `json:"transaction_id"`
		}
		if !strings.Contains(r.URL.Path, "capture") || a.status != 200 || json.Unmarshal(a.body, &answered) != nil || len(own) == 0 {
			return
		}
		secrets := append(gossip(r, sent), forms(own[0][1])...)
		for _, card := range []string{"4571000000000001", "4111111111111111"} {
			secrets = append(append(secrets, forms(card)...), "cvv="+cvvs["321"]+"&")
		}
		message := encoded(map[string]any{"event": "capture", "transaction_id": answered.ID, "success": false, "reason": strings.Join(secrets, " "), "raw": secrets})
		for hook := range hooks {
			m, err := http.NewRequest(http.MethodPost, hook, bytes.NewReader(message))
			if err != nil {
				t.Error(err)
				return
			}
			m.Header = http.Header{"Content-Type": {"application/json"}, "X-Told": {r.Header.Get(clientKey) + " 4571000000000001"}}
			m.Header.Set(own[0][0], own[0][1])
			if answer, err := http.DefaultClient.Do(m); err == nil { // else nobody listens there any more
				_ = answer.Body.Close()
				sentMessages++
			}
		}
	})
	if sentMessages == 0 || len(own) == 0 {
		t.Fatalf("%d messages with secrets were sent, under %d header pairs", sentMessages, len(own))
	}
	if !strings.Contains(texts["run.json"], "X-Told") {
		t.Error("none of these messages is in the reports")
	}
	for _, name := range sortedNames(texts) {
		for _, form := range forms(own[0][1]) {
			if strings.Contains(texts[name], form) {
				t.Errorf("%s holds the secret of the messages as %q", name, form)
			}
		}
	}
}

// TestSecrets_SelfCheck: what comes past redaction all the same is masked, named and not shown.
func TestSecrets_SelfCheck(t *testing.T) {
	t.Parallel()
	key := fixturesOf(t).Credential("valid", "ClientKey")
	for name, tt := range map[string]struct{ secret, says string }{
		"a key": {key, "a credential"}, "a card number": {"4111111111111111", "the card number 411111******1111"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			stdout, stderr, code := commandIn(t, dir, nil, "run", "--run-id", tt.secret, "--filter", "operation:webhooks_list")
			if code != run.ExitBroken || strings.Contains(stdout+stderr, tt.secret) || !strings.Contains(stdout, "PASSED: ") {
				t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
			}
			if d := readDocument(t, filepath.Join(dir, "out")); !strings.HasPrefix(d.Verdict, "PASSED: ") || d.ExitCode != 0 {
				t.Errorf("what is left in run.json says %q", d.Verdict)
			}
			for _, file := range []string{"run.json", "report.html", "TEST-conformance.xml"} {
				if want := "self-check: " + file + " held " + tt.says + ", which was masked"; !strings.Contains(stderr, want) {
					t.Errorf("stderr does not say %q: %s", want, stderr)
				}
			}
			entries, err := os.ReadDir(filepath.Join(dir, "out"))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if strings.Contains(readFile(t, filepath.Join(dir, "out", e.Name())), tt.secret) {
					t.Errorf("%s holds it", e.Name())
				}
			}
		})
	}
	t.Run("a card number in what is rendered again", func(t *testing.T) {
		dir, _ := finished(t, true)
		file := filepath.Join(dir, "run.json")
		bent := strings.Replace(readFile(t, file), `"runId": "finished"`, `"runId": "4111111111111111"`, 1)
		writeFiles(t, dir, map[string]string{"run.json": bent})
		for _, args := range [][]string{{"--format", "junit", "--out", "again"}, {"--format", "console"}} {
			stdout, stderr, code := commandIn(t, dir, nil, append([]string{"report", "--from", "."}, args...)...)
			if code != run.ExitBroken || stdout != "" || !strings.Contains(stderr, "self-check: ") || strings.Contains(stderr, "4111111111111111") {
				t.Errorf("%v: exit code %d: %s%s", args, code, stdout, stderr)
			}
		}
	})
}
