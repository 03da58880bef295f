package spec

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// What a schema requires of a value, in words that do not repeat the value, which may be a
// secret. They are the same whichever validator found the violation.

const (
	excluded = "must not match the schema under not"
	distinct = "must have no two equal items"
)

// listed says which values a schema lists.
func listed(values []any) string {
	words, err := json.Marshal(values)
	if err != nil || len(values) == 0 {
		return "must be one of the documented values"
	}
	if len(values) == 1 {
		return "must be " + string(words[1:len(words)-1])
	}
	return "must be one of " + string(words)
}

func typed(types []string, got string) string {
	return fmt.Sprintf("must be of type %s, is %s", strings.Join(types, " or "), got)
}

// formed says what a format asks, with the bounds that one of numbers sets.
func formed(format string) string {
	if least, greatest := FormatBounds(format); least != nil && least.IsInt() && least.Num().IsInt64() {
		return fmt.Sprintf("must be of format %s, from %s to %s", format, Decimal(least), Decimal(greatest))
	}
	return "must be of format " + format
}

// counted says how many of something there must be.
func counted[N int | uint64](bound string, n N, what string) string {
	return fmt.Sprintf("must have at %s %d %s", bound, n, what)
}

// branched says how many of the schemas that are listed match.
func branched(keyword string, matching int) string {
	switch {
	case keyword == "anyOf":
		return "must match one or more of the schemas under anyOf, matches none"
	case matching == 0:
		return "must match exactly one of the schemas under oneOf, matches none"
	}
	return "must match exactly one of the schemas under oneOf, matches several"
}

// unexpected says that a property is not documented where no other may be.
func unexpected(name string) string { return fmt.Sprintf("must not have the property %q", name) }

// misplaced says that a property travels the other way only.
func misplaced(keyword string) string {
	if keyword == "readOnly" {
		return "must not be in a request, since it is readOnly"
	}
	return "must not be in a response, since it is writeOnly"
}

var unsupportedProperty = regexp.MustCompile(`^property (".*") is unsupported$`)

// wordReason says what a schema of OpenAPI 3.0 requires of a value.
func wordReason(e *openapi3.SchemaError, keyword string) string {
	s := e.Schema
	if s == nil {
		return e.Reason
	}
	switch keyword {
	case "enum":
		if s.Const != nil {
			return listed([]any{s.Const})
		}
		return listed(s.Enum)
	case "type":
		if s.Type != nil {
			return typed(s.Type.Slice(), TypeOf(e.Value))
		}
	case "pattern":
		return "must match " + s.Pattern
	case "required":
		return "is required and missing"
	case "readOnly", "writeOnly":
		return misplaced(keyword)
	case "additionalProperties":
		if name := unsupportedProperty.FindStringSubmatch(e.Reason); name != nil {
			if plain, err := strconv.Unquote(name[1]); err == nil {
				return unexpected(plain)
			}
		}
	case "format":
		return formed(s.Format)
	case "not":
		return excluded
	case "uniqueItems":
		return distinct
	case "anyOf":
		return branched(keyword, 0)
	case "oneOf":
		if strings.Contains(e.Reason, "more than one") {
			return branched(keyword, 2)
		}
		return branched(keyword, 0)
	}
	if text := sizeReason(s, keyword); text != "" {
		return text
	}
	if text := boundReason(s, keyword); text != "" {
		return text
	}
	if e.Reason == "" {
		return "breaks the keyword " + keyword
	}
	return e.Reason
}

// sizeReason says what a schema requires of lengths and counts.
func sizeReason(s *openapi3.Schema, keyword string) string {
	upper := func(n *uint64, what string) string {
		if n == nil {
			return ""
		}
		return counted("most", *n, what)
	}
	switch keyword {
	case "minLength":
		return counted("least", s.MinLength, "characters")
	case "maxLength":
		return upper(s.MaxLength, "characters")
	case "minItems":
		return counted("least", s.MinItems, "items")
	case "maxItems":
		return upper(s.MaxItems, "items")
	case "minProperties":
		return counted("least", s.MinProps, "properties")
	case "maxProperties":
		return upper(s.MaxProps, "properties")
	}
	return ""
}

// boundWords are what the keywords of numbers ask.
var boundWords = map[string]string{
	"minimum": "must be at least ", "maximum": "must be at most ", "exclusiveMinimum": "must be more than ", "exclusiveMaximum": "must be less than ",
	"multipleOf": "must be a multiple of ",
}

// boundReason says what a schema requires of numbers.
func boundReason(s *openapi3.Schema, keyword string) string {
	bound := Bound(s, keyword)
	switch {
	case bound == nil && keyword == "exclusiveMinimum":
		bound = Bound(s, "minimum")
	case bound == nil && keyword == "exclusiveMaximum":
		bound = Bound(s, "maximum")
	}
	if bound == nil || boundWords[keyword] == "" {
		return ""
	}
	return boundWords[keyword] + Decimal(bound)
}

// reason2020 says what a schema of JSON Schema 2020-12 requires of a value.
func reason2020(e *jsonschema.ValidationError, keyword string) string {
	switch k := e.ErrorKind.(type) {
	case *kind.FalseSchema:
		return "is not allowed here"
	case *kindsError:
		return k.LocalizedString(nil)
	case *kind.Enum:
		return listed(k.Want)
	case *kind.Const:
		return listed([]any{k.Want})
	case *kind.Type:
		return typed(k.Want, k.Got)
	case *kind.Pattern:
		return "must match " + k.Want
	case *kind.Format:
		return formed(k.Want)
	case *kind.OneOf:
		return branched(keyword, len(k.Subschemas))
	case *kind.AnyOf:
		return branched(keyword, 0)
	case *kind.UniqueItems:
		return distinct
	case *kind.Minimum:
		return boundWords[keyword] + Decimal(k.Want)
	case *kind.Maximum:
		return boundWords[keyword] + Decimal(k.Want)
	case *kind.ExclusiveMinimum:
		return boundWords[keyword] + Decimal(k.Want)
	case *kind.ExclusiveMaximum:
		return boundWords[keyword] + Decimal(k.Want)
	case *kind.MultipleOf:
		return boundWords[keyword] + Decimal(k.Want)
	}
	return countReason2020(e)
}

// countReason2020 says what a schema requires of lengths, counts and names.
func countReason2020(e *jsonschema.ValidationError) string {
	switch k := e.ErrorKind.(type) {
	case *kind.MinLength:
		return counted("least", k.Want, "characters")
	case *kind.MaxLength:
		return counted("most", k.Want, "characters")
	case *kind.MinItems:
		return counted("least", k.Want, "items")
	case *kind.MaxItems:
		return counted("most", k.Want, "items")
	case *kind.MinProperties:
		return counted("least", k.Want, "properties")
	case *kind.MaxProperties:
		return counted("most", k.Want, "properties")
	case *kind.AdditionalItems:
		return "must have no further items"
	case *kind.Contains:
		return "must have an item that matches the schema under contains"
	case *kind.MinContains:
		return counted("least", k.Want, "items that match the schema under contains")
	case *kind.MaxContains:
		return counted("most", k.Want, "items that match the schema under contains")
	case *kind.PropertyNames:
		why := "is not allowed"
		for _, cause := range e.Causes {
			if path := cause.ErrorKind.KeywordPath(); len(path) > 0 {
				why = reason2020(cause, path[0])
			}
		}
		return fmt.Sprintf("the property name %s %s", strconv.Quote(k.Property), why)
	case *kind.DependentRequired:
		return fmt.Sprintf("must have %s, since it has %q", quotedNames(k.Missing), k.Prop)
	case *kind.ContentEncoding:
		return "must be encoded as " + k.Want
	case *kind.ContentMediaType:
		return "must be of the media type " + k.Want
	}
	if path := e.ErrorKind.KeywordPath(); len(path) > 0 {
		return "breaks the keyword " + path[0]
	}
	return "is not allowed here"
}

func quotedNames(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = strconv.Quote(name)
	}
	return strings.Join(list, ", ")
}
