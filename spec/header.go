package spec

import (
	"encoding/json"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Header is a documented response header.
type Header struct {
	Name     string
	Required bool
	Schema   Schema
	explode  bool
	content  bool // the value is a text of its own media type, JSON
}

// header reads a documented header. It reports false for one without a schema, and for
// Content-Type, which the media types of the response document.
func (r reader) header(name string, source *openapi3.Header) (Header, bool) {
	if source == nil || strings.EqualFold(name, "Content-Type") {
		return Header{}, false
	}
	h := Header{Name: name, Required: source.Required, explode: source.Explode != nil && *source.Explode}
	if source.Schema != nil && source.Schema.Value != nil {
		h.Schema = r.schema(source.Schema)
		return h, true
	}
	for mediaType, m := range source.Content {
		if m != nil && m.Schema != nil && m.Schema.Value != nil && JSON(mediaType) {
			h.Schema, h.content = r.schema(m.Schema), true
			return h, true
		}
	}
	return h, source.Required
}

// Violations judges the lines of a header, of which there is at least one. A pointer
// leads into a list or an object that the header holds.
func (h Header) Violations(lines []string) []Violation {
	if h.Schema.Schema == nil {
		return nil
	}
	cookie := strings.EqualFold(h.Name, "Set-Cookie") // the one header whose lines are never joined (RFC 9110, 5.3)
	whole := strings.Join(lines, ", ")
	switch form := formOf(h.Schema.Schema, 0); {
	case h.content:
		return h.Schema.Violations(decodedOr(whole), Answered)
	case form == "array":
		items := lines
		if !cookie {
			items = splitList(whole)
		}
		list := make([]any, len(items))
		for i, item := range items {
			list[i] = h.Schema.At(itemsOf(h.Schema.Schema, 0)).readText(item)
		}
		return h.Schema.Violations(list, Answered)
	case form == "object":
		return h.Schema.Violations(h.object(splitList(whole)), Answered)
	}
	if !cookie {
		lines = []string{whole}
	}
	var found []Violation
	for _, line := range lines {
		found = append(found, h.Schema.TextViolations(line)...)
	}
	return found
}

// object reads the members of an object in the style simple.
func (h Header) object(parts []string) map[string]any {
	object := map[string]any{}
	for i := 0; i < len(parts); i++ {
		name, text, _ := strings.Cut(parts[i], "=")
		if !h.explode {
			if name, text = parts[i], ""; i+1 < len(parts) {
				i++
				text = parts[i]
			}
		}
		property := h.Schema.At(nil)
		if p := propertyOf(h.Schema.Schema, name, 0); p != nil {
			property = h.Schema.At(p)
		}
		object[name] = property.readText(text)
	}
	return object
}

// TextViolations judges a text that stands for a value without quotes, as in a header.
// It is in order if any reading of it is: 1 is a number and a string.
func (s Schema) TextViolations(text string) []Violation {
	return s.Violations(s.readText(text), Answered)
}

// readText is the value that a text stands for: the first reading that fits the
// schema, else the one that comes nearest to its type.
func (s Schema) readText(text string) any {
	if s.Schema == nil {
		return text
	}
	readings := []any{text}
	switch decoded := decodedOr(text).(type) {
	case float64, json.Number, bool, nil:
		readings = []any{decoded, text}
	}
	nearest := readings[len(readings)-1]
	for _, reading := range readings {
		found := s.Violations(reading, Answered)
		if len(found) == 0 {
			return reading
		}
		if found[0].Keyword != "type" {
			nearest = reading
		}
	}
	return nearest
}

// decodedOr is the JSON value of a text, the text where it is not JSON.
func decodedOr(text string) (value any) {
	value, err := DecodeJSON([]byte(text))
	if err != nil {
		return text
	}
	return value
}

// splitList splits a header that is a list (RFC 9110, 5.6.1).
func splitList(text string) (items []string) {
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// maxNesting is how deep schemas are looked into for a fact about them.
const maxNesting = 16

// formOf returns array or object where a schema, or one that it includes by allOf, is
// of that type alone, "" for any other.
func formOf(s *openapi3.Schema, depth int) string {
	if s == nil || depth > maxNesting {
		return ""
	}
	if s.Type != nil && len(s.Type.Slice()) > 0 {
		for _, form := range []string{"array", "object"} {
			if s.Type.Slice()[0] == form || s.Type.Includes(form) && !s.Type.Includes("string") {
				return form
			}
		}
		return ""
	}
	for _, part := range s.AllOf {
		if form := formOf(part.Value, depth+1); form != "" {
			return form
		}
	}
	return ""
}

func itemsOf(s *openapi3.Schema, depth int) *openapi3.Schema {
	if s == nil || depth > maxNesting {
		return nil
	}
	if s.Items != nil {
		return s.Items.Value
	}
	for _, part := range s.AllOf {
		if items := itemsOf(part.Value, depth+1); items != nil {
			return items
		}
	}
	return nil
}

func propertyOf(s *openapi3.Schema, name string, depth int) *openapi3.Schema {
	if s == nil || depth > maxNesting {
		return nil
	}
	if p := s.Properties[name]; p != nil {
		return p.Value
	}
	for _, part := range s.AllOf {
		if p := propertyOf(part.Value, name, depth+1); p != nil {
			return p
		}
	}
	if extra := s.AdditionalProperties.Schema; extra != nil {
		return extra.Value
	}
	return nil
}
