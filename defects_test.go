package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

var quietLog = log.New(io.Discard, "", 0)

const (
	appKey    = "Qor-App-Key"
	clientKey = "Qor-Client-Key"
)

// defect breaks the sandbox by hand.
type defect func(f *settings.Fixtures, inner http.Handler) http.Handler

// broken serves a sandbox with a defect and returns its base URL.
func broken(t *testing.T, d defect) string {
	t.Helper()
	return serve(t, d(fixturesOf(t), newSandbox(t))) + "/v3"
}

// asking alters requests before the sandbox sees them. The control endpoint of
// the environment is no part of what is judged and stays as it is.
func asking(change func(f *settings.Fixtures, r *http.Request, sent []byte) []byte) defect {
	return func(f *settings.Fixtures, inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sent, err := io.ReadAll(r.Body)
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			if strings.HasPrefix(r.URL.Path, "/v3/") {
				sent = change(f, r, sent)
			}
			answerOf(inner, r, sent).send(w)
		})
	}
}

// answering alters the sandbox's answers.
func answering(change func(r *http.Request, a *answer)) defect {
	return after(func(_ *settings.Fixtures, r *http.Request, _ []byte, a *answer, _ http.Handler) { change(r, a) })
}

// after acts when the sandbox has answered.
func after(change func(f *settings.Fixtures, r *http.Request, sent []byte, a *answer, inner http.Handler)) defect {
	return func(f *settings.Fixtures, inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sent, err := io.ReadAll(r.Body)
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			a := answerOf(inner, r, sent)
			if strings.HasPrefix(r.URL.Path, "/v3/") {
				change(f, r, sent, a, inner)
			}
			a.send(w)
		})
	}
}

// status alters the answers of a status.
func status(of int, change func(a *answer)) defect {
	return answering(func(_ *http.Request, a *answer) {
		if a.status == of {
			change(a)
		}
	})
}

// body alters the members of a JSON answer.
func (a *answer) edit(change func(m map[string]any)) {
	var m map[string]any
	if json.Unmarshal(a.body, &m) != nil {
		return
	}
	change(m)
	a.body = encoded(m)
}

// told tells whether a JSON answer has a word in a field.
func (a *answer) told(field, word string) bool {
	var m map[string]any
	return json.Unmarshal(a.body, &m) == nil && m[field] == word
}

func encoded(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // maps of JSON values always encode
	}
	return data
}

// data returns transaction_data of a request, nil when it cannot be read.
func data(sent []byte) map[string]any {
	var m struct {
		Data map[string]any `json:"transaction_data"`
	}
	if json.Unmarshal(sent, &m) != nil {
		return nil
	}
	return m.Data
}

// with sets a field of transaction_data where it has to be corrected, and
// leaves every other request as it is, byte for byte.
func with(sent []byte, name string, corrected func(data map[string]any) (value any, ok bool)) []byte {
	d := data(sent)
	if d == nil {
		return sent
	}
	value, ok := corrected(d)
	if !ok {
		return sent
	}
	d[name] = value
	return encoded(map[string]any{"transaction_data": d})
}

func useKeys(r *http.Request, keys map[string]string) {
	r.Header.Set(appKey, keys["AppKey"])
	r.Header.Set(clientKey, keys["ClientKey"])
}

// hasKeys tells whether a request carries exactly these keys.
func hasKeys(r *http.Request, keys map[string]string) bool {
	return r.Header.Get(appKey) == keys["AppKey"] && r.Header.Get(clientKey) == keys["ClientKey"]
}

func keyless(r *http.Request) bool {
	return r.Header.Get(appKey) == "" || r.Header.Get(clientKey) == ""
}

// taken lets the keys of a role pass for valid ones.
func taken(role string) defect {
	return asking(func(f *settings.Fixtures, r *http.Request, sent []byte) []byte {
		if hasKeys(r, f.Credentials[role]) {
			useKeys(r, f.Credentials["valid"])
		}
		return sent
	})
}

// merchantTaken lets a merchant pass for the main one.
func merchantTaken(name, path string) defect {
	return asking(func(f *settings.Fixtures, r *http.Request, sent []byte) []byte {
		return with(sent, "mid", func(d map[string]any) (any, bool) {
			return f.Merchants["main"], strings.HasPrefix(r.URL.Path, path) && d["mid"] == f.Merchants[name]
		})
	})
}

var orderID = regexp.MustCompile(`["']orderid["']\s*:\s*["']([^"'\x00\xff]+)`)

// storing repeats a rejected request inside, corrected, so that it is stored
// although its answer says that it was not.
func storing(when func(a *answer) bool) defect {
	return after(func(f *settings.Fixtures, r *http.Request, sent []byte, a *answer, inner http.Handler) {
		order := orderID.FindSubmatch(sent)
		if !when(a) || order == nil || r.Method != http.MethodPost {
			return
		}
		approved := f.Triggers["card"].Approved
		corrected := map[string]any{"mid": f.Merchants["main"], "amount": "1.00", "bzip": "97201", "orderid": string(order[1])}
		for name, value := range approved {
			corrected[name] = value
		}
		again := r.Clone(r.Context())
		useKeys(again, f.Credentials["valid"])
		again.Header.Set("Content-Type", "application/json")
		answerOf(inner, again, encoded(map[string]any{"transaction_data": corrected}))
	})
}

// remote tells whether a request is for a path and method.
func remote(r *http.Request, method, path string) bool {
	return r.Method == method && r.URL.Path == path
}

var plainErrorBody = []byte(`{"status":"error","code":"GW96","message":"it went wrong"}`)

// defects in the order of the requirement list. Failures other than the wanted
// one and those that follow from it would be wrong about the target.
var defects = []struct {
	claim  string
	breaks defect
	want   string
	also   []string // what follows from the same defect
	on     string   // the operation that shows it, beside a list; payment-sale-manual when empty
}{
	// what each status means
	{"a correct capture is answered 500", answering(func(r *http.Request, a *answer) {
		if strings.HasPrefix(r.URL.Path, "/v3/payment/capture") && a.status == 200 {
			a.status, a.body = 500, plainErrorBody
		}
	}), "RH-200-1", nil, "payment-capture"},
	{"an approved sale is told as refused", answering(func(r *http.Request, a *answer) {
		if remote(r, "POST", "/v3/payment/sale/manual/") && a.told("resultCode", "Authorised") {
			a.edit(func(m map[string]any) {
				m["status"], m["code"], m["resultCode"], m["refusalReason"] = "declined", "GW51", "Refused", "insufficient funds"
			})
		}
	}), "RH-200-1", nil, ""},
	{"undocumented 202 instead of 200", answering(func(r *http.Request, a *answer) {
		if remote(r, "POST", "/v3/payment/sale/manual/") && a.status == 200 {
			a.status = 202
		}
	}), "RH-200-1", []string{"RH-200-3", "RH-200-4", "RH-ALL-1"}, ""},
	{"201 where 200 is documented", answering(func(r *http.Request, a *answer) {
		if remote(r, "POST", "/v3/payment/authorize") && a.status == 200 {
			a.status = 201
		}
	}), "RH-200-1", []string{"RH-200-3", "RH-200-4", "RH-ALL-1"}, "payment-auth"},
	{"204 without a body where 200 is documented", answering(func(r *http.Request, a *answer) {
		if r.Method == http.MethodDelete && a.status == 200 {
			a.status, a.body = 204, nil
		}
	}), "RH-200-1", []string{"RH-ALL-1"}, "webhooks-remove"},
	{"a created webhook is answered 200", status(201, func(a *answer) { a.status = 200 }), "RH-201-1", []string{"RH-ALL-1"}, "webhooks-create"},
	{"an optional field is answered 400", after(func(_ *settings.Fixtures, _ *http.Request, sent []byte, a *answer, _ http.Handler) {
		if d := data(sent); d != nil && d["cwebaddress"] != nil && d["cfirstname"] == nil && a.status == 200 {
			a.status, a.body = 400, plainErrorBody
		}
	}), "RH-200-9", nil, ""},
	{"the longest text that is allowed is answered 400", after(func(_ *settings.Fixtures, _ *http.Request, sent []byte, a *answer, _ http.Handler) {
		if address, _ := data(sent)["ipaddress"].(string); len(address) == 16 && a.status == 200 {
			a.status, a.body = 400, plainErrorBody
		}
	}), "RH-200-9", nil, ""},
	{"200 to a request without keys", asking(func(f *settings.Fixtures, r *http.Request, sent []byte) []byte {
		if keyless(r) {
			useKeys(r, f.Credentials["valid"])
		}
		return sent
	}), "RH-401-1", []string{"RH-NIL-2"}, ""},
	{"403 where 401 is due", status(401, func(a *answer) { a.status = 403 }), "RH-401-1", nil, ""},
	{"a redirect to a login page instead of 401", status(401, func(a *answer) {
		a.status = 302
		a.header.Set("Location", "http://127.0.0.1/login")
	}), "RH-401-1", []string{"RH-ALL-1"}, ""},
	{"401 where 403 is due", status(403, func(a *answer) { a.status = 401 }),
		"RH-403-1", []string{"RH-403-2", "RH-403-3", "RH-403-4", "RH-403-5", "RH-403-6", "RH-400-2"}, "payment-refund"},
	{"401 where wrong keys are answered 403", answering(func(_ *http.Request, a *answer) {
		if a.status == 403 && a.told("code", "GW63") {
			a.status = 401
		}
	}), "RH-403-1", []string{"RH-403-2", "RH-403-3", "RH-403-4"}, ""},
	{"only the app key is looked at", asking(func(f *settings.Fixtures, r *http.Request, sent []byte) []byte {
		if valid := f.Credentials["valid"]; r.Header.Get(appKey) == valid["AppKey"] && !keyless(r) {
			useKeys(r, valid)
		}
		return sent
	}), "RH-403-3", []string{"RH-403-1", "RH-NIL-2"}, ""},
	{"revoked keys are accepted", taken("revoked"), "RH-403-2", []string{"RH-NIL-2"}, ""},
	{"a pair made of two merchants' keys is accepted", asking(func(f *settings.Fixtures, r *http.Request, sent []byte) []byte {
		valid, other := f.Credentials["valid"], f.Credentials["other_merchant"]
		if r.Header.Get(appKey) == valid["AppKey"] && r.Header.Get(clientKey) == other["ClientKey"] {
			useKeys(r, valid)
		}
		return sent
	}), "RH-403-3", []string{"RH-NIL-2"}, ""},
	{"keys without a right are accepted", taken("no_rights"), "RH-403-4", []string{"RH-NIL-2"}, ""},
	{"another merchant's mid is accepted", merchantTaken("other", "/v3/"), "RH-403-5", []string{"RH-NIL-2"}, ""},
	{"a refund that the configuration forbids is accepted", merchantTaken("refunds_off", "/v3/payment/refund"), "RH-403-6", nil, "payment-refund"},
	{"an unknown path is answered 200", asking(func(_ *settings.Fixtures, r *http.Request, sent []byte) []byte {
		r.URL.Path = strings.Replace(r.URL.Path, "-unknown", "", 1)
		return sent
	}), "RH-404-1", nil, ""},
	{"404 is answered as 400", status(404, func(a *answer) { a.status = 400 }), "RH-404-1", []string{"RH-404-2", "RH-404-3"}, "payment-void"},
	{"a wrong method is answered 200", asking(func(_ *settings.Fixtures, r *http.Request, sent []byte) []byte {
		if r.Method == http.MethodPut && r.URL.Path == "/v3/payment/sale/manual/" {
			r.Method = http.MethodPost
		}
		return sent
	}), "RH-404-2", nil, ""},
	{"an unknown id is answered 200", status(404, func(a *answer) {
		if a.told("code", "GW76") {
			a.status, a.body = 200, []byte(`{"status":"approved","code":"GW00","message":"done","resultCode":"Received","transaction_id":"310905000000000"}`)
		}
	}), "RH-404-3", []string{"RH-200-2"}, "payment-void"},
	{"an unknown id is answered 403", status(404, func(a *answer) {
		if a.told("code", "GW76") {
			a.status = 403
		}
	}), "RH-404-3", nil, "transactions-fetch-one"},
	{"an unknown card token is answered 403", status(404, func(a *answer) {
		if a.told("code", "GW76") {
			a.status = 403
		}
	}), "RH-404-4", nil, "payment-sale-token"},
	{"an unknown token is answered 403", status(404, func(a *answer) {
		if a.told("code", "GW76") {
			a.status = 403
		}
	}), "RH-404-5", nil, "token-remove"},
	{"malformed is accepted: text after the JSON value", asking(func(_ *settings.Fixtures, _ *http.Request, sent []byte) []byte {
		return bytes.TrimSuffix(sent, []byte(" garbage"))
	}), "RH-400-1", []string{"RH-NIL-1"}, ""},
	{"malformed is accepted: another media type", asking(func(_ *settings.Fixtures, r *http.Request, sent []byte) []byte {
		if r.Header.Get("Content-Type") == "text/plain" {
			r.Header.Set("Content-Type", "application/json")
		}
		return sent
	}), "RH-400-1", []string{"RH-NIL-1"}, ""},
	{"malformed is accepted: too long", asking(func(_ *settings.Fixtures, _ *http.Request, sent []byte) []byte {
		return with(sent, "ipaddress", func(d map[string]any) (any, bool) {
			s, _ := d["ipaddress"].(string)
			return s[:min(len(s), 16)], len(s) > 16
		})
	}), "RH-400-2", []string{"RH-NIL-1"}, ""},
	{"malformed is accepted: a number where a text is due", asking(func(_ *settings.Fixtures, _ *http.Request, sent []byte) []byte {
		return with(sent, "amount", func(d map[string]any) (any, bool) {
			_, isText := d["amount"].(string)
			return "123.45", d["amount"] != nil && !isText
		})
	}), "RH-400-2", []string{"RH-NIL-1"}, ""},
	{"malformed is accepted: a query parameter below its bound", asking(func(_ *settings.Fixtures, r *http.Request, sent []byte) []byte {
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "limit=0", "limit=1", 1)
		return sent
	}), "RH-400-2", nil, "transactions-fetch-all"},
	{"malformed is accepted: a mandatory field is missing", asking(func(_ *settings.Fixtures, r *http.Request, sent []byte) []byte {
		return with(sent, "bzip", func(d map[string]any) (any, bool) {
			_, there := d["bzip"]
			return "97201", !there && d["creditcard"] != nil
		})
	}), "RH-400-3", []string{"RH-NIL-1"}, ""},
	{"malformed is answered 422", status(400, func(a *answer) { a.status = 422 }), "RH-400-1", []string{"RH-400-2", "RH-400-3", "RH-ALL-1"}, ""},
	{"an internal error is answered 200", asking(func(f *settings.Fixtures, _ *http.Request, sent []byte) []byte {
		card := f.Triggers["card"]
		return with(sent, "creditcard", func(d map[string]any) (any, bool) {
			return card.Approved["creditcard"], d["creditcard"] == card.Internal["creditcard"]
		})
	}), "RH-500-1", []string{"RH-NIL-3"}, ""},

	// what a 200 holds
	{"200 against its schema: a value of a wrong type", answering(func(r *http.Request, a *answer) {
		if remote(r, "GET", "/v3/webhook") && a.status == 200 {
			a.edit(func(m map[string]any) {
				if d, ok := m["data"].(map[string]any); ok {
					d["count"] = fmt.Sprint(d["count"])
				}
			})
		}
	}), "RH-200-2", nil, ""},
	{"200 against its schema: a field is missing", answering(func(r *http.Request, a *answer) {
		if r.Method == http.MethodGet && a.status == 200 {
			a.edit(func(m map[string]any) {
				if rows, ok := m["data"].([]any); ok && len(rows) == 1 {
					delete(rows[0].(map[string]any), "trxn_type")
				}
			})
		}
	}), "RH-200-2", nil, "transactions-fetch-one"},
	{"a name stands twice in a JSON answer", answering(func(r *http.Request, a *answer) {
		if remote(r, "GET", "/v3/webhook") && a.status == 200 {
			a.body = append([]byte(`{"status":"ok",`), a.body[1:]...)
		}
	}), "RH-200-2", []string{"RH-ALL-2"}, ""},
	{"a JSON answer is followed by text", answering(func(r *http.Request, a *answer) {
		if remote(r, "GET", "/v3/webhook") && a.status == 200 {
			a.body = append(a.body, "</html>"...)
		}
	}), "RH-200-2", []string{"RH-ALL-2"}, ""},
	{"a 200 without a body", answering(func(r *http.Request, a *answer) {
		if remote(r, "GET", "/v3/webhook") && a.status == 200 {
			a.body = nil
		}
	}), "RH-200-2", []string{"RH-ALL-2"}, ""},
	{"an answer without a media type", answering(func(r *http.Request, a *answer) {
		if remote(r, "GET", "/v3/webhook") && a.status == 200 {
			a.header["Content-Type"] = nil
		}
	}), "RH-ALL-2", nil, ""},
	{"an error labelled text/plain", answering(func(_ *http.Request, a *answer) {
		if a.status >= 400 {
			a.header.Set("Content-Type", "text/plain")
		}
	}), "RH-ALL-2", nil, ""},
	{"an answer that is not HTTP", func(_ *settings.Fixtures, inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v3/webhook-unknown" {
				inner.ServeHTTP(w, r)
				return
			}
			connection, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			_, _ = io.WriteString(connection, "so sorry\r\n\r\n")
			_ = connection.Close()
		})
	}, "RH-ALL-2", nil, "webhooks-create"},

	// handle 200 responses
	{"a decline is answered 402", answering(func(_ *http.Request, a *answer) {
		if a.told("resultCode", "Refused") {
			a.status = 402
		}
	}), "RH-200-3", []string{"RH-ALL-1", "RH-ERR-1"}, ""},
	{"a refused sale is told as approved", answering(func(_ *http.Request, a *answer) {
		if a.told("resultCode", "Refused") {
			a.edit(func(m map[string]any) {
				m["status"], m["code"], m["resultCode"] = "approved", "GW00", "Authorised"
				delete(m, "refusalReason")
			})
		}
	}), "RH-200-3", nil, ""},
	{"one word says refused, the other approved", answering(func(_ *http.Request, a *answer) {
		if a.told("resultCode", "Refused") {
			a.edit(func(m map[string]any) { m["status"] = "approved" })
		}
	}), "RH-200-3", nil, ""},
	{"a payment that ended in an error is answered 500", answering(func(_ *http.Request, a *answer) {
		if a.told("resultCode", "Error") {
			a.status = 500
		}
	}), "RH-200-4", nil, ""},
	{"Refused without a reason", answering(func(_ *http.Request, a *answer) {
		if a.told("resultCode", "Refused") {
			a.edit(func(m map[string]any) { delete(m, "refusalReason") })
		}
	}), "RH-200-5", nil, ""},
	{"one refusal of several without a reason", answering(func(_ *http.Request, a *answer) {
		if a.told("resultCode", "Refused") && a.told("code", "GW61") {
			a.edit(func(m map[string]any) { delete(m, "refusalReason") })
		}
	}), "RH-200-5", nil, ""},
	{"Error without a reason", answering(func(_ *http.Request, a *answer) {
		if a.told("resultCode", "Error") {
			a.edit(func(m map[string]any) { delete(m, "refusalReason") })
		}
	}), "RH-200-5", nil, ""},
	{"a reason of blanks", answering(func(_ *http.Request, a *answer) {
		if a.told("resultCode", "Refused") {
			a.edit(func(m map[string]any) { m["refusalReason"] = " \t " })
		}
	}), "RH-200-5", []string{"RH-200-2"}, ""},
	{"a reason that is null", answering(func(_ *http.Request, a *answer) {
		if a.told("resultCode", "Refused") {
			a.edit(func(m map[string]any) { m["refusalReason"] = nil })
		}
	}), "RH-200-5", []string{"RH-200-2"}, ""},
	{"a declined payment with a blank message", answering(func(_ *http.Request, a *answer) {
		if a.told("status", "declined") {
			a.edit(func(m map[string]any) { m["message"] = " " })
		}
	}), "RH-200-5", []string{"RH-200-2"}, ""},
	{"a reason on success", answering(func(_ *http.Request, a *answer) {
		if a.told("resultCode", "Authorised") {
			a.edit(func(m map[string]any) { m["refusalReason"] = "none" })
		}
	}), "RH-200-6", []string{"RH-200-7"}, ""},

	// handle 4xx and 5xx responses
	{"400 as an HTML page", status(400, func(a *answer) {
		a.header.Set("Content-Type", "text/html; charset=utf-8")
		a.body = []byte("<html><body><h1>400 Bad Request</h1></body></html>")
	}), "RH-ERR-1", []string{"RH-ALL-2"}, ""},
	{"an error without a body", status(403, func(a *answer) { a.body = nil }), "RH-ERR-1", []string{"RH-ALL-2"}, ""},
	{"an error body without code", answering(func(_ *http.Request, a *answer) {
		if a.status >= 400 {
			a.edit(func(m map[string]any) { delete(m, "code") })
		}
	}), "RH-ERR-1", nil, ""},
	{"an error body with a number as code", status(404, func(a *answer) {
		a.edit(func(m map[string]any) { m["code"] = 76 })
	}), "RH-ERR-1", nil, ""},
	{"an error body with a blank message", status(401, func(a *answer) {
		a.edit(func(m map[string]any) { m["message"] = "  " })
	}), "RH-ERR-1", nil, ""},
	{"an error body that says ok", status(500, func(a *answer) {
		a.edit(func(m map[string]any) { m["status"] = "ok" })
	}), "RH-ERR-1", nil, ""},
	{"an error body with a name twice", status(404, func(a *answer) {
		a.body = append([]byte(`{"status":"error",`), a.body[1:]...)
	}), "RH-ERR-1", []string{"RH-ALL-2"}, ""},
	{"a malformed request is stored anyway", storing(func(a *answer) bool { return a.status == 400 }), "RH-NIL-1", nil, ""},
	{"a request without keys is stored anyway", storing(func(a *answer) bool { return a.status == 401 }), "RH-NIL-2", nil, ""},
	{"a forbidden request is stored anyway", storing(func(a *answer) bool { return a.status == 403 && a.told("code", "GW63") }), "RH-NIL-2", nil, ""},
	{"a request that met an internal error is stored anyway", storing(func(a *answer) bool { return a.status == 500 }), "RH-NIL-3", nil, ""},
}

// TestDefects breaks the sandbox by hand, one defect at a time. Each is found,
// by the requirement that it breaks, which is the first that a reader meets, and
// nothing else is held against the target.
func TestDefects(t *testing.T) {
	for _, tt := range defects {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			on := []string{"payment-sale-manual", "webhooks_list"}
			if tt.on != "" {
				on = append(on[:0:0], tt.on, "webhooks_list")
			}
			p := planOf(t, on...)
			if tt.want == "RH-200-9" {
				p = builtInPlan(t).Only(func(o *plan.Obligation) bool { return o.Operation.ID == on[0] })
			}
			d := certify(t, p, broken(t, tt.breaks), "defect", 8, run.Options{})
			if d.ExitCode != run.ExitFail {
				t.Errorf("exit code %d, want %d: %s", d.ExitCode, run.ExitFail, d.Verdict)
			}
			failures := d.Failures()
			if len(failures) == 0 {
				t.Fatal("the defect was not found")
			}
			if failures[0].Requirement != tt.want {
				t.Errorf("the first failure is of %s, want %s", failures[0].Requirement, tt.want)
			}
			for _, o := range failures {
				if o.Requirement != tt.want && !slices.Contains(tt.also, o.Requirement) {
					t.Errorf("%s failed too, which does not follow from the defect:\n%s", o.ID, d.Settle(o).Explain())
				}
			}
			if d.Counts.Broken != 0 {
				t.Errorf("%d obligations broken", d.Counts.Broken)
			}
		})
	}
}

// TestEveryRequirementIsBroken demands a defect for each requirement that is
// exercised: a check that was never seen to fail proves nothing.
func TestEveryRequirementIsBroken(t *testing.T) {
	broken := map[string]bool{}
	for _, tt := range defects {
		broken[tt.want] = true
		for _, id := range tt.also {
			broken[id] = true
		}
	}
	for _, q := range must(builtInRequirements())(t).List {
		if q.Tested() && q.Level != spec.May && !broken[q.ID] {
			t.Errorf("no defect breaks %s", q.ID)
		}
		delete(broken, q.ID)
	}
	if len(broken) > 0 {
		t.Errorf("defects name requirements that do not exist: %v", slices.Sorted(maps.Keys(broken)))
	}
}

// TestTolerated: what the documentation lets pass is no failure, and is said.
func TestTolerated(t *testing.T) {
	for _, tt := range []struct {
		claim  string
		breaks defect
		note   string
	}{
		{"405 for a wrong method", answering(func(r *http.Request, a *answer) {
			if r.Method == http.MethodPut && a.status == 404 && !strings.Contains(r.URL.Path, "-unknown") {
				a.status = 405
			}
		}), "405 is tolerated"},
		{"500 for a missing mandatory field", after(func(_ *settings.Fixtures, _ *http.Request, sent []byte, a *answer, _ http.Handler) {
			if d := data(sent); a.status == 400 && d != nil && d["creditcard"] != nil && d["bzip"] == nil {
				a.status = 500
			}
		}), "500 is tolerated"},
		{"200 with GW76 for an unknown id", status(404, func(a *answer) {
			if a.told("code", "GW76") {
				a.status, a.body = 200, []byte(`{"status":"error","code":"GW76","message":"no such record","resultCode":"Error","refusalReason":"no such record"}`)
			}
		}), "200 is tolerated"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			d := certify(t, planOf(t, "payment-sale-manual", "payment-void"), broken(t, tt.breaks), "tolerated", 8, run.Options{})
			if d.ExitCode != run.ExitPass {
				t.Errorf("exit code %d, want %d: %s", d.ExitCode, run.ExitPass, d.Verdict)
			}
			for _, o := range d.Failures() {
				t.Errorf("%s failed:\n%s", o.ID, d.Settle(o).Explain())
			}
			if !slices.ContainsFunc(d.Obligations, func(o run.Obligation) bool {
				return slices.ContainsFunc(o.Notes, func(n run.Note) bool { return strings.HasPrefix(n.Text, tt.note) })
			}) {
				t.Errorf("no note says %q", tt.note)
			}
		})
	}
}
