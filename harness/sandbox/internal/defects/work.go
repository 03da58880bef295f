package defects

import (
	"maps"
	"slices"

	"qorcheck/harness/sandbox/internal/api"
	"qorcheck/harness/sandbox/internal/strict"
)

// replacing replaces the work behind operations; next is the sound one.
func replacing(act func(w *api.Work, rq *api.Request, next api.Handler) api.Response, operations ...string) plant {
	return func(p *planting) error {
		wrap := func(next api.Handler) api.Handler {
			return func(w *api.Work, rq *api.Request) api.Response { return act(w, rq, next) }
		}
		if p.options.Handlers == nil {
			p.options.Handlers = map[string][]func(api.Handler) api.Handler{}
		}
		for _, id := range operations {
			p.options.Handlers[id] = append(p.options.Handlers[id], wrap)
		}
		return nil
	}
}

// misreading changes what operations read of a request before they work.
func misreading(misread func(w *api.Work, rq *api.Request), operations ...string) plant {
	return replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Response {
		misread(w, rq)
		return next(w, rq)
	}, operations...)
}

// overlooking leaves a field of a request out of what an operation does.
func overlooking(field, operation string) plant {
	return misreading(func(_ *api.Work, rq *api.Request) { delete(rq.Data, field) }, operation)
}

// amending changes what operations store, and leaves their answers as they are.
func amending(amend func(w *api.Work, rq *api.Request), operations ...string) plant {
	return replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Response {
		a := next(w, rq)
		amend(w, rq)
		return a
	}, operations...)
}

// amendingTokens changes each token that operations store.
func amendingTokens(amend func(rq *api.Request, t *api.Token), operations ...string) plant {
	return amending(func(w *api.Work, rq *api.Request) {
		for _, t := range w.Change.Tokens {
			amend(rq, t)
		}
	}, operations...)
}

// storingNothing loses all that an operation was to store.
func storingNothing(operation string) plant {
	return amending(func(w *api.Work, _ *api.Request) { w.Change = api.Change{} }, operation)
}

// storingNoForms loses what requests in forms were to change.
func storingNoForms(operation string) plant {
	return amending(func(w *api.Work, rq *api.Request) {
		if rq.MediaType == strict.FormType {
			w.Change = api.Change{}
		}
	}, operation)
}

// storingNoTransaction loses the transactions of an operation and their messages.
func storingNoTransaction(operation string) plant {
	return amending(func(w *api.Work, _ *api.Request) { w.Change.Transactions, w.Messages = nil, nil }, operation)
}

// claiming answers without any work.
func claiming(answer func(rq *api.Request) any, operation string) plant {
	return replacing(func(_ *api.Work, rq *api.Request, _ api.Handler) api.Response {
		return api.Response{Status: 200, Body: answer(rq)}
	}, operation)
}

// modification is a request that is about a transaction of its merchant.
type modification struct {
	*api.Work
	request  *api.Request
	original *api.Transaction
}

// circumstance reports whether a defect touches a modification.
type circumstance = func(modification) bool

// ending carries a modification out, or declines it.
type ending = func(modification) api.Response

// modifying ends the modifications by an operation in its own way where they meet a
// circumstance; the others end as they should, and so do those of a payment whose card
// demands an ending.
func modifying(operation string, when circumstance, end ending) plant {
	return replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Response {
		original := w.Transactions[rq.Text("transaction_id")]
		if original != nil && original.Merchant == rq.Merchant && len(original.Ends) == 0 {
			if m := (modification{w, rq, original}); when(m) {
				return end(m)
			}
		}
		return next(w, rq)
	}, operation)
}

// alive holds for transactions of a kind with which something can still be done.
func alive(k api.Kind) circumstance {
	return func(m modification) bool { return m.original.Kind == k && api.Dead(m.original) == "" }
}

// paidBy holds for transactions of a payment type.
func paidBy(paymentType string) circumstance {
	return func(m modification) bool { return m.original.PaymentType == paymentType }
}

// collected holds for transactions that have settled and can still be given back.
func collected(m modification) bool {
	return api.Dead(m.original) == "" && !m.original.Settled.IsZero()
}

func unsettled(m modification) bool   { return m.original.Settled.IsZero() }
func unrefunded(m modification) bool  { return m.Sum(m.original, api.Refund) == 0 }
func wasVoided(m modification) bool   { return m.original.Voided }
func wasDeclined(m modification) bool { return m.original.Status == api.Declined }
func asForm(m modification) bool      { return m.request.MediaType == strict.FormType }

// amount returns the amount that the request names, 0 where it names none.
func (m modification) amount() api.Cents {
	amount, _ := api.ParseAmount(m.request.Text("amount"))
	return amount
}

// uncaptured returns what is left of an authorization.
func (m modification) uncaptured() api.Cents {
	return m.original.Amount - m.Sum(m.original, api.Capture)
}

// captured adds up the captures of an authorization that meet a condition.
func (m modification) captured(counts func(*api.Transaction) bool) api.Cents {
	var sum api.Cents
	for _, id := range m.Children[m.original.ID] {
		if c := m.Transactions[id]; c.Kind == api.Capture && counts(c) {
			sum += c.Amount
		}
	}
	return sum
}

// concludes ends a modification with a code.
func concludes(k api.Kind, code string) ending {
	return func(m modification) api.Response {
		return m.Conclude(m.request, m.Child(m.request, m.original, k), code)
	}
}

// refunds gives back the amount that the request names, or everything.
func refunds(m modification) api.Response {
	t := m.Child(m.request, m.original, api.Refund)
	if t.Amount == 0 {
		t.Amount = m.original.Amount
	}
	return m.Conclude(m.request, t, api.CodeApproved)
}

// voids voids the transaction alone, whatever became of it.
func voids(m modification) api.Response {
	t := m.Child(m.request, m.original, api.Void)
	t.Amount = m.original.Amount
	gone := *m.original
	gone.Voided = true
	m.Put(&gone)
	return m.Conclude(m.request, t, api.CodeApproved)
}

// openings are the operations that open a payment by card or by bank.
var openings = []string{"payment-sale", "payment-sale-manual", "payment-sale-token", "payment-auth", "payment-auth-token", "ach-sale", "ach-credit"}

// usedBefore reports whether a payment of the merchant was opened under an order id.
func usedBefore(w *api.Work, rq *api.Request, order string) bool {
	return w.OrderUsed(rq.Merchant, order)
}

// anyTransaction reports whether some transaction meets a condition.
func anyTransaction(w *api.Work, holds func(*api.Transaction) bool) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(w.Transactions)), holds)
}

// refusingOrders declines requests under an order id that it takes for used.
func refusingOrders(used func(w *api.Work, rq *api.Request, order string) bool, operation string) plant {
	return replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Response {
		if order := rq.Text("orderid"); order != "" && used(w, rq, order) {
			return api.DeclineUnstored(rq, api.CodeDuplicateOrder)
		}
		return next(w, rq)
	}, operation)
}

// reusingOrders opens payments under an order id that was used.
func reusingOrders(used func(w *api.Work, rq *api.Request, order string) bool) plant {
	return replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Response {
		order := rq.Text("orderid")
		if order == "" || !used(w, rq, order) {
			return next(w, rq)
		}
		delete(rq.Data, "orderid")
		a := next(w, rq)
		for _, t := range w.Change.Transactions {
			t.OrderID = order
		}
		return a
	}, openings...)
}
