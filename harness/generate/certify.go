package generate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"qorcheck/spec"
)

// Certify proves that a value breaks the schema exactly as the fault says: at
// its pointer and keyword, and nowhere else. Inside a branch of oneOf or anyOf
// that is shown on the branch, and that no other branch takes the value.
func (m Maker) Certify(f Fault, value any) error {
	found := m.Schema.Violations(value, spec.Sent)
	if len(found) == 0 {
		return errors.New("the description allows it")
	}
	if f.Keyword != "discriminator" && m.hinted(f, value) {
		return errors.New("another of the listed schemas takes it, and a discriminator is a hint: JSON Schema allows it")
	}
	if exact(found, f) {
		return nil
	}
	if straightened, ok := m.straighten(found, f, value); ok && exact(straightened, f) {
		return nil
	}
	return fmt.Errorf("it breaks more than %s at %s: %s", f.Keyword, where(f.Pointer), Words(found))
}

// hinted reports whether nothing but a discriminator refuses a value: one of the listed schemas
// takes it that is not named, exactly one of a oneOf, or none is listed and the schema takes it.
func (m Maker) hinted(f Fault, value any) bool {
	if !m.Schema.Discriminates() {
		return false
	}
	for pointer, s := range m.schemasTo(f.Pointer, f.branch) {
		if s.Discriminator == nil {
			continue
		}
		at, there := spec.Lookup(value, pointer)
		if !there {
			continue
		}
		if len(s.OneOf)+len(s.AnyOf) == 0 {
			plain := *s
			if plain.Discriminator = nil; len(m.Schema.At(&plain).Violations(at, spec.Sent)) == 0 {
				return true
			}
			continue
		}
		taking := 0
		for _, branch := range slices.Concat(s.OneOf, s.AnyOf) {
			if len(m.Schema.At(branch.Value).Violations(at, spec.Sent)) == 0 {
				taking++
			}
		}
		if taking == 1 || taking > 1 && len(s.OneOf) == 0 {
			return true
		}
	}
	return false
}

func exact(found []spec.Violation, f Fault) bool {
	hit := false
	for _, v := range found {
		switch {
		case f.Within && v.Keyword == f.Keyword && strings.HasPrefix(v.Pointer, f.Pointer+"/"):
			hit = true
		case f.Within && v.Pointer == f.Pointer && (v.Keyword == "anyOf" || v.Keyword == "oneOf"):
		case v.Pointer != f.Pointer:
			return false
		case v.Keyword == f.Keyword, f.Keyword == Blank:
			hit = true
		case Follows(f.Keyword, v.Keyword):
		case f.Keyword == "discriminator" && (v.Keyword == "oneOf" || v.Keyword == "anyOf"):
			hit = true
		default:
			return false
		}
	}
	return hit
}

// Follows reports whether breaking one keyword breaks another of the same place by
// itself: a value of a wrong type is none of the listed ones, a text that breaks
// the pattern is mostly not of the format either.
func Follows(keyword, other string) bool {
	switch keyword {
	case "type":
		return other == "enum" || other == "oneOf" || other == "anyOf" || other == "format"
	case "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
		return other == "format"
	}
	return false
}

// straighten replaces a violation of oneOf or anyOf by those of the branch taken.
func (m Maker) straighten(found []spec.Violation, f Fault, value any) ([]spec.Violation, bool) {
	var list []spec.Violation
	changed := false
	for _, v := range found {
		inside := f.Pointer == v.Pointer || strings.HasPrefix(f.Pointer, v.Pointer+"/")
		if v.Keyword != "oneOf" && v.Keyword != "anyOf" && v.Keyword != "discriminator" || !inside {
			list = append(list, v)
			continue
		}
		s := m.schemaAt(v.Pointer, f.branch)
		at, there := spec.Lookup(value, v.Pointer)
		if s == nil || !there {
			list = append(list, v)
			continue
		}
		taken := m.view(s, v.Pointer, f.branch).taken
		if taken == nil || taken.Value == nil || taken.Value == s {
			list = append(list, v)
			continue
		}
		changed = true
		inner := Maker{Schema: m.Schema.At(taken.Value), Sample: m.Sample}
		relative := f
		relative.Pointer = strings.TrimPrefix(f.Pointer, v.Pointer)
		relative.branch = choice{}
		for pointer, n := range f.branch {
			if rest, ok := strings.CutPrefix(pointer, v.Pointer); ok && rest != "" {
				relative.branch[rest] = n
			}
		}
		deeper := inner.Schema.Violations(at, spec.Sent)
		if again, ok := inner.straighten(deeper, relative, at); ok {
			deeper = again
		}
		for _, d := range deeper {
			d.Pointer = v.Pointer + d.Pointer
			list = append(list, d)
		}
	}
	return list, changed
}

// Words renders violations for a reader.
func Words(found []spec.Violation) string {
	var parts []string
	for _, v := range found {
		parts = append(parts, strings.TrimSpace(v.Pointer+" "+v.Reason))
	}
	return strings.Join(parts, "; ")
}

func where(pointer string) string {
	if pointer == "" {
		return "the whole"
	}
	return pointer
}
