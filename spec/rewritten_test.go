package spec

import (
	"strings"
	"testing"
)

// TestParse_Valid: documents that are easily refused, and must not be.
func TestParse_Valid(t *testing.T) {
	paths := `paths: { /x: { get: { operationId: it, responses: { "200": { description: ok } } } } }
`
	answers := func(schema string) string {
		return `paths: { /x: { get: { operationId: it, responses: { "200": { description: ok, content: { application/json: ` + schema + ` } } } } } }
`
	}
	head := func(version string) string {
		return "openapi: " + version + "\ninfo: { title: t, version: \"1\" }\n"
	}
	for claim, document := range map[string]string{
		"a version without quotes":                         "openapi: 3.0.3\ninfo: { title: 2024, version: 1.0 }\n" + paths,
		"a version that is a date":                         "openapi: 3.0.3\ninfo: { title: t, version: 2024-01-31 }\n" + paths,
		"a version of OpenAPI without quotes":              "openapi: 3.1\ninfo: { title: t, version: v1 }\n" + paths,
		"a port without quotes":                            head("3.0.3") + "servers: [ { url: 'https://x.test:{p}', variables: { p: { default: 443 } } } ]\n" + paths,
		"a directive of YAML 1.2":                          "%YAML 1.2\n---\n" + head("3.0.3") + paths,
		"fields of OpenAPI 3.2":                            "openapi: 3.2.0\n$self: https://x.test/a\ninfo: { title: t, version: v1 }\ntags: [ { name: a, parent: b, kind: nav } ]\nservers: [ { url: /, name: main } ]\n" + paths + "components: { securitySchemes: { O: { type: oauth2, deprecated: true, flows: { deviceAuthorization: { deviceAuthorizationUrl: \"https://x.test/d\", tokenUrl: \"https://x.test/t\", scopes: {} } } } } }\n",
		"a cookie in the style of OpenAPI 3.2":             head("3.2.0") + `paths: { /x: { get: { operationId: it, parameters: [ { in: cookie, name: c, style: cookie, schema: { type: string } } ], responses: { "200": { description: ok } } } } }`,
		"items of a stream in OpenAPI 3.2":                 head("3.2.0") + strings.ReplaceAll(answers(`{ itemSchema: { type: object } }`), "application/json", "application/jsonl"),
		"a default mapping in OpenAPI 3.2":                 head("3.2.0") + answers(`{ schema: { oneOf: [ { $ref: "#/components/schemas/A" } ], discriminator: { propertyName: k, defaultMapping: A } } }`) + "components: { schemas: { A: { type: object } } }\n",
		"a media type of the components, without a schema": head("3.2.0") + answers(`{ $ref: "#/components/mediaTypes/J" }`) + "components: { mediaTypes: { J: { example: 1 } } }\n",
	} {
		t.Run(claim, func(t *testing.T) {
			d, err := Parse([]byte(document), "api.yaml")
			if err != nil || d.Operation("it") == nil {
				t.Error(err)
			}
		})
	}
}

// TestParse_Rewritten: what the loader reads otherwise than it is written.
func TestParse_Rewritten(t *testing.T) {
	for _, tt := range []struct {
		claim, version, media, components, value, want string
	}{
		{"null alone", "3.1.0", `{ schema: { const: null } }`, "", "0", "must be null"},
		{"null alone, as JSON", "3.1.0", `{ "schema": { "type": "object", "properties": { "a": { "const": null } } } }`, "", `{"a": 1}`, "/a must be null"},
		{"a media type of the components", "3.2.0", `{ $ref: "#/components/mediaTypes/J" }`, "components: { mediaTypes: { J: { schema: { type: object } } } }\n", "1", "must be of type object, is number"},
		{"a default mapping", "3.2.0", `{ schema: { oneOf: [ { $ref: "#/components/schemas/A" } ], discriminator: { propertyName: k, defaultMapping: A } } }`, "components: { schemas: { A: { type: object, required: [a] } } }\n", "{}", "/a is required and missing"},
		{"an example named like a text", "3.0.3", `{ example: { version: 1.0 }, schema: { type: object, properties: { version: { type: number } } } }`, "", `{"version": "1.0"}`, "/version must be of type number, is string"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d, err := Parse([]byte("openapi: "+tt.version+"\ninfo: { title: t, version: \"1\" }\npaths: { /x: { get: { operationId: it, responses: { \"200\": { description: ok, content: { application/json: "+tt.media+" } } } } } }\n"+tt.components), "api.yaml")
			if err != nil {
				t.Fatal(err)
			}
			content := d.Operation("it").Responses[0].Content[0]
			value, err := DecodeJSON([]byte(tt.value))
			if err != nil {
				t.Fatal(err)
			}
			found := content.Schema.Violations(value, Answered)
			if len(found) != 1 || strings.TrimSpace(found[0].Pointer+" "+found[0].Reason) != tt.want {
				t.Errorf("got %v, want %s", found, tt.want)
			}
			for _, e := range content.Examples {
				if members, ok := e.Value.(map[string]any); !ok || members["version"] != 1.0 {
					t.Errorf("the example is %v", e.Value)
				}
			}
		})
	}
}
