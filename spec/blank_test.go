package spec

import "testing"

func TestBlank(t *testing.T) {
	for text, want := range map[string]struct{ blank, wordless bool }{
		"": {true, true}, " \t\r\n": {true, true}, "\x00\x1b\x7f": {true, true}, "\u00a0\u2003\u3000": {true, true}, "\u200b\u200c\u200d\u2060\ufeff": {true, true},
		"\u00ad": {true, true}, "\u202e\u2066": {true, true}, "\u0301\u0301": {true, true}, "\u20dd": {true, true}, "\u034f": {true, true}, "\u3164": {true, true}, "\u115f\u1160\uffa0": {true, true},
		"\u2800": {true, true}, "\ufe0f": {true, true}, "\U000e0041": {true, true}, "\u17b4": {true, true}, "\u2028\u2029": {true, true}, "\ue000": {true, true},
		"-": {false, true}, "...": {false, true}, "?!": {false, true}, " — ": {false, true}, "。": {false, true},
		"0": {false, false}, "no": {false, false}, "é": {false, false}, "e\u0301": {false, false}, "拒": {false, false}, "€": {false, false}, "<": {false, false}, "👎": {false, false}, "👎\ufe0f": {false, false}, "न": {false, false},
	} {
		if got := Blank(text); got != want.blank {
			t.Errorf("Blank(%q) is %v", text, got)
		}
		if got := Wordless(text); got != want.wordless {
			t.Errorf("Wordless(%q) is %v", text, got)
		}
	}
}
