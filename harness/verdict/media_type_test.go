package verdict

import (
	"net/http"
	"testing"

	"qorcheck/harness/exchange"
)

func TestMediaType(t *testing.T) {
	const good = `{"id":"1","status":"approved"}`
	table(t, "media-type", []row{
		{claim: "documented JSON passes", status: 200, body: good, want: Pass, exercised: true},
		{claim: "parameters are allowed", status: 200, media: `Application/JSON; charset="utf-8"`, body: good, want: Pass, exercised: true},
		{claim: "parameters of the description are not demanded", status: 400, body: "{}", want: Pass, exercised: true},
		{claim: "a charset of other bytes fails", status: 200, media: "application/json; charset=utf-16", body: good, want: Fail, exercised: true, says: "a body that is not in utf-16"},
		{claim: "so does US-ASCII that is not", status: 200, media: "application/json; charset=US-ASCII", body: `{"id":"é","status":"approved"}`, want: Fail, exercised: true, says: "a body that is not in US-ASCII"},
		{claim: "US-ASCII that is passes", status: 200, media: "application/json; charset=us-ascii", body: good, want: Pass, exercised: true},
		{claim: "a charset that the bytes are in as well passes", status: 200, media: "application/json; charset=iso-8859-1", body: good, want: Pass, exercised: true},
		{claim: "HTML fails", status: 200, media: "text/html", body: "<html>", want: Fail, exercised: true, says: "media type application/json Received:media type text/html"},
		{claim: "none fails", status: 200, media: "none", body: good, want: Fail, exercised: true, says: "no media type"},
		{claim: "a look-alike fails", status: 200, media: "application/jsonp", body: good, want: Fail, exercised: true},
		{claim: "JSON only by its label fails", status: 200, body: "<html>", want: Fail, exercised: true, says: "a JSON body"},
		{claim: "an empty body fails", status: 200, body: "", want: Fail, exercised: true, says: "an empty body"},
		{claim: "an undocumented status is judged by the others", status: 418, media: "text/html", body: "<html>", want: Fail, exercised: true},
		{claim: "but an empty one promises nothing", status: 418, media: "none", body: "", want: Pass},
		{claim: "JSON by its label alone fails where nothing is documented", operation: "free", status: 200, body: "<html>", want: Fail, exercised: true, says: "a JSON body"},
		{claim: "JSON is nobody's promise there", operation: "free", status: 200, body: "{}", want: Pass},
		{claim: "and passes in their form", status: 418, body: "{}", want: Pass, exercised: true},
		{claim: "a cut body is unclear", status: 200, body: `{"id":"…`, want: Inconclusive, says: "longer than"},
		{claim: "a body that is not in the coding of its label fails", status: 200, body: good, header: map[string]string{"Content-Encoding": "gzip"}, want: Fail, exercised: true, says: `encoded as "gzip"`},
		{claim: "one that was decoded is noted", status: 200, body: good, decoded: true, header: map[string]string{"Content-Encoding": "gzip"}, want: Pass, exercised: true, says: `the content coding "gzip" is tolerated`},
		{claim: "and judged", status: 200, body: "<html>", decoded: true, header: map[string]string{"Content-Encoding": "gzip"}, want: Fail, exercised: true, says: "a JSON body"},
		{claim: "one that is cut is unclear in any coding", status: 200, body: "…", header: map[string]string{"Content-Encoding": "br"}, want: Inconclusive, says: "longer than"},
		{claim: "the coding that is none passes", status: 200, body: good, header: map[string]string{"Content-Encoding": "Identity"}, want: Pass, exercised: true},
		{claim: "204 without a body passes", status: 204, media: "none", want: Pass, exercised: true},
		{claim: "204 of length 0 passes", status: 204, media: "none", header: map[string]string{"Content-Length": "0"}, want: Pass, exercised: true},
		{claim: "204 with a body fails", status: 204, body: "{}", want: Fail, exercised: true, says: "no body Received:a body of 2 bytes"},
		{claim: "204 that announces a body fails", status: 204, media: "none", header: map[string]string{"Content-Length": "5"}, want: Fail, exercised: true, says: "a body of 5 bytes"},
		{claim: "304 with a body fails", status: 304, body: "{}", want: Fail, exercised: true},
		{claim: "304 announces the length of another answer", status: 304, header: map[string]string{"Content-Length": "5"}, want: Pass, exercised: true},
		{claim: "HEAD has no body", operation: "peek", status: 200, want: Pass, exercised: true},
		{claim: "HEAD may leave the label out", operation: "peek", status: 200, media: "none", want: Pass},
		{claim: "HEAD with another label fails", operation: "peek", status: 404, media: "text/html", want: Fail, exercised: true},
		{claim: "a documented type that is not JSON passes as it is", operation: "ranged", status: 200, media: "text/csv", body: "a,b", want: Pass, exercised: true},
		{claim: "a documented range passes", operation: "ranged", status: 200, media: "image/png", body: "\x89PNG", want: Pass, exercised: true},
		{claim: "a documented range covers no other", operation: "ranged", status: 200, media: "imagery/png", body: "x", want: Fail, exercised: true},
		{claim: "any type passes where any is documented", operation: "open", status: 200, media: "text/html", body: "<html>", want: Pass, exercised: true},
		{claim: "none is not any", operation: "open", status: 200, media: "none", body: "x", want: Fail, exercised: true},
		{claim: "what nothing is documented for is nobody's promise", operation: "free", status: 200, media: "text/html", body: "<html>", want: Pass},
	})
}

func TestMediaType_NothingFollowsAResponse(t *testing.T) {
	for _, trailing := range []bool{false, true} {
		r := row{status: 200, body: `{"id":"1","status":"approved"}`}
		a := r.answer()
		a.Trailing = trailing
		seen := mediaType(View{Case: plainCase, Operation: toyDescription(t).Operation("pay"), Answer: a, Body: readBody(&exchange.Answer{Body: a.Body})})
		if got := len(seen.Findings) > 0; got != trailing || !seen.Exercised {
			t.Errorf("bytes after the answer: %t, findings %v", trailing, seen.Findings)
		}
	}
}

// A label that stands twice says nothing, even where both are the same.
func TestMediaType_Twice(t *testing.T) {
	for _, second := range []string{"text/html", "application/json"} {
		h := http.Header{"Content-Type": {"application/json", second}}
		if f := mislabelled(h, []byte("{}")); f == nil || say(*f).Received != "several: application/json, "+second {
			t.Errorf("%+v", f)
		}
	}
	if f := mislabelled(http.Header{"Content-Type": {"application/json"}}, []byte("{}")); f != nil {
		t.Errorf("%+v", f)
	}
}
