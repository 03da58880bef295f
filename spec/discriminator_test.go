package spec

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// The same document and the same value have the same verdict in every version.
func TestDiscriminators(t *testing.T) {
	const listed = `
    Pet: { oneOf: [ { $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" } ], discriminator: { propertyName: kind MAPPING } }
    Cat: { type: object, required: [kind], properties: { kind: { type: string }, lives: { type: integer } } }
    Dog: { type: object, required: [kind], properties: { kind: { type: string }, bark: { type: string } } }
`
	const inherited = `
    Pet: { type: object, required: [kind], properties: { kind: { type: string } }, discriminator: { propertyName: kind MAPPING } }
    Cat: { allOf: [ { $ref: "#/components/schemas/Pet" }, { type: object, required: [lives], properties: { lives: { type: integer } } } ] }
    Dog: { allOf: [ { $ref: "#/components/schemas/Pet" }, { type: object, properties: { bark: { type: string } } } ] }
    Lion: { allOf: [ { $ref: "#/components/schemas/Cat" }, { type: object, required: [mane] } ] }
`
	const mutual = `
    Pet: { oneOf: [ { $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" } ], required: [kind], properties: { kind: { type: string } }, discriminator: { propertyName: kind MAPPING } }
    Cat: { allOf: [ { $ref: "#/components/schemas/Pet" }, { type: object, properties: { lives: { type: integer } } } ] }
    Dog: { allOf: [ { $ref: "#/components/schemas/Pet" }, { type: object, properties: { bark: { type: string } } } ] }
`
	const whole = `, mapping: { c: "#/components/schemas/Cat", d: Dog }`
	const part = `, mapping: { d: "#/components/schemas/Dog" }`
	for _, tt := range []struct {
		claim, schemas, mapping, value, want string
	}{
		{"the name of a listed schema", listed, "", `{"kind": "Cat", "lives": 9}`, ""},
		{"chooses that and no other", listed, "", `{"kind": "Cat", "lives": "nine"}`, "/lives type"},
		{"a word of the mapping", listed, whole, `{"kind": "c", "lives": 9}`, ""},
		{"chooses its schema", listed, whole, `{"kind": "c", "lives": "nine"}`, "/lives type"},
		{"a name in the mapping is one of a schema", listed, whole, `{"kind": "d", "bark": 1}`, "/bark type"},
		{"names stay beside a mapping", listed, part, `{"kind": "Cat", "lives": "nine"}`, "/lives type"},
		{"a word beside names", listed, part, `{"kind": "d", "bark": "w"}`, ""},
		{"an unknown word", listed, part, `{"kind": "Cow"}`, " discriminator"},
		{"no word", listed, "", `{"lives": 9}`, " discriminator"},
		{"a word that is none", listed, "", `{"kind": 1}`, " discriminator"},
		{"no object", listed, "", `1`, " oneOf"},
		{"anyOf as oneOf", strings.Replace(listed, "oneOf", "anyOf", 1), "", `{"kind": "Dog", "bark": 1}`, "/bark type"},
		{"an heir", inherited, "", `{"kind": "Dog", "bark": "w"}`, ""},
		{"with its faults", inherited, "", `{"kind": "Dog", "bark": 1}`, "/bark type"},
		{"an heir of an heir", inherited, "", `{"kind": "Lion", "lives": 9}`, "/mane required"},
		{"an heir in a mapping", inherited, part, `{"kind": "d", "bark": 1}`, "/bark type"},
		{"an heir beside a mapping", inherited, part, `{"kind": "Cat"}`, "/lives required"},
		{"the schema itself", inherited, "", `{"kind": "Pet"}`, ""},
		{"no heir", inherited, part, `{"kind": "Cow"}`, " discriminator"},
		{"listed schemas that include the list", mutual, "", `{"kind": "Cat", "lives": 9}`, ""},
		{"with their faults", mutual, "", `{"kind": "Cat", "lives": "nine"}`, "/lives type"},
		{"with a mapping", mutual, whole, `{"kind": "d", "bark": 1}`, "/bark type"},
	} {
		for _, version := range []string{"3.0.3", "3.1.0"} {
			for _, wrapped := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s %t", tt.claim, version, wrapped), func(t *testing.T) {
					schema, value, at := `{ $ref: "#/components/schemas/Pet" }`, tt.value, ""
					if wrapped {
						schema, value, at = `{ type: object, properties: { list: { type: array, items: { $ref: "#/components/schemas/Pet" } } } }`, `{"list": [`+value+`]}`, "/list/0"
					}
					d, err := Parse(fmt.Appendf(nil, "openapi: %s\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: d, content: {application/json: {schema: %s}}}}}}}\ncomponents:\n  schemas:%s",
						version, schema, strings.ReplaceAll(tt.schemas, " MAPPING", tt.mapping)), "t.yaml")
					if err != nil {
						t.Fatal(err)
					}
					var decoded any
					if err := json.Unmarshal([]byte(value), &decoded); err != nil {
						t.Fatal(err)
					}
					var got []string
					for _, v := range d.Operations[0].Responses[0].JSON().Schema.Violations(decoded, Answered) {
						pointer, ok := strings.CutPrefix(v.Pointer, at)
						if !ok {
							t.Errorf("%q is not below %s", v.Pointer, at)
						}
						got = append(got, pointer+" "+v.Keyword)
					}
					if text := strings.Join(got, ", "); text != tt.want {
						t.Errorf("got %q, want %q", text, tt.want)
					}
				})
			}
		}
	}
}

// Schemas that include one another end, and are judged all the same.
func TestSchemasThatIncludeOneAnother(t *testing.T) {
	for _, tt := range []struct{ claim, schema, value, want string }{
		{"a right value", "A", `{"a": "x", "b": "y"}`, ""},
		{"a wrong one of the first", "A", `{"a": 1}`, "/a type"},
		{"a wrong one of the second", "A", `{"b": 1}`, "/b type"},
		{"one that includes itself", "Self", `{"c": 1}`, "/c type"},
		{"an heir that leads to its kind", "Heir", `{"kind": "Heir", "n": "x"}`, "/n type"},
		{"a right one", "Heir", `{"kind": "Heir", "n": 1}`, ""},
	} {
		for _, version := range []string{"3.0.3", "3.1.0"} {
			t.Run(tt.claim+" "+version, func(t *testing.T) {
				d, err := Parse(fmt.Appendf(nil, `{"openapi": %q, "info": {"title": "t", "version": "1"}, "paths": {"/a": {"post": {
					"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/%s"}}}}, "responses": {"200": {"description": "d"}}}}},
					"components": {"schemas": {
						"A": {"type": "object", "properties": {"a": {"type": "string"}}, "allOf": [{"$ref": "#/components/schemas/B"}]},
						"B": {"type": "object", "properties": {"b": {"type": "string"}}, "allOf": [{"$ref": "#/components/schemas/A"}]},
						"Self": {"type": "object", "properties": {"c": {"type": "string"}}, "allOf": [{"$ref": "#/components/schemas/Self"}]},
						"Base": {"type": "object", "discriminator": {"propertyName": "kind"}, "properties": {"kind": {"type": "string"}}},
						"Heir": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"n": {"type": "integer"}}}]}
					}}}`, version, tt.schema), "t.json")
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, v := range d.Operations[0].Body.JSON().Schema.Violations(decoded(t, tt.value), Sent) {
					got = append(got, v.Pointer+" "+v.Keyword)
				}
				if text := strings.Join(got, ", "); text != tt.want {
					t.Errorf("got %q, want %q", text, tt.want)
				}
			})
		}
	}
}
