package redact

import (
	"strings"
	"testing"
)

// What is seen of a key where a response is judged is not shown.
func TestKeys(t *testing.T) {
	const key = "c9a6877e0bc2cfb31b34009a9074f2e9"
	values := []string{key, "https://sandbox.example.test/v3/control", "no digit here", "short-1"}
	k, r := NewKeys(values), New(Secrets{Values: values})
	for _, text := range []string{
		key, strings.ToUpper(key), "c9a6 877e 0bc2 cfb3 1b34 009a 9074 f2e9", `{"k":"c9a6-877e-0bc2-cfb3-1b34-009a-9074-f2e9"}`, "9e2f4709a90043b13bfc2cb0e7786a9c",
		`{"k":"c9a6877e0bc2cfb3","l":"1b34009a9074f2e9"}`, "it begins c9a6877e0bc2cfb31b34 and so on", "YzlhNjg3N2UwYmMyY2ZiMzFiMzQwMDlhOTA3NGYyZTk=",
	} {
		shown := r.Answer(text).String()
		if !k.Hold(text) || k.Hold(shown) || !strings.Contains(shown, "[redacted") {
			t.Errorf("%q is shown as %q", text, shown)
		}
	}
	for _, text := range []string{"", "c9a6877e", "c9a6877e…f2e9", "c9a6877e0bc2", "sandbox.example.test/v3 has no control", "no digit", `{"a":"c9a6877e","b":"0bc2","c":"cfb3"}`} {
		if shown := r.Answer(text).String(); k.Hold(text) || shown != text {
			t.Errorf("%q is shown as %q", text, shown)
		}
	}
}
