package defects

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"qorcheck/harness/sandbox/internal/api"
	"qorcheck/harness/sandbox/internal/strict"
)

// What a rejected request leaves behind.
var rejectionDefects = []Defect{
	{"charge-despite-400", "charges for a request that it answers with 400", "RH-NIL-1", nil, on{"payment-sale-manual"},
		after(answered(400), charge)},
	{"kept-despite-400", "keeps a request that it answers with 400, as a declined one", "RH-NIL-1", nil, on{"payment-sale-manual"},
		after(answered(400), keepDeclined)},
	{"kept-unlisted-despite-400", "keeps a request that it answers with 400, and shows it by its order id alone", "RH-NIL-1", nil, on{"payment-sale-manual"},
		both(after(answered(400), keepDeclined), after(all(succeeded("transactions-fetch-all"), func(x *exchange) bool { return !x.URL.Query().Has("order_id") }), leavesOutKept))},
	{"charge-despite-401", "charges for a request that it answers with 401", "RH-NIL-2", nil, on{"payment-sale-manual"},
		after(answered(401), charge)},
	{"charge-despite-403", "charges for a request that it answers with 403", "RH-NIL-2", nil, on{"payment-sale-manual"},
		after(all(answered(403), saying("code", api.CodeSecurity)), charge)},
	{"charge-despite-403-merchant", "charges for a request in another merchant's name", "RH-NIL-2", also{"RH-NIL-1", "RH-REP-4"}, on{"payment-sale-manual"},
		after(all(answered(403), saying("code", api.CodeMerchant)), charge)},
	{"charge-despite-404", "charges for a payment by a token that it does not know", "RH-REP-3", also{"RH-NIL-5", "RH-MSG-11", "RH-REP-5"}, on{"payment-sale-token"},
		after(all(answered(404), is("payment-sale-token")), charge)},
	{"charge-despite-500", "charges for a request that it answers with 500", "RH-NIL-3", also{"RH-NIL-4"}, on{"payment-sale-manual"},
		after(answered(500), charge)},
	{"charge-despite-400-ach", "charges for a bank transfer that it answers with 400", "RH-NIL-1", nil, on{"ach-sale"},
		after(all(is("ach-sale"), answered(400)), charge)},
	{"charge-despite-400-by-token", "charges for a sale by token that it answers with 400", "RH-NIL-1", nil, on{"payment-sale-token"},
		after(all(is("payment-sale-token"), answered(400)), charge)},
	{"hold-kept-after-400", "keeps the amount of a capture that it answers with 400", "RH-NIL-4", nil, on{"payment-capture"},
		after(all(is("payment-capture"), answered(400)), captureInSilence)},
	{"capture-despite-403", "captures though it answers 403", "RH-NIL-4", nil, on{"payment-capture"},
		after(all(is("payment-capture"), answered(401, 403)), captureInSilence)},
	{"capture-despite-500", "keeps a capture that it answers with 500", "RH-NIL-4", nil, on{"payment-capture"},
		keepingFailed(api.Capture, "payment-capture")},
	{"refund-despite-500", "keeps a refund that it answers with 500", "RH-NIL-4", nil, on{"payment-refund"},
		keepingFailed(api.Refund, "payment-refund")},
	{"void-despite-500", "voids though it answers 500", "RH-NIL-4", nil, on{"payment-void"},
		keepingFailed(api.Void, "payment-void")},
	{"void-despite-403", "voids though it answers 403", "RH-REP-5", nil, on{"payment-void"},
		after(all(is("payment-void"), answered(401, 403)), repeatWithKeys)},
	{"hook-despite-400", "adds a webhook though it answers 400", "RH-NIL-1", nil, on{"webhooks-create"},
		after(all(is("webhooks-create"), answered(400), sends("uri", given)), addHookInSilence)},
	{"refund-despite-switch", "makes a refund of a debit that it answers with 403, since refunds are switched off", "RH-NIL-2", nil, on{"ach-refund"},
		after(all(is("ach-refund"), answered(403), merchant("refunds_off")), refundInSilence)},
	{"hook-despite-403", "adds a webhook though it answers 403", "RH-NIL-2", also{"RH-NIL-1", "RH-REP-4"}, on{"webhooks-create"},
		after(all(is("webhooks-create"), answered(403), sends("uri", given)), addHookInSilence)},
	{"order-used-up-by-400", "holds the order id of a rejected request for used", "RH-REP-4", nil, on{"payment-sale-manual"},
		usedUp(order, answered(400), "GW19")},
	{"order-used-up-by-500", "holds the order id of a request that met an internal error for used", "RH-REP-6", nil, on{"payment-sale-manual"},
		usedUp(order, answered(500), "GW19")},
	{"key-used-up-by-400", "holds the idempotency key of a rejected request for used", "RH-REP-4", also{"RH-200-2"}, on{"payment-sale-manual"},
		usedUp((*exchange).idempotencyKey, answered(400), "GW06")},
	{"second-400-accepted", "accepts a malformed request when it comes again", "RH-REP-1", nil, on{"payment-sale-manual"},
		secondTime(answered(400))},
	{"second-403-accepted", "accepts a forbidden request when it comes again", "RH-REP-2", also{"RH-REP-1"}, on{"payment-sale-manual"},
		secondTime(answered(403))},
	{"404-remembered", "answers 404 to the right URL after a wrong one", "RH-REP-3", also{"RH-200-*", "RH-ALL-1", "RH-REP-5", "FL-*", "IDEM-*"}, on{"webhooks_list"},
		remembers404()},
}

var orderPattern = regexp.MustCompile(`["']orderid["']\s*:\s*["']([^"'\x00\xff]+)`)

// order finds the order id of a request, malformed or not.
func order(x *exchange) string {
	if found := orderPattern.FindSubmatch(x.sent); found != nil && x.Method == http.MethodPost {
		return strings.TrimSpace(string(found[1]))
	}
	return ""
}

// charge makes a sale with the order id of a rejected request.
func charge(x *exchange) {
	id := order(x)
	x.server.Do(func(w *api.Work) {
		rq := &api.Request{Merchant: x.server.Fixtures.Merchants["main"], Data: map[string]any{"amount": "1.00"}}
		if id == "" || w.OrderUsed(rq.Merchant, id) {
			return
		}
		t := w.Open(rq, api.Sale, "cc", id)
		t.Card, t.AuthCode = api.NewCard(x.server.Fixtures.Triggers.Card.Approved.Card), "123456"
		w.Conclude(rq, t, api.CodeApproved)
	})
}

// ofRejected is the parent of what was kept of rejected requests.
const ofRejected = "a rejected request"

// keepDeclined stores a rejected request as a declined one without using up its order id.
func keepDeclined(x *exchange) {
	id := order(x)
	if id == "" {
		return
	}
	x.server.Do(func(w *api.Work) {
		w.Put(&api.Transaction{
			ID: w.NewID(), Parent: ofRejected, Merchant: x.server.Fixtures.Merchants["main"], Kind: api.Sale, PaymentType: "cc",
			Status: api.Declined, Code: api.CodeMalformed, OrderID: id, Created: w.Now,
		})
	})
}

// leavesOutKept leaves what was kept of rejected requests out of a list.
func leavesOutKept(x *exchange) {
	kept := map[any]bool{}
	x.server.Do(func(w *api.Work) {
		for _, id := range w.State.Children[ofRejected] {
			kept[id] = true
		}
	})
	editsData(func(data map[string]any) {
		rows, _ := data["transactions"].([]any)
		data["transactions"] = slices.DeleteFunc(rows, func(row any) bool { return kept[row.(map[string]any)["trxn_id"]] })
	})(x)
}

// repeatWithKeys lets the sandbox carry out what it has rejected.
func repeatWithKeys(x *exchange) {
	again := x.Clone(x.Context())
	copied := *x
	copied.Request = again
	withKeys("valid")(&copied)
	asMerchant("main")(&copied)
	again.Header.Set("Content-Type", strict.JSONType)
	x.soundResponse(again, copied.sent)
}

// captureInSilence captures the whole of an authorization that is still open.
func captureInSilence(x *exchange) {
	x.server.Do(func(w *api.Work) {
		original := w.Transactions[x.text("transaction_id")]
		if original == nil || original.Kind != api.Authorization || api.Dead(original) != "" || w.Sum(original, api.Capture) > 0 {
			return
		}
		rq := &api.Request{Merchant: original.Merchant, Data: map[string]any{"amount": original.Amount.String()}}
		w.Conclude(rq, w.Child(rq, original, api.Capture), api.CodeApproved)
	})
}

// addHookInSilence adds a webhook at the address that a rejected request names.
func addHookInSilence(x *exchange) {
	copied := *x
	copied.rewrite(func(data map[string]any) {
		corrected := map[string]any{"mid": x.server.Fixtures.Merchants["main"], "name": "kept", "event": "sale.approved", "uri": data["uri"]}
		if uri, ok := data["uri"].(string); !ok || uri == "" {
			corrected["uri"] = "https://sink.example.test/kept"
		}
		clear(data)
		for name, value := range corrected {
			data[name] = value
		}
	})
	x.sent = copied.sent
	repeatWithKeys(x)
}

// usedUp declines a later request that carries what an earlier one carried
// whose answer met a condition.
func usedUp(carried func(*exchange) string, when condition, code string) plant {
	return remembering(func() plant {
		var used sync.Map
		return both(
			before(func(x *exchange) bool {
				first, there := used.Load(carried(x))
				return there && carried(x) != "" && first != string(x.sent)
			}, declines(code)),
			after(when, func(x *exchange) {
				if value := carried(x); value != "" {
					used.Store(value, string(x.sent))
				}
			}),
		)
	})
}

// secondTime approves a request that comes a second time, to the byte, after an
// answer that met a condition.
func secondTime(when condition) plant {
	return remembering(func() plant {
		var seen sync.Map
		mark := func(x *exchange) string {
			return x.Method + x.URL.String() + x.Header.Get(api.AppKeyHeader) + x.Header.Get(api.ClientKeyHeader) + x.Header.Get("Content-Type") + string(x.sent)
		}
		return both(
			before(func(x *exchange) bool { _, again := seen.Load(mark(x)); return again }, answers(200, approvedBody)),
			after(when, func(x *exchange) {
				if order(x) != "" {
					seen.Store(mark(x), true)
				}
			}),
		)
	})
}

// remembers404 answers 404 where a path goes on to one that was not found.
func remembers404() plant {
	return remembering(func() plant {
		var missed atomic.Bool
		return both(
			before(all(is("webhooks_list"), keysOf("valid"), func(*exchange) bool { return missed.Load() }),
				refuses(404, "GW40", "there is nothing at this method and path")),
			after(func(x *exchange) bool { return x.operation == "" && x.URL.Path == "/v3/webhook-unknown" },
				func(*exchange) { missed.Store(true) }),
		)
	})
}

// keepingFailed carries out the modifications by an operation that meet an internal error,
// and answers 500 all the same.
func keepingFailed(k api.Kind, operation string) plant {
	return replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Response {
		a := next(w, rq)
		original := w.Transactions[rq.Text("transaction_id")]
		if a.Status != http.StatusInternalServerError || original == nil {
			return a
		}
		w.Conclude(rq, w.Child(rq, original, k), api.CodeApproved)
		if k == api.Void {
			gone := *original
			gone.Voided = true
			w.Put(&gone)
		}
		w.Messages = nil
		return a
	}, operation)
}

// refundInSilence refunds a settled transaction of the merchant that a request names.
func refundInSilence(x *exchange) {
	x.server.Do(func(w *api.Work) {
		original := w.Transactions[x.text("transaction_id")]
		if original == nil || original.Merchant != x.text("mid") || original.Settled.IsZero() || api.Dead(original) != "" {
			return
		}
		rq := &api.Request{Merchant: original.Merchant, Data: map[string]any{"amount": original.Amount.String(), "orderid": x.text("orderid")}}
		w.Conclude(rq, w.Child(rq, original, api.Refund), api.CodeApproved)
	})
}
