package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

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

func TestEachParameterIsBrokenInItsPlace(t *testing.T) {
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
	for _, row := range p.Coverage() {
		if row.Malformed == 0 && row.Reason == "" {
			t.Errorf("%s %s has no case and no reason", row.Pointer, row.Keyword)
		}
	}
}

func TestWhatAPlaceCannotCarryIsDropped(t *testing.T) {
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
func TestLaxCasesServeWhoNamesThemAlone(t *testing.T) {
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
