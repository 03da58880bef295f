package verdict

import (
	"strings"
	"testing"
)

func TestSchema(t *testing.T) {
	const good = `{"id":"1","status":"approved","more":1}`
	table(t, "schema", []row{
		{claim: "the documented body passes", status: 200, body: good, want: Pass, exercised: true},
		{claim: "a missing field fails", status: 200, body: `{"status":"approved"}`, want: Fail, exercised: true, says: "/id, which is required Received:no /id"},
		{claim: "a wrong type fails", status: 200, body: `{"id":1,"status":"approved"}`, want: Fail, exercised: true, says: "/id must be of type string, is number Received:1"},
		{claim: "a wrong word fails", status: 200, body: `{"id":"1","status":"maybe"}`, want: Fail, exercised: true, says: `Received:"maybe"`},
		{claim: "null fails", status: 200, body: `{"id":null,"status":"approved"}`, want: Fail, exercised: true},
		{claim: "a list fails", status: 200, body: `[]`, want: Fail, exercised: true, says: "an array of 0 items"},
		{claim: "several faults are told at once", status: 200, body: `{"id":{},"status":[]}`, want: Fail, exercised: true, says: "an object of 0 fields"},
		{claim: "a missing header fails", status: 200, body: good, header: map[string]string{"X-Trace": ""}, want: Fail, exercised: true, says: "header X-Trace"},
		{claim: "no JSON fails", status: 200, body: "<html>", want: Fail, exercised: true, says: "a JSON body"},
		{claim: "a name twice fails", status: 200, body: `{"id":"1","id":"1","status":"approved"}`, want: Fail, exercised: true, says: "twice"},
		{claim: "a cut body is unclear", status: 200, body: `{"id":"…`, want: Inconclusive, exercised: true, says: "longer than"},
		{claim: "an undocumented status is not its matter", status: 418, body: "<html>", want: Pass},
		{claim: "a type without a schema is not its matter", operation: "ranged", status: 404, body: "{}", want: Pass},
		{claim: "but what its label says is", operation: "ranged", status: 404, body: "<html>", want: Fail, exercised: true, says: "a JSON body"},
		{claim: "HEAD is judged by its headers", operation: "peek", status: 200, want: Pass, exercised: true},
		{claim: "HEAD without its header fails", operation: "peek", status: 200, header: map[string]string{"X-Trace": ""}, want: Fail, exercised: true, says: "X-Trace"},
	})
}

func TestSchemaReading(t *testing.T) {
	table(t, "schema-reading", []row{
		{claim: "what fits passes", operation: "loose", status: 200, body: `{"id":"1","result":"Paid"}`, want: Pass, exercised: true},
		{claim: "a field that is our reading fails", operation: "loose", status: 200, body: `{"id":"1"}`, want: Fail, exercised: true, says: "/result, which is required"},
		{claim: "a form that is our reading fails", operation: "loose", status: 200, body: `{"id":"1","result":""}`, want: Fail, exercised: true, says: "Keyword:minLength"},
		{claim: "what the pages say is judged elsewhere", operation: "loose", status: 200, body: `{"result":"Paid"}`, want: Pass, exercised: true},
		{claim: "what cannot be read is judged elsewhere", operation: "loose", status: 200, body: `<html>`, want: Pass},
	})
	t.Run("schema leaves the readings alone", func(t *testing.T) {
		if v := judgeRow(t, "schema", row{operation: "loose", status: 200, body: `{"id":"1"}`}); v.Outcome != Pass || !v.Exercised {
			t.Errorf("%+v", v)
		}
	})
}

func TestFinding_IsBounded(t *testing.T) {
	v := judgeRow(t, "schema", row{status: 200, body: `{"id":"1","status":"` + strings.Repeat("é", 100_000) + `"}`})
	if got := v.Findings[0].Received; len(got) > maxValue+10 || !strings.HasSuffix(got, `é…"`) {
		t.Errorf("%d bytes, ending %q", len(got), got[len(got)-10:])
	}
}
