package verdict

import "testing"

func TestCode(t *testing.T) {
	table(t, "code", []row{
		{claim: "a success with its code passes", status: 200, body: `{"status":"approved","code":"00"}`, want: Pass, exercised: true},
		{claim: "a success with another code fails", status: 200, body: `{"status":"approved","code":"51"}`, want: Fail, exercised: true, says: `/code 00 with a success`},
		{claim: "a refusal with a code of its own passes", status: 200, body: `{"status":"declined","code":"51"}`, want: Pass, exercised: true},
		{claim: "a refusal with the code of success fails", status: 200, body: `{"status":"declined","code":"00"}`, want: Fail, exercised: true, says: "the outcome is refused"},
		{claim: "an error with the code of success fails", status: 200, body: `{"status":"error","code":"00"}`, want: Fail, exercised: true, says: "the outcome is error"},
		{claim: "a code that leaves it open is let be", status: 200, body: `{"status":"approved","code":"01"}`, want: Pass},
		{claim: "an answer of no outcome says nothing", status: 200, body: `{"code":"51"}`, want: Pass},
		{claim: "an answer without a code is the schema's matter", status: 200, body: `{"status":"approved"}`, want: Pass},
		{claim: "where no code is named nothing is judged", operation: "free", status: 200, body: `{"status":"approved","code":""}`, want: Pass},
	})
}

func TestEcho(t *testing.T) {
	table(t, "echo", []row{
		{claim: "what was sent and comes back passes", sent: `{"reference":"r1"}`, status: 200, body: `{"reference":"r1"}`, want: Pass, exercised: true},
		{claim: "another text fails", sent: `{"reference":"r1"}`, status: 200, body: `{"reference":"r2"}`, want: Fail, exercised: true, says: `as sent in /reference`},
		{claim: "nothing in return fails", sent: `{"reference":"r1"}`, status: 200, body: `{}`, want: Fail, exercised: true, says: "no /reference"},
		{claim: "what was not sent need not come back", sent: `{}`, status: 200, body: `{}`, want: Pass},
		{claim: "a request that is no JSON asks for nothing", sent: `{`, status: 200, body: `{}`, want: Pass},
	})
}

func TestAmount(t *testing.T) {
	table(t, "amount", []row{
		{claim: "the amount passes, however it is written", sent: `{"amount":"12.5"}`, status: 200, body: `{"status":"approved","amount":"12.50"}`, want: Pass, exercised: true},
		{claim: "another amount fails", sent: `{"amount":"12.50"}`, status: 200, body: `{"status":"approved","amount":"12.05"}`, want: Fail, exercised: true, says: "/amount 12.50, the requested amount"},
		{claim: "no amount at all fails where it is told", sent: `{"amount":"12.50"}`, status: 200, body: `{"status":"approved","amount":"plenty"}`, want: Fail, exercised: true},
		{claim: "each place is judged", sent: `{"amount":"1"}`, status: 200, body: `{"status":"approved","amount":"1","booked":"2"}`, want: Fail, exercised: true, says: "/booked"},
		{claim: "a refusal tells of nothing moved", sent: `{"amount":"12.50"}`, status: 200, body: `{"status":"declined","amount":"0.00"}`, want: Pass},
		{claim: "an answer without an amount is noted", sent: `{"amount":"12.50"}`, status: 200, body: `{"status":"approved"}`, want: Pass, exercised: true, says: "a response without an amount"},
		{claim: "a request without an amount asks for none", sent: `{}`, status: 200, body: `{"status":"approved","amount":"1.00"}`, want: Pass},
	})
}

func TestAdded(t *testing.T) {
	table(t, "added", []row{
		{claim: "201 with a success passes", status: 201, body: `{"status":"approved"}`, want: Pass, exercised: true},
		{claim: "201 with a refusal fails", status: 201, body: `{"status":"declined"}`, want: Fail, exercised: true, says: "201 only where something was added"},
		{claim: "201 with an error fails", status: 201, body: `{"status":"error"}`, want: Fail, exercised: true},
		{claim: "200 is not its matter", status: 200, body: `{"status":"declined"}`, want: Pass},
	})
}

func TestCreated(t *testing.T) {
	table(t, "created", []row{
		{claim: "201 with a success passes", status: 201, body: `{"status":"approved"}`, want: Pass, exercised: true},
		{claim: "200 with a success fails where 201 is documented", status: 200, body: `{"status":"approved"}`, want: Fail, exercised: true, says: "because something was added"},
		{claim: "200 with a refusal added nothing", status: 200, body: `{"status":"declined"}`, want: Pass},
		{claim: "201 that is not documented is not its matter", operation: "peek", status: 200, body: `{"status":"approved"}`, want: Pass},
		{claim: "neither is a status that is not documented", status: 202, body: `{"status":"approved"}`, want: Pass, exercised: true},
	})
}
