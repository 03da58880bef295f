package planner

import (
	"strings"
	"testing"
)

const branched = `
x-conformance:
  outcome:
    - { field: /result, refused: [Refused], error: [Error], reason: /why, otherwise: absent }
paths:
  /pay:
    post:
      operationId: pay
      requestBody: { required: true, content: { application/json: { schema: { type: object, required: [card], properties: { card: { type: string, minLength: 1, pattern: "^[0-9]+$" } } } } } }
      responses:
        "200": { description: paid, content: { application/json: { schema: { type: object } } } }
        "400": { description: wrong }
        "500": { description: broken }
  /read:
    get:
      operationId: read
      responses: { "200": { description: there }, "404": { description: not there } }
`

const branchedRequirements = `
  - { id: R-OK, level: must, chapter: statuses, clause: {page: p, text: t}, sentence: s, operations: all, cases: [valid], check: status, expect: { statuses: [success] } }
  - { id: R-REF, level: must, chapter: statuses, clause: {page: p, text: t}, sentence: s, operations: [pay], cases: [outcome.refused], check: status, expect: { statuses: ["200"], ending: refused } }
  - { id: R-ERR, level: must, chapter: statuses, clause: {page: p, text: t}, sentence: s, operations: [pay], cases: [outcome.error], check: status, expect: { statuses: ["200"], ending: error } }
  - { id: R-404, level: must, chapter: statuses, clause: {page: p, text: t}, sentence: s, operations: all, cases: [not-found.path], check: status, expect: { statuses: ["404"] } }
  - id: R-400
    level: must
    chapter: statuses
    clause: {page: p, text: t}
    sentence: s
    operations: all
    cases: [malformed.missing, malformed.blank]
    branches:
      - { name: absent, cases: [malformed.missing.absent] }
      - { name: "null", cases: [malformed.missing.null] }
      - { name: empty, cases: [malformed.blank.empty] }
      - { name: blank, cases: [malformed.blank.space] }
    check: status
    expect: { statuses: ["400"] }
  - { id: R-WHY, level: must, chapter: statuses, clause: {page: p, text: t}, sentence: s, operations: all, answers: [success], branches: [ { name: a refusal, ending: refused }, { name: an error, ending: error } ], check: reason }
`

// TestBranches_OfAPlan: each branch has the cases that are to show it, or the reason
// why none is: the line that the fixtures lack, or that the description calls for none.
func TestBranches_OfAPlan(t *testing.T) {
	p := planned(t, described(t, branched), requirements(t, branchedRequirements), fixtures(t, `
triggers: { card: { approved: { card: "111" }, refused: [ { card: "222" } ] } }
`))
	for id, want := range map[string]string{
		"pay.R-400":  "absent: pay.malformed.missing.card; null: pay.malformed.missing.body.null pay.malformed.missing.card.null; empty: pay.malformed.blank.card.empty; blank: pay.malformed.blank.card.space",
		"pay.R-WHY":  "a refusal: pay.outcome.refused.card-1; an error: lacks add to f.yaml: triggers.card.error",
		"read.R-400": "absent: none; null: none; empty: none; blank: none",
		"read.R-WHY": "a refusal: none; an error: none",
		"pay.R-OK":   "",
	} {
		var got []string
		for _, b := range p.Obligation(id).Branches {
			switch {
			case b.Lacks != "":
				got = append(got, b.Name+": lacks "+b.Lacks)
			case b.None != "":
				got = append(got, b.Name+": none")
			default:
				got = append(got, b.Name+": "+strings.Join(b.Cases, " "))
			}
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: %s\nwant %s", id, strings.Join(got, "; "), want)
		}
	}
	if alone := p.Case("pay.outcome.refused.card-1"); alone.Obligation("pay.R-WHY").Branches != nil {
		t.Error("one case need not show each branch")
	}
}
