package run

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/redact"
	"qorcheck/harness/verdict"
)

// TestVerdict_StoresEveryField compares what is stored with what checks say: a field
// of one that the other lacks would be lost, or always empty.
func TestVerdict_StoresEveryField(t *testing.T) {
	fields := func(of reflect.Type) (names []string) {
		for i := range of.NumField() {
			names = append(names, of.Field(i).Name)
		}
		return names
	}
	for _, pair := range [][2]reflect.Type{
		{reflect.TypeFor[verdict.Verdict](), reflect.TypeFor[Verdict]()}, {reflect.TypeFor[verdict.Finding](), reflect.TypeFor[Finding]()},
		{reflect.TypeFor[verdict.Fact](), reflect.TypeFor[Fact]()}, {reflect.TypeFor[verdict.Fault](), reflect.TypeFor[Fault]()},
		{reflect.TypeFor[verdict.Obstacle](), reflect.TypeFor[Obstacle]()},
	} {
		if said, stored := fields(pair[0]), fields(pair[1]); !slices.Equal(said, stored) {
			t.Errorf("%s: said are %v, stored %v", pair[0].Name(), said, stored)
		}
	}
	said := verdict.Verdict{
		Obligation: "o", Outcome: verdict.Fail, Exercised: true, Note: "n", Obstacle: &verdict.Obstacle{Kind: "k", Step: "s", Failure: "f", Status: 1, Pointer: "/p", Count: 2, Detail: "d"}, Why: "w",
		Findings: []verdict.Finding{{
			Check: "c", Rule: "r", Deviation: verdict.Status, Status: 3, Pointer: "/q", Header: "h", Keyword: "y", Wanted: []string{"v"}, Got: "g", Given: []verdict.Fact{{Name: "a", Value: "b"}},
			Words: []verdict.Fact{{Name: "i", Value: "j"}}, Fault: &verdict.Fault{Pointer: "/x", Keyword: "l", Sent: "m", Allowed: "t"}, Step: "u", Exchange: 4, Expected: "e", Received: "z",
		}},
	}
	const want = `{"obligation":"o","outcome":"fail","exercised":true,"findings":[{"check":"c","rule":"r","deviation":"status","status":3,"pointer":"/q","header":"h","keyword":"y","wanted":["v"],"got":"g","given":[{"name":"a","value":"b"}],"words":[{"name":"i","value":"j"}],"fault":{"pointer":"/x","keyword":"l","sent":"m","allowed":"t"},"step":"u","exchange":4,"expected":"e","received":"z"}],"note":"n","obstacle":{"kind":"k","step":"s","failure":"f","status":1,"pointer":"/p","count":2,"detail":"d"},"why":"w"}`
	if got := asJSON(t, redactor(redact.New(redact.Secrets{}).Answer).verdict(said)); strings.Join(strings.Fields(got), "") != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestVerdict_HoldsNoSecret(t *testing.T) {
	const secret = "hunter2-hunter2"
	facts := []verdict.Fact{{Name: secret, Value: secret}}
	stored := redactor(redact.New(redact.Secrets{Values: []string{secret}}).Answer).verdict(verdict.Verdict{
		Note: secret, Why: secret, Obstacle: &verdict.Obstacle{Pointer: secret, Detail: secret},
		Findings: []verdict.Finding{{
			Pointer: secret, Wanted: []string{secret}, Got: secret, Given: facts, Words: facts, Expected: secret, Received: secret, Deviation: verdict.Value,
			Fault: &verdict.Fault{Pointer: secret, Sent: secret, Allowed: secret},
		}},
	})
	text, err := json.Marshal(stored)
	if err != nil || strings.Contains(string(text), secret) || strings.Count(string(text), "[redacted#1]") != 16 {
		t.Errorf("%v: %s", err, text)
	}
}
