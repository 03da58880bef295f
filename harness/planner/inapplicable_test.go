package planner

import "testing"

// What follows from the description alone is not applicable; what could not be made,
// or what the fixtures lack, is not.
func TestInapplicable(t *testing.T) {
	const check = "  - {id: R, level: must, chapter: statuses, clause: {page: p, text: t}, sentence: s, operations: all, check: "
	for _, tt := range []struct {
		claim, operation, rule string
		applies                bool
	}{
		{"a body that is documented is judged", "responses: {'200': {description: d, content: {application/json: {schema: {type: object}}}}}", check + "schema, answers: [success]}", true},
		{"a 204 has no body to judge", "responses: {'204': {description: d}}", check + "schema, answers: [success]}", false},
		{"a documented error is no success", "responses: {'204': {description: d}, '400': {description: d, content: {application/json: {schema: {type: object}}}}}", check + "schema, answers: [success]}", false},
		{"default documents an error", "responses: {'204': {description: d}, default: {description: d, content: {application/json: {schema: {type: object}}}}}", check + "error-body, answers: [rejected]}", true},
		{"a header that must be there is judged", "responses: {'204': {description: d, headers: {X: {required: true, schema: {type: string}}}}}", check + "schema, answers: [success]}", true},
		{"no documented body has a media type", "responses: {'204': {description: d}}", check + "media-type}", false},
		{"a body without a schema has a media type", "responses: {'200': {description: d, content: {text/plain: {}}}}", check + "media-type}", true},
		{"nothing says how to read back", "responses: {'204': {description: d}}", check + "no-trace, cases: [malformed]}", false},
		{"every response has a documented status or none", "responses: {'204': {description: d}}", check + "documented-status}", true},
		{"nothing without parameters is malformed", "responses: {'204': {description: d}}", rule("R", "all", "malformed", "400"), false},
		{"any text is right where any is allowed", "parameters: [{name: q, in: query, schema: {type: string}}], responses: {'204': {description: d}}", rule("R", "all", "malformed", "400"), false},
		{"a number can be malformed", "parameters: [{name: q, in: query, schema: {type: integer}}], responses: {'204': {description: d}}", rule("R", "all", "malformed", "400"), true},
		{"without a documented success nothing is known", "responses: {default: {description: d}}", rule("R", "all", "valid", "success"), true},
		{"404 is documented nowhere", "parameters: [{name: q, in: query, schema: {type: integer}}], responses: {'204': {description: d}}", check + "status, cases: [malformed], expect: {statuses: [documented-not-found]}}", false},
		{"404 is documented by default", "parameters: [{name: q, in: query, schema: {type: integer}}], responses: {default: {description: d}}", check + "status, cases: [malformed], expect: {statuses: [documented-not-found]}}", true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p := planned(t, described(t, "paths: {/a: {get: {operationId: a, "+tt.operation+"}}}"), requirements(t, tt.rule), fixtures(t, ""))
			if o := p.Obligation("a.R"); (o.Inapplicable == "") != tt.applies || o.Inapplicable != "" && (o.Lacks != "" || len(o.Missing) > 0) {
				t.Errorf("not applicable because %q, lacks %q", o.Inapplicable, o.Lacks)
			}
		})
	}
}
