package planner

import "testing"

// The preflight calls what names nothing and needs credentials, where there is such an
// operation: a wrong name is answered before wrong keys are.
func TestPreflight_SaysMostOfTheSettings(t *testing.T) {
	const named = "'/a/{id}': {get: {operationId: a, security: [{K: []}], parameters: [{name: id, in: path, required: true, schema: {type: integer}}], responses: {'200': {description: d}}}}"
	const open = "/b: {get: {operationId: b, responses: {'200': {description: d}}}}"
	const secured = "/c: {get: {operationId: c, security: [{K: []}], responses: {'200': {description: d}}}}"
	for paths, want := range map[string]string{
		named: "a.valid.required", named + ", " + open: "b.valid.required", named + ", " + open + ", " + secured: "c.valid.required",
	} {
		d := described(t, "paths: {"+paths+"}\ncomponents: {securitySchemes: {K: {type: apiKey, in: header, name: K}}}")
		p := planned(t, d, requirements(t, rule("R", "all", "valid", "success")), fixtures(t, "credentials: {valid: {K: k3y5ecret}}"))
		if p.Preflight == nil || p.Preflight.ID != want {
			t.Errorf("%s: preflight %v, want %s", paths, p.Preflight, want)
		}
	}
}
