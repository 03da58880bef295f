package verdict

import (
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/spec"
)

// observed is a request that a check looks at after the act.
func observed(check string, expect *plan.Expect, status int, body string) exchange.Record {
	r := row{status: status, body: body}
	return exchange.Record{
		Step:   plan.Step{Name: "pay", Operation: "pay", Check: check, Expect: expect, Request: plan.Request{Method: "POST"}},
		Answer: r.answer(),
	}
}

func failing(r exchange.Record) exchange.Record {
	r.Answer, r.Failure = nil, &exchange.Failure{Kind: exchange.Network, Text: redacttest.Text("connection refused")}
	return r
}

func TestRepeat(t *testing.T) {
	table(t, "repeat", []row{
		{claim: "the same again passes", status: 400, expect: want(400), observed: []exchange.Record{observed("repeat", nil, 400, "{}")}, want: Pass, exercised: true},
		{claim: "another answer fails", status: 400, expect: want(400), observed: []exchange.Record{observed("repeat", nil, 200, "{}")}, want: Fail, exercised: true, says: "status 400 again"},
		{claim: "another answer that is let pass passes", status: 400, expect: plan.Expect{Statuses: []int{400}, Tolerated: []spec.Tolerance{{Status: 500, Breaks: []string{"R-2"}, Why: "allowed"}}}, observed: []exchange.Record{observed("repeat", nil, 500, "{}")}, want: Pass, exercised: true},
		{claim: "where the first is wrong already nothing is judged", status: 200, expect: want(400), observed: []exchange.Record{observed("repeat", nil, 400, "{}")}, want: Pass},
		{claim: "no answer is unclear", status: 400, expect: want(400), observed: []exchange.Record{failing(observed("repeat", nil, 0, ""))}, want: Inconclusive, says: "connection refused"},
		{claim: "a busy target is unclear", status: 400, expect: want(400), observed: []exchange.Record{observed("repeat", nil, 429, "{}")}, want: Inconclusive, says: "the target was busy"},
		{claim: "other observations are not its matter", status: 400, expect: want(400), observed: []exchange.Record{observed("retry", &plan.Expect{Statuses: []int{200}}, 500, "{}")}, want: Pass},
		{claim: "without a repetition nothing is exercised", status: 400, expect: want(400), want: Pass},
	})
}

func TestRetry(t *testing.T) {
	correct := &plan.Expect{Statuses: []int{200}, Ending: spec.Succeeded, Tolerated: []spec.Tolerance{{Status: 202, Why: "later"}}}
	retried := func(status int, body string) []exchange.Record {
		return []exchange.Record{observed("retry", correct, status, body)}
	}
	table(t, "retry", []row{
		{claim: "the corrected request that is carried out passes", status: 400, expect: want(400), observed: retried(200, `{"status":"approved"}`), want: Pass, exercised: true},
		{claim: "one that is rejected fails", status: 400, expect: want(400), observed: retried(400, `{}`), want: Fail, exercised: true, says: "for the corrected request: status 200"},
		{claim: "one that is declined, as a used order id is, fails", status: 400, expect: want(400), observed: retried(200, `{"status":"declined"}`), want: Fail, exercised: true, says: "for the corrected request"},
		{claim: "one that is tolerated passes", status: 400, expect: want(400), observed: retried(202, `{}`), want: Pass, exercised: true},
		{claim: "no answer is unclear", status: 400, expect: want(400), observed: []exchange.Record{failing(retried(0, "")[0])}, want: Inconclusive, says: "connection refused"},
		{claim: "without one nothing is exercised", status: 400, expect: want(400), want: Pass},
	})
}

func TestAlike(t *testing.T) {
	unknown := func(status int, body string) []exchange.Record {
		return []exchange.Record{observed("alike", nil, status, body)}
	}
	table(t, "alike", []row{
		{claim: "the answer that an unknown id gets passes", status: 404, body: `{"code":"76","message":"no 1"}`, observed: unknown(404, `{"code":"76","message":"no 2"}`), want: Pass, exercised: true},
		{claim: "another status tells that it exists", status: 403, body: `{"code":"76"}`, observed: unknown(404, `{"code":"76"}`), want: Fail, exercised: true, says: "which reveals that the object exists"},
		{claim: "another code does so too", status: 404, body: `{"code":"89"}`, observed: unknown(404, `{"code":"76"}`), want: Fail, exercised: true, says: `/code "76"`},
		{claim: "another text does so", operation: "loose", status: 404, body: `{"code":"76","message":"it is not yours"}`, observed: append(unknown(404, `{"code":"76","message":"none"}`), unknown(404, `{"code":"76","message":"none"}`)...), want: Fail, exercised: true, says: `/message "none", as for an unknown id`},
		{claim: "a text that names the id does not", operation: "loose", status: 404, body: `{"code":"76","message":"no 1"}`, observed: append(unknown(404, `{"code":"76","message":"no 2"}`), unknown(404, `{"code":"76","message":"no 3"}`)...), want: Pass, exercised: true},
		{claim: "a header more does so", status: 404, body: `{"code":"76","message":"none"}`, header: map[string]string{"X-Owner": "m"}, observed: append(unknown(404, `{"code":"76","message":"none"}`), unknown(404, `{"code":"76","message":"none"}`)...), want: Fail, exercised: true, says: "a header X-Owner"},
		{claim: "one of the connection does not", status: 404, body: `{"code":"76","message":"none"}`, header: map[string]string{"Keep-Alive": "5"}, observed: append(unknown(404, `{"code":"76","message":"none"}`), unknown(404, `{"code":"76","message":"none"}`)...), want: Pass, exercised: true},
		{claim: "no answer is unclear", status: 404, observed: []exchange.Record{failing(unknown(0, "")[0])}, want: Inconclusive, says: "connection refused"},
	})
}

func TestDistinctReasons(t *testing.T) {
	more := func(body string) []exchange.Record {
		return []exchange.Record{observed("distinct-reasons", nil, 200, body)}
	}
	const first = `{"result":"Refused","why":"no funds","status":"declined","message":"no funds","code":"51"}`
	table(t, "distinct-reasons", []row{
		{claim: "another reason for another code passes", status: 200, body: first, observed: more(`{"result":"Refused","why":"expired","status":"declined","message":"expired","code":"54"}`), want: Pass, exercised: true},
		{claim: "one reason for two codes fails", status: 200, body: first, observed: more(`{"result":"Refused","why":"no funds","code":"54"}`), want: Fail, exercised: true, says: "another /why for the code 54 than for 51"},
		{claim: "each vocabulary is judged", status: 200, body: first, observed: more(`{"result":"Refused","why":"expired","status":"declined","message":"no funds","code":"54"}`), want: Fail, exercised: true, says: "another /message"},
		{claim: "one reason for one code is right", status: 200, body: first, observed: more(first), want: Pass, exercised: true},
		{claim: "a success gives none", status: 200, body: `{"result":"Paid","why":"no funds","code":"00"}`, observed: more(`{"result":"Paid","why":"no funds","code":"00"}`), want: Pass},
		{claim: "a blank reason is judged elsewhere", status: 200, body: `{"result":"Refused","why":" ","code":"51"}`, observed: more(`{"result":"Refused","why":" ","code":"54"}`), want: Pass},
	})
}
