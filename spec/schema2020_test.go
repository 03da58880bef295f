package spec

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// decoded reads JSON.
func decoded(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestASchemaIsCompiledOnce(t *testing.T) {
	s := schemaOf(t, "3.1.0", `{"type": "object", "required": ["n"], "properties": {"n": {"$ref": "#/components/schemas/Node"}}}`)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				if found := s.Violations(map[string]any{}, Sent); len(found) != 1 {
					t.Errorf("found %v", found)
				}
			}
		})
	}
	group.Wait()
	if s.dialect.count != 1 {
		t.Errorf("compiled %d times", s.dialect.count)
	}
	s.At(s.Properties["n"].Value).Violations(nil, Answered)
	if s.Violations(nil, Answered); s.dialect.count != 2 {
		t.Errorf("two schemas compiled %d times", s.dialect.count)
	}
}

func TestWhatOpenAPI31Adds(t *testing.T) {
	const components = `"Both": {"type": "object", "properties": {"id": {"$ref": "#/components/schemas/ID"}, "pin": {"$ref": "#/components/schemas/Pin"}}, "required": ["id", "pin"]},
		"ID": {"type": "string", "readOnly": true}, "Pin": {"type": "string", "writeOnly": true},
		"Cat": {"type": "object", "required": ["lives"], "properties": {"lives": {"type": "integer"}}}, "Dog": {"type": "object", "required": ["bark"]}`
	for _, tt := range []struct {
		claim, schema, value string
		direction            Direction
		want                 string
	}{
		{"a word of const", `{"const": "a"}`, `"b"`, Sent, ` enum must be "a"`},
		{"if and then", `{"if": {"required": ["a"]}, "then": {"required": ["b"]}}`, `{"a": 1}`, Sent, "/b required is required and missing"},
		{"items by their place", `{"prefixItems": [{"type": "string"}, {"type": "integer"}]}`, `["x", "y"]`, Sent, "/1 type must be of type integer, is string"},
		{"a property whose name is refused", `{"propertyNames": {"pattern": "^a"}}`, `{"b": 1}`, Sent, " propertyNames the property name \"b\" must match ^a"},
		{"a number exactly on an exclusive bound", `{"exclusiveMinimum": 3}`, `3`, Sent, " exclusiveMinimum must be more than 3"},
		{"a fraction as a bound", `{"minimum": 0.5}`, `0.25`, Sent, " minimum must be at least 0.5"},
		{"an integer format", `{"type": "integer", "format": "int32"}`, `3000000000`, Sent, " format must be of format int32, from -2147483648 to 2147483647"},
		{"a reference to a readOnly property, which is not demanded", `{"$ref": "#/components/schemas/Both"}`, `{"pin": "1"}`, Sent, ""},
		{"and must not be sent", `{"$ref": "#/components/schemas/Both"}`, `{"pin": "1", "id": "1"}`, Sent, `/id readOnly must not be in a request, since it is readOnly`},
		{"nor a writeOnly one be answered", `{"type": "array", "items": {"$ref": "#/components/schemas/Both"}}`, `[{"pin": "1", "id": "1"}]`, Answered, `/0/pin writeOnly must not be in a response, since it is writeOnly`},
		{"a word that the mapping does not know", `{"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}], "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"}}}`, `{"kind": "cow", "lives": 9}`, Sent, ` discriminator names none of the documented kinds in kind: ["Cat","Dog","cat","dog"]`},
		{"one that it knows", `{"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}], "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"}}}`, `{"kind": "cat", "lives": 9}`, Sent, ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d, err := Parse([]byte(`{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"post": {
				"requestBody": {"content": {"application/json": {"schema": `+tt.schema+`}}}, "responses": {"200": {"description": "d"}}}}},
				"components": {"schemas": {`+components+`}}}`), "t.json")
			if err != nil {
				t.Fatal(err)
			}
			s := d.Operations[0].Body.JSON().Schema
			var got []string
			for _, v := range s.Violations(decoded(t, tt.value), tt.direction) {
				got = append(got, v.Pointer+" "+v.Keyword+" "+v.Reason)
			}
			if text := strings.Join(got, ", "); text != tt.want {
				t.Errorf("got %q, want %q", text, tt.want)
			}
			if unchecked := s.Unchecked(); len(unchecked) > 0 {
				t.Errorf("unchecked: %q", unchecked)
			}
		})
	}
}

// What cannot be compiled is judged by what 3.0 has of it, and says so.
func TestASchemaThatCannotBeCompiled(t *testing.T) {
	s := schemaOf(t, "3.1.0", `{"type": "string", "maxLength": 2}`)
	s.Schema.Not = openapi3.NewSchemaRef("#/nowhere", openapi3.NewIntegerSchema())
	if found := s.Violations("abc", Sent); len(found) != 1 || found[0].Keyword != "maxLength" {
		t.Errorf("found %v", found)
	}
	if list := s.Unchecked(); len(list) != 1 || !strings.Contains(list[0], "what JSON Schema 2020-12 has beyond OpenAPI 3.0") {
		t.Errorf("unchecked: %q", list)
	}
}
