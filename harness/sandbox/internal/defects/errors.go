package defects

import (
	"strings"

	"qorcheck/harness/sandbox/internal/api"
)

const stackTrace = "runtime error: index out of range [3] with length 3\n\ngoroutine 84 [running]:\nmain.(*server).sale(0xc0000b2000)\n\t/srv/app/payments/sale.go:112 +0x1d4"

// What the answer to a rejected request holds.
var errorDefects = []Defect{
	{"error-as-html", "answers 400 by an HTML page", "RH-ALL-2", nil, on{"payment-sale-manual"},
		after(answered(400), answers(400, "<html><body><h1>400 Bad Request</h1></body></html>"), labels("text/html; charset=utf-8"))},
	{"error-without-body", "answers 403 without a body", "RH-ALL-2", nil, on{"payment-sale-manual"},
		after(answered(403), answers(403, ""))},
	{"error-without-code", "leaves the code of an error out", "RH-ERR-1", nil, on{"payment-sale-manual"},
		after(rejected, omits("code"))},
	{"error-code-empty", "gives an error an empty code", "RH-ERR-1", nil, on{"payment-sale-manual"},
		after(rejected, says("code", ""))},
	{"error-code-number", "gives an error a number for a code", "RH-ERR-3", nil, on{"payment-sale-manual", "webhooks_list"},
		after(answered(404), says("code", 76))},
	{"error-message-control", "gives an error a message of control characters", "RH-ERR-1", nil, on{"payment-sale-manual"},
		after(rejected, says("message", "\u0007\u0000"))},
	{"error-message-blank", "gives an error a blank message", "RH-ERR-1", nil, on{"payment-sale-manual", "webhooks_list"},
		after(answered(401), says("message", "  "))},
	{"error-says-ok", "says ok with an internal error", "RH-ERR-1", nil, on{"payment-sale-manual"},
		after(answered(500), says("status", "ok"))},
	{"error-name-twice", "writes a name twice in an error", "RH-ALL-2", nil, on{"payment-sale-manual", "webhooks_list"},
		after(answered(404), inserts(`"status":"error",`))},
	{"forbidden-says-forbidden", "describes wrong authentication by the name of the status", "RH-ERR-4", nil, on{"payment-sale-manual", "webhooks_list"},
		after(answered(403), says("message", "Forbidden"))},
	{"one-description-for-all", "describes every incorrect request by the same words", "RH-ERR-5", nil, on{"payment-sale-manual"},
		after(answered(400), says("message", "the request cannot be processed"))},
	{"right-field-blamed", "blames the card number when the ZIP code is missing", "RH-ERR-6", nil, on{"payment-sale-manual"},
		after(missesZIP, says("message", "\"creditcard\" does not have the right form"))},
	{"stack-trace", "shows a stack trace with an internal error", "RH-ERR-2", nil, on{"payment-sale-manual"},
		after(answered(500), refuses(500, api.CodeSystem, stackTrace))},
	{"host-name", "names a host of the inside in an error", "RH-ERR-2", nil, on{"payment-sale-manual"},
		after(answered(500), says("message", "dial tcp 10.20.0.14:5432: pg-primary-2.payments.internal refused the connection"))},
	{"card-number-echoed", "repeats the card number in an error", "RH-ALL-3", also{"RH-ERR-5"}, on{"payment-sale-manual"},
		after(all(answered(400), sends("creditcard", given)), func(x *exchange) {
			says("message", "cannot process card "+x.text("creditcard"))(x)
		})},
	{"card-number-in-answer", "repeats the card number when a payment is refused", "RH-ALL-3", nil, on{"payment-sale-manual"},
		after(all(wasRefused, sends("creditcard", given)), func(x *exchange) { says("card", x.text("creditcard"))(x) })},
	{"card-number-in-header", "repeats the card number in a header when a payment is refused", "RH-ALL-3", nil, on{"payment-sale-manual"},
		after(all(wasRefused, sends("creditcard", given)), func(x *exchange) { x.header.Set("X-Card", x.text("creditcard")) })},
	{"card-number-as-name", "repeats the card number in the name of a field when a payment is refused", "RH-ALL-3", nil, on{"payment-sale-manual"},
		after(all(wasRefused, sends("creditcard", given)), func(x *exchange) { says(x.text("creditcard"), "refused")(x) })},
	{"card-number-disguised", "repeats the card number with zero-width spaces in it when a payment is refused", "RH-ALL-3", nil, on{"payment-sale-manual"},
		after(all(wasRefused, sends("creditcard", given)), func(x *exchange) { says("card", strings.Join(strings.Split(x.text("creditcard"), ""), "\u200b"))(x) })},
	{"cvv-echoed", "repeats the verification value in an answer", "RH-ALL-3", nil, on{"payment-sale-manual"},
		after(all(answered(200), sends("cvv", given)), func(x *exchange) { says("cvv", x.text("cvv"))(x) })},
}
