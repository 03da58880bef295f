package spec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// schemaOf parses a schema as the request body of a description of that version.
func schemaOf(t *testing.T, version, schema string) Schema {
	t.Helper()
	d, err := Parse(fmt.Appendf(nil, `{"openapi": %q, "info": {"title": "t", "version": "1"}, "paths": {"/a": {"post": {
		"requestBody": {"content": {"application/json": {"schema": %s}}}, "responses": {"200": {"description": "d"}}}}},
		"components": {"schemas": {"Node": {"type": "object", "required": ["v"], "properties":
			{"v": {"type": "string"}, "next": {"$ref": "#/components/schemas/Node"}}}}}}`, version, schema), "t.json")
	if err != nil {
		t.Fatal(err)
	}
	return d.Operations[0].Body.JSON().Schema
}

func TestViolationsAreTheSameInBothVersions(t *testing.T) {
	object := func(properties string) string { return `{"type": "object", "properties": {` + properties + `}}` }
	for _, tt := range []struct {
		claim, schema, value string
		direction            Direction
		want                 string // pointer keyword, …
	}{
		{"what fits breaks nothing", object(`"a": {"type": "string"}`), `{"a": "x"}`, Sent, ""},
		{"a missing property is pointed at itself", `{"type": "object", "properties": {"td": {"type": "object", "required": ["mid"]}}}`, `{"td": {}}`, Sent, "/td/mid required"},
		{"each missing property is told", `{"type": "object", "required": ["a", "b/c"]}`, `{}`, Sent, "/a required, /b~1c required"},
		{"a wrong type is told alone", `{"type": "string", "maxLength": 1}`, `12`, Sent, " type"},
		{"null is a wrong type", object(`"a": {"type": "string"}`), `{"a": null}`, Sent, "/a type"},
		{"half a number is no integer", `{"type": "integer", "multipleOf": 3}`, `1.5`, Sent, " type"},
		{"a whole number is an integer", `{"type": "integer"}`, `2.0`, Sent, ""},
		{"a value that is not listed breaks enum", object(`"a": {"type": "string", "enum": ["x"]}`), `{"a": "y"}`, Sent, "/a enum"},
		{"a listed field of a wrong type breaks type", object(`"a": {"type": "string", "enum": ["x"]}`), `{"a": 5}`, Sent, "/a type"},
		{"a list without a type breaks enum", `{"enum": ["x"]}`, `5`, Sent, " enum"},
		{"pattern", `{"type": "string", "pattern": "^[0-9]+$"}`, `"x"`, Sent, " pattern"},
		{"two keywords of one value are both told", `{"type": "string", "pattern": "^[0-9]+$", "minLength": 2}`, `"x"`, Sent, " minLength,  pattern"},
		{"maxLength counts characters", `{"type": "string", "maxLength": 2}`, `"éé"`, Sent, ""},
		{"maxLength", `{"type": "string", "maxLength": 2}`, `"abc"`, Sent, " maxLength"},
		{"minimum", `{"type": "number", "minimum": 1}`, `0`, Sent, " minimum"},
		{"maximum", `{"type": "number", "maximum": 1}`, `2`, Sent, " maximum"},
		{"format", `{"type": "string", "format": "date"}`, `"x"`, Sent, " format"},
		{"an extra property is told at its object", `{"type": "object", "properties": {"o": {"type": "object", "additionalProperties": false}}}`, `{"o": {"x": 1}}`, Sent, "/o additionalProperties"},
		{"each extra property is told", `{"type": "object", "additionalProperties": false}`, `{"x": 1, "y": 2}`, Sent, " additionalProperties,  additionalProperties"},
		{"a typed extra property", `{"type": "object", "additionalProperties": {"type": "integer"}}`, `{"x": "1"}`, Sent, "/x type"},
		{"what is inside allOf is told", `{"allOf": [{"type": "object", "required": ["x"]}, {"type": "object", "properties": {"y": {"type": "integer"}}}]}`, `{"y": "1"}`, Sent, "/x required, /y type"},
		{"oneOf is told as such", object(`"a": {"oneOf": [{"type": "string"}, {"type": "integer"}]}`), `{"a": true}`, Sent, "/a oneOf"},
		{"two that match break oneOf", `{"oneOf": [{"type": "string"}, {"maxLength": 9}]}`, `"x"`, Sent, " oneOf"},
		{"anyOf is told as such", object(`"a": {"anyOf": [{"type": "string"}, {"type": "integer"}]}`), `{"a": true}`, Sent, "/a anyOf"},
		{"not is told as such", object(`"a": {"not": {"type": "string"}}`), `{"a": "x"}`, Sent, "/a not"},
		{"an item is told by its place", `{"type": "array", "items": {"type": "string"}}`, `["a", 1]`, Sent, "/1 type"},
		{"the numbers of items", `{"type": "array", "maxItems": 1, "uniqueItems": true, "items": {}}`, `[1, 1]`, Sent, " maxItems,  uniqueItems"},
		{"names are escaped", object(`"a/b~c": {"type": "string"}`), `{"a/b~c": 1}`, Sent, "/a~1b~0c type"},
		{"a schema within itself", `{"$ref": "#/components/schemas/Node"}`, `{"v": "1", "next": {"v": "2", "next": {}}}`, Sent, "/next/next/v required"},
		{"readOnly is not for sending", object(`"id": {"type": "string", "readOnly": true}`), `{"id": "1"}`, Sent, "/id readOnly"},
		{"readOnly may be answered", object(`"id": {"type": "string", "readOnly": true}`), `{"id": "1"}`, Answered, ""},
		{"writeOnly is not for answering", object(`"o": {"type": "object", "properties": {"pin": {"type": "string", "writeOnly": true}}}`), `{"o": {"pin": "1"}}`, Answered, "/o/pin writeOnly"},
		{"a mandatory readOnly property is not demanded of a sender", `{"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "readOnly": true}}}`, `{}`, Sent, ""},
		{"but of an answer it is", `{"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "readOnly": true}}}`, `{}`, Answered, "/id required"},
		{"a pattern of ECMA 262 is judged", `{"type": "string", "pattern": "^(?=a)a", "maxLength": 2}`, `"xyz"`, Sent, " maxLength,  pattern"},
		{"a pattern that is none matches all", `{"type": "string", "pattern": "^(?=a", "maxLength": 2}`, `"xyz"`, Sent, " maxLength"},
	} {
		var value any
		if err := json.Unmarshal([]byte(tt.value), &value); err != nil {
			t.Fatal(err)
		}
		for _, version := range []string{"3.0.3", "3.1.0"} {
			t.Run(tt.claim+" "+version, func(t *testing.T) {
				var got []string
				for _, v := range schemaOf(t, version, tt.schema).Violations(value, tt.direction) {
					got = append(got, v.Pointer+" "+v.Keyword)
				}
				if text := strings.Join(got, ", "); text != tt.want {
					t.Errorf("got %q, want %q", text, tt.want)
				}
			})
		}
	}
}

func TestNullable(t *testing.T) {
	for version, schema := range map[string]string{
		"3.0.3": `{"type": "string", "nullable": true, "enum": ["a", null]}`,
		"3.1.0": `{"type": ["string", "null"], "enum": ["a", null]}`,
	} {
		s := schemaOf(t, version, schema)
		if got := s.Violations(nil, Sent); len(got) != 0 {
			t.Errorf("%s: null is refused: %v", version, got)
		}
		if got := s.Violations(5.0, Sent); len(got) != 1 || got[0].Keyword != "type" {
			t.Errorf("%s: a number: %v, want type", version, got)
		}
	}
	s := schemaOf(t, "3.1.0", `{"const": "a"}`)
	if got := s.Violations("b", Sent); len(got) != 1 || got[0].Keyword != "enum" {
		t.Errorf("const: %v, want enum", got)
	}
}

func TestReasonsDoNotRepeatTheValue(t *testing.T) {
	const secret = "S3CR3T-VALUE"
	for _, schema := range []string{
		`{"type": "integer"}`, `{"type": "string", "pattern": "^a$"}`, `{"type": "string", "maxLength": 3}`,
		`{"type": "string", "minLength": 30}`, `{"type": "string", "enum": ["a"]}`, `{"type": "string", "format": "date"}`,
		`{"oneOf": [{"type": "integer"}, {"type": "string", "enum": ["b"]}]}`, `{"anyOf": [{"type": "string", "pattern": "^q"}]}`,
		`{"not": {"type": "string"}}`, `{"allOf": [{"type": "string", "pattern": "^q"}, {"maxLength": 2}]}`,
	} {
		for _, version := range []string{"3.0.3", "3.1.0"} {
			found := schemaOf(t, version, schema).Violations(secret, Answered)
			if len(found) == 0 {
				t.Errorf("%s %s: nothing found", version, schema)
			}
			for _, v := range found {
				if strings.Contains(v.Reason, secret) || v.Reason == "" {
					t.Errorf("%s %s: reason %q", version, schema, v.Reason)
				}
			}
		}
	}
}

func TestUnchecked(t *testing.T) {
	for _, tt := range []struct {
		claim, schema string
		want          []string
	}{
		{"a pattern that Go compiles is checked", `{"type": "string", "pattern": "^a$"}`, nil},
		{"so is one that only ECMA 262 has", `{"type": "string", "pattern": "^(?=a)a$"}`, nil},
		{"one that it cannot is listed", `{"type": "string", "pattern": "(?=a"}`, []string{"pattern (?=a"}},
		{"also deep inside, once, sorted", `{"type": "object", "properties": {"b": {"type": "array", "items": {"type": "string", "pattern": "(?=z"}}, "a": {"allOf": [{"type": "string", "pattern": "(?=b"}, {"type": "string", "pattern": "(?=z"}]}}}`, []string{"pattern (?=b", "pattern (?=z"}},
		{"a schema within itself ends", `{"$ref": "#/components/schemas/Node"}`, nil},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := schemaOf(t, "3.0.3", tt.schema).Unchecked(); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPointerRoundTrip(t *testing.T) {
	for _, tokens := range [][]string{nil, {"a"}, {""}, {"a/b", "~", "~1", "/"}, {"0", "é"}, {"~01", "~10"}} {
		pointer := Pointer(tokens...)
		if got := Tokens(pointer); !slices.Equal(got, tokens) {
			t.Errorf("%q became %q by way of %s", tokens, got, pointer)
		}
	}
}

func TestLookup(t *testing.T) {
	value := map[string]any{"a/b": map[string]any{"~": []any{"x", nil}}, "": "blank", "null": nil}
	for _, tt := range []struct {
		pointer string
		want    any
		there   bool
	}{
		{"", value, true}, {"/", "blank", true}, {"/null", nil, true}, {"/a~1b/~0/0", "x", true}, {"/a~1b/~0/1", nil, true},
		{"/a~1b/~0/2", nil, false}, {"/a~1b/~0/-1", nil, false}, {"/a~1b/~0/0x", nil, false}, {"/a~1b/~0/+0", nil, false}, {"/a~1b/~0/00", nil, false},
		{"/a", nil, false}, {"/null/a", nil, false}, {"//a", nil, false},
	} {
		got, there := Lookup(value, tt.pointer)
		if there != tt.there || fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%q: %v %v, want %v %v", tt.pointer, got, there, tt.want, tt.there)
		}
	}
}

func TestTypeOf(t *testing.T) {
	for want, value := range map[string]any{
		"null": nil, "boolean": true, "number": 1.5, "string": "", "array": []any{}, "object": map[string]any{}, "struct {}": struct{}{},
	} {
		if got := TypeOf(value); got != want {
			t.Errorf("%v: %s, want %s", value, got, want)
		}
	}
}

func TestSchemaIsNotWrittenOut(t *testing.T) {
	if got, err := json.Marshal(schemaOf(t, "3.0.3", `{"type": "string"}`)); err != nil || string(got) != "null" {
		t.Errorf("%s %v, want null", got, err)
	}
}
