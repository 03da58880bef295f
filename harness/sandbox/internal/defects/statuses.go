package defects

import (
	"net/http"
	"strings"

	"qorcheck/harness/sandbox/internal/api"
)

const (
	systemFailure = `{"status":"error","code":"GW96","message":"it went wrong"}`
	approvedBody  = `{"status":"approved","code":"GW00","message":"done","resultCode":"Received","transaction_id":"310905000000000"}`
)

// What the status of an answer to a correct request says.
var statusDefects = []Defect{
	{"correct-request-500", "answers a correct capture with 500", "RH-200-1", nil, on{"payment-capture"},
		after(succeeded("payment-capture"), answers(500, systemFailure))},
	{"approved-reported-refused", "reports an approved sale as refused", "RH-200-1", also{"RH-200-2"}, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), saying("resultCode", api.Authorised)),
			says("status", api.Declined), says("code", "GW51"), says("resultCode", api.Refused), says("refusalReason", "insufficient funds"))},
	{"undeclared-202", "answers a sale with 202, which is not documented", "RH-200-1", also{"RH-200-3", "RH-200-4", "RH-ALL-1"}, on{"payment-sale-manual"},
		after(succeeded("payment-sale-manual"), status(202))},
	{"201-for-200", "answers an authorization with 201, though 200 is documented", "RH-200-1", also{"RH-200-3", "RH-200-4", "RH-ALL-1"}, on{"payment-auth"},
		after(succeeded("payment-auth"), status(201))},
	{"204-for-200", "answers the removal of a webhook with 204 and no body", "RH-200-1", also{"RH-ALL-1"}, on{"webhooks-remove"},
		after(succeeded("webhooks-remove"), answers(204, ""))},
	{"200-for-201", "answers 200 when it has added a webhook", "RH-201-1", also{"RH-ALL-1"}, on{"webhooks-create"},
		after(answered(201), status(200))},
	{"optional-field-400", "answers 400 when an optional field is given", "RH-200-9", nil, on{"payment-sale-manual"},
		after(all(answered(200), sends("cwebaddress", given), sends("cfirstname", missing)), answers(400, systemFailure))},
	{"unknown-field-400", "answers 400 to a field that it does not know", "RH-200-19", nil, on{"payment-auth"},
		after(all(is("payment-auth"), answered(200), sends("qorcheck-unknown", given)), refuses(400, "GW03", "there is no such field"))},
	{"unknown-parameter-400", "answers 400 to a parameter that it does not know", "RH-200-19", nil, on{"transactions-fetch-all"},
		after(all(is("transactions-fetch-all"), answered(200), func(x *exchange) bool { return x.URL.Query().Has("qorcheck-unknown") }), refuses(400, "GW03", "there is no such parameter"))},
	{"longest-text-400", "answers 400 to a text of the greatest length allowed", "RH-200-9", nil, on{"payment-sale-manual"},
		after(all(answered(200), sends("ipaddress", long(16))), answers(400, systemFailure))},
	{"last-choice-400", "answers 400 to the last of the values that a field may have", "RH-200-9", nil, on{"webhooks-create"},
		after(all(answered(201), sends("event", as("boarded.declined"))), answers(400, systemFailure))},
	{"internal-error-200", "approves a payment whose processing failed", "RH-500-1", nil, on{"payment-sale-manual"},
		before(internalCard, useApprovedCard)},
	{"422-for-400", "answers a malformed request with 422", "RH-400-1", also{"RH-400-2", "RH-400-3", "RH-400-6", "RH-ALL-1", "ACH-1", "FL-HOOK-3", "RH-NIL-4"}, on{"payment-sale-manual"},
		after(answered(400), status(422))},
	{"ambiguous-json-422", "answers JSON with a name given twice by 422", "RH-ALL-1", nil, on{"payment-sale-manual"},
		after(all(answered(400), func(x *exchange) bool { return strings.Contains(string(x.body), "twice") }), status(422))},
	{"404-as-400", "answers 400 where nothing is found", "RH-404-1", also{"RH-404-2", "RH-404-3", "FL-HOOK-1", "FL-TOK-1", "FL-TOK-2", "FL-TOK-3", "RH-404-4", "UTL-1"}, on{"payment-void"},
		after(answered(404), status(400))},
	{"unknown-path-200", "answers an unknown path as if it were a known one", "RH-404-1", also{"RH-404-3"}, on{"payment-sale-manual", "webhooks_list"},
		before(always, func(x *exchange) { x.URL.Path = strings.Replace(x.URL.Path, "-unknown", "", 1) })},
	{"wrong-method-400", "answers 400 to a method that the path does not have", "RH-404-8", nil, on{"payment-sale-manual"},
		after(wrongMethod, status(400))},
	{"hidden-method", "carries a sale out by a method that is not documented", "RH-404-2", nil, on{"payment-sale-manual"},
		before(func(x *exchange) bool { return x.Method == http.MethodPut && x.URL.Path == "/v3/payment/sale/manual/" },
			func(x *exchange) { x.Method = http.MethodPost })},
}

func internalCard(x *exchange) bool {
	return x.text("creditcard") == x.server.Fixtures.Triggers.Card.Internal.Card
}

func useApprovedCard(x *exchange) {
	corrects("creditcard", x.server.Fixtures.Triggers.Card.Approved.Card)(x)
}
