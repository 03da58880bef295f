package verdict

import (
	"maps"
	"slices"
	"testing"
)

// TestCheckTexts: each check is explained by a sentence and an example, and nothing else is.
func TestCheckTexts(t *testing.T) {
	t.Parallel()
	if got := slices.Sorted(maps.Keys(CheckTexts)); !slices.Equal(got, Checks()) {
		t.Errorf("texts of %v, checks are %v", got, Checks())
	}
	for name, text := range CheckTexts {
		if text.Sentence == "" || text.Example == "" {
			t.Errorf("%s has no text", name)
		}
	}
}
