package defects

import (
	"strings"
	"time"

	"qorcheck/harness/sandbox/internal/api"
	"qorcheck/harness/sandbox/internal/strict"
)

// Captures, refunds and voids, order ids and amounts.
var moneyDefects = []Defect{
	{"over-capture-by-a-cent", "captures a cent more than is left of an authorization", "FL-CAP-2", also{"RH-MSG-12", "RH-MSG-18", "RH-MSG-21"}, on{"payment-capture"},
		modifying("payment-capture", all(alive(api.Authorization), func(m modification) bool { return m.amount() == m.uncaptured()+1 }), concludes(api.Capture, api.CodeApproved))},
	{"captures-not-added-up", "compares each capture with the authorization alone", "FL-CAP-2", nil, on{"payment-capture"},
		modifying("payment-capture", all(alive(api.Authorization), func(m modification) bool {
			return m.amount() > max(m.uncaptured(), 0) && m.amount() <= m.original.Amount
		}), concludes(api.Capture, api.CodeApproved))},
	{"partial-capture-refused", "refuses to capture a part of an authorization", "FL-CAP-1", also{"RH-200-21", "RH-200-1", "RH-200-13", "FL-ORD-5"}, on{"payment-capture"},
		modifying("payment-capture", all(alive(api.Authorization), func(m modification) bool { return m.amount() < m.original.Amount }), concludes(api.Capture, api.CodeAmount))},
	{"second-capture-refused", "refuses a second capture of what is left", "FL-CAP-1", nil, on{"payment-capture"},
		modifying("payment-capture", all(alive(api.Authorization), func(m modification) bool { return m.uncaptured() < m.original.Amount }), concludes(api.Capture, api.CodeCaptured))},
	{"sale-captured", "captures a sale", "FL-CAP-3", nil, on{"payment-capture"},
		modifying("payment-capture", alive(api.Sale), concludes(api.Capture, api.CodeApproved))},
	{"capture-captured", "captures a capture", "FL-CAP-3", nil, on{"payment-capture"},
		modifying("payment-capture", alive(api.Capture), concludes(api.Capture, api.CodeApproved))},
	{"void-captured", "captures a void", "FL-CAP-3", nil, on{"payment-capture"},
		modifying("payment-capture", alive(api.Void), concludes(api.Capture, api.CodeApproved))},
	{"debit-captured", "captures a debit", "FL-CAP-3", nil, on{"payment-capture"},
		modifying("payment-capture", all(alive(api.Sale), paidBy("ach")), concludes(api.Capture, api.CodeApproved))},
	{"declined-captured", "captures an authorization that was declined", "FL-CAP-3", nil, on{"payment-capture"},
		modifying("payment-capture", all(wasDeclined, func(m modification) bool { return m.original.Kind == api.Authorization }), concludes(api.Capture, api.CodeApproved))},
	{"failed-capture-holds", "keeps the amount of a capture that failed later", "RH-MSG-4", nil, on{"payment-capture"},
		modifying("payment-capture", all(alive(api.Authorization), func(m modification) bool {
			failedLater := func(c *api.Transaction) bool {
				return c.Status == api.Declined && c.Code == m.original.Fails && m.original.Fails != ""
			}
			return m.amount() > m.uncaptured()-m.captured(failedLater)
		}), concludes(api.Capture, api.CodeAmount))},
	{"failed-capture-collects", "collects the amount of a capture that failed later", "RH-MSG-4", also{"FL-CAP-2"}, on{"payment-capture"},
		after(all(is("transactions-fetch-one", "transactions-fetch-all"), answered(200)), editsRows(func(row map[string]any) {
			if row["trxn_type"] == string(api.Capture) {
				row["trxn_status"] = api.Approved
			}
		}))},
	{"failing-capture-declined", "declines at once a capture that would fail later", "RH-200-13", also{"RH-MSG-4"}, on{"payment-capture"},
		modifying("payment-capture", all(alive(api.Authorization), func(m modification) bool { return m.original.Fails != "" }), func(m modification) api.Response { return concludes(api.Capture, m.original.Fails)(m) })},
	{"over-refund-by-a-cent", "refunds a cent more than was collected", "FL-REF-2", nil, on{"payment-refund"},
		modifying("payment-refund", all(collected, func(m modification) bool { _, left := m.Refundable(m.original); return m.amount() == left+1 }), concludes(api.Refund, api.CodeApproved))},
	{"refunds-not-added-up", "compares each refund with the payment alone", "FL-REF-2", nil, on{"payment-refund"},
		modifying("payment-refund", all(collected, func(m modification) bool {
			whole, left := m.Refundable(m.original)
			return m.amount() > left && m.amount() <= whole
		}), concludes(api.Refund, api.CodeApproved))},
	{"second-refund-refused", "refuses a second refund of what is left", "FL-REF-1", nil, on{"payment-refund"},
		modifying("payment-refund", all(collected, func(m modification) bool { return !unrefunded(m) }), concludes(api.Refund, api.CodeUndone))},
	{"refund-needs-amount", "declines a refund that names no amount", "FL-REF-1", also{"RH-200-21", "RH-200-1", "FL-ORD-5", "FL-VOID-1", "RH-MSG-21"}, on{"payment-refund"},
		modifying("payment-refund", all(collected, func(m modification) bool { return m.request.Text("amount") == "" }), concludes(api.Refund, api.CodeAmount))},
	{"refund-before-settlement", "refunds what has not settled", "FL-REF-3", also{"FL-REF-4", "RH-MSG-12", "RH-MSG-18", "RH-MSG-21"}, on{"payment-refund"},
		modifying("payment-refund", all(alive(api.Sale), unsettled, unrefunded), refunds)},
	{"refund-as-form-of-all", "refunds everything where the request is a form", "RH-200-12", also{"FL-REF-1"}, on{"payment-refund"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if rq.MediaType == strict.FormType {
				delete(rq.Data, "amount")
			}
		}, "payment-refund")},
	{"void-after-settlement", "voids what has settled", "FL-VOID-1", nil, on{"payment-void"},
		modifying("payment-void", collected, voids)},
	{"void-twice", "voids what was voided before", "FL-VOID-2", also{"FL-VOID-3", "RH-MSG-12", "RH-MSG-18", "RH-MSG-21"}, on{"payment-void"},
		modifying("payment-void", wasVoided, voids)},
	{"void-does-nothing", "approves a void and leaves the payment as it is", "FL-VOID-3", also{"FL-VOID-2", "RH-MSG-12", "RH-MSG-18", "FL-CAP-3", "RH-MSG-21"}, on{"payment-void"},
		amending(func(w *api.Work, _ *api.Request) {
			for i, t := range w.Change.Transactions {
				if t.Kind != api.Void {
					sound := *w.Transactions[t.ID]
					w.Change.Transactions[i] = &sound
				}
			}
		}, "payment-void")},
	{"voided-hold-kept", "does not give the amount of a voided capture back", "FL-VOID-6", nil, on{"payment-void"},
		modifying("payment-capture", all(alive(api.Authorization), func(m modification) bool { return m.amount() > m.original.Amount-m.captured(approvedOnce) }), concludes(api.Capture, api.CodeCaptured))},
	{"captures-outlive-void", "voids an authorization and leaves its captures as they are", "FL-VOID-6", nil, on{"payment-void"},
		modifying("payment-void", all(alive(api.Authorization), unsettled), voids)},
	{"declined-voided", "voids what was declined", "FL-VOID-7", nil, on{"payment-void"},
		modifying("payment-void", wasDeclined, voids)},
	{"card-payment-voided-as-transfer", "voids a card payment as if it were a bank transfer", "FL-VOID-4", nil, on{"ach-void"},
		modifying("ach-void", all(alive(api.Sale), paidBy("cc")), voids)},
	{"void-voided", "voids a void", "FL-VOID-7", nil, on{"payment-void"},
		modifying("payment-void", alive(api.Void), voids)},
	{"cash-voided", "voids a cash sale as if it were paid by card", "FL-VOID-7", nil, on{"payment-void"},
		modifying("payment-void", all(alive(api.Sale), paidBy("cash")), voids)},
	{"cash-refunded", "refunds a cash sale as if it were paid by card", "FL-REF-4", nil, on{"payment-refund"},
		modifying("payment-refund", all(alive(api.Sale), paidBy("cash")), concludes(api.Refund, api.CodeApproved))},
	{"transfer-refunded-as-card", "refunds a bank transfer as if it were paid by card", "FL-REF-6", nil, on{"payment-refund"},
		modifying("payment-refund", all(alive(api.Sale), paidBy("ach"), collected), refunds)},
	{"credit-refunded", "refunds a credit", "FL-REF-4", nil, on{"ach-refund"},
		modifying("ach-refund", func(m modification) bool { return m.original.Kind == api.Refund && m.original.Parent == "" }, concludes(api.Refund, api.CodeApproved))},
	{"form-refused", "answers 400 to a capture that is sent as a form", "RH-200-21", also{"RH-200-1"}, on{"payment-capture"},
		before(all(is("payment-capture"), func(x *exchange) bool { return strings.HasPrefix(x.Header.Get("Content-Type"), strict.FormType) }),
			refuses(400, "form", "no form is understood here"))},
	{"capture-as-form-forgotten", "approves a capture that is sent as a form and does nothing", "FL-CAP-1", nil, on{"payment-capture"},
		storingNoForms("payment-capture")},
	{"refund-as-form-forgotten", "approves a refund that is sent as a form and does nothing", "FL-REF-1", nil, on{"payment-refund"},
		storingNoForms("payment-refund")},
	{"over-capture-as-form", "captures more than is left where the request is a form", "FL-CAP-2", nil, on{"payment-capture"},
		modifying("payment-capture", all(alive(api.Authorization), asForm), concludes(api.Capture, api.CodeApproved))},
	{"over-refund-as-form", "refunds more than is left where the request is a form", "FL-REF-2", nil, on{"payment-refund"},
		modifying("payment-refund", all(collected, asForm, func(m modification) bool { return m.request.Text("amount") != "" }), concludes(api.Refund, api.CodeApproved))},
	{"ach-void-as-form-forgotten", "approves a void of a bank transfer that is sent as a form and does nothing", "FL-VOID-5", nil, on{"ach-void"},
		storingNoForms("ach-void")},
	{"ach-refund-as-form-forgotten", "approves a refund of a bank transfer that is sent as a form and does nothing", "FL-REF-7", nil, on{"ach-refund"},
		storingNoForms("ach-refund")},
	{"ach-credit-as-form-forgotten", "approves a credit that is sent as a form and does nothing", "FL-AMT-1", nil, on{"ach-credit"},
		storingNoForms("ach-credit")},
	{"voided-refunded", "refunds what was voided", "FL-REF-4", nil, on{"payment-refund"},
		modifying("payment-refund", wasVoided, refunds)},
	{"authorization-not-refunded", "refunds no payment by the id of its authorization", "FL-REF-5", nil, on{"payment-refund"},
		modifying("payment-refund", alive(api.Authorization), concludes(api.Refund, api.CodeUnsupported))},
	{"more-than-captured-refunded", "refunds the whole of an authorization that was captured in part", "FL-REF-2", nil, on{"payment-refund"},
		modifying("payment-refund", all(alive(api.Authorization), func(m modification) bool {
			return m.uncaptured() < m.original.Amount && m.amount() <= m.original.Amount
		}), concludes(api.Refund, api.CodeApproved))},
	{"nothing-approved", "approves a sale of nothing", "FL-DEC-3", also{"RH-200-12"}, on{"payment-sale-manual"},
		reads("amount", "0.00", "0.01", "payment-sale-manual")},
	{"short-number-refused", "answers 400 to a sale by a number of a few digits", "FL-DEC-2", nil, on{"payment-sale-manual"},
		before(all(is("payment-sale-manual"), sends("creditcard", as("411111"))), refuses(400, "GW14", "the number is too short"))},
	{"expired-approved", "approves an authorization by an expired card", "FL-DEC-1", nil, on{"payment-auth"},
		reads("year", "20", "39", "payment-auth")},
	{"order-paid-twice-by-token", "sells by token under an order id that is used", "FL-ORD-4", nil, on{"payment-sale-token"},
		misreading(func(w *api.Work, rq *api.Request) {
			if usedBefore(w, rq, rq.Text("orderid")) {
				rq.Data["orderid"] = api.NewOrderID()
			}
		}, "payment-sale-token")},
	{"ach-void-after-batch", "voids a bank transfer that has settled", "FL-VOID-1", nil, on{"ach-void"},
		modifying("ach-void", all(collected, transfer), voids)},
	{"ach-refund-before-batch", "refunds a bank transfer that has not settled", "FL-REF-3", also{"RH-MSG-12", "RH-MSG-18", "RH-MSG-21"}, on{"ach-refund"},
		modifying("ach-refund", all(alive(api.Sale), transfer, unsettled, unrefunded), refunds)},
	{"order-twice", "accepts an order id twice", "FL-ORD-1", also{"FL-ORD-4"}, on{"payment-sale-manual"},
		reusingOrders(usedBefore)},
	{"orders-of-cash-apart", "accepts an order id that a cash sale used", "FL-ORD-8", nil, on{"payment-sale-manual"},
		reusingOrders(func(w *api.Work, rq *api.Request, order string) bool {
			ids := w.Labels[api.Label{Merchant: rq.Merchant, Order: order}]
			return len(ids) > 0 && w.Transactions[ids[0]].PaymentType == "cash"
		})},
	{"cash-orders-apart", "accepts a cash sale under the order id of a payment by card", "FL-ORD-8", nil, on{"cash-sale"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Response {
			order := rq.Text("orderid")
			if ids := w.Labels[api.Label{Merchant: rq.Merchant, Order: order}]; len(ids) == 0 || w.Transactions[ids[0]].PaymentType == "cash" {
				return next(w, rq)
			}
			rq.Data["orderid"] = order + "-cash"
			return next(w, rq)
		}, "cash-sale")},
	{"orders-across-merchants", "declines an order id that another merchant used", "FL-ORD-6", nil, on{"payment-sale-manual"},
		refusingOrders(func(w *api.Work, _ *api.Request, order string) bool {
			return anyTransaction(w, func(t *api.Transaction) bool { return t.OrderID == order && t.Opens() })
		}, "payment-sale-manual")},
	{"refund-refunded", "refunds a refund, from what was paid", "FL-REF-4", nil, on{"payment-refund"},
		misreading(func(w *api.Work, rq *api.Request) {
			if t := w.Transactions[rq.Text("transaction_id")]; t != nil && t.Kind == api.Refund && t.PaymentType == "cc" {
				rq.Data["transaction_id"] = t.Parent
			}
		}, "payment-refund")},
	{"settled-capture-voided", "voids a capture that has settled", "FL-VOID-1", nil, on{"payment-void"},
		replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Response {
			if t := w.State.Transactions[rq.Text("transaction_id")]; t != nil && t.Kind == api.Capture {
				settled := t.Settled
				t.Settled = time.Time{}
				defer func() { t.Settled = settled }()
			}
			return next(w, rq)
		}, "payment-void")},
	{"label-of-capture-is-order", "declines a capture under an order id that a payment used", "FL-ORD-5", nil, on{"payment-capture"},
		refusingOrders(usedBefore, "payment-capture")},
	{"label-of-refund-is-order", "declines a refund under an order id that a payment used", "FL-ORD-5", nil, on{"payment-refund"},
		refusingOrders(usedBefore, "payment-refund")},
	{"label-takes-order", "declines a sale under an order id that is the label of a capture", "FL-ORD-5", nil, on{"payment-sale-manual"},
		refusingOrders(func(w *api.Work, _ *api.Request, order string) bool {
			return anyTransaction(w, func(t *api.Transaction) bool { return t.OrderID == order && t.Kind == api.Capture })
		}, "payment-sale-manual")},
	{"duplicate-named", "names a transaction that it did not store when an order id comes again", "FL-ORD-7", nil, on{"payment-sale-manual"},
		after(saying("code", api.CodeDuplicateOrder), says("transaction_id", "310905000000000"))},
	{"order-id-shortened", "drops the 36th character of an order id", "FL-ORD-3", nil, on{"payment-sale-manual"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if order := rq.Text("orderid"); len(order) == 36 {
				rq.Data["orderid"] = order[:35]
			}
		}, openings...)},
	{"generated-order-id-short", "makes order ids of 32 characters", "FL-ORD-2", nil, on{"payment-sale-manual"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if strings.TrimSpace(rq.Text("orderid")) == "" {
				rq.Data["orderid"] = strings.ReplaceAll(api.NewOrderID(), "-", "")
			}
		}, openings...)},
	{"one-decimal-misread", "reads 12.5 as 12.05", "FL-AMT-1", also{"RH-200-12", "FL-CAP-1"}, on{"payment-sale-manual"},
		misreading(func(_ *api.Work, rq *api.Request) {
			if whole, fraction, _ := strings.Cut(rq.Text("amount"), "."); len(fraction) == 1 {
				rq.Data["amount"] = whole + ".0" + fraction
			}
		}, openings...)},
	{"amount-approved-differs", "answers with another amount than the request names", "RH-200-12", nil, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), wasApproved), says("amount_approved", "0.01"))},
	{"wrong-id-answered", "answers a sale by an id that is not the stored one", "FL-GET-1", also{"FL-VOID-4", "FL-CAP-3", "FL-REF-3", "FL-GET-2", "RH-500-2", "RH-200-22", "RH-200-23", "RH-NIL-6"}, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), wasApproved), func(x *exchange) { says("transaction_id", x.unusedID())(x) })},
	{"sale-not-stored", "approves a sale and stores nothing", "FL-GET-1", also{"FL-VOID-4", "FL-VOID-7", "FL-CAP-3", "FL-REF-3", "FL-REF-4", "FL-GET-2", "RH-500-2", "RH-200-22", "RH-200-23"}, on{"payment-sale-manual"},
		storingNoTransaction("payment-sale-manual")},
	{"cash-not-added", "answers 201 to a cash sale and adds nothing", "FL-ADD-1", also{"RH-MSG-5", "FL-REF-4", "FL-ORD-1", "FL-VOID-4", "FL-VOID-7", "LST-7", "LST-10"}, on{"cash-sale"},
		storingNoTransaction("cash-sale")},
	{"declined-cash-201", "answers 201 to a cash sale that it declined, since its order id was used", "RH-201-2", nil, on{"cash-sale"},
		after(all(is("cash-sale"), saying("code", api.CodeDuplicateOrder)), status(201))},
}

// approvedOnce holds for captures that were approved, voided or not.
func approvedOnce(c *api.Transaction) bool { return c.Status == api.Approved }

func transfer(m modification) bool { return api.IsTransfer(m.original) }

// unusedID returns an id that no transaction has.
func (x *exchange) unusedID() (id string) {
	x.server.View(func(s *api.State) { id = s.NewID() })
	return id
}
