package exchange

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
)

// secretStep carries every kind of secret in every place of a request.
func secretStep() plan.Step {
	card, cvv := hole(plan.FromTrigger, "card", "approved", "creditcard"), hole(plan.FromTrigger, "card", "approved", "cvv")
	key := hole(plan.FromCredential, "valid", "AppKey")
	return plan.Step{Name: "pay", Operation: "pay", Request: plan.Request{
		Method: "POST", Path: "/cards/" + card + "/" + hole(plan.FromAnswer, "ID"), HasBody: true,
		Query: []plan.Field{{Name: "key", Value: key}, {Name: "cvv", Value: cvv}},
		Header: []plan.Field{
			{Name: "Authorization", Value: "Basic " + hole(plan.FromBasic, "valid", "Login")}, {Name: "X-Key", Value: hole(plan.FromCredential, "valid", "ClientKey")},
			{Name: "Cookie", Value: "pin=" + hole(plan.FromCredential, "valid", "Pin")}, {Name: "X-Cvv", Value: cvv},
		},
		Body: `{"card":"` + card + `","cvv":"` + cvv + `","key":"` + key + `","order":"` + hole(plan.FromRun, "ORDER_ID", "20") + `","amount":"12.00"}`,
	}}
}

// A target that echoes what it got, in any way, does not bring a secret into the evidence.
func TestEvidence_HoldsNoSecret(t *testing.T) {
	all := strings.Join([]string{appKey, clientKey, login, testCard, "4571 0000 0000 0001", "4571-0000-0000-0001", "card " + otherCard, "CVV 873", `{"cvv":"951"}`}, " | ")
	for _, tt := range []struct {
		claim string
		echo  func(w http.ResponseWriter, r *http.Request, body string)
	}{
		{"headers", func(w http.ResponseWriter, r *http.Request, _ string) {
			for name, values := range r.Header {
				for _, v := range values {
					w.Header().Add("Echo-"+name, v)
				}
			}
			w.Header().Set("Set-Cookie", "session=951")
			w.Header().Set("Location", "https://x.test"+r.URL.RequestURI())
			w.Header().Set("X-All", all)
		}},
		{"JSON", func(w http.ResponseWriter, r *http.Request, body string) { _, _ = io.WriteString(w, body) }},
		{"JSON within JSON", func(w http.ResponseWriter, r *http.Request, body string) {
			_, _ = io.WriteString(w, jsonText(map[string]any{"message": "cannot read " + body, "all": all}))
		}},
		{"JSON within JSON within JSON", func(w http.ResponseWriter, r *http.Request, body string) {
			_, _ = io.WriteString(w, jsonText(map[string]any{"m": jsonText(map[string]string{"m": body})}))
		}},
		{"a form", func(w http.ResponseWriter, _ *http.Request, _ string) {
			_, _ = io.WriteString(w, url.Values{"data[cvv]": {"951"}, "key": {appKey}, "all": {all}, "card": {"4571 0000 0000 0001"}}.Encode())
		}},
		{"an HTML page", func(w http.ResponseWriter, r *http.Request, body string) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(500)
			_, _ = fmt.Fprintf(w, "<html><h1>Error</h1><pre>%s %s\n%v</pre>%s</html>", r.Method, r.URL, r.Header, body)
		}},
		{"plain text", func(w http.ResponseWriter, _ *http.Request, _ string) { _, _ = io.WriteString(w, all) }},
		{"malformed JSON with single quotes", func(w http.ResponseWriter, _ *http.Request, body string) {
			_, _ = io.WriteString(w, strings.ReplaceAll(body, `"`, `'`)+"'cvv': '951'")
		}},
		{"percent codes", func(w http.ResponseWriter, _ *http.Request, body string) {
			_, _ = io.WriteString(w, url.QueryEscape(appKey)+" "+url.QueryEscape(`{"cvv":"951"}`)+" "+url.PathEscape(login))
		}},
		{"base64", func(w http.ResponseWriter, _ *http.Request, body string) {
			_, _ = io.WriteString(w, strings.Join([]string{packed(body), packed(appKey), packed(login), packed(testCard)}, "\n"))
		}},
		{"binary", func(w http.ResponseWriter, _ *http.Request, _ string) {
			_, _ = io.WriteString(w, "\x00\xff"+testCard+"\x00"+clientKey+"\xfe")
		}},
		{"no HTTP", func(w http.ResponseWriter, _ *http.Request, _ string) {
			conn, buffer, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			_, _ = buffer.WriteString(clientKey + ":873:" + testCard + "\r\n\r\n")
			_ = buffer.Flush() // what is not sent fails below
		}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			arrived := ""
			c := toyClient(t, toyServer(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				arrived = string(body)
				tt.echo(w, r, arrived)
			}))
			r := c.Do(t.Context(), "case", secretStep(), map[string]string{"ID": testCard})
			if !strings.Contains(arrived, testCard) || !strings.Contains(arrived, "873") {
				t.Fatalf("the secrets were not sent: %s, %+v", arrived, r.Failure)
			}
			shownAs := r.Evidence()
			shownAs.Started, shownAs.TookMS = time.Time{}, 0 // a clock may say 873
			data, err := json.Marshal(shownAs)
			if err != nil {
				t.Fatal(err)
			}
			var plain []string // the strings of the evidence, without JSON's own escapes
			var walk func(any)
			walk = func(v any) {
				switch v := v.(type) {
				case string:
					plain = append(plain, v)
				case []any:
					for _, inner := range v {
						walk(inner)
					}
				case map[string]any:
					for _, inner := range v {
						walk(inner)
					}
				}
			}
			var decoded any
			if err := json.Unmarshal(data, &decoded); err != nil {
				t.Fatal(err)
			}
			walk(decoded)
			shown := strings.Join(plain, "\n")
			for _, also := range []string{packed(appKey), packed(login), packed(testCard), packed(arrived)[20:40]} {
				if strings.Contains(shown, also) {
					t.Errorf("%s is left in %s", also, shown)
				}
			}
			for _, text := range []string{string(data), shown} {
				leaks(t, text)
			}
			unique := plan.UniqueValue("run1", "case", "ORDER_ID", 20)
			if body := r.Evidence().Request.Body.String(); !strings.Contains(body, unique) || !strings.Contains(body, "12.00") || !strings.Contains(body, "$CARD_APPROVED_CREDITCARD") {
				t.Errorf("order id, amount or variable is gone: %s", body)
			}
		})
	}
}

func TestEvidence_ShowsTheExchange(t *testing.T) {
	c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("B", "2")
		w.Header().Set("A", "1")
		w.WriteHeader(404)
		_, _ = io.WriteString(w, `{"id":"310905123456789"}`)
	}))
	step := post("/x/"+hole(plan.FromAnswer, "ID"), `{"a":"\u202e"}`)
	step.Request.Query = []plan.Field{{Name: "key", Value: hole(plan.FromCredential, "valid", "AppKey")}}
	e := c.Do(t.Context(), "case", step, map[string]string{"ID": "id-17"}).Evidence()
	if want := "POST " + c.settings.Target.String() + "/x/id-17?key=$APP_KEY"; e.Request.Line.String() != want {
		t.Errorf("request line %s, want %s", e.Request.Line, want)
	}
	if e.Answer.Line.String() != "HTTP/1.1 404 Not Found" || e.Answer.Body.String() != `{"id":"310905123456789"}` || e.Step != "pay" || e.TookMS <= 0 || e.Started.IsZero() {
		t.Errorf("got %+v %+v", e, e.Answer)
	}
	if got := redact.Strings(e.Answer.Header); !slices.IsSorted(got) || !slices.Contains(got, "A: 1") || !slices.Contains(got, "Content-Type: application/json") {
		t.Errorf("headers %v", got)
	}
	t.Run("of a request that could not be made, too", func(t *testing.T) {
		e := c.Do(t.Context(), "case", step, nil).Evidence()
		if e.Answer != nil || e.Failure == nil || !strings.Contains(e.Request.Line.String(), "/x/$ID") {
			t.Errorf("got %+v", e)
		}
	})
}

// TestEvidence_OfIssuedSecrets: a token that a response named stands in no path, query or
// body of a later request, nor one that is made of it; an id does.
func TestEvidence_OfIssuedSecrets(t *testing.T) {
	const token = "457100$aB3dE5fG"
	step := post("/x/"+hole(plan.FromAnswer, "ACCESS_TOKEN")+"/"+hole(plan.UnlikeAnswer, "ACCESS_TOKEN")+"/"+hole(plan.FromAnswer, "ID"), `{"old":"`+hole(plan.FromAnswer, "ACCESS_TOKEN")+`"}`)
	step.Request.Query = []plan.Field{{Name: "of", Value: hole(plan.FromAnswer, "ACCESS_TOKEN")}}
	c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) {}))
	r := c.Do(t.Context(), "case", step, map[string]string{"ID": "id-17", "ACCESS_TOKEN": token})
	if !strings.Contains(r.URL, url.PathEscape(token)) || !strings.Contains(string(r.Body), token) {
		t.Errorf("the token was not sent: %s %s", r.URL, r.Body)
	}
	e := r.Evidence()
	if want := "POST " + c.settings.Target.String() + "/x/$ACCESS_TOKEN/$UNKNOWN_ACCESS_TOKEN/id-17?of=$ACCESS_TOKEN"; e.Request.Line.String() != want || e.Request.Body.String() != `{"old":"$ACCESS_TOKEN"}` {
		t.Errorf("%s %s, want %s", e.Request.Line, e.Request.Body, want)
	}
}

// TestLeftover_OfASecret: a token that could not be removed is not shown, and can be found.
func TestLeftover_OfASecret(t *testing.T) {
	c := toyClient(t, toyServer(t, func(w http.ResponseWriter, _ *http.Request) {}))
	maker := post("/tokens", `{}`)
	maker.Capture = []plan.Capture{{Name: "ACCESS_TOKEN", Pointer: "/token"}}
	values := map[string]string{"ACCESS_TOKEN": "457100$aB3dE5fG", "ID": "17"}
	act := c.Do(t.Context(), "case", maker, values)
	s := &script{client: c, transcript: &Transcript{Case: &plan.Case{ID: "case"}, Act: &act}, values: values}
	got := s.leftover(c.Do(t.Context(), "case", get("/x/"+hole(plan.FromAnswer, "ACCESS_TOKEN")), values)).String()
	if strings.Contains(got, "aB3dE5fG") || !strings.Contains(got, "/x/$ACCESS_TOKEN: ") || !strings.Contains(got, "the response to POST "+c.settings.Target.String()+"/tokens at 2") || !strings.HasSuffix(got, "in the case case") {
		t.Error(got)
	}
	if got := s.leftover(c.Do(t.Context(), "case", get("/x/"+hole(plan.FromAnswer, "ID")), values)).String(); got != "GET "+c.settings.Target.String()+"/x/17" {
		t.Errorf("of an id: %s", got)
	}
}

// The request line shows what was sent, escaped as it was, with secrets by name.
func TestEvidence_RequestLineIsWhatWasSent(t *testing.T) {
	var uri string
	target := toyServer(t, func(_ http.ResponseWriter, r *http.Request) { uri = r.URL.RequestURI() })
	step := get("/x/" + hole(plan.FromAnswer, "ODD"))
	step.Request.Query = []plan.Field{{Name: "price", Value: "$5 a"}, {Name: "id", Value: "<" + hole(plan.FromAnswer, "ODD") + ">"}}
	r := toyClient(t, target).Do(t.Context(), "case", step, map[string]string{"ODD": odd})
	if want := "GET " + target + uri; r.Evidence().Request.Line.String() != want {
		t.Errorf("shown %s\nsent  %s", r.Evidence().Request.Line, want)
	}
	step.Request.Query = append(step.Request.Query, plan.Field{Name: "key", Value: hole(plan.FromCredential, "valid", "AppKey")})
	r = toyClient(t, target).Do(t.Context(), "case", step, map[string]string{"ODD": odd})
	if line := r.Evidence().Request.Line.String(); !strings.HasSuffix(line, "&key=$APP_KEY") || !strings.Contains(line, "price=%245+a") {
		t.Errorf("shown %s", line)
	}
}

// Of a header no more is kept than people read.
func TestEvidence_CutsLongHeaders(t *testing.T) {
	many := http.Header{}
	for range 1000 {
		many.Add("X-Many", strings.Repeat("z", maxLine*2))
	}
	if lines := toyClient(t, "http://127.0.0.1").header(many); len(lines) != maxLines+1 || len(lines[0].String()) > maxLine+100 {
		t.Errorf("%d lines, the first of %d bytes", len(lines), len(lines[0].String()))
	}
}
