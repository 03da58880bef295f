package spec

import (
	"strings"
	"testing"
)

// flowsOf is a requirement list with one requirement of these flows.
func flowsOf(flows string) string {
	return `
version: 1
name: toy
pages: { page: "https://x.test/" }
requirements:
  - id: R-1
    level: must
    chapter: flows
    clause: { page: page, text: All is well. }
    sentence: does
    operations: [pay]
    check: flow
    flows:
` + flows
}

func TestFlowsAreChecked(t *testing.T) {
	const good = `{ do: pay, expect: { ending: success } }`
	flow := func(steps ...string) string {
		return "      - id: f\n        why: because\n        steps:\n          - " + strings.Join(steps, "\n          - ") + "\n"
	}
	for _, tt := range []struct{ claim, flows, says string }{
		{"an act is enough", flow(good), ""},
		{"all that a step can say", flow(
			`{ name: first, do: make, test: refused, with: { /a/b: 1, "query:q": $unique.Q, "header:H": $merchants.other, "path:id": $message.address }, without: [ /c ], as: nobody, keyed: true, ends: refused }`,
			`{ do: settle, of: first }`,
			`{ do: $operation, of: first, with: { /a: "$first.answer#/id", /u: "$first.unlike#/id" }, times: 8, expect: { statuses: [200], body: { /x: { const: "$first.request#/a" } }, same: act, tolerated: [ { status: 400, why: as well } ] } }`,
			`{ again: act }`, `{ await: act, expect: { body: { /success: { const: true } } } }`), ""},
		{"an id is needed", "      - why: because\n        steps: [ " + good + " ]\n", `flow "": an id`},
		{"one id, one flow", flow(good) + flow(good), "flow f: the id is used twice"},
		{"steps are needed", "      - { id: f, why: because }\n", "why and steps must be given"},
		{"an act is needed", flow(`{ do: pay }`), "no request has expect"},
		{"the act is a request of the operation", flow(`{ do: make, expect: {} }`), "operations: pay: no flow judges a request of it"},
		{"a step does one thing", flow(`{ do: pay, again: act, expect: {} }`), "one of do, again and await"},
		{"or at least one", flow(`{ name: x, expect: {} }`), "one of do, again and await"},
		{"names lead to earlier steps", flow(`{ again: later, expect: {} }`, `{ name: later, do: pay }`), `again: "later": no earlier step`},
		{"so do expressions", flow(`{ do: pay, with: { /a: "$x.answer#/id" }, expect: {} }`), "no earlier step is named x"},
		{"and comparisons", flow(`{ do: pay, expect: { same: x } }`), `expect.same: "x"`},
		{"a name is used once", flow(`{ name: x, do: make }`, `{ name: x, do: make }`, good), `name: "x": must be used once`},
		{"the name act is taken", flow(`{ name: act, do: pay, expect: {} }`), `and not be act`},
		{"a place is a place", flow(`{ do: pay, with: { a: 1 }, expect: {} }`), `with: "a": must be a pointer`},
		{"one that is left out too", flow(`{ do: pay, without: [ a ], expect: {} }`), `without: "a": must be a pointer`},
		{"an expression is one of the known", flow(`{ do: pay, with: { /a: $time.now }, expect: {} }`), `"$time.now": must be`},
		{"one within a text is, too", flow(`{ do: pay, with: { /a: "x-{$time.now}" }, expect: {} }`), `"$time.now": must be`},
		{"and leads to an earlier step", flow(`{ name: first, do: make }`, `{ do: pay, with: { /a: "{$first.answer#/id},{$second.answer#/id}" }, expect: {} }`), "no earlier step is named second"},
		{"several stand within a text", flow(`{ name: first, do: make }`, `{ do: pay, with: { /a: "{$first.answer#/id},{$unique.ID}" }, expect: {} }`), ""},
		{"a repetition changes nothing", flow(good, `{ again: act, with: { /a: 1 } }`), "must be given with do"},
		{"a message may be unwanted somewhere", flow(good, `{ await: act, at: own, never: true }`), ""},
		{"and is awaited at a known address", flow(good, `{ await: act, at: home }`), `at: "home": must be one of address, own`},
		{"only messages come somewhere", flow(`{ do: pay, at: own, expect: {} }`), "at, never and most must be given with await"},
		{"what never comes says nothing", flow(good, `{ await: act, never: true, expect: {} }`), "and never without expect and most"},
		{"nor more often than never", flow(good, `{ await: act, never: true, most: 2 }`), "and never without expect and most"},
		{"a message may come so often", flow(good, `{ await: act, most: 2 }`), ""},
		{"not too many at once", flow(`{ do: pay, times: 1000, expect: {} }`), "times: 1000: must be 1 to 100"},
		{"an ending is one of the known", flow(`{ do: pay, ends: well }`, good), `ends: "well": must be one of success, refused, error`},
		{"a body is told by pointers", flow(`{ do: pay, expect: { body: { a: {} } } }`), `expect.body: "a": must be a JSON pointer`},
		{"and by schemas", flow(`{ do: pay, expect: { body: { /a: { type: 5 } } } }`), "must be a JSON Schema: \"urn:expected#\""},
		{"an order is of two or more", flow(`{ name: a, do: pay }`, `{ do: pay, expect: { order: { list: /l, by: /id, values: [ $a.answer#/id ] } } }`), "expect.order: values: must be two or more"},
		{"of what was answered", flow(`{ do: pay, expect: { order: { list: /l, by: /id, values: [ $unique.A, $unique.B ] } } }`), `expect.order: values: "$unique.A": must be $NAME.request`},
		{"and of nothing invented", flow(`{ name: a, do: pay }`, `{ do: pay, expect: { order: { list: /l, by: /id, values: [ $a.answer#/id, $a.unlike#/id ] } } }`), `expect.order: values: "$a.unlike#/id": must be $NAME.request`},
		{"by a step before", flow(`{ do: pay, expect: { order: { list: /l, by: /id, values: [ $a.answer#/id, $b.answer#/id ] } } }`), "no earlier step is named a"},
		{"in a list at a place", flow(`{ do: pay, expect: { order: { list: l, by: /id, values: [] } } }`), `expect.order: "l": list and by must be JSON pointers`},
		{"a message has none", flow(good, `{ await: act, expect: { order: { list: /l, by: /id, values: [ $act.answer#/id, $act.answer#/id ] } } }`), "expect.order: must not be given with await or same"},
		{"nor has an answer that repeats another", flow(good, `{ again: act, expect: { same: act, order: { list: /l, by: /id, values: [ $act.answer#/id, $act.answer#/id ] } } }`), "expect.order: must not be given with await or same"},
		{"and is taken", flow(`{ name: a, do: pay }`, `{ name: b, do: pay }`, `{ do: pay, expect: { order: { list: /l, by: /id, values: [ $b.answer#/id, $a.answer#/id ] } } }`), ""},
		{"an unknown key is an error", flow(`{ do: pay, if: 1, expect: {} }`), "steps[0]: unknown key if; valid keys: name, do, of, again, rewritten, await, at, never, most, test, with, without, as, keyed, form, "},
		{"an unknown key of a flow is one too", "      - { id: f, why: because, when: now, steps: [ " + good + " ] }\n", "flows[0]: unknown key when; valid keys: id, why, steps"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			r, err := ParseRequirements([]byte(flowsOf(tt.flows)), "r.yaml")
			switch {
			case tt.says == "" && err != nil:
				t.Error(err)
			case tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)):
				t.Errorf("got %v, want %s", err, tt.says)
			case tt.says == "" && len(r.List[0].Flows) != 1:
				t.Errorf("flows %+v", r.List[0].Flows)
			}
		})
	}
}

func TestFlowsAndTheirCheckGoTogether(t *testing.T) {
	flows := "      - { id: f, why: because, steps: [ { do: pay, expect: {} } ] }\n"
	for claim, text := range map[string]string{
		"a check flow without flows": strings.Split(flowsOf(""), "    flows:")[0],
		"flows with another check":   strings.Replace(flowsOf(flows), "check: flow", "check: schema", 1),
		"flows beside cases":         strings.Replace(flowsOf(flows), "check: flow", "check: flow\n    cases: [valid]", 1),
	} {
		if _, err := ParseRequirements([]byte(text), "r.yaml"); err == nil || !strings.Contains(err.Error(), "flows must be given with check flow") {
			t.Errorf("%s: %v", claim, err)
		}
	}
}

func TestMisfit(t *testing.T) {
	for _, tt := range []struct {
		claim         string
		schema, value any
		fits          bool
	}{
		{"what fits", map[string]any{"type": "string", "minLength": 2}, "ab", true},
		{"what does not", map[string]any{"type": "string", "minLength": 3}, "ab", false},
		{"a number as JSON has it", map[string]any{"const": 5}, 5.0, true},
		{"contains, as often as asked", map[string]any{"contains": map[string]any{"const": "a"}, "maxContains": 1}, []any{"a", "b"}, true},
		{"and not more often", map[string]any{"contains": map[string]any{"const": "a"}, "maxContains": 1}, []any{"a", "a"}, false},
		{"no schema", map[string]any{"type": 5}, "ab", false},
	} {
		if got := Misfit(tt.schema, tt.value); (got == "") != tt.fits {
			t.Errorf("%s: %q", tt.claim, got)
		}
	}
}
