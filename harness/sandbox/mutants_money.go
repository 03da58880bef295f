package sandbox

import (
	"strings"
	"time"
)

// What may be done with a payment, and what it comes to.
var moneyMutants = []Mutant{
	{"over-capture-by-a-cent", "captures a cent more than is left of an authorization", "FL-CAP-2", also{"RH-MSG-12"}, on{"payment-capture"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, authorization); t != nil && amountOf(rq) == t.Amount-w.sum(t, capture)+1 {
				return w.conclude(rq, w.child(rq, t, capture), codeApproved)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"captures-not-added-up", "compares each capture with the authorization alone", "FL-CAP-2", nil, on{"payment-capture"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, authorization); t != nil && amountOf(rq) > 0 && amountOf(rq) <= t.Amount && amountOf(rq) > t.Amount-w.sum(t, capture) {
				return w.conclude(rq, w.child(rq, t, capture), codeApproved)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"partial-capture-refused", "refuses to capture a part of an authorization", "FL-CAP-1", also{"RH-200-1", "RH-200-13", "FL-ORD-5"}, on{"payment-capture"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, authorization); t != nil && amountOf(rq) < t.Amount {
				return w.conclude(rq, w.child(rq, t, capture), codeAmount)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"second-capture-refused", "refuses a second capture of what is left", "FL-CAP-1", nil, on{"payment-capture"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, authorization); t != nil && w.sum(t, capture) > 0 {
				return w.conclude(rq, w.child(rq, t, capture), codeCaptured)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"sale-captured", "captures a sale", "FL-CAP-3", nil, on{"payment-capture"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, sale); t != nil {
				return w.conclude(rq, w.child(rq, t, capture), codeApproved)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"declined-captured", "captures an authorization that was declined", "FL-CAP-3", nil, on{"payment-capture"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := w.transactions[rq.text("transaction_id")]; t != nil && t.Merchant == rq.merchant && t.Kind == authorization && t.Status == declined {
				return w.conclude(rq, w.child(rq, t, capture), codeApproved)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"failed-capture-holds", "keeps the amount of a capture that failed later", "RH-MSG-4", nil, on{"payment-capture"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, authorization); t != nil && amountOf(rq) > t.Amount-w.sum(t, capture)-lost(w.state, t) {
				return w.conclude(rq, w.child(rq, t, capture), codeAmount)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"failed-capture-collects", "collects the amount of a capture that failed later", "RH-MSG-4", also{"FL-CAP-2"}, on{"payment-capture"},
		after(all(is("transactions-fetch-one", "transactions-fetch-all"), answered(200)), editsRows(func(row map[string]any) {
			if row["trxn_type"] == string(capture) {
				row["trxn_status"] = approved
			}
		}))},
	{"failing-capture-declined", "declines at once a capture that would fail later", "RH-200-13", also{"RH-MSG-4"}, on{"payment-capture"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, authorization); t != nil && t.Fails != "" {
				return w.conclude(rq, w.child(rq, t, capture), t.Fails)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"over-refund-by-a-cent", "refunds a cent more than was collected", "FL-REF-2", nil, on{"payment-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := settledOriginal(w, rq); t != nil {
				if _, left := w.refundable(t); amountOf(rq) == left+1 {
					return w.conclude(rq, w.child(rq, t, refund), codeApproved)
				}
			}
			return next(w, rq)
		}, "payment-refund")},
	{"refunds-not-added-up", "compares each refund with the payment alone", "FL-REF-2", nil, on{"payment-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := settledOriginal(w, rq); t != nil {
				if all, left := w.refundable(t); amountOf(rq) > left && amountOf(rq) <= all {
					return w.conclude(rq, w.child(rq, t, refund), codeApproved)
				}
			}
			return next(w, rq)
		}, "payment-refund")},
	{"second-refund-refused", "refuses a second refund of what is left", "FL-REF-1", nil, on{"payment-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := settledOriginal(w, rq); t != nil && w.sum(t, refund) > 0 {
				return w.conclude(rq, w.child(rq, t, refund), codeUndone)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"refund-needs-amount", "declines a refund that names no amount", "FL-REF-1", also{"RH-200-1", "FL-ORD-5", "FL-VOID-1"}, on{"payment-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := settledOriginal(w, rq); t != nil && rq.text("amount") == "" {
				return w.conclude(rq, w.child(rq, t, refund), codeAmount)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"refund-before-settlement", "refunds what has not settled", "FL-REF-3", also{"FL-REF-4", "RH-MSG-12"}, on{"payment-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, sale); t != nil && t.Settled.IsZero() && w.sum(t, refund) == 0 {
				c := w.child(rq, t, refund)
				if c.Amount == 0 {
					c.Amount = t.Amount
				}
				return w.conclude(rq, c, codeApproved)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"refund-as-form-of-all", "refunds everything where the request is a form", "RH-200-12", also{"FL-REF-1"}, on{"payment-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if rq.mediaType == formType {
				delete(rq.data, "amount")
			}
			return next(w, rq)
		}, "payment-refund")},
	{"void-after-settlement", "voids what has settled", "FL-VOID-1", nil, on{"payment-void"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := settledOriginal(w, rq); t != nil {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "payment-void")},
	{"void-twice", "voids what was voided before", "FL-VOID-2", also{"FL-VOID-3", "RH-MSG-12"}, on{"payment-void"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := w.transactions[rq.text("transaction_id")]; t != nil && t.Merchant == rq.merchant && t.Voided {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "payment-void")},
	{"void-does-nothing", "approves a void and leaves the payment as it is", "FL-VOID-3", also{"FL-VOID-2", "RH-MSG-12", "FL-CAP-3"}, on{"payment-void"},
		replacing(func(w *work, rq *request, next handler) answer {
			a := next(w, rq)
			for i, t := range w.change.Transactions {
				if t.Kind != void {
					sound := *w.transactions[t.ID]
					w.change.Transactions[i] = &sound
				}
			}
			return a
		}, "payment-void")},
	{"voided-hold-kept", "does not give the amount of a voided capture back", "FL-VOID-3", nil, on{"payment-void"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, authorization); t != nil {
				held := t.Amount
				for _, id := range w.children[t.ID] {
					if c := w.transactions[id]; c.Kind == capture && c.Status == approved {
						held -= c.Amount
					}
				}
				if amountOf(rq) > held {
					return w.conclude(rq, w.child(rq, t, capture), codeCaptured)
				}
			}
			return next(w, rq)
		}, "payment-capture")},
	{"captures-outlive-void", "voids an authorization and leaves its captures as they are", "FL-VOID-3", nil, on{"payment-void"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, authorization); t != nil && t.Settled.IsZero() {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "payment-void")},
	{"declined-voided", "voids what was declined", "FL-VOID-4", nil, on{"payment-void"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := w.transactions[rq.text("transaction_id")]; t != nil && t.Merchant == rq.merchant && t.Status == declined {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "payment-void")},
	{"card-payment-voided-as-transfer", "voids a card payment as if it were a bank transfer", "FL-VOID-4", nil, on{"ach-void"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, sale); t != nil && t.PaymentType == "cc" {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "ach-void")},
	{"void-voided", "voids a void", "FL-VOID-4", nil, on{"payment-void"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, void); t != nil {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "payment-void")},
	{"cash-voided", "voids a cash sale as if it were paid by card", "FL-VOID-4", nil, on{"payment-void"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, sale); t != nil && t.PaymentType == "cash" {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "payment-void")},
	{"cash-refunded", "refunds a cash sale as if it were paid by card", "FL-REF-4", nil, on{"payment-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, sale); t != nil && t.PaymentType == "cash" {
				return w.conclude(rq, w.child(rq, t, refund), codeApproved)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"capture-as-form-forgotten", "approves a capture that is sent as a form and does nothing", "FL-CAP-1", nil, on{"payment-capture"},
		formsForgotten("payment-capture")},
	{"refund-as-form-forgotten", "approves a refund that is sent as a form and does nothing", "FL-REF-1", nil, on{"payment-refund"},
		formsForgotten("payment-refund")},
	{"over-capture-as-form", "captures more than is left where the request is a form", "FL-CAP-2", nil, on{"payment-capture"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, authorization); t != nil && rq.mediaType == formType {
				return w.conclude(rq, w.child(rq, t, capture), codeApproved)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"over-refund-as-form", "refunds more than is left where the request is a form", "FL-REF-2", nil, on{"payment-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := settledOriginal(w, rq); t != nil && rq.mediaType == formType && rq.text("amount") != "" {
				return w.conclude(rq, w.child(rq, t, refund), codeApproved)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"ach-void-as-form-forgotten", "approves a void of a bank transfer that is sent as a form and does nothing", "FL-VOID-2", nil, on{"ach-void"},
		formsForgotten("ach-void")},
	{"ach-refund-as-form-forgotten", "approves a refund of a bank transfer that is sent as a form and does nothing", "FL-VOID-2", nil, on{"ach-refund"},
		formsForgotten("ach-refund")},
	{"ach-credit-as-form-forgotten", "approves a credit that is sent as a form and does nothing", "FL-AMT-1", nil, on{"ach-credit"},
		formsForgotten("ach-credit")},
	{"voided-refunded", "refunds what was voided", "FL-REF-4", nil, on{"payment-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := w.transactions[rq.text("transaction_id")]; t != nil && t.Merchant == rq.merchant && t.Voided {
				c := w.child(rq, t, refund)
				c.Amount = t.Amount
				return w.conclude(rq, c, codeApproved)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"authorization-not-refunded", "refunds no payment by the id of its authorization", "FL-REF-1", nil, on{"payment-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, authorization); t != nil {
				return w.conclude(rq, w.child(rq, t, refund), codeUnsupported)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"more-than-captured-refunded", "refunds the whole of an authorization that was captured in part", "FL-REF-2", nil, on{"payment-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, authorization); t != nil && w.sum(t, capture) > 0 && amountOf(rq) <= t.Amount {
				return w.conclude(rq, w.child(rq, t, refund), codeApproved)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"nothing-approved", "approves a sale of nothing", "FL-DEC-1", also{"RH-200-12"}, on{"payment-sale-manual"},
		before(all(is("payment-sale-manual"), sends("amount", as("0.00"))), corrects("amount", "0.01"))},
	{"short-number-refused", "answers 400 to a sale by a number of a few digits", "FL-DEC-1", nil, on{"payment-sale-manual"},
		before(all(is("payment-sale-manual"), sends("creditcard", as("411111"))), answers(400, `{"status":"error","code":"GW14","message":"the number is too short"}`))},
	{"expired-approved", "approves an authorization by an expired card", "FL-DEC-1", nil, on{"payment-auth"},
		before(all(is("payment-auth"), sends("year", as("20"))), corrects("year", "39"))},
	{"order-paid-twice-by-token", "sells by token under an order id that is used", "FL-ORD-4", nil, on{"payment-sale-token"},
		replacing(func(w *work, rq *request, next handler) answer {
			if w.orderUsed(rq.merchant, rq.text("orderid")) {
				rq.data["orderid"] = newOrderID()
			}
			return next(w, rq)
		}, "payment-sale-token")},
	{"ach-void-after-batch", "voids a bank transfer that has settled", "FL-VOID-1", nil, on{"ach-void"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := settledOriginal(w, rq); t != nil && isTransfer(t) {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "ach-void")},
	{"ach-refund-before-batch", "refunds a bank transfer that has not settled", "FL-REF-3", also{"RH-MSG-12"}, on{"ach-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := openOriginal(w, rq, sale); t != nil && isTransfer(t) && t.Settled.IsZero() && w.sum(t, refund) == 0 {
				c := w.child(rq, t, refund)
				c.Amount = t.Amount
				return w.conclude(rq, c, codeApproved)
			}
			return next(w, rq)
		}, "ach-refund")},
	{"order-twice", "accepts an order id twice", "FL-ORD-1", also{"FL-ORD-4"}, on{"payment-sale-manual"},
		orders(func(w *work, rq *request, next handler) answer {
			order := rq.text("orderid")
			if order == "" || !w.orderUsed(rq.merchant, order) {
				return next(w, rq)
			}
			delete(rq.data, "orderid")
			a := next(w, rq)
			for _, t := range w.change.Transactions {
				t.OrderID = order
			}
			return a
		})},
	{"orders-of-cash-apart", "accepts an order id that a cash sale used", "FL-ORD-1", nil, on{"payment-sale-manual"},
		orders(func(w *work, rq *request, next handler) answer {
			order := rq.text("orderid")
			if ids := w.labels[label{rq.merchant, order}]; order == "" || len(ids) == 0 || w.transactions[ids[0]].PaymentType != "cash" {
				return next(w, rq)
			}
			delete(rq.data, "orderid")
			a := next(w, rq)
			for _, t := range w.change.Transactions {
				t.OrderID = order
			}
			return a
		})},
	{"orders-across-merchants", "declines an order id that another merchant used", "FL-ORD-6", nil, on{"payment-sale-manual"},
		replacing(func(w *work, rq *request, next handler) answer {
			order := rq.text("orderid")
			for _, t := range w.state.transactions {
				if order != "" && t.OrderID == order && t.opens() {
					return declineUnstored(rq, codeDuplicateOrder)
				}
			}
			return next(w, rq)
		}, "payment-sale-manual")},
	{"refund-refunded", "refunds a refund, from what was paid", "FL-REF-4", nil, on{"payment-refund"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := w.state.transactions[rq.text("transaction_id")]; t != nil && t.Kind == refund && t.PaymentType == "cc" {
				rq.data["transaction_id"] = t.Parent
			}
			return next(w, rq)
		}, "payment-refund")},
	{"settled-capture-voided", "voids a capture that has settled", "FL-VOID-1", nil, on{"payment-void"},
		replacing(func(w *work, rq *request, next handler) answer {
			if t := w.state.transactions[rq.text("transaction_id")]; t != nil && t.Kind == capture {
				settled := t.Settled
				t.Settled = time.Time{}
				defer func() { t.Settled = settled }()
			}
			return next(w, rq)
		}, "payment-void")},
	{"label-of-capture-is-order", "declines a capture under an order id that a payment used", "FL-ORD-5", nil, on{"payment-capture"},
		labelled("payment-capture")},
	{"label-of-refund-is-order", "declines a refund under an order id that a payment used", "FL-ORD-5", nil, on{"payment-refund"},
		labelled("payment-refund")},
	{"label-takes-order", "declines a sale under an order id that is the label of a capture", "FL-ORD-5", nil, on{"payment-sale-manual"},
		replacing(func(w *work, rq *request, next handler) answer {
			for _, t := range w.state.transactions {
				if t.Kind == capture && t.OrderID != "" && t.OrderID == rq.text("orderid") {
					return declineUnstored(rq, codeDuplicateOrder)
				}
			}
			return next(w, rq)
		}, "payment-sale-manual")},
	{"duplicate-named", "names a transaction that it did not store when an order id comes again", "FL-ORD-1", nil, on{"payment-sale-manual"},
		after(told("code", codeDuplicateOrder), says("transaction_id", "310905000000000"))},
	{"order-id-shortened", "drops the 36th character of an order id", "FL-ORD-3", nil, on{"payment-sale-manual"},
		orders(func(w *work, rq *request, next handler) answer {
			if order := rq.text("orderid"); len(order) == 36 {
				rq.data["orderid"] = order[:35]
			}
			return next(w, rq)
		})},
	{"generated-order-id-short", "makes order ids of 32 characters", "FL-ORD-2", nil, on{"payment-sale-manual"},
		orders(func(w *work, rq *request, next handler) answer {
			if strings.TrimSpace(rq.text("orderid")) == "" {
				rq.data["orderid"] = strings.ReplaceAll(newOrderID(), "-", "")
			}
			return next(w, rq)
		})},
	{"one-decimal-misread", "reads 12.5 as 12.05", "FL-AMT-1", also{"RH-200-12", "FL-CAP-1"}, on{"payment-sale-manual"},
		orders(func(w *work, rq *request, next handler) answer {
			if whole, fraction, _ := strings.Cut(rq.text("amount"), "."); len(fraction) == 1 {
				rq.data["amount"] = whole + ".0" + fraction
			}
			return next(w, rq)
		})},
	{"amount-approved-differs", "tells another amount than it was asked for", "RH-200-12", nil, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), approvedIs), says("amount_approved", "0.01"))},
	{"wrong-id-answered", "answers a sale by an id that is not the stored one", "FL-GET-1", also{"FL-VOID-4", "FL-CAP-3", "FL-REF-3"}, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), approvedIs), func(x *exchange) { says("transaction_id", unusedID(x.server))(x) })},
	{"sale-not-stored", "approves a sale and stores nothing", "FL-GET-1", also{"FL-VOID-4", "FL-CAP-3", "FL-REF-3", "FL-REF-4", "FL-GET-2"}, on{"payment-sale-manual"},
		replacing(func(w *work, rq *request, next handler) answer {
			a := next(w, rq)
			w.change.Transactions, w.messages = nil, nil
			return a
		}, "payment-sale-manual")},
	{"cash-not-added", "answers 201 to a cash sale and adds nothing", "FL-ADD-1", also{"RH-MSG-5", "FL-REF-4", "FL-ORD-1", "FL-VOID-4", "LST-7"}, on{"cash-sale"},
		replacing(func(w *work, rq *request, next handler) answer {
			a := next(w, rq)
			w.change.Transactions, w.messages = nil, nil
			return a
		}, "cash-sale")},
	{"declined-cash-201", "answers 201 to a cash sale that it declined, since its order id was used", "RH-201-2", nil, on{"cash-sale"},
		after(all(is("cash-sale"), told("code", codeDuplicateOrder)), status(201))},
}

// orders replaces the work behind what opens a payment.
func orders(act func(*work, *request, handler) answer) defect {
	return replacing(act, "payment-sale", "payment-sale-manual", "payment-sale-token", "payment-auth", "payment-auth-token", "ach-sale", "ach-credit")
}

// formsForgotten makes an operation lose what requests in forms were to change.
func formsForgotten(operation string) defect {
	return replacing(func(w *work, rq *request, next handler) answer {
		a := next(w, rq)
		if rq.mediaType == formType {
			w.change = change{}
		}
		return a
	}, operation)
}

// openOriginal finds the transaction of a kind that a request is about, as long as
// something can be done to it.
func openOriginal(w *work, rq *request, k kind) *transaction {
	t := w.transactions[rq.text("transaction_id")]
	if t == nil || t.Merchant != rq.merchant || t.Kind != k || dead(t) != "" {
		return nil
	}
	return t
}

// settledOriginal finds the settled transaction that a request is about.
func settledOriginal(w *work, rq *request) *transaction {
	t := w.transactions[rq.text("transaction_id")]
	if t == nil || t.Merchant != rq.merchant || dead(t) != "" || t.Settled.IsZero() {
		return nil
	}
	return t
}

// lost adds up the captures that failed later.
func lost(s *state, t *transaction) cents {
	var sum cents
	for _, id := range s.children[t.ID] {
		if c := s.transactions[id]; c.Kind == capture && c.Status == declined && c.Code == t.Fails && t.Fails != "" {
			sum += c.Amount
		}
	}
	return sum
}

// voidAnyway voids a transaction whatever became of it.
func voidAnyway(w *work, rq *request, t *transaction) answer {
	c := w.child(rq, t, void)
	c.Amount = t.Amount
	gone := *t
	gone.Voided = true
	w.put(&gone)
	return w.conclude(rq, c, codeApproved)
}

func amountOf(rq *request) cents {
	amount, _ := parseAmount(rq.text("amount"))
	return amount
}

// unusedID returns an id that no transaction has.
func unusedID(s *Server) string {
	s.state.RLock()
	defer s.state.RUnlock()
	return s.state.newID()
}

// labelled declines a modification under an order id that a payment used.
func labelled(operation string) defect {
	return replacing(func(w *work, rq *request, next handler) answer {
		if order := rq.text("orderid"); order != "" && w.orderUsed(rq.merchant, order) {
			return declineUnstored(rq, codeDuplicateOrder)
		}
		return next(w, rq)
	}, operation)
}
