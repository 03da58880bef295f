package defects

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"qorcheck/harness/sandbox/internal/api"
	"qorcheck/harness/sandbox/internal/strict"
)

// Tolerated stands in the column of the requirement for what the promise leaves
// open: a sandbox that differs so keeps it, and nothing may fail.
const Tolerated = "tolerated"

var variants = []Defect{
	{"405-for-wrong-method", "answers a wrong method with 405", Tolerated, nil, on{"payment-sale-manual"},
		after(wrongMethod, status(405))},
	{"replay-marked", "says of a repeat that it is one", Tolerated, nil, on{"payment-sale-manual", "payment-capture"},
		marksRepeats()},
	{"error-500", "answers a payment that ended in an error by 500, and stores nothing", Tolerated, nil, on{"payment-sale-manual"},
		before(all(is("payment-sale-manual"), sends("creditcard", as("4000000000009615"))), corrects("creditcard", "4000000000500019"))},
	{"long-message-reason", "gives a reason of three hundred characters in the message about a failure", Tolerated, nil, on{"payment-capture"},
		rewording("capture.declined", func(m map[string]any) { m["reason"] = strings.Repeat("because ", 40) })},
	{"500-for-missing", "answers 500 where a mandatory field is missing", Tolerated, nil, on{"payment-sale-manual"},
		after(missesZIP, status(500))},
	{"gw03-for-missing", "declines with GW03 where a mandatory field is missing", Tolerated, nil, on{"payment-sale-manual"},
		after(missesZIP, declines(api.CodeMalformed), says("refusalReason", "a value is missing"))},
	{"500-for-missing-token", "answers 500 to a removal that does not name its token", Tolerated, nil, on{"token-remove"},
		after(all(answered(400), is("token-remove")), status(500))},
	{"gw03-for-missing-token", "declines with GW03 a removal that does not name its token", Tolerated, nil, on{"token-remove"},
		after(all(answered(400), is("token-remove")), answers(200, `{"status":"declined","code":"GW03","message":"a value is missing"}`))},
	{"gw76-for-unknown", "answers 200 and GW76 to an unknown id", Tolerated, nil, on{"payment-void"},
		after(notFound, answers(200, `{"status":"error","code":"GW76","message":"no such record","resultCode":"Error","refusalReason":"no such record"}`))},
	{"unknown-token-declined", "declines a payment by an unknown token", Tolerated, nil, on{"payment-sale-token"},
		after(all(is("payment-sale-token", "payment-auth-token"), notFound), answers(200, `{"status":"declined","code":"GW14","message":"no such token","resultCode":"Refused","refusalReason":"no such token"}`))},
	{"ambiguity-accepted", "accepts what can be read in more than one way", Tolerated, nil, on{"ach-credit", "token-remove"},
		before(always, readLeniently)},
	{"ids-counted", "counts its transactions, from 1", Tolerated, nil, on{"payment-sale-manual", "payment-void", "transactions-fetch-one", "transactions-fetch-all"},
		func(p *planting) error {
			p.options.NewID = func(count int) string { return strconv.Itoa(count + 1) }
			return nil
		}},
	{"charset-told", "names the charset of its answers", Tolerated, nil, on{"payment-sale-manual", "webhooks_list"},
		after(always, labels("application/json; charset=utf-8"))},
	{"errors-say-more", "adds a field to the body of an error", Tolerated, nil, on{"payment-sale-manual"},
		after(rejected, says("request_id", "req_4711"))},
	{"status-capitalised", "writes the status with a capital letter", Tolerated, nil, on{"payment-sale-manual"},
		after(saying("status", api.Approved), says("status", "Approved"))},
	{"another-word-of-success", "calls an accepted capture Captured", Tolerated, nil, on{"payment-capture"},
		after(all(is("payment-capture"), saying("resultCode", api.Received)), says("resultCode", "Captured"))},
	{"message-twice", "sends a message that was acknowledged a second time, to the byte", Tolerated, nil, on{"payment-capture"},
		delivering(func(_ *api.Server, _ api.Message, attempt func() bool) {
			for range 1 + api.Repeats {
				if attempt() {
					attempt()
					return
				}
			}
		})},
	{"key-declined", "declines a repeated idempotency key, as the response codes say", Tolerated, nil, on{"payment-sale-manual", "payment-capture"},
		declinesRepeats()},
	{"amount-not-told", "leaves the amount out of a success", Tolerated, nil, on{"payment-capture", "payment-refund"},
		after(always, omits("amount_approved"))},
	{"used-order-400", "answers 400 to a used order id", Tolerated, nil, on{"cash-sale"},
		after(saying("code", "GW19"), refuses(400, "used", "the order id was used before"))},
	{"500-for-form-without-fields", "answers 500 to a form that names no field it knows", Tolerated, nil, on{"payment-capture"},
		after(all(answered(400), func(x *exchange) bool { return string(x.sent) == "transaction_data=text" }), status(500))},
	{"account-holder-passed-over", "finds no bank transfer by who holds the account", Tolerated, nil, on{"transactions-fetch-all"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if rq.Query["cardholder_name"] != "" && rq.Query["payment_type"] == "ach" {
				rq.Query["transaction_id"] = "none"
			}
		}, "transactions-fetch-all")},
}

func wrongMethod(x *exchange) bool {
	return x.status == http.StatusNotFound && x.Method == http.MethodPut && x.URL.Path == "/v3/payment/sale/manual/"
}

var missesZIP = all(is("payment-sale-manual"), answered(400), sends("bzip", missing))

// readLeniently takes the last of several values of one name, passes over a byte
// order mark and a charset that is not that of the text.
func readLeniently(x *exchange) {
	x.URL.RawQuery = once(x.URL.RawQuery)
	if strings.HasPrefix(x.Header.Get("Content-Type"), strict.FormType) {
		x.sent = []byte(once(string(x.sent)))
		return
	}
	if x.Header.Get("Content-Type") == strict.JSONType+"; charset=utf-16" {
		x.Header.Set("Content-Type", strict.JSONType)
	}
	x.sent = bytes.TrimPrefix(x.sent, []byte("\ufeff"))
}

func once(encoded string) string {
	values, err := url.ParseQuery(encoded)
	if err != nil {
		return encoded
	}
	var pairs []string
	for pair := range strings.SplitSeq(encoded, "&") {
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil || len(values[plain]) > 1 {
			values[plain] = values[plain][1:]
			continue
		}
		pairs = append(pairs, pair)
	}
	return strings.Join(pairs, "&")
}
