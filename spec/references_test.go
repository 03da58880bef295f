package spec

import (
	"fmt"
	"strings"
	"testing"
)

const addressed = `openapi: 3.1.0
info: { title: t, version: "1" }
jsonSchemaDialect: "https://spec.openapis.org/oas/3.1/dialect/base"
paths:
  /x:
    get:
      operationId: x
      responses:
        "200": { description: d, content: { application/json: { schema: SCHEMA } } }
webhooks: { news: { post: { responses: { "200": { description: d } } } } }
components:
  schemas:
    Address:
      $id: "https://example.test/schemas/address"
      $schema: "https://json-schema.org/draft/2020-12/schema"
      type: object
      properties:
        state: { $ref: '#/$defs/State' }
        land: { $ref: "#land" }
        next: { $ref: "#" }
        city: { $ref: "city.json" }
        plain: { $ref: "#/components/schemas/Plain" }
      $defs:
        State: { enum: [CA, NY] }
        Land: { $anchor: land, enum: [US] }
    City: { $id: "https://example.test/schemas/city.json", type: string, maxLength: 3 }
    Plain: { type: integer }
    Named: { $anchor: named, type: boolean }
    Tree:
      $id: "https://example.test/tree"
      $dynamicAnchor: node
      type: object
      properties: { data: true, children: { type: array, items: { $ref: "https://example.test/tree" } } }
`

// References by address and by name lead where they do in JSON Schema, and a
// violation is named where it is.
func TestReferencesByAddress(t *testing.T) {
	for _, tt := range []struct{ claim, schema, value, want string }{
		{"a place below an address", `{ $ref: "#/components/schemas/Address" }`, `{"state": "XX"}`, "/state enum"},
		{"a right one", `{ $ref: "#/components/schemas/Address" }`, `{"state": "CA", "land": "US", "city": "NYC", "plain": 1}`, ""},
		{"a name below an address", `{ $ref: "#/components/schemas/Address" }`, `{"land": "XX"}`, "/land enum"},
		{"the address itself", `{ $ref: "#/components/schemas/Address" }`, `{"next": {"next": {"state": "XX"}}}`, "/next/next/state enum"},
		{"another address", `{ $ref: "#/components/schemas/Address" }`, `{"city": "York"}`, "/city maxLength"},
		{"a place of the document all the same", `{ $ref: "#/components/schemas/Address" }`, `{"plain": "x"}`, "/plain type"},
		{"an address in full", `{ $ref: "https://example.test/schemas/city.json" }`, `"York"`, " maxLength"},
		{"an address with a place", `{ $ref: "https://example.test/schemas/address#/$defs/State" }`, `"York"`, " enum"},
		{"an address with a name", `{ $ref: "https://example.test/schemas/address#land" }`, `"York"`, " enum"},
		{"a name of the document", `{ $ref: "#named" }`, `1`, " type"},
		{"several in a line", `{ type: array, prefixItems: [ { $ref: "#named" }, { $ref: "#named" }, { $ref: "https://example.test/schemas/city.json" } ] }`, `[true, 1, "York"]`, "/1 type, /2 maxLength"},
		{"definitions of a schema in place", `{ $defs: { A: { type: integer } }, properties: { a: { $ref: "#/paths/~1x/get/responses/200/content/application~1json/schema/$defs/A" } } }`, `{"a": "x"}`, "/a type"},
		{"a tree", `{ $ref: "#/components/schemas/Tree" }`, `{"children": [{"children": 1}]}`, "/children/0/children type"},
		{"what is not looked at by others", `{ allOf: [ { $ref: "#/components/schemas/City" } ], unevaluatedProperties: false, if: { maxLength: 1 }, then: false, enumNames: [x], definitions: { k: { type: string } } }`, `"a"`, " schema"},
		{"unevaluated properties", `{ allOf: [ { properties: { a: true } } ], unevaluatedProperties: false }`, `{"a": 1, "b": 1}`, "/b unevaluatedProperties"},
		{"nothing is unevaluated because of another fault", `{ allOf: [ { properties: { a: { type: integer }, b: true } } ], unevaluatedProperties: false }`, `{"a": "x", "b": 1}`, "/a type"},
		{"beside a reference", `{ $ref: "#/components/schemas/Tree", unevaluatedProperties: false }`, `{"data": 1, "more": 1}`, "/more unevaluatedProperties"},
		{"dependent schemas", `{ dependentSchemas: { a: { required: [b] } } }`, `{"a": 1}`, "/b required"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d, err := Parse([]byte(strings.ReplaceAll(addressed, "SCHEMA", tt.schema)), "t.yaml")
			if err != nil {
				t.Fatal(err)
			}
			s := d.Operations[0].Responses[0].JSON().Schema
			var got []string
			for _, v := range s.Violations(decoded(t, tt.value), Answered) {
				got = append(got, v.Pointer+" "+v.Keyword)
			}
			if text := strings.Join(got, ", "); text != tt.want {
				t.Errorf("got %q, want %q", text, tt.want)
			}
			if list := s.Unchecked(); len(list) > 0 {
				t.Errorf("unchecked: %q", list)
			}
		})
	}
}

// Dynamic references need the addresses of the schemas.
func TestDynamicReferences(t *testing.T) {
	d, err := Parse([]byte(strings.ReplaceAll(addressed, "SCHEMA", `{ $ref: "#/components/schemas/Strict" }`)+`
    Open: { $id: "https://example.test/open", $dynamicAnchor: item, type: object, properties: { children: { type: array, items: { $dynamicRef: "#item" } } } }
    Strict: { $id: "https://example.test/strict", $dynamicAnchor: item, $ref: "open", unevaluatedProperties: false }
`), "t.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := d.Operations[0].Responses[0].JSON().Schema
	if list := s.Unchecked(); len(list) > 0 {
		t.Errorf("unchecked: %q", list)
	}
	if found := s.Violations(decoded(t, `{"children": [{"children": []}]}`), Answered); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	if found := s.Violations(decoded(t, `{"children": [{"daat": 1}]}`), Answered); len(found) != 1 || !strings.HasPrefix(found[0].Pointer, "/children/0") {
		t.Errorf("found %v, want a surplus property of the child", found)
	}
}

func TestDocuments(t *testing.T) {
	const ok = `{ get: { operationId: a, responses: { "200": { description: d } } } }`
	for _, tt := range []struct{ claim, version, text, want string }{
		{"path items of the components", "3.1.0", "paths: { /a: { $ref: '#/components/pathItems/A' } }\ncomponents: { pathItems: { A: " + ok + " } }", ""},
		{"unknown keywords in every schema", "3.1.0", `paths: { /a: { get: { parameters: [ { name: q, in: query, schema: { type: string, enumNames: [x] } } ], responses: { "200": { description: d, headers: { H: { schema: { type: string, odd: 1 } } }, content: { application/json: { schema: { items: { odder: 1 } } } } } }, requestBody: { content: { application/json: { schema: { oddest: 1 } } } }, callbacks: { c: { "x": { post: { requestBody: { content: { application/json: { schema: { further: 1 } } } }, responses: { "200": { description: d } } } } } } } } }`, ""},
		{"no misspelling beside schemas", "3.1.0", `paths: { /a: { get: { parametres: [], responses: { "200": { description: d } } } } }`, "parametres"},
		{"an unknown keyword in 3.0 is an annotation", "3.0.3", `paths: { /a: { get: { responses: { "200": { description: d, content: { application/json: { schema: { enumNames: [] } } } } } } } }`, ""},
		{"a path twice", "3.0.3", "paths:\n  /a: " + ok + "\n  /a: " + ok, "the key /a is given twice: lines 4 and 5"},
		{"a status twice, with quotes and without", "3.1.0", "paths:\n  /a:\n    get:\n      responses:\n        200: { description: d }\n        \"200\": { description: d }", "the key 200 is given twice: lines 7 and 8"},
		{"a property twice", "3.0.3", "paths: { /a: " + ok + " }\ncomponents:\n  schemas:\n    S:\n      properties:\n        p: { type: string }\n        p: { type: integer }", "the key p is given twice: lines 8 and 9"},
		{"an example's key twice", "3.0.3", "paths: { /a: " + ok + " }\nx-note:\n  p: 1\n  p: 2", "the key p is given twice: lines 5 and 6"},
		{"anchors and merge keys", "3.0.3", "x-a: &a { description: d }\npaths: { /a: { get: { responses: { 200: { <<: *a } } } } }", ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			_, err := Parse(fmt.Appendf(nil, "openapi: %s\ninfo: { title: t, version: '1' }\n%s\n", tt.version, tt.text), "t.yaml")
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
