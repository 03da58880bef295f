package defects

import (
	"net/http"
	"strings"

	"qorcheck/harness/sandbox/internal/api"
)

// Kinds of faults on operations and in fields that no other row has them on.
var spreadDefects = []Defect{
	{"hidden-removal", "answers the removal of a transaction, which is not documented, as if it were read", "RH-404-2", also{"RH-404-8"}, on{"transactions-fetch-one"},
		takesMethod("transactions-fetch-one", http.MethodDelete)},
	{"hidden-patch", "answers a patch of a bank check, which is not documented, as if it were read", "RH-404-2", also{"RH-404-8"}, on{"utilities-validate-aba"},
		takesMethod("utilities-validate-aba", http.MethodPatch)},
	{"charset-refused", "refuses a body that is labelled with its charset", "RH-200-1", nil, on{"ach-void"},
		after(all(is("ach-void"), typedLike(func(given string) bool { return strings.Contains(strings.ToLower(given), "charset=") })), refuses(400, "GW03", "the media type is not taken"))},
	{"capitals-refused", "refuses a media type in capitals", "RH-201-1", nil, on{"token-ach"},
		after(all(is("token-ach"), typedLike(func(given string) bool { return given != strings.ToLower(given) && !strings.Contains(given, "utf") })), refuses(400, "GW03", "the media type is not taken"))},
	{"media-type-begins", "takes a media type that only begins like that of JSON", "RH-400-8", nil, on{"webhooks-create"},
		before(all(is("webhooks-create"), typedLike(func(given string) bool { return given == "application/jsonx" })), func(x *exchange) { x.Header.Set("Content-Type", "application/json") })},
	{"token-outside-taken", "takes the token of a rotation from beside its wrapper", "RH-400-3", nil, on{"token-rotate"},
		before(is("token-rotate"), hoists("last4"))},
	{"order-outside-taken", "takes the order id of a refund of a debit from beside its wrapper", "RH-400-3", nil, on{"ach-refund"},
		before(is("ach-refund"), hoists("orderid"))},
	{"merchant-inside-taken", "takes the type of a cash sale from within its wrapper", "RH-400-3", nil, on{"cash-sale"},
		before(is("cash-sale"), func(x *exchange) {
			if kind, there := x.data()["type"]; there && x.top()["type"] == nil {
				x.replaceTop("type", kind)
			}
		})},
	{"month-of-one-digit", "takes a month of one digit", "RH-400-9", nil, on{"payment-auth"},
		before(all(is("payment-auth"), sends("month", long(1))), func(x *exchange) { corrects("month", "0"+x.text("month"))(x) })},
	{"month-of-nothing", "takes a date in month zero", "RH-400-2", also{"RH-400-9"}, on{"transactions-fetch-all"},
		before(is("transactions-fetch-all"), func(x *exchange) {
			x.URL.RawQuery = strings.Replace(x.URL.RawQuery, "start_date=00%2F", "start_date=01%2F", 1)
		})},
	{"dashes-in-dates", "takes a date with dashes", "RH-400-2", also{"RH-400-9"}, on{"transactions-fetch-all"},
		before(is("transactions-fetch-all"), func(x *exchange) {
			q := x.URL.Query()
			q.Set("end_date", strings.ReplaceAll(q.Get("end_date"), "-", "/"))
			if q.Get("end_date") == "" {
				q.Del("end_date")
			}
			x.URL.RawQuery = q.Encode()
		})},
	{"resource-before-merchant", "says in another merchant's name that a debit does not exist", "RH-403-17", also{"RH-400-2"}, on{"ach-void"},
		after(all(is("ach-void"), answered(403), saying("code", api.CodeMerchant), func(x *exchange) bool { return !x.knows(x.text("transaction_id")) }),
			refuses(404, "GW76", "there is no such transaction"))},
	{"unknown-of-other-approved", "approves in another merchant's name what does not exist", "RH-403-16", also{"RH-400-2"}, on{"payment-refund"},
		after(all(is("payment-refund"), answered(403), saying("code", api.CodeMerchant), func(x *exchange) bool { return !x.knows(x.text("transaction_id")) }),
			answers(200, approvedBody))},
	{"validation-before-no-rights", "answers a malformed update by keys without rights by 400", "RH-403-11", nil, on{"token-update"},
		after(all(is("token-update"), answered(403), keysOf("no_rights"), malformed), refuses(400, "GW03", "a field is wrong"))},
	{"resource-before-revoked", "says to revoked keys that a registration does not exist", "RH-403-14", also{"RH-REP-2", "RH-REP-5"}, on{"webhooks-remove"},
		after(all(is("webhooks-remove"), answered(403), keysOf("revoked"), unknownWithKeys), refuses(404, "GW76", "there is no such webhook"))},
}

// takesMethod lets an operation that reads be called by another method as well.
func takesMethod(operation, method string) plant {
	return before(func(x *exchange) bool {
		op, _, ok := x.server.Description.Route(http.MethodGet, x.URL.EscapedPath())
		return x.Method == method && ok && op.ID == operation
	}, func(x *exchange) { x.Method = http.MethodGet })
}

// typedLike holds for requests whose media type is like this.
func typedLike(like func(given string) bool) condition {
	return func(x *exchange) bool { return like(x.Header.Get("Content-Type")) }
}

// hoists takes a field from beside transaction_data where it is not in there.
func hoists(field string) alteration {
	return func(x *exchange) {
		value, there := x.top()[field]
		if data := x.data(); data != nil && there && data[field] == nil {
			x.rewrite(func(data map[string]any) { data[field] = value })
		}
	}
}

// replaceTop sets a member beside transaction_data.
func (x *exchange) replaceTop(name string, value any) {
	m := x.top()
	m[name] = value
	x.sent = api.EncodeJSON(m)
}
