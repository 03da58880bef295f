package planner

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

func names(steps []plan.Step) string {
	var list []string
	for _, s := range steps {
		list = append(list, s.Name)
	}
	return strings.Join(list, " ")
}

func TestPreparation_ShortestChain(t *testing.T) {
	p := ourPlan(t, 1)
	for operation, want := range map[string]string{
		"payment-auth": "", "payment-sale-manual": "", "transactions-fetch-all": "", "webhooks-list": "",
		"payment-capture": "payment-auth", "payment-void": "payment-auth", "transactions-fetch-one": "payment-auth",
		"payment-refund": "payment-sale settle", "webhooks-remove": "webhooks-create",
	} {
		if got := names(find(t, p, operation+".valid.required").Prepare); got != want {
			t.Errorf("%s after %q, want %q", operation, got, want)
		}
	}
}

func TestPreparation_BindsSteps(t *testing.T) {
	c := find(t, ourPlan(t, 1), "payment-refund.valid.required")
	sale, settle, refund := c.Prepare[0], c.Prepare[1], c.Act
	if fmt.Sprint(sale.Capture) != "[{TRANSACTION_ID /transaction_id false } {TOKEN /token true }]" || !strings.Contains(sale.Request.Body.Show(), `"orderid":"$ORDER_ID_P1"`) {
		t.Errorf("sale %v %s", sale.Capture, sale.Request.Body.Show())
	}
	if settle.URL != "/control/settle" || settle.Request.Method != "POST" || settle.Operation != "" || settle.Request.Body.Show() != `{"transaction_id":"$TRANSACTION_ID"}` || header(settle.Request, "Content-Type") != "application/json" {
		t.Errorf("settle %+v", settle)
	}
	if got := refund.Request.Body.Show(); got != `{"transaction_data":{"mid":"700100200","orderid":"$ORDER_ID","transaction_id":"$TRANSACTION_ID"}}` {
		t.Errorf("refund %s", got)
	}
	if got := find(t, ourPlan(t, 1), "transactions-fetch-one.valid.required").Act.Request.Path.Show(); got != "/payment/transaction/$TRANSACTION_ID" {
		t.Errorf("path %s", got)
	}
}

// linked makes operations that each need an id, and links among them.
func linked(t *testing.T, links map[string]string, ids ...string) *spec.Description {
	var b strings.Builder
	b.WriteString("paths:\n")
	for _, id := range ids {
		fmt.Fprintf(&b, "  '/%s/{id}': {get: {operationId: %s, parameters: [{name: id, in: path, required: true, schema: {type: string}, example: x}], responses: {'200': {description: d, links: {%s}}}}}\n", id, id, links[id])
	}
	return described(t, b.String())
}

func to(id string) string {
	return fmt.Sprintf("to-%s: {operationId: %s, parameters: {id: $response.body#/%s}}", id, id, id)
}

func TestPreparation_Chains(t *testing.T) {
	for _, tt := range []struct {
		claim string
		links map[string]string
		want  map[string]string // operation → steps, or what it lacks behind "!"
	}{
		{"a chain", map[string]string{"a": to("b"), "b": to("c")}, map[string]string{"a": "", "b": "a", "c": "a b"}},
		{"the shorter of two", map[string]string{"a": to("b") + ", " + to("c"), "b": to("c")}, map[string]string{"c": "a"}},
		{"one that leads to itself needs nothing", map[string]string{"a": to("a")}, map[string]string{"a": ""}},
		{"a circle", map[string]string{"a": to("b"), "b": to("a")}, map[string]string{"a": "!operation a: its links lead in a circle", "b": "!circle", "c": ""}},
		{"a circle with a way in", map[string]string{"c": to("b"), "a": to("b"), "b": to("a")}, map[string]string{"a": "c b", "b": "c"}},
		{"an expression that is not followed", map[string]string{"a": "l: {operationId: b, parameters: {id: $response.header.X}}"}, map[string]string{"b": "!$response.header.X: only $response.body#/…, $request.body#/…, $request.path.… and $request.query.… are followed"}},
		{"an expression within text", map[string]string{"a": "l: {operationId: b, parameters: {id: 'x-{$response.body#/id}'}}"}, map[string]string{"b": "!are followed"}},
		{"a field that the request lacks", map[string]string{"a": "l: {operationId: b, parameters: {id: '$request.body#/id'}}"}, map[string]string{"b": "!the request has no such value"}},
		{"a literal", map[string]string{"a": "l: {operationId: b, parameters: {id: fixed}}"}, map[string]string{"b": "a"}},
		{"settling that nobody told how", map[string]string{"a": "l: {operationId: b, parameters: {id: $response.body#/id}, x-settled: true}", "b": to("c"), "c": to("d")}, map[string]string{"b": "!settle: {", "c": "!settle: {", "d": "!settle: {"}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p := planned(t, linked(t, tt.links, "a", "b", "c", "d"), requirements(t, rule("R", "all", "valid", "success")), fixtures(t, ""))
			for id, want := range tt.want {
				lacks := p.Obligation(id + ".R").Lacks
				if problem, ok := strings.CutPrefix(want, "!"); ok {
					if !strings.Contains(lacks, problem) {
						t.Errorf("%s lacks %q, want %q", id, lacks, problem)
					}
				} else if lacks != "" || names(find(t, p, id+".valid.required").Prepare) != want {
					t.Errorf("%s %q after %v, want %s", id, lacks, find(t, p, id+".valid.required").Prepare, want)
				}
			}
		})
	}
}

func TestPreparation_WebOfLinks(t *testing.T) {
	links, web := map[string]string{}, many("o%d", 30)
	for _, from := range web {
		var all []string
		for _, id := range web {
			all = append(all, to(id))
		}
		links[from] = strings.Join(all, ", ")
	}
	links["start"] = to("o0")
	p := planned(t, linked(t, links, append(web, "start")...), requirements(t, rule("R", "all", "valid", "success")), fixtures(t, ""))
	if got := names(find(t, p, "o9.valid.required").Prepare); got != "start o0" {
		t.Errorf("o9 after %q", got)
	}
}

func TestCapture_TwoValuesOfOneName(t *testing.T) {
	s := plan.Step{}
	first, second, again := capture(&s, "/buyer/id", 1), capture(&s, "/seller/id", 1), capture(&s, "/buyer/id", 1)
	if first.Show() != "$ID" || second.Show() != "$SELLER_ID" || again != first || len(s.Capture) != 2 {
		t.Errorf("%s %s %s, kept %v", first.Show(), second.Show(), again.Show(), s.Capture)
	}
	if got := capture(&s, "", 2).Show(); got != "$VALUE_2" {
		t.Errorf("the body as a whole is %s", got)
	}
	if got := capture(&s, "/id", 3).Show(); got != "$ID_3" {
		t.Errorf("of the third step %s", got)
	}
}

func TestCleanup_RemovesWhatWasMade(t *testing.T) {
	p := ourPlan(t, 1)
	for _, tt := range []struct{ id, want string }{
		{"webhooks-create.valid.required", "DELETE /webhook/$ID"},
		{"webhooks-create.malformed.empty", "DELETE /webhook/$ID DELETE /webhook/$ID_2 DELETE /webhook/$ID_3"}, // in case it is made after all, and what it makes when corrected
		{"webhooks-remove.valid.required", "DELETE /webhook/$ID"},                                              // in case it is not removed
		{"webhooks-remove.not-found.id", "DELETE /webhook/$ID"},                                                //
		{"payment-auth.valid.required", "GET /payment/token/$TOKEN DELETE /payment/token"},                     // in case the card was stored; nothing deletes a payment
		{"payment-void.valid.required", "GET /payment/token/$TOKEN DELETE /payment/token"},                     //
		{"ach-sale.valid.required", ""},                                                                        //
	} {
		var got []string
		c := find(t, p, tt.id)
		for _, s := range c.Cleanup {
			got = append(got, s.Request.Method+" "+s.Request.Path.Show())
			if header(s.Request, "Qor-App-Key") == "" {
				t.Errorf("%s: its clean-up goes without keys", tt.id)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: clean-up %q, want %q", tt.id, got, tt.want)
		}
	}
	if c := find(t, p, "webhooks-create.valid.required"); fmt.Sprint(c.Act.Capture) != "[{ID /id true }]" {
		t.Errorf("captured %v", c.Act.Capture)
	}
	if c := find(t, p, "webhooks-create.unauthenticated.missing.all"); names(c.Steps()) != "webhooks-create webhooks_list webhooks-create webhooks-remove webhooks-remove" {
		t.Errorf("steps %v", names(c.Steps()))
	}
}

func TestObserve_OnlyWhereAsked(t *testing.T) {
	const shown = "order_id=$ORDER_ID&payment_type=cc, ach"
	readBacks := func(p *plan.Plan, id string) (list []string) {
		for _, s := range find(t, p, id).Observe {
			var query []string
			for _, f := range s.Request.Query {
				query = append(query, f.Name+"="+f.Value.Show())
			}
			if s.ReadBack != nil {
				list = append(list, s.ReadBack.Rows+s.ReadBack.Field+"="+s.ReadBack.Value.Show()+" "+strings.Join(query, "&"))
			}
		}
		return list
	}
	p := ourPlan(t, 1)
	for id, want := range map[string]string{
		"payment-auth.valid.required":                                 "/data/transactions/order_id=$ORDER_ID " + shown,
		"payment-auth.malformed.missing.transaction-data-month":       "/data/transactions/order_id=$ORDER_ID " + shown,
		"payment-auth.malformed.syntax.truncated":                     "/data/transactions/order_id=$ORDER_ID " + shown,
		"payment-sale-manual.unauthenticated.missing.all":             "/data/transactions/order_id=$ORDER_ID " + shown,
		"payment-sale-manual.outcome.internal.card":                   "/data/transactions/order_id=$ORDER_ID " + shown,
		"payment-auth.forbidden.pair.AppKey":                          "/data/transactions/order_id=$ORDER_ID " + shown,
		"webhooks-create.malformed.missing.transaction-data-mid":      "/data/webhooks/endpoint=https://sink.example.test/$HOOK_ADDRESS ",
		"payment-auth.outcome.refused.card-1":                         "",
		"payment-auth.not-found.path":                                 "",
		"payment-auth.malformed.empty":                                "", // carries no order id
		"payment-auth.malformed.type.transaction-data-orderid.number": "",
		"payment-auth.malformed.missing.transaction-data":             "",
	} {
		if got := strings.Join(readBacks(p, id), " and "); got != want {
			t.Errorf("%s is read back by %q, want %q", id, got, want)
		}
	}
	p = ourPlanWith(t, ourFixtures+"cannot: {RH-NIL-1: why, RH-NIL-2: why, RH-NIL-3: why}", 1)
	for _, c := range p.Cases {
		if len(readBacks(p, c.ID)) > 0 {
			t.Errorf("%s is read back for nobody", c.ID)
		}
	}
}

// checksOf lists the checks that a case is observed for, in order.
func checksOf(c *plan.Case) string {
	var list []string
	for _, s := range c.Observe {
		list = append(list, s.Check)
	}
	return strings.Join(list, " ")
}

func TestObserve_RepeatsAndCorrects(t *testing.T) {
	p := ourPlan(t, 1)
	for id, want := range map[string]string{
		"payment-auth.unauthenticated.missing.all":                        "no-trace retry",
		"payment-auth.forbidden.revoked":                                  "repeat no-trace retry",
		"payment-sale-manual.outcome.internal.card":                       "no-trace retry",
		"payment-sale-token.outcome.internal.card":                        "no-trace", // its token is one that fails
		"payment-auth.not-found.path":                                     "retry",
		"transactions-fetch-one.not-found.path":                           "retry",
		"transactions-fetch-all.malformed.ours.bound.query-limit.minimum": "", // has no effect
		"payment-auth.outcome.refused.card-1":                             "",
		"payment-capture.not-found.foreign":                               "alike alike retry",
	} {
		if got := checksOf(find(t, p, id)); got != want {
			t.Errorf("%s is observed for %q, want %q", id, got, want)
		}
	}
	c := find(t, p, "payment-auth.forbidden.revoked")
	again, corrected := c.Observe[0], c.Observe[2]
	if !reflect.DeepEqual(again.Request, c.Act.Request) || again.After() != plan.Rejection {
		t.Errorf("repeated as %+v", again)
	}
	for _, name := range []string{"$ORDER_ID", "$IDEMPOTENCY_KEY"} { // both stay usable
		for _, r := range []plan.Request{c.Act.Request, corrected.Request} {
			if text := r.Body.Show() + header(r, "Qor-Idempotent-Key"); !strings.Contains(plan.Template(text).Show(), name) {
				t.Errorf("%s is not in %s", name, text)
			}
		}
	}
	if header(corrected.Request, "Qor-App-Key") != string(plan.TemplateOf(plan.FromCredential, "valid", "AppKey")) || corrected.After() != plan.Rejection {
		t.Errorf("corrected to %+v", corrected)
	}
}

func TestNoTrace_NeedsAControl(t *testing.T) {
	p := ourPlanWith(t, ourFixtures+"cannot: {payment-auth.RH-200-1: why}", 1)
	if o := p.Obligation("payment-auth.RH-NIL-1"); len(o.Cases) == 0 || !strings.Contains(o.Lacks, "would prove nothing") {
		t.Errorf("%d cases, lacks %q", len(o.Cases), o.Lacks)
	}
	if o := p.Obligation("payment-sale-manual.RH-NIL-1"); o.Lacks != "" {
		t.Errorf("lacks %q", o.Lacks)
	}
}

// What is read at a path is removed there: a link to the one prepares the other.
func TestPreparation_IsSharedByAPath(t *testing.T) {
	d := described(t, `
paths:
  /a: {post: {operationId: make, responses: {"201": {description: d, links: {read: {operationRef: '#/paths/~1a~1{id}/get', parameters: {id: $response.body#/id}}}}}}}
  /a/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: read, responses: {"200": {description: d}}}
    delete: {operationId: remove, responses: {"204": {description: d}}}
  /a/{id}/b/{n}:
    get: {operationId: other, parameters: [{name: id, in: path, required: true, schema: {type: string}}, {name: n, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}
`)
	p := planned(t, d, every(t), fixtures(t, ""))
	for id, want := range map[string]string{"read.valid.required": "/a/$ID", "remove.valid.required": "/a/$ID", "other.valid.required": "/a/$INVENTED_ID/b/$INVENTED_N"} {
		if c := find(t, p, id); c.Act.Request.Path.Show() != want || (len(c.Prepare) == 1) != (id != "other.valid.required") {
			t.Errorf("%s goes to %s after %d steps, want %s", id, c.Act.Request.Path.Show(), len(c.Prepare), want)
		}
	}
}
