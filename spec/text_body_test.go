package spec_test

import (
	"testing"

	"qorcheck/spec"
)

func TestDecodeText(t *testing.T) {
	for _, tt := range []struct {
		claim, mediaType, body, want string
		ok                           bool
	}{
		{"no charset is UTF-8", "text/plain", "caf\u00e9", "caf\u00e9", true},
		{"no charset and other bytes", "text/plain", "caf\xe9", "", false},
		{"Latin-1", "text/plain; charset=ISO-8859-1", "caf\xe9", "caf\u00e9", true},
		{"UTF-8 that is none", "text/plain; charset=utf-8", "caf\xe9", "", false},
		{"bytes that the charset does not have", "text/plain; charset=shift_jis", "\xff\xff", "", false},
		{"a charset that nobody knows", "text/plain; charset=x-unknown", "a", "", false},
	} {
		text, ok := spec.DecodeText([]byte(tt.body), tt.mediaType)
		if ok != tt.ok || ok && text != tt.want {
			t.Errorf("%s: %q, %v, want %q, %v", tt.claim, text, ok, tt.want, tt.ok)
		}
	}
}
