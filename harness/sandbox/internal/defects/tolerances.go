package defects

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"qorcheck/harness/sandbox/internal/api"
)

// Tolerated stands in the column of the requirement for what the promise lets a server
// do otherwise: nothing may fail, and a note has to name it. The row has the name that
// the note has.
const Tolerated = "tolerated"

// tolerances are the servers that differ from the sandbox in what the promise tolerates.
var tolerances = []Defect{
	{"405-for-wrong-method", "answers a wrong method with 405", Tolerated, nil, on{"payment-sale-manual", "token-fetch"},
		after(wrongMethod, status(http.StatusMethodNotAllowed))},
	{"500-for-missing", "answers 500 where a mandatory field is missing or blank", Tolerated, nil, on{"payment-sale-manual", "token-remove", "webhooks-create"},
		after(missesSomething, status(http.StatusInternalServerError))},
	{"gw03-for-missing", "declines with GW03 where a mandatory field is missing or blank", Tolerated, nil, on{"payment-sale-manual", "token-remove"},
		after(missesSomething, declines(api.CodeMalformed), says("refusalReason", "a value is missing"))},
	{"gw03-error-for-missing", "answers 200, error and GW03 where a mandatory field is missing or blank", Tolerated, nil, on{"payment-capture", "token-rotate"},
		after(missesSomething, failsWith(api.CodeMalformed, "a value is missing"))},
	{"gw76-for-unknown", "answers 200 and GW76 to an unknown id", Tolerated, nil, on{"payment-void", "token-fetch", "transactions-fetch-one", "webhooks-remove"},
		after(notFound, failsWith(api.CodeNotFound, "no such record"))},
	{"unknown-token-declined", "declines a payment by an unknown token", Tolerated, nil, on{"payment-sale-token", "payment-auth-token"},
		after(all(is("payment-sale", "payment-sale-manual", "payment-sale-token", "payment-auth", "payment-auth-token", "ach-sale"), notFound), declines("GW14"), says("refusalReason", "no such token"))},
	{"keyless-path-401", "answers 401 to nobody at a path that does not exist", Tolerated, nil, on{"payment-void", "webhooks_list"},
		after(all(keyless, answered(404), func(x *exchange) bool { return x.operation == "" && strings.Contains(x.URL.Path, "-unknown") }), status(401))},
	{"other-digits-400", "answers 400 to last digits that are not the token's", Tolerated, nil, on{"token-update", "token-rotate", "token-remove"},
		after(all(is("token-update", "token-rotate", "token-remove"), notFound), refuses(http.StatusBadRequest, "digits", "last4 is not that of the token"))},
	{"unnamed-card-kept", "keeps the card of a payment whose holder is not named", Tolerated, nil, on{"payment-sale-manual", "payment-auth"},
		before(all(is("payment-sale-manual", "payment-auth"), kept, sends("cardfullname", func(given any, there bool) bool {
			text, _ := given.(string)
			return !there || strings.TrimSpace(text) == ""
		})), corrects("cardfullname", "nobody"))},
	{"rollback-of-none-400", "answers 400 to the rollback of a token that replaced none", Tolerated, nil, on{"token-rotate"},
		after(rollsBackNone, refuses(http.StatusBadRequest, "intent", "the token replaced no other"))},
	{"rollback-of-none-404", "answers 404 to the rollback of a token that replaced none", Tolerated, nil, on{"token-rotate"},
		after(rollsBackNone, refuses(http.StatusNotFound, "intent", "the token replaced no other"))},
	{"zero-amount-400", "answers 400 to an amount of nothing", Tolerated, nil, on{"payment-sale-manual", "payment-auth"},
		rejecting(func(rq *api.Request, code string) bool {
			amount, ok := api.ParseAmount(rq.Text("amount"))
			return code == api.CodeAmount && ok && amount == 0
		}, refusal(http.StatusBadRequest, "amount", "an amount of nothing cannot be paid"), openings...)},
	{"used-order-400", "answers 400 to a used order id", Tolerated, nil, on{"payment-sale-manual", "payment-auth-token", "ach-sale", "cash-sale"},
		after(saying("code", api.CodeDuplicateOrder), refuses(http.StatusBadRequest, "used", "the order id was used before"))},
	{"used-key-400", "answers 400 to a used idempotency key", Tolerated, nil, on{"payment-sale-manual", "webhooks-create", "cash-sale"},
		after(saying("code", api.CodeRepeatedKey), refuses(http.StatusBadRequest, "used", "the idempotency key was used for another request"))},
	{"key-declined", "declines a repeated idempotency key, as the response codes say", Tolerated, nil, on{"payment-sale-manual", "payment-capture"},
		declinesRepeats()},
	{"repeat-differs", "says of a repeat that it is one", Tolerated, nil, on{"payment-sale-manual", "payment-capture"},
		marksRepeats()},
	{"500-for-error", "answers a payment or modification that ended in an error by 500, and stores nothing", Tolerated, nil,
		on{"payment-sale-manual", "payment-auth-token", "payment-capture", "payment-refund", "payment-void", "ach-sale", "cash-sale"},
		rejecting(func(_ *api.Request, code string) bool { return code == api.CodeSystem },
			refusal(http.StatusInternalServerError, api.CodeSystem, "the platform has failed"), slices.Concat(openings, undoing, []string{"cash-sale"})...)},
	{"error-for-internal", "answers a payment or modification that met an internal error by 200 and an error", Tolerated, nil,
		on{"payment-sale-manual", "payment-sale", "payment-capture", "payment-refund", "payment-void", "ach-sale", "cash-sale"},
		before(always, failsOpenly)},
	{"impossible-400", "answers 400 to a modification that cannot be made, and does nothing", Tolerated, nil, on{"payment-capture", "payment-refund", "payment-void"},
		rejecting(func(_ *api.Request, code string) bool { return slices.Contains(ofImpossible, code) }, refusal(http.StatusBadRequest, "state", "the transaction does not allow this"), undoing...)},
	{"check-digit-400", "answers 400 to a routing number with a wrong check digit", Tolerated, nil, on{"utilities-validate-aba"},
		after(all(is("utilities-validate-aba"), notFound, func(x *exchange) bool { return strings.HasSuffix(x.URL.Path, "/123456789") }),
			refuses(http.StatusBadRequest, "digit", "the check digit of the routing number is wrong"))},
	{"amount-omitted", "leaves the amount out of a capture and of a refund", Tolerated, nil, on{"payment-capture", "payment-refund"},
		after(is("payment-capture", "payment-refund"), omits("amount_approved"))},
	{"content-coding", "compresses its answers, asked or not", Tolerated, nil, on{"payment-sale-manual"},
		after(always, compresses)},
	{"long-message-reason", "gives a reason of three hundred characters in the message about a failure", Tolerated, nil, on{"payment-capture"},
		rewording("capture.declined", func(m map[string]any) { m["reason"] = strings.Repeat("because ", 40) })},
	{"message-twice", "sends a message that was acknowledged a second time, to the byte", Tolerated, nil, on{"payment-capture"},
		delivering(func(_ *api.Server, _ api.Message, attempt func() bool) {
			for range 1 + api.Repeats {
				if attempt() {
					attempt()
					return
				}
			}
		})},
	{"message-beside-attempt", "sends a message twice at each attempt", Tolerated, nil, on{"payment-capture"},
		delivering(func(_ *api.Server, _ api.Message, attempt func() bool) {
			for range 1 + api.Repeats {
				if first, second := attempt(), attempt(); first || second {
					return
				}
			}
		})},
}

// undoing are the operations that modify a payment.
var undoing = []string{"payment-capture", "payment-refund", "payment-void", "ach-void", "ach-refund"}

// ofImpossible are the codes of modifications that cannot be made.
var ofImpossible = []string{"GW12", "GW13", "GW20", "GW21", "GW40", "GW73", "GW74"}

// impossible holds for answers with one of these codes.
func impossible(x *exchange) bool {
	code, _ := x.answer()["code"].(string)
	return slices.Contains(ofImpossible, code)
}

// wrongMethod holds for requests to a path that has other methods.
func wrongMethod(x *exchange) bool {
	return x.status == http.StatusNotFound && x.operation == "" && slices.ContainsFunc([]string{"GET", "POST", "PUT", "DELETE"}, func(method string) bool {
		_, _, ok := x.server.Description.Route(method, x.URL.EscapedPath())
		return ok
	})
}

// missesSomething holds for requests that were refused since a mandatory value is missing.
func missesSomething(x *exchange) bool {
	message, _ := x.answer()["message"].(string)
	return x.status == http.StatusBadRequest && (strings.HasSuffix(message, " is missing") || strings.HasSuffix(message, " is blank"))
}

// rollsBackNone holds for rollbacks that were declined since the token replaced none.
var rollsBackNone = all(is("token-rotate"), answered(http.StatusOK), saying("code", api.CodeUnsupported))

// failsWith answers 200 with an error.
func failsWith(code, reason string) alteration {
	return answers(http.StatusOK, string(api.EncodeJSON(map[string]string{"status": "error", "code": code, "message": reason, "resultCode": api.Failed, "refusalReason": reason})))
}

// refusal is a response with an error.
func refusal(status int, code, message string) api.Response {
	return api.Response{Status: status, Body: api.StatusBody{Status: "error", Code: code, Message: message}}
}

// rejecting rejects requests that end with such a code: they leave nothing behind.
func rejecting(ends func(rq *api.Request, code string) bool, by api.Response, operations ...string) plant {
	return replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Response {
		a := next(w, rq)
		var body api.StatusBody
		if json.Unmarshal(api.EncodeJSON(a.Body), &body) != nil || !ends(rq, body.Code) {
			return a
		}
		w.Change, w.Messages = api.Change{}, nil
		return by
	}, operations...)
}

// failsOpenly puts the test data of an error in place of that of an internal one.
func failsOpenly(x *exchange) {
	t := x.server.Fixtures.Triggers
	swap := func(field, internal, open string) {
		if internal != "" && x.text(field) == internal {
			corrects(field, open)(x)
		}
	}
	swap("creditcard", t.Card.Internal.Card, t.Card.Error.Card)
	swap("account_number", t.ACH.Internal.Account, t.ACH.Error.Account)
	swap("amount", t.Cash.Internal.Amount, t.Cash.Error.Amount)
	for _, kind := range []api.Kind{api.Capture, api.Refund, api.Void} {
		swap("creditcard", t.Card.Later[string(kind)+"_internal"].Card, t.Card.Later[string(kind)+"_error"].Card)
	}
}

// compresses sends the body in gzip.
func compresses(x *exchange) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(x.body)
	_ = w.Close() // neither fails: it is written to memory
	x.body = b.Bytes()
	x.header.Set("Content-Encoding", "gzip")
}
