package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// everyKey is a fixtures file with every key.
const everyKey = `
hosts: ["sandbox.example.test"]
production: false
credentials:
  valid:          { AppKey: "${APP_KEY}", ClientKey: "${CLIENT_KEY}" }
  unknown:        { AppKey: "T1", ClientKey: "c1" }
  revoked:        { AppKey: "T2", ClientKey: "c2" }
  no_rights:      { AppKey: "T3", ClientKey: "c3" }
  other_merchant: { AppKey: "T4", ClientKey: "c4" }
merchants: { main: "700100200", other: "700100300", refunds_off: "700100400" }
triggers:
  card:
    approved: { creditcard: "4571000000000001", cvv: "321", month: "09", year: "39" }
    refused: [ { creditcard: "4000000000000515" }, { creditcard: "370000000000416", cvv: "4321" } ]
    error: { creditcard: "4000000000009615" }
    internal: { creditcard: "4000000000500019" }
    capture_fails_later: { creditcard: "4000000000705113" }
    capture_refused: { creditcard: "4000000000600512" }
    refund_error: { cvv: "977" }
    void_internal: {}
  ach: { approved: { account_number: "123" }, refused: [], error: {}, internal: {} }
  cash: { approved: { comment: "cash desk" }, refused: [ { amount: "515.00" } ], error: { amount: "960.00" } }
settle: { method: POST, url: "http://127.0.0.1:8080/control/settle", body: { transaction_id: "{transaction_id}" } }
receiver: { listen: "127.0.0.1:0", address: "http://127.0.0.1" }
exclusive: true
known: { settled_sale: [ { id: "T-1", may: [payment-refund] }, { id: "T-2" } ], deposit: 77 }
test_cards: ["4571000000000001", "4000000000000515", "370000000000416", "4000000000009615", "4000000000500019", "4000000000705113", "4000000000600512"]
cannot: { RH-MSG-1: "no message can reach this network" }
`

var environment = map[string]string{"APP_KEY": "T5270812718615729135", "CLIENT_KEY": "c9a6877e0bc2cfb31b34009a9074f2e9", "EMPTY": ""}

func env(name string) (string, bool) {
	value, ok := environment[name]
	return value, ok
}

func parse(text string) (*Fixtures, error) { return ParseFixtures([]byte(text), "dir/f.yaml", env) }

func mustParse(t *testing.T, text string) *Fixtures {
	t.Helper()
	f, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFixtures_EveryKeyIsRead(t *testing.T) {
	f := mustParse(t, everyKey)
	got := fmt.Sprint(f.File, f.Hosts, f.Production, f.Credential(Valid, "AppKey"), f.Credential(UnknownRole, "AppKey"), f.Credential(Revoked, "ClientKey"),
		f.Credential(NoRights, "AppKey"), f.Credential(OtherMerchant, "AppKey"), f.Credential("nobody", "AppKey"), f.Merchants["refunds_off"],
		len(f.Triggers["card"].Refused), f.Triggers["card"].CaptureFailsLater["creditcard"], f.Triggers["ach"].Approved["account_number"],
		f.Settle.Method, f.Settle.URL, f.Settle.Body, f.Receiver.Listen, f.Receiver.Address, f.Exclusive, fmt.Sprint(f.Known), len(f.TestCards), f.Cannot["RH-MSG-1"])
	want := fmt.Sprint("f.yaml", []string{"sandbox.example.test"}, false, "T5270812718615729135", "T1", "c2", "T3", "T4", "", "700100400",
		2, "4000000000705113", "123", "POST", "http://127.0.0.1:8080/control/settle", map[string]any{"transaction_id": "{transaction_id}"}, "127.0.0.1:0", "http://127.0.0.1", true, "map[deposit:[{77 []}] settled_sale:[{T-1 [payment-refund]} {T-2 []}]]", 7, "no message can reach this network")
	if got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

func TestFixtures_AreChecked(t *testing.T) {
	for _, tt := range []struct {
		claim, text string
		want        []string // in the error; nil when it is accepted
	}{
		{"an empty file is fine", "", nil},
		{"a card number that may be sent is fine", "triggers: {card: {approved: {n: '4111111111111111'}}}\ntest_cards: ['4111111111111111']", nil},
		{"a settle URL without a host is taken at the target", "settle: {method: POST, url: /control/settle}", nil},
		{"no YAML", "{", []string{"yaml"}},
		{"an unknown key", "host: [a]", []string{"line 1: unknown key host (did you mean hosts?); valid keys: hosts, production, credentials, oauth2, headers, base, merchants, triggers, settle, receiver, exclusive, known, test_cards, values, effects, writes, cannot"}},
		{"an unknown key of a trigger group", "triggers: {card: {approvd: {a: b}}}", []string{"triggers.card: unknown key approvd (did you mean approved?); valid keys: approved, refused, error, internal, capture_fails_later, capture_refused, capture_error, capture_internal, refund_refused, refund_error, refund_internal, void_refused, void_error, void_internal"}},
		{"an unknown key of settle", "settle: {method: POST, uri: /x}", []string{"settle: unknown key uri (did you mean url?); valid keys: method, url, body"}},
		{"an unknown key of the receiver", "receiver: {listen: 'a:0', adress: 'http://a'}", []string{"receiver: unknown key adress (did you mean address?); valid keys: listen, address"}},
		{"an unknown role", "hosts: []\ncredentials: {norights: {A: b}}", []string{"line 2: credentials: unknown key norights (did you mean no_rights?); valid keys: valid, unknown, revoked, no_rights, other_merchant"}},
		{"an empty credential", "credentials: {valid: {A: ''}}", []string{"credentials.valid.A", "empty"}},
		{"a key twice", "hosts: [a]\nhosts: [b]", []string{"line 2: the key hosts is given twice: lines 1 and 2"}},
		{"a second document", "hosts: [a]\n---\nhosts: [b]", []string{"line 2: a second document begins"}},
		{"a list where a word belongs", "production: [true]", []string{"line 1: production: must be true or false"}},
		{"a word where a list belongs", "hosts: a", []string{"line 1: hosts: must be a list"}},
		{"a variable that is not set", "\nmerchants: {main: 'x${NO_SUCH}y'}", []string{"line 2", "${NO_SUCH}", "not set"}},
		{"variables that are not set", "merchants: {main: '${ONE}', other: '${TWO}'}\nhosts: ['${THREE}']", []string{"line 1: ${ONE}, line 1: ${TWO}, line 2: ${THREE}: not set"}},
		{"a variable that is empty", "merchants: {main: '${EMPTY}'}", []string{"${EMPTY}", "not set"}},
		{"a host that is a URL", "hosts: ['https://a.example.test']", []string{"hosts", `"https://a.example.test"`, "must be a host or host:port"}},
		{"a host with a path", "hosts: [a/b]", []string{`"a/b"`}},
		{"a host with a wildcard", "hosts: ['*.example.test']", []string{"*.example.test"}},
		{"a host with a user", "hosts: [a@b]", []string{"a@b"}},
		{"an empty host", "hosts: ['']", []string{`hosts: ""`}},
		{"settle without a URL", "settle: {method: POST}", []string{"settle.url"}},
		{"settle by another scheme", "settle: {method: POST, url: 'ftp://a/b'}", []string{"settle.url", "ftp://a/b"}},
		{"settle without a method", "settle: {url: /x}", []string{"settle.method"}},
		{"settle with a body that is no JSON", "settle: {method: POST, url: /x, body: {1: a}}", []string{"settle.body"}},
		{"a receiver without a port", "receiver: {listen: 127.0.0.1, address: 'http://a'}", []string{"receiver.listen", "127.0.0.1"}},
		{"a receiver that nobody reaches", "receiver: {listen: '127.0.0.1:0', address: a}", []string{"receiver.address"}},
		{"known resources are fine", "known: {deposit: '7', sale: [{id: '7'}, {id: '8', may: [refund, void]}], none: []}", nil},
		{"exclusive that is neither true nor false", "exclusive: perhaps", []string{"exclusive: must be true or false"}},
		{"known resources that are a mapping", "known:\n  sale: {id: '7'}", []string{"line 2: known: must be an id, or a list of {id, may}"}},
		{"an unknown key of a known resource", "known:\n  sale:\n    - {id: '7', mya: [refund]}", []string{"line 3: known[0]: unknown key mya (did you mean may?); valid keys: id, may"}},
		{"a known resource that is a word in a list", "known: {sale: ['7']}", []string{"known[0]: must be a mapping; valid keys: id, may"}},
		{"operations that are no list", "known: {sale: [{id: '7', may: refund}]}", []string{"known[0].may: must be a list"}},
		{"a known resource without an id", "known: {sale: [{may: [refund]}]}", []string{"known.sale[0].id: must be given"}},
		{"a known resource with a blank id", "known: {deposit: ' '}", []string{"known.deposit[0].id: must be given"}},
		{"a known resource twice", "known: {sale: [{id: '7'}, {id: '7'}]}", []string{"known.sale[1].id: 7: must be given once"}},
		{"an operation twice", "known: {sale: [{id: '7', may: [refund, refund]}]}", []string{"known.sale[0].may[1]: refund: must be given once"}},
		{"an operation without a name", "known: {sale: [{id: '7', may: ['']}]}", []string{"known.sale[0].may[0]: must be an operation id"}},
		{"a known resource that is a card", "known: {card: '4111111111111111'}", []string{"known.card[0].id: 411111******1111: a card number must be listed under test_cards"}},
		{"a test card with a wrong check digit", "test_cards: ['4111111111111112']", []string{"test_cards", "411111******1112"}},
		{"a trigger with a card that is not listed", "triggers: {card: {refused: [{n: '4111111111111111'}]}}", []string{"triggers.card.refused[0].n", "411111******1111", "must be listed under test_cards"}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			_, err := parse(tt.text)
			if tt.want == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				t.Fatal("it is accepted")
			}
			for _, want := range append(tt.want, "dir/f.yaml: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "4111111111111111") {
				t.Errorf("%q shows a card number", err)
			}
		})
	}
}

func TestFixtures_VariablesStayText(t *testing.T) {
	environment["NUMBER"], environment["COLON"] = "007", "a: b # c\n\"d\""
	f := mustParse(t, "merchants:\n  main: ${NUMBER}\n  other: '${COLON}'\n  both: x${NUMBER}-${NUMBER}\n  literal: $NUMBER\n")
	want := map[string]string{"main": "007", "other": environment["COLON"], "both": "x007-007", "literal": "$NUMBER"}
	for name, value := range want {
		if f.Merchants[name] != value {
			t.Errorf("%s: %q, want %q", name, f.Merchants[name], value)
		}
	}
}

func TestLoadFixtures(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f.yaml")
	if err := os.WriteFile(file, []byte(everyKey), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := LoadFixtures(file, env); err != nil || f.File != "f.yaml" {
		t.Errorf("%v %v", f, err)
	}
	if _, err := LoadFixtures(file+"x", env); err == nil || !strings.HasPrefix(err.Error(), "fixtures: ") {
		t.Errorf("a missing file: %v", err)
	}
}

func TestTrigger_InheritsFromApproved(t *testing.T) {
	f := mustParse(t, everyKey)
	for _, tt := range []struct{ group, name, want string }{
		{"card", "approved", "map[creditcard:4571000000000001 cvv:321 month:09 year:39]"},
		{"card", "refused[0]", "map[creditcard:4000000000000515 cvv:321 month:09 year:39]"},
		{"card", "refused[1]", "map[creditcard:370000000000416 cvv:4321 month:09 year:39]"},
		{"card", "error", "map[creditcard:4000000000009615 cvv:321 month:09 year:39]"},
		{"card", "capture_refused", "map[creditcard:4000000000600512 cvv:321 month:09 year:39]"},
		{"card", "refund_error", "map[creditcard:4571000000000001 cvv:977 month:09 year:39]"},
		{"card", "void_internal", "map[creditcard:4571000000000001 cvv:321 month:09 year:39]"},
		{"card", "void_error", "map[]"},
		{"cash", "refused[0]", "map[amount:515.00 comment:cash desk]"},
		{"cash", "internal", "map[]"},
		{"card", "refused[2]", "map[]"},
		{"card", "", "map[]"},
		{"crypto", "approved", "map[]"},
	} {
		if got := fmt.Sprint(f.Trigger(tt.group, tt.name)); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.group, tt.name, got, tt.want)
		}
	}
	f.Trigger("card", "error")["cvv"] = "changed"
	if f.Triggers["card"].Approved["cvv"] != "321" {
		t.Error("a laid-over trigger changes the approved one")
	}
}

func class(c rune) string {
	switch {
	case c >= '0' && c <= '9':
		return "digit"
	case c >= 'a' && c <= 'z':
		return "small"
	case c >= 'A' && c <= 'Z':
		return "capital"
	}
	return string(c)
}

func TestCredentials_UnknownOnesAreInvented(t *testing.T) {
	for _, tt := range []struct{ claim, valid, kept string }{
		{"digits behind a letter that marks the kind", "T5270812718615729135", "T"},
		{"hexadecimal digits", "c9a6877e0bc2cfb31b34009a9074f2e9", ""},
		{"letters, marks, capitals", "sk_test-AB9z", "_-AB"},
		{"capitals alone are altered, or it would be the valid one", "ABCD-EFGH", "-"},
		{"a name and password", "user:pass1", ":"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			text := "credentials: {valid: {K: '" + tt.valid + "', L: '" + tt.valid + "'}}"
			f := mustParse(t, text)
			got := f.Credential(UnknownRole, "K")
			if len(got) != len(tt.valid) {
				t.Fatalf("%q has another length than %q", got, tt.valid)
			}
			for i, c := range tt.valid {
				if g := rune(got[i]); class(g) != class(c) || (g == c) != strings.ContainsRune(tt.kept, c) {
					t.Errorf("%q for %q: place %d", got, tt.valid, i)
				}
			}
			if mustParse(t, text).Credential(UnknownRole, "K") != got {
				t.Error("another one each time")
			}
			if f.Credential(UnknownRole, "L") == got && len(got) > 8 {
				t.Error("two schemes have one invented value")
			}
		})
	}
	if f := mustParse(t, everyKey); f.Credential(UnknownRole, "AppKey") != "T1" {
		t.Error("given ones are replaced")
	}
	if f := mustParse(t, ""); len(f.Credentials) != 0 {
		t.Error("some are invented out of nothing")
	}
}

func TestSecrets(t *testing.T) {
	f := mustParse(t, everyKey)
	credentials, cards := f.Secrets()
	if len(credentials) != 10 || credentials[0] != "c9a6877e0bc2cfb31b34009a9074f2e9" || !slices.IsSortedFunc(credentials, func(a, b string) int { return len(b) - len(a) }) {
		t.Errorf("credentials %q", credentials)
	}
	if len(cards) != 7 || cards[6] != "370000000000416" {
		t.Errorf("cards %q", cards)
	}
	if got := f.ShortSecrets(nil); !slices.Equal(got, []string{"321", "4321", "977"}) {
		t.Errorf("short %q", got)
	}
}

// TestSecrets_OfFewCharacters: short amounts and plain words of the test data are none.
func TestSecrets_OfFewCharacters(t *testing.T) {
	f := mustParse(t, `triggers: { cash: { approved: { type: sale, tan: "6142" }, refused: [ { amount: "5.15" } ] } }`)
	if got := f.ShortSecrets([]string{"tan"}); !slices.Equal(got, []string{"6142"}) {
		t.Errorf("short %q", got)
	}
}

func TestDigest(t *testing.T) {
	digest := mustParse(t, everyKey).Digest
	change := func(old, now string) string {
		if !strings.Contains(everyKey, old) {
			t.Fatal(old)
		}
		return mustParse(t, strings.ReplaceAll(everyKey, old, now)).Digest
	}
	for range 20 { // maps have no order
		if mustParse(t, everyKey).Digest != digest {
			t.Fatal("another digest each time")
		}
	}
	for _, tt := range []struct {
		claim, old, now string
		same            bool
	}{
		{"another key is no other shape", "${APP_KEY}", "T9", true},
		{"another given unknown key is none", "\"T1\"", "\"T7\"", true},
		{"another card is none", "4571000000000001", "4111111111111111", true},
		{"another cvv is none", "321", "999", true},
		{"another host is", "sandbox.example.test", "other.example.test", false},
		{"another merchant is", "700100300", "700100301", false},
		{"one role less is", "revoked: ", "#", false},
		{"one refused trigger less is", ", { creditcard: \"370000000000416\", cvv: \"4321\" }", "", false},
		{"another way to settle is a value", "/control/settle", "/settle", true},
		{"another receiver is that of another machine", "127.0.0.1:0", "127.0.0.1:9", true},
		{"another environment of one's own is", "exclusive: true", "exclusive: false", false},
		{"another known resource is", "T-1", "T-3", false},
		{"another permission is", "may: [payment-refund]", "may: [payment-void]", false},
		{"another reason is", "no message can", "nothing can", false},
	} {
		if got := change(tt.old, tt.now); (got == digest) != tt.same {
			t.Errorf("%s: same %v, want %v", tt.claim, got == digest, tt.same)
		}
	}
	if !strings.HasPrefix(digest, "sha256:") {
		t.Error(digest)
	}
}

// Each value counts, the receiver excepted, and the salt.
func TestValuesDigest(t *testing.T) {
	of := func(text, salt string) string {
		digest, err := mustParse(t, text).ValuesDigest(salt)
		if err != nil {
			t.Fatal(err)
		}
		return digest
	}
	digest := of(everyKey, "s")
	if digest != of(everyKey, "s") || digest == of(everyKey, "t") || !strings.HasPrefix(digest, "scrypt:") {
		t.Error(digest)
	}
	for _, tt := range []struct {
		claim, old, now string
		same            bool
	}{
		{"another key", "${APP_KEY}", "T9", false},
		{"another unknown key", "\"T1\"", "\"T7\"", false},
		{"another card", "4571000000000001", "4111111111111111", false},
		{"another cvv", "321", "999", false},
		{"another merchant", "700100300", "700100301", false},
		{"another way to settle", "/control/settle", "/settle", false},
		{"another known resource", "T-1", "T-3", false},
		{"another receiver", "127.0.0.1:0", "127.0.0.1:9", true},
	} {
		if got := of(strings.ReplaceAll(everyKey, tt.old, tt.now), "s"); (got == digest) != tt.same {
			t.Errorf("%s: same %v, want %v", tt.claim, got == digest, tt.same)
		}
	}
}

func TestAllowsHost(t *testing.T) {
	f := &Fixtures{Hosts: []string{"Sandbox.example.test", "ported.example.test:8443", "[2001:db8::1]", "192.0.2.7"}}
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:80": true, "127.0.0.1": true, "127.9.9.9:1": true, "[::1]:8080": true, "::1": true, "[::1]": true,
		"sandbox.example.test": true, "SANDBOX.example.test:443": true, "ported.example.test:8443": true,
		"[2001:db8::1]:443": true, "2001:db8::1": true, "192.0.2.7:80": true,
		"ported.example.test:443": false, "ported.example.test": false,
		"localhost.evil.test": false, "127.0.0.1.evil.test": false, "127.0.0.1.evil.test:80": false, "evil.test": false,
		"sandbox.example.test.evil.test": false, "a.sandbox.example.test": false, "localhost.": false,
		"0.0.0.0": false, "[::]:80": false, "169.254.169.254": false, "192.0.2.77": false, "[2001:db8::2]:443": false, "": false, ":80": false,
	} {
		if got := f.AllowsHost(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}
