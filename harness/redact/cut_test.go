package redact

import (
	"strings"
	"testing"
)

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		claim, text string
		max         int
		want        string
	}{
		{"a short text stays", "abc", 3, "abc"},
		{"a long one says how much is missing", "abcdef", 4, "abcd… (2 bytes more)"},
		{"a character stays whole", "abé", 3, "ab… (2 bytes more)"},
		{"a number stays whole", "n 4571000000000001 m", 10, "n … (18 bytes more)"},
		{"a number before the cut stays", "n 457 m", 5, "n 457… (2 bytes more)"},
		{"a mark stays whole", "a [redacted#12] b", 8, "a … (15 bytes more)"},
		{"a mark without a number stays whole", "a [redacted] b", 11, "a … (12 bytes more)"},
		{"a mark before the cut stays", "a [redacted] b", 12, "a [redacted]… (2 bytes more)"},
		{"a bracket is no mark", "a [red] b", 5, "a [re… (4 bytes more)"},
		{"nothing may be left", "12345", 3, "… (5 bytes more)"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := Cut(tt.text, tt.max); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("what is cut twice is cut once more", func(t *testing.T) {
		if got := Cut(Cut(strings.Repeat("a", 100), 50), 10); !strings.HasPrefix(got, "aaaaaaaaaa… (") {
			t.Error(got)
		}
	})
}
