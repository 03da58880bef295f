package planner

import (
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// settledRefund has a refund that can be prepared only where the environment settles.
const settledRefund = `paths:
  /sale:
    post:
      operationId: sale
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [amount], properties: {amount: {type: string, pattern: '^[0-9]+$', example: '5'}}}}}}
      responses:
        '200':
          description: d
          content: {application/json: {schema: {type: object}, example: {id: '310905123456789'}}}
          links: {refund: {operationId: refund, requestBody: {id: $response.body#/id}, x-settled: true}}
        '400': {description: d}
  /refund:
    post:
      operationId: refund
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string, pattern: '^[0-9]{8,20}$'}}}}}}
      responses: {'200': {description: d}, '400': {description: d}, '404': {description: d}}
`

func standInPlan(t *testing.T, description string) *plan.Plan {
	return planned(t, described(t, description), requirements(t,
		rule("R-OK", "all", "valid", "success")+rule("R-BAD", "all", "malformed", `"400"`)+rule("R-NONE", "all", "not-found.id", `"404"`)+rule("R-TRACE", "all", "malformed", plan.CheckNoTrace),
	), fixtures(t, ""))
}

func TestStandIn(t *testing.T) {
	p := standInPlan(t, settledRefund)
	for id, lacks := range map[string]bool{"refund.R-OK": true, "refund.R-TRACE": true, "refund.R-BAD": false, "refund.R-NONE": false, "sale.R-BAD": false} {
		o := p.Obligation(id)
		if got := strings.Contains(o.Lacks, "settle"); got != lacks || lacks == (len(o.Cases) > 0) {
			t.Errorf("%s: lacks %q, cases %v", id, o.Lacks, o.Cases)
		}
	}
	c := find(t, p, "refund.malformed.syntax.truncated")
	if !c.StandIn || len(c.Prepare) > 0 || len(c.Observe) > 0 || !slices.ContainsFunc(c.Expect.Tolerated, func(one spec.Tolerance) bool { return one.Status == 404 }) || !slices.Equal(c.Expect.Statuses, []int{400}) {
		t.Errorf("%+v", c)
	}
	if body := c.Act.Request.Body.Show(); body != `{"id":"$UNKNOWN_ID"` {
		t.Errorf("body %s", body)
	}
	if c = find(t, p, "refund.not-found.id"); len(c.Expect.Tolerated) > 0 || !slices.Equal(c.Expect.Statuses, []int{404}) {
		t.Errorf("%+v", c)
	}
	if c = find(t, p, "sale.malformed.syntax.truncated"); c.StandIn || len(c.Expect.Tolerated) > 0 {
		t.Errorf("the sale needs none: %+v", c)
	}
}

// TestStandIn_IsCertified: without an example of an id, or with one that the
// description refuses, nothing is sent in its place.
func TestStandIn_IsCertified(t *testing.T) {
	for _, tt := range []struct{ claim, from, to string }{
		{"no example", ", example: {id: '310905123456789'}", ""},
		{"an example that is no id", "310905123456789", "none"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p := standInPlan(t, strings.Replace(settledRefund, tt.from, tt.to, 1))
			for _, id := range []string{"refund.R-OK", "refund.R-TRACE", "refund.R-BAD", "refund.R-NONE"} {
				if o := p.Obligation(id); !strings.Contains(o.Lacks, "settle") || len(o.Cases) > 0 {
					t.Errorf("%s: lacks %q, cases %v", id, o.Lacks, o.Cases)
				}
			}
		})
	}
}

// TestStandIn_TheSandboxesFixtures: nothing stands in for what can be prepared.
func TestStandIn_TheSandboxesFixtures(t *testing.T) {
	for _, c := range ourPlan(t, 1).Cases {
		if c.StandIn {
			t.Errorf("%s", c.ID)
		}
	}
}
