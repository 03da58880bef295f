package verdict

import (
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

func want(statuses ...int) plan.Expect { return plan.NewExpect("", statuses...) }

func TestStatus(t *testing.T) {
	succeeded := plan.NewExpect(spec.Succeeded, 200, 201)
	refused := plan.NewExpect(spec.Refused, 200)
	errored := plan.NewExpect(spec.Errored, 200)
	lenient := plan.Expect{Statuses: []int{404}, Tolerated: []spec.Tolerance{
		{Status: 405, Why: "usual"}, {Status: 200, Where: map[string]string{"/code": "GW76", "/status": "declined"}, Why: "known"},
	}}
	table(t, "status", []row{
		{claim: "the expected status passes", status: 404, body: "{}", expect: want(404), want: Pass, exercised: true},
		{claim: "one of several passes", status: 403, body: "{}", expect: want(400, 403), want: Pass, exercised: true},
		{claim: "another fails", status: 400, body: "{}", expect: want(404), want: Fail, exercised: true, says: "Expected:status 404 Received:status 400"},
		{claim: "an undocumented one says so", status: 418, body: "{}", expect: want(200, 404), want: Fail, exercised: true, says: "status 200 or 404 Received:status 418, which the description does not document"},
		{claim: "a redirect fails", status: 302, expect: want(200), want: Fail, exercised: true},
		{claim: "200 in place of a rejection tells what it said", status: 200, body: `{"status":"approved"}`, expect: want(401), want: Fail, exercised: true, says: `status 200 with /status "approved"`},
		{claim: "a tolerated status passes with a note", status: 405, expect: lenient, want: Pass, exercised: true, says: "405 is tolerated: usual"},
		{claim: "a tolerated body passes with a note, whatever its case", status: 200, body: `{"code":"gw76","status":"Declined"}`, expect: lenient, want: Pass, exercised: true, says: "200 is tolerated: known"},
		{claim: "half a tolerated body fails", status: 200, body: `{"code":"GW76","status":"approved"}`, expect: lenient, want: Fail, exercised: true},
		{claim: "a tolerated status without the body fails", status: 200, body: `<html>`, expect: lenient, want: Fail, exercised: true},

		{claim: "a success that says so passes", status: 200, body: `{"status":"APPROVED","result":"Authorised"}`, expect: succeeded, want: Pass, exercised: true},
		{claim: "a success that says nothing passes", status: 201, body: `{}`, expect: succeeded, want: Pass, exercised: true},
		{claim: "a refused success fails", status: 200, body: `{"status":"declined"}`, expect: succeeded, want: Fail, exercised: true, says: `"declined", which means refused`},
		{claim: "a success that contradicts itself fails", status: 200, body: `{"status":"approved","result":"Refused"}`, expect: succeeded, want: Fail, exercised: true, says: "/result"},
		{claim: "a success in unknown words fails", status: 200, body: `{"status":"maybe"}`, expect: succeeded, want: Fail, exercised: true, says: `"maybe", which is no documented outcome`},
		{claim: "a success whose word is no text fails", status: 200, body: `{"status":1}`, expect: succeeded, want: Fail, exercised: true},
		{claim: "a refusal that says so passes", status: 200, body: `{"status":"declined","result":"Refused"}`, expect: refused, want: Pass, exercised: true},
		{claim: "a refusal told in one vocabulary passes", status: 200, body: `{"result":"Refused"}`, expect: refused, want: Pass, exercised: true},
		{claim: "an approved refusal fails", status: 200, body: `{"status":"approved"}`, expect: refused, want: Fail, exercised: true, says: "to mean refused (declined)"},
		{claim: "a refusal that says nothing fails", status: 200, body: `{}`, expect: refused, want: Fail, exercised: true, says: "a body without an outcome"},
		{claim: "a refusal that is no JSON fails", status: 200, body: `declined`, expect: refused, want: Fail, exercised: true},
		{claim: "a refusal told as an error fails", status: 200, body: `{"status":"error"}`, expect: refused, want: Fail, exercised: true},
		{claim: "an error that says so passes", status: 200, body: `{"status":"error","result":"Error"}`, expect: errored, want: Pass, exercised: true},
		{claim: "an error told as a refusal fails", status: 200, body: `{"status":"declined"}`, expect: errored, want: Fail, exercised: true},
		{claim: "no vocabulary, nothing to judge", operation: "open", status: 200, body: `{"status":"declined"}`, expect: succeeded, want: Pass, exercised: true},
	})
}

func TestStatus_NamesTheFault(t *testing.T) {
	d := toyDescription(t)
	c := &plan.Case{Expect: want(400), Fault: &plan.Fault{Pointer: "/amount", Keyword: "pattern", Sent: `"x"`, Allowed: "^[0-9]+$"}}
	seen := status(View{Case: c, Expect: c.Expect, Operation: d.Operation("pay"), Answer: row{status: 200}.answer()})
	if got, want := say(seen.Findings[0]).Expected, `status 400, because /amount breaks pattern (sent: "x"; allowed: ^[0-9]+$)`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDocumentedStatus(t *testing.T) {
	tolerant := plan.Expect{Statuses: []int{404}, Tolerated: []spec.Tolerance{{Status: 405, Why: "usual"}}}
	table(t, "documented-status", []row{
		{claim: "a documented status passes", status: 400, expect: want(401), want: Pass, exercised: true},
		{claim: "another fails and names the documented ones", status: 418, expect: want(401), want: Fail, exercised: true, says: "a documented status: 200, 201, 204, 400 Received:status 418"},
		{claim: "a redirect fails", status: 302, expect: want(200), want: Fail, exercised: true},
		{claim: "a status is not documented because the list expects it", status: 401, expect: want(401), want: Fail, exercised: true},
		{claim: "an expected one passes where the request is none of the operation", kind: "not-found.path", status: 404, expect: want(404), want: Pass, exercised: true},
		{claim: "a tolerated one passes with a note", status: 405, expect: tolerant, want: Pass, exercised: true, says: "405 is tolerated"},
		{claim: "a range covers its hundred", operation: "ranged", status: 418, want: Pass, exercised: true},
		{claim: "a range covers no other", operation: "ranged", status: 500, want: Fail, exercised: true, says: "200, 4XX"},
		{claim: "default covers all", operation: "open", status: 599, want: Pass, exercised: true},
	})
	t.Run("with nothing documented nothing is concluded", func(t *testing.T) {
		if seen := documentedStatus(View{Case: &plan.Case{}, Operation: &spec.Operation{}, Answer: row{status: 200}.answer()}); seen.Unclear == nil || seen.Exercised {
			t.Errorf("got %+v", seen)
		}
	})
}

// What nothing shows to exist may be answered 404, 409 or 410 where none is documented, by
// whatever stands in front of the operation; what is declared is taken at its word.
func TestAbsent(t *testing.T) {
	d := toyDescription(t)
	declared := *d.Operation("pay")
	declared.Conformance.Effect = spec.Makes
	page := row{status: 404, body: "<html>", header: map[string]string{"Content-Type": "text/html"}}
	for _, tt := range []struct {
		claim     string
		operation *spec.Operation
		c         plan.Case
		answer    row
		note      bool
	}{
		{"an invented name", d.Operation("pay"), plan.Case{Invented: []string{"id"}}, page, true},
		{"an id of nothing", d.Operation("pay"), plan.Case{Kind: "not-found.id"}, row{status: 410}, true},
		{"a malformed name", d.Operation("pay"), plan.Case{Fault: &plan.Fault{Pointer: "path:id"}}, page, true},
		{"a malformed body", d.Operation("pay"), plan.Case{Fault: &plan.Fault{Pointer: "/id"}}, page, false},
		{"another status", d.Operation("pay"), plan.Case{Invented: []string{"id"}}, row{status: 403}, false},
		{"a conflict with what is not there", d.Operation("pay"), plan.Case{Invented: []string{"id"}}, row{status: 409}, true},
		{"a conflict with an id of nothing", d.Operation("pay"), plan.Case{Kind: "not-found.id"}, row{status: 409}, false},
		{"an operation of which it is declared what it does", &declared, plan.Case{Invented: []string{"id"}}, page, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			v := View{Case: &tt.c, Operation: tt.operation, Answer: tt.answer.answer()}
			if seen := documentedStatus(v); (len(seen.Findings) == 0) != tt.note || (seen.Note != "") != tt.note {
				t.Errorf("status: %+v", seen)
			}
			if seen := mediaType(v); tt.answer.status == 404 && (len(seen.Findings) == 0) != tt.note {
				t.Errorf("media type: %+v", seen)
			}
		})
	}
}

func TestPreferred(t *testing.T) {
	expect := plan.Expect{Statuses: []int{400}, Tolerated: []spec.Tolerance{
		{Status: 500, Breaks: []string{"R-1"}, Why: "the page allows it"}, {Status: 404, Breaks: []string{"R-2"}, Why: "it is not there"}, {Status: 405, Why: "usual"},
	}}
	table(t, "preferred", []row{
		{claim: "the expected answer passes", status: 400, expect: expect, want: Pass, exercised: true},
		{claim: "the one that breaks it fails", status: 500, expect: expect, want: Fail, exercised: true, says: "Expected:status 400 Received:status 500, which is tolerated: the page allows it"},
		{claim: "one with the expected status is known by its body", status: 400, body: `{"code":"GW06"}`, expect: plan.Expect{Statuses: []int{400}, Tolerated: []spec.Tolerance{
			{Status: 400, Where: map[string]string{"/code": "GW06"}, Breaks: []string{"R-1"}, Why: "nothing is said of it"},
		}}, want: Fail, exercised: true, says: `Expected:status 400, and not /code "GW06" Received:status 400 with /code "GW06", which is tolerated: nothing is said of it`},
		{claim: "one that breaks another exercises nothing", status: 404, expect: expect, want: Pass},
		{claim: "one that breaks none passes with a note", status: 405, expect: expect, want: Pass, exercised: true, says: "405 is tolerated"},
		{claim: "a wrong one is for the status to judge", status: 200, expect: expect, want: Pass},
		{claim: "where nothing breaks it nothing is exercised", status: 400, expect: want(400), want: Pass},
	})
}

func TestStatus_LetsPassWhatBreaksAnother(t *testing.T) {
	expect := plan.Expect{Statuses: []int{400}, Tolerated: []spec.Tolerance{{Status: 500, Breaks: []string{"R-2"}, Why: "the page allows it"}}}
	if v := judgeRow(t, "status", row{status: 500, body: "{}", expect: expect}); v.Outcome != Pass || v.Note != "" || !v.Exercised {
		t.Errorf("%+v", v)
	}
}
