package defects

import (
	"bytes"
	"strings"

	"qorcheck/harness/sandbox/internal/strict"
)

// What a request has to be.
var validationDefects = []Defect{
	{"malformed-approved", "approves every malformed request", "RH-400-1", also{"RH-400-2", "RH-400-3", "RH-400-6", "RH-200-2", "RH-200-11", "ACH-1", "FL-HOOK-3", "RH-NIL-4"}, on{"payment-void"},
		after(answered(400), answers(200, `{"status":"approved","code":"GW00","message":"fine","resultCode":"Authorised"}`))},
	{"trailing-text-accepted", "accepts text after the JSON value", "RH-400-1", nil, on{"payment-sale-manual"},
		before(always, func(x *exchange) { x.sent = bytes.TrimSuffix(x.sent, []byte(" garbage")) })},
	{"media-type-ignored", "accepts JSON under another media type", "RH-400-8", nil, on{"payment-sale-manual"},
		before(func(x *exchange) bool { return x.Header.Get("Content-Type") == "text/plain" },
			func(x *exchange) { x.Header.Set("Content-Type", strict.JSONType) })},
	{"empty-body-500", "answers a request without a body by 500", "RH-400-7", also{"RH-400-2"}, on{"payment-sale-manual"},
		after(all(answered(400), func(x *exchange) bool { return len(bytes.TrimSpace(x.sent)) == 0 }), answers(500, systemFailure))},
	{"longer-text-accepted", "accepts one character more than the greatest length", "RH-400-2", nil, on{"payment-sale-manual"},
		before(sends("ipaddress", long(17)), func(x *exchange) { corrects("ipaddress", x.text("ipaddress")[:16])(x) })},
	{"maximum-ignored", "ignores the greatest length of a field", "RH-400-2", nil, on{"payment-sale-manual"},
		without("/components/schemas/PayerAddress/maxLength")},
	{"minimum-off-by-one", "accepts a number one below its minimum", "RH-400-9", nil, on{"transactions-fetch-all"},
		before(always, func(x *exchange) { x.URL.RawQuery = strings.Replace(x.URL.RawQuery, "limit=0", "limit=1", 1) })},
	{"enum-ignored", "ignores which values a field may have", "RH-400-2", also{"RH-200-2"}, on{"webhooks-create"},
		without("/components/schemas/WebhookEvent/enum")},
	{"pattern-ignored", "ignores the form of an amount", "RH-400-2", also{"RH-NIL-4"}, on{"payment-sale-manual"},
		without("/components/schemas/Amount/pattern")},
	{"bytes-counted", "counts the bytes of a text", "RH-200-15", nil, on{"ach-sale"},
		after(all(is("ach-sale"), sends("bankstate", as("ÄÖ"))), refuses(400, "length", "bankstate is too long"))},
	{"third-decimal-dropped", "takes an amount with three decimals and drops the last", "RH-400-2", nil, on{"payment-sale-manual"},
		reads("amount", "18.400", "18.40")},
	{"month-above-december", "takes 99 for a month", "RH-400-9", nil, on{"payment-sale-manual"},
		reads("month", "99", "12")},
	{"short-zip-accepted", "takes a ZIP code of four digits", "RH-400-2", nil, on{"payment-sale-manual"},
		reads("bzip", "9720", "97201")},
	{"number-for-text-accepted", "accepts a number where a text is due", "RH-400-2", also{"RH-200-12"}, on{"payment-sale-manual"},
		before(sends("amount", func(value any, _ bool) bool { _, number := value.(float64); return number }), corrects("amount", "123.45"))},
	{"null-accepted", "accepts null in an optional field", "RH-400-9", nil, on{"payment-sale-manual"},
		before(sends("ipaddress", func(value any, there bool) bool { return there && value == nil }), func(x *exchange) {
			x.rewrite(func(data map[string]any) { delete(data, "ipaddress") })
		})},
	{"required-ignored", "carries out a sale without the ZIP code", "RH-400-3", nil, on{"payment-sale-manual"},
		before(all(sends("bzip", missing), sends("creditcard", given)), corrects("bzip", "97201"))},
	{"rck-unchecked", "transfers of class RCK without a check number", "ACH-1", nil, on{"ach-sale"},
		without("/components/schemas/AchSaleRequest/properties/transaction_data/anyOf")},
	{"blank-accepted", "takes a blank for a value", "RH-400-3", nil, on{"payment-sale-manual"},
		before(sends("bzip", func(value any, _ bool) bool { text, ok := value.(string); return ok && strings.TrimSpace(text) == "" }), corrects("bzip", "97201"))},
	{"quote-500", "fails with 500 and a database error at a quotation mark", "RH-200-14", also{"RH-ERR-2"}, on{"payment-sale-manual"},
		after(all(answered(200), sends("cfirstname", func(value any, _ bool) bool { text, _ := value.(string); return strings.Contains(text, "'") })),
			answers(500, `{"status":"error","code":"GW96","message":"ERROR: unterminated quoted string at or near \"'\" (SQLSTATE 42601)"}`))},
}
