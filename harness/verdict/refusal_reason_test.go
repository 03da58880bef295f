package verdict

import (
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

func TestReason(t *testing.T) {
	table(t, "reason", []row{
		{claim: "a refusal with its reason passes", status: 200, body: `{"result":"Refused","why":"no money","status":"declined","message":"no money"}`, want: Pass, exercised: true},
		{claim: "an error with its reason passes", status: 200, body: `{"result":"Error","why":"down"}`, want: Pass, exercised: true},
		{claim: "a refusal without a reason fails", status: 200, body: `{"result":"Refused"}`, want: Fail, exercised: true, says: `/why, a non-blank string, because /result is "Refused" Received:no /why`},
		{claim: "an error without a reason fails", status: 200, body: `{"result":"Error","why":null}`, want: Fail, exercised: true},
		{claim: "a reason of nothing to be seen fails", status: 200, body: `{"result":"Refused","why":"\u200b\u3164\u0301\u2800"}`, want: Fail, exercised: true},
		{claim: "a blank reason fails", status: 200, body: `{"result":"Refused","why":" "}`, want: Fail, exercised: true},
		{claim: "a reason that is a number fails", status: 200, body: `{"result":"Refused","why":51}`, want: Fail, exercised: true},
		{claim: "each vocabulary is judged on its own", status: 200, body: `{"result":"Refused","why":"no money","status":"declined"}`, want: Fail, exercised: true, says: "/message"},
		{claim: "a word of another case is not of a vocabulary that minds it", status: 200, body: `{"result":"refused"}`, want: Pass},
		{claim: "a success exercises nothing", status: 200, body: `{"result":"Authorised","status":"approved"}`, want: Pass},
		{claim: "silence exercises nothing", status: 200, body: `{}`, want: Pass},
		{claim: "what cannot be read exercises nothing", status: 200, body: `{"result":"Refused"`, want: Pass},
	})
}

func TestReason_UnderAnotherName(t *testing.T) {
	table(t, "reason", []row{
		{claim: "another usual name passes", operation: "loose", status: 200, body: `{"result":"Refused","the reason":"no money"}`, want: Pass, exercised: true},
		{claim: "a name that is none of them fails", operation: "loose", status: 200, body: `{"result":"Refused","excuse":"no money"}`, want: Fail, exercised: true, says: "/why"},
		{claim: "a blank under another name fails", operation: "loose", status: 200, body: `{"result":"Error","because":" "}`, want: Fail, exercised: true},
	})
}

func TestReasonName(t *testing.T) {
	table(t, "reason-name", []row{
		{claim: "the preferred name passes", operation: "loose", status: 200, body: `{"result":"Refused","why":"no money"}`, want: Pass, exercised: true},
		{claim: "another one fails", operation: "loose", status: 200, body: `{"result":"Refused","because":"no money"}`, want: Fail, exercised: true, says: "a reason under /because"},
		{claim: "no reason is judged elsewhere", operation: "loose", status: 200, body: `{"result":"Refused"}`, want: Pass},
		{claim: "a vocabulary with one name is not judged", status: 200, body: `{"result":"Refused","why":"no money"}`, want: Pass},
	})
}

func TestOutcomeField(t *testing.T) {
	table(t, "outcome-field", []row{
		{claim: "both are there", status: 200, body: `{"result":"Paid","status":"approved"}`, want: Pass, exercised: true},
		{claim: "one is not", status: 200, body: `{"status":"approved"}`, want: Fail, exercised: true, says: "/result, which states the outcome"},
		{claim: "a list says nothing", status: 200, body: `[]`, want: Pass},
		{claim: "a tolerated answer of another kind is not judged", status: 200, body: `{"status":"declined"}`, expect: plan.Expect{Statuses: []int{404}, Tolerated: []spec.Tolerance{{Status: 200, Why: "known"}}}, want: Pass},
	})
}

func TestNoReason(t *testing.T) {
	table(t, "no-reason", []row{
		{claim: "a success without a reason passes", status: 200, body: `{"result":"Authorised"}`, want: Pass, exercised: true},
		{claim: "an empty one is none", status: 200, body: `{"result":"Authorised","why":""}`, want: Pass, exercised: true},
		{claim: "null is none", status: 200, body: `{"result":"Authorised","why":null}`, want: Pass, exercised: true},
		{claim: "a success with a reason fails", status: 200, body: `{"result":"Authorised","why":"no money"}`, want: Fail, exercised: true, says: `no /why, because /result is "Authorised" Received:"no money"`},
		{claim: "a reason that is no text fails", status: 200, body: `{"result":"Authorised","why":{"a":1}}`, want: Fail, exercised: true},
		{claim: "a vocabulary that allows one is not judged", status: 200, body: `{"status":"approved","message":"thank you"}`, want: Pass},
		{claim: "a refusal exercises nothing", status: 200, body: `{"result":"Refused","why":"no money"}`, want: Pass},
	})
}

func TestNoReasonField(t *testing.T) {
	table(t, "no-reason-field", []row{
		{claim: "a success without the field passes", status: 200, body: `{"result":"Authorised"}`, want: Pass, exercised: true},
		{claim: "an empty one fails", status: 200, body: `{"result":"Authorised","why":""}`, want: Fail, exercised: true},
		{claim: "null fails", status: 200, body: `{"result":"Authorised","why":null}`, want: Fail, exercised: true},
		{claim: "a reason in it is told elsewhere", status: 200, body: `{"result":"Authorised","why":"no money"}`, want: Pass},
		{claim: "a refusal exercises nothing", status: 200, body: `{"result":"Refused","why":"no money"}`, want: Pass},
	})
}
