package defects

import "qorcheck/harness/sandbox/internal/api"

// approvedBy holds for answers of an operation that say that it was approved.
func approvedBy(operation string) condition {
	return all(succeeded(operation), saying("status", api.Approved))
}

// Fields that an answer lacks although their value is there, and correct requests that
// are refused where they only prepare.
var omissionDefects = []Defect{
	{"authcode-absent-by-token", "leaves the authorization code of a sale by token out", "RH-200-24", nil, on{"payment-sale-token"},
		after(approvedBy("payment-sale-token"), omits("authcode"))},
	{"authcode-blank-of-authorization", "gives an authorization by token a blank authorization code", "RH-200-24", nil, on{"payment-auth-token"},
		after(approvedBy("payment-auth-token"), says("authcode", " "))},
	{"token-withheld-by-union", "gives no token for a card to be stored where the sale is of either kind", "RH-200-24", also{"FL-TOK-4"}, on{"payment-sale"},
		after(all(is("payment-sale"), sends("creditcard", long(16))), omits("token"))},
	{"token-null-of-authorization", "gives null for the token of an authorization whose card is to be stored", "FL-TOK-4", also{"RH-200-24"}, on{"payment-auth"},
		after(all(is("payment-auth"), sends("store_card", func(value any, _ bool) bool { return value == true })), says("token", nil))},
	{"date-absent-of-debit", "leaves the date of a debit out", "RH-200-24", nil, on{"ach-sale"},
		after(approvedBy("ach-sale"), omits("transaction_date"))},
	{"amount-absent-of-credit", "leaves the amount of a credit out", "RH-200-24", nil, on{"ach-credit"},
		after(approvedBy("ach-credit"), omits("amount_approved"))},
	{"amount-absent-of-cash", "leaves the recorded amount of a cash sale out", "RH-200-24", nil, on{"cash-sale"},
		after(approvedBy("cash-sale"), omits("amount_recorded"))},
	{"id-absent-of-refused-authorization", "leaves the transaction id of a refused authorization out", "RH-200-24", also{"RH-MSG-*", "FL-*"}, on{"payment-auth"},
		after(all(is("payment-auth"), wasRefused), omits("transaction_id"))},
	{"id-absent-of-failed-cash", "leaves the transaction id of a cash sale out that ended in an error", "RH-200-24", also{"RH-MSG-*"}, on{"cash-sale"},
		after(all(is("cash-sale"), wasFailed), omits("transaction_id"))},
	{"id-absent-of-refused-void", "leaves the transaction id of a refused void out", "RH-200-24", also{"RH-MSG-*"}, on{"payment-void"},
		after(all(is("payment-void"), wasRefused, saying("code", "GW05")), omits("transaction_id"))},
	{"digits-absent-on-second-page", "leaves the last digits of cards out on every page but the first", "RH-200-24", nil, on{"transactions-fetch-all"},
		after(all(succeeded("transactions-fetch-all"), func(x *exchange) bool { return x.URL.Query().Get("offset") > "0" }), hides("last_4"))},
	{"settled-date-absent", "does not say when a payment that is read by its id settled", "RH-200-24", also{"LST-12"}, on{"transactions-fetch-one"},
		after(succeeded("transactions-fetch-one"), hides("settled_date"))},
	{"settled-sum-absent", "shows no sum of a payment in a list that has settled", "LST-12", also{"RH-200-24"}, on{"transactions-fetch-all"},
		after(succeeded("transactions-fetch-all"), editsRows(func(row map[string]any) { row["settled_amount"] = nil }))},
	{"holder-absent-of-profile", "leaves the names on cards out of the transactions of a profile", "RH-200-24", nil, on{"transactions-fetch-profile"},
		after(succeeded("transactions-fetch-profile"), hides("cardholder_name"))},
	{"registered-when-unsaid", "does not say when a webhook was registered", "RH-200-24", nil, on{"webhooks_list"},
		after(succeeded("webhooks_list"), hides("created"))},
	{"bank-without-name", "knows a bank and not its name", "RH-200-24", nil, on{"utilities-validate-aba"},
		after(succeeded("utilities-validate-aba"), editsData(func(data map[string]any) { data["name"] = nil }))},
	{"round-authorization-500", "fails with 500 at authorizations of twenty dollars", "RH-200-25", everything, on{"payment-auth", "payment-capture"},
		before(all(is("payment-auth"), sends("amount", as("20.00"))), refuses(500, "GW96", "a system error"))},
	{"debit-of-ten-400", "answers 400 to debits of ten dollars", "RH-200-25", everything, on{"ach-sale"},
		before(all(is("ach-sale"), sends("amount", as("10.00"))), refuses(400, "GW03", "amount: too little"))},
}
