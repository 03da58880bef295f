package verdict

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// bound is a requirement with a check that binds a target more or less.
type bound struct {
	check string
	level spec.Level
	basis spec.Basis
}

func must(check string) bound   { return bound{check, spec.Must, spec.OfPage} }
func should(check string) bound { return bound{check, spec.Should, spec.OfPage} }

// TestAttribute: of one response one finding is the primary one, and what follows from
// it is inconclusive because of it.
func TestAttribute(t *testing.T) {
	answer := func(status int, media, body string) *exchange.Answer {
		return &exchange.Answer{Status: status, Proto: "HTTP/1.1", Header: http.Header{"X-Trace": {"t"}, "Content-Type": {media}}, Body: []byte(body)}
	}
	json := "application/json"
	for _, tt := range []struct {
		claim   string
		expect  plan.Expect
		answer  *exchange.Answer
		observe []exchange.Record
		judged  []bound
		fails   string // checks
		follows string // check of check
	}{
		{"a wrong status explains the error body that is missing", plan.NewExpect("", 401), answer(400, json, ""), nil,
			[]bound{must("error-body"), must("status"), must("media-type")}, "status", "error-body of status, media-type of status"},
		{"a wrong media type explains the body that is no JSON", plan.NewExpect("", 400), answer(400, "text/html", "<p>"), nil,
			[]bound{must("error-body"), must("media-type")}, "media-type", "error-body of media-type"},
		{"the label is judged before the body", plan.NewExpect("", 200), answer(200, json, `{"id":"1","status":"approved"}</html>`), nil,
			[]bound{must("schema"), must("media-type")}, "media-type", "schema of media-type"},
		{"among this run's obligations", plan.NewExpect("", 200), answer(200, json, `{"id":"1","status":"approved"}</html>`), nil,
			[]bound{must("schema")}, "schema", ""},
		{"a should explains no must", plan.NewExpect("", 200), answer(200, json, `{"id":"1","status":"approved"}</html>`), nil,
			[]bound{must("schema"), should("media-type")}, "schema, media-type", ""},
		{"a must explains a should", plan.NewExpect("", 401), answer(418, json, "{}"), nil,
			[]bound{should("documented-status"), must("status")}, "status", "documented-status of status"},
		{"a reading explains no should of the page", plan.NewExpect("", 200), answer(200, json, `{"id":"1","status":"approved"}</html>`), nil,
			[]bound{should("schema"), {"media-type", spec.Should, spec.OfReading}}, "schema, media-type", ""},
		{"a wrong type leaves the other fields to judge", plan.NewExpect("", 200), answer(200, json, `{"id":1,"status":"declined","code":"00","message":"no"}`), nil,
			[]bound{must("code"), must("schema")}, "code, schema", ""},
		{"a field of a wrong type explains what its content breaks", plan.NewExpect("", 200), answer(200, json, `{"id":"1","status":"declined","message":7}`), nil,
			[]bound{must("reason"), must("schema")}, "reason", ""},
		{"another outcome explains the code that goes with it", plan.NewExpect(spec.Succeeded, 200), answer(200, json, `{"id":"1","status":"declined","code":"00","message":"no"}`), nil,
			[]bound{must("code"), must("status")}, "status", "code of status"},
		{"what is leaked is leaked in any response", plan.NewExpect("", 400), answer(500, json, `{"code":"1","message":"at /srv/app.go:7"}`), nil,
			[]bound{must("no-inside"), must("status")}, "no-inside, status", ""},
		{"a trace after an error is not explained by its status", plan.NewExpect("", 400), answer(500, json, `{"code":"1","message":"no"}`),
			[]exchange.Record{traces(1)}, []bound{must("no-trace"), must("status")}, "no-trace, status", ""},
		{"a second failure of the same rank follows from the first in the plan", plan.NewExpect("", 200), answer(200, json, `{"status":"approved"}`), nil,
			[]bound{must("schema"), must("schema")}, "schema", "schema of schema"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := toyDescription(t)
			p := &plan.Plan{Description: d}
			c := &plan.Case{ID: "c", Kind: "valid", Operation: "pay", Expect: tt.expect, Act: plan.Step{Name: "pay", Operation: "pay", Request: plan.Request{Method: "POST"}}}
			for i, b := range tt.judged {
				id := fmt.Sprintf("%s.%d", b.check, i)
				p.Obligations = append(p.Obligations, &plan.Obligation{ID: id, Operation: d.Operation("pay"), Requirement: &spec.Requirement{ID: id, Level: b.level, Basis: b.basis, Check: b.check}})
				c.Obligations = append(c.Obligations, id)
			}
			var fails, follows []string
			for _, v := range Judge(p, &exchange.Transcript{Case: c, Act: &exchange.Record{Step: c.Act, Answer: tt.answer}, Observe: tt.observe}) {
				check, _, _ := strings.Cut(v.Obligation, ".")
				switch {
				case v.Outcome == Fail:
					fails = append(fails, check)
				case v.Outcome == Inconclusive && v.Obstacle.Kind == Follows:
					of, _, _ := strings.Cut(v.Obstacle.Of, ".")
					follows = append(follows, check+" of "+of)
					if v.Exercised || len(v.Findings) > 0 || v.Why == "" {
						t.Errorf("%+v", v)
					}
				}
			}
			if strings.Join(fails, ", ") != tt.fails || strings.Join(follows, ", ") != tt.follows {
				t.Errorf("fails %v, follows %v; want %s; %s", fails, follows, tt.fails, tt.follows)
			}
		})
	}
}

// traces is a read-back that finds some rows.
func traces(rows int) exchange.Record {
	list := slices.Repeat([]string{`{"ref":"u"}`}, rows)
	return exchange.Record{
		Step:   plan.Step{Name: "find", Check: "no-trace", ReadBack: &plan.ReadBack{Rows: "/rows", Field: "/ref"}},
		Sought: "u", Answer: &exchange.Answer{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"rows":[` + strings.Join(list, ",") + `]}`)},
	}
}

// TestAttribute_StepInTheWay: what a broken response of an earlier step keeps from a
// conclusion follows from the failure that it is.
func TestAttribute_StepInTheWay(t *testing.T) {
	d := toyDescription(t)
	of := func(id, operation, check string) *plan.Obligation {
		return &plan.Obligation{ID: id, Operation: d.Operation(operation), Requirement: &spec.Requirement{ID: id, Level: spec.Must, Basis: spec.OfPage, Check: check}}
	}
	p := &plan.Plan{Description: d, Obligations: []*plan.Obligation{of("free.status", "free", "status"), of("pay.media-type", "pay", "media-type")}}
	c := &plan.Case{ID: "c", Operation: "free", Obligations: []string{"free.status", "pay.media-type"}}
	broken := exchange.Record{Step: plan.Step{Name: "pay", Operation: "pay", Request: plan.Request{Method: "POST"}}, Answer: &exchange.Answer{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte("{")}}
	list := Judge(p, &exchange.Transcript{Case: c, Prepare: []exchange.Record{broken}, Stopped: "preparation pay: no id"})
	if list[0].Outcome != Inconclusive || list[0].Obstacle.Of != "pay.media-type" || list[1].Outcome != Fail {
		t.Errorf("got %+v", list)
	}
}
