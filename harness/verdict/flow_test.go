package verdict

import (
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/spec"
)

func TestFlow(t *testing.T) {
	const paid = `{"id":"1","status":"approved","amount":"5.00"}`
	success := plan.NewExpect(spec.Succeeded, 200)
	refusal := plan.Expect{Statuses: []int{200}, Ending: spec.Refused, Tolerated: []spec.Tolerance{{Status: 400, Why: "as well"}}}
	holds := func(body map[string]any) plan.Expect {
		e := success
		e.Body = body
		return e
	}
	next := func(e *plan.Expect, status int, body string) exchange.Record {
		return observed("flow", e, status, body)
	}
	again := success
	again.Same, again.Tolerated = "act", []spec.Tolerance{{Status: 200, Where: map[string]string{"/code": "06"}, Why: "repeated"}}
	open := success
	open.Tolerated = []spec.Tolerance{{Status: 400, Breaks: []string{"R-2"}, Why: "not promised"}}
	internal := plan.NewExpect("", 500)
	internal.Tolerated = []spec.Tolerance{{Name: "error-for-internal", Status: 200, Where: map[string]string{"/status": "error"}, Why: "as well"}}
	fresh := next(&success, 200, paid)
	fresh.Step.Fresh, fresh.Writes = true, 2
	refused := fresh
	refused.Refused = 1
	hungUp := next(nil, 0, "")
	hungUp.Answer, hungUp.Failure = nil, &exchange.Failure{Kind: exchange.HungUp, Text: redacttest.Text("dropped")}
	came := func(body any) exchange.Record {
		r := exchange.Record{Sought: "1", Step: plan.Step{Name: "message", Check: "flow", Await: &plan.Await{Place: "address", Times: 1}}}
		if body != nil {
			r.Messages = []message.Delivery{{Place: "address", Value: body}}
		}
		return r
	}
	told := holds(map[string]any{"/success": map[string]any{"const": false}})
	failed := came(map[string]any{"success": true})
	failed.Step.Expect = &told
	absent := came(nil)
	absent.Step.Expect = &told
	list := []exchange.Record{}
	ordered := success
	ordered.Order = &spec.Order{List: "/rows", By: "/id", Values: []string{"$act.request#/second", "$act.request#/first"}}
	const asked = `{"first":"1","second":"2"}`
	rows := func(ids string) string { return `{"status":"approved","rows":` + ids + `}` }
	table(t, "flow", []row{
		{claim: "an act as expected passes", status: 200, body: paid, expect: success, want: Pass, exercised: true},
		{claim: "an act that is refused fails", status: 200, body: `{"status":"declined"}`, expect: success, want: Fail, exercised: true, says: "/status to mean success"},
		{claim: "an act that should be refused and is not fails", status: 200, body: paid, expect: refusal, want: Fail, exercised: true, says: "to mean refused"},
		{claim: "a tolerated answer passes with a note", status: 400, body: `{}`, expect: refusal, want: Pass, exercised: true, says: "400 is tolerated: as well"},
		{claim: "what a body is to hold is there", status: 200, body: paid, expect: holds(map[string]any{"/amount": map[string]any{"const": "5.00"}}), want: Pass, exercised: true},
		{claim: "another value fails", status: 200, body: paid, expect: holds(map[string]any{"/amount": map[string]any{"const": "6.00"}}), want: Fail, exercised: true, says: `/amount that fits {"const":"6.00"}`},
		{claim: "nothing there fails", status: 200, body: paid, expect: holds(map[string]any{"/order": map[string]any{"type": "string"}}), want: Fail, exercised: true, says: "no /order"},
		{claim: "what is to be absent and is there fails", status: 200, body: paid, expect: holds(map[string]any{"/amount": false}), want: Fail, exercised: true, says: "no /amount"},
		{claim: "a value can be compared with one that was sent", status: 200, sent: `{"amount":"5.00"}`, body: paid, expect: holds(map[string]any{"/amount": map[string]any{"const": "$act.request#/amount"}}), want: Pass, exercised: true},
		{claim: "and fails when it is another", status: 200, sent: `{"amount":"5.01"}`, body: paid, expect: holds(map[string]any{"/amount": map[string]any{"const": "$act.request#/amount"}}), want: Fail, exercised: true},
		{claim: "a comparison with nothing fails", status: 200, sent: `{}`, body: paid, expect: holds(map[string]any{"/amount": map[string]any{"const": "$act.request#/amount"}}), want: Fail, exercised: true, says: "nothing there"},
		{claim: "items in the order that is expected pass", status: 200, sent: asked, body: rows(`[{"id":"2"},{"id":"1"}]`), expect: ordered, want: Pass, exercised: true},
		{claim: "whatever stands around them", status: 200, sent: asked, body: rows(`[{"id":"3"},{"id":"2"},7,{"id":{"a":1}},{"id":"1"},{}]`), expect: ordered, want: Pass, exercised: true},
		{claim: "items in another order fail", status: 200, sent: asked, body: rows(`[{"id":"1"},{"id":"3"},{"id":"2"}]`), expect: ordered, want: Fail, exercised: true, says: "/rows with /id 2 before 1 Received:1, 2 among 3 items"},
		{claim: "one that is not there fails", status: 200, sent: asked, body: rows(`[{"id":"2"}]`), expect: ordered, want: Fail, exercised: true, says: "Received:2 among 1 items"},
		{claim: "one that is there twice fails", status: 200, sent: asked, body: rows(`[{"id":"2"},{"id":"1"},{"id":"1"}]`), expect: ordered, want: Fail, exercised: true, says: "Received:2, 1, 1 among 3"},
		{claim: "none there fails", status: 200, sent: asked, body: rows(`[]`), expect: ordered, want: Fail, exercised: true, says: "Received:none of them among 0 items"},
		{claim: "no list at all fails", status: 200, sent: asked, body: rows(`{}`), expect: ordered, want: Fail, exercised: true, says: "a list at /rows"},
		{claim: "an order of nothing fails", status: 200, sent: `{}`, body: rows(`[]`), expect: ordered, want: Fail, exercised: true, says: "nothing there"},
		{claim: "what comes after as expected passes", status: 200, body: paid, expect: success, observed: append(list, next(&success, 200, paid)), want: Pass, exercised: true},
		{claim: "what comes after and fails is told as such", status: 200, body: paid, expect: success, observed: append(list, next(&success, 200, `{"status":"declined"}`)), want: Fail, exercised: true, says: "afterwards, from pay: "},
		{claim: "a step that only leads on and fails is unclear", status: 200, body: paid, expect: success, observed: append(list, next(nil, 500, `{}`), next(&success, 400, `{}`)), want: Inconclusive, exercised: true, says: "pay was answered 500"},
		{claim: "the answer of the first again passes", status: 200, body: paid, expect: success, observed: append(list, next(&again, 200, paid)), want: Pass, exercised: true},
		{claim: "another answer is another effect", status: 200, body: paid, expect: success, observed: append(list, next(&again, 200, `{"id":"2","status":"approved","amount":"5.00"}`)), want: Fail, exercised: true, says: "the same id"},
		{claim: "another answer of the same effect passes with a note", status: 200, body: paid, expect: success, observed: append(list, next(&again, 200, `{"id":"1","status":"approved","amount":"5.00","replayed":true}`)), want: Pass, exercised: true, says: "answered otherwise is tolerated (repeat-differs): replayed"},
		{claim: "another outcome is another effect", status: 200, body: paid, expect: success, observed: append(list, next(&again, 200, `{"id":"1","status":"declined","amount":"5.00"}`)), want: Fail, exercised: true, says: "the same status"},
		{claim: "an answer without the id is another one", status: 200, body: paid, expect: success, observed: append(list, next(&again, 200, `{"status":"approved","amount":"5.00"}`)), want: Fail, exercised: true},
		{claim: "what a step that was to be carried out got in place of it ends the flow", status: 200, body: paid, expect: success, observed: append(list, next(&open, 400, "{}"), next(&success, 404, "{}")), want: Pass, exercised: true},
		{claim: "what a step that was to be rejected got in place of it ends the flow where it ended in an error", status: 200, body: `{"status":"error"}`, expect: internal, observed: append(list, next(&success, 200, `{"status":"declined"}`)), want: Pass, exercised: true, says: "(error-for-internal)"},
		{claim: "after a rejection the flow goes on", status: 500, body: `{}`, expect: internal, observed: append(list, next(&success, 200, `{"status":"declined"}`)), want: Fail, exercised: true, says: "afterwards, from pay: "},
		{claim: "a tolerated refusal of the repetition passes", status: 200, body: paid, expect: success, observed: append(list, next(&again, 200, `{"status":"declined","code":"06"}`)), want: Pass, exercised: true, says: "repeated"},
		{claim: "of equal requests one must be carried out", status: 200, body: `{"status":"declined","code":"06"}`, expect: again, observed: append(list, next(&again, 200, `{"status":"declined","code":"07"}`)), want: Fail, exercised: true},
		{claim: "a request that went out twice is unclear", status: 200, body: paid, expect: success, observed: append(list, fresh), want: Inconclusive, exercised: true, says: "pay was sent 2 times"},
		{claim: "one that was refused with 429 in between was carried out once", status: 200, body: paid, expect: success, observed: append(list, refused), want: Pass, exercised: true},
		{claim: "a lost answer is meant to be lost", status: 200, body: paid, expect: success, observed: append(list, hungUp), want: Pass, exercised: true},
		{claim: "no answer afterwards is unclear", status: 200, body: paid, expect: success, observed: append(list, failing(next(&success, 0, ""))), want: Inconclusive, exercised: true, says: "connection refused"},
		{claim: "a busy target is unclear", status: 200, body: paid, expect: success, observed: append(list, next(&success, 503, `{}`)), want: Inconclusive, exercised: true, says: "the target was busy"},
		{claim: "an awaited message passes", status: 200, body: paid, expect: success, observed: append(list, came(map[string]any{"success": true})), want: Pass, exercised: true},
		{claim: "one that does not come is unclear", status: 200, body: paid, expect: success, observed: append(list, came(nil)), want: Inconclusive, exercised: true, says: "no message came about 1"},
		{claim: "one that is to say something must come", status: 200, body: paid, expect: success, observed: append(list, absent), want: Fail, exercised: true, says: "a message about 1"},
		{claim: "but not of what was rejected", status: 400, body: `{}`, expect: refusal, observed: append(list, absent), want: Pass, exercised: true, says: "400 is tolerated"},
		{claim: "one that says something else fails", status: 200, body: paid, expect: success, observed: append(list, failed), want: Fail, exercised: true, says: "/success"},
		{claim: "other observations are not its matter", status: 200, body: paid, expect: success, observed: append(list, observed("repeat", nil, 500, `{}`)), want: Pass, exercised: true},
	})
}
