package planner

import (
	"fmt"
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
		{"a text", "query", "", "", "a b", "?p=a+b"},
		{"a whole number", "query", "", "", 12.0, "?p=12"},
		{"a number", "header", "", "", 1.5, "p: 1.5"},
		{"a truth", "path", "", "", true, "/true"},
		{"a list in the query comes item by item", "query", "", "", list, "?p=x&p=1"},
		{"unless it does not explode", "query", "form", "false", list, "?p=x,1"},
		{"spaces between items", "query", "spaceDelimited", "false", list, "?p=x%201"},
		{"pipes between items", "query", "pipeDelimited", "false", list, "?p=x|1"},
		{"what an item holds is escaped", "query", "form", "false", []any{"a&b", "c d"}, "?p=a%26b,c+d"},
		{"a list in a path", "path", "", "", list, "/x,1"},
		{"a list in a path, labelled", "path", "label", "", list, "/.x,1"},
		{"a list in a path, labelled and exploded", "path", "label", "true", list, "/.x.1"},
		{"a list in a path, as matrix", "path", "matrix", "", list, "/;p=x,1"},
		{"a list in a path, as matrix and exploded", "path", "matrix", "true", list, "/;p=x;p=1"},
		{"a text in a path, labelled", "path", "label", "", "a/b", "/.a%2Fb"},
		{"a text in a path, as matrix", "path", "matrix", "true", "x", "/;p=x"},
		{"a list in a header", "header", "simple", "true", list, "p: x,1"},
		{"a list in a cookie", "cookie", "form", "false", list, "Cookie: p=x,1"},
		{"no item in the query", "query", "", "", []any{}, ""},
		{"no item between pipes", "query", "pipeDelimited", "", []any{}, ""},
		{"an object in the query comes property by property", "query", "", "", object, "?a=x&b=1.5"},
		{"unless it does not explode", "query", "form", "false", object, "?p=a,x,b,1.5"},
		{"a deep object", "query", "deepObject", "true", object, "?p%5Ba%5D=x&p%5Bb%5D=1.5"},
		{"an object in a path", "path", "", "", object, "/a,x,b,1.5"},
		{"an object in a path, exploded", "path", "", "true", object, "/a=x,b=1.5"},
		{"an object in a path, labelled and exploded", "path", "label", "true", object, "/.a=x.b=1.5"},
		{"an object in a path, as matrix", "path", "matrix", "", object, "/;p=a,x,b,1.5"},
		{"an object in a path, as matrix and exploded", "path", "matrix", "true", object, "/;a=x;b=1.5"},
		{"an object in a header, exploded", "header", "simple", "true", object, "p: a=x,b=1.5"},
		{"a list in a deep object", "query", "deepObject", "true", map[string]any{"a": []any{"x"}}, "error: a list within a list or an object is not defined in the style deepObject"},
		{"an object in a deep object", "query", "deepObject", "true", map[string]any{"a": object}, "error: an object within"},
		{"a text as a deep object", "query", "deepObject", "true", "x", "error: a value that is no object is not defined"},
		{"a list as a deep object", "query", "deepObject", "true", list, "error: a list is not defined in the style deepObject"},
		{"a list in a list", "query", "", "", []any{[]any{"x"}}, "error: a list within"},
		{"null in a list", "header", "", "", []any{nil}, "error: null within"},
		{"an exploded list between pipes", "query", "pipeDelimited", "true", list, "error: explode is not defined"},
		{"cookies that explode", "cookie", "form", "true", list, "error: several values are not defined"},
		{"a style of another place", "query", "matrix", "", "x", "error: the query parameter p has the style matrix, which is not defined in a query"},
		{"two dots in a path", "path", "", "", "..", `error: with ".." for {p} servers`},
		{"one dot in a path", "path", "", "", ".", `error: with "." for {p} servers`},
	} {
		t.Run(tt.claim+" "+tt.in, func(t *testing.T) {
			got := onWire(documented(t, tt.in, "", ""), tt.in, tt.style, tt.explode, tt.value)
			if fault, isFault := strings.CutPrefix(tt.want, "error: "); got != tt.want && !(isFault && strings.Contains(got, fault)) {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// onWire is what is sent of a parameter of a style, or the error.
func onWire(p spec.Parameter, in, style, explode string, value any) string {
	if style != "" {
		p.Style = style
	}
	if explode != "" {
		p.Explode = explode == "true"
	} else if style != "" {
		p.Explode = style == "form"
	}
	d := draft{operation: &spec.Operation{Description: &spec.Description{}, Parameters: []spec.Parameter{p}}, parameters: map[string]any{in + ":p": value}}
	if in == "path" {
		d.path = "/{p}"
	}
	r, err := d.request()
	if err != nil {
		return "error: " + err.Error()
	}
	path, query := r.Location()
	text := string(path + query)
	for _, h := range r.Header {
		text += h.Name + ": " + string(h.Value)
	}
	return text
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
		if c.ID == "a.valid.optional.query-p" && fmt.Sprint(c.Act.Request.Query) != "[{p x false} {p y false}]" {
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
	schemas := map[string]string{
		"list": "{type: array, items: {type: number}}", "words": "{type: array, items: {type: string}}",
		"object": "{type: object, properties: {a: {type: string}, b: {type: boolean}}}", "text": "{type: string}", "either": "{anyOf: [{type: array, items: {type: integer}}, {type: boolean}]}",
	}
	list, object := []any{1.0, 2.5}, map[string]any{"b": true, "a": "x"}
	for _, tt := range []struct {
		claim, in, style, explode, schema string
		value                             any
		refused                           string
	}{
		{"a list item by item", "query", "", "", "list", list, ""},
		{"a list in one", "query", "form", "false", "list", list, ""},
		{"a list between spaces", "query", "spaceDelimited", "false", "list", list, ""},
		{"a list between pipes", "query", "pipeDelimited", "false", "list", list, ""},
		{"a list in a header", "header", "", "", "list", list, ""},
		{"a list in a path", "path", "", "", "list", list, ""},
		{"a labelled list", "path", "label", "false", "list", list, ""},
		{"a list as matrix", "path", "matrix", "false", "list", list, ""},
		{"a list as matrix, exploded", "path", "matrix", "true", "list", list, ""},
		{"an object property by property", "query", "", "", "object", object, ""},
		{"an object in one", "query", "form", "false", "object", object, ""},
		{"a deep object", "query", "deepObject", "true", "object", object, ""},
		{"an object in a header", "header", "", "", "object", object, ""},
		{"an object in a header, exploded", "header", "simple", "true", "object", object, ""},
		{"a labelled object, exploded", "path", "label", "true", "object", object, ""},
		{"an object as matrix", "path", "matrix", "false", "object", object, ""},
		{"an object as matrix, exploded", "path", "matrix", "true", "object", object, ""},
		{"a labelled text", "path", "label", "", "text", "x.y;z", ""},
		{"a text as matrix", "path", "matrix", "", "text", "x=y", ""},
		{"one of two types, the list", "query", "", "", "either", []any{1.0, 2.0}, ""},
		{"one of two types, the truth", "query", "", "", "either", true, ""},
		{"a comma in an item, item by item", "query", "", "", "words", []any{"a,b", "c"}, ""},
		{"a comma in an item, in one", "query", "form", "false", "words", []any{"a,b", "c"}, `holds ","`},
		{"a space in an item", "query", "spaceDelimited", "false", "words", []any{"a b", "c"}, `holds " "`},
		{"a pipe in an item", "query", "pipeDelimited", "false", "words", []any{"a|b", "c"}, `holds "|"`},
		{"a comma in an item of a header", "header", "", "", "words", []any{"a,b", "c"}, "another value"},
		{"a dot in an item of a label", "path", "label", "true", "words", []any{"a.b", "c"}, "another value"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := described(t, "paths: {/a: {get: {parameters: [{name: p, in: query, schema: "+schemas[tt.schema]+"}], responses: {'200': {description: d}}}}}")
			p := documented(t, tt.in, "", "")
			p.Schema = d.Operations[0].Parameters[0].Schema
			if tt.style != "" {
				p.Style, p.Explode = tt.style, tt.explode == "true"
			}
			made := draft{operation: &spec.Operation{Description: d, Parameters: []spec.Parameter{p}}, path: "/a/{p}", parameters: map[string]any{tt.in + ":p": tt.value}}
			r, err := made.request()
			if err != nil {
				t.Fatal(err)
			}
			found, err := newDrafter(&ground{}).parameterViolations(made, r)
			if err != nil || tt.refused != "" {
				if tt.refused == "" || err == nil || !strings.Contains(err.Error(), tt.refused) {
					t.Errorf("%v: %v, want %q", r, err, tt.refused)
				}
				return
			}
			if len(found) > 0 {
				t.Errorf("%v breaks %v", r, found)
			}
		})
	}
}

// A reader of a path takes it apart by its template, and says where that can be done in two ways.
func TestParameters_SeveralInASegment(t *testing.T) {
	for _, tt := range []struct{ template, path, name, want, fault string }{
		{"/a/{id}", "/a/x", "id", "x", ""},
		{"/a/{id}:cancel", "/a/x:cancel", "id", "x", ""},
		{"/a/{id}:cancel", "/a/x", "id", "", "cannot be read back"},
		{"/{a}-{b}/c", "/x-y/c", "a", "x", ""},
		{"/{a}-{b}/c", "/x-y/c", "b", "y", ""},
		{"/{a}-{b}/c", "/x-y-z/c", "b", "", "more than one way"},
		{"/{a}.{b}?q=1", "/x.y", "b", "y", ""},
	} {
		got, _, err := inSegment(tt.template, tt.path, tt.name)
		if got != tt.want || (err == nil) != (tt.fault == "") || err != nil && !strings.Contains(err.Error(), tt.fault) {
			t.Errorf("%s of %s as %s: %q %v", tt.name, tt.path, tt.template, got, err)
		}
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
		"a.valid.everything":                     "l=x n=3,5 o[f]=4 o[g]=te",
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
	if want := "a.valid.required: the cookie parameter c cannot carry ' ', which no cookie holds"; !slices.Contains(dropped, want) {
		t.Errorf("dropped %q, want %s", dropped, want)
	}
	for in, texts := range map[string]map[string]bool{
		"header": {"a b": true, " a": false, "a\r\nb": false, "": true},
		"cookie": {"a?b": true, "a b": false, "a;b": false, `a\b`: false, `"a"`: false, "é": false, "a,b": false},
		"query":  {" a;b\n": true, "a/b": true},
		"path":   {"a b": true, "a/b": false, `a\b`: false, "a?b": true},
	} {
		for text, want := range texts {
			if carries(in, text) != want {
				t.Errorf("%s carries %q: %v", in, text, !want)
			}
		}
	}
}

// A value that const or enum lists is of its own type where the schema names none, and one
// that holds a slash is left to the others.
func TestParameters_ListedValuesWithoutAType(t *testing.T) {
	for version, listed := range map[string]string{"3.1.0": "{const: 2}", "3.0.3": "{enum: [2]}"} {
		d := described(t, "openapi: "+version+"\ninfo: {title: t, version: '1'}\npaths: {'/a/{kind}': {get: {operationId: a, parameters: [{name: kind, in: path, required: true, schema: {enum: [x/y, plain]}}, {name: v, in: query, required: true, schema: "+listed+"}], responses: {'200': {description: d}}}}}")
		p := planned(t, d, every(t), fixtures(t, ""))
		r := find(t, p, "a.valid.required").Act.Request
		if got := r.Path.Show() + "?" + r.Query[0].Name + "=" + r.Query[0].Value.Show(); got != "/a/plain?v=2" {
			t.Errorf("%s: %s", version, got)
		}
		if !slices.ContainsFunc(p.Dropped, func(d plan.Dropped) bool { return strings.Contains(d.Reason, "cannot carry a slash") }) {
			t.Errorf("%s: dropped %v", version, p.Dropped)
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

// A path key may bring a query of its own; parameters follow it, and an unknown path
// is another path, not another query.
func TestParameters_AfterAQueryInThePath(t *testing.T) {
	d := described(t, `
paths:
  /a?beta=true#more: {get: {operationId: a, parameters: [{name: n, in: query, required: true, schema: {type: integer}}], responses: {"200": {description: d}}}}
  /a: {put: {operationId: b, responses: {"200": {description: d}}}}
`)
	p := planned(t, d, requirements(t, rule("R-OK", "all", "valid", "200")+rule("R-404", "all", "not-found", "404")), fixtures(t, ""))
	for id, want := range map[string]string{"a.valid.required": "/a?beta=true&n=1", "a.not-found.path": "/a-unknown?beta=true&n=1"} {
		path, query := find(t, p, id).Act.Request.Location()
		if got := string(path + query); got != want {
			t.Errorf("%s goes to %s, want %s", id, got, want)
		}
	}
	if slices.Contains(ids(p), "a.not-found.method.put") {
		t.Error("a method that the path has is taken for none")
	}
}

func TestParameters_ADeepObjectBesideANamesake(t *testing.T) {
	const deep = "{name: f, in: query, required: true, style: deepObject, schema: {type: object, required: [n], properties: {n: {type: string}}}}"
	d := described(t, "paths: {/a: {get: {operationId: a, parameters: ["+deep+", {name: n, in: query, required: true, schema: {type: string}}], responses: {'200': {description: d}}}}, "+
		"/b: {get: {operationId: b, parameters: [{name: f, in: query, required: true, style: deepObject, schema: {type: object, properties: {n: {type: string}}}}], responses: {'200': {description: d}}}}}")
	p := planned(t, d, every(t), fixtures(t, ""))
	for id, want := range map[string]string{
		"a.valid.required": "?f%5Bn%5D=text&n=text", "a.malformed.missing.query-f": "?n=text", "a.malformed.missing.query-n": "?f%5Bn%5D=text",
		"b.valid.required": "?f%5Bn%5D=text", // of an object without mandatory properties something is sent all the same
	} {
		if _, got := find(t, p, id).Act.Request.Location(); string(got) != want {
			t.Errorf("%s sends %s, want %s", id, got, want)
		}
	}
}

func TestParameters_Content(t *testing.T) {
	d := described(t, `paths: {/a: {get: {operationId: a, parameters: [
  {name: q, in: query, required: true, content: {application/json: {schema: {type: object, required: [n], properties: {n: {type: integer, maximum: 3}}}}}},
  {name: x, in: query, content: {application/xml: {schema: {type: object}}}}], responses: {"200": {description: d}}}}}`)
	p := planned(t, d, every(t), fixtures(t, ""))
	for id, want := range map[string]string{
		"a.valid.required": `?q=%7B%22n%22%3A1%7D`, "a.malformed.missing.query-q": "",
		"a.malformed.bound.query-q-n.maximum": `?q=%7B%22n%22%3A4%7D`,
	} {
		if _, got := find(t, p, id).Act.Request.Location(); string(got) != want {
			t.Errorf("%s sends %s, want %s", id, got, want)
		}
	}
	if !slices.ContainsFunc(p.Dropped, func(d plan.Dropped) bool {
		return d.ID == "a.valid.optional.query-x" && strings.Contains(d.Reason, "application/xml, which is not written")
	}) {
		t.Errorf("dropped %v, want what cannot be written", p.Dropped)
	}
}
