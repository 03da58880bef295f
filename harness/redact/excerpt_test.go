package redact

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// A text is cut, and what is left of a secret at the cut does not show.
func TestExcerpt(t *testing.T) {
	const maxLine = 4 << 10
	r := toyRedactor()
	for _, tt := range []struct{ secret, trace string }{
		{clientKey, clientKey[:6]},
		{appKey, "K3y/"},
		{"4571000000000001", "4571000"},
		{`"pin":"a long secret"`, "a long"},
		{"dGhlIGtleSBpcyBjOWE2ODc3ZTBiYzJjZmIzMWIzNDAwOWE5MDc0ZjJlOQ", "dGhlIGtl"}, // "the key is " and clientKey, in base64
	} {
		for _, filling := range []string{`"cvv":"1", `, "é ", "\x00 "} {
			for at := maxLine - 72; at <= maxLine+16; at += 8 {
				text := strings.Repeat(filling, at/len(filling)) + " " + tt.secret + strings.Repeat(" y", 10_000)
				shown := r.excerpt(text, maxLine)
				if len(shown) > 4*maxLine+100 || !strings.HasSuffix(shown, " bytes more)") || !utf8.ValidString(shown) {
					t.Fatalf("%d bytes of %d: …%s", len(shown), len(text), shown[max(0, len(shown)-40):])
				}
				if strings.Contains(shown, tt.trace) {
					t.Fatalf("%s shows after %d bytes of %q", tt.secret, at, filling)
				}
			}
		}
	}
	if text := r.excerpt("short", maxLine); text != "short" {
		t.Errorf("a short text became %q", text)
	}
}
