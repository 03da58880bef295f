package verdict

import (
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
)

func saying(message string) string {
	return `{"status":"error","code":"x-1","message":"` + message + `"}`
}

func TestErrorDescription(t *testing.T) {
	table(t, "error-description", []row{
		{claim: "a description passes", operation: "loose", status: 400, body: saying("amount is no number"), want: Pass, exercised: true},
		{claim: "one under another name passes", operation: "loose", status: 400, body: `{"error":{"code":"x","message":"no amount"}}`, want: Pass, exercised: true},
		{claim: "the word error fails", operation: "loose", status: 400, body: saying("Error."), want: Fail, exercised: true, says: "describes the problem"},
		{claim: "the phrase of the status fails", operation: "loose", status: 400, body: saying("Bad Request"), want: Fail, exercised: true},
		{claim: "the status and its phrase fail", operation: "loose", status: 500, body: saying("500 Internal Server Error"), want: Fail, exercised: true},
		{claim: "the code fails", operation: "loose", status: 400, body: saying("x-1"), want: Fail, exercised: true},
		{claim: "none at all is judged elsewhere", operation: "loose", status: 400, body: `{"code":"x"}`, want: Pass},
		{claim: "what cannot be read is judged elsewhere", operation: "loose", status: 400, body: `<html>`, want: Pass},
	})
}

func TestDistinctDescriptions(t *testing.T) {
	more := func(status int, message string) exchange.Record {
		return observed("distinct-descriptions", nil, status, saying(message))
	}
	table(t, "distinct-descriptions", []row{
		{claim: "different ones pass", operation: "loose", status: 400, body: saying("no JSON"), observed: []exchange.Record{more(400, "amount is missing"), more(400, "amount is no number")}, want: Pass, exercised: true},
		{claim: "the same one fails", operation: "loose", status: 400, body: saying("no JSON"), observed: []exchange.Record{more(400, "wrong request"), more(400, "Wrong request!")}, want: Fail, exercised: true, says: "another /message than for another problem"},
		{claim: "other statuses are not compared", operation: "loose", status: 400, body: saying("wrong"), observed: []exchange.Record{more(401, "wrong"), more(500, "wrong")}, want: Pass},
		{claim: "one alone shows nothing", operation: "loose", status: 400, body: saying("wrong"), want: Pass},
	})
}

func TestBlamedField(t *testing.T) {
	amount := &plan.Fault{Pointer: "/transaction_data/amount", Keyword: "pattern"}
	const sent = `{"transaction_data":{"amount":"x","order_id":"1","year":"31"}}`
	table(t, "blamed-field", []row{
		{claim: "the wrong field passes", operation: "loose", status: 400, sent: sent, fault: amount, body: saying("amount is no number"), want: Pass, exercised: true},
		{claim: "no field passes", operation: "loose", status: 400, sent: sent, fault: amount, body: saying("a value has a wrong form"), want: Pass, exercised: true},
		{claim: "a right field fails", operation: "loose", status: 400, sent: sent, fault: amount, body: saying("order_id has a wrong form"), want: Fail, exercised: true, says: "/message that names amount, or no correct field"},
		{claim: "a right field beside the wrong one passes", operation: "loose", status: 400, sent: sent, fault: amount, body: saying("order_id and amount do not go together"), want: Pass, exercised: true},
		{claim: "a field that belongs into what is missing passes", operation: "loose", status: 400, sent: `{"order_id":"1"}`, fault: &plan.Fault{Pointer: "/held", Keyword: "required"}, body: saying("order_id is missing"), want: Pass, exercised: true},
		{claim: "one that does not fails", operation: "loose", status: 400, sent: `{"order_id":"1"}`, fault: &plan.Fault{Pointer: "/held", Keyword: "required"}, body: saying("page_size is missing"), want: Fail, exercised: true},
		{claim: "a word that is a field, too, passes", operation: "loose", status: 400, sent: sent, fault: amount, body: saying("try again in a year"), want: Pass, exercised: true},
		{claim: "a word in quotes is a field", operation: "loose", status: 400, sent: sent, fault: amount, body: saying("'year' has a wrong form"), want: Fail, exercised: true},
		{claim: "what leads to the wrong field is not blamed", operation: "loose", status: 400, sent: sent, fault: amount, body: saying("transaction_data has a wrong form"), want: Pass, exercised: true},
		{claim: "a right parameter fails", operation: "loose", status: 400, sent: sent, fault: amount, body: saying("page_size has a wrong form"), want: Fail, exercised: true},
		{claim: "the wrong parameter passes", operation: "loose", status: 400, sent: sent, fault: &plan.Fault{Pointer: "query:page_size", Keyword: "type"}, body: saying("page size is no number"), want: Pass, exercised: true},
		{claim: "a part of another word is no field", operation: "loose", status: 400, sent: sent, fault: amount, body: saying("reorder_id5 is odd"), want: Pass, exercised: true},
		{claim: "without one wrong field nothing is judged", operation: "loose", status: 400, sent: sent, body: saying("order_id has a wrong form"), want: Pass},
		{claim: "a body that is no JSON has no wrong field", operation: "loose", status: 400, sent: sent, fault: &plan.Fault{Keyword: "syntax"}, body: saying("order_id has a wrong form"), want: Pass},
	})
}
