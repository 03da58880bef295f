package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Direction says which way a value travels; readOnly and writeOnly depend on it.
type Direction int

const (
	// Sent is a value in a request.
	Sent Direction = iota
	// Answered is a value in a response.
	Answered
)

// Schema is one schema of the description. The embedded value is for walking;
// values are judged by Violations alone.
type Schema struct {
	*openapi3.Schema
	Name    string       // of the component that is referred to, "" for one that stands in its place
	dialect *dialect2020 // judges the schemas that it says it does
}

// Violation is one keyword that a value breaks.
type Violation struct {
	Pointer string // JSON pointer (RFC 6901) to the offending place; a missing property is pointed at itself
	Keyword string // the schema keyword, in OpenAPI 3.0's words: required, type, enum, pattern, …
	Reason  string // why, in words that do not repeat the value
	Reading bool   // the schema marks the keyword as a reading of ours: see IsReading
}

// Violations judges a decoded JSON value, in the types of encoding/json with numbers
// as Number has them, and returns every broken keyword, sorted by pointer and keyword.
// Keywords of anyOf, oneOf and not are reported as such, at the value they judge.
func (s Schema) Violations(value any, direction Direction) []Violation {
	if s.Tangled() {
		return nil // see Unchecked
	}
	if s.dialect.judges(s.Schema, value) {
		if found, err := s.dialect.violations(s.Schema, value, direction); err == nil {
			return normalize(found)
		}
	}
	return normalize(collect(s.VisitJSON(value, options[direction]...)))
}

// options of the validator by direction.
var options = map[Direction][]openapi3.SchemaValidationOption{
	Sent:     append(common, openapi3.VisitAsRequest()),
	Answered: append(common, openapi3.VisitAsResponse()),
}

var common = slices.Clip([]openapi3.SchemaValidationOption{
	openapi3.MultiErrors(), openapi3.DisableSchemaErrorDetails(), openapi3.EnableFormatValidation(), openapi3.SetSchemaRegexCompiler(compilePattern), openapi3.WithStringFormatValidators(formats),
	openapi3.WithNumberFormatValidators(numberValidators), openapi3.WithIntegerFormatValidators(integerValidators),
})

// normalize sorts violations. Where a value has the wrong type it keeps only that: the
// validators of 3.0 and 3.1 disagree on what else it breaks.
func normalize(found []Violation) []Violation {
	mistyped := map[string]bool{}
	for _, v := range found {
		mistyped[v.Pointer] = mistyped[v.Pointer] || v.Keyword == "type"
	}
	found = slices.DeleteFunc(found, func(v Violation) bool { return mistyped[v.Pointer] && v.Keyword != "type" })
	slices.SortFunc(found, func(a, b Violation) int {
		return strings.Compare(a.Pointer+"\x00"+a.Keyword+"\x00"+a.Reason, b.Pointer+"\x00"+b.Keyword+"\x00"+b.Reason)
	})
	return slices.Compact(found)
}

func collect(err error) []Violation {
	var found []Violation
	var walk func(error)
	walk = func(err error) {
		if many, ok := err.(openapi3.MultiError); ok {
			for _, one := range many {
				walk(one)
			}
			return
		}
		one, ok := errors.AsType[*openapi3.SchemaError](err)
		if !ok {
			if err != nil {
				found = append(found, Violation{Keyword: "schema", Reason: err.Error()})
			}
			return
		}
		if one.SchemaField == "allOf" {
			if many, ok := errors.AsType[openapi3.MultiError](one.Origin); ok {
				for _, inner := range many {
					walk(inner)
				}
				return
			}
		}
		found = append(found, violation(one))
	}
	walk(err)
	return found
}

// violation translates an error of kin-openapi into the keywords of the specification.
func violation(e *openapi3.SchemaError) Violation {
	keyword := e.SchemaField
	switch keyword {
	case "properties":
		keyword = "additionalProperties"
	case "nullable":
		keyword = "type"
	case "const":
		keyword = "enum"
	}
	if keyword == "enum" && !allows(e.Schema, e.Value) {
		keyword = "type"
	}
	path := e.JSONPointer()
	rule := e.SchemaField
	if rule == "required" && len(path) > 0 {
		rule += "/" + path[len(path)-1]
	}
	return Violation{Pointer: Pointer(path...), Keyword: keyword, Reason: wordReason(e, keyword), Reading: IsReading(e.Schema, rule)}
}

// readingMark is the extension under which a schema lists those of its keywords
// that are our reading, which no page states.
const readingMark = "x-reading"

// IsReading reports whether a schema marks a keyword as our reading: its name, or
// required/name for one mandatory property.
func IsReading(s *openapi3.Schema, rule string) bool {
	if s == nil {
		return false
	}
	marked, _ := s.Extensions[readingMark].([]any)
	return slices.Contains(marked, any(rule))
}

// allows reports whether a schema's type allows a value.
func allows(s *openapi3.Schema, value any) bool {
	if s == nil || s.Type == nil {
		return true
	}
	name := TypeOf(value)
	n := Rational(value)
	return s.Type.Includes(name) || value == nil && s.Nullable || n != nil && n.IsInt() && s.Type.Includes("integer")
}

// TypeOf names the JSON type of a decoded value.
func TypeOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64, json.Number, int, int64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return fmt.Sprintf("%T", value)
}

// unboundFormats are those that every text has: they say how it is handled.
var unboundFormats = []string{"password", "binary"}

// Unchecked names the keywords of this schema, and of those within it, that
// Violations cannot judge, so that silence about them is never read as a pass.
func (s Schema) Unchecked() []string {
	if s.dialect == nil || s.Schema == nil {
		return s.unchecked()
	}
	if known, ok := s.dialect.unchecked.Load(s.Schema); ok {
		return known.([]string)
	}
	list := s.unchecked()
	s.dialect.unchecked.Store(s.Schema, list)
	return list
}

func (s Schema) unchecked() []string {
	var list []string
	seen := map[*openapi3.Schema]bool{}
	var walk func(*openapi3.SchemaRef)
	walk = func(ref *openapi3.SchemaRef) {
		if ref == nil || ref.Value == nil || seen[ref.Value] {
			return
		}
		seen[ref.Value] = true
		if format := ref.Value.Format; format != "" && !CheckedFormat(format) && !slices.Contains(unboundFormats, format) {
			list = append(list, "the format "+format)
		}
		if pattern := ref.Value.Pattern; pattern != "" {
			if !Judgeable(pattern) {
				list = append(list, "pattern "+pattern)
			}
		}
		for _, property := range ref.Value.Properties {
			walk(property)
		}
		for _, parts := range []openapi3.SchemaRefs{ref.Value.AllOf, ref.Value.AnyOf, ref.Value.OneOf} {
			for _, part := range parts {
				walk(part)
			}
		}
		walk(ref.Value.Not)
		walk(ref.Value.Items)
		walk(ref.Value.AdditionalProperties.Schema)
	}
	walk(&openapi3.SchemaRef{Value: s.Schema})
	if s.Tangled() {
		list = append(list, fmt.Sprintf("all of it, since more than %d schemas look at one value", maxCombined))
	} else if s.dialect.judges(s.Schema, 0.0) {
		if c := s.dialect.compile(s.Schema); c.err != nil {
			list = append(list, fmt.Sprintf("what JSON Schema 2020-12 has beyond OpenAPI 3.0, since %v", c.err))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// Pointer builds a JSON pointer (RFC 6901) from its reference tokens.
func Pointer(tokens ...string) string {
	var b strings.Builder
	for _, token := range tokens {
		b.WriteByte('/')
		if strings.ContainsAny(token, "~/") {
			token = escape.Replace(token)
		}
		b.WriteString(token)
	}
	return b.String()
}

// Tokens splits a JSON pointer into its reference tokens.
func Tokens(pointer string) []string { return slices.Collect(eachToken(pointer)) }

// eachToken yields the reference tokens of a JSON pointer.
func eachToken(pointer string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if pointer == "" {
			return
		}
		for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
			if strings.Contains(token, "~") {
				token = unescape.Replace(token)
			}
			if !yield(token) {
				return
			}
		}
	}
}

// Lookup finds the value that a JSON pointer names, and whether it is there.
func Lookup(value any, pointer string) (any, bool) {
	for token := range eachToken(pointer) {
		switch at := value.(type) {
		case map[string]any:
			next, ok := at[token]
			if !ok {
				return nil, false
			}
			value = next
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(at) || token != strconv.Itoa(i) {
				return nil, false
			}
			value = at[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// MarshalJSON returns null: no document may embed a schema by mistake.
func (s Schema) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// At returns another schema of the same description, such as a part of this one.
func (s Schema) At(part *openapi3.Schema) Schema {
	return Schema{Schema: part, dialect: s.dialect}
}
