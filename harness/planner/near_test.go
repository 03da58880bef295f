package planner

import (
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

func TestNearCases(t *testing.T) {
	p := ourPlan(t, 1)
	find := func(id string) *plan.Case {
		if i := slices.IndexFunc(p.Cases, func(c *plan.Case) bool { return c.ID == id }); i >= 0 {
			return p.Cases[i]
		}
		t.Errorf("no case %s", id)
		return &plan.Case{Expect: plan.Expect{Statuses: []int{0}}}
	}
	for _, tt := range []struct {
		id, sent string
		status   int
	}{
		{"payment-void.not-found.near.truncated.transaction-data-transaction-id", `"transaction_id":"$TRUNCATED_`, 404},
		{"payment-sale-token.not-found.near.other-case.transaction-data-creditcard", `"creditcard":"$OTHER_CASE_`, 404},
		{"cash-sale.forbidden.near-merchant.truncated", `"mid":"70010020"`, 403},
		{"payment-void.forbidden.near-merchant.padded", `"mid":"700100200 "`, 403},
		{"token-ach.malformed.wide-blank.transaction-data-name-on-account", "\"name_on_account\":\"\u2003\u3000\"", 400},
		{"payment-refund.malformed.pattern.form.transaction-data-amount.long", "%5Bamount%5D=", 400},
		{"payment-auth.outcome.refused.card-1", `"reference_id"`, 200},
	} {
		c := find(tt.id)
		if sent := c.Act.Request.Body.Show(); !strings.Contains(sent, tt.sent) || c.Expect.Statuses[0] != tt.status {
			t.Errorf("%s sends %s and expects %v, want %s and %d", tt.id, sent, c.Expect.Statuses, tt.sent, tt.status)
		}
	}
	for _, c := range p.Cases {
		if c.Kind == "not-found.near" && (strings.Contains(c.ID, "last4") || c.Operation == "payment-sale-token" && strings.Contains(c.ID, ".truncated.")) {
			t.Errorf("%s: what is altered is no id any more, or too short for one", c.ID)
		}
		if c.Kind == "malformed.wide-blank" && (strings.HasSuffix(c.ID, "-mid") || strings.HasSuffix(c.ID, "-amount")) {
			t.Errorf("%s is refused for something else", c.ID)
		}
	}
	refund := find("payment-refund.forbidden.merchant.refunds-off")
	if made := refund.Prepare[0].Request.Body.Show(); !strings.Contains(made, `"mid":"700100400"`) {
		t.Errorf("what the switched off merchant may not refund is another's: %s", made)
	}
}

// TestNearCases_ChangeNothing: where nothing says what an operation does, an id that is like
// the one of a thing is only read, since it may be another thing's.
func TestNearCases_ChangeNothing(t *testing.T) {
	d := described(t, `paths:
  /items:
    post:
      operationId: make
      responses:
        '201':
          description: d
          content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string}}}, example: {id: "1234567890"}}}
          links: {read: {operationId: read, parameters: {id: $response.body#/id}}, remove: {operationId: remove, parameters: {id: $response.body#/id}}}
  /items/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: read, responses: {'200': {description: d}, '404': {description: d}}}
    delete: {operationId: remove, responses: {'204': {description: d}, '404': {description: d}}}
`)
	list := requirements(t, rule("N-1", "all", "not-found.near", "404"))
	for _, tt := range []struct {
		writes string
		may    bool
	}{{"writes: []", false}, {"writes: [remove]", true}} {
		p, err := New(d, list, fixtures(t, tt.writes), 1)
		if err != nil {
			t.Fatal(err)
		}
		on := map[string]int{}
		for _, c := range p.Cases {
			on[c.Operation]++
		}
		if on["read"] == 0 || (on["remove"] > 0) != tt.may {
			t.Errorf("%s: %d read an item, %d remove one", tt.writes, on["read"], on["remove"])
		}
	}
}
