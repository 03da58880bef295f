package spec

import "testing"

func TestBlank(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, " \t\r\n": true, "\x00\x1b\x7f": true, "\u00a0\u2003\u3000": true, "\u200b\u200c\u200d\u2060\ufeff": true,
		"\u00ad": true, "\u202e\u2066": true, "\u0301\u0301": true, "\u20dd": true, "\u034f": true, "\u3164": true, "\u115f\u1160\uffa0": true,
		"\u2800": true, "\ufe0f": true, "\U000e0041": true, "\u17b4": true, "\u2028\u2029": true, "\ue000": true,
		"-": false, "...": false, "?!": false, " — ": false, "。": false,
		"0": false, "no": false, "é": false, "e\u0301": false, "拒": false, "€": false, "<": false, "👎": false, "👎\ufe0f": false, "न": false,
	} {
		if got := Blank(text); got != want {
			t.Errorf("Blank(%q) is %v", text, got)
		}
	}
}
