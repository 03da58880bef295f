package defects

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"qorcheck/harness/sandbox/internal/api"
	"qorcheck/harness/sandbox/internal/strict"
)

// Who may do what.
var accessDefects = []Defect{
	{"keyless-200", "carries out a request without keys", "RH-401-1", nil, on{"payment-sale-manual", "webhooks_list"},
		before(keyless, withKeys("valid"))},
	{"one-key-enough", "carries out a request without the app key", "RH-401-1", nil, on{"payment-sale-manual", "webhooks_list"},
		before(all(withoutHeader(api.AppKeyHeader), func(x *exchange) bool { _, client := x.keys(); return client != "" }), withKeys("valid"))},
	{"blank-key-200", "carries out a request whose app key is empty or blank", "RH-401-1", nil, on{"payment-sale-manual", "webhooks_list"},
		before(func(x *exchange) bool { return slices.Equal(x.Header.Values(api.AppKeyHeader), []string{""}) }, withKeys("valid"))},
	{"keys-in-body", "takes the keys from the body", "RH-401-2", also{"RH-NIL-2"}, on{"payment-sale-manual"},
		before(all(keyless, func(x *exchange) bool { return bytes.Contains(x.sent, []byte(`"`+api.AppKeyHeader+`"`)) }), withKeys("valid"))},
	{"keys-in-query", "takes the keys from the query", "RH-401-2", also{"RH-NIL-2"}, on{"webhooks_list"},
		before(keyless, keysFromQuery)},
	{"403-for-401", "answers 403 where keys are missing", "RH-401-1", nil, on{"payment-sale-manual", "webhooks_list"},
		after(answered(401), status(403))},
	{"login-page-for-401", "leads to a login page where keys are missing", "RH-401-1", also{"RH-ALL-1"}, on{"payment-sale-manual", "webhooks_list"},
		after(answered(401), status(302), func(x *exchange) { x.header.Set("Location", "http://127.0.0.1/login") })},
	{"401-for-403", "answers 401 where 403 is due", "RH-403-1", also{"RH-403-*", "RH-400-2"}, on{"payment-refund"},
		after(answered(403), status(401))},
	{"401-for-wrong-keys", "answers 401 to wrong keys", "RH-403-1", also{"RH-403-2", "RH-403-3", "RH-403-4"}, on{"payment-sale-manual"},
		after(all(answered(403), saying("code", api.CodeSecurity)), status(401))},
	{"401-403-swapped", "swaps 401 and 403 on one operation", "RH-401-1", also{"RH-403-*", "RH-400-2"}, on{"payment-void"},
		after(all(is("payment-void"), answered(401, 403)), func(x *exchange) { x.status = 401 + 403 - x.status })},
	{"rightless-401", "answers 401 to keys that lack the right", "RH-403-4", also{"RH-403-8"}, on{"payment-sale-manual", "webhooks_list"},
		after(all(keysOf("no_rights"), answered(403)), status(401))},
	{"app-key-only", "looks at the app key alone", "RH-403-3", also{"RH-403-1"}, on{"payment-sale-manual"},
		before(func(x *exchange) bool {
			app, _ := x.keys()
			return !keyless(x) && app == x.server.Fixtures.Credentials["valid"].App
		}, withKeys("valid"))},
	{"revoked-keys-accepted", "accepts revoked keys", "RH-403-2", also{"RH-403-11"}, on{"payment-sale-manual", "webhooks_list"},
		before(keysOf("revoked"), withKeys("valid"))},
	{"mixed-pair-accepted", "accepts a pair made of two merchants' keys", "RH-403-3", nil, on{"payment-sale-manual", "webhooks_list"},
		before(func(x *exchange) bool {
			app, client := x.keys()
			return app == x.server.Fixtures.Credentials["valid"].App && client == x.server.Fixtures.Credentials["other_merchant"].Client
		}, withKeys("valid"))},
	{"unknown-keys-accepted", "accepts keys that nobody has", "RH-403-1", also{"RH-403-3"}, on{"payment-sale-manual", "webhooks_list"},
		before(func(x *exchange) bool { return !keyless(x) && x.role() == "" }, withKeys("valid"))},
	{"case-of-keys-ignored", "accepts keys written in other case", "RH-403-7", also{"RH-NIL-2", "RH-REP-2", "RH-REP-5"}, on{"payment-sale-manual", "webhooks_list"},
		before(keysLike(strings.EqualFold), withKeys("valid"))},
	{"longer-keys-accepted", "accepts keys with something behind them", "RH-403-7", also{"RH-NIL-2", "RH-REP-2", "RH-REP-5"}, on{"payment-sale-manual", "webhooks_list"},
		before(keysLike(strings.HasPrefix), withKeys("valid"))},
	{"rightless-keys-accepted", "accepts keys without a right", "RH-403-4", also{"RH-403-11"}, on{"payment-sale-manual", "webhooks_list"},
		before(keysOf("no_rights"), withKeys("valid"))},
	{"other-mid-accepted", "lets a merchant act in another's name", "RH-403-5", also{"RH-MSG-14"}, on{"payment-sale-manual"},
		before(merchant("other"), asMerchant("main"))},
	{"padded-mid-accepted", "passes over a blank behind the merchant id of a capture", "RH-403-15", nil, on{"payment-capture"},
		before(all(is("payment-capture"), nearMerchant(" ")), asMerchant("main"))},
	{"cut-mid-accepted", "takes the merchant id of a debit without its last digit", "RH-403-15", also{"RH-NIL-2", "RH-REP-5"}, on{"ach-sale"},
		before(all(is("ach-sale"), nearMerchant("")), asMerchant("main"))},
	{"switched-off-accepted", "carries out a refund that the configuration forbids", "RH-403-6", also{"RH-200-2", "RH-403-10"}, on{"payment-refund"},
		after(all(is("payment-refund"), answered(403), merchant("refunds_off")), refundInSilence, answers(200, approvedBody))},
	{"switched-off-400", "answers 400 to a refund that the configuration forbids", "RH-403-10", nil, on{"payment-refund"},
		after(all(answered(403), merchant("refunds_off")), status(400))},
	{"validation-before-keys", "answers a malformed request without keys by 400", "RH-401-4", nil, on{"payment-sale-manual"},
		after(all(answered(401), malformed), refuses(400, "GW03", "a field is wrong"))},
	{"keyless-malformed-approved", "approves a malformed request without keys", "RH-401-3", nil, on{"payment-sale-manual"},
		after(all(answered(401), malformed), answers(200, approvedBody))},
	{"unknown-malformed-approved", "approves a malformed request by unknown keys", "RH-403-8", nil, on{"payment-sale-manual"},
		after(all(answered(403), malformed), answers(200, approvedBody))},
	{"merchant-malformed-approved", "approves a malformed request in another's name", "RH-403-9", nil, on{"payment-sale-manual"},
		after(all(answered(403), keysOf("valid"), sends("amount", noAmount)), answers(200, approvedBody))},
	{"unknown-malformed-captured", "approves a malformed capture of what does not exist", "RH-400-6", nil, on{"payment-capture"},
		after(all(is("payment-capture"), answered(400), sends("amount", noAmount), func(x *exchange) bool { return !x.knows(x.text("transaction_id")) }),
			answers(200, approvedBody))},
	{"validation-before-rights", "answers a malformed request by unknown keys by 400", "RH-403-11", nil, on{"payment-sale-manual"},
		after(all(answered(403), malformed), refuses(400, "GW03", "a field is wrong"))},
	{"validation-before-merchant", "answers a malformed request in another's name by 400", "RH-403-12", nil, on{"payment-sale-manual"},
		after(all(answered(403), keysOf("valid"), sends("amount", noAmount)), refuses(400, "GW03", "the amount is wrong"))},
	{"resource-before-validation", "answers a malformed capture of what does not exist by 404", "RH-400-10", nil, on{"payment-capture"},
		after(all(is("payment-capture"), answered(400), sends("amount", noAmount), func(x *exchange) bool { return !x.knows(x.text("transaction_id")) }),
			refuses(404, "GW76", "there is no such transaction"))},
	{"other-merchant-reads", "shows a transaction to another merchant", "RH-404-6", nil, on{"transactions-fetch-one"},
		letsOthers("transactions-fetch-one")},
	{"existence-betrayed", "answers another merchant 403 for a transaction that exists, 404 for one that does not", "RH-404-7", nil, on{"transactions-fetch-one"},
		after(all(is("transactions-fetch-one"), keysOf("other_merchant"), answered(404), func(x *exchange) bool {
			return x.knows(x.URL.Path[strings.LastIndex(x.URL.Path, "/")+1:])
		}), refuses(403, "GW63", "the transaction is another merchant's"))},
	{"foreign-void-worded", "says of a void of another merchant's transaction that it is not one's own", "RH-404-7", nil, on{"payment-void"},
		after(all(is("payment-void"), ofAnother), says("message", "the transaction is not yours"))},
	{"foreign-debit-worded", "says of a void of another merchant's debit that it is not one's own", "RH-404-7", nil, on{"ach-void"},
		after(all(is("ach-void"), ofAnother), says("message", "the transaction is not yours"))},
	{"foreign-hook-worded", "words it otherwise when another merchant's registration is removed", "RH-404-7", nil, on{"webhooks-remove"},
		after(all(is("webhooks-remove"), ofAnother), says("message", "there is no such webhook of yours"))},
	{"foreign-hook-coded", "has another code when another merchant's registration is changed", "RH-404-7", nil, on{"webhooks-update"},
		after(all(is("webhooks-update"), ofAnother), says("code", "GW63"))},
	{"foreign-token-marked", "has a header more when a token is another merchant's", "RH-404-7", nil, on{"token-fetch"},
		after(all(is("token-fetch"), ofAnother), func(x *exchange) { x.header.Set("X-Denied-By", "owner") })},
	{"foreign-update-says-more", "has a member more when the token to change is another merchant's", "RH-404-7", nil, on{"token-update"},
		after(all(is("token-update"), ofAnother), edits(func(m map[string]any) { m["hint"] = "other_account" }))},
	{"foreign-capture-says-more", "has members more when the authorization to capture is another merchant's", "RH-404-7", nil, on{"payment-capture"},
		after(all(is("payment-capture"), ofAnother), edits(func(m map[string]any) { m["details"] = map[string]any{"owner": "another"} }))},
	{"foreign-rotation-marked", "has a header more when the token to rotate is another merchant's", "RH-404-7", nil, on{"token-rotate"},
		after(all(is("token-rotate"), ofAnother), func(x *exchange) { x.header.Set("X-Denied-By", "owner") })},
	{"other-merchant-lists", "lists the transactions of every merchant", "FL-GET-2", also{"IDEM-5"}, on{"transactions-fetch-all"},
		letsOthers("transactions-fetch-all")},
	{"other-merchant-captures", "lets a merchant capture another's authorization", "RH-404-6", nil, on{"payment-capture"},
		letsOthers("payment-capture")},
	{"other-merchant-refunds", "lets a merchant refund another's payment", "RH-404-6", nil, on{"payment-refund"},
		letsOthers("payment-refund")},
	{"other-merchant-voids", "lets a merchant void another's payment", "RH-404-6", nil, on{"payment-void"},
		letsOthers("payment-void")},
	{"other-merchant-pays", "lets a merchant pay by another's token", "RH-404-6", nil, on{"payment-sale-token"},
		letsOthers("payment-sale-token")},
	{"other-merchant-unhooks", "lets a merchant remove another's webhook", "RH-404-6", nil, on{"webhooks-remove"},
		letsOthers("webhooks-remove")},
	{"syntax-before-keys", "answers a body that is not JSON by 400 before it looks for keys", "RH-401-4", nil, on{"ach-void"},
		after(all(is("ach-void"), answered(401), notJSON), refuses(400, "GW03", "the body is not JSON"))},
	{"media-type-before-keys", "answers another media type by 415 before it looks for keys", "RH-401-4", nil, on{"webhooks-update"},
		after(all(is("webhooks-update"), answered(401), sentAs("text/plain")), refuses(415, "GW03", "the media type is not taken"))},
	{"syntax-before-rights", "answers a body that is not JSON by 400 before it looks whose the keys are", "RH-403-11", nil, on{"cash-sale"},
		after(all(is("cash-sale"), answered(403), keysOf(""), notJSON), refuses(400, "GW03", "the body is not JSON"))},
	{"media-type-before-rights", "answers another media type by 400 before it looks whose the keys are", "RH-403-11", nil, on{"token-rotate"},
		after(all(is("token-rotate"), answered(403), keysOf(""), sentAs("text/plain")), refuses(400, "GW03", "the media type is not taken"))},
	{"keyless-text-approved", "approves a sale without keys under another media type", "RH-401-3", nil, on{"payment-sale"},
		after(all(is("payment-sale"), answered(401), sentAs("text/plain")), answers(200, approvedBody))},
	{"unknown-keys-broken-approved", "approves a broken credit by keys that nobody has", "RH-403-8", nil, on{"ach-credit"},
		after(all(is("ach-credit"), answered(403), keysOf(""), notJSON), answers(200, approvedBody))},
	{"resource-before-keys", "says that a transaction does not exist before it looks for keys", "RH-401-6", nil, on{"transactions-fetch-one"},
		after(all(is("transactions-fetch-one"), answered(401), unknownWithKeys), refuses(404, "GW76", "there is no such transaction"))},
	{"resource-before-rights", "says that a token does not exist before it looks whose the keys are", "RH-403-14", nil, on{"token-fetch"},
		after(all(is("token-fetch"), answered(403), keysOf(""), unknownWithKeys), refuses(404, "GW76", "there is no such token"))},
	{"unknown-profile-listed-to-nobody", "answers 200 to a keyless request about a profile that does not exist", "RH-401-5", nil, on{"transactions-fetch-profile"},
		after(all(is("transactions-fetch-profile"), answered(401), unknownWithKeys), answers(200, `{"status":"ok","code":"GW00","message":"none","count":0,"data":[]}`))},
	{"unknown-voided-by-unknown-keys", "approves the void of a transfer that does not exist by keys that nobody has", "RH-403-13", also{"RH-403-8"}, on{"ach-void"},
		after(all(is("ach-void"), answered(403), keysOf(""), func(x *exchange) bool { return !x.knows(x.text("transaction_id")) }), answers(200, approvedBody))},
}

// notJSON holds for requests whose body is labelled as JSON and is none.
func notJSON(x *exchange) bool {
	return len(x.sent) > 0 && sentAs(strict.JSONType)(x) && !json.Valid(x.sent)
}

// sentAs holds for requests of a media type.
func sentAs(mediaType string) condition {
	return func(x *exchange) bool { return x.Header.Get("Content-Type") == mediaType }
}

// unknownWithKeys holds for requests that read, and would be answered 404 with valid keys.
func unknownWithKeys(x *exchange) bool {
	again := *x
	again.Request = x.Clone(x.Context())
	withKeys("valid")(&again)
	status, _ := again.soundResponse(again.Request, x.sent)
	return status == 404
}

// withoutHeader holds for requests that lack a header.
func withoutHeader(name string) condition {
	return func(x *exchange) bool { return len(x.Header.Values(name)) == 0 }
}

func keysFromQuery(x *exchange) {
	query := x.URL.Query()
	for _, name := range []string{api.AppKeyHeader, api.ClientKeyHeader} {
		if value := query.Get(name); value != "" {
			x.Header.Set(name, value)
			query.Del(name)
		}
	}
	x.URL.RawQuery = query.Encode()
}

// knows reports whether a transaction exists, whoever's it is.
func (x *exchange) knows(id string) (known bool) {
	x.server.View(func(s *api.State) { known = s.Transactions[id] != nil })
	return known
}

// ofAnother holds for what another merchant is answered about something that exists.
func ofAnother(x *exchange) (exists bool) {
	if !all(keysOf("other_merchant"), answered(404))(x) {
		return false
	}
	id := x.URL.Path[strings.LastIndex(x.URL.Path, "/")+1:]
	x.server.View(func(s *api.State) {
		exists = s.Transactions[id] != nil || s.Transactions[x.text("transaction_id")] != nil || s.Tokens[id] != nil || s.Tokens[x.text("token")] != nil ||
			slices.ContainsFunc(s.Hooks, func(h *api.Webhook) bool { return h.ID == id || h.ID == x.text("hook_id") })
	})
	return exists
}

// nearMerchant holds for requests in the name of the main merchant with this behind its id,
// or, with nothing, without its last digit.
func nearMerchant(behind string) condition {
	return func(x *exchange) bool {
		main := x.server.Fixtures.Merchants["main"]
		mid := x.text("mid")
		return behind != "" && mid == main+behind || behind == "" && mid == main[:len(main)-1]
	}
}
