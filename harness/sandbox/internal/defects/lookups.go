package defects

import (
	"strings"

	"qorcheck/harness/sandbox/internal/api"
)

// What is said of something that does not exist.
var lookupDefects = []Defect{
	{"unknown-id-200", "voids a transaction that does not exist", "RH-404-3", also{"RH-200-2"}, on{"payment-void"},
		after(all(is("payment-void"), notFound), answers(200, approvedBody))},
	{"unknown-id-403", "answers 403 to an unknown id", "RH-404-3", nil, on{"transactions-fetch-one"},
		after(all(is("transactions-fetch-one"), notFound), status(403))},
	{"unknown-id-400", "answers 400 to an unknown id in the URL", "RH-404-10", nil, on{"transactions-fetch-one"},
		after(all(is("transactions-fetch-one"), notFound), status(400))},
	{"unknown-id-in-body-400", "answers 400 to an unknown id in the body", "RH-404-11", nil, on{"payment-capture"},
		after(all(is("payment-capture"), notFound), status(400))},
	{"unknown-card-token-approved", "approves a sale by an unknown token", "RH-404-4", nil, on{"payment-sale-token"},
		after(all(is("payment-sale-token"), notFound), answers(200, approvedBody))},
	{"unknown-card-token-403", "answers 403 to a payment by an unknown token", "RH-404-9", also{"RH-404-12"}, on{"payment-sale-token"},
		after(all(is("payment-sale-token"), notFound), status(403))},
	{"unknown-token-403", "answers 403 to the removal of an unknown token", "RH-404-5", nil, on{"token-remove"},
		after(all(is("token-remove"), notFound), status(403))},
	{"id-cut-short-voids", "voids a transaction by its id without the last digit", "RH-404-12", nil, on{"payment-void"},
		takesNearIDs("payment-void", func(given, id string) bool { return len(given) == len(id)-1 && strings.HasPrefix(id, given) })},
	{"id-begins-a-refund", "refunds a debit by an id that begins with its own", "RH-404-12", nil, on{"ach-refund"},
		takesNearIDs("ach-refund", func(given, id string) bool { return len(given) == len(id)+1 && strings.HasPrefix(given, id) })},
	{"id-one-digit-off-captures", "captures by an id that is one digit off", "RH-404-12", nil, on{"payment-capture"},
		takesNearIDs("payment-capture", oneOff)},
	{"token-letters-ignored", "updates a token that is written in other letters", "RH-404-12", nil, on{"token-update"},
		misreading(func(w *api.Work, rq *api.Request) {
			for value, t := range w.State.Tokens {
				if !t.Dead && value != rq.Text("token") && strings.EqualFold(value, rq.Text("token")) {
					rq.Data["token"] = value
				}
			}
		}, "token-update")},
	{"hook-letters-ignored", "changes a registration whose id is written in other letters", "RH-404-12", nil, on{"webhooks-update"},
		misreading(func(w *api.Work, rq *api.Request) {
			for _, h := range w.Hooks {
				if h.ID != rq.Text("hook_id") && strings.EqualFold(h.ID, rq.Text("hook_id")) {
					rq.Data["hook_id"] = h.ID
				}
			}
		}, "webhooks-update")},
}

// takesNearIDs lets an operation take an id for that of a transaction which is nearly it.
func takesNearIDs(operation string, near func(given, id string) bool) plant {
	return misreading(func(w *api.Work, rq *api.Request) {
		given := rq.Text("transaction_id")
		for id, t := range w.Transactions {
			if t.Merchant == rq.Merchant && near(given, id) {
				rq.Data["transaction_id"] = id
				return
			}
		}
	}, operation)
}

// oneOff reports whether two texts differ in one character.
func oneOff(given, id string) bool {
	if len(given) != len(id) {
		return false
	}
	off := 0
	for i := range len(id) {
		if given[i] != id[i] {
			off++
		}
	}
	return off == 1
}
