package verdict

import (
	"slices"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/spec"
)

// readBack is a record of a query for q1 that was answered so.
func readBack(status int, body string) exchange.Record {
	const value = plan.Template("\uE000unique\uE002ORDER_ID\uE00220\uE001")
	return exchange.Record{
		Sought: "q1",
		Step: plan.Step{
			Name: "list", Check: "no-trace", ReadBack: &plan.ReadBack{Rows: "/data", Field: "/order/id", Value: value},
			Request: plan.Request{Query: []plan.Field{{Name: "kind", Value: "cc"}, {Name: "order", Value: value}}},
		},
		Answer: &exchange.Answer{Status: status, Body: []byte(body)},
	}
}

func TestNoTrace(t *testing.T) {
	none, mine := readBack(200, `{"data":[]}`), readBack(200, `{"data":[{"order":{"id":"q0"}},{"order":{"id":"q1"}}]}`)
	strangers := readBack(200, `{"data":[{"order":{"id":"q0"}},{"order":"q1"},"q1",{}]}`)
	down := exchange.Record{Step: none.Step, Failure: &exchange.Failure{Kind: exchange.Network, Text: redacttest.Text("connection refused")}}
	astray := mine
	astray.Sought = ""
	other := exchange.Record{Step: plan.Step{Name: "other"}, Answer: &exchange.Answer{Status: 500}}
	accepted, rejected := plan.NewExpect(spec.Succeeded, 200), want(400)
	table(t, "no-trace", []row{
		{claim: "a rejected request without a trace passes", status: 400, expect: rejected, observed: []exchange.Record{none}, want: Pass, exercised: true},
		{claim: "a rejected request with a trace fails", status: 400, expect: rejected, observed: []exchange.Record{mine}, want: Fail, exercised: true, says: "1 entry with its unique value"},
		{claim: "one that was accepted is judged by its status", status: 200, expect: rejected, observed: []exchange.Record{mine}, want: Pass},
		{claim: "one that is tolerated and stored fails", status: 200, expect: plan.Expect{Statuses: []int{400}, Handling: plan.Rejected, Tolerated: []spec.Tolerance{{Status: 200, Why: "declined"}}}, observed: []exchange.Record{mine}, want: Fail, exercised: true, says: "answered 200"},
		{claim: "traces of others are not its own", status: 400, expect: rejected, observed: []exchange.Record{strangers}, want: Pass, exercised: true},
		{claim: "the control that is found passes, and exercises nothing", status: 200, expect: accepted, observed: []exchange.Record{mine}, want: Pass},
		{claim: "the control that is not found is unclear", status: 200, expect: accepted, observed: []exchange.Record{none}, want: Inconclusive, says: "proves nothing"},
		{claim: "one that was to end in an error and is answered by one leaves none", status: 500, expect: plan.NewExpect(spec.Errored, 200), observed: []exchange.Record{mine}, want: Fail, exercised: true, says: "answered 500"},
		{claim: "a declined request is neither", status: 200, expect: plan.NewExpect(spec.Refused, 200), observed: []exchange.Record{mine}, want: Pass},
		{claim: "a list that cannot be had is unclear", status: 400, expect: rejected, observed: []exchange.Record{down}, want: Inconclusive, says: "connection refused"},
		{claim: "a list that is refused is unclear", status: 400, expect: rejected, observed: []exchange.Record{readBack(403, "{}")}, want: Inconclusive, says: "answered 403"},
		{claim: "a list that cannot be read is unclear", status: 400, expect: rejected, observed: []exchange.Record{readBack(200, `{"data":[]`)}, want: Inconclusive, says: "not JSON"},
		{claim: "an answer without a list is unclear", status: 400, expect: rejected, observed: []exchange.Record{readBack(200, `{"data":{}}`)}, want: Inconclusive, says: "no list at /data"},
		{claim: "a query without the value is unclear", status: 400, expect: rejected, observed: []exchange.Record{astray}, want: Inconclusive, says: "does not carry"},
		{claim: "a trace in one place is one, whatever the other says", status: 400, expect: rejected, observed: []exchange.Record{mine, down}, want: Fail, exercised: true},
		{claim: "none in one place is not none in the other", status: 400, expect: rejected, observed: []exchange.Record{none, down}, want: Inconclusive, exercised: true, says: "connection refused"},
		{claim: "other observations are not its matter", status: 400, expect: rejected, observed: []exchange.Record{other}, want: Pass},
		{claim: "without a read-back nothing is exercised", status: 400, expect: rejected, want: Pass},
	})
}

// TestNoTrace_SaysWhatIsThere: an entry is named by its id, and by what its list is to show.
func TestNoTrace_SaysWhatIsThere(t *testing.T) {
	lists := []spec.Listing{{Operation: "others", ID: "/no"}, {Operation: "list", ID: "/id", Shown: []string{"/amount", "/state"}, Marks: []string{"/order"}}}
	v := View{Operation: &spec.Operation{Conformance: spec.Conformance{Lists: lists}}}
	row := map[string]any{"id": "17", "amount": 1.5, "order": "q1", "more": "x"}
	if got := facts(v.listed("list", row), " "); !slices.Equal(got, []string{"/id 17", "/amount 1.5", "/order q1"}) {
		t.Errorf("got %q", got)
	}
	if got := v.listed("elsewhere", row); got != nil {
		t.Errorf("an operation without a list: %v", got)
	}
}
