package defects

import (
	"bytes"
	"strings"
)

// named lets a request pass whose field is missing or blank, as if it held a value.
func named(field, value, operation string, when condition) plant {
	return before(all(is(operation), when, sends(field, func(given any, there bool) bool {
		text, _ := given.(string)
		return !there || strings.TrimSpace(text) == ""
	})), corrects(field, value))
}

// kept holds for requests whose card is to be stored.
var kept = sends("store_card", func(value any, _ bool) bool { return value == true })

// byToken holds for requests with a token in place of a card number.
var byToken = sends("creditcard", tokenLike)

// inForm holds for requests that are sent as a form.
func inForm(x *exchange) bool {
	return strings.HasPrefix(x.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}

func byNumber(x *exchange) bool { return !byToken(x) }

// Fields that are mandatory where another has a certain value.
var conditionDefects = []Defect{
	{"name-always-needed", "answers 400 to an authorization without a holder's name whose card is not to be stored", "CRD-1", also{"RH-200-9", "FL-TOK-4"}, on{"payment-auth"},
		before(all(is("payment-auth"), sends("store_card", func(value any, _ bool) bool { return value == false }), sends("cardfullname", missing)), refuses(400, "GW03", "cardfullname: is missing"))},
	{"rck-with-blank-number", "takes a blank for the check number of a credit of class RCK", "ACH-1", nil, on{"ach-credit"},
		before(all(is("ach-credit"), sends("seccode", as("RCK")), sends("checknumber", as(" "))), corrects("checknumber", "1"))},
	{"rck-form-unchecked", "takes a credit of class RCK without a check number from a form", "ACH-1", nil, on{"ach-credit"},
		before(all(is("ach-credit"), inForm), func(x *exchange) {
			x.sent = bytes.ReplaceAll(x.sent, []byte("%5Bseccode%5D=RCK"), []byte("%5Bseccode%5D=PPD"))
		})},
	{"number-for-every-class", "demands a check number of debits of class PPD", "ACH-1", also{"RH-200-1", "RH-200-9", "RH-REP-*", "RH-200-25"}, on{"ach-sale"},
		before(all(is("ach-sale"), sends("seccode", as("PPD")), sends("checknumber", missing)), refuses(400, "GW03", "checknumber: is missing"))},
	{"token-without-order-id", "sells by token without an order id where the sale is of either kind", "CRD-2", nil, on{"payment-sale"},
		named("orderid", "none", "payment-sale", byToken)},
	{"token-without-cvv", "sells by token without a CVV where the sale is of either kind", "CRD-2", nil, on{"payment-sale"},
		named("cvv", "321", "payment-sale", byToken)},
	{"zip-of-letters-400", "answers 400 to an authorization with letters in its postal code", "CRD-3", nil, on{"payment-auth"},
		before(all(is("payment-auth"), sends("bzip", as("K1A0B1"))), refuses(400, "GW03", "bzip: has letters"))},
	{"bytes-of-a-phone", "counts the bytes of a telephone number", "RH-200-15", nil, on{"payment-sale"},
		before(all(is("payment-sale"), sends("cphone", long(40))), refuses(400, "GW03", "cphone: is too long"))},
	{"new-address-unchecked", "takes an address of ftp where a registration is changed", "FL-HOOK-3", nil, on{"webhooks-update"},
		before(all(is("webhooks-update"), sends("uri", as("ftp://sink.example.test/q"))), corrects("uri", "https://sink.example.test/q"))},
	{"card-without-month", "sells by a card without its month of expiry where the sale is of either kind", "CRD-2", nil, on{"payment-sale"},
		before(all(is("payment-sale"), byNumber, sends("month", missing)), corrects("month", "09"))},
	{"card-without-zip", "sells by card without a postal code where the sale is of either kind", "CRD-2", nil, on{"payment-sale"},
		before(all(is("payment-sale"), byNumber, sends("bzip", missing)), corrects("bzip", "97201"))},
	{"type-of-account-in-words-400", "answers 400 to a credit to a savings account", "ACH-2", nil, on{"ach-credit"},
		before(all(is("ach-credit"), sends("account_type", as("savings"))), refuses(400, "GW03", "account_type: none of 1 to 4"))},
}
