package planner

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

const ourFixtures = `
credentials:
  valid:          { AppKey: T5270812718615729135, ClientKey: c9a6877e0bc2cfb31b34009a9074f2e9 }
  revoked:        { AppKey: T9341061893339580045, ClientKey: e22d58571fe15f924bae4f6bb84748db }
  no_rights:      { AppKey: T9483260601677929322, ClientKey: a7510d7fef2e6c64c423872b969959e1 }
  other_merchant: { AppKey: T1896143489362537078, ClientKey: c7046eac39cf45928c528e2e5a8b229c }
merchants: { main: "700100200", other: "700100300", refunds_off: "700100400" }
triggers:
  card:
    approved: { creditcard: "4571000000000001", cvv: "739", month: "09", year: "39" }
    refused: [ { creditcard: "4000000000000515" }, { creditcard: "370000000000416", cvv: "7391" } ]
    error: { creditcard: "4000000000009615" }
    internal: { creditcard: "4000000000500019" }
    capture_fails_later: { creditcard: "4000000000705113" }
    capture_refused: { creditcard: "4000000021006103" }
    capture_error: { creditcard: "4000000021009602" }
    capture_internal: { creditcard: "4000000021005006" }
    refund_refused: { creditcard: "4000000031005103" }
    refund_error: { creditcard: "4000000031009600" }
    refund_internal: { creditcard: "4000000031005004" }
    void_refused: { creditcard: "4000000041000508" }
    void_error: { creditcard: "4000000041009608" }
    void_internal: { creditcard: "4000000041005002" }
  ach:
    approved: { routing_number: "122000247", account_number: "000111222333", account_type: "1", account_nickname: main }
    refused: [ { account_number: "000111222511" } ]
    error: { account_number: "000111222960" }
    internal: { account_number: "000111222500" }
  cash:
    approved: { type: sale }
    refused: [ { amount: "7100.51" }, { amount: "7100.61" } ]
    error: { amount: "7100.96" }
    internal: { amount: "7100.50" }
settle: { method: post, url: /control/settle, body: { transaction_id: "{transaction_id}" } }
test_cards: ["4571000000000001", "4000000000000515", "370000000000416", "4000000000009615", "4000000000705113", "4000000000500019", "4000000021006103", "4000000021009602", "4000000021005006", "4000000031005103", "4000000031009600", "4000000031005004", "4000000041000508", "4000000041009608", "4000000041005002"]
`

func fixtures(t testing.TB, text string) *settings.Fixtures {
	t.Helper()
	if !strings.HasPrefix(text, "{") && !strings.Contains(text, "writes:") {
		text += "\nwrites: ['*']" // what may be sent is the matter of few tests
	}
	f, err := settings.ParseFixtures([]byte(text), "f.yaml", func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func requirements(t *testing.T, text string) *spec.Requirements {
	t.Helper()
	r, err := spec.ParseRequirements([]byte("version: 1\npages: {p: ''}\nrequirements:\n"+text), "r.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rule is one line of a requirement list: an id, what it is exercised by, and
// the statuses that it expects, or another check.
func rule(id, operations, cases, expect string) string {
	check := "status, expect: {statuses: [" + expect + "]}"
	if strings.Contains(expect, "-") {
		check = expect
	}
	return fmt.Sprintf("  - {id: %s, level: must, chapter: statuses, clause: {page: p, text: t}, sentence: answers, operations: %s, cases: [%s], check: %s}\n", id, operations, cases, check)
}

// every states an expected status for every kind of case.
func every(t *testing.T) *spec.Requirements {
	t.Helper()
	return requirements(t, rule("R-OK", "all", "valid, outcome", "success")+rule("R-400", "all", "malformed", "400")+
		rule("R-401", "all", "unauthenticated", "401")+rule("R-403", "all", "forbidden.unknown, forbidden.revoked, forbidden.pair, forbidden.rights, forbidden.merchant.other", "403")+
		rule("R-404", "all", "not-found", "404"))
}

func described(t *testing.T, text string) *spec.Description {
	t.Helper()
	if !strings.HasPrefix(text, "openapi") {
		text = "openapi: 3.0.3\ninfo: {title: t, version: \"1\"}\n" + text
	}
	d, err := spec.Parse([]byte(text), "d.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func planned(t *testing.T, d *spec.Description, r *spec.Requirements, f *settings.Fixtures) *plan.Plan {
	t.Helper()
	p, err := New(d, r, f, 1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ours are read once: no test changes them.
var ours = sync.OnceValues(func() (*spec.Description, *spec.Requirements) {
	d, err := spec.Parse(spec.BuiltInDescription(), "spec/qorcommerce.yaml")
	if err != nil {
		panic(err)
	}
	r, err := spec.ParseRequirements(spec.BuiltInRequirements(), "spec/requirements.yaml")
	if err != nil {
		panic(err)
	}
	return d, r
})

// readFixtures returns those of ourPlan.
func readFixtures(t *testing.T) *settings.Fixtures {
	t.Helper()
	return readOnce()
}

var readOnce = sync.OnceValue(func() *settings.Fixtures {
	f, err := settings.ParseFixtures([]byte(ourFixtures), "f.yaml", nil)
	if err != nil {
		panic(err)
	}
	return f
})

func ourPlan(t *testing.T, seed uint64) *plan.Plan {
	t.Helper()
	return ourPlanWith(t, ourFixtures, seed)
}

func ourPlanWith(t *testing.T, fixtureText string, seed uint64) *plan.Plan {
	t.Helper()
	key := fmt.Sprint(seed, fixtureText)
	if known, ok := plans.Load(key); ok {
		shared := *known.(*plan.Plan) // tests change the lists, not what they hold
		return &shared
	}
	d, r := ours()
	p, err := New(d, r, fixtures(t, fixtureText), seed)
	if err != nil {
		t.Fatal(err)
	}
	plans.Store(key, p)
	shared := *p
	return &shared
}

// plans keeps plans: planning is pure, and the same for all tests.
var plans sync.Map

func asJSON(t *testing.T, p *plan.Plan) string {
	t.Helper()
	data, err := json.Marshal(struct {
		Obligations []*plan.Obligation
		Cases       []*plan.Case
		Dropped     []plan.Dropped
		Preflight   *plan.Case
		Volume      plan.Volume
		Digest      string
	}{p.Obligations, p.Cases, p.Dropped, p.Preflight, Volume(p), p.Digest})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func find(t *testing.T, p *plan.Plan, id string) *plan.Case {
	t.Helper()
	for _, c := range p.Cases {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no case %s", id)
	return nil
}

func ids(p *plan.Plan) []string {
	var list []string
	for _, c := range p.Cases {
		list = append(list, c.ID)
	}
	slices.Sort(list)
	return list
}

// fill fills every placeholder as a run would, with invented answers.
func fill(t *testing.T, f *settings.Fixtures, text plan.Template) string {
	t.Helper()
	filled, err := text.Fill(func(p plan.Placeholder) (string, error) {
		switch p.Source {
		case plan.FromCredential:
			return f.Credential(p.Args[0], p.Args[1]), nil
		case plan.FromBasic:
			return base64.StdEncoding.EncodeToString([]byte(f.Credential(p.Args[0], p.Args[1]))), nil
		case plan.FromTrigger:
			return f.Trigger(p.Args[0], p.Args[1])[p.Args[2]], nil
		case plan.FromRun:
			longest, err := strconv.Atoi(p.Args[1])
			return plan.UniqueValue("run", "case", p.Args[0], longest), err
		case plan.FromAnswer, plan.UnlikeAnswer:
			if strings.HasPrefix(p.Args[0], "TOKEN") {
				return "111141$Zq81LmPa", nil
			}
			return "88770001", nil
		}
		if p.Source == plan.FromReceiver {
			return "http://127.0.0.1/" + p.Args[0], nil
		}
		return "", fmt.Errorf("unknown source %s", p.Source)
	})
	if err != nil {
		t.Fatal(err)
	}
	return filled
}

func TestNew_IsPure(t *testing.T) {
	one, other := ourPlan(t, 7), ourPlan(t, 8)
	plans.Clear() // made again, not remembered
	two := ourPlan(t, 7)
	if asJSON(t, one) != asJSON(t, two) {
		t.Error("two plans of one input differ")
	}
	if !slices.Equal(ids(one), ids(other)) {
		t.Error("the seed changes ids")
	}
	if asJSON(t, one) == asJSON(t, other) || one.Digest == other.Digest {
		t.Error("the seed changes nothing")
	}
}

func TestIDs_UniqueAndPlain(t *testing.T) {
	p := ourPlan(t, 1)
	valid, seen := regexp.MustCompile(`^[A-Za-z0-9.-]+$`), map[string]bool{}
	check := func(id string) {
		if !valid.MatchString(id) || seen[id] {
			t.Errorf("id %q", id)
		}
		seen[id] = true
	}
	for _, o := range p.Obligations {
		check(o.ID)
	}
	for _, c := range p.Cases {
		check(c.ID)
	}
	if p.Obligation("payment-auth.RH-401-1") == nil || p.Obligation("nobody") != nil {
		t.Error("an obligation is found by its id, and only it")
	}
}

func TestNew_HoldsNoSecret(t *testing.T) {
	p := ourPlan(t, 1)
	var b strings.Builder
	b.WriteString(asJSON(t, p))
	for _, c := range p.Cases {
		for _, s := range c.Steps() {
			fmt.Fprint(&b, s) // the templates themselves
		}
	}
	text := b.String()
	credentials, cards := readFixtures(t).Secrets()
	for _, secret := range slices.Concat(credentials, cards, []string{`"739`, `"7391`, "__origin__"}) {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("the plan holds %q", secret)
		}
	}
	if len(credentials) != 10 || len(cards) != 15 {
		t.Errorf("%d credentials, %d cards were looked for", len(credentials), len(cards))
	}
}

func TestObligations_RequirementsTimesOperations(t *testing.T) {
	p := ourPlan(t, 1)
	want := 0
	for _, q := range p.Requirements.List {
		switch {
		case !q.Tested():
		case q.Operations.All:
			want += len(p.Description.Operations)
		default:
			want += len(q.Operations.IDs)
		}
	}
	if len(p.Obligations) != want || want == 0 {
		t.Errorf("%d obligations, want %d", len(p.Obligations), want)
	}
	serving := map[string][]string{}
	for _, c := range p.Cases {
		if len(c.Obligations) == 0 || !slices.Contains([]string{checkStatus, spec.CheckFlow}, p.Obligation(c.Obligations[0]).Requirement.Check) {
			t.Errorf("%s: the obligation that states its status does not come first: %v", c.ID, c.Obligations)
		}
		for _, id := range c.Obligations {
			serving[id] = append(serving[id], c.ID)
		}
	}
	for _, o := range p.Obligations {
		if !slices.Equal(slices.Sorted(slices.Values(o.Cases)), slices.Sorted(slices.Values(serving[o.ID]))) {
			t.Errorf("%s names %v, and %v serve it", o.ID, o.Cases, serving[o.ID])
		}
		if len(o.Cases) == 0 || o.Lacks != "" || o.Unsupported != "" {
			t.Errorf("%s is not exercised: %d cases %q %q", o.ID, len(o.Cases), o.Lacks, o.Unsupported)
		}
		if !strings.HasPrefix(o.Sentence, o.Operation.ID+" ") {
			t.Errorf("%s: sentence %q", o.ID, o.Sentence)
		}
	}
}

func TestOnly(t *testing.T) {
	p := ourPlan(t, 1)
	before := asJSON(t, p)
	small := p.Only(func(o *plan.Obligation) bool { return o.ID == "payment-auth.RH-401-1" })
	if len(small.Obligations) != 1 || len(small.Cases) != 7 || small.Digest == p.Digest {
		t.Errorf("%d obligations, %d cases", len(small.Obligations), len(small.Cases))
	}
	for _, c := range small.Cases {
		if !slices.Equal(c.Obligations, []string{"payment-auth.RH-401-1"}) {
			t.Errorf("%s serves %v", c.ID, c.Obligations)
		}
	}
	if asJSON(t, p) != before {
		t.Error("the plan itself is changed")
	}
	if none := p.Only(func(*plan.Obligation) bool { return false }); len(none.Cases)+len(none.Obligations) != 0 {
		t.Error("something is left of nothing")
	}
}

const shop = `
x-conformance:
  amounts: {fields: [/amount], currency: EUR}
paths:
  /orders:
    post:
      operationId: order
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [amount], properties: {amount: {type: string, pattern: '^[0-9.]+$', example: "2.50"}}}}}}
      responses:
        "201": {description: d, links: {cancel: {operationId: cancel, parameters: {id: $response.body#/id}}, read: {operationId: read, parameters: {id: $response.body#/id}}}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: read, responses: {"200": {description: d}}}
    delete: {operationId: cancel, responses: {"200": {description: d}}}
  /ping:
    get: {operationId: ping, responses: {"200": {description: d}}}
`

func TestVolume(t *testing.T) {
	p := planned(t, described(t, shop), requirements(t, rule("R-OK", "all", "valid", "success")+rule("R-400", "[order]", "malformed.missing", "400")), fixtures(t, ""))
	// cancel: order, cancel, clean-up · order: order, clean-up · order without amount, clean-up ·
	// read: order, read, clean-up · ping · preflight: ping
	want := plan.Volume{Requests: 16, Writes: 13, Money: []plan.Sum{{Currency: "EUR", Amount: "7.50", Requests: 3}}, Effects: []plan.EffectVolume{
		{Operation: "cancel", Effect: spec.Changes, Requests: 7, Undone: 1}, {Operation: "order", Effect: spec.Makes, Requests: 6, Undone: 4},
	}}
	if got := Volume(p); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v; cases %v", got, want, ids(p))
	}
	if p.Preflight == nil || p.Preflight.ID != "ping.valid.required" {
		t.Errorf("preflight %v, want the read that needs no preparation", p.Preflight)
	}
	if v := Volume(p.Only(func(*plan.Obligation) bool { return false })); v.Money != nil || v.Requests != 1 {
		t.Errorf("nothing comes to %+v", v)
	}
}

// TestOrder_RefusingCasesComeLast: whatever the seed, no payment of another case
// is announced to an address that refuses.
func TestOrder_RefusingCasesComeLast(t *testing.T) {
	for seed := range uint64(3) {
		refusing := false
		for _, c := range ourPlan(t, seed+1).Cases {
			switch {
			case strings.HasPrefix(c.Kind, "message.again"):
				refusing = true
			case refusing:
				t.Fatalf("seed %d: %s comes after a case that refuses messages", seed+1, c.ID)
			}
		}
		if !refusing {
			t.Errorf("seed %d: no case refuses messages", seed+1)
		}
	}
}
