package spec

import (
	"slices"
	"strings"
	"testing"
)

// TestQuarantine: a slip costs the part in which it stands, and is named with its place.
func TestQuarantine(t *testing.T) {
	const sound = "  /sound: {get: {operationId: sound, responses: {'200': {description: d}}}}\n"
	const head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n" + sound // 4 lines
	body := func(schema string) string {
		return "  /a:\n    get: {operationId: it, responses: {'200': {description: d, content: {application/json: {schema: " + schema + "}}}}}\n"
	}
	for _, tt := range []struct {
		claim, document, operations string
		slips                       []string // parts of each
	}{
		{"nothing wrong", head + body("{type: string}"), "it sound", nil},
		{"a schema that cannot be read", head + body("{type: object, properties: {good: {type: string}, bad: {type: object, required: yes}}}"), "it sound",
			[]string{"line 6: GET /a, responses 200 content application/json schema properties bad: | any value is taken there"}},
		{"a schema that breaks OpenAPI", head + body("{type: object, properties: {bad: {type: strin}}}"), "it sound", []string{"line 6: GET /a, responses 200 content application/json schema properties bad: | strin | any value"}},
		{"a shared schema costs no operation", head + body("{$ref: '#/components/schemas/S'}") + "components: {schemas: {S: {type: object, properties: {x: {type: strin}}}}}\n", "it sound", []string{"line 7: components schemas S properties x: | any value"}},
		{"a schema that is not there", head + body("{$ref: '#/components/schemas/S'}"), "it sound", []string{"line 6: GET /a, responses 200 content application/json schema: reference to #/components/schemas/S: nothing stands there; any value"}},
		{"a schema within another that cannot be read", head + body("{$ref: '#/components/schemas/S/definitions/D'}") + "components: {schemas: {S: {definitions: {D: {type: {enum: [a]}}}}}}\n", "it sound", []string{"line 6: GET /a, responses 200 content application/json schema: reference to #/components/schemas/S/definitions/D: | any value", "a field that OpenAPI does not have: | definitions"}},
		{"a reference whose fragment is percent-encoded", head + body("{type: strin}") + "  '/a/{id}': {get: {operationId: other, parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {'200': {description: d}}}}\n  '/b/{id}': {get: {operationId: more, parameters: [{$ref: '#/paths/~1a~1%7Bid%7D/get/parameters/0'}, {name: bad, in: query, schema: {$ref: '#/none'}}], responses: {'200': {description: d}}}}\n", "it more other sound",
			[]string{"line 8: GET /b/{id}, parameters 1 schema: reference to #/none: nothing stands there", "line 6: GET /a, responses 200 content application/json: | strin | any value"}},
		{"a reference to another kind", head + body("{$ref: '#/components/responses/R'}") + "components: {responses: {R: {description: d}}}\n", "it sound", []string{"line 6: GET /a, responses 200 content application/json schema: | one of the schemas must stand here; any value"}},
		{"a file that is not there", head + body("{$ref: 'none.yaml#/S'}"), "it sound", []string{"none.yaml | any value"}},
		{"a response that is not there", head + "  /a: {get: {operationId: it, responses: {'200': {$ref: '#/components/responses/R'}}}}\n", "it sound", []string{"line 5: GET /a, responses 200: | its body is not judged"}},
		{"a parameter that is not there", head + "  /a: {get: {operationId: it, parameters: [{$ref: '#/components/parameters/P'}], responses: {'200': {description: d}}}}\n", "sound", []string{"line 5: GET /a, parameters 0: | the operation is left out"}},
		{"a parameter that breaks OpenAPI", head + "  /a: {get: {operationId: it, parameters: [{name: p, in: nowhere, schema: {}}], responses: {'200': {description: d}}}}\n", "sound", []string{"line 5: GET /a: | nowhere | the operation is left out"}},
		{"a shared parameter that cannot be read", head + "  /a: {get: {operationId: it, parameters: [{$ref: '#/components/parameters/P'}], responses: {'200': {description: d}}}}\ncomponents: {parameters: {P: {name: [p]}}}\n", "sound",
			[]string{"line 6: components parameters P: ", "line 5: GET /a, parameters 0: | the operation is left out"}},
		{"no responses", head + "  /a: {get: {operationId: it}}\n", "sound", []string{"line 5: GET /a: | the operation is left out"}},
		{"an operation that is none", head + "  /a: {get: 7}\n", "sound", []string{"line 5: GET /a: | the operation is left out"}},
		{"a path parameter that is not declared", head + "  '/a/{id}': {get: {operationId: it, responses: {'200': {description: d}}}}\n", "sound", []string{"line 5: GET /a/{id}: | the operation is left out"}},
		{"a path without a slash", head + "  a: {get: {operationId: it, responses: {'200': {description: d}}}}\n", "sound", []string{"line 5: "}},
		{"a scheme that is not defined", head + "  /a: {get: {operationId: it, security: [{S: []}], responses: {'200': {description: d}}}}\n", "it sound", nil},
		{"a broken component that nothing needs", head + "components: {parameters: {P: {name: p, in: nowhere, schema: {}}}}\n", "sound", []string{"line 5: components parameters P: "}},
		{"a version that is a number", "openapi: 3.0.3\ninfo: {title: t, version: 1.0}\npaths:\n" + sound, "sound", nil},
		{"a misspelled field costs its operation", head + "  /a: {get: {operationId: it, parametres: [], responses: {'200': {description: d}}}}\n", "sound", []string{"line 5: GET /a: | parametres | the operation is left out"}},
		{"an empty path parameter of a swallowed schema", head + "  '/a/{id}': {get: {operationId: it, parameters: [{name: id, in: path, required: true, schema: {type: 7}}], responses: {'200': {description: d}}}}\n", "it sound", []string{"line 5: GET /a/{id}, parameters 0 schema: | any value"}},
		{"no version", "openapi: 3.0.3\ninfo: {title: t}\npaths:\n" + sound, "sound", []string{"line 2: info: "}},
		{"an unknown field", head + body("{type: string, enumNames: [a]}"), "it sound", []string{"a field that OpenAPI does not have: | enumNames"}},
		{"fields of OpenAPI 3.2 that are not read", "openapi: 3.2.0\ninfo: {title: t, version: '1'}\npaths:\n" + sound + "  /a:\n    get:\n      operationId: it\n      responses:\n        '200':\n          description: d\n          content:\n            application/jsonl:\n              itemSchema: {type: object}\n", "it sound",
			[]string{"line 13: GET /a, responses 200 content application/jsonl itemSchema: | the items of such a body are not judged"}},
		{"no title", "openapi: 3.0.3\ninfo: {title: '', version: '1'}\npaths:\n" + sound, "sound", []string{"line 2: info: "}},
		{"no description of a response", head + "  /a: {get: {operationId: it, responses: {'200': {}}}}\n", "it sound", []string{"a response without a description: "}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d, err := Parse([]byte(tt.document), "x.yaml")
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(d.IDs(), " "); got != tt.operations {
				t.Errorf("operations %s, want %s", got, tt.operations)
			}
			got := d.SlipTexts()
			if len(got) != len(tt.slips) || !slices.EqualFunc(got, tt.slips, func(text, parts string) bool {
				return !slices.ContainsFunc(strings.Split(parts, " | "), func(part string) bool { return !strings.Contains(text, part) })
			}) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.slips, "\n"))
			}
		})
	}
}

func TestSwagger2(t *testing.T) {
	const document = `swagger: "2.0"
info: { title: Old, version: "1" }
host: old.example.test
basePath: /v1
schemes: [https]
securityDefinitions: { key: { type: apiKey, in: header, name: X-Key } }
security: [ { key: [] } ]
paths:
  /things:
    post:
      operationId: make
      consumes: [application/json]
      parameters: [ { name: body, in: body, required: true, schema: { $ref: "#/definitions/Thing" } } ]
      responses: { 201: { description: made, schema: { $ref: "#/definitions/Thing" } }, 400: { description: no } }
    get:
      operationId: list
      parameters: [ { name: limit, in: query, type: integer, maximum: 7 } ]
      responses: { 200: { description: ok, schema: { type: array, items: { $ref: "#/definitions/Bad" } } } }
    put: { operationId: none, parameters: 7, responses: { 200: { description: ok } } }
definitions:
  Thing: { type: object, required: [name], properties: { name: { type: string } } }
  Bad: { type: [object], required: yes }
`
	d, err := Parse([]byte(document), "old.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(d.IDs(), " "); got != "list make" || d.BasePath != "/v1" || d.Servers[0] != "https://old.example.test/v1" || d.Schemes["key"].Field != "X-Key" {
		t.Errorf("operations %s, servers %s, schemes %v", got, d.Servers, d.Schemes)
	}
	make := d.Operation("make")
	if make.Line != 10 || make.Body == nil || !make.Body.Required || len(make.Body.Fields().Schema.Violations(map[string]any{}, Sent)) == 0 || make.Response(201).JSON() == nil {
		t.Errorf("make: line %d, body %+v", make.Line, make.Body)
	}
	if limit := d.Operation("list").Parameters; len(limit) != 1 || *limit[0].Schema.Max != 7 {
		t.Errorf("list: %+v", limit)
	}
	want := []string{"line 22: definitions Bad: ", "line 19: PUT /things: "}
	got := d.SlipTexts()
	if len(got) != 2 || !strings.HasPrefix(got[0], want[0]) || !strings.HasPrefix(got[1], want[1]) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
