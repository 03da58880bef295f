package verdict

import (
	"net/http"
	"strings"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/message"
)

func TestNotShown(t *testing.T) {
	const sent = `{"card":"4571000000000001","cvv":"321","amount":"321.00","reference":"r-4571"}`
	table(t, "not-shown", []row{
		{claim: "an answer that shows neither passes", sent: sent, status: 200, body: `{"id":"310905123456789","amount":"321.00","last":"0001"}`, want: Pass, exercised: true},
		{claim: "a card number fails", sent: sent, status: 400, body: `{"message":"no such card: 4571000000000001"}`, want: Fail, exercised: true, says: "does not repeat /card of the request"},
		{claim: "a card number in groups fails", sent: sent, status: 400, body: `{"message":"no such card: 4571 0000 0000 0001"}`, want: Fail, exercised: true, says: "/message"},
		{claim: "a card number with dashes, deep inside, fails", sent: sent, status: 200, body: `{"data":[{"card":"4571-0000-0000-0001"}]}`, want: Fail, exercised: true, says: "/data/0/card"},
		{claim: "a card number as a number fails", sent: sent, status: 200, body: `{"card":4571000000000001}`, want: Fail, exercised: true},
		{claim: "a card number on a page fails", sent: sent, status: 400, media: "text/html", body: `<p>4571000000000001</p>`, want: Fail, exercised: true},
		{claim: "the verification value alone fails", sent: sent, status: 200, body: `{"cvv":"321"}`, want: Fail, exercised: true, says: "/cvv of the request"},
		{claim: "the verification value in a sentence fails", sent: sent, status: 400, body: `{"message":"the CVV 321 is wrong"}`, want: Fail, exercised: true},
		{claim: "the same digits within a number or a word are no verification value", sent: sent, status: 200, body: `{"id":"9321","note":"paid 321.00 by a321, no 4-321-1","message":"13211"}`, want: Pass, exercised: true},
		{claim: "nor are they where the description has another value", sent: sent, status: 200, body: `{"id":"321"}`, want: Pass, exercised: true},
		{claim: "and where a sentence speaks of that", sent: sent, status: 200, body: `{"id":"321","message":"payment 321 of today"}`, want: Pass, exercised: true},
		{claim: "nor those that the request asks about", sent: sent, url: "http://127.0.0.1/payment/321?all=yes", status: 404, body: `{"message":"there is no payment 321"}`, want: Pass, exercised: true},
		{claim: "nor those that it carries elsewhere", sent: `{"cvv":"321","reference":"321"}`, status: 400, body: `{"message":"no such reference: 321"}`, want: Pass, exercised: true},
		{claim: "they are where the description has something of that name", sent: sent, status: 200, body: `{"cvv_result":"321"}`, want: Fail, exercised: true, says: "/cvv of the request"},
		{claim: "and at a place that it does not have", sent: sent, status: 200, body: `{"checked":321}`, want: Fail, exercised: true, says: "Pointer:/checked"},
		{claim: "whatever the port of the target is", sent: sent, url: "http://127.0.0.1:321/pay", status: 400, body: `{"message":"the CVV 321 is wrong"}`, want: Fail, exercised: true},
		{claim: "a whole card number is never there by chance", sent: sent, status: 200, body: `{"id":"4571000000000001"}`, want: Fail, exercised: true},
		{claim: "what stands for a card may be repeated", sent: `{"card":"457100$aB3dE5gH"}`, status: 200, body: `{"token":"457100$aB3dE5gH"}`, want: Pass},
		{claim: "a request without them says nothing", sent: `{}`, status: 200, body: `{"card":"4571000000000001"}`, want: Pass},
		{
			claim: "a card number that an earlier request carried fails", sent: `{}`, status: 200, body: `{"card":"4571000000000001"}`,
			prepared: []exchange.Record{{Body: []byte(sent)}}, want: Fail, exercised: true,
		},
		{claim: "a card number with dots fails", sent: sent, status: 400, body: `{"message":"no such card: 4571.0000.0000.0001"}`, want: Fail, exercised: true, says: "/message"},
		{claim: "a card number with zero-width spaces fails", sent: sent, status: 400, body: `{"message":"no: 4571\u200b0000\u200b0000\u200b0001"}`, want: Fail, exercised: true, says: "/message"},
		{claim: "a card number in two values fails", sent: sent, status: 200, body: `{"first":"45710000","second":"00000001"}`, want: Fail, exercised: true, says: "the body"},
		{claim: "all but one digit fail", sent: sent, status: 200, body: `{"note":"457100000000000"}`, want: Fail, exercised: true, says: "/note"},
		{claim: "a card number in base64 fails", sent: sent, status: 200, body: `{"note":"Y2FyZCA0NTcxMDAwMDAwMDAwMDAx"}`, want: Fail, exercised: true, says: "/note"},
		{claim: "a card number in a name fails", sent: sent, status: 200, body: `{"by":{"4571000000000001":"yes"}}`, want: Fail, exercised: true, says: "/by/4571000000000001"},
		{claim: "a card number on a page in entities fails", sent: sent, status: 400, media: "text/html", body: `<p>&#52;&#53 71000000000001</p>`, want: Fail, exercised: true},
		{claim: "a card number in a header fails", sent: sent, status: 200, body: `{}`, header: map[string]string{"Location": "/pay?card=4571000000000001"}, want: Fail, exercised: true, says: "its value in the header Location"},
		{claim: "a card number in a header's name fails", sent: sent, status: 200, body: `{}`, header: map[string]string{"X-4571-0000-0000-0001": "1"}, want: Fail, exercised: true, says: "the header X-4571-0000-0000-0001"},
		{claim: "a verification value in a header is chance", sent: sent, status: 200, body: `{}`, header: map[string]string{"Content-Length": "321"}, want: Pass, exercised: true},
		{
			claim: "a card number in a message fails", sent: sent, status: 200, body: `{}`, want: Fail, exercised: true, says: "its value in /data/card",
			observed: []exchange.Record{{Messages: []message.Delivery{{Body: []byte(`{"data":{"card":"4571 0000 0000 0001"}}`), Value: map[string]any{"data": map[string]any{"card": "4571 0000 0000 0001"}}}}}},
		},
		{
			claim: "a card number in a message's header fails", sent: sent, status: 200, body: `{}`, want: Fail, exercised: true, says: "the header X-Card",
			observed: []exchange.Record{{Messages: []message.Delivery{{Header: http.Header{"X-Card": {"4571000000000001"}}}}}},
		},
		{claim: "ids and masked numbers are none", sent: sent, status: 200, body: `{"id":"4571000000000002","a":"457100******0001","b":{"bin":"45710000","last":"0001"},"c":457100000000,"d":"00457100000000"}`, header: map[string]string{"X-Request-Id": "31090512345678901"}, want: Pass, exercised: true},
		{claim: "where nothing is listed nothing is judged", operation: "free", sent: sent, status: 200, body: `{}`, want: Pass, exercised: true},
	})
}

func TestNotShown_HidesTheValue(t *testing.T) {
	v := judgeRow(t, "not-shown", row{sent: `{"card":"4571000000000001"}`, status: 200, body: `{"card":"4571000000000001"}`})
	for _, f := range v.Findings {
		if strings.Contains(f.Expected+f.Received, "4571") {
			t.Errorf("the finding repeats the card number: %+v", f)
		}
	}
}

func TestNoInside(t *testing.T) {
	says := func(message string) string { return `{"code":"96","message":"` + message + `"}` }
	table(t, "no-inside", []row{
		{claim: "a description of the problem passes", status: 400, body: says("body: /amount breaks the rule pattern"), want: Pass, exercised: true},
		{claim: "a version, a time and a public address pass", status: 400, body: says("see https://docs.example.test/errors v1.10.2 at 10:20:30 from 203.0.113.9"), want: Pass, exercised: true},
		{claim: "a stack trace of Go fails", status: 500, body: says(`panic\n\ngoroutine 84 [running]:\nmain.sale()`), want: Fail, exercised: true, says: "a stack trace"},
		{claim: "a stack trace of Java fails", status: 500, body: says(`java.lang.NullPointerException\n\tat com.pay.Sale.run(Sale.java:112)`), want: Fail, exercised: true, says: "a stack trace"},
		{claim: "a stack trace of Python fails", status: 500, body: says(`Traceback (most recent call last):\n  File \"app.py\", line 3`), want: Fail, exercised: true, says: "a stack trace"},
		{claim: "a stack trace of JavaScript fails", status: 500, body: says(`TypeError: x\n    at pay (/srv/app/pay.js:10:3)`), want: Fail, exercised: true, says: "a stack trace"},
		{claim: "a stack trace of PHP fails", status: 500, body: says(`#0 /var/www/sale.php(12): pay()`), want: Fail, exercised: true, says: "a stack trace"},
		{claim: "a stack trace on a page fails", status: 500, media: "text/html", body: `<pre>goroutine 1 [running]:</pre>`, want: Fail, exercised: true},
		{claim: "an error of a database fails", status: 500, body: says("ERROR: syntax error at or near SELECT"), want: Fail, exercised: true, says: "a database error"},
		{claim: "a host of the inside fails", status: 500, body: says("dial pg-primary-2.payments.internal: refused"), want: Fail, exercised: true, says: `pg-primary-2.payments.internal`},
		{claim: "an address of the inside fails", status: 500, body: says("dial tcp 10.20.0.14:5432: refused"), want: Fail, exercised: true, says: "10.20.0.14"},
		{claim: "what the request itself said may be said", sent: `{"reference":"http://10.20.0.14/"}`, status: 400, body: says("10.20.0.14 is no allowed receiver"), want: Pass, exercised: true},
		{claim: "an answer to HEAD has no body to tell it in", operation: "peek", status: 404, body: "", want: Pass},
	})
}

// What stands around a body is looked at too.
func TestNotShown_AroundTheBody(t *testing.T) {
	for _, tt := range []struct {
		claim, says string
		change      func(*exchange.Answer)
	}{
		{"the status line", "in the status line", func(a *exchange.Answer) { a.Reason = "no 4571000000000001" }},
		{"a trailer", "in the trailer X-Card", func(a *exchange.Answer) { a.Trailer = http.Header{"X-Card": {"4571:0000:0000:0001"}} }},
	} {
		answer := &exchange.Answer{Status: 200, Body: []byte(`{}`)}
		tt.change(answer)
		seen := notShown(View{Operation: toyDescription(t).Operation("pay"), Sent: map[string]any{"card": "4571000000000001"}, Answer: answer, Body: readBody(answer)})
		if len(seen.Findings) != 1 || !strings.Contains(say(seen.Findings[0]).Received, tt.says) {
			t.Errorf("%s: %+v", tt.claim, seen)
		}
	}
}
