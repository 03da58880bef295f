package defects

import "qorcheck/harness/sandbox/internal/api"

const errorUnder200 = `{"status":"error","code":"GW40","message":"the request is wrong"}`

// declinedWith holds for declines of an operation with a code.
func declinedWith(operation, code string) condition {
	return all(is(operation), answered(200), saying("code", code))
}

// Declines that are answered as rejections, rejections as successes, and the two statuses
// of success in place of each other.
var handlingDefects = []Defect{
	{"refused-authorization-402", "answers a declined authorization with 402", "RH-200-3", also{"RH-ALL-1"}, on{"payment-auth"},
		after(all(is("payment-auth"), wasRefused, saying("code", "GW51")), status(402))},
	{"refused-debit-400", "answers a declined debit with 400", "RH-200-3", nil, on{"ach-sale"},
		after(all(is("ach-sale"), wasRefused), refuses(400, "GW05", "the debit was declined"))},
	{"refused-credit-403", "answers a declined credit with 403", "RH-200-3", also{"IDEM-7"}, on{"ach-credit"},
		after(all(is("ach-credit"), wasRefused), refuses(403, "GW05", "the credit was declined"))},
	{"used-order-409", "answers 409 to an authorization under an order id that was used", "FL-ORD-1", also{"RH-ALL-1"}, on{"payment-auth"},
		after(declinedWith("payment-auth", api.CodeDuplicateOrder), refuses(409, "GW19", "the order id was used before"))},
	{"used-order-of-token-409", "answers 409 to an authorization by token under an order id that was used", "FL-ORD-4", also{"RH-ALL-1"}, on{"payment-auth-token"},
		after(declinedWith("payment-auth-token", api.CodeDuplicateOrder), refuses(409, "GW19", "the order id was used before"))},
	{"over-capture-422", "answers 422 to a capture of more than is left", "FL-CAP-2", also{"RH-ALL-1", "FL-CAP-1", "RH-MSG-12", "RH-MSG-18", "RH-MSG-21"}, on{"payment-capture"},
		after(declinedWith("payment-capture", api.CodeAmount), refuses(422, "GW13", "more than is left"))},
	{"early-refund-403", "answers 403 to the refund of a payment that has not settled", "FL-REF-3", also{"RH-MSG-12", "RH-MSG-18", "RH-MSG-21"}, on{"payment-refund"},
		after(declinedWith("payment-refund", "GW21"), refuses(403, "GW21", "not settled yet"))},
	{"late-void-404", "answers 404 to the void of a bank transfer that has settled", "FL-VOID-1", nil, on{"ach-void"},
		after(declinedWith("ach-void", "GW20"), refuses(404, "GW20", "too late to void"))},
	{"refund-twice-404", "answers 404 to a second refund of a bank transfer", "FL-REF-7", also{"FL-REF-4"}, on{"ach-refund"},
		after(declinedWith("ach-refund", api.CodeUndone), refuses(404, "GW74", "refunded already"))},
	{"expired-union-400", "answers a sale of either kind by an expired card with 402", "FL-DEC-1", also{"RH-ALL-1"}, on{"payment-sale"},
		after(declinedWith("payment-sale", "GW54"), refuses(402, "GW54", "the card is expired"))},
	{"missing-date-under-200", "answers 200 and an error where a token gets no new date of expiry", "RH-400-3", also{"RH-REP-*", "RH-200-2"}, on{"token-update"},
		after(all(is("token-update"), answered(400), sends("expdate", missing)), answers(200, errorUnder200))},
	{"wrong-event-under-200", "answers 200 and an error to a registration for an event that is none", "RH-400-2", also{"RH-REP-*", "RH-ALL-1", "RH-200-2", "RH-400-*", "FL-HOOK-3"}, on{"webhooks-create"},
		after(all(is("webhooks-create"), answered(400), sends("event", given)), answers(200, errorUnder200))},
	{"wrong-limit-under-200", "answers 200 and an error to a list of no rows at all", "RH-400-9", also{"RH-REP-*", "RH-200-2"}, on{"transactions-fetch-all"},
		after(all(is("transactions-fetch-all"), answered(400), func(x *exchange) bool { return x.URL.Query().Get("limit") == "0" }), answers(200, errorUnder200))},
	{"short-number-under-200", "answers 200 to the check of a number of thirteen digits", "RH-400-9", nil, on{"utilities-validate-cc"},
		after(all(is("utilities-validate-cc"), answered(400)), answers(200, `{"status":"ok","code":"GW00","message":"checked","data":{"is_valid":false}}`))},
	{"keyless-hooks-under-200", "answers 200 and an error to a list of webhooks without keys", "RH-401-1", nil, on{"webhooks_list"},
		after(all(is("webhooks_list"), answered(401)), answers(200, errorUnder200))},
	{"wrong-keys-under-200", "declines a capture by keys that nobody has", "RH-403-1", also{"RH-403-3"}, on{"payment-capture"},
		after(all(is("payment-capture"), answered(403), keysOf("")), declines(api.CodeSecurity))},
	{"unknown-profile-under-200", "answers 200 and an empty list to a profile that does not exist", "RH-404-3", nil, on{"transactions-fetch-profile"},
		after(all(is("transactions-fetch-profile"), answered(404)), answers(200, `{"status":"ok","code":"GW00","message":"0 found","profile_id":"none","count":0,"data":[]}`))},
	{"rejected-syntax-declined", "declines a refund of a bank transfer whose body cannot be read", "RH-400-1", also{"RH-REP-*", "RH-400-*"}, on{"ach-refund"},
		after(all(is("ach-refund"), answered(400)), declines(api.CodeUnsupported))},
	{"declined-registration-201", "answers 201 to a registration whose key was used for another", "RH-201-2", also{"IDEM-7"}, on{"webhooks-create"},
		after(all(is("webhooks-create"), answered(200), saying("code", api.CodeRepeatedKey)), status(201))},
	{"declined-account-201", "answers 201 to a bank account whose key was used for another", "RH-201-2", also{"IDEM-7"}, on{"token-ach"},
		after(all(is("token-ach"), answered(200), saying("code", api.CodeRepeatedKey)), status(201))},
	{"refused-cash-201", "answers 201 to a refused cash sale", "RH-201-2", also{"RH-200-3", "FL-ORD-8", "FL-DEC-3", "IDEM-4", "IDEM-7"}, on{"cash-sale"},
		after(all(is("cash-sale"), wasRefused), status(201))},
	{"token-201", "answers 201 where a card is kept, though 200 is documented", "RH-200-1", also{"RH-ALL-1"}, on{"token-create"},
		after(all(is("token-create"), answered(200)), status(201))},
	{"update-201", "answers 201 where a webhook is changed", "RH-200-1", also{"RH-ALL-1"}, on{"webhooks-update"},
		after(all(is("webhooks-update"), answered(200)), status(201))},
	{"cash-of-items-200", "answers 200 where a cash sale of named items was added", "RH-201-1", nil, on{"cash-sale"},
		after(all(is("cash-sale"), answered(201), func(x *exchange) bool { return x.top()["items"] != nil }), status(200))},
	{"account-200", "answers 200 where an account of the money market was added", "RH-201-3", nil, on{"token-ach"},
		after(all(is("token-ach"), answered(201), sends("account_type", as("money market"))), status(200))},
	{"repeated-cash-200", "answers 200 to a repeat of a cash sale that it answered with 201", "IDEM-1", also{"RH-201-3"}, on{"cash-sale"},
		remembering(func() plant { return repeatsUnder("cash-sale", 200) })},
	{"repeated-sale-201", "answers 201 to a repeat of a sale by token that it answered with 200", "IDEM-1", also{"RH-ALL-1"}, on{"payment-sale-token"},
		remembering(func() plant { return repeatsUnder("payment-sale-token", 201) })},
}
