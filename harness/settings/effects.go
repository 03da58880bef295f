package settings

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"qorcheck/spec"
)

// checkEffects refuses effects that are none, and patterns that are none.
func (f *Fixtures) checkEffects() error {
	for _, id := range slices.Sorted(maps.Keys(f.Effects)) {
		if !slices.Contains(spec.Effects, f.Effects[id]) {
			return fmt.Errorf("effects.%s: %q: must be one of %s", id, f.Effects[id], effectWords())
		}
	}
	for i, pattern := range f.Writes {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			return fmt.Errorf("writes[%d]: %q: must be an operation id, * in it for any letters", i, pattern)
		}
	}
	return nil
}

func effectWords() string {
	var words []string
	for _, e := range spec.Effects {
		words = append(words, string(e))
	}
	return strings.Join(words, ", ")
}

// MayWrite reports whether an operation may be sent whatever it changes.
func (f *Fixtures) MayWrite(operation string) bool {
	return slices.ContainsFunc(f.Writes, func(pattern string) bool {
		matches, err := path.Match(pattern, operation)
		return err == nil && matches
	})
}

// AllowWrites adds the patterns of --allow-writes to those of the fixtures.
func (f *Fixtures) AllowWrites(patterns []string) error {
	f.Writes = append(f.Writes, patterns...)
	if err := f.checkEffects(); err != nil {
		return fmt.Errorf("--allow-writes: %w", err)
	}
	return nil
}
