package planner

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

func TestParameters_Styles(t *testing.T) {
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

func TestParameters_PathIsEscaped(t *testing.T) {
	id := string(plan.TemplateOf(plan.FromAnswer, "ID"))
	d := draft{operation: &spec.Operation{Description: &spec.Description{}}, path: "/a/{id}/{other}", parameters: map[string]any{"path:id": "x/y ?", "path:other": id, "query:id": "no"}}
	if r, err := d.request(); err != nil || r.Path.Show() != "/a/x%2Fy%20%3F/$ID" {
		t.Errorf("path %s %v", r.Path.Show(), err)
	}
	d.parameters["path:id"] = ""
	if r, err := d.request(); err == nil {
		t.Errorf("a path with nothing in it is written: %s", r.Path)
	}
}

func TestParameters_ListsInTheQuery(t *testing.T) {
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

func TestParameters_ReadBack(t *testing.T) {
	list, object := []any{1.0, 2.5}, map[string]any{"b": true, "a": "x"}
	for _, tt := range []struct{ claim, in, style, explode, schema string }{
		{"a list item by item", "query", "", "", "list"},
		{"a list in one", "query", "form", "false", "list"},
		{"a list between spaces", "query", "spaceDelimited", "false", "list"},
		{"a list between pipes", "query", "pipeDelimited", "false", "list"},
		{"a list in a header", "header", "", "", "list"},
		{"an object property by property", "query", "", "", "object"},
		{"an object in one", "query", "form", "false", "object"},
		{"a deep object", "query", "deepObject", "true", "object"},
		{"an object in a header", "header", "", "", "object"},
		{"an object in a header, exploded", "header", "simple", "true", "object"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p := documented(t, tt.in, tt.style, tt.explode)
			schemas := map[string]string{"list": "{type: array, items: {type: number}}", "object": "{type: object, properties: {a: {type: string}, b: {type: boolean}}}"}
			p.Schema = described(t, "paths: {/a: {get: {parameters: [{name: p, in: query, schema: "+schemas[tt.schema]+"}], responses: {'200': {description: d}}}}}").Operations[0].Parameters[0].Schema
			var want any = list
			if tt.schema == "object" {
				want = object
			}
			written, err := fields(p, want)
			if err != nil {
				t.Fatal(err)
			}
			if got := readParameter(p, written); !reflect.DeepEqual(got, want) {
				t.Errorf("%v is read as %v", written, got)
			}
		})
	}
}

const listsAndObjects = `
paths:
  /a:
    get:
      operationId: a
      parameters:
        - {name: l, in: query, required: true, schema: {type: array, minItems: 1, maxItems: 2, items: {type: string, enum: [x, y]}}}
        - {name: n, in: query, explode: false, schema: {type: array, uniqueItems: true, items: {type: integer, minimum: 3}}}
        - {name: o, in: query, style: deepObject, explode: true, schema: {type: object, required: [f], properties: {f: {type: integer, maximum: 9, example: 4}, g: {type: string, maxLength: 2}}}}
      responses: {"200": {description: d}}
`

func TestParameters_ListsAndObjectsAreBroken(t *testing.T) {
	p := planned(t, described(t, listsAndObjects), every(t), fixtures(t, ""))
	for id, want := range map[string]string{
		"a.valid.required":                       "l=x",
		"a.valid.everything":                     "l=x n=3 o[f]=4 o[g]=te",
		"a.valid.enum.query-l-0.2":               "l=y",
		"a.valid.bound.maxItems.query-l":         "l=x l=x",
		"a.valid.optional.query-o-g":             "l=x o[f]=4 o[g]=te",
		"a.malformed.missing.query-l":            "",
		"a.malformed.items.query-l.maxItems":     "l=x l=x l=x",
		"a.malformed.enum.query-l-0.other":       "l=xx",
		"a.malformed.items.query-n.uniqueItems":  "l=x n=3,3",
		"a.malformed.bound.query-n-0.minimum":    "l=x n=2",
		"a.malformed.type.query-n-0.string":      "l=x n=text",
		"a.malformed.bound.query-o-f.maximum":    "l=x o[f]=10",
		"a.malformed.length.query-o-g.maxLength": "l=x o[f]=4 o[g]=tee",
	} {
		var query []string
		for _, f := range find(t, p, id).Act.Request.Query {
			query = append(query, f.Name+"="+string(f.Value))
		}
		if got := strings.Join(query, " "); got != want {
			t.Errorf("%s sends %q, want %q", id, got, want)
		}
	}
	for _, row := range Coverage(p) {
		if row.Malformed == 0 && row.Reason == "" {
			t.Errorf("%s %s has no case and no reason", row.Pointer, row.Keyword)
		}
	}
}

const fourPlaces = `
paths:
  /a/{p}:
    get:
      operationId: a
      security: [{Session: []}]
      parameters:
        - {name: p, in: path, required: true, schema: {type: string, pattern: '^[a-z]+$'}, example: abc}
        - {name: q, in: query, required: true, schema: {type: string, pattern: '^[a-z ]*[a-z]$'}, example: abc}
        - {name: l, in: query, schema: {type: array, items: {type: string}}, example: [x]}
        - {name: X-H, in: header, required: true, schema: {type: string, minLength: 2}, example: abc}
        - {name: c, in: cookie, required: true, schema: {type: string, pattern: '^[a-z]+$', maxLength: 4}, example: abc}
        - {name: n, in: cookie, schema: {type: integer, maximum: 9}, example: 4}
      responses: {"200": {description: d}}
components: {securitySchemes: {Session: {type: apiKey, in: cookie, name: session}}}
`

func TestParameters_BrokenInTheirPlace(t *testing.T) {
	f := fixtures(t, "credentials: {valid: {Session: s3ss10n}}")
	p := planned(t, described(t, fourPlaces), requirements(t, rule("R-OK", "all", "valid", "success")+rule("R-400", "all", "malformed", "400")+rule("R-MAY", "all", "malformed.doubled", "200")), f)
	const cookies = "c=abc; session=$SESSION"
	for id, want := range map[string]string{
		"a.valid.required":                      "/a/abc [q=abc] X-H=abc " + cookies,
		"a.valid.optional.cookie-n":             "/a/abc [q=abc] X-H=abc c=abc; n=4; session=$SESSION",
		"a.malformed.missing.query-q":           "/a/abc [] X-H=abc " + cookies,
		"a.malformed.missing.header-X-H":        "/a/abc [q=abc] X-H= " + cookies,
		"a.malformed.missing.cookie-c":          "/a/abc [q=abc] X-H=abc session=$SESSION",
		"a.malformed.blank.query-q.empty":       "/a/abc [q=] X-H=abc " + cookies,
		"a.malformed.blank.query-q.space":       "/a/abc [q=   ] X-H=abc " + cookies,
		"a.malformed.blank.header-X-H.empty":    "/a/abc [q=abc] X-H= " + cookies,
		"a.malformed.blank.cookie-c.empty":      "/a/abc [q=abc] X-H=abc c=; session=$SESSION",
		"a.malformed.pattern.path-p":            "/a/ab%3F [q=abc] X-H=abc " + cookies,
		"a.malformed.pattern.cookie-c":          "/a/abc [q=abc] X-H=abc c=ab?; session=$SESSION",
		"a.malformed.length.cookie-c.maxLength": "/a/abc [q=abc] X-H=abc c=abccc; session=$SESSION",
		"a.malformed.bound.cookie-n.maximum":    "/a/abc [q=abc] X-H=abc c=abc; n=10; session=$SESSION",
		"a.malformed.type.cookie-n.string":      "/a/abc [q=abc] X-H=abc c=abc; n=text; session=$SESSION",
		"a.malformed.doubled.query-q":           "/a/abc [q=abc q=abc] X-H=abc " + cookies,
		"a.malformed.doubled.header-X-H":        "/a/abc [q=abc] X-H=abc,abc " + cookies,
		"a.malformed.doubled.cookie-n":          "/a/abc [q=abc] X-H=abc c=abc; n=4; n=4; session=$SESSION",
		"a.malformed.blank.header-X-H.space":    "", // white space around a header is no part of it
		"a.malformed.blank.cookie-c.space":      "",
		"a.malformed.doubled.path-p":            "",
		"a.malformed.doubled.query-l":           "", // may be made of several
		"a.malformed.missing.path-p":            "",
	} {
		got := ""
		for _, c := range p.Cases {
			if c.ID != id {
				continue
			}
			r := c.Act.Request
			var query, headers []string
			for _, field := range r.Query {
				query = append(query, field.Name+"="+string(field.Value))
			}
			cookie := ""
			for _, field := range r.Header {
				if field.Name == "X-H" {
					headers = append(headers, string(field.Value))
				} else if cookie == "" {
					cookie = field.Value.Show()
				} else {
					t.Errorf("%s: a second cookie header: %s", id, field.Value.Show())
				}
			}
			got = fmt.Sprintf("%s %v X-H=%s %s", r.Path, query, strings.Join(headers, ","), cookie)
		}
		if got != want {
			t.Errorf("%s sends\n%q, want\n%q", id, got, want)
		}
	}
	for _, row := range Coverage(p) {
		if row.Malformed == 0 && row.Reason == "" {
			t.Errorf("%s %s has no case and no reason", row.Pointer, row.Keyword)
		}
	}
}

func TestParameters_WhatCannotBeCarried(t *testing.T) {
	d := described(t, "paths: {/a: {get: {operationId: a, parameters: [{name: c, in: cookie, required: true, schema: {type: string}, example: 'a b'}, {name: X-H, in: header, schema: {type: string, enum: [' x', y]}}], responses: {'200': {description: d}}}}}")
	p := planned(t, d, every(t), fixtures(t, ""))
	var dropped []string
	for _, d := range p.Dropped {
		dropped = append(dropped, d.ID+": "+d.Reason)
	}
	if want := "a.valid.required: the cookie parameter c cannot carry such a text"; !slices.Contains(dropped, want) {
		t.Errorf("dropped %q, want %s", dropped, want)
	}
	for in, texts := range map[string]map[string]bool{
		"header": {"a b": true, " a": false, "a\r\nb": false, "": true},
		"cookie": {"a?b": true, "a b": false, "a;b": false, `a\b`: false, `"a"`: false, "é": false, "a,b": false},
		"query":  {" a;b\n": true},
	} {
		for text, want := range texts {
			if carries(in, text) != want {
				t.Errorf("%s carries %q: %v", in, text, !want)
			}
		}
	}
}

// A request of which nothing is promised may be carried out: then it is stored,
// and a requirement on malformed requests must not count that against a target.
func TestLaxKinds_ServeWhoNamesThem(t *testing.T) {
	p := planned(t, described(t, fourPlaces), requirements(t,
		rule("R-400", "all", "malformed", "400")+rule("R-MAY", "all", "malformed.doubled", "400")+rule("R-NIL", "all", "malformed", "no-trace")+
			"  - {id: R-ALL, level: must, chapter: statuses, clause: {page: p, text: t}, sentence: answers, operations: all, check: documented-status}\n"),
		fixtures(t, "credentials: {valid: {Session: s3ss10n}}"))
	if c := find(t, p, "a.malformed.doubled.query-q"); fmt.Sprint(c.Obligations) != "[a.R-MAY a.R-ALL]" {
		t.Errorf("a doubled parameter serves %v", c.Obligations)
	}
	if c := find(t, p, "a.malformed.missing.query-q"); fmt.Sprint(c.Obligations) != "[a.R-400 a.R-NIL a.R-ALL]" {
		t.Errorf("a missing parameter serves %v", c.Obligations)
	}
	for _, c := range ourPlan(t, 1).Cases {
		if slices.Contains(laxKinds, c.Kind) && (len(c.Observe) > 0 || strings.Contains(c.Obligations[0], "RH-400-2")) {
			t.Errorf("%s serves %v and is read back %d times", c.ID, c.Obligations, len(c.Observe))
		}
	}
}
