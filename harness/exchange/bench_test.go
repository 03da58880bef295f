package exchange

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

const benchedBody = `{"status":"approved","code":"GW00","message":"Approved","transaction_id":"310905123456789","reference_id":"6f1c2a34-8d0b-4e1f-9a57-3b2c1d0e4f56","orderid":"QC0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b","amount":"12.00","resultCode":"Authorised","creditcard":"400000******0002","cvv_result":"M","avs":"Y"}`

// BenchmarkEvidence makes the redacted copy of a usual exchange.
func BenchmarkEvidence(b *testing.B) {
	d, err := parsed()
	if err != nil {
		b.Fatal(err)
	}
	c := benchClient(b, d)
	r := benchRecord()
	f := filler{client: c, caseID: "pay.valid.required", values: map[string]string{"TRANSACTION_ID": "310905123456789"}}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ { // the id is another in each answer, so that none is remembered
		r.Answer.Body = []byte(strings.Replace(benchedBody, "310905123456789", strconv.Itoa(310905120000000+n), 1))
		c.evidence(r, f)
	}
}

func benchClient(b *testing.B, d *spec.Description) *Client {
	f, err := settings.ParseFixtures([]byte(`
hosts: []
credentials:
  valid: { AppKey: T5270812718615729135, ClientKey: c9a6877e0bc2cfb31b34009a9074f2e9 }
  revoked: { AppKey: T6170812718615729136, ClientKey: d9a6877e0bc2cfb31b34009a9074f2e9 }
  no_rights: { AppKey: T7170812718615729136, ClientKey: e9a6877e0bc2cfb31b34009a9074f2e9 }
  other_merchant: { AppKey: T8170812718615729136, ClientKey: f9a6877e0bc2cfb31b34009a9074f2e9 }
triggers: { card: { approved: { creditcard: "4571000000000001", cvv: "873" } } }
test_cards: ["4571000000000001"]
`), "bench.yaml", nil)
	if err != nil {
		b.Fatal(err)
	}
	target, err := settings.ParseTarget("http://127.0.0.1:8080/v3")
	if err != nil {
		b.Fatal(err)
	}
	return New(settings.Settings{Target: target, Fixtures: f, Concurrency: 1, Timeout: 1, BodyLimit: 1 << 20, RunID: "bench"}, d)
}

func benchRecord() Record {
	step := post("/payment/capture", `{"transaction_data":{"mid":"700100200","transaction_id":"`+hole(plan.FromAnswer, "TRANSACTION_ID")+`","amount":"12.00","orderid":"`+hole(plan.FromRun, "ORDER_ID", "36")+`","creditcard":"`+hole(plan.FromTrigger, "card", "approved", "creditcard")+`","cvv":"`+hole(plan.FromTrigger, "card", "approved", "cvv")+`"}}`)
	step.Request.Header = append(step.Request.Header,
		plan.Field{Name: "Qor-App-Key", Value: hole(plan.FromCredential, "valid", "AppKey")},
		plan.Field{Name: "Qor-Client-Key", Value: hole(plan.FromCredential, "valid", "ClientKey")})
	return Record{Step: step, Method: "POST", Writes: 1, Answer: &Answer{
		Status: 200, Proto: "HTTP/1.1", Body: []byte(benchedBody),
		Header: http.Header{"Content-Type": {"application/json"}, "Content-Length": {"312"}, "Date": {"Tue, 24 Nov 2026 23:31:38 GMT"}},
	}}
}
