package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// Cards: one of the fixtures, one known by its shape alone.
const (
	testCard  = "4571000000000001"
	otherCard = "5500000000000004"
)

// Credentials with every character that some encoding escapes.
const (
	appKey    = `K3y/w+th&"qu'te"\=1`
	clientKey = "c9a6877e0bc2cfb31b34009a9074f2e9"
	login     = "ada:pa55w/rd<0>"
	pin       = "90s1"
)

func toyRedactor() *Redactor {
	return New(Secrets{Values: []string{clientKey, appKey, login, pin, "873"}, Cards: []string{testCard, "370000000000416"}, Names: []string{"tan"}})
}

func jsonText(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func packed(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestAnswer_HidesSecrets(t *testing.T) {
	spaced, dashed := "4571 0000 0000 0001", "5500-0000-0000-0004"
	order := map[string]any{"key": appKey, "card": testCard, "cvv": "951"}
	echo := jsonText(order)
	for _, tt := range []struct {
		claim, text string
		gone        []string // further than the usual ones
	}{
		{"a key in plain text", "no right for " + appKey, nil},
		{"a key in JSON", `{"echo":` + jsonText(appKey) + `}`, []string{`K3y\/`, "w+th"}},
		{"a key in JSON of PHP", `{"echo":"` + strings.Trim(strings.ReplaceAll(jsonText(appKey), "/", `\/`), `"`) + `"}`, []string{"w+th"}},
		{"a key in JSON within JSON within JSON", jsonText(jsonText(jsonText(echo))), []string{"w+th"}},
		{"a key percent-encoded twice", url.QueryEscape(url.QueryEscape(appKey)), []string{"w%252Bth"}},
		{"a key in JSON within JSON", jsonText(map[string]string{"message": echo}), []string{"w+th"}},
		{"a key in HTML", "<p>" + html.EscapeString(appKey) + "</p>", []string{"w+th"}},
		{"a key in a query", "https://x.test/?k=" + url.QueryEscape(appKey) + "&a=1", []string{"w%2Bth"}},
		{"a key in a query of small letters", "?k=" + regexp.MustCompile(`%..`).ReplaceAllStringFunc(url.QueryEscape(appKey), strings.ToLower), []string{"w%2bth"}},
		{"a key in a path", "https://x.test/" + url.PathEscape(appKey), []string{"w+th"}},
		{"a key in base64", packed(appKey), []string{packed(appKey)}},
		{"a key in base64 for URLs", base64.RawURLEncoding.EncodeToString([]byte(appKey)), []string{base64.RawURLEncoding.EncodeToString([]byte(appKey))}},
		{"a basic credential, and its password alone", "Basic " + packed(login) + " pa55w/rd<0>", []string{packed(login)}},
		{"a short credential", "pin 90s1 is wrong", nil},
		{"a whole body in base64", "payload:" + packed("padding "+echo), []string{packed("padding " + echo)[8:24]}},
		{"a body in base64 within a path", "/raw/" + base64.RawURLEncoding.EncodeToString([]byte(echo)) + "/", []string{base64.RawURLEncoding.EncodeToString([]byte(echo))[:12]}},
		{"a card of the fixtures", `{"creditcard":"` + testCard + `"}`, nil},
		{"a card that is a number", `{"creditcard":` + testCard + `}`, nil},
		{"a card in spaces", "card " + spaced + " declined", nil},
		{"a card in hyphens", "card " + dashed + " declined", nil},
		{"a card in plus signs", "card=" + strings.ReplaceAll(spaced, " ", "+"), []string{"0000+0001"}},
		{"a card in percent codes", "card=" + strings.ReplaceAll(spaced, " ", "%20"), []string{"0000%200001"}},
		{"a card between other numbers", "order 12 " + spaced + " 12 39", nil},
		{"a card before its date and verification value", spaced + " 12/39 873", nil},
		{"another card beside a number", "17 " + otherCard + " 3", nil},
		{"a card glued to letters", "card" + testCard + "x", nil},
		{"another card after an underscore", "card_" + otherCard, nil},
		{"another card after an escaped line end", `{"message":"card\n` + otherCard + `"}`, nil},
		{"another card after a percent code", "card%3D" + otherCard, nil},
		{"another card in an encoded text that was cut", "id%22%3A%22" + otherCard + "%22%7D%", nil},
		{"a card in base64", packed("x " + otherCard), []string{packed("x " + otherCard)[:12]}},
		{"a short card as a whole", "370000000000416", []string{"370000000000416"}},
		{"a verification value of the fixtures as a word", "CVV 873 wrong", nil},
		{"a verification value of the fixtures in XML", "<cvv>873</cvv>", nil},
		{"any verification value in JSON", `{"cvv":"951","a":1}`, nil},
		{"one that is a number", `{"cvv": 951}`, nil},
		{"one in a list", `{"cvv":["951", "952"]}`, []string{"952"}},
		{"one in a deep field", `{"a":{"card_cvv":"951"}}`, nil},
		{"one in single quotes", `{'cvv':'951'}`, nil},
		{"one in JSON within JSON", `{"m":"{\"cvv\":\"951\",\"cvc\":951}"}`, nil},
		{"one two levels deep", `{"m":"{\"m\":\"{\\\"cvv\\\":\\\"951\\\"}\"}"}`, nil},
		{"one in a form", "transaction_data[cvv]=951&a=1", nil},
		{"one in an encoded form", "transaction_data%5Bcvv%5D=951&a=1", nil},
		{"one in an encoded query", "q=%7B%22cvv%22%3A%22951%22%7D", nil},
		{"one in HTML", "<td>CVV: 951</td> <input name=\"cvv\" value=\"951\">", nil},
		{"one in escaped HTML", "{&quot;cvv&quot;:&quot;951&quot;}", nil},
		{"one in XML", "<security_code>951</security_code>", nil},
		{"one in a body that is cut", `{"cvv":"951`, nil},
		{"a password with quotes in it", `{"password":"it's \"951\" really 951"}`, nil},
		{"a password in JSON within JSON with quotes in it", `{"m":"{\"password\":\"a\\\"951\\\" 951\"}"}`, nil},
		{"a password that begins like a variable", `{"password":"$2y$10$951"} password=$951`, nil},
		{"a token minted by the target", `{"access_token":"951.951","expires":1}`, nil},
		{"a key in hexadecimal digits", hex.EncodeToString([]byte(clientKey)) + " " + strings.ToUpper(hex.EncodeToString([]byte(appKey))), []string{hex.EncodeToString([]byte(clientKey))[:20], strings.ToUpper(hex.EncodeToString([]byte(appKey)))[:20]}},
		{"a key percent-encoded throughout", throughout(clientKey, "%%%02X"), []string{throughout(clientKey, "%%%02X")[:20]}},
		{"a key percent-encoded throughout, twice", url.QueryEscape(throughout(clientKey, "%%%02x")), []string{"%25"}},
		{"a key in JSON escapes throughout", `{"a":"` + throughout(clientKey, `\u%04x`) + `"}`, []string{throughout(clientKey, `\u%04x`)[:20]}},
		{"a key in JSON escapes throughout, in a body that is cut", `{"a":"` + throughout(clientKey, `\u%04x`), []string{throughout(clientKey, `\u%04x`)[:20]}},
		{"a card in HTML escapes throughout", "<p>" + throughout(testCard, "&#%d;") + "</p>", []string{throughout(testCard, "&#%d;")[:20]}},
		{"a key in JSON escapes throughout, quoted again", throughout(clientKey, `\\\\u%04x`), []string{throughout(clientKey, `\u%04x`)[:20]}},
		{"a key in escapes of strings", throughout(clientKey, `\x%02x`), []string{throughout(clientKey, `\x%02x`)[:20]}},
		{"a card in hexadecimal digits", "x" + hex.EncodeToString([]byte(otherCard)) + " 0" + hex.EncodeToString([]byte(testCard)), []string{hex.EncodeToString([]byte(otherCard))[:20], hex.EncodeToString([]byte(testCard))[:20]}},
		{"a card in JSON escapes throughout", `["` + throughout(testCard, `\u%04x`) + `"]`, []string{throughout(testCard, `\u%04x`)[:20]}},
		{"a card among numbers in JSON", `{"a":[1,` + otherCard + `,2]}`, nil},
		{"a verification value of the fixtures as a number in JSON", `{"a":[1,873,2]}`, nil},
		{"names in camel case", `{"cardCvv":"951","securityCode":951,"accessToken":"951"}`, nil},
		{"names with hyphens", `{"security-code":"951","access-token":"951"}`, nil},
		{"a list of objects under a secret name", `{"cvv":[{"value":"1"},"951",[951]]}`, nil},
		{"a token by its shape", "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI5NTEifQ.c2lnbmF0dXJl", []string{"eyJhbGciOiJIUzI1NiJ9", "c2lnbmF0dXJl"}},
		{"a platform's key by its shape", "key sk_test_4eC39HqLyjWDarjtT1zdp7dc", []string{"4eC39HqLyjWDarjtT1zdp7dc"}},
		{"a private key", "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2\n-----END EC PRIVATE KEY-----", []string{"MHcCAQEE"}},
		{"a private key that is cut", `{"a":"-----BEGIN PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2"}`, []string{"MHcCAQEE"}},
		{"the first track of a card", "%B" + otherCard + "^DOE/JO^39121010000000951000000?", []string{"DOE/JO"}},
		{"the second track of a card", ";" + otherCard + "=39121010000000951?", []string{"3912101"}},
		{"tracks among other lines", "a=b\nx^2 1=1\n%B" + otherCard + "^DOE/JO^3912101?\nc\n3^4 ;" + otherCard + "=39121010000000951? 1=1 ;" + otherCard + "=39121010000000951", []string{"DOE/JO", "3912101"}},
		{"a name that the description marks as secret", `{"tan":"951"}`, nil},
		{"names in any case", `{"CVV":"951","Password":"951"}`, nil},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			r := toyRedactor()
			got := r.answer(tt.text)
			leaks(t, got)
			for _, gone := range tt.gone {
				if strings.Contains(got, gone) {
					t.Errorf("%s is left in %s", gone, got)
				}
			}
			if again := r.answer(got); again != got {
				t.Errorf("redacted once it is\n%s\ntwice\n%s", got, again)
			}
			if structured(tt.text) && !json.Valid([]byte(got)) {
				t.Errorf("no JSON any more: %s", got)
			}
		})
	}
}

// structured reports whether a text is a JSON object or array.
func structured(text string) bool {
	start := strings.TrimLeft(text, " \t\r\n")
	return start != "" && strings.ContainsRune("{[", rune(start[0])) && json.Valid([]byte(text))
}

// throughout writes each character of a text in an escape.
func throughout(text, escape string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, escape, c)
	}
	return b.String()
}

// verification finds the verification values, but not in ports and lengths.
var verification = regexp.MustCompile(`(?:^|[^0-9])(?:873|951)(?:[^0-9]|$)`)

// leaks finds what must never be shown.
func leaks(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{
		"K3y/", "qu'te", clientKey, "pa55", "90s1", testCard, otherCard, "370000000000416",
		"0000 0001", "0000-0001", "0000 0004", "0000-0004",
	} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is left in %s", secret, text)
		}
	}
	if found := verification.FindString(text); found != "" {
		t.Errorf("%s is left in %s", found, text)
	}
}

func TestAnswer_LeavesTheRest(t *testing.T) {
	r := toyRedactor()
	for _, tt := range []struct{ claim, text string }{
		{"amounts", `{"amount":"1873.00","total":"12.95","count":17}`},
		{"order ids", `{"orderid":"q7f2kx5w3j6qm1","order":"ORDER-2030-0001"}`},
		{"transaction ids", `{"transaction_id":"310905123456789"}`},
		{"UUIDs", "6f1c2a34-8d0b-4e1f-9a57-3b2c1d0e4f56"},
		{"hexadecimal ids", "c9a6877e0bd2cfb31b34019a9174f2e9"},
		{"numbers that fail the check digit", "4571000000000002"},
		{"numbers with a check digit that no network issues", "1000000000000009"},
		{"numbers longer than a card's", otherCard + "4571"},
		{"a card's digits inside a longer word", "a" + otherCard + "b"},
		{"milliseconds", `{"time":1767323045000}`},
		{"dates and telephone numbers", "2030-01-02 03:04:05 +1 212 555 0100"},
		{"words that hold a secret name", `{"shipping":"japan","pinned":true,"acid":"a","compan":"y","pin-up":1}`},
		{"empty values under secret names", `{"cvv":"","cvc":null,"pin": "  "}`},
		{"objects under secret names", `{"authorization":{"id":"17"}}`},
		{"secret names without a value", "cvv is required; the password, too"},
		{"long words", "transactions-fetch-all answers application/json; charset=utf-8"},
		{"escapes that hide nothing", `{"a":"\u00e9\u4ea4","b":"%20%E9","c":"&amp;&lt;"}`},
		{"numbers as they are written", `{"a":1.50,"b":1e3,"c":-0,"d":[ 1 , 2 ]}`},
		{"words that look like keys", `{"task_id":"task_1234567890abcdef","risk_score":"low"}`},
		{"codes", `{"code":"GW87","status":"declined","message":"GW03 cvv"}`},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := r.answer(tt.text); got != tt.text {
				t.Errorf("%s became %s", tt.text, got)
			}
		})
	}
}

func TestRedactor_KeepsWhatIsUseful(t *testing.T) {
	r := toyRedactor()
	for _, tt := range []struct{ claim, got, want string }{
		{"a card keeps six and four digits", r.answer("card 4571-0000-0000-0001."), "card 457100******0001."},
		{"numbers around a card stay", r.answer("12 4571 0000 0000 0001 17"), "12 457100******0001 17"},
		{"JSON stays JSON", r.answer(`{"cvv": 951, "pin":"1", "a":[1]}`), `{"cvv": "[redacted]", "pin":"[redacted]", "a":[1]}`},
		{"a variable in our own text stays", r.own(`{"cvv":"$CARD_APPROVED_CVV"} cvv=$CVV&a`), `{"cvv":"$CARD_APPROVED_CVV"} cvv=$CVV&a`},
		{"a literal in our own text goes", r.own(`{"cvv":"12"}`), `{"cvv":"[redacted]"}`},
		{"a short secret in our own text is a word like any other", r.own("873 requests"), "873 requests"},
		{"a curl line keeps its quotes", r.hideKnown(`curl --data-raw '{"cvv":"'"$CVV"'","k":"` + clientKey + `"}'`), `curl --data-raw '{"cvv":"'"$CVV"'","k":"[redacted#1]"}'`},
		{"a secret header goes", r.answer(r.header("Set-Cookie", "id=1; Path=/")), "Set-Cookie: [redacted#5]"},
		{"a minted token in a header goes", r.answer(r.header("X-Csrf-Token", "1")), "X-Csrf-Token: [redacted#6]"},
		{"a card in a header goes", r.answer(r.header("X-Echo", testCard)), "X-Echo: 457100******0001"},
		{"a card in a header's name goes", r.answer(r.header("X-"+testCard, "1")), "X-457100******0001: 1"},
		{"other headers stay", r.answer(r.header("Content-Type", "application/json")), "Content-Type: application/json"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got  %s\nwant %s", tt.got, tt.want)
			}
		})
	}
}

// TestMarks_NumberEqualSecretsAlike: what was taken out can be compared within a run.
func TestMarks_NumberEqualSecretsAlike(t *testing.T) {
	r := toyRedactor()
	number := func(text string) string {
		return regexp.MustCompile(`\[redacted[^]]*\]`).FindString(r.answer(text))
	}
	first := number(`{"access_token":"one-token"}`)
	for _, tt := range []struct {
		claim, text string
		same        bool
	}{
		{"the same again", `{"a":{"access_token":"one-token"}}`, true},
		{"the same in a form", `access_token=one-token&a=b`, true},
		{"the same under another name", `{"refreshToken": "one-token"}`, true},
		{"another one", `{"access_token":"two-token"}`, false},
		{"a key of the fixtures", clientKey, false},
	} {
		if got := number(tt.text); (got == first) != tt.same || !strings.HasPrefix(got, "[redacted#") {
			t.Errorf("%s: %s, at first %s", tt.claim, got, first)
		}
	}
	if number(clientKey) != number(packed(clientKey)) || number(clientKey) != number("x "+hex.EncodeToString([]byte(clientKey))) {
		t.Error("a key has another number in another encoding")
	}
	for _, text := range []string{`{"cvv":"951"}`, `{"cvv":"952"}`, "pin=1234"} {
		if got := number(text); got != Mark {
			t.Errorf("%s is %s: the secrets of a card are not numbered", text, got)
		}
	}
	t.Run("as far as memory goes", func(t *testing.T) {
		for i := range 2 * maxNumbers {
			r.answer(fmt.Sprintf(`{"access_token":"minted-%d"}`, i))
		}
		if len(r.numbers.of) != maxNumbers || number(`{"access_token":"one more"}`) != Mark || number(`{"access_token":"one-token"}`) != first {
			t.Errorf("%d are kept", len(r.numbers.of))
		}
	})
}

func TestRedactor_WithoutSecrets(t *testing.T) {
	if got := New(Secrets{}).answer("a b 873 " + clientKey); got != "a b 873 "+clientKey {
		t.Error(got)
	}
}

// Whatever the surroundings, a secret goes, redaction is done once, and JSON stays JSON.
func FuzzRedactor(f *testing.F) {
	for _, seed := range [][2]string{
		{"", ""}, {`{"a":"`, `"}`}, {"4", "0"}, {"\\", "\\"}, {"cvv=", "&"}, {"%2", "%"}, {"[", "]"},
		{`{"cvv":[1,"2",{"a":null}],"pin":{"x":1},"card":4571000000000001}`, "1"}, {`["\u0034571000000000001"]`, ""}, {`{"password":"`, `"} , "b"`},
		{`{"a":"{\"cvv\":\"951\"}"}`, ""}, {"Authorization: Basic ", "\n"}, {"&#52;571000000000001", ""}, {"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0NTYifQ.", ""},
	} {
		f.Add(seed[0], seed[1])
	}
	r := toyRedactor()
	f.Fuzz(func(t *testing.T, before, after string) {
		for _, secret := range []string{clientKey, testCard} {
			if got := r.answer(before + secret + after); strings.Contains(got, secret) && !strings.Contains(before+after, secret) {
				t.Errorf("left in %q", got)
			} else if leak := r.Leaks(got); leak != "" && r.Leaks(before+after) == "" {
				t.Errorf("%q holds %s", got, leak)
			}
		}
		for _, text := range []string{before, before + clientKey + after, before + testCard + after} {
			for name, redact := range map[string]func(string) string{"answer": r.answer, "text": r.own} {
				got := redact(text)
				if again := redact(got); again != got {
					t.Errorf("%s %q\nredacted once  %q\nredacted twice %q", name, text, got, again)
				}
				if structured(text) && !json.Valid([]byte(got)) {
					t.Errorf("%s %q\nis no JSON any more: %q", name, text, got)
				}
				if len(got) > 20*len(text)+100 {
					t.Errorf("%d bytes became %d", len(text), len(got))
				}
			}
		}
	})
}
