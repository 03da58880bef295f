package exchange

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"qorcheck/harness/settings"
)

// encoded is a text in a content coding.
func encoded(t *testing.T, coding, text string) string {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		raw, err := flate.NewWriter(&b, flate.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		w = raw
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		packed, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w = packed
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestContentCodings(t *testing.T) {
	zipped := encoded(t, "gzip", `{"a":1}`)
	for _, tt := range []struct {
		claim, coding, sent, want string
		decoded, truncated        bool
	}{
		{"none is as it came", "", `{"a":1}`, `{"a":1}`, false, false},
		{"identity is none", "Identity", `{"a":1}`, `{"a":1}`, false, false},
		{"gzip is undone", "gzip", zipped, `{"a":1}`, true, false},
		{"by its old name, in any case", "X-GZIP", zipped, `{"a":1}`, true, false},
		{"deflate as RFC 9110 has it", "deflate", encoded(t, "zlib", `{"a":1}`), `{"a":1}`, true, false},
		{"deflate without a wrapper", "deflate", encoded(t, "flate", `{"a":1}`), `{"a":1}`, true, false},
		{"two, the last one first", "deflate, gzip", encoded(t, "gzip", encoded(t, "zlib", `{"a":1}`)), `{"a":1}`, true, false},
		{"br", "br", encoded(t, "br", `{"a":1}`), `{"a":1}`, true, false},
		{"zstd", "zstd", encoded(t, "zstd", `{"a":1}`), `{"a":1}`, true, false},
		{"br that is none is as it came", "br", "\x0b\x02", "\x0b\x02", false, false},
		{"a bomb in br ends at the limit of bodies", "br", encoded(t, "br", strings.Repeat("0", 100_000)), strings.Repeat("0", 1000), true, true},
		{"a bomb in zstd ends at the limit of bodies", "zstd", encoded(t, "zstd", strings.Repeat("0", 100_000)), strings.Repeat("0", 1000), true, true},
		{"an unknown one is as it came", "dcb", "\x0b\x02", "\x0b\x02", false, false},
		{"a label that is wrong is as it came", "gzip", `{"a":1}`, `{"a":1}`, false, false},
		{"one that ends early is as it came", "gzip", zipped[:len(zipped)-9], zipped[:len(zipped)-9], false, false},
		{"nothing is nothing in any coding", "gzip", "", "", true, false},
		{"a bomb ends at the limit of bodies", "gzip", encoded(t, "gzip", strings.Repeat("0", 100_000)), strings.Repeat("0", 1000), true, true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			asked := ""
			target := toyServer(t, func(w http.ResponseWriter, r *http.Request) {
				asked = r.Header.Get("Accept-Encoding")
				if tt.coding != "" {
					w.Header().Set("Content-Encoding", tt.coding)
				}
				_, _ = io.WriteString(w, tt.sent)
			})
			r := toyClient(t, target, func(s *settings.Settings) { s.BodyLimit = 1000 }).Do(t.Context(), "c", get("/x"), nil)
			if asked != "identity" {
				t.Errorf("asked for %q", asked)
			}
			if a := r.Answer; a == nil || string(a.Body) != tt.want || a.Decoded != tt.decoded || a.Truncated != tt.truncated {
				t.Errorf("got %+v, %+v", a, r.Failure)
			}
		})
	}
}
