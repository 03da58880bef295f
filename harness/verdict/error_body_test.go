package verdict

import "testing"

func TestErrorBody_UnderOtherNames(t *testing.T) {
	table(t, "error-body", []row{
		{claim: "the preferred names pass", operation: "loose", status: 400, body: `{"status":"error","code":"x","message":"no amount"}`, want: Pass, exercised: true},
		{claim: "others pass", operation: "loose", status: 400, body: `{"error":{"code":"x","message":"no amount"}}`, want: Pass, exercised: true},
		{claim: "a code may be a number", operation: "loose", status: 400, body: `{"code":76,"error":"no amount"}`, want: Pass, exercised: true},
		{claim: "no code fails", operation: "loose", status: 400, body: `{"message":"no amount"}`, want: Fail, exercised: true, says: "an error code, not blank, under one of /code, /error/code Received:no /code"},
		{claim: "a blank code fails", operation: "loose", status: 400, body: `{"code":" ","message":"no amount"}`, want: Fail, exercised: true, says: "Deviation:value"},
		{claim: "a code of nothing but a zero-width space fails", operation: "loose", status: 400, body: `{"code":"\u200b","message":"no amount"}`, want: Fail, exercised: true, says: "Deviation:value"},
		{claim: "a description of Hangul fillers fails", operation: "loose", status: 400, body: `{"code":"x","error":{"message":"\u3164\u3164"}}`, want: Fail, exercised: true, says: "a description of the problem"},
		{claim: "a blank description fails", operation: "loose", status: 400, body: `{"code":"x","error":{"message":" "}}`, want: Fail, exercised: true, says: "a description of the problem"},
		{claim: "names that are none of them fail", operation: "loose", status: 400, body: `{"nr":"x","text":"no amount"}`, want: Fail, exercised: true},
		{claim: "an error that says ok fails", operation: "loose", status: 500, body: `{"status":"ok","code":"x","message":"down"}`, want: Fail, exercised: true, says: "does not state a success"},
		{claim: "HTML fails", operation: "loose", status: 400, media: "text/html", body: `<html>`, want: Fail, exercised: true},
	})
}

func TestErrorNames(t *testing.T) {
	table(t, "error-names", []row{
		{claim: "the preferred names pass", operation: "loose", status: 400, body: `{"status":"error","code":"x","message":"no amount"}`, want: Pass, exercised: true},
		{claim: "others fail", operation: "loose", status: 400, body: `{"error":{"code":"x","message":"no amount"}}`, want: Fail, exercised: true, says: "/message"},
		{claim: "a code that is a number fails", operation: "loose", status: 400, body: `{"status":"error","code":76,"message":"no amount"}`, want: Fail, exercised: true, says: "Deviation:type"},
		{claim: "where no other names are allowed error-body judges them", status: 400, body: `{}`, want: Pass},
		{claim: "an error without a code is judged elsewhere", operation: "loose", status: 400, body: `{"status":"error","message":"no amount"}`, want: Pass},
		{claim: "HTML is judged elsewhere", operation: "loose", status: 400, body: `<html>`, want: Pass},
	})
}

func TestErrorBody(t *testing.T) {
	table(t, "error-body", []row{
		{claim: "what is promised passes", status: 400, body: `{"status":"Error","code":"GW03","message":"no amount","more":1}`, want: Pass, exercised: true},
		{claim: "without its constant it fails", status: 400, body: `{"code":"GW03","message":"no amount"}`, want: Fail, exercised: true, says: `Expected:/status "error" Received:no /status`},
		{claim: "another constant fails", status: 400, body: `{"status":"declined","code":"GW03","message":"no amount"}`, want: Fail, exercised: true, says: `Expected:/status "error" Received:"declined"`},
		{claim: "no code fails", status: 400, body: `{"status":"error","message":"no amount"}`, want: Fail, exercised: true, says: "/code, a non-blank string Received:no /code"},
		{claim: "a blank message fails", status: 400, body: `{"status":"error","code":"GW03","message":" \t"}`, want: Fail, exercised: true, says: `Received:" \t"`},
		{claim: "a code that is a number fails", status: 400, body: `{"status":"error","code":3,"message":"no amount"}`, want: Fail, exercised: true, says: "Deviation:type"},
		{claim: "null fails", status: 400, body: `{"status":"error","code":null,"message":"no amount"}`, want: Fail, exercised: true},
		{claim: "HTML fails and says so", status: 500, media: "text/html", body: "<html>", want: Fail, exercised: true, says: "(media type text/html)"},
		{claim: "an empty body fails", status: 401, media: "none", body: "", want: Fail, exercised: true, says: "an empty body"},
		{claim: "a list fails", status: 400, body: `[]`, want: Fail, exercised: true},
		{claim: "a cut body is unclear", status: 400, body: `{"code":"…`, want: Inconclusive, says: "longer than"},
		{claim: "HEAD has no body to judge", operation: "peek", status: 404, want: Pass},
	})
	t.Run("without the promise the schema is judged", func(t *testing.T) {
		d := toyDescription(t)
		o := *d.Operation("pay")
		o.Conformance.Error = nil
		r := row{status: 200, body: `{"id":1}`}
		if seen := errorBody(View{Case: plainCase, Operation: &o, Answer: r.answer(), Body: readBody(r.answer())}); len(seen.Findings) != 2 {
			t.Errorf("got %+v", seen)
		}
	})
}
