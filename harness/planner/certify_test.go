package planner

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// Every case is proven again from outside: placeholders filled as a run fills
// them, body and parameters judged by the description.
func TestCertify_EveryCase(t *testing.T) {
	p := ourPlan(t, 3)
	kinds := map[string]int{}
	for _, c := range p.Cases {
		kinds[strings.SplitN(c.Kind, ".", 2)[0]]++
		o := p.Description.Operation(c.Operation)
		for _, s := range append(c.Prepare, c.Cleanup...) {
			if s.Operation != "" {
				if found := broken(t, p, p.Description.Operation(s.Operation), s.Request); len(found) > 0 {
					t.Errorf("%s: its step %s breaks %v", c.ID, s.Name, found)
				}
			}
		}
		if c.Kind == plan.KindFlow && slices.Contains(c.Expect.Statuses, 400) { // its fault is told by its flow
			if len(broken(t, p, o, c.Act.Request)) == 0 {
				t.Errorf("%s breaks nothing", c.ID)
			}
			continue
		}
		body := fill(t, readFixtures(t), c.Act.Request.Body)
		switch {
		case slices.Contains(laxKinds, c.Kind): // nothing is promised of it
			continue
		case c.Fault != nil && c.Fault.Keyword == "syntax":
			if json.Valid([]byte(body)) && utf8.ValidString(body) {
				t.Errorf("%s: the body is JSON: %s", c.ID, body)
			}
			continue
		case c.Fault != nil && c.Fault.Keyword == "media-type":
			if got := header(c.Act.Request, "Content-Type"); got == "application/json" {
				t.Errorf("%s: sent as %q", c.ID, got)
			}
		}
		if c.Fault != nil && strings.HasPrefix(c.Fault.Pointer, "path:") { // proven by the sandbox
			continue
		}
		found := broken(t, p, o, c.Act.Request)
		if c.Fault == nil || c.Fault.Keyword == "media-type" {
			if len(found) > 0 {
				t.Errorf("%s breaks %v", c.ID, found)
			}
			continue
		}
		if len(found) == 0 {
			t.Errorf("%s breaks nothing", c.ID)
		}
		for _, v := range found {
			if v.Keyword == "format" && c.Fault.Keyword == "pattern" {
				continue
			}
			if v.Keyword == "anyOf" && (c.Fault.Pointer == v.Pointer || strings.HasPrefix(c.Fault.Pointer, v.Pointer+"/")) {
				continue // the branch that was taken, broken within
			}
			if strings.HasSuffix(c.ID, ".doubled") && v.Keyword == "required" && strings.HasPrefix(v.Pointer, c.Fault.Pointer+"/") {
				continue // each of what belongs into it
			}
			if v.Pointer != c.Fault.Pointer || c.Fault.Keyword != "blank" && v.Keyword != c.Fault.Keyword {
				t.Errorf("%s breaks %s at %s, not %s at %s alone", c.ID, v.Keyword, v.Pointer, c.Fault.Keyword, c.Fault.Pointer)
			}
		}
	}
	for kind, least := range map[string]int{"valid": 20, "outcome": 8, "malformed": 250, "unauthenticated": 60, "forbidden": 60, "not-found": 25, "message": 30, "flow": 70} {
		if kinds[kind] < least {
			t.Errorf("%d cases of kind %s, want %d or more", kinds[kind], kind, least)
		}
	}
}

func header(r plan.Request, name string) string {
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, name) {
			return string(f.Value)
		}
	}
	return ""
}

// broken judges body and query of a request by the description.
func broken(t *testing.T, p *plan.Plan, o *spec.Operation, r plan.Request) []spec.Violation {
	t.Helper()
	var found []spec.Violation
	sent := map[string]string{}
	for _, f := range r.Query {
		sent[f.Name] = fill(t, readFixtures(t), f.Value)
	}
	for _, parameter := range o.Parameters {
		if parameter.In != "query" {
			continue
		}
		text, there := sent[parameter.Name]
		if !there {
			if parameter.Required {
				found = append(found, spec.Violation{Pointer: "query:" + parameter.Name, Keyword: "required"})
			}
			continue
		}
		var value any = text
		if parameter.Schema.Type.Is("integer") {
			if err := json.Unmarshal([]byte(text), &value); err != nil {
				value = text
			}
		}
		for _, v := range parameter.Schema.Violations(value, spec.Sent) {
			v.Pointer = "query:" + parameter.Name
			found = append(found, v)
		}
	}
	if o.Body == nil {
		return found
	}
	text := fill(t, readFixtures(t), r.Body)
	if r.Form() {
		return append(found, o.Body.Form().Schema.Violations(decoded(t, text), spec.Sent)...)
	}
	var body any
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Errorf("%s: %v", o.ID, err)
	}
	return append(found, o.Body.JSON().Schema.Violations(body, spec.Sent)...)
}

// decoded reads a form whose fields are all texts, by means of net/url.
func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	fields, err := url.ParseQuery(text)
	if err != nil {
		t.Errorf("%s: %v", text, err)
	}
	body := map[string]any{}
	for name, values := range fields {
		outer, inner, nested := strings.Cut(strings.TrimSuffix(name, "]"), "[")
		switch object, _ := body[outer].(map[string]any); {
		case len(values) != 1:
			t.Errorf("%s: %s is there %d times", text, name, len(values))
		case !nested:
			body[name] = values[0]
		case object == nil:
			body[outer] = map[string]any{inner: values[0]}
		default:
			object[inner] = values[0]
		}
	}
	return body
}

func TestCertify_DropsAndLists(t *testing.T) {
	body := func(schema string) string {
		return "paths: {/a: {post: {operationId: a, requestBody: {required: true, content: {application/json: {schema: " + schema + "}}}, responses: {'200': {description: d}}}}}"
	}
	for _, tt := range []struct{ claim, paths, id, reason string }{
		{"a field whose pattern breaks with its length", body("{type: object, properties: {f: {type: string, pattern: '^[0-9]{1,3}$', maxLength: 3, example: '123'}}}"), "a.malformed.length.f.maxLength", "no text of 4 characters"},
		{"a pattern that nothing breaks", body("{type: object, properties: {f: {type: string, pattern: '.*'}}}"), "a.malformed.pattern.f", "no text was found"},
		{"a pattern that cannot be judged", body("{type: object, properties: {f: {type: string, pattern: '^(?=a'}}}"), "a.malformed.pattern.f", "no text was found"},
		{"an example that its schema refuses", body("{type: object, required: [f], properties: {f: {type: string, pattern: '^(?!x)$', not: {}}}}"), "a.valid.required", "the description refuses it"},
		{"a media type application/xml, which is not made", "paths: {/a: {post: {operationId: a, requestBody: {required: true, content: {application/xml: {schema: {type: object}}}}, responses: {'200': {description: d}}}}}", "a.valid.required", "media type application/xml, which is not made"},
		{"a media type that is documented after all", "paths: {/a: {post: {operationId: a, requestBody: {required: true, content: {application/json: {schema: {type: object}}, 'text/*': {schema: {type: string}}}}, responses: {'200': {description: d}}}}}", "a.malformed.media-type.text", "allows text/plain"},
		{"a card number that may not be sent", body("{type: object, required: [pan], properties: {pan: {type: string, format: password, example: '4111111111111111'}}}"), "a.valid.required", "pan would hold a card number that is not among test_cards: add to f.yaml"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p := planned(t, described(t, tt.paths), every(t), fixtures(t, ""))
			for _, d := range p.Dropped {
				if d.ID == tt.id && strings.Contains(d.Reason, tt.reason) {
					return
				}
			}
			t.Errorf("dropped %v, want %s: %s", p.Dropped, tt.id, tt.reason)
		})
	}
}

func TestCards_OfTheDescription(t *testing.T) {
	d := described(t, "paths: {/a: {post: {operationId: a, requestBody: {required: true, content: {application/json: {schema: {type: object, required: [pan], properties: {pan: {type: string, format: password, example: '4111111111111111'}}}}}}, responses: {'200': {description: d}}}}}")
	find(t, planned(t, d, every(t), fixtures(t, "test_cards: ['4111111111111111']")), "a.valid.required")
}

func TestLacks_NamesWhatWasDropped(t *testing.T) {
	d := described(t, "paths: {/a: {post: {operationId: a, requestBody: {required: true, content: {application/json: {schema: {type: object, required: [f], properties: {f: {type: string, not: {}}}}}}}, responses: {'200': {description: d}}}}}")
	p := planned(t, d, requirements(t, rule("R-OK", "all", "valid", "success")), fixtures(t, ""))
	if lacks := p.Obligation("a.R-OK").Lacks; !strings.Contains(lacks, "every such request was dropped") {
		t.Errorf("lacks %q", lacks)
	}
}

func TestCards_AsNumbers(t *testing.T) {
	b := newDrafter(&ground{description: &spec.Description{SecretFields: []string{"card"}}, fixtures: fixtures(t, `test_cards: ["4571000000000001"]`)})
	for _, tt := range []struct {
		value any
		stray string
	}{
		{map[string]any{"card": 5500000000000004.0}, "card"},
		{map[string]any{"card": []any{5500000000000004.0}}, "card"},
		{map[string]any{"card": "5500000000000004"}, "card"},
		{map[string]any{"card": 4571000000000001.0}, ""},
		{map[string]any{"order": 5500000000000004.0}, ""},
		{map[string]any{"card": 12.5}, ""},
	} {
		if got := b.strayCard(tt.value, ""); got != tt.stray {
			t.Errorf("%v: stray in %q, want %q", tt.value, got, tt.stray)
		}
	}
}
