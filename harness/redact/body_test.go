package redact

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestBody(t *testing.T) {
	for _, tt := range []struct{ claim, body, kind, want string }{
		{"text", `{"cvv":"951"}`, "application/json", `{"cvv":"[redacted]"}`},
		{"text with a broken character", "a \xff b", "text/plain", `a \xff b`},
		{"what is compressed", gzipped(t, "key "+clientKey), "application/json", "key [redacted#"},
		{"something compressed that is no text", gzipped(t, "\x00\x01"), "application/json", "[binary, 26 bytes of application/json]"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x00" + clientKey, "image/png", "[binary, "},
		{"sixteen bits a character", "k\x00e\x00y\x00", "", "[binary, 6 bytes of unknown type]"},
		{"noise", "\xfe\xfd\xfc\xfb\xfa", "a/" + clientKey, "[binary, 5 bytes of a/[redacted#"},
		{"nothing", "", "", ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			got := toyRedactor().Body([]byte(tt.body), tt.kind, 16<<10).String()
			if !strings.Contains(got, tt.want) || tt.want == "" && got != "" || strings.Contains(got, clientKey) {
				t.Errorf("got %q", got)
			}
		})
	}
	t.Run("no more than its bound is inflated", func(t *testing.T) {
		if got := toyRedactor().Body([]byte(gzipped(t, strings.Repeat("x", 8<<20))), "", 2*maxInflated).String(); len(got) > maxInflated+100 {
			t.Errorf("%d bytes", len(got))
		}
	})
}
