package planner

import (
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// TestValid_DependentValue: a value whose success depends on what happened before may be
// refused, and no other.
func TestValid_DependentValue(t *testing.T) {
	d := described(t, "paths: {/a: {post: {operationId: a, x-conformance: {dependent: [{field: /how, value: back, tolerated: [{name: nothing-before, status: 404, why: there is nothing before}]}]}, "+
		"requestBody: {required: true, content: {application/json: {schema: {type: object, required: [how], properties: {how: {type: string, enum: [on, back, off]}}}}}}, responses: {'200': {description: d}}}}}")
	tolerated := 0
	for _, c := range planned(t, d, requirements(t, rule("R", "all", "valid", "success")), fixtures(t, "")).Cases {
		back := strings.Contains(string(c.Act.Request.Body), "back")
		if back {
			tolerated++
		}
		if got := len(c.Expect.Tolerated) == 1 && c.Expect.Tolerated[0].Name == "nothing-before"; got != back {
			t.Errorf("%s: tolerated %+v", c.ID, c.Expect.Tolerated)
		}
	}
	if tolerated == 0 {
		t.Error("no case sends the value")
	}
}

func TestValid(t *testing.T) {
	p := ourPlan(t, 1)
	const card = `"creditcard":"$CARD_APPROVED_CREDITCARD","cvv":"$CARD_APPROVED_CVV","mid":"700100200","month":"09","orderid":"$ORDER_ID","year":"39"`
	if got := find(t, p, "payment-auth.valid.required").Act.Request.Body.Show(); got != `{"transaction_data":{"amount":"18.40","bzip":"97201",`+card+`}}` {
		t.Errorf("the mandatory fields are %s", got)
	}
	for _, id := range []string{"payment-auth.valid.everything", "payment-auth.valid.example.full"} {
		body := find(t, p, id).Act.Request.Body.Show()
		for _, want := range []string{`"creditcard":"$CARD_APPROVED_CREDITCARD"`, `"cvv":"$CARD_APPROVED_CVV"`, `"orderid":"$ORDER_ID"`, `"store_card":false`, `"risk_score":12`, `"metadata":{"`} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s: %s", id, want, body)
			}
		}
	}
	if got := header(find(t, p, "payment-auth.valid.everything").Act.Request, "Qor-Idempotent-Key"); plan.Template(got).Show() != "$IDEMPOTENCY_KEY" {
		t.Errorf("idempotency key %q", got)
	}
	if got := header(find(t, p, "payment-auth.valid.required").Act.Request, "Qor-Idempotent-Key"); got != "" {
		t.Errorf("the mandatory fields go with an idempotency key %q", got)
	}
	for _, id := range ids(p) {
		if strings.HasPrefix(id, "payment-auth.valid.example.minimal") {
			t.Error("the minimal example is the request with the mandatory fields over again")
		}
	}
	if got := len(find(t, p, "transactions-fetch-all.valid.everything").Act.Request.Query); got != 15 {
		t.Errorf("%d query parameters, want all 15", got)
	}
}

func TestOutcomes_ComeFromTriggers(t *testing.T) {
	p := ourPlan(t, 1)
	for id, want := range map[string]string{
		"payment-auth.outcome.refused.card-1":                            `"creditcard":"$CARD_REFUSED_0_CREDITCARD","cvv":"$CARD_REFUSED_0_CVV"`,
		"payment-auth.outcome.refused.card-2":                            `"creditcard":"$CARD_REFUSED_1_CREDITCARD","cvv":"$CARD_REFUSED_1_CVV"`,
		"payment-sale-manual.outcome.error.card":                         `"creditcard":"$CARD_ERROR_CREDITCARD"`,
		"payment-sale-manual.outcome.internal.card":                      `"creditcard":"$CARD_INTERNAL_CREDITCARD"`,
		"payment-sale-manual.malformed.type.transaction-data-tid.number": `"creditcard":"$CARD_APPROVED_CREDITCARD"`,
	} {
		if body := find(t, p, id).Act.Request.Body.Show(); !strings.Contains(body, want) {
			t.Errorf("%s sends %s", id, body)
		}
	}
}

func TestOutcomes_OneGroupAtATime(t *testing.T) {
	d := described(t, "paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {type: object, required: [pan, iban], properties: {pan: {type: string}, iban: {type: string}}}}}}, responses: {'200': {description: d}}}}}")
	f := fixtures(t, "triggers: {card: {approved: {pan: good-pan}, refused: [{pan: bad-pan}]}, debit: {approved: {iban: good-iban}, refused: [{iban: bad-iban}]}}")
	p := planned(t, d, requirements(t, rule("R", "all", "outcome.refused", "200")), f)
	for id, want := range map[string]string{"card-1": `{"iban":"good-iban","pan":"bad-pan"}`, "debit-1": `{"iban":"bad-iban","pan":"good-pan"}`} {
		if got := fill(t, f, find(t, p, "a.outcome.refused."+id).Act.Request.Body); got != want {
			t.Errorf("%s sends %s, want %s", id, got, want)
		}
	}
}

func TestOutcomes_AmountTellsNoKind(t *testing.T) {
	d := described(t, `
x-conformance: { amounts: { fields: [/sum], currency: USD } }
paths:
  /card:
    post:
      operationId: card
      requestBody: {content: {application/json: {schema: {type: object, required: [pan, sum], properties: {pan: {type: string}, sum: {type: string}}}}}}
      responses: {"200": {description: d, content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}, links: {l: {operationId: refund, requestBody: {of: $response.body#/id}}}}}
  /cash:
    post:
      operationId: cash
      requestBody: {content: {application/json: {schema: {type: object, required: [sum], properties: {sum: {type: string}}}}}}
      responses: {"200": {description: d}}
  /refund:
    post:
      operationId: refund
      requestBody: {content: {application/json: {schema: {type: object, required: [of, sum], properties: {of: {type: string}, sum: {type: string}}}}}}
      responses: {"200": {description: d}}
`)
	f := fixtures(t, `triggers: {card: {approved: {pan: good}, refused: [{pan: bad}]}, cash: {approved: {sum: "1.00"}, refused: [{sum: "2.00"}]}}`)
	p := planned(t, d, requirements(t, rule("R", "all", "outcome.refused", "200")), f)
	if got, want := ids(p), []string{"card.outcome.refused.card-1", "cash.outcome.refused.cash-1"}; !slices.Equal(got, want) {
		t.Errorf("cases %q, want %q", got, want)
	}
}

func TestExamples_UniqueValuesFit(t *testing.T) {
	d := described(t, "x-conformance: {unique: [{field: /ref, name: REF}]}\npaths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {type: object, properties: {ref: {type: string, maxLength: 12}, n: {type: string}}}, examples: {a: {value: {ref: abd, n: first}}, one: {value: {ref: abc, n: hello}}}}}}, responses: {'200': {description: d}}}}}")
	f := fixtures(t, "")
	p := planned(t, d, requirements(t, rule("R", "all", "valid", "200")), f)
	body := fill(t, f, find(t, p, "a.valid.example.one").Act.Request.Body)
	if !strings.Contains(body, `"n":"hello"`) || strings.Contains(body, "abc") || len(body) != len(`{"n":"hello","ref":"123456789012"}`) {
		t.Errorf("the example is sent as %s; dropped %v", body, p.Dropped)
	}
}

func TestCaseIDs_OfTwoValidCases(t *testing.T) {
	d := described(t, "paths: {/a: {post: {operationId: a, parameters: [{name: p_q, in: query, schema: {type: string}}, {name: p-q, in: query, schema: {type: string}}], requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {_b: {type: string}, b: {type: string}}}}}}, responses: {'200': {description: d}}}}}")
	p := planned(t, d, requirements(t, rule("R-200", "all", "valid.optional", "200")), fixtures(t, ""))
	got := ids(p)
	if slices.Sort(got); len(got) != 4 || len(slices.Compact(slices.Clone(got))) != 4 || !slices.Contains(got, "a.valid.optional.b") {
		t.Errorf("ids %q, want 4 that differ", got)
	}
}

func TestExamples_OfAnotherBranch(t *testing.T) {
	d := described(t, `
x-conformance: { unique: [ { field: /label, name: LABEL } ] }
paths:
  /a:
    post:
      operationId: a
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [way, label]
              properties:
                label: { type: string }
                way:
                  oneOf:
                    - { type: object, additionalProperties: false, required: [iban], properties: { iban: { type: string } } }
                    - { type: object, additionalProperties: false, required: [card], properties: { card: { type: string } } }
            example: { way: { card: "1" } }
      responses: {"200": {description: d}}
`)
	p := planned(t, d, requirements(t, rule("R-200", "all", "valid.example", "200")), fixtures(t, ""))
	if got := find(t, p, "a.valid.example.example").Act.Request.Body.Show(); got != `{"label":"$LABEL","way":{"card":"1"}}` {
		t.Errorf("the example is sent as %s", got)
	}
}

func TestValid_ExtraFields(t *testing.T) {
	p := ourPlan(t, 1)
	if body := find(t, p, "payment-auth.valid.extra.field").Act.Request.Body.Show(); !strings.Contains(body, `{"qorcheck-unknown":"1","transaction_data":{`) || strings.Count(body, `"qorcheck-unknown":"1"`) != 2 {
		t.Errorf("the body is %s", body)
	}
	if query := find(t, p, "transactions-fetch-all.valid.extra.query").Act.Request.Query; !slices.Contains(query, plan.Field{Name: "qorcheck-unknown", Value: "1"}) {
		t.Errorf("the query is %v", query)
	}
	operation := func(schema string) *spec.Description {
		return described(t, "paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: "+schema+"}}}, responses: {'200': {description: d}}}}}")
	}
	for _, tt := range []struct {
		claim, schema, cases string
		want                 []string
	}{
		{"where it is open", "{type: object, required: [n], properties: {n: {type: integer}}}", "valid.extra", []string{"a.valid.extra.field", "a.valid.extra.query"}},
		{"where it is closed", "{type: object, additionalProperties: false, required: [n], properties: {n: {type: integer}}}", "valid.extra", []string{"a.valid.extra.query"}},
		{"where the body is no object", "{type: array, items: {type: integer}}", "valid.extra", []string{"a.valid.extra.query"}},
		{"where it is not named", "{type: object, required: [n], properties: {n: {type: integer}}}", "valid", nil},
	} {
		var got []string
		for _, c := range planned(t, operation(tt.schema), requirements(t, rule("R", "[a]", tt.cases, "success")), fixtures(t, "")).Cases {
			if c.Kind == "valid.extra" {
				got = append(got, c.ID)
			}
		}
		if slices.Sort(got); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.claim, got, tt.want)
		}
	}
}
