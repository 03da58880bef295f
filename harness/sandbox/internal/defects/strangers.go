package defects

import (
	"maps"
	"strings"

	"qorcheck/harness/sandbox/internal/api"
)

// Values of one thing that are taken for another's.
var strangerDefects = []Defect{
	{"order-id-captures", "captures by the order id of an authorization", "RH-404-3", nil, on{"payment-capture"},
		takesOrderIDs("transaction_id", "payment-capture")},
	{"order-id-voids", "voids a bank transfer by its order id", "RH-404-3", nil, on{"ach-void"},
		takesOrderIDs("transaction_id", "ach-void")},
	{"order-id-refunds", "refunds by the order id of a sale", "RH-404-3", nil, on{"payment-refund"},
		takesOrderIDs("transaction_id", "payment-refund")},
	{"order-id-read", "reads a transaction by its order id", "RH-404-3", nil, on{"transactions-fetch-one"},
		misreading(func(w *api.Work, rq *api.Request) {
			for _, t := range w.Transactions {
				if t.OrderID == rq.Path["id"] {
					rq.Path["id"] = t.ID
				}
			}
		}, "transactions-fetch-one")},
	{"token-read-as-payment", "answers 200 where the token of a card is taken for a transaction", "RH-404-3", nil, on{"payment-void"},
		after(all(is("payment-void"), answered(404), sends("transaction_id", tokenLike)), answers(200, approvedBody))},
	{"token-removes-hook", "answers 200 where the token of a card is taken for a webhook", "RH-404-3", nil, on{"webhooks-remove"},
		after(all(is("webhooks-remove"), answered(404), func(x *exchange) bool { return strings.Contains(x.URL.Path, "$") }), answers(200, `{"status":"ok","code":"GW00","message":"the webhook was removed"}`))},
	{"payment-fetched-as-token", "answers 500 where a transaction is taken for a token", "RH-404-3", also{"RH-ALL-1"}, on{"token-fetch"},
		after(all(is("token-fetch"), answered(404), func(x *exchange) bool { return !strings.Contains(x.URL.Path, "$") }), refuses(500, "GW96", "a system error"))},
	{"payment-rotated-as-token", "answers 500 where a transaction is taken for a token that is to be rotated", "RH-404-5", nil, on{"token-rotate"},
		after(all(is("token-rotate"), answered(404), sends("token", func(value any, there bool) bool { return there && !tokenLike(value, there) })), refuses(500, "GW96", "a system error"))},
	{"profile-removed-as-token", "answers 200 where something else is taken for a token that is to be removed", "RH-404-5", nil, on{"token-remove"},
		after(all(is("token-remove"), answered(404), func(x *exchange) bool { return !strings.Contains(x.URL.Query().Get("token"), "$") }), answers(200, `{"status":"ok","code":"GW00","message":"the token was removed"}`))},
	{"account-token-sells", "sells by card where the token is that of a bank account", "FL-TOK-10", nil, on{"payment-sale-token"},
		takesAccountTokens("payment-sale-token")},
	{"account-token-authorizes", "authorizes by card where the token is that of a bank account", "FL-TOK-10", nil, on{"payment-auth-token"},
		takesAccountTokens("payment-auth-token")},
	{"account-token-sells-either-kind", "sells by card where the token is that of a bank account and the sale is of either kind", "FL-TOK-10", nil, on{"payment-sale"},
		takesAccountTokens("payment-sale")},
	{"card-number-sells", "sells by token where the token is a card number", "FL-TOK-10", nil, on{"payment-sale-token"},
		before(all(is("payment-sale-token"), sends("creditcard", func(value any, _ bool) bool {
			text, _ := value.(string)
			return len(text) > 12 && !strings.Contains(text, "$")
		})), answers(200, approvedBody))},
	{"card-number-authorizes", "authorizes by token where the token is a card number", "FL-TOK-10", nil, on{"payment-auth-token"},
		before(all(is("payment-auth-token"), sends("creditcard", func(value any, _ bool) bool {
			text, _ := value.(string)
			return len(text) > 12 && !strings.Contains(text, "$")
		})), answers(200, approvedBody))},
	{"other-token-authorizes", "authorizes by another merchant's token", "RH-404-6", also{"FL-TOK-*"}, on{"payment-auth-token"},
		takesTokensOfOthers("creditcard", "payment-auth-token")},
	{"other-token-sells", "sells by another merchant's token where the sale is of either kind", "FL-TOK-11", nil, on{"payment-sale"},
		takesTokensOfOthers("creditcard", "payment-sale")},
	{"other-account-debited", "debits the account behind another merchant's token", "FL-TOK-11", nil, on{"ach-sale"},
		takesTokensOfOthers("account_number", "ach-sale")},
	{"other-token-sells-by-card", "sells by another merchant's token in place of a card", "FL-TOK-11", nil, on{"payment-sale-manual"},
		takesTokensOfOthers("creditcard", "payment-sale-manual")},
	{"account-token-authorizes-by-card", "authorizes by the token of a bank account in place of a card", "FL-TOK-10", nil, on{"payment-auth"},
		takesAccountTokens("payment-auth")},
	{"dead-token-authorizes-by-card", "authorizes by a removed or rotated token in place of a card", "FL-TOK-2", also{"FL-TOK-1"}, on{"token-remove", "payment-auth"},
		takesDeadTokens("creditcard", "payment-auth")},
	{"unknown-token-authorizes-by-card", "authorizes by a token that nobody has in place of a card", "FL-TOK-12", also{"FL-TOK-*"}, on{"payment-auth"},
		before(all(is("payment-auth"), ofNoToken), answers(200, approvedBody))},
	{"unknown-token-sells-either-kind", "sells by a token that nobody has where the sale is of either kind", "FL-TOK-12", also{"FL-TOK-*"}, on{"payment-sale"},
		before(all(is("payment-sale"), ofNoToken), answers(200, approvedBody))},
	{"removed-token-updated", "gives a removed token a new date of expiry", "FL-TOK-2", also{"FL-TOK-1"}, on{"token-remove", "token-update"},
		takesDeadTokens("token", "token-update")},
	{"removed-token-rotated", "rotates a token that was removed", "FL-TOK-2", also{"FL-TOK-1"}, on{"token-remove", "token-rotate"},
		takesDeadTokens("token", "token-rotate")},
	{"removed-token-removed", "removes a token twice", "FL-TOK-2", also{"FL-TOK-1"}, on{"token-remove"},
		after(all(is("token-remove"), answered(404), func(x *exchange) bool {
			var dead bool
			x.server.View(func(s *api.State) { t := s.Tokens[x.URL.Query().Get("token")]; dead = t != nil && t.Dead })
			return dead
		}), answers(200, `{"status":"ok","code":"GW00","message":"the token was removed"}`))},
	{"rotated-token-fetched-by-update", "updates a token that was rotated", "FL-TOK-1", also{"FL-TOK-2"}, on{"token-rotate", "token-update"},
		takesDeadTokens("token", "token-update")},
	{"removed-hook-updated", "changes a webhook that was removed", "FL-HOOK-1", nil, on{"webhooks-remove", "webhooks-update"},
		remembering(func() plant {
			removed := map[string]bool{}
			return after(always, func(x *exchange) {
				switch {
				case x.operation == "webhooks-remove" && x.status == 200:
					removed[x.URL.Path[strings.LastIndex(x.URL.Path, "/")+1:]] = true
				case x.operation == "webhooks-update" && x.status == 404 && removed[x.text("hook_id")]:
					answers(200, `{"status":"ok","code":"GW00","message":"the webhook was changed","id":"`+x.text("hook_id")+`"}`)(x)
				}
			})
		})},
}

func tokenLike(value any, _ bool) bool {
	text, _ := value.(string)
	return strings.Contains(text, "$")
}

// takesOrderIDs finds what an operation modifies by its order id, too.
func takesOrderIDs(field, operation string) plant {
	return misreading(func(w *api.Work, rq *api.Request) {
		for _, t := range w.Transactions {
			if t.OrderID != "" && t.OrderID == rq.Text(field) && t.Merchant == rq.Merchant {
				rq.Data[field] = t.ID
			}
		}
	}, operation)
}

// takesAccountTokens lets the token of a bank account pay by card.
func takesAccountTokens(operation string) plant {
	return after(all(is(operation), answered(404), func(x *exchange) (account bool) {
		x.server.View(func(s *api.State) {
			t := s.Tokens[x.text("creditcard")]
			account = t != nil && t.Funds.Bank != "" && t.Owner == x.role()
		})
		return account
	}), answers(200, approvedBody))
}

// takesTokensOfOthers lets a merchant pay by another's token.
func takesTokensOfOthers(field, operation string) plant {
	return replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Response {
		t := w.State.Tokens[rq.Text(field)]
		if t == nil || t.Owner == rq.Client.Name {
			return next(w, rq)
		}
		owner := t.Owner
		t.Owner = rq.Client.Name
		defer func() { t.Owner = owner }()
		return next(w, rq)
	}, operation)
}

// takesDeadTokens lets an operation take a token that was removed or rotated.
func takesDeadTokens(field, operation string) plant {
	return replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Response {
		t := w.State.Tokens[rq.Text(field)]
		if t == nil || !t.Dead {
			return next(w, rq)
		}
		again := *t
		again.Dead = false
		known := maps.Clone(w.State.Tokens)
		known[t.Value] = &again
		kept := w.State.Tokens
		w.State.Tokens = known
		defer func() { w.State.Tokens = kept }()
		return next(w, rq)
	}, operation)
}

// ofNoToken holds for payments by a token that nobody was given.
func ofNoToken(x *exchange) bool {
	token, known := x.text("creditcard"), false
	x.server.View(func(s *api.State) { known = s.Tokens[token] != nil })
	return strings.Contains(token, "$") && !known && keysOf("valid")(x)
}
