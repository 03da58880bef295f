package spec

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// JudgesText reports whether a schema speaks of a text: it is of type string, number,
// integer or boolean, and of no array or object.
func (s Schema) JudgesText() bool {
	if s.Type == nil || len(s.Type.Slice()) == 0 {
		return false
	}
	return !slices.ContainsFunc(s.Type.Slice(), func(name string) bool { return name == "array" || name == "object" })
}

// BodyViolations judges a body that is not JSON. Of binary data only the length is
// judged, in bytes; a line break at the end of a text may belong to it or not. It
// reports false where the schema says nothing about such a body.
func (s Schema) BodyViolations(body []byte, mediaType string) (found []Violation, ok bool) {
	base := BaseType(mediaType)
	plain := strings.HasPrefix(base, "text/")
	switch {
	case !s.Type.Includes("string") && base != "text/plain":
		return nil, false
	case !plain || s.Format == "binary":
		found = s.Violations(strings.Repeat("x", len(body)), Answered)
		found = slices.DeleteFunc(found, func(v Violation) bool { return v.Keyword != "minLength" && v.Keyword != "maxLength" })
		return found, s.MinLength > 0 || s.MaxLength != nil
	case !utf8.Valid(body):
		return nil, false // in another charset
	}
	text := string(body)
	if found = s.TextViolations(text); len(found) > 0 {
		if without := strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r"); without != text {
			found = s.TextViolations(without)
		}
	}
	return found, true
}
