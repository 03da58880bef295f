package spec

import (
	"strings"
	"testing"
	"time"
)

func TestPatterns_AreThoseOfECMA262(t *testing.T) {
	for _, tt := range []struct {
		pattern    string
		matches    []string
		mismatches []string
	}{
		{`^(?=.*[A-Z])(?!.*\s).{3,}$`, []string{"abC"}, []string{"abc", "a C", "aC"}},
		{`^\u00e9+$`, []string{"éé"}, []string{"e", "u00e9"}},
		{`^[\u4e00-\u9fa5]+$`, []string{"中"}, []string{"a"}},
		{`^\p{Script=Greek}+$`, []string{"αβ"}, []string{"ab"}},
		{`^\p{Letter}\p{L}$`, []string{"éa"}, []string{"1a"}},
		{`^.{1,4000}$`, []string{strings.Repeat("x", 4000)}, []string{"", strings.Repeat("x", 4001)}},
		{`^(a|b)\1$`, []string{"aa", "bb"}, []string{"ab"}},
		{`^(?<q>['"]).*\k<q>$`, []string{`'x'`}, []string{`'x"`}},
		{`(?<!-)x$`, []string{"x"}, []string{"-x"}},
		{`^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$`, []string{"1.50", "-1"}, []string{"twelve", "."}},
	} {
		for _, text := range tt.matches {
			if !Matches(tt.pattern, text) {
				t.Errorf("%s does not match %.20q", tt.pattern, text)
			}
		}
		for _, text := range tt.mismatches {
			if Matches(tt.pattern, text) {
				t.Errorf("%s matches %.20q", tt.pattern, text)
			}
		}
	}
}

// A pattern that explodes ends in time, and is then one that cannot be judged, as one that
// is no pattern: neither is read as a pass.
func TestPatterns_WhatCannotBeJudgedIsSaid(t *testing.T) {
	const slow = `^(?=a)(a+)+$`
	begun := time.Now()
	Matches(slow, strings.Repeat("a", 60)+"!")
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("one match takes %s", took)
	}
	for _, pattern := range []string{slow, `(`, `[z-a]`, strings.Repeat("(a|", 30000)} {
		if Judgeable(pattern) || Matches(pattern, "a") {
			t.Errorf("%.20s passes for one that can be judged", pattern)
		}
	}
}
