package planner

import (
	"slices"
	"testing"

	"qorcheck/harness/generate"
)

// TestKinds_OfEveryKeyword: what breaks a keyword is of a kind that requirements can name.
func TestKinds_OfEveryKeyword(t *testing.T) {
	d := described(t, everyKeyword)
	kinds := map[string]bool{}
	for _, o := range d.Operations {
		content := o.Body.JSON()
		if content == nil {
			continue
		}
		for _, rule := range (generate.Maker{Schema: content.Schema}).Rules() {
			kind, _ := kindOf(generate.Fault{Keyword: rule.Keyword}, "place")
			if kinds[kind] = true; !slices.Contains(Kinds, kind) {
				t.Errorf("%s makes cases of the kind %s, which requirements cannot name", rule.Keyword, kind)
			}
		}
	}
	if len(kinds) < 6 {
		t.Errorf("only %v was looked at", kinds)
	}
}
