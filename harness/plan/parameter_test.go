package plan

import (
	"fmt"
	"strings"
	"testing"

	"qorcheck/spec"
)

func TestParametersAreWrittenAsTheirStyleHasIt(t *testing.T) {
	list, object := []any{"x", 1.0}, map[string]any{"a": "x", "b": 1.5}
	for _, tt := range []struct {
		claim, in, style, explode string
		value                     any
		want                      string
	}{
		{"a text", "query", "", "", "a b", "[{p a b}]"},
		{"a whole number", "query", "", "", 12.0, "[{p 12}]"},
		{"a number", "header", "", "", 1.5, "[{p 1.5}]"},
		{"a truth", "path", "", "", true, "[{p true}]"},
		{"a list in the query comes item by item", "query", "", "", list, "[{p x} {p 1}]"},
		{"unless it does not explode", "query", "form", "false", list, "[{p x,1}]"},
		{"spaces between items", "query", "spaceDelimited", "false", list, "[{p x 1}]"},
		{"pipes between items", "query", "pipeDelimited", "false", list, "[{p x|1}]"},
		{"a list in a path", "path", "", "", list, "[{p x,1}]"},
		{"a list in a header", "header", "simple", "true", list, "[{p x,1}]"},
		{"a list in a cookie", "cookie", "form", "false", list, "[{p x,1}]"},
		{"no item in the query", "query", "", "", []any{}, "[]"},
		{"an object in the query comes property by property", "query", "", "", object, "[{a x} {b 1.5}]"},
		{"unless it does not explode", "query", "form", "false", object, "[{p a,x,b,1.5}]"},
		{"a deep object", "query", "deepObject", "true", object, "[{p[a] x} {p[b] 1.5}]"},
		{"an object in a path", "path", "", "", object, "[{p a,x,b,1.5}]"},
		{"an object in a header, exploded", "header", "simple", "true", object, "[{p a=x,b=1.5}]"},
		{"a list in a list", "query", "", "", []any{[]any{"x"}}, `[{p ["x"]}]`},
	} {
		t.Run(tt.claim+" "+tt.in, func(t *testing.T) {
			p := documented(t, tt.in, tt.style, tt.explode)
			got, err := fields(p, tt.value)
			if err != nil || fmt.Sprint(got) != tt.want {
				t.Errorf("%v %v, want %s", got, err, tt.want)
			}
		})
	}
	if _, err := fields(documented(t, "path", "matrix", ""), "x"); err == nil || !strings.Contains(err.Error(), "the path parameter p has the style matrix") {
		t.Errorf("style matrix: %v", err)
	}
}

// documented is the parameter p of a description.
func documented(t *testing.T, in, style, explode string) spec.Parameter {
	t.Helper()
	text := "name: p, in: " + in + ", schema: {}"
	for key, value := range map[string]string{"style": style, "explode": explode} {
		if value != "" {
			text += ", " + key + ": " + value
		}
	}
	path := "/a"
	if in == "path" {
		path, text = "/{p}", text+", required: true"
	}
	return described(t, "paths: {'"+path+"': {get: {parameters: [{"+text+"}], responses: {'200': {description: d}}}}}").Operations[0].Parameters[0]
}

func TestPathsAreEscaped(t *testing.T) {
	id := string(Placeholder{FromAnswer, []string{"ID"}}.template())
	d := draft{operation: &spec.Operation{Description: &spec.Description{}}, path: "/a/{id}/{other}", parameters: map[string]any{"path:id": "x/y ?", "path:other": id, "query:id": "no"}}
	if r, err := d.request(); err != nil || r.Path.Show() != "/a/x%2Fy%20%3F/$ID" {
		t.Errorf("path %s %v", r.Path.Show(), err)
	}
	d.parameters["path:id"] = ""
	if r, err := d.request(); err == nil {
		t.Errorf("a path with nothing in it is written: %s", r.Path)
	}
}

func TestListsInTheQueryAreCertified(t *testing.T) {
	d := described(t, "paths: {/a: {get: {operationId: a, parameters: [{name: p, in: query, schema: {type: array, items: {type: string}}, example: [x, y]}, {name: q, in: query, schema: {type: array, minItems: 2, maxItems: 1, items: {type: string}}}], responses: {'200': {description: d}}}}}")
	p := planned(t, d, requirements(t, rule("R-200", "all", "valid", "200")), fixtures(t, ""))
	for _, c := range p.Cases {
		if c.ID == "a.valid.optional.query-p" && fmt.Sprint(c.Act.Request.Query) != "[{p x} {p y}]" {
			t.Errorf("%s sends %v", c.ID, c.Act.Request.Query)
		}
	}
	if got := ids(p); len(got) != 2 {
		t.Errorf("cases %v", got)
	}
	if len(p.Dropped) != 2 || !strings.Contains(p.Dropped[0].Reason, "query:q") {
		t.Errorf("dropped %v, want what holds an impossible list", p.Dropped)
	}
}
