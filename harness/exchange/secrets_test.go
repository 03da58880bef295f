package exchange

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"qorcheck/harness/plan"
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
