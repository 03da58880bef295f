package planner

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// exploration plans the exploration of a description.
func exploration(t *testing.T, d *spec.Description, f *settings.Fixtures, seed uint64, explore int) *plan.Plan {
	t.Helper()
	p, err := NewPart(d, every(t), f, seed, Part{Explore: explore})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// explored are the cases that an exploration drew, by id.
func explored(p *plan.Plan) map[string]*plan.Case {
	list := map[string]*plan.Case{}
	for _, c := range p.Cases {
		if c.Explored {
			list[c.ID] = c
		}
	}
	return list
}

func jsonOf(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const things = `paths:
  /things:
    post:
      operationId: make
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [a], properties: {
        a: {type: string, maxLength: 40}, b: {type: integer, minimum: 1, maximum: 9}, c: {type: array, items: {type: string, maxLength: 9}},
        customer_id: {type: string}, d: {enum: [x, y]}}}}}}
      responses: {'201': {description: d, content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}, links: {read: {operationId: read, parameters: {id: '$response.body#/id'}}}}, '400': {description: d}}
  /things/{id}:
    get:
      operationId: read
      parameters: [{name: id, in: path, required: true, schema: {type: string}}, {name: fields, in: query, schema: {type: string, maxLength: 20}}, {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 50}}]
      responses: {'200': {description: d}, '400': {description: d}}
`

// TestExplore_SameForSameSeed: a seed draws the same requests however many are drawn, and
// another seed draws others. Without exploration the plan is that of New.
func TestExplore_SameForSameSeed(t *testing.T) {
	d, f := described(t, things), fixtures(t, "")
	few, many, other := explored(exploration(t, d, f, 1, 12)), explored(exploration(t, d, f, 1, 40)), explored(exploration(t, d, f, 2, 12))
	if len(few) < 16 || len(many) < 55 {
		t.Errorf("%d and %d cases are drawn", len(few), len(many))
	}
	same := 0
	for id, c := range few {
		if many[id] == nil || jsonOf(t, c) != jsonOf(t, many[id]) {
			t.Errorf("%s is not the same of 40", id)
		}
		if other[id] != nil && reflect.DeepEqual(c.Act.Request, other[id].Act.Request) {
			same++
		}
	}
	if same > len(few)/2 {
		t.Errorf("%d of %d requests are the same with another seed", same, len(few))
	}
	none, usual := exploration(t, d, f, 1, 0), planned(t, d, every(t), f)
	if asJSON(t, none) != asJSON(t, usual) {
		t.Error("a plan that explores nothing is another than the usual one")
	}
	if whole := exploration(t, d, f, 1, 12); len(whole.Obligations) != len(usual.Obligations) {
		t.Errorf("%d obligations, %d without exploration", len(whole.Obligations), len(usual.Obligations))
	}
}

// TestExplore_Drawn: correct requests combine optional places, faulty ones have one fault,
// both serve the obligations of systematic ones, and references are not made up.
func TestExplore_Drawn(t *testing.T) {
	p := exploration(t, described(t, things), fixtures(t, ""), 1, 60)
	combined, faults := 0, 0
	for id, c := range explored(p) {
		if len(c.Obligations) == 0 {
			t.Errorf("%s serves no obligation", id)
		}
		body := string(c.Act.Request.Body)
		switch {
		case strings.Contains(body, "customer_id") && !strings.Contains(body, "CUSTOMER_ID") && c.Fault == nil:
			t.Errorf("%s makes up a reference: %s", id, body)
		case c.Fault != nil && c.Expect.Statuses[0] != 400:
			t.Errorf("%s: %+v", id, c.Expect)
		case c.Fault != nil:
			faults++
		case strings.Contains(body, `"b":`) && strings.Contains(body, `"d":`):
			combined++
		}
	}
	if combined < 5 || faults < 20 {
		t.Errorf("%d requests combine b and d, %d have a fault", combined, faults)
	}
	for _, d := range p.Dropped {
		if strings.Contains(d.ID, "explored") {
			t.Errorf("dropped: %+v", d)
		}
	}
}

// TestExplore_Careful: what may not be sent is not drawn either, amounts and secrets are
// the usual ones.
func TestExplore_Careful(t *testing.T) {
	d, r := ours()
	auth := d.Operation("payment-auth")
	g, err := newGround(d, r, readFixtures(t))
	if err != nil {
		t.Fatal(err)
	}
	g.seed, g.explore = 1, 30
	k := newKeeper(g)
	k.keepAll(k.drawnCases(subject{Operation: auth, correct: k.draft(auth, recipe{})}))
	n := 0
	for _, c := range k.cases {
		id := c.ID
		if c.Fault != nil {
			continue
		}
		n++
		body := c.Act.Request.Body.Show()
		for _, want := range []string{`"amount":"18.40"`, `"creditcard":"$CARD_APPROVED_CREDITCARD"`, `"cvv":"$CARD_APPROVED_CVV"`, `"mid":"700100200"`} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s: %s", id, want, body)
			}
		}
	}
	if n < 15 {
		t.Errorf("%d correct requests are drawn", n)
	}
	many := described(t, "paths: {/all: {delete: {operationId: clear, parameters: [{name: q, in: query, schema: {type: string}}], responses: {'200': {description: d}, '400': {description: d}}}}}")
	held, err := settings.ParseFixtures([]byte("hosts: []"), "f.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := exploration(t, many, held, 1, 12); slices.ContainsFunc(p.Cases, func(c *plan.Case) bool { return c.Explored }) {
		t.Error("what may change many things is explored")
	}
}

// TestExplore_Sequences: a sequence has at most six operations, each bound to one before
// it, and changes nothing that a later step relies on.
func TestExplore_Sequences(t *testing.T) {
	const replaced = things + `    put:
      operationId: replace
      requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: d}, '400': {description: d}}
    delete:
      operationId: remove
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: d}, '400': {description: d}}
`
	lengths, before := map[int]int{}, map[string]bool{}
	for id, c := range explored(exploration(t, described(t, replaced), fixtures(t, ""), 1, 60)) {
		if !strings.Contains(c.Why, " after ") {
			continue
		}
		lengths[len(c.Prepare)+1]++
		kept := map[string]bool{}
		for _, s := range append(slices.Clone(c.Prepare), c.Act) {
			before[s.Operation] = true
			for _, p := range s.Request.Path.Placeholders() {
				if p.Source == plan.FromAnswer && !kept[p.Args[0]] {
					t.Errorf("%s: %s names %s, which no step before it keeps", id, s.Name, p.Args[0])
				}
			}
			for _, capture := range s.Capture {
				kept[capture.Name] = true
			}
		}
		if slices.ContainsFunc(c.Prepare, func(s plan.Step) bool { return s.Operation == "remove" }) {
			t.Errorf("%s goes on with what is removed: %s", id, c.Why)
		}
	}
	for _, length := range []int{2, 3, 4, 5, 6} {
		if lengths[length] == 0 {
			t.Errorf("no sequence has %d operations: %v", length, lengths)
		}
	}
	if lengths[7] > 0 || !before["replace"] || !before["read"] {
		t.Errorf("sequences of %v operations call %v", lengths, before)
	}
}

// TestExplore_Simpler: each edit leaves a valid case with unique values of its own, and
// all that is needed is found.
func TestExplore_Simpler(t *testing.T) {
	p := exploration(t, described(t, things), fixtures(t, ""), 1, 60)
	shrunk := 0
	for id, c := range explored(p) {
		body := string(c.Act.Request.Body)
		if c.Fault != nil || !strings.Contains(body, `"b":`) || !strings.Contains(body, `"d":`) {
			continue
		}
		sent := map[string]bool{}
		s := c.Shrink(plan.Shrinking{Case: c}, func(simpler *plan.Case) bool {
			if sent[simpler.ID] || simpler.ID == id || len(simpler.Obligations) != len(c.Obligations) {
				t.Errorf("%s: %+v", simpler.ID, simpler.Obligations)
			}
			sent[simpler.ID] = true
			body := string(simpler.Act.Request.Body)
			return strings.Contains(body, `"b":`) && strings.Contains(body, `"d":`)
		}, func() bool { return false })
		shrunk++
		if got := string(s.Case.Act.Request.Body); strings.Contains(got, `"c":`) || strings.Contains(got, "customer_id") || len(sent) > 30 {
			t.Errorf("%s: %s after %d requests", id, got, len(sent))
		}
		if len(s.Edits) > 0 && jsonOf(t, c.Simpler.Make(s.Edits)) != jsonOf(t, s.Case) {
			t.Errorf("%s: the edits make another case", id)
		}
	}
	if shrunk < 5 {
		t.Errorf("%d cases were made simpler", shrunk)
	}
}
