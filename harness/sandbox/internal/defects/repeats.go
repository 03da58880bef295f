package defects

import (
	"net/http"
	"strings"
	"sync"

	"qorcheck/harness/sandbox/internal/api"
)

// Idempotency keys that are distinguished by what does not belong to the request, and
// those that a request uses up which was not carried out.
var repeatDefects = []Defect{
	{"key-by-bytes", "takes a sale under its key for another where its JSON is written otherwise", "IDEM-1", nil, on{"payment-sale-manual"},
		keyedBy(func(x *exchange) string { return string(x.sent) }, "payment-sale-manual")},
	{"key-by-bytes-of-refunds", "takes a refund under its key for another where its JSON is written otherwise", "IDEM-1", nil, on{"payment-refund"},
		keyedBy(func(x *exchange) string { return string(x.sent) }, "payment-refund")},
	{"key-by-bytes-of-hooks", "takes a registration under its key for another where its JSON is written otherwise", "IDEM-1", nil, on{"webhooks-create"},
		keyedBy(func(x *exchange) string { return string(x.sent) }, "webhooks-create")},
	{"key-by-header", "takes an authorization under its key for another where another header differs", "IDEM-1", nil, on{"payment-auth"},
		keyedBy(func(x *exchange) string { return x.Header.Get("Accept") }, "payment-auth")},
	{"key-by-header-of-captures", "takes a capture under its key for another where another header differs", "IDEM-1", nil, on{"payment-capture"},
		keyedBy(func(x *exchange) string { return x.Header.Get("Accept") }, "payment-capture")},
	{"key-by-header-of-debits", "takes a debit under its key for another where another header differs", "IDEM-1", nil, on{"ach-sale"},
		keyedBy(func(x *exchange) string { return x.Header.Get("Accept") }, "ach-sale")},
	{"key-by-path-of-captures", "carries a capture out under the key of its authorization", "IDEM-7", nil, on{"payment-capture"},
		keyedBy(func(x *exchange) string { return x.operation }, "payment-capture")},
	{"key-by-path-of-cash", "carries a cash sale out under the key of a sale", "IDEM-7", nil, on{"cash-sale"},
		keyedBy(func(x *exchange) string { return x.operation }, "cash-sale")},
	{"key-by-path-of-tokens", "keeps a card under the key of a sale", "IDEM-7", nil, on{"token-create"},
		keyedBy(func(x *exchange) string { return x.operation }, "token-create")},
	{"key-by-path-of-credits", "carries a credit out under the key of a debit", "IDEM-7", nil, on{"ach-credit"},
		keyedBy(func(x *exchange) string { return x.operation }, "ach-credit")},
	{"key-by-path-of-voids", "carries a void out under the key of a sale", "IDEM-7", nil, on{"payment-void"},
		keyedBy(func(x *exchange) string { return x.operation }, "payment-void")},
	{"key-by-path-of-sales", "carries a sale out under the key of an authorization", "IDEM-7", nil, on{"payment-sale-manual"},
		keyedBy(func(x *exchange) string { return x.operation }, "payment-sale-manual")},
	{"key-by-path-of-debits", "carries a debit out under the key of a credit", "IDEM-7", nil, on{"ach-sale"},
		keyedBy(func(x *exchange) string { return x.operation }, "ach-sale")},
	{"key-by-path-of-refunds", "carries a refund out under the key of the sale", "IDEM-7", nil, on{"payment-refund"},
		keyedBy(func(x *exchange) string { return x.operation }, "payment-refund")},
	{"key-by-path-of-token-sales", "carries a sale by token out under the key of one by card", "IDEM-7", nil, on{"payment-sale-token"},
		keyedBy(func(x *exchange) string { return x.operation }, "payment-sale-token")},
	{"other-authorization-acts", "authorizes another sum under a key that was used", "IDEM-4", also{"IDEM-7"}, on{"payment-auth"},
		keyedBy(func(x *exchange) string { return x.text("amount") }, "payment-auth")},
	{"other-refund-acts", "refunds another sum under a key that was used", "IDEM-4", nil, on{"payment-refund"},
		keyedBy(func(x *exchange) string { return x.text("amount") }, "payment-refund")},
	{"other-credit-acts", "pays another sum to a bank account under a key that was used", "IDEM-4", also{"IDEM-7"}, on{"ach-credit"},
		keyedBy(func(x *exchange) string { return x.text("amount") }, "ach-credit")},
	{"other-void-acts", "voids another payment under a key that was used", "IDEM-4", also{"IDEM-7"}, on{"payment-void"},
		keyedBy(func(x *exchange) string { return x.text("transaction_id") }, "payment-void")},
	{"other-sale-by-token-acts", "sells another sum by token under a key that was used", "IDEM-4", also{"IDEM-7"}, on{"payment-sale-token"},
		keyedBy(func(x *exchange) string { return x.text("amount") }, "payment-sale-token")},
	{"other-debit-refunded", "refunds another debit under a key that was used", "IDEM-4", also{"IDEM-7"}, on{"ach-refund"},
		keyedBy(func(x *exchange) string { return x.text("transaction_id") }, "ach-refund")},
	{"other-card-kept", "keeps another card under a key that was used", "IDEM-7", nil, on{"token-create"},
		keyedBy(func(x *exchange) string { return x.text("cardfullname") }, "token-create")},
	{"other-account-kept", "keeps another bank account under a key that was used", "IDEM-7", nil, on{"token-ach"},
		keyedBy(func(x *exchange) string { return x.text("name_on_account") }, "token-ach")},
	{"key-used-up-by-400-of-credits", "holds the key of a credit that it rejected for used", "RH-REP-4", also{"RH-200-2", "RH-200-24"}, on{"ach-credit"},
		keyUsedUp("ach-credit", answered(400))},
	{"key-used-up-by-400-of-accounts", "holds the key of a bank account that it rejected for used", "RH-REP-4", also{"RH-200-2", "RH-201-1"}, on{"token-ach"},
		keyUsedUp("token-ach", answered(400))},
	{"key-used-up-by-401", "holds the key of a capture without keys for used", "RH-REP-5", nil, on{"payment-capture"},
		keyUsedUp("payment-capture", answered(401))},
	{"key-used-up-by-403", "holds the key of an authorization by token for used that it rejected for its keys", "RH-REP-5", also{"RH-REP-4"}, on{"payment-auth-token"},
		keyUsedUp("payment-auth-token", answered(403))},
	{"key-used-up-by-404", "holds the key of a void of nothing for used", "RH-REP-3", also{"RH-REP-5"}, on{"payment-void"},
		keyUsedUp("payment-void", answered(404))},
	{"key-used-up-by-404-of-refunds", "holds the key of a refund of a bank transfer that does not exist for used", "RH-REP-3", also{"RH-REP-5"}, on{"ach-refund"},
		keyUsedUp("ach-refund", answered(404))},
	{"key-used-up-by-500", "holds the key of a cash sale that met an internal error for used", "RH-REP-6", nil, on{"cash-sale"},
		keyUsedUp("cash-sale", answered(500))},
	{"key-used-up-by-500-of-sales", "holds the key of a sale of either kind that met an internal error for used", "RH-REP-6", nil, on{"payment-sale"},
		keyUsedUp("payment-sale", answered(500))},
	{"key-used-up-by-500-of-captures", "holds the key of a capture that met an internal error for used", "IDEM-10", nil, on{"payment-capture"},
		keyUsedUp("payment-capture", answered(500))},
	{"key-only-in-sequence-of-credits", "looks at the key of a credit only when the first request is done", "IDEM-2", nil, on{"ach-credit"},
		overlapping("ach-credit")},
	{"key-only-in-sequence-of-cash", "looks at the key of a cash sale only when the first request is done", "IDEM-2", nil, on{"cash-sale"},
		overlapping("cash-sale")},
	{"key-only-in-sequence-of-hooks", "looks at the key of a registration only when the first request is done", "IDEM-2", nil, on{"webhooks-create"},
		overlapping("webhooks-create")},
	{"key-only-in-sequence-by-token", "looks at the key of a sale by token only when the first request is done", "IDEM-2", nil, on{"payment-sale-token"},
		overlapping("payment-sale-token")},
	{"key-only-in-sequence-of-voids", "looks at the key of a void only when the first request is done", "IDEM-2", nil, on{"payment-void"},
		overlapping("payment-void")},
	{"key-ignored-by-void", "ignores the idempotency key of voids", "IDEM-1", nil, on{"payment-void"},
		before(all(is("payment-void"), keyed), keyIgnored)},
	{"key-ignored-by-token", "ignores the idempotency key where a card is kept", "IDEM-1", nil, on{"token-create"},
		before(all(is("token-create"), keyed), keyIgnored)},
}

// keyedBy makes something else of a request a part of the key under which it comes, in
// one operation.
func keyedBy(part func(*exchange) string, operation string) plant {
	return before(all(is(operation), keyed), func(x *exchange) {
		x.Header.Set(api.IdempotencyHeader, x.idempotencyKey()+" "+strings.Map(func(c rune) rune {
			if c < ' ' {
				return '_'
			}
			return c
		}, part(x)))
	})
}

// keyUsedUp declines other requests of an operation under the key of one that got such an answer.
func keyUsedUp(operation string, when condition) plant {
	return usedUp(func(x *exchange) string {
		if x.operation != operation || x.Method != http.MethodPost {
			return ""
		}
		return x.idempotencyKey()
	}, all(is(operation), when), api.CodeRepeatedKey)
}

// repeatsUnder answers the repeats of an operation under another status.
func repeatsUnder(operation string, other int) plant {
	var used sync.Map
	return after(all(is(operation), keyed, answered(200, 201)), func(x *exchange) {
		if _, again := used.LoadOrStore(x.idempotencyKey()+string(x.sent), true); again {
			x.status = other
		}
	})
}
