package exchange

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
)

// Only listed card numbers go out in a card field, whatever a plan holds.
func TestCards_UnlistedAreNotSent(t *testing.T) {
	const listed, stray, escaped = "4571000000000001", "4242424242424242", `\u0034242424242424242`
	json := func(body plan.Template) plan.Step { return post("/pay", body) }
	form := func(body plan.Template) plan.Step {
		step := post("/pay", body)
		step.Request.Header = []plan.Field{{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}}
		return step
	}
	query := func(name string, value plan.Template) plan.Step {
		step := get("/pay")
		step.Request.Query = []plan.Field{{Name: name, Value: value}}
		return step
	}
	captured := json(`{"creditcard":"` + hole(plan.FromAnswer, "CARD") + `"}`)
	for _, tt := range []struct {
		claim string
		step  plan.Step
		sent  bool
	}{
		{"a listed one is sent", json(`{"creditcard":"` + listed + `"}`), true},
		{"a listed trigger is sent", json(`{"creditcard":"` + hole(plan.FromTrigger, "card", "approved", "creditcard") + `"}`), true},
		{"a wrong check digit is sent", json(`{"creditcard":"4242424242424241"}`), true},
		{"twelve digits are sent", json(`{"creditcard":"424242424242"}`), true},
		{"another field may hold the same digits", json(`{"order":"` + stray + `"}`), true},
		{"a stray one", json(`{"creditcard":"` + stray + `"}`), false},
		{"a number", json(`{"creditcard": ` + stray + `}`), false},
		{"another spelling of the field", json(`{"CreditCard":"` + stray + `"}`), false},
		{"a field that the description marks", json(`{"tan":"` + stray + `"}`), false},
		{"further in", json(`{"a":[{"creditcard":["` + stray + `"]}]}`), false},
		{"in groups", json(`{"creditcard":"4242 4242-4242 4242"}`), false},
		{"in a body that is broken", json(`{"creditcard":"` + stray), false},
		{"after a listed one", json(`{"creditcard":"` + listed + `","x":{"creditcard":"` + stray + `"}}`), false},
		{"with escaped digits", json(`{"creditcard":"` + escaped + `"}`), false},
		{"from an answer", captured, false},
		{"in a form", form("td%5Bcreditcard%5D=" + stray), false},
		{"in a form, escaped", form("creditcard=%34242424242424242"), false},
		{"in a form, in groups", form("creditcard=4242+4242+4242+4242"), false},
		{"in the query", query("creditcard", stray), false},
		{"a listed one in the query is sent", query("creditcard", listed), true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var seen atomic.Int32
			c := toyClient(t, toyServer(t, func(http.ResponseWriter, *http.Request) { seen.Add(1) }))
			r := c.Do(t.Context(), "c", tt.step, map[string]string{"CARD": stray})
			if (seen.Load() == 1) != tt.sent || (r.Failure == nil) != tt.sent {
				t.Fatalf("%d sent, %+v", seen.Load(), r.Failure)
			}
			if !tt.sent && (r.Failure.Kind != Blocked || !strings.Contains(r.Failure.Text.String(), "424242******4242") || !strings.Contains(r.Failure.Text.String(), "test_cards")) {
				t.Errorf("%+v", r.Failure)
			}
		})
	}
}

// What a case makes of a credential is as secret as the credential.
func TestCredentials_AlteredAreRedacted(t *testing.T) {
	r := toyRedactor(t)
	altered := plan.Twisted(clientKey)
	if len(altered) < 2 {
		t.Fatalf("%q alter nothing", altered)
	}
	for _, value := range append(altered, clientKey) {
		if got := r.Answer("a " + value + " z").String(); !strings.HasPrefix(got, "a [redacted#") || !strings.HasSuffix(got, "] z") {
			t.Errorf("%s is shown as %s", value, got)
		}
	}
}

// What the fixtures say of settling is theirs alone: URL, user information, headers and
// body hold secrets, and so do errors and what the environment answers.
func TestSettle_ShowsNoSecret(t *testing.T) {
	t.Parallel()
	values := map[string]string{"PASS": "p%40ss-word-1", "KEY": "kx-4711-aa", "PIN": "7391"}
	server := toyServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-"+values["KEY"], "1")
		_, _ = w.Write([]byte(r.URL.String() + " p@ss-word-1 pin 7391"))
	})
	f, err := settings.ParseFixtures([]byte(`settle: { method: POST, url: "http://ops:${PASS}@`+strings.TrimPrefix(server, "http://")+`/settle?k=${KEY}", body: { note: "${KEY}", n: "${PIN}" } }`), "f.yaml",
		func(name string) (string, bool) { return values[name], values[name] != "" })
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{server, "http://127.0.0.1:1"} {
		c := toyClient(t, target, func(s *settings.Settings) { s.Fixtures = f })
		step := plan.Step{Name: "settle", URL: f.Settle.URL, Request: plan.Request{Method: "POST", HasBody: true, Body: `{"note":"kx-4711-aa","n":"7391"}`}}
		if target != server {
			step.URL = strings.Replace(step.URL, strings.TrimPrefix(server, "http://"), "127.0.0.1:1", 1)
		}
		r := c.Do(t.Context(), "c", step, nil)
		data, err := json.Marshal(r.Evidence())
		if err != nil {
			t.Fatal(err)
		}
		for _, shown := range []string{string(data), r.Curl().String()} {
			for _, secret := range []string{"kx-4711-aa", "Kx-4711-Aa", "7391", "p@ss", "ss-word"} {
				if strings.Contains(shown, secret) {
					t.Errorf("%s is in %s", secret, shown)
				}
			}
			if !strings.Contains(shown, "/settle") {
				t.Errorf("nothing is left of %s", shown)
			}
		}
	}
}

// A target cannot know the key of a client certificate; one that does must not spread it.
func TestClientKey_IsRedacted(t *testing.T) {
	pair := newAuthority(t).issue(t, nil)
	c := toyClient(t, "http://127.0.0.1:1", func(s *settings.Settings) { s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}} })
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	file := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	for _, line := range strings.Split(file, "\n")[1:3] {
		if got := c.Redactor().Answer("a " + line + " z").String(); strings.Contains(got, line) {
			t.Error("a line of the key is shown")
		}
	}
}
