package defects

import (
	"bytes"
	"strings"
)

// Two faults of one request are answered in the wrong order, or not at all.
var orderDefects = []Defect{
	{"merchant-before-parsing", "answers 403 to a void that cannot be read and names another merchant", "RH-400-13", nil, on{"payment-void"},
		after(all(is("payment-void"), answered(400), unread, mentions("other")), refuses(403, "GW63", "the merchant is another's"))},
	{"mislabelled-of-other-refused", "answers 403 to a debit that is sent as text and names another merchant", "RH-400-13", nil, on{"ach-sale"},
		after(all(is("ach-sale"), answered(400), read, mentions("other"), typedLike(func(given string) bool { return strings.HasPrefix(given, "text/") })), refuses(403, "GW63", "the merchant is another's"))},
	{"unread-of-other-approved", "approves a refund with text behind it that names another merchant", "RH-400-12", nil, on{"payment-refund"},
		after(all(is("payment-refund"), answered(400), unread, mentions("other")), answers(200, approvedBody))},
	{"resource-before-missing-merchant", "answers 404 to a void of a debit that nobody has and that names no merchant", "RH-400-10", nil, on{"ach-void"},
		after(all(is("ach-void"), answered(400), lacksText("mid"), ofNothing), refuses(404, "GW76", "there is no such transaction"))},
	{"resource-before-order", "answers 404 to a refund of a debit that nobody has and that lacks its order id", "RH-400-10", nil, on{"ach-refund"},
		after(all(is("ach-refund"), answered(400), lacksText("orderid"), ofNothing), refuses(404, "GW76", "there is no such transaction"))},
	{"unknown-incomplete-captured", "approves a capture of what does not exist that names no merchant", "RH-400-6", nil, on{"payment-capture"},
		after(all(is("payment-capture"), answered(400), lacksText("mid"), ofNothing), answers(200, approvedBody))},
}

// read holds for requests whose body is a JSON object, whatever it is labelled as, unread for others.
func read(x *exchange) bool   { return x.top() != nil }
func unread(x *exchange) bool { return len(x.sent) > 0 && x.top() == nil }

// mentions holds for requests whose body holds a merchant's id, whatever else it is.
func mentions(merchant string) condition {
	return func(x *exchange) bool { return bytes.Contains(x.sent, []byte(x.server.Fixtures.Merchants[merchant])) }
}

// lacksText holds for requests without a field.
func lacksText(field string) condition {
	return func(x *exchange) bool { return x.text(field) == "" }
}

// ofNothing holds for requests about a transaction that does not exist.
func ofNothing(x *exchange) bool {
	id := x.text("transaction_id")
	return id != "" && !x.knows(id)
}
