package planner

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

// isOf reports whether a path is one of a template.
func isOf(template, path string) bool {
	var tree pathTree
	tree.add("GET", template)
	return tree.documents(path)
}

func TestPaths_HaveTheirOwnMethods(t *testing.T) {
	var tree pathTree
	tree.add("GET", "/a/{id}")
	tree.add("DELETE", "/a/{name}")
	tree.add("PUT", "/a/b")
	tree.add("PATCH", "/a/{id}.{format}?q")
	tree.add("POST", "/a/b/{c}/d")
	for path, want := range map[string]string{
		"/a/b": "GET PUT DELETE", "/a/x": "GET DELETE", "/a/x.y": "GET DELETE PATCH", "/a/x.y#z": "GET DELETE PATCH", "/a": "", "/a/b/c": "", "/a/b/c/d": "POST", "/a/x/c/d": "",
	} {
		var got []string
		for _, method := range []string{"GET", "PUT", "DELETE", "PATCH", "POST"} {
			if tree.documentsMethod(method, path) {
				got = append(got, method)
			}
		}
		if strings.Join(got, " ") != want || tree.documents(path) != (want != "") {
			t.Errorf("%s has %q, want %q", path, got, want)
		}
	}
}

func TestNotFound_IsNotDocumented(t *testing.T) {
	p := ourPlan(t, 1)
	found := map[string]int{}
	for _, c := range p.Cases {
		path := fill(t, readFixtures(t), c.Act.Request.Path)
		switch c.Kind {
		case "not-found.path":
			for _, o := range p.Description.Operations {
				if isOf(o.Path, path) || isOf(strings.TrimSuffix(o.Path, "/"), strings.TrimSuffix(path, "/")) {
					t.Errorf("%s: %s is the documented %s", c.ID, path, o.Path)
				}
			}
		case "not-found.method":
			for _, o := range p.Description.Operations {
				if o.Method == c.Act.Request.Method && isOf(o.Path, path) {
					t.Errorf("%s: %s %s is documented", c.ID, o.Method, path)
				}
			}
		case "not-found.id":
			text := c.Act.Request.Path.Show() + c.Act.Request.Body.Show()
			for _, f := range c.Act.Request.Query {
				text += f.Value.Show()
			}
			if !strings.Contains(text, "$UNKNOWN_") && !strings.HasSuffix(text, unknownSegment) || len(c.Prepare) == 0 {
				t.Errorf("%s: %s", c.ID, text)
			}
		default:
			continue
		}
		found[c.Kind]++
	}
	if found["not-found.path"] != 28 || found["not-found.method"] != 94 || found["not-found.id"] != 15 {
		t.Errorf("found %v", found)
	}
}

func TestNotFound_PathsAndMethods(t *testing.T) {
	operation := func(method, id string) string {
		return method + ": {operationId: " + id + ", responses: {'200': {description: d}}}"
	}
	const parameter = "parameters: [{name: id, in: path, required: true, schema: {type: string}, example: me}], "
	for _, tt := range []struct{ claim, paths, path, method string }{
		{"the last fixed segment is altered", "{/a/b: {" + operation("get", "x") + "}}", "/a/b-unknown", "QORCHECK"},
		{"a slash at the end stays", "{/a/: {" + operation("get", "x") + "}}", "/a-unknown/", "QORCHECK"},
		{"a parameter is not", "{'/a/{id}': {" + parameter + operation("get", "x") + "}}", "/a-unknown/me", "QORCHECK"},
		{"an earlier one where a template takes the last", "{/a/b: {" + operation("get", "x") + "}, '/a/{id}': {" + parameter + operation("get", "y") + "}}", "/a-unknown/b", "QORCHECK"},
		{"a method of a template that takes the path is documented", "{/a/b: {" + operation("get", "x") + "}, '/a/{id}': {" + parameter + operation("put", "y") + ", " + operation("patch", "z") + "}}", "/a-unknown/b", "QORCHECK"},
		{"dots and braces are no expressions", "{/a.b: {" + operation("put", "x") + "}}", "/a.b-unknown", "GET"},
		{"where the description says what an operation does, every other method is asked", "{/a/b: {get: {x-conformance: {effect: reads}, operationId: x, responses: {'200': {description: d}}}}}", "/a/b-unknown", "DELETE PATCH POST PUT"},
		{"every path is taken", "{'/{id}': {" + parameter + operation("get", "x") + "}}", "", "QORCHECK"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p := planned(t, described(t, "paths: "+tt.paths), requirements(t, rule("R-404", "[x]", "not-found", "404")), fixtures(t, ""))
			path := ""
			var methods []string
			for _, c := range p.Cases {
				switch c.Kind {
				case "not-found.path":
					path = c.Act.Request.Path.Show()
				case "not-found.method":
					methods = append(methods, c.Act.Request.Method)
				}
			}
			slices.Sort(methods)
			if method := strings.Join(methods, " "); path != tt.path || method != tt.method {
				t.Errorf("%s %s, want %s %s", method, path, tt.method, tt.path)
			}
		})
	}
}

func TestNotFound_NoKnownID(t *testing.T) {
	rules := requirements(t, rule("R", "all", "not-found.id", "404"))
	p := planned(t, described(t, "paths: {/a: {get: {operationId: a, responses: {'200': {description: d}}}}}"), rules, fixtures(t, ""))
	if o := p.Obligation("a.R"); o.Inapplicable != "no parameter in its path is an id" || o.Lacks != "" {
		t.Errorf("not applicable because %q, lacks %q", o.Inapplicable, o.Lacks)
	}
	of := func(schema string) *plan.Plan {
		return planned(t, described(t, "paths: {'/a/{b}': {get: {operationId: a, parameters: [{name: b, in: path, required: true, schema: {"+schema+"}}], responses: {'200': {description: d}}}}}"), rules, fixtures(t, ""))
	}
	if o := of("type: string, enum: [c, d]").Obligation("a.R"); o.Inapplicable != "" || !strings.Contains(o.Lacks, "no link leads to the operation") {
		t.Errorf("a choice is an id: not applicable because %q, lacks %q", o.Inapplicable, o.Lacks)
	}
	for schema, want := range map[string]string{
		"type: string": "^q[a-z0-9]{16,}$", "type: string, maxLength: 20": "^q[a-z0-9]{19}$", "type: integer": "^[0-9]{16}$", "type: integer, format: int32": "^[0-9]{10}$",
		"type: string, format: uuid": "^[0-9a-f]{8}-[0-9a-f]{4}-4", "type: string, pattern: '^[a-z0-9]+$'": "^q", "type: integer, maximum: 9": "", "type: string, pattern: '^[A-Z]{2}$'": "",
	} {
		p := of(schema)
		if o := p.Obligation("a.R"); len(o.Cases) == 0 != (want == "") {
			t.Errorf("%s: %d cases, lacks %q", schema, len(o.Cases), o.Lacks)
			continue
		}
		for _, c := range p.Cases {
			name := c.Act.Request.Path.Placeholders()
			value, err := plan.UniqueOf(name[0], "run", c.ID)
			if err != nil || !regexp.MustCompile(want).MatchString(value) || !slices.Equal(c.Invented, []string{"b"}) {
				t.Errorf("%s: %s, %v, invented %v", schema, value, err, c.Invented)
			}
		}
	}
}

// TestNotFound_OfTheDocumentedForm: an id that is altered stays as long as it is documented
// where another one names nothing by itself, and grows where it is alone.
func TestNotFound_OfTheDocumentedForm(t *testing.T) {
	const made = "responses: {'200': {description: d, content: {application/json: {schema: {type: object}, example: {token: abcdefghijkl, last: '1111'}}}, links: {n: {operationId: next, parameters: "
	next := func(parameters string) string {
		return "}, /b: {get: {operationId: next, parameters: [" + parameters + "], responses: {'200': {description: d}}}}"
	}
	query := func(name string) string {
		return "{name: " + name + ", in: query, required: true, schema: {type: string, pattern: '^[0-9a-z]+$'}}"
	}
	for _, tt := range []struct{ claim, links, parameters, want string }{
		{"beside one that is long", "{token: $response.body#/token, last: $response.body#/last}", query("token") + ", " + query("last"), "4"},
		{"alone", "{last: $response.body#/last}", query("last"), ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := described(t, "paths: {/a: {post: {operationId: make, "+made+tt.links+"}}}}}"+next(tt.parameters)+"}")
			c := find(t, planned(t, d, requirements(t, rule("R", "[next]", "not-found.id", "404")), fixtures(t, "")), "next.not-found.id")
			got := ""
			for _, f := range c.Act.Request.Query {
				if p := f.Value.Placeholders()[0]; f.Name == "last" && len(p.Args) > 2 {
					got = p.Args[2]
				}
			}
			if got != tt.want {
				t.Errorf("the greatest length of last is %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPathPattern(t *testing.T) {
	for _, tt := range []struct {
		claim, template, path string
		want                  bool
	}{
		{"a path without parameters is itself", "/a/b", "/a/b", true},
		{"and no other", "/a/b", "/a/c", false},
		{"a parameter is any segment", "/a/{id}/b", "/a/x/b", true},
		{"but not an empty one", "/a/{id}/b", "/a//b", false},
		{"and not two", "/a/{id}", "/a/x/y", false},
		{"a parameter may be part of a segment", "/a/{id}.json", "/a/x.json", true},
		{"whose rest counts", "/a/{id}.json", "/a/x.xml", false},
		{"two parameters may share one", "/a/{from}-{to}", "/a/x-y", true},
		{"a dot is a dot", "/a.b/{id}", "/axb/1", false},
		{"a trailing slash counts", "/a/{id}/", "/a/x", false},
		{"a template matches itself", "/a/{id}", "/a/{id}", true},
	} {
		if got := isOf(tt.template, tt.path); got != tt.want {
			t.Errorf("%s: %s and %s: %v", tt.claim, tt.template, tt.path, got)
		}
	}
}
