package defects

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"qorcheck/harness/sandbox/internal/api"
	"qorcheck/harness/sandbox/internal/strict"
)

// What a request has to be.
var validationDefects = []Defect{
	{"malformed-approved", "approves every malformed request", "RH-400-1", also{"RH-400-2", "RH-400-3", "RH-400-6", "RH-200-2", "RH-200-11", "ACH-1", "FL-HOOK-3", "RH-NIL-4"}, on{"payment-void"},
		after(answered(400), answers(200, `{"status":"approved","code":"GW00","message":"fine","resultCode":"Authorised"}`))},
	{"numeral-read-as-number", "takes the kind of an account with a zero before it", "RH-400-2", nil, on{"token-ach"},
		before(all(is("token-ach"), sends("account_type", as("04"))), corrects("account_type", "4"))},
	{"account-kinds-from-zero", "counts the kinds of accounts from zero", "RH-400-2", nil, on{"ach-credit"},
		before(all(is("ach-credit"), sends("account_type", as("0"))), corrects("account_type", "1"))},
	{"trailing-text-accepted", "accepts text after the JSON value", "RH-400-1", nil, on{"payment-sale-manual"},
		before(always, func(x *exchange) { x.sent = bytes.TrimSuffix(x.sent, []byte(" garbage")) })},
	{"media-type-ignored", "accepts JSON under another media type", "RH-400-8", also{"RH-400-13"}, on{"payment-sale-manual"},
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
	{"null-for-mandatory-accepted", "takes null in a mandatory field for a value", "RH-400-3", nil, on{"payment-sale-manual"},
		before(sends("bzip", func(value any, there bool) bool { return there && value == nil }), corrects("bzip", "97201"))},
	{"empty-accepted", "takes an empty text for a value", "RH-400-3", nil, on{"payment-sale-manual"},
		before(sends("bzip", as("")), corrects("bzip", "97201"))},
	{"blank-accepted", "takes a blank for a value", "RH-400-3", nil, on{"payment-sale-manual"},
		before(sends("bzip", func(value any, _ bool) bool {
			text, ok := value.(string)
			return ok && text != "" && strings.TrimSpace(text) == ""
		}), corrects("bzip", "97201"))},
	{"wide-blank-name-accepted", "takes wide blanks for the name on an account", "RH-400-11", nil, on{"token-ach"},
		before(all(is("token-ach"), sends("name_on_account", wideBlank)), corrects("name_on_account", "Ada Marlow"))},
	{"wide-blank-order-accepted", "takes wide blanks for an order id", "RH-400-11", also{"RH-NIL-1"}, on{"payment-sale-token"},
		before(all(is("payment-sale-token"), sends("orderid", wideBlank)), func(x *exchange) { corrects("orderid", x.unusedID())(x) })},
	{"third-decimal-in-form-dropped", "takes an amount with three decimals from a form and drops the last", "RH-400-2", also{"RH-NIL-4"}, on{"payment-refund"},
		before(all(is("payment-refund"), inForm), func(x *exchange) { x.sent = thirdDecimal.ReplaceAll(x.sent, []byte("$1")) })},
	{"quote-500", "fails with 500 and a database error at a quotation mark", "RH-200-14", also{"RH-ERR-2"}, on{"payment-sale-manual"},
		after(all(answered(200), sends("cfirstname", func(value any, _ bool) bool { text, _ := value.(string); return strings.Contains(text, "'") })),
			answers(500, `{"status":"error","code":"GW96","message":"ERROR: unterminated quoted string at or near \"'\" (SQLSTATE 42601)"}`))},
	{"blanks-trimmed", "passes over blanks around a year", "RH-400-2", also{"RH-400-9"}, on{"payment-auth"},
		before(is("payment-auth"), respells("year", strings.TrimSpace))},
	{"blanks-around-zip-trimmed", "passes over blanks around the ZIP code of a card to be stored", "RH-400-2", also{"RH-400-9"}, on{"token-create"},
		before(is("token-create"), respells("bzip", strings.TrimSpace))},
	{"line-break-passed-over", "passes over a line break behind an amount", "RH-400-2", also{"RH-NIL-4"}, on{"payment-capture"},
		before(is("payment-capture"), respells("amount", func(text string) string { return strings.TrimSuffix(text, "\n") }))},
	{"other-digits-read", "reads digits of other scripts", "RH-400-2", also{"RH-NIL-4", "RH-400-9"}, on{"payment-refund"},
		before(is("payment-refund"), respells("amount", latinDigits))},
	{"other-digits-read-in-cvv", "reads digits of other scripts in a CVV", "RH-400-2", also{"RH-400-9"}, on{"payment-sale-token"},
		before(is("payment-sale-token"), respells("cvv", latinDigits))},
	{"plus-read", "takes an amount with a plus before it", "RH-400-2", nil, on{"payment-auth-token"},
		before(is("payment-auth-token"), respells("amount", func(text string) string { return strings.TrimPrefix(text, "+") }))},
	{"minus-dropped", "drops the minus before the amount of a debit", "RH-400-2", also{"RH-200-12"}, on{"ach-sale"},
		before(is("ach-sale"), respells("amount", func(text string) string { return strings.TrimPrefix(text, "-") }))},
	{"minus-dropped-in-cash", "drops the minus before the amount of a cash sale", "RH-400-2", also{"RH-200-12"}, on{"cash-sale"},
		before(is("cash-sale"), respells("amount", func(text string) string { return strings.TrimPrefix(text, "-") }))},
	{"exponent-read", "reads an amount with an exponent", "RH-400-2", nil, on{"ach-credit"},
		before(is("ach-credit"), respells("amount", func(text string) string { plain, _, _ := strings.Cut(text, "e"); return plain }))},
	{"state-in-any-case", "takes a state in small letters", "RH-400-9", nil, on{"payment-sale"},
		before(is("payment-sale"), respells("bstate", strings.ToUpper))},
	{"currency-in-any-case", "takes a currency in small letters", "RH-400-9", also{"RH-400-2"}, on{"payment-auth-token"},
		before(is("payment-auth-token"), respells("currency", strings.ToUpper))},
	{"event-trimmed", "passes over blanks around an event", "RH-400-2", nil, on{"webhooks-create"},
		before(is("webhooks-create"), respells("event", strings.TrimSpace))},
	{"account-type-trimmed", "passes over blanks around the type of an account", "RH-400-2", nil, on{"ach-credit"},
		before(is("ach-credit"), respells("account_type", strings.TrimSpace))},
	{"date-of-list-trimmed", "passes over blanks around a date that payments are asked for by", "RH-400-2", nil, on{"transactions-fetch-all"},
		before(is("transactions-fetch-all"), func(x *exchange) {
			query := x.URL.Query()
			for name, values := range query {
				if strings.HasSuffix(name, "_date") {
					query.Set(name, strings.TrimSpace(values[0]))
				}
			}
			x.URL.RawQuery = query.Encode()
		})},
	{"wrapper-not-needed", "takes a credit whose fields have no transaction_data around them", "RH-400-3", nil, on{"ach-credit"},
		before(is("ach-credit"), restructures(func(body map[string]any) any {
			if _, there := body["transaction_data"]; there || body["mid"] == nil {
				return nil
			}
			return body
		}))},
	{"wrapper-not-needed-by-tokens", "stores an account whose fields have no transaction_data around them", "RH-400-3", nil, on{"token-ach"},
		before(is("token-ach"), restructures(func(body map[string]any) any {
			if _, there := body["transaction_data"]; there || body["routing_number"] == nil {
				return nil
			}
			return body
		}))},
	{"wrapper-twice", "takes transaction_data within transaction_data", "RH-400-3", nil, on{"payment-void"},
		before(is("payment-void"), restructures(func(body map[string]any) any {
			data, _ := body["transaction_data"].(map[string]any)
			return data["transaction_data"]
		}))},
	{"wrapper-as-list", "takes transaction_data as a list of one", "RH-400-2", nil, on{"token-rotate"},
		before(is("token-rotate"), restructures(func(body map[string]any) any {
			if list, _ := body["transaction_data"].([]any); len(list) == 1 {
				return list[0]
			}
			return nil
		}))},
	{"wrapper-as-text", "reads transaction_data from a text", "RH-400-2", nil, on{"webhooks-update"},
		before(is("webhooks-update"), restructures(func(body map[string]any) any {
			text, _ := body["transaction_data"].(string)
			var data any
			if json.Unmarshal([]byte(text), &data) != nil {
				return nil
			}
			return data
		}))},
	{"body-as-list", "takes a list of one request for the request", "RH-400-2", nil, on{"payment-refund"},
		before(is("payment-refund"), func(x *exchange) {
			var list []json.RawMessage
			if json.Unmarshal(x.sent, &list) == nil && len(list) == 1 {
				x.sent = list[0]
			}
		})},
}

// respells writes a text in a field of transaction_data in another way.
func respells(field string, change func(text string) string) alteration {
	return func(x *exchange) {
		if text := x.text(field); text != "" && change(text) != text {
			corrects(field, change(text))(x)
		}
	}
}

// latinDigits writes Arabic-Indic digits as those of ASCII.
func latinDigits(text string) string {
	return strings.Map(func(c rune) rune {
		if c >= '\u0660' && c <= '\u0669' {
			return c - '\u0660' + '0'
		}
		return c
	}, text)
}

// restructures puts what it finds in a body under transaction_data; nil is nothing.
func restructures(find func(body map[string]any) any) alteration {
	return func(x *exchange) {
		var body map[string]any
		if json.Unmarshal(x.sent, &body) != nil {
			return
		}
		if data, ok := find(body).(map[string]any); ok {
			x.sent = api.EncodeJSON(map[string]any{"transaction_data": data})
		}
	}
}

// thirdDecimal is an amount of a form with three decimals.
var thirdDecimal = regexp.MustCompile(`(%5Bamount%5D=[0-9]+\.[0-9]{2})[0-9]+`)

// wideBlank holds for a text of white space beyond ASCII alone.
func wideBlank(value any, _ bool) bool {
	text, _ := value.(string)
	return strings.Trim(text, " ") != "" && strings.TrimSpace(text) == ""
}
