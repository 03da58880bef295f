package redact

import (
	"strings"
	"testing"
)

const benchedBody = `{"status":"approved","code":"GW00","message":"Approved","transaction_id":"310905123456789","reference_id":"6f1c2a34-8d0b-4e1f-9a57-3b2c1d0e4f56","orderid":"QC0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b","amount":"12.00","resultCode":"Authorised","creditcard":"400000******0002","cvv_result":"M","avs":"Y"}`

func benchRedactor() *Redactor {
	s := Secrets{Values: []string{"873"}, Cards: []string{"4571000000000001"}}
	for _, first := range "cdefa" { // keys of roles, and what they become where a case alters them
		key, app := string(first)+"9a6877e0bc2cfb31b34009a9074f2e9", "T"+string(first)+"270812718615729135"
		s.Values = append(s.Values, key, key[1:], key+"9", strings.ToUpper(key), app, app[1:], app+"5", strings.ToLower(app))
	}
	return New(s)
}

// BenchmarkRedactAnswer redacts the body of a usual answer.
func BenchmarkRedactAnswer(b *testing.B) {
	r := benchRedactor()
	b.ReportAllocs()
	for b.Loop() {
		r.redactUncached(benchedBody, false) // as a body is that is not remembered
	}
}

// BenchmarkRedactText redacts a long text that holds no secret, as of a plan.
func BenchmarkRedactText(b *testing.B) {
	r := benchRedactor()
	text := strings.Repeat("  \"what\": \"amount=^[0-9]+$ and page_size=10, answered as documented\",\n", 1000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r.redactUncached(text, false)
	}
}
