package planner

import (
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// taking is an operation that takes one body.
func taking(t *testing.T, method, required, content string) *spec.Description {
	t.Helper()
	return described(t, "paths: {/a: {"+method+": {operationId: a, requestBody: {required: "+required+", content: {"+content+"}}, responses: {'200': {description: d}}}}}")
}

func TestBody_OfEachMediaType(t *testing.T) {
	const cr = "\r\n"
	part := func(name, header, text string) string {
		return "--" + boundary + cr + `Content-Disposition: form-data; name="` + name + `"` + header + cr + cr + text + cr
	}
	const person = "{schema: {type: object, required: [n, l, o, f], properties: {n: {type: integer}, l: {type: array, minItems: 2, items: {type: string}}, o: {type: object, required: [x], properties: {x: {type: number}}}, f: {type: string, format: binary}}}"
	for _, tt := range []struct{ claim, content, mediaType, want string }{
		{"JSON without a schema", "application/json: {}", "application/json", "{}"},
		{"JSON without a schema and with an example", "application/json: {example: [1]}", "application/json", "[1]"},
		{"any type", "'*/*': {schema: {type: object, required: [a], properties: {a: {type: string, example: text}}}}", "application/json", `{"a":"text"}`},
		{"any bytes", "'*/*': {schema: {type: string, format: binary}}", "application/octet-stream", "text"},
		{"a text", "text/plain: {schema: {type: string, minLength: 6}}", "text/plain", "textttt"[:6]},
		{"a number as a text", "text/plain: {schema: {type: integer, minimum: 5}}", "text/plain", "5"},
		{"a text of a kind", "'text/*': {}", "text/plain", "text"},
		{"bytes", "application/octet-stream: {}", "application/octet-stream", "text"},
		{"a type that an example shows", "application/xml: {example: <a/>}", "application/xml", "<a/>"},
		{"a form without a schema", "application/x-www-form-urlencoded: {}", "application/x-www-form-urlencoded", "text=text"},
		{"a list in one field", "application/x-www-form-urlencoded: {schema: {type: object, required: [l], properties: {l: {type: array, minItems: 2, items: {type: string}}}}, encoding: {l: {explode: false}}}", "application/x-www-form-urlencoded", "l=text,text"},
		{"an object as JSON", "application/x-www-form-urlencoded: {schema: {type: object, required: [o], properties: {o: {type: object, required: [x], properties: {x: {type: integer}}}}}, encoding: {o: {contentType: application/json}}}", "application/x-www-form-urlencoded", "o=%7B%22x%22%3A1%7D"},
		{"a form in parts", "multipart/form-data: " + person + "}", "multipart/form-data; boundary=" + boundary,
			part("f", `; filename="file"`+cr+"Content-Type: application/octet-stream", "text") + part("l", "", "text") + part("l", "", "text") + part("n", "", "1") + part("o", cr+"Content-Type: application/json", `{"x":1}`) + "--" + boundary + "--" + cr},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p := planned(t, taking(t, "post", "true", tt.content), requirements(t, rule("R-OK", "all", "valid", "200")+rule("R-404", "all", "not-found", "404")), fixtures(t, ""))
			r := find(t, p, "a.valid.required").Act.Request
			if got := string(r.Body); got != tt.want || header(r, "Content-Type") != tt.mediaType {
				t.Errorf("%s %q, want %s %q", header(r, "Content-Type"), got, tt.mediaType, tt.want)
			}
			if !slices.Contains(ids(p), "a.not-found.path") {
				t.Error("an unknown path is not tried")
			}
		})
	}
}

// Parts are read back from their bytes: a fault in one of them is certified by its place.
func TestBody_PartsAreBroken(t *testing.T) {
	p := planned(t, taking(t, "post", "true", "multipart/form-data: {schema: {type: object, required: [n, l], properties: {n: {type: integer, maximum: 3}, l: {type: array, items: {type: string}}}}}"), every(t), fixtures(t, ""))
	for id, want := range map[string]string{"a.malformed.missing.form.n": `name="l"`, "a.malformed.bound.form.n.maximum": "\r\n\r\n4\r\n", "a.malformed.missing.form.l": `name="n"`} {
		if got := string(find(t, p, id).Act.Request.Body); !strings.Contains(got, want) {
			t.Errorf("%s sends %q", id, got)
		}
	}
	for _, id := range ids(p) {
		if strings.HasPrefix(id, "a.malformed") && strings.Contains(id, "form.l.string") {
			t.Errorf("%s: a list of one is no fault", id)
		}
	}
	content := &spec.Content{MediaType: "multipart/form-data", SentAs: "multipart/form-data"}
	for _, broken := range []string{"", "no parts", "--" + boundary + "\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n1"} {
		if value, err := readParts(broken, content); err == nil {
			t.Errorf("%q is read as %v", broken, value)
		}
	}
}

// What cannot be made costs the correct requests alone: keys and paths are tried all the same.
func TestBody_ThatCannotBeMade(t *testing.T) {
	d := described(t, "paths: {/a: {post: {operationId: a, security: [{K: []}], requestBody: {required: true, content: {application/xml: {schema: {type: object}}}}, responses: {'200': {description: d}}}}}\ncomponents: {securitySchemes: {K: {type: apiKey, in: header, name: K}}}")
	p := planned(t, d, requirements(t, rule("R-OK", "all", "valid", "200")+rule("R-401", "all", "unauthenticated", "401")+rule("R-404", "all", "not-found", "404")), fixtures(t, "credentials: {valid: {K: k3y5ecret}}"))
	if r := find(t, p, "a.not-found.path").Act.Request; r.Method != "GET" || r.HasBody {
		t.Errorf("an unknown path is sent %+v", r) // a parameter may swallow slashes
	}
	for _, id := range []string{"a.unauthenticated.missing.K"} {
		if r := find(t, p, id).Act.Request; !r.HasBody || header(r, "Content-Type") != "application/xml" {
			t.Errorf("%s sends %+v", id, r)
		}
	}
	if slices.Contains(ids(p), "a.valid.required") || !slices.ContainsFunc(p.Dropped, func(d plan.Dropped) bool {
		return strings.Contains(d.Reason, "media type application/xml, which is not made")
	}) {
		t.Errorf("cases %v, dropped %v", ids(p), p.Dropped)
	}
}

func TestBody_ThatIsOptional(t *testing.T) {
	const content = "application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}"
	p := planned(t, taking(t, "post", "false", content), every(t), fixtures(t, ""))
	if r := find(t, p, "a.valid.optional.body").Act.Request; r.HasBody || header(r, "Content-Type") != "" {
		t.Errorf("the body that is left out: %+v", r)
	}
	named := planned(t, taking(t, "post", "false", "application/json: {schema: {type: object, required: [a], properties: {a: {type: string}, body: {type: string}, c: {type: string}}}}"), every(t), fixtures(t, ""))
	if optional := slices.DeleteFunc(ids(named), func(id string) bool { return !strings.HasPrefix(id, "a.valid.optional.body") }); len(optional) != 2 {
		t.Errorf("a body that is left out, and a field with the name body: %v", optional)
	}
	if slices.Contains(ids(planned(t, taking(t, "post", "true", content), every(t), fixtures(t, ""))), "a.valid.optional.body") {
		t.Error("a mandatory body is left out of a valid request")
	}
	if p := planned(t, taking(t, "post", "false", "application/xml: {}"), every(t), fixtures(t, "")); find(t, p, "a.valid.required").Act.Request.HasBody {
		t.Error("an optional body that cannot be made is sent")
	}
}

// HTTP gives no meaning to a body here: in 3.0 none is sent, and none is expected to be refused.
func TestBody_WhereHTTPKnowsNone(t *testing.T) {
	for _, method := range []string{"get", "delete"} {
		p := planned(t, taking(t, method, "true", "application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}"), every(t), fixtures(t, ""))
		if find(t, p, "a.valid.required").Act.Request.HasBody {
			t.Errorf("%s sends a body", method)
		}
		for _, id := range ids(p) {
			if strings.HasPrefix(id, "a.malformed") {
				t.Errorf("%s: %s is expected to be refused", method, id)
			}
		}
	}
}
