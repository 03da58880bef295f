package planner

import (
	"slices"
	"testing"
)

// TestKindTexts: each kind is explained by a sentence and an example, and nothing else is.
func TestKindTexts(t *testing.T) {
	t.Parallel()
	for _, kind := range append(slices.Clone(Kinds), merchantKind) {
		if text := KindTexts[kind]; text.Sentence == "" || text.Example == "" {
			t.Errorf("%s has no text", kind)
		}
	}
	for kind := range KindTexts {
		if kind != merchantKind && !slices.Contains(Kinds, kind) {
			t.Errorf("%s is no kind", kind)
		}
	}
}
