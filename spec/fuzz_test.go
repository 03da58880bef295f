package spec

import (
	"testing"
)

// Whatever a document is, reading it ends, and what was read can be judged by.
func FuzzParse(f *testing.F) {
	const head = "openapi: 3.1.0\ninfo: { title: t, version: 1.0 }\n"
	for _, document := range []string{
		"", "{}", "a: *a", "%YAML 1.2\n---\n" + head,
		head + `paths: { /x: { get: { responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/A" } } } } } } } }` + "\ncomponents: { schemas: { A: { $id: x, $anchor: a, allOf: [ { $ref: \"#a\" } ], const: null } } }",
		head + `paths: { /x: { $ref: "#/paths/~1x" } }`,
		"openapi: 3.2.0\ninfo: { title: t, version: \"1\" }\n" + `paths: { /x: { query: { responses: { "200": { summary: s, content: { a/b: { $ref: "#/components/mediaTypes/M" } } } } } } }`,
		"openapi: 3.0.3\ninfo: { title: t, version: \"1\" }\n" + `paths: { "/x/{a}{b}?c#d": { post: { requestBody: { content: { "*/*": {} } }, responses: { default: { description: d } } } } }`,
	} {
		f.Add([]byte(document))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := ParseAlone(data, "api.yaml")
		if err != nil {
			return
		}
		for _, o := range d.Operations {
			for _, r := range o.Responses {
				for _, c := range r.Content {
					if c.HasSchema {
						_ = c.Schema.Unchecked()
						_ = c.Schema.Violations(map[string]any{"a": []any{1.0, nil, "x"}}, Answered)
					}
				}
			}
		}
	})
}
