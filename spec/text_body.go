package spec

import (
	"bytes"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/ianaindex"
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
	}
	text, ok := DecodeText(body, mediaType)
	if !ok {
		return nil, false
	}
	if found = s.TextViolations(text); len(found) > 0 {
		if without := strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r"); without != text {
			found = s.TextViolations(without)
		}
	}
	return found, true
}

// Charset is the charset that a media type names, "" where it names none.
func Charset(mediaType string) string {
	_, parameters, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return ""
	}
	return parameters["charset"]
}

// DecodeText reads a text in the charset that its media type names, and in UTF-8 where it
// names none. It reports false where the charset is not known or the bytes are not in it.
func DecodeText(body []byte, mediaType string) (text string, ok bool) {
	name := Charset(mediaType)
	if name == "" || strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8") {
		return string(body), utf8.Valid(body)
	}
	charset, err := ianaindex.IANA.Encoding(name)
	if err != nil || charset == nil {
		return "", false
	}
	decoded, err := charset.NewDecoder().Bytes(body)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return "", false
	}
	return string(decoded), true
}
