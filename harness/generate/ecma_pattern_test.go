package generate

import (
	"regexp"
	"testing"

	"qorcheck/spec"
)

func TestTexts_OfPatternsThatOnlyECMA262Has(t *testing.T) {
	for _, pattern := range []string{
		`^(?=.*[A-Z])(?!.*\s).{3,}$`, `^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])(?=.*[!@#]).{8,32}$`, `^\u00e9+$`, `^[\u4e00-\u9fa5]{2,4}$`,
		`^\p{Script=Greek}{3}$`, `^.{1,4000}$`, `^[a-z]{1001,}$`, `^(a|b)\1$`, `^(?<q>['"]).*\k<q>$`, `^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$`,
		`^(?!(000|666))\d{3}-(?!00)\d{2}$`, `^(?!.*--)[a-z0-9-]+(?<!-)$`, `^[^\u0000-\u001f]{2}$`, `^\x41\cA$`, `^(?=[a-f]).[\s\S]\u{41}$`, `^(?=x|y)\w{2}$`, `^a{0,3}(?=b)b\/$`,
	} {
		if _, err := regexp.Compile(pattern); err == nil {
			t.Errorf("%s is one that Go knows", pattern)
		}
		for _, repeat := range []int{0, 1, 5} {
			text, ok := match(pattern, repeat)
			if !ok || !spec.Matches(pattern, text) {
				t.Errorf("%s gives %q, %v", pattern, text, ok)
			}
		}
	}
	for _, impossible := range []string{`^(?=a)b$`, `(`, `[`, `^(?!a)a$`, `\`, `(?=`, `x{2,1}(?=`, `[\u12`, `\p{Nothing}(?=a)`} {
		if text, ok := match(impossible, 1); ok {
			t.Errorf("%s gives %q", impossible, text)
		}
	}
}

// A text whose pattern cannot be judged is named, unless the description shows it.
func TestTexts_WhosePatternCannotBeJudged(t *testing.T) {
	schema, err := load(map[string]any{"type": "object", "properties": map[string]any{
		"a": map[string]any{"type": "string", "pattern": "(?<x>", "example": "shown"}, "b": map[string]any{"type": "string"},
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := Maker{Schema: schema}
	for _, tt := range []struct {
		value any
		want  string
	}{
		{map[string]any{"a": "text", "b": "text"}, "/a"},
		{map[string]any{"a": "shown"}, ""},
		{map[string]any{"b": "text"}, ""},
	} {
		if pointer, _ := m.Unjudged(tt.value); pointer != tt.want {
			t.Errorf("of %v %q is named, want %q", tt.value, pointer, tt.want)
		}
	}
}
