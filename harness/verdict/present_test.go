package verdict

import (
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

func TestPresent(t *testing.T) {
	readBack := func(rows string) []exchange.Record {
		r := observed("no-trace", nil, 200, `{"status":"approved","rows":`+rows+`}`)
		r.Step.ReadBack, r.Sought = &plan.ReadBack{Rows: "/rows", Field: "/ref"}, "mine"
		return []exchange.Record{r}
	}
	table(t, "present", []row{
		{claim: "what a request calls for is there", sent: `{"keep":true}`, status: 200, body: `{"status":"approved","amount":"1"}`, want: Pass, exercised: true},
		{claim: "what a request calls for is missing", sent: `{"keep":true}`, status: 200, body: `{"status":"approved"}`, want: Fail, exercised: true, says: "/amount, a non-blank string, because /keep of the request is true"},
		{claim: "null is missing", sent: `{"keep":true}`, status: 200, body: `{"status":"approved","amount":null}`, want: Fail, exercised: true, says: "null"},
		{claim: "blank is missing", sent: `{"keep":true}`, status: 200, body: `{"status":"approved","amount":" "}`, want: Fail, exercised: true},
		{claim: "a request that calls for nothing gets nothing", sent: `{"keep":false}`, status: 200, body: `{"status":"approved"}`, want: Pass},
		{claim: "a refusal need not have what a success has", sent: `{"keep":true}`, status: 200, body: `{"status":"declined","why":"w"}`, want: Pass, exercised: true},
		{claim: "a refusal has what refusals have", status: 200, body: `{"status":"declined"}`, want: Fail, exercised: true, says: "/why"},
		{claim: "except for a code that has it not", status: 200, body: `{"status":"declined","code":"06"}`, want: Pass},
		{claim: "every item of a list has it", status: 200, body: `{"status":"approved","rows":[{"day":"1"},{"day":"2"}]}`, want: Pass, exercised: true},
		{claim: "one item of a list lacks it", status: 200, body: `{"status":"approved","rows":[{"day":"1"},{"day":null}]}`, want: Fail, exercised: true, says: "/rows/1/day"},
		{claim: "an item has what goes with another field", status: 200, body: `{"status":"approved","rows":[{"day":"1","first":"4"}]}`, want: Fail, exercised: true, says: "/rows/0/last"},
		{claim: "an item lacks what goes with a value", status: 200, body: `{"status":"approved","rows":[{"day":"1","type":"hold"}]}`, want: Fail, exercised: true, says: "/rows/0/code"},
		{claim: "an item of another value needs nothing", status: 200, body: `{"status":"approved","rows":[{"day":"1","type":"void"}]}`, want: Pass, exercised: true},
		{claim: "an empty list shows nothing", status: 200, body: `{"status":"approved","rows":[]}`, want: Pass},
		{claim: "the case's own row of a shared query counts", status: 400, observed: readBack(`[{"ref":"another's","day":"1"},{"ref":"mine","day":null}]`), want: Fail, exercised: true, says: "/rows/1/day"},
		{claim: "other cases' rows are theirs to judge", status: 400, observed: readBack(`[{"ref":"another's","day":null}]`), want: Pass},
		{claim: "what the response does not document is not meant", operation: "peek", status: 404, body: `{"rows":[{}]}`, want: Pass},
		{claim: "a success that was not to come is the matter of status", sent: `{"keep":true}`, status: 200, body: `{"status":"approved"}`, expect: plan.NewExpect(spec.Refused, 200), want: Pass},
		{claim: "a tolerated answer is of another kind", status: 200, body: `{"status":"declined"}`, expect: plan.Expect{Statuses: []int{400}, Tolerated: []spec.Tolerance{{Status: 200, Why: "it may"}}}, want: Pass},
	})
}

func TestPrepared(t *testing.T) {
	step := func(status int, s plan.Step) exchange.Record {
		s.Operation = "pay"
		return exchange.Record{Step: s, Answer: row{status: status, body: `{}`}.answer()}
	}
	accepted := plan.NewExpect("", 200)
	table(t, "prepared", []row{
		{claim: "an act that is carried out shows that they can be", status: 200, body: `{}`, expect: accepted, want: Pass, exercised: true},
		{claim: "a refused act is the matter of status", status: 500, body: `{}`, expect: accepted, want: Pass},
		{claim: "a refused preparation fails", status: 200, body: `{}`, expect: accepted, prepared: []exchange.Record{step(500, plan.Step{})}, want: Fail, exercised: true, says: "a correct request to be carried out"},
		{claim: "one that is carried out passes", status: 400, body: `{}`, prepared: []exchange.Record{step(200, plan.Step{})}, want: Pass, exercised: true},
		{claim: "one that comes first and finds nothing fails", status: 200, body: `{}`, expect: accepted, prepared: []exchange.Record{step(404, plan.Step{})}, want: Fail, exercised: true},
		{claim: "a later one may name what was answered wrong", status: 400, body: `{}`, prepared: []exchange.Record{step(200, plan.Step{}), step(404, plan.Step{})}, want: Pass, exercised: true},
		{claim: "one that is to be refused is not correct", status: 400, body: `{}`, prepared: []exchange.Record{step(400, plan.Step{Expect: &plan.Expect{}})}, want: Pass},
		{claim: "a step of a flow that is not judged fails, too", status: 400, body: `{}`, observed: []exchange.Record{step(403, plan.Step{Check: "flow"})}, want: Fail, exercised: true},
		{claim: "one that reads back is judged elsewhere", status: 400, body: `{}`, observed: []exchange.Record{step(403, plan.Step{Check: "no-trace"})}, want: Pass},
	})
}
