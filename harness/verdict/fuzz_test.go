package verdict

import (
	"encoding/json"
	"net/http"
	"testing"

	"qorcheck/harness/exchange"
)

// Whatever a body holds, reading it ends, and what has no fault is JSON.
func FuzzReadBody(f *testing.F) {
	for _, text := range []string{"", "{}", `{"a":1,"a":2}`, `"\ud83d\ude42"`, `"\ud83d`, `"\\ud83d"`, "\xff", "[1,]", "{} x", `{"a":{"b":[null,true,1e9]}}`, `"\`} {
		f.Add(text, "application/json; charset=utf-16")
	}
	f.Fuzz(func(t *testing.T, text, label string) {
		a := &exchange.Answer{Header: http.Header{"Content-Type": {label}}, Body: []byte(text)}
		if b := readBody(a); b.Fault == "" && !json.Valid(a.Body) {
			t.Errorf("%q has no fault", text)
		}
		_ = mislabelled(a.Header, a.Body)
	})
}
