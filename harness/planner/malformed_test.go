package planner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

// faultsOf lists what the cases of a kind break, as pointer keyword value.
func faultsOf(p *plan.Plan, operation, kind string) []string {
	var list []string
	for _, c := range p.Cases {
		if c.Operation == operation && c.Kind == kind {
			list = append(list, strings.TrimSpace(c.Fault.Pointer+" "+c.Fault.Keyword+" "+c.Fault.Sent))
		}
	}
	slices.Sort(list)
	return list
}

const everyKeyword = `
paths:
  /a:
    post:
      operationId: a
      parameters:
        - {name: n, in: query, required: true, schema: {type: integer, minimum: 1, maximum: 5}, example: 2}
        - {name: s, in: query, schema: {type: string, enum: [x, xx]}}
        - {name: X-H, in: header, required: true, schema: {type: string, pattern: '^[a-z]+$', maxLength: 4}, example: abc}
        - {name: Idem, in: header, schema: {type: string, maxLength: 2}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [b, i, w]
              properties:
                b: {type: boolean}
                e: {type: integer, enum: [1, 2]}
                i: {type: integer, minimum: 3, maximum: 9, example: 4}
                k: {type: string, enum: [v, vx]}
                l: {type: string, maxLength: 3, example: ab}
                o: {type: object, required: [in], properties: {in: {type: string}}}
                p: {type: string, pattern: '\S'}
                r: {type: string, readOnly: true}
                u: {}
                w: {type: object, required: [q], properties: {q: {type: string, pattern: '\S', example: z}, z: {type: string}}}
      responses: {"200": {description: d}}
x-conformance: {idempotency: {header: idem, name: IDEM}}
`

func TestFields_BrokenInEachWayOnce(t *testing.T) {
	p := planned(t, described(t, everyKeyword), every(t), fixtures(t, ""))
	for kind, want := range map[string][]string{
		"malformed.missing": {"/b required nothing", "/b required nothing", "/b type null", "/i required nothing", "/i required nothing", "/i type null", "/o/in required nothing", "/o/in required nothing", "/o/in type null", `/w required "an object within an object"`, "/w required nothing", "/w required nothing", "/w type null", "/w/q required nothing", "/w/q required nothing", "/w/q type null", "header:X-H required nothing", "query:n required nothing", "type null"},
		"malformed.null":    {"/e type null", "/k type null", "/l type null", "/o type null", "/p type null", "/w/z type null"},
		"malformed.blank":   {`/w/q blank "   "`, `/w/q blank ""`, `header:X-H blank ""`},
		"malformed.enum":    {`/e enum 3`, `/k enum "V"`, `/k enum "v "`, `/k enum "vxx"`, "query:s enum X", "query:s enum xxx"},
		"malformed.pattern": {`/p pattern "   "`, "header:X-H pattern ABC", "header:X-H pattern ab?"},
		"malformed.length":  {`/l maxLength "abbb"`, "header:X-H maxLength abccc"},
		"malformed.bound":   {"/i maximum 10", "/i minimum 2", "query:n maximum 6", "query:n minimum 0"},
	} {
		got := faultsOf(p, "a", kind)
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%s breaks\n%q, want\n%q; dropped %v", kind, got, want, p.Dropped)
		}
	}
	types := map[string]int{}
	for _, fault := range faultsOf(p, "a", "malformed.type") {
		types[strings.Fields(fault)[0]]++
	}
	if got := fmt.Sprint(types); got != "map[/b:4 /e:5 /i:5 /k:4 /l:4 /o:4 /o/in:4 /p:4 /w:4 /w/q:4 /w/z:4 query:n:2 type:4]" {
		t.Errorf("types broken: %s", got)
	}
}

func TestBody_EachFault(t *testing.T) {
	p := ourPlan(t, 1)
	sent := map[string]string{}
	for _, c := range p.Cases {
		if c.Operation == "payment-void" && (c.Kind == "malformed.syntax" || c.Kind == "malformed.empty" || c.Kind == "malformed.media-type") {
			sent[strings.TrimPrefix(c.ID, "payment-void.malformed.")] = header(c.Act.Request, "Content-Type") + " " + c.Act.Request.Body.Show()
			if !c.Act.Request.HasBody {
				t.Errorf("%s has no body", c.ID)
			}
		}
	}
	const good = `{"transaction_data":{"mid":"700100200","transaction_id":"$TRANSACTION_ID"}}`
	for what, want := range map[string]string{
		"syntax.truncated":        "application/json " + good[:len(good)-1],
		"syntax.trailing-comma":   "application/json " + good[:len(good)-1] + ",}",
		"syntax.comment":          "application/json {/* comment */" + good[1:],
		"syntax.single-quotes":    "application/json " + strings.ReplaceAll(good, `"`, `'`),
		"syntax.trailing-garbage": "application/json " + good + " garbage",
		"syntax.nul":              "application/json " + strings.Replace(good, `_ID"`, "_ID\x00\"", 1),
		"syntax.invalid-utf8":     "application/json " + strings.Replace(good, `_ID"`, "_ID\xff\"", 1),
		"empty":                   "application/json ",
		"media-type.text":         "text/plain " + good,
		"media-type.none":         " " + good,
		"media-type.xml":          "application/xml " + good,
		"media-type.near":         "application/jsonx " + good,
	} {
		if got := strings.Replace(sent[what], `"orderid":"$ORDER_ID",`, "", 1); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
		delete(sent, what)
	}
	if len(sent) > 0 {
		t.Errorf("also sent: %v", sent)
	}
}

func TestBody_SyntaxIsBroken(t *testing.T) {
	for _, tt := range []struct{ claim, schema, want, dropped string }{
		{
			"a list", "{type: array, minItems: 1, items: {type: string, example: x}}",
			"[\"x\x00\"] [\"x\" [\"x\",] [\"x\"] garbage [\"x\xff\"] ['x'] [/* comment */\"x\"]", "",
		},
		{
			"an object without a mandatory field", "{type: object, properties: {b: {type: string}}}",
			"{ {,} {/* comment */} {}\x00 {} garbage {}\xff", "",
		},
		{"a text", "{type: string, example: x}", "", ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := described(t, "paths: {/a: {post: {operationId: a, requestBody: {required: true, content: {application/json: {schema: "+tt.schema+"}}}, responses: {'200': {description: d}}}}}")
			p := planned(t, d, requirements(t, rule("R-400", "all", "malformed.syntax, malformed.empty, malformed.lax", "400")), fixtures(t, ""))
			var sent []string
			for _, c := range p.Cases {
				if c.Kind == "malformed.syntax" {
					sent = append(sent, c.Act.Request.Body.Show())
				}
			}
			slices.Sort(sent)
			if got := strings.Join(sent, " "); got != tt.want {
				t.Errorf("sent %q, want %q", got, tt.want)
			}
			if !slices.Contains(ids(p), "a.malformed.empty") {
				t.Error("no empty body is sent")
			}
			var dropped []string
			for _, one := range p.Dropped {
				dropped = append(dropped, one.ID+": "+one.Reason)
			}
			if got := strings.Join(dropped, "; "); got != tt.dropped {
				t.Errorf("dropped %q, want %q", got, tt.dropped)
			}
		})
	}
}

func TestBody_OptionalMayBeEmpty(t *testing.T) {
	d := described(t, "paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {type: object}}}}, responses: {'200': {description: d}}}}}")
	p := planned(t, d, requirements(t, rule("R-400", "all", "malformed.empty", "400")), fixtures(t, ""))
	if o := p.Obligation("a.R-400"); len(o.Cases) > 0 || o.Inapplicable != "the operation may go without a body" {
		t.Errorf("%d cases, not applicable because %q", len(o.Cases), o.Inapplicable)
	}
}

func TestCaseIDs_OfTwoFields(t *testing.T) {
	d := described(t, "paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {type: object, required: [b, b_c], properties: {b_c: {type: string}, b: {type: object, required: [c], properties: {c: {type: string}}}}}}}}, responses: {'200': {description: d}}}}}")
	p := planned(t, d, requirements(t, rule("R-400", "all", "malformed.type", "400")), fixtures(t, ""))
	got := ids(p)
	if slices.Sort(got); len(got) != 16 || len(slices.Compact(slices.Clone(got))) != 16 {
		t.Errorf("%d ids, want 16 that differ: %q", len(got), got)
	}
}

func TestCoverage_HasNoHole(t *testing.T) {
	p := ourPlan(t, 1)
	rows := Coverage(p)
	if len(rows) < 500 {
		t.Errorf("only %d keywords", len(rows))
	}
	for _, row := range rows {
		if row.Malformed == 0 && row.Reason == "" {
			t.Errorf("%s: no case breaks %s at %s, and no reason says why", row.Operation, row.Keyword, row.Pointer)
		}
	}
	for _, d := range p.Dropped {
		if !strings.Contains(d.ID, "malformed.length.transaction-data-creditcard") && !strings.HasSuffix(d.ID, ".format") && !strings.HasPrefix(d.ID, "payment-sale.valid.branch") && !strings.Contains(d.ID, ".not-found.other.") && !strings.Contains(d.Reason, "test_cards") {
			t.Errorf("dropped %s: %s", d.ID, d.Reason)
		}
	}
}

func TestCoverage_ShowsAHole(t *testing.T) {
	d := described(t, "paths: {/a: {post: {operationId: a, requestBody: {content: {application/json: {schema: {type: object, required: [b], properties: {b: {type: string, maxLength: 3}}}}}}, responses: {'200': {description: d}}}}}")
	p := planned(t, d, requirements(t, rule("R-400", "all", "malformed", "400")), fixtures(t, ""))
	p.Cases = nil
	holes := 0
	for _, row := range Coverage(p) {
		if row.Malformed == 0 && row.Reason == "" {
			holes++
		}
	}
	if holes != 4 { // type of the body, required, type and maxLength of b
		t.Errorf("%d holes in a plan without cases, want 4: %v", holes, Coverage(p))
	}
}

// What a parameter's case was dropped for is found beside a form, too: the places of
// a form have a name of their own, those of parameters have not.
func TestCoverage_DroppedBesideAForm(t *testing.T) {
	d := described(t, "paths: {/a: {post: {operationId: a, parameters: [{name: X-H, in: header, schema: {type: string, enum: [y]}}, {name: c, in: cookie, required: true, schema: {type: string}, example: 'a b'}], requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}}}, responses: {'200': {description: d}}}}}")
	p := planned(t, d, requirements(t, rule("R-400", "all", "malformed", "400")), fixtures(t, ""))
	for _, row := range Coverage(p) {
		if row.Pointer == "header:X-H" && row.Keyword == "enum" {
			if row.Malformed != 0 || !strings.HasPrefix(row.Reason, "dropped: ") {
				t.Errorf("%d cases, %q", row.Malformed, row.Reason)
			}
			return
		}
	}
	t.Error("the parameter has no row")
}

// A request that is wrong in two ways gets one answer: credentials are judged first,
// what the request is about last.
func TestPrecedence(t *testing.T) {
	p := ourPlan(t, 1)
	for id, want := range map[string]struct {
		status int
		body   []string
	}{
		"payment-capture.unauthenticated.malformed":    {401, []string{`"mid":"700100200"`, `"transaction_id":"$TRANSACTION_ID"`}},
		"payment-capture.forbidden.malformed":          {403, []string{`"mid":"700100200"`, `"transaction_id":"$TRANSACTION_ID"`}},
		"payment-capture.forbidden.malformed-of-other": {403, []string{`"mid":"700100300"`, `"transaction_id":"$TRANSACTION_ID"`}},
		"payment-capture.malformed.unknown-id":         {400, []string{`"mid":"700100200"`, `"transaction_id":"$UNKNOWN_TRANSACTION_ID"`}},
		"payment-sale-manual.forbidden.malformed":      {403, []string{`"mid":"700100200"`}},
		"payment-sale-token.malformed.unknown-id":      {400, []string{`"creditcard":"$UNKNOWN_TOKEN"`}},
	} {
		c := find(t, p, id)
		body := c.Act.Request.Body.Show()
		if c.Fault == nil || c.Fault.Pointer != "/transaction_data/amount" || c.Fault.Keyword != "pattern" || !slices.Equal(c.Expect.Statuses, []int{want.status}) {
			t.Errorf("%s: %v for %+v", id, c.Expect.Statuses, c.Fault)
		}
		for _, part := range want.body {
			if !strings.Contains(body, part) {
				t.Errorf("%s sends %s, without %s", id, body, part)
			}
		}
	}
	if slices.ContainsFunc(p.Cases, func(c *plan.Case) bool { return c.ID == "payment-sale-manual.malformed.unknown-id" }) {
		t.Error("a request about nothing names something unknown")
	}
}

// What cannot be read comes before whose it is, and what is missing before what it is about.
func TestPrecedence_PairsOfFaults(t *testing.T) {
	p := ourPlan(t, 1)
	for id, want := range map[string]string{
		"payment-void.malformed.of-other.truncated":           `"mid":"700100300"`,
		"payment-void.malformed.of-other.trailing-garbage":    `"mid":"700100300"`,
		"cash-sale.malformed.of-other.text":                   `"mid":"700100300"`,
		"payment-refund.malformed.unknown-id.without-mid":     `"transaction_id":"$UNKNOWN_TRANSACTION_ID"`,
		"ach-refund.malformed.unknown-id.without-orderid":     `"transaction_id":"$UNKNOWN_TRANSACTION_ID"`,
		"payment-auth-token.malformed.unknown-id.without-cvv": `"creditcard":"$UNKNOWN_TOKEN"`,
	} {
		c := find(t, p, id)
		if body := c.Act.Request.Body.Show(); !strings.Contains(body, want) || !slices.Contains(c.Expect.Statuses, 400) || slices.Contains(c.Expect.Statuses, 404) {
			t.Errorf("%s: %v for %s", id, c.Expect.Statuses, body)
		}
		if name, ok := strings.CutPrefix(id[strings.LastIndex(id, ".")+1:], "without-"); ok && strings.Contains(c.Act.Request.Body.Show(), `"`+name+`"`) {
			t.Errorf("%s names %s", id, name)
		}
	}
}

func TestPrecedence_OptionalCredentials(t *testing.T) {
	d := described(t, `
paths: {/a: {post: {operationId: a, security: [{}, {T: []}], requestBody: {content: {application/json: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}}}, responses: {'200': {description: d}, '400': {description: d}}}}}
components: {securitySchemes: {T: {type: http, scheme: bearer}}}`)
	p := planned(t, d, requirements(t, rule("R-401", "[a]", "unauthenticated, unauthenticated.malformed", "401")+rule("R-403", "[a]", "forbidden, forbidden.malformed", "403")), fixtures(t, "credentials: {valid: {T: t1}}"))
	if len(p.Cases) > 0 || p.Obligation("a.R-401").Inapplicable == "" || p.Obligation("a.R-403").Inapplicable == "" {
		t.Errorf("%d cases, first %+v", len(p.Cases), p.Cases)
	}
}

// What a request gets that is wrong in two ways is promised by few.
func TestPrecedence_NamedInFull(t *testing.T) {
	d := described(t, `
paths: {/a: {post: {operationId: a, security: [{T: []}], requestBody: {content: {application/json: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}}}, responses: {'200': {description: d}}}}}
components: {securitySchemes: {T: {type: http, scheme: bearer}}}`)
	for cases, want := range map[string]int{"unauthenticated": 0, "unauthenticated, unauthenticated.malformed": 3} {
		p := planned(t, d, requirements(t, rule("R-401", "[a]", cases, "401")), fixtures(t, "credentials: {valid: {T: t1}}"))
		n := 0
		for _, c := range p.Cases {
			if c.Kind == "unauthenticated.malformed" {
				n++
			}
		}
		if n != want || len(p.Cases) <= n {
			t.Errorf("cases: [%s]: %d of %d cases are wrong in two ways, want %d", cases, n, len(p.Cases), want)
		}
	}
}

func TestPrecedence_MissingMerchant(t *testing.T) {
	p := ourPlanWith(t, strings.Replace(ourFixtures, `other: "700100300"`, `third: "700100300"`, 1), 1)
	for id, want := range map[string]string{"payment-capture.RH-403-9": "add to f.yaml: merchants.other", "payment-capture.RH-403-8": "", "payment-capture.RH-400-6": ""} {
		if got := p.Obligation(id).Lacks; got != want {
			t.Errorf("%s lacks %q, want %q", id, got, want)
		}
	}
}
