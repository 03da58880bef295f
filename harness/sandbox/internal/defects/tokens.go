package defects

import "qorcheck/harness/sandbox/internal/api"

// Stored cards and accounts.
var tokenDefects = []Defect{
	{"removed-token-works", "lets a removed token pay", "FL-TOK-2", also{"FL-TOK-7"}, on{"token-remove"},
		claiming(func(*api.Request) any {
			return api.StatusBody{Status: "ok", Code: api.CodeApproved, Message: "the token was removed"}
		}, "token-remove")},
	{"rotated-token-works", "lets the old token pay after a rotation", "FL-TOK-1", nil, on{"token-rotate"},
		amendingTokens(func(rq *api.Request, t *api.Token) {
			if t.Value == rq.Text("token") && rq.Text("intent") != "rollback" {
				t.Dead = false
			}
		}, "token-rotate")},
	{"rollback-undone", "lets a token that was rolled back come to life again", "FL-TOK-1", nil, on{"token-rotate"},
		amendingTokens(func(rq *api.Request, t *api.Token) {
			if t.Value == rq.Text("token") && rq.Text("intent") == "rollback" {
				t.Dead = false
			}
		}, "token-rotate")},
	{"rotation-keeps-value", "answers a rotation by the token that was sent", "FL-TOK-1", also{"FL-TOK-7", "RH-200-20"}, on{"token-rotate"},
		claiming(func(rq *api.Request) any {
			return api.TokenBody{StatusBody: api.StatusBody{Status: "ok", Code: api.CodeApproved, Message: "the token was rotated"}, Token: rq.Text("token")}
		}, "token-rotate")},
	{"last-digits-ignored", "takes any digits for the last four of a token", "FL-TOK-7", also{"RH-404-5"}, on{"token-update", "token-rotate", "token-remove"},
		misreading(func(w *api.Work, rq *api.Request) {
			if t := w.Token(rq.Client, rq.Text("token")); t != nil {
				rq.Data["last4"] = t.Last
			}
			if t := w.Token(rq.Client, rq.Query["token"]); t != nil {
				rq.Query["last4"] = t.Last
			}
		}, "token-update", "token-rotate", "token-remove")},
	{"rotated-token-pays", "lets the old token pay after a rotation, though it cannot be read", "FL-TOK-1", nil, on{"token-rotate"},
		misreading(func(w *api.Work, rq *api.Request) {
			if t := w.State.Tokens[rq.Text("creditcard")]; t != nil && t.Owner == rq.Client.Name && t.Dead {
				for _, other := range w.State.Tokens {
					if other.Replaced == t.Value && !other.Dead {
						rq.Data["creditcard"] = other.Value
					}
				}
			}
		}, "payment-sale-token")},
	{"dead-token-authorizes", "lets a removed or rotated token authorize, though it does not pay", "FL-TOK-2", also{"FL-TOK-1"}, on{"token-remove"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Response {
			if t := w.State.Tokens[rq.Text("creditcard")]; t != nil && t.Dead {
				t.Dead = false
				defer func() { t.Dead = true }()
			}
			return next(w, rq)
		}, "payment-auth-token")},
	{"profile-lost-by-rotation", "forgets the profile of a token when it is rotated", "FL-TOK-9", nil, on{"token-rotate"},
		amendingTokens(func(rq *api.Request, t *api.Token) {
			if !t.Dead && rq.Text("intent") != "rollback" {
				t.Profile = ""
			}
		}, "token-rotate")},
	{"rollback-repeated", "rolls a token back that was rolled back before", "FL-TOK-1", nil, on{"token-rotate"},
		misreading(func(w *api.Work, rq *api.Request) {
			if t := w.State.Tokens[rq.Text("token")]; t != nil && t.Replaced != "" && rq.Text("intent") == "rollback" {
				t.Dead = false
			}
		}, "token-rotate")},
	{"digits-of-another", "takes the last digits of any token for those of a removed one", "FL-TOK-7", nil, on{"token-remove"},
		misreading(func(w *api.Work, rq *api.Request) {
			t := w.State.Tokens[rq.Query["token"]]
			for _, other := range w.State.Tokens {
				if t != nil && other.Owner == t.Owner && other.Last == rq.Query["last4"] {
					rq.Query["last4"] = t.Last
				}
			}
		}, "token-remove")},
	{"rollback-for-one-payment", "brings a token back for one payment alone", "FL-TOK-1", nil, on{"token-rotate"},
		amendingTokens(func(rq *api.Request, t *api.Token) {
			t.Once = t.Once || rq.Text("intent") == "rollback" && !t.Dead
		}, "token-rotate")},
	{"other-merchant-updates", "lets a merchant change when another's token expires, and answers that there is none", "FL-TOK-8", nil, on{"token-update"},
		misreading(func(w *api.Work, rq *api.Request) {
			if t := w.State.Tokens[rq.Text("token")]; t != nil && t.Owner != rq.Client.Name && len(rq.Text("expdate")) == 4 {
				t.Funds.Month, t.Funds.Year = rq.Text("expdate")[:2], rq.Text("expdate")[2:]
			}
		}, "token-update")},
	{"single-use-account-twice", "lets a token of a bank account for one payment pay twice", "FL-TOK-3", nil, on{"ach-sale"},
		paysAgain("token-ach")},
	{"removed-account-pays", "removes no token of a bank account", "FL-TOK-2", nil, on{"token-remove"},
		amendingTokens(func(rq *api.Request, t *api.Token) {
			t.Dead = t.Dead && t.Funds.Bank == ""
		}, "token-remove")},
	{"single-use-token-twice", "lets a token for one payment pay twice", "FL-TOK-3", nil, on{"token-create"},
		paysAgain("token-create", "token-ach")},
	{"token-unasked", "answers a sale by a token that nobody asked for", "FL-TOK-4", nil, on{"payment-sale-manual"},
		misreading(func(_ *api.Work, rq *api.Request) {
			rq.Data["store_card"] = true
		}, "payment-sale-manual")},
	{"token-withheld", "gives no token though the card is to be stored", "FL-TOK-4", also{"RH-200-24"}, on{"payment-sale-manual"},
		after(is("payment-sale-manual"), omits("token"))},
	{"token-not-added", "answers 201 for a token that it does not keep", "FL-TOK-5", nil, on{"token-ach"},
		storingNothing("token-ach")},
	{"hook-not-added", "answers 201 for a webhook that it does not keep", "FL-HOOK-1", also{"RH-MSG-*", "RH-200-1", "RH-200-9", "RH-REP-*", "FL-*"}, on{"webhooks-create"},
		storingNothing("webhooks-create")},
	{"hook-of-two-ids", "answers a registration by ids that differ", "FL-HOOK-5", nil, on{"webhooks-create"},
		after(succeeded("webhooks-create"), edits(func(m map[string]any) { m["webhook_id"] = "web_0" }))},
	{"stored-card-of-no-token", "answers a payment whose card is to be stored by a token that nothing has", "FL-TOK-4", nil, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), func(x *exchange) bool { return x.answer()["token"] != nil }), says("token", "411111$00000000"))},
	{"changed-hook-of-another-id", "answers the change of a registration by another id", "FL-HOOK-5", nil, on{"webhooks-update"},
		after(succeeded("webhooks-update"), says("id", "hook_0"))},
	{"odd-header-400", "answers 400 to a header key that is no header name", "FL-HOOK-6", nil, on{"webhooks-create"},
		before(all(is("webhooks-create"), sends("header_key", as("no header name"))), refuses(400, "GW03", "header_key: no header has this name"))},
	{"ftp-address-taken", "registers an address of ftp", "FL-HOOK-3", nil, on{"webhooks-create"},
		reads("uri", "ftp://sink.example.test/q", "https://sink.example.test/q")},
	{"removal-removes-nothing", "answers 200 to the removal of a webhook and keeps it", "FL-HOOK-1", also{"RH-MSG-14"}, on{"webhooks-remove"},
		storingNothing("webhooks-remove")},
	{"update-drops-fields", "loses what an update of a webhook does not name", "FL-HOOK-2", also{"RH-MSG-14", "RH-200-2"}, on{"webhooks-update"},
		amending(func(w *api.Work, _ *api.Request) {
			for _, h := range w.Change.Hooks {
				h.Event = ""
			}
		}, "webhooks-update")},
	{"update-changes-nothing", "answers 200 to an update of a webhook and changes nothing", "FL-HOOK-2", also{"RH-MSG-14"}, on{"webhooks-update"},
		storingNothing("webhooks-update")},
	{"expiry-not-updated", "answers 200 to a new expiry date and keeps the old", "FL-TOK-6", nil, on{"token-update"},
		storingNothing("token-update")},
}

// paysAgain lets tokens for one payment, made by some operations, pay more than once.
func paysAgain(operations ...string) plant {
	return amendingTokens(func(rq *api.Request, t *api.Token) {
		t.Once = false
	}, operations...)
}
