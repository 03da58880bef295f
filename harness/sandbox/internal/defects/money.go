package defects

import (
	"strings"
	"time"

	"qorcheck/harness/sandbox/internal/api"
	"qorcheck/harness/sandbox/internal/strict"
)

// What may be done with a payment, and what it comes to.
var moneyMutants = []Mutant{
	{"over-capture-by-a-cent", "captures a cent more than is left of an authorization", "FL-CAP-2", also{"RH-MSG-12"}, on{"payment-capture"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Authorization); t != nil && amountOf(rq) == t.Amount-w.Sum(t, api.Capture)+1 {
				return w.Conclude(rq, w.Child(rq, t, api.Capture), api.CodeApproved)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"captures-not-added-up", "compares each capture with the authorization alone", "FL-CAP-2", nil, on{"payment-capture"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Authorization); t != nil && amountOf(rq) > 0 && amountOf(rq) <= t.Amount && amountOf(rq) > t.Amount-w.Sum(t, api.Capture) {
				return w.Conclude(rq, w.Child(rq, t, api.Capture), api.CodeApproved)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"partial-capture-refused", "refuses to capture a part of an authorization", "FL-CAP-1", also{"RH-200-1", "RH-200-13", "FL-ORD-5"}, on{"payment-capture"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Authorization); t != nil && amountOf(rq) < t.Amount {
				return w.Conclude(rq, w.Child(rq, t, api.Capture), api.CodeAmount)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"second-capture-refused", "refuses a second capture of what is left", "FL-CAP-1", nil, on{"payment-capture"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Authorization); t != nil && w.Sum(t, api.Capture) > 0 {
				return w.Conclude(rq, w.Child(rq, t, api.Capture), api.CodeCaptured)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"sale-captured", "captures a sale", "FL-CAP-3", nil, on{"payment-capture"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Sale); t != nil {
				return w.Conclude(rq, w.Child(rq, t, api.Capture), api.CodeApproved)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"declined-captured", "captures an authorization that was declined", "FL-CAP-3", nil, on{"payment-capture"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := w.Transactions[rq.Text("transaction_id")]; t != nil && t.Merchant == rq.Merchant && t.Kind == api.Authorization && t.Status == api.Declined {
				return w.Conclude(rq, w.Child(rq, t, api.Capture), api.CodeApproved)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"failed-capture-holds", "keeps the amount of a capture that failed later", "RH-MSG-4", nil, on{"payment-capture"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Authorization); t != nil && amountOf(rq) > t.Amount-w.Sum(t, api.Capture)-lost(w.State, t) {
				return w.Conclude(rq, w.Child(rq, t, api.Capture), api.CodeAmount)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"failed-capture-collects", "collects the amount of a capture that failed later", "RH-MSG-4", also{"FL-CAP-2"}, on{"payment-capture"},
		after(all(is("transactions-fetch-one", "transactions-fetch-all"), answered(200)), editsRows(func(row map[string]any) {
			if row["trxn_type"] == string(api.Capture) {
				row["trxn_status"] = api.Approved
			}
		}))},
	{"failing-capture-declined", "declines at once a capture that would fail later", "RH-200-13", also{"RH-MSG-4"}, on{"payment-capture"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Authorization); t != nil && t.Fails != "" {
				return w.Conclude(rq, w.Child(rq, t, api.Capture), t.Fails)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"over-refund-by-a-cent", "refunds a cent more than was collected", "FL-REF-2", nil, on{"payment-refund"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := settledOriginal(w, rq); t != nil {
				if _, left := w.Refundable(t); amountOf(rq) == left+1 {
					return w.Conclude(rq, w.Child(rq, t, api.Refund), api.CodeApproved)
				}
			}
			return next(w, rq)
		}, "payment-refund")},
	{"refunds-not-added-up", "compares each refund with the payment alone", "FL-REF-2", nil, on{"payment-refund"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := settledOriginal(w, rq); t != nil {
				if all, left := w.Refundable(t); amountOf(rq) > left && amountOf(rq) <= all {
					return w.Conclude(rq, w.Child(rq, t, api.Refund), api.CodeApproved)
				}
			}
			return next(w, rq)
		}, "payment-refund")},
	{"second-refund-refused", "refuses a second refund of what is left", "FL-REF-1", nil, on{"payment-refund"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := settledOriginal(w, rq); t != nil && w.Sum(t, api.Refund) > 0 {
				return w.Conclude(rq, w.Child(rq, t, api.Refund), api.CodeUndone)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"refund-needs-amount", "declines a refund that names no amount", "FL-REF-1", also{"RH-200-1", "FL-ORD-5", "FL-VOID-1"}, on{"payment-refund"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := settledOriginal(w, rq); t != nil && rq.Text("amount") == "" {
				return w.Conclude(rq, w.Child(rq, t, api.Refund), api.CodeAmount)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"refund-before-settlement", "refunds what has not settled", "FL-REF-3", also{"FL-REF-4", "RH-MSG-12"}, on{"payment-refund"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Sale); t != nil && t.Settled.IsZero() && w.Sum(t, api.Refund) == 0 {
				c := w.Child(rq, t, api.Refund)
				if c.Amount == 0 {
					c.Amount = t.Amount
				}
				return w.Conclude(rq, c, api.CodeApproved)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"refund-as-form-of-all", "refunds everything where the request is a form", "RH-200-12", also{"FL-REF-1"}, on{"payment-refund"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if rq.MediaType == strict.FormType {
				delete(rq.Data, "amount")
			}
			return next(w, rq)
		}, "payment-refund")},
	{"void-after-settlement", "voids what has settled", "FL-VOID-1", nil, on{"payment-void"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := settledOriginal(w, rq); t != nil {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "payment-void")},
	{"void-twice", "voids what was voided before", "FL-VOID-2", also{"FL-VOID-3", "RH-MSG-12"}, on{"payment-void"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := w.Transactions[rq.Text("transaction_id")]; t != nil && t.Merchant == rq.Merchant && t.Voided {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "payment-void")},
	{"void-does-nothing", "approves a void and leaves the payment as it is", "FL-VOID-3", also{"FL-VOID-2", "RH-MSG-12", "FL-CAP-3"}, on{"payment-void"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			a := next(w, rq)
			for i, t := range w.Change.Transactions {
				if t.Kind != api.Void {
					sound := *w.Transactions[t.ID]
					w.Change.Transactions[i] = &sound
				}
			}
			return a
		}, "payment-void")},
	{"voided-hold-kept", "does not give the amount of a voided capture back", "FL-VOID-3", nil, on{"payment-void"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Authorization); t != nil {
				held := t.Amount
				for _, id := range w.Children[t.ID] {
					if c := w.Transactions[id]; c.Kind == api.Capture && c.Status == api.Approved {
						held -= c.Amount
					}
				}
				if amountOf(rq) > held {
					return w.Conclude(rq, w.Child(rq, t, api.Capture), api.CodeCaptured)
				}
			}
			return next(w, rq)
		}, "payment-capture")},
	{"captures-outlive-void", "voids an authorization and leaves its captures as they are", "FL-VOID-3", nil, on{"payment-void"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Authorization); t != nil && t.Settled.IsZero() {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "payment-void")},
	{"declined-voided", "voids what was declined", "FL-VOID-4", nil, on{"payment-void"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := w.Transactions[rq.Text("transaction_id")]; t != nil && t.Merchant == rq.Merchant && t.Status == api.Declined {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "payment-void")},
	{"card-payment-voided-as-transfer", "voids a card payment as if it were a bank transfer", "FL-VOID-4", nil, on{"ach-void"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Sale); t != nil && t.PaymentType == "cc" {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "ach-void")},
	{"void-voided", "voids a void", "FL-VOID-4", nil, on{"payment-void"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Void); t != nil {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "payment-void")},
	{"cash-voided", "voids a cash sale as if it were paid by card", "FL-VOID-4", nil, on{"payment-void"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Sale); t != nil && t.PaymentType == "cash" {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "payment-void")},
	{"cash-refunded", "refunds a cash sale as if it were paid by card", "FL-REF-4", nil, on{"payment-refund"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Sale); t != nil && t.PaymentType == "cash" {
				return w.Conclude(rq, w.Child(rq, t, api.Refund), api.CodeApproved)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"capture-as-form-forgotten", "approves a capture that is sent as a form and does nothing", "FL-CAP-1", nil, on{"payment-capture"},
		formsForgotten("payment-capture")},
	{"refund-as-form-forgotten", "approves a refund that is sent as a form and does nothing", "FL-REF-1", nil, on{"payment-refund"},
		formsForgotten("payment-refund")},
	{"over-capture-as-form", "captures more than is left where the request is a form", "FL-CAP-2", nil, on{"payment-capture"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Authorization); t != nil && rq.MediaType == strict.FormType {
				return w.Conclude(rq, w.Child(rq, t, api.Capture), api.CodeApproved)
			}
			return next(w, rq)
		}, "payment-capture")},
	{"over-refund-as-form", "refunds more than is left where the request is a form", "FL-REF-2", nil, on{"payment-refund"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := settledOriginal(w, rq); t != nil && rq.MediaType == strict.FormType && rq.Text("amount") != "" {
				return w.Conclude(rq, w.Child(rq, t, api.Refund), api.CodeApproved)
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
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := w.Transactions[rq.Text("transaction_id")]; t != nil && t.Merchant == rq.Merchant && t.Voided {
				c := w.Child(rq, t, api.Refund)
				c.Amount = t.Amount
				return w.Conclude(rq, c, api.CodeApproved)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"authorization-not-refunded", "refunds no payment by the id of its authorization", "FL-REF-1", nil, on{"payment-refund"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Authorization); t != nil {
				return w.Conclude(rq, w.Child(rq, t, api.Refund), api.CodeUnsupported)
			}
			return next(w, rq)
		}, "payment-refund")},
	{"more-than-captured-refunded", "refunds the whole of an authorization that was captured in part", "FL-REF-2", nil, on{"payment-refund"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Authorization); t != nil && w.Sum(t, api.Capture) > 0 && amountOf(rq) <= t.Amount {
				return w.Conclude(rq, w.Child(rq, t, api.Refund), api.CodeApproved)
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
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if w.OrderUsed(rq.Merchant, rq.Text("orderid")) {
				rq.Data["orderid"] = api.NewOrderID()
			}
			return next(w, rq)
		}, "payment-sale-token")},
	{"ach-void-after-batch", "voids a bank transfer that has settled", "FL-VOID-1", nil, on{"ach-void"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := settledOriginal(w, rq); t != nil && api.IsTransfer(t) {
				return voidAnyway(w, rq, t)
			}
			return next(w, rq)
		}, "ach-void")},
	{"ach-refund-before-batch", "refunds a bank transfer that has not settled", "FL-REF-3", also{"RH-MSG-12"}, on{"ach-refund"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := openOriginal(w, rq, api.Sale); t != nil && api.IsTransfer(t) && t.Settled.IsZero() && w.Sum(t, api.Refund) == 0 {
				c := w.Child(rq, t, api.Refund)
				c.Amount = t.Amount
				return w.Conclude(rq, c, api.CodeApproved)
			}
			return next(w, rq)
		}, "ach-refund")},
	{"order-twice", "accepts an order id twice", "FL-ORD-1", also{"FL-ORD-4"}, on{"payment-sale-manual"},
		orders(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			order := rq.Text("orderid")
			if order == "" || !w.OrderUsed(rq.Merchant, order) {
				return next(w, rq)
			}
			delete(rq.Data, "orderid")
			a := next(w, rq)
			for _, t := range w.Change.Transactions {
				t.OrderID = order
			}
			return a
		})},
	{"orders-of-cash-apart", "accepts an order id that a cash sale used", "FL-ORD-1", nil, on{"payment-sale-manual"},
		orders(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			order := rq.Text("orderid")
			if ids := w.Labels[api.Label{Merchant: rq.Merchant, Order: order}]; order == "" || len(ids) == 0 || w.Transactions[ids[0]].PaymentType != "cash" {
				return next(w, rq)
			}
			delete(rq.Data, "orderid")
			a := next(w, rq)
			for _, t := range w.Change.Transactions {
				t.OrderID = order
			}
			return a
		})},
	{"orders-across-merchants", "declines an order id that another merchant used", "FL-ORD-6", nil, on{"payment-sale-manual"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			order := rq.Text("orderid")
			for _, t := range w.State.Transactions {
				if order != "" && t.OrderID == order && t.Opens() {
					return api.DeclineUnstored(rq, api.CodeDuplicateOrder)
				}
			}
			return next(w, rq)
		}, "payment-sale-manual")},
	{"refund-refunded", "refunds a refund, from what was paid", "FL-REF-4", nil, on{"payment-refund"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := w.State.Transactions[rq.Text("transaction_id")]; t != nil && t.Kind == api.Refund && t.PaymentType == "cc" {
				rq.Data["transaction_id"] = t.Parent
			}
			return next(w, rq)
		}, "payment-refund")},
	{"settled-capture-voided", "voids a capture that has settled", "FL-VOID-1", nil, on{"payment-void"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if t := w.State.Transactions[rq.Text("transaction_id")]; t != nil && t.Kind == api.Capture {
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
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			for _, t := range w.State.Transactions {
				if t.Kind == api.Capture && t.OrderID != "" && t.OrderID == rq.Text("orderid") {
					return api.DeclineUnstored(rq, api.CodeDuplicateOrder)
				}
			}
			return next(w, rq)
		}, "payment-sale-manual")},
	{"duplicate-named", "names a transaction that it did not store when an order id comes again", "FL-ORD-1", nil, on{"payment-sale-manual"},
		after(told("code", api.CodeDuplicateOrder), says("transaction_id", "310905000000000"))},
	{"order-id-shortened", "drops the 36th character of an order id", "FL-ORD-3", nil, on{"payment-sale-manual"},
		orders(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if order := rq.Text("orderid"); len(order) == 36 {
				rq.Data["orderid"] = order[:35]
			}
			return next(w, rq)
		})},
	{"generated-order-id-short", "makes order ids of 32 characters", "FL-ORD-2", nil, on{"payment-sale-manual"},
		orders(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if strings.TrimSpace(rq.Text("orderid")) == "" {
				rq.Data["orderid"] = strings.ReplaceAll(api.NewOrderID(), "-", "")
			}
			return next(w, rq)
		})},
	{"one-decimal-misread", "reads 12.5 as 12.05", "FL-AMT-1", also{"RH-200-12", "FL-CAP-1"}, on{"payment-sale-manual"},
		orders(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			if whole, fraction, _ := strings.Cut(rq.Text("amount"), "."); len(fraction) == 1 {
				rq.Data["amount"] = whole + ".0" + fraction
			}
			return next(w, rq)
		})},
	{"amount-approved-differs", "tells another amount than it was asked for", "RH-200-12", nil, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), approvedIs), says("amount_approved", "0.01"))},
	{"wrong-id-answered", "answers a sale by an id that is not the stored one", "FL-GET-1", also{"FL-VOID-4", "FL-CAP-3", "FL-REF-3"}, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), approvedIs), func(x *exchange) { says("transaction_id", unusedID(x.server))(x) })},
	{"sale-not-stored", "approves a sale and stores nothing", "FL-GET-1", also{"FL-VOID-4", "FL-CAP-3", "FL-REF-3", "FL-REF-4", "FL-GET-2"}, on{"payment-sale-manual"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			a := next(w, rq)
			w.Change.Transactions, w.Messages = nil, nil
			return a
		}, "payment-sale-manual")},
	{"cash-not-added", "answers 201 to a cash sale and adds nothing", "FL-ADD-1", also{"RH-MSG-5", "FL-REF-4", "FL-ORD-1", "FL-VOID-4", "LST-7"}, on{"cash-sale"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
			a := next(w, rq)
			w.Change.Transactions, w.Messages = nil, nil
			return a
		}, "cash-sale")},
	{"declined-cash-201", "answers 201 to a cash sale that it declined, since its order id was used", "RH-201-2", nil, on{"cash-sale"},
		after(all(is("cash-sale"), told("code", api.CodeDuplicateOrder)), status(201))},
}

// orders replaces the work behind what opens a payment.
func orders(act func(*api.Work, *api.Request, api.Handler) api.Answer) defect {
	return replacing(act, "payment-sale", "payment-sale-manual", "payment-sale-token", "payment-auth", "payment-auth-token", "ach-sale", "ach-credit")
}

// formsForgotten makes an operation lose what requests in forms were to change.
func formsForgotten(operation string) defect {
	return replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
		a := next(w, rq)
		if rq.MediaType == strict.FormType {
			w.Change = api.Change{}
		}
		return a
	}, operation)
}

// openOriginal finds the transaction of a kind that a request is about, as long as
// something can be done to it.
func openOriginal(w *api.Work, rq *api.Request, k api.Kind) *api.Transaction {
	t := w.Transactions[rq.Text("transaction_id")]
	if t == nil || t.Merchant != rq.Merchant || t.Kind != k || api.Dead(t) != "" {
		return nil
	}
	return t
}

// settledOriginal finds the settled transaction that a request is about.
func settledOriginal(w *api.Work, rq *api.Request) *api.Transaction {
	t := w.Transactions[rq.Text("transaction_id")]
	if t == nil || t.Merchant != rq.Merchant || api.Dead(t) != "" || t.Settled.IsZero() {
		return nil
	}
	return t
}

// lost adds up the captures that failed later.
func lost(s *api.State, t *api.Transaction) api.Cents {
	var sum api.Cents
	for _, id := range s.Children[t.ID] {
		if c := s.Transactions[id]; c.Kind == api.Capture && c.Status == api.Declined && c.Code == t.Fails && t.Fails != "" {
			sum += c.Amount
		}
	}
	return sum
}

// voidAnyway voids a transaction whatever became of it.
func voidAnyway(w *api.Work, rq *api.Request, t *api.Transaction) api.Answer {
	c := w.Child(rq, t, api.Void)
	c.Amount = t.Amount
	gone := *t
	gone.Voided = true
	w.Put(&gone)
	return w.Conclude(rq, c, api.CodeApproved)
}

func amountOf(rq *api.Request) api.Cents {
	amount, _ := api.ParseAmount(rq.Text("amount"))
	return amount
}

// unusedID returns an id that no transaction has.
func unusedID(s *api.Server) string {
	s.State.RLock()
	defer s.State.RUnlock()
	return s.State.NewID()
}

// labelled declines a modification under an order id that a payment used.
func labelled(operation string) defect {
	return replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
		if order := rq.Text("orderid"); order != "" && w.OrderUsed(rq.Merchant, order) {
			return api.DeclineUnstored(rq, api.CodeDuplicateOrder)
		}
		return next(w, rq)
	}, operation)
}
