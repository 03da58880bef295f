package planner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

const secured = `
security: [{K: []}]
paths:
  /a: {get: {operationId: a, responses: {"200": {description: d}}}}
  /b: {get: {operationId: b, responses: {"200": {description: d}}}}
components: {securitySchemes: {K: {type: apiKey, in: header, name: X-Key}}}
`

const keys = "credentials: {valid: {K: k1}}\n"

func TestNew_UnknownNames(t *testing.T) {
	ok := rule("R-OK", "all", "valid", "success")
	for _, tt := range []struct{ claim, requirements, fixtures, want string }{
		{"an unknown operation", ok + rule("R-X", "[nobody]", "not-found", "404"), keys, `r.yaml: requirement R-X: no operation of d.yaml has the id "nobody"`},
		{"an unknown kind", ok + rule("R-X", "all", "notfound", "404"), keys, `R-X: unknown kind of cases "notfound"; allowed: valid.example,`},
		{"the beginning of a word is no kind", ok + rule("R-X", "all", "not", "404"), keys, `unknown kind of cases "not"`},
		{"a kind that goes on where none does", ok + rule("R-X", "all", "malformed.type.number", "400"), keys, `unknown kind of cases "malformed.type.number"`},
		{"two expected statuses for one kind", ok + rule("R-X", "[b]", "valid.required", "200"), keys, "requirements R-OK and R-X both state the expected status of valid.required cases on b"},
		{"two expected statuses for one merchant", rule("R-X", "all", "forbidden", "403") + rule("R-Y", "[a]", "forbidden.merchant.other", "403"), keys, "R-X and R-Y both state"},
		{"two expected statuses for all kinds", rule("R-X", "all", "", "200") + rule("R-Y", "[a]", "not-found", "404"), keys, "R-X and R-Y both state"},
		{"a permission for an unknown operation", ok, keys + "known: {sale: [{id: '7', may: [refnd]}]}\n", `f.yaml: known.sale[0].may: no operation of d.yaml has the id "refnd"; valid ids: `},
		{"credentials of an unknown scheme", ok, "credentials: {valid: {K: k1, L: l1}}\n", `f.yaml: credentials.valid: unknown security scheme "L"; allowed: K`},
		{"no valid credentials", ok, "", "f.yaml: credentials.valid lacks K, which operation a needs"},
		{"an unknown id under cannot", ok, keys + "cannot: {R-NO: why}", `f.yaml: cannot: "R-NO": no requirement or obligation has this id`},
		{"an obligation that is none under cannot", ok, keys + "cannot: {c.R-OK: why}", `cannot: "c.R-OK"`},
		{"no reason under cannot", ok, keys + "cannot: {R-OK: ''}", "cannot: R-OK: the reason is missing"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			_, err := New(described(t, secured), requirements(t, tt.requirements), fixtures(t, tt.fixtures), 1)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}

func TestObligationIDs_OfTwoOperations(t *testing.T) {
	d := described(t, `paths: {/a: {get: {operationId: x_y, responses: {"200": {description: d}}}}, /b: {get: {operationId: x-y, responses: {"200": {description: d}}}}}`)
	p, err := New(d, every(t), fixtures(t, ""), 1)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]string{}
	for _, c := range p.Cases {
		prefix, _, _ := strings.Cut(c.ID, ".")
		if other, ok := of[prefix]; ok && other != c.Operation {
			t.Errorf("case %s is of %s, others that begin so are of %s", c.ID, c.Operation, other)
		}
		of[prefix] = c.Operation
	}
	if len(of) != 2 || of["x-y"] != "x-y" {
		t.Errorf("cases begin with %v", of)
	}
}

func TestLacks_NamesWhatToAdd(t *testing.T) {
	without := func(line string) string {
		var kept []string
		for _, l := range strings.Split(ourFixtures, "\n") {
			if !strings.HasPrefix(strings.TrimSpace(l), line) {
				kept = append(kept, l)
			}
		}
		return strings.Join(kept, "\n")
	}
	for _, tt := range []struct{ claim, fixtures, obligation, want string }{
		{"no revoked keys", without("revoked"), "payment-void.RH-403-2", "add to f.yaml: credentials.revoked: { AppKey: …, ClientKey: … }"},
		{"no keys without rights", without("no_rights"), "webhooks-list.RH-403-4", "credentials.no_rights"},
		{"no keys of another merchant", without("other_merchant"), "payment-auth.RH-403-3", "credentials.other_merchant"},
		{"no other merchant", strings.ReplaceAll(ourFixtures, ", other: \"700100300\"", ""), "payment-auth.RH-403-5", "merchants.other"},
		{"no merchant without refunds", strings.ReplaceAll(ourFixtures, ", refunds_off: \"700100400\"", ""), "payment-refund.RH-403-6", "merchants.refunds_off"},
		{"no refused card", without("refused"), "payment-sale-manual.RH-200-3", "triggers.card.refused"},
		{"no card in error", without("error"), "payment-auth.RH-200-4", "triggers.card.error"},
		{"no card that breaks the platform", without("internal"), "payment-auth.RH-500-1", "triggers.card.internal"},
		{"no triggers at all", "credentials: {valid: {AppKey: T1, ClientKey: c1}}\ntest_cards: ['4111111111111111', '5500000000000004']", "payment-auth.RH-500-1", "triggers for the payment fields of payment-auth"},
		{"no way to settle", without("settle"), "payment-refund.RH-200-1", "add to f.yaml: settle: {"},
		{"no way to settle, for what a rejected refund leaves behind", without("settle"), "payment-refund.RH-NIL-1", "settle: {"},
		{"no way to settle, for a refund that is corrected", without("settle"), "payment-refund.RH-REP-4", "settle: {"},
		{"no way to settle, for another merchant's", without("settle"), "payment-refund.RH-404-7", "settle: {"},
		{"no way to settle, for a rejected refund", without("settle"), "payment-refund.RH-400-1", ""},
		{"no way to settle, for a refund without keys", without("settle"), "payment-refund.RH-401-1", ""},
		{"no way to settle, for a merchant without refunds", without("settle"), "payment-refund.RH-403-6", ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d, r := ours()
			p, err := NewPart(d, r, fixtures(t, tt.fixtures), 1, Part{Keep: func(o *plan.Obligation) bool { return o.ID == tt.obligation }})
			if err != nil {
				t.Fatal(err)
			}
			o := p.Obligation(tt.obligation)
			if !strings.Contains(o.Lacks, tt.want) || (tt.want == "") != (o.Lacks == "") || o.Unsupported != "" {
				t.Errorf("lacks %q, want %q", o.Lacks, tt.want)
			}
		})
	}
}

func TestCannot_IsUnsupportedAndNotSent(t *testing.T) {
	p := ourPlanWith(t, ourFixtures+"cannot: {RH-403-2: 'no key is ever revoked here', payment-auth.RH-404-2: 'a gateway answers'}", 1)
	for _, o := range p.Obligations {
		want := map[bool]string{true: "no key is ever revoked here"}[o.Requirement.ID == "RH-403-2"]
		if o.ID == "payment-auth.RH-404-2" {
			want = "a gateway answers"
		}
		if o.Unsupported != want || want != "" && len(o.Cases) > 0 {
			t.Errorf("%s: %q with %d cases, want %q", o.ID, o.Unsupported, len(o.Cases), want)
		}
	}
	for _, c := range p.Cases {
		if c.Kind == "forbidden.revoked" || c.Operation == "payment-auth" && c.Kind == "not-found.method" {
			t.Errorf("%s is sent though the environment cannot exercise it", c.ID)
		}
	}
	find(t, p, "payment-void.not-found.method.put")
}

func TestMerchantField_FaultHasTwoAnswers(t *testing.T) {
	p := ourPlan(t, 1)
	for id, want := range map[string]string{
		"payment-auth.malformed.missing.transaction-data-mid":             "[400 403]",
		"payment-auth.malformed.blank.transaction-data-mid.space":         "[400 403]",
		"payment-void.malformed.type.transaction-data-mid.number":         "[400 403]",
		"webhooks-create.malformed.length.transaction-data-mid.maxLength": "[400 403]",
		"payment-auth.malformed.missing.transaction-data":                 "[400 403]", // takes the merchant with it
		"payment-auth.malformed.missing.transaction-data-month":           "[400]",
		"payment-auth.malformed.empty":                                    "[400]",
		"payment-auth.malformed.media-type.text":                          "[400]",
		"payment-auth.malformed.syntax.truncated":                         "[400]",
		"payment-auth.forbidden.merchant.other":                           "[403]",
	} {
		if got := fmt.Sprint(find(t, p, id).Expect.Statuses); got != want {
			t.Errorf("%s expects %s, want %s", id, got, want)
		}
	}
}

func TestNoMessage_OnlyForCertainRejections(t *testing.T) {
	p := ourPlan(t, 1)
	seen := 0
	for _, c := range p.Cases {
		if c.Kind == "message.none" {
			seen++
			carriedOut := func(t spec.Tolerance) bool { return t.Status < 400 }
			if c.Fault.Keyword == "required" || slices.ContainsFunc(c.Expect.Tolerated, carriedOut) {
				t.Errorf("%s: %s is broken at %s, and may be answered otherwise: %v", c.ID, c.Fault.Keyword, c.Fault.Pointer, c.Expect.Tolerated)
			}
		}
	}
	if seen == 0 {
		t.Error("no case shows that nothing is told")
	}
}

func TestForm_TextInPlaceOfFields(t *testing.T) {
	p := ourPlan(t, 1)
	c := find(t, p, "payment-capture.malformed.missing.form.transaction-data.string")
	if c.Act.Request.Body != "transaction_data=text" || len(c.Expect.Tolerated) == 0 {
		t.Errorf("%s sends %s, tolerated: %v", c.ID, c.Act.Request.Body, c.Expect.Tolerated)
	}
}

func TestExpect_NoDocumentedSuccess(t *testing.T) {
	valid := requirements(t, rule("R-OK", "all", "valid", "success"))
	p := planned(t, described(t, `paths: {/a: {get: {operationId: a, responses: {'400': {description: d}}}}}`), valid, fixtures(t, ""))
	if o := p.Obligation("a.R-OK"); len(o.Cases) > 0 || !strings.Contains(o.Lacks, "documents no status of success") {
		t.Errorf("%d cases, lacks %q", len(o.Cases), o.Lacks)
	}
	p = planned(t, described(t, `paths: {/a: {get: {operationId: a, responses: {2XX: {description: d}}}}}`), valid, fixtures(t, ""))
	if got := find(t, p, "a.valid.required").Expect.Statuses; !slices.Contains(got, 200) || !slices.Contains(got, 204) {
		t.Errorf("2XX expects %v", got)
	}
}

func TestNew_OddDescriptions(t *testing.T) {
	for _, tt := range []struct {
		claim, text string
		least       int // cases
	}{
		{"no paths to speak of", "paths: {}", 0},
		{"no ids, parameters of the path", "paths: {'/a/{id}': {parameters: [{name: id, in: path, required: true, schema: {type: integer}}], get: {responses: {2XX: {description: d}}}}}", 3},
		{"a schema within itself", "paths: {/a: {post: {operationId: a, requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/N'}}}}, responses: {'200': {description: d}}}}}\ncomponents: {schemas: {N: {type: object, required: [v], properties: {v: {type: string}, n: {$ref: '#/components/schemas/N'}, l: {type: array, items: {$ref: '#/components/schemas/N'}}}}}}", 10},
		{"a schema within itself by allOf", "paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/N'}}}}, responses: {'200': {description: d}}}}}\ncomponents: {schemas: {N: {allOf: [{type: object, properties: {n: {$ref: '#/components/schemas/N'}}}]}}}", 3},
		{"a schema that demands itself without end", "paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/N'}}}}, responses: {'200': {description: d}}}}}\ncomponents: {schemas: {N: {type: object, required: [n], properties: {n: {$ref: '#/components/schemas/N'}}}}}", 0},
		{"a schema within itself in many places", "paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/N'}}}}, responses: {'200': {description: d}}}}}\ncomponents: {schemas: {N: {type: object, properties: {" + strings.Join(many("p%d: {$ref: '#/components/schemas/N'}", 20), ", ") + "}}}}", 20},
		{"a choice that is itself", "paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/N'}}}}, responses: {'200': {description: d}}}}}\ncomponents: {schemas: {N: {oneOf: [{$ref: '#/components/schemas/M'}, {type: string}]}, M: {anyOf: [{$ref: '#/components/schemas/N'}]}}}", 0},
		{"schemas without types", "paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {}}}}, responses: {'200': {description: d}}}}}", 1},
		{"an array as the body", "paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {type: array, items: {type: string}}}}}, responses: {'200': {description: d}}}}}", 3},
		{"OpenAPI 3.1", "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/a: {post: {operationId: a, requestBody: {required: true, content: {application/json: {schema: {type: object, required: [c, id], properties: {c: {const: x}, n: {type: [string, 'null']}, i: {type: integer, exclusiveMinimum: 3}, id: {type: string, readOnly: true}}}}}}, responses: {'200': {description: d}}}}}", 10},
		{"a cookie, a header and a list in the query", "paths: {/a: {get: {operationId: a, parameters: [{name: c, in: cookie, required: true, schema: {type: string}}, {name: X-H, in: header, required: true, schema: {type: integer}}, {name: l, in: query, required: true, schema: {type: array, items: {type: integer}}}], responses: {'200': {description: d}}}}}", 4},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			p := planned(t, described(t, tt.text), every(t), fixtures(t, ""))
			if len(p.Cases) < tt.least {
				t.Errorf("%d cases, want %d or more; dropped %v", len(p.Cases), tt.least, p.Dropped)
			}
		})
	}
}

func many(format string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i)
	}
	return list
}
