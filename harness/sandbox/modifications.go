package sandbox

import (
	"net/http"
	"strings"
)

func (s *Server) modifications() map[string]service {
	return map[string]service{
		"payment-capture": {handle: modify(captureCard), repeated: declineRepeated},
		"payment-refund":  {handle: modify(refundCard), repeated: declineRepeated, refunds: true},
		"payment-void":    {handle: modify(voidCard), repeated: declineRepeated},
	}
}

// modify looks up what is to be modified. One of another merchant is as
// unknown as one that never was.
func modify(act func(*work, *request, *transaction) answer) func(*work, *request) answer {
	return func(w *work, rq *request) answer {
		original := w.transactions[rq.text("transaction_id")]
		if original == nil || original.Merchant != rq.merchant {
			return notFound("transaction")
		}
		return act(w, rq, w.final(original))
	}
}

func notFound(what string) answer {
	return (&refusal{http.StatusNotFound, codeNotFound, "there is no such " + what}).answer()
}

// child begins a transaction that modifies another. Its order id is a label;
// without one it shows that of the original.
func (w *work) child(rq *request, original *transaction, k kind) *transaction {
	order := rq.text("orderid")
	if strings.TrimSpace(order) == "" {
		order = original.OrderID
	}
	amount, _ := parseAmount(rq.text("amount"))
	return &transaction{
		ID:          w.newID(),
		Parent:      original.ID,
		Merchant:    original.Merchant,
		Kind:        k,
		PaymentType: original.PaymentType,
		Amount:      amount,
		OrderID:     order,
		Created:     w.now,
		Card:        original.Card,
		Holder:      original.Holder,
		IPAddress:   original.IPAddress,
		Profile:     original.Profile,
	}
}

// dead returns the code with which nothing can be done to a transaction any
// more, "" while something can.
func dead(t *transaction) string {
	switch {
	case t.Status == declined:
		return codeNotAllowed
	case t.Voided:
		return codeUndone
	}
	return ""
}

// captureCard collects an authorized amount or a part of it.
func captureCard(w *work, rq *request, original *transaction) answer {
	t := w.child(rq, original, capture)
	if original.PaymentType != "cc" || original.Kind != authorization {
		return w.conclude(rq, t, codeUnsupported)
	}
	if code := dead(original); code != "" {
		return w.conclude(rq, t, code)
	}
	left := original.Amount - w.sum(original, capture)
	switch {
	case left == 0:
		return w.conclude(rq, t, codeCaptured)
	case t.Amount == 0 || t.Amount > left:
		return w.conclude(rq, t, codeAmount)
	}
	t.Fails = original.Fails
	return w.conclude(rq, t, codeApproved)
}

// refundCard gives back what a sale, a capture or all captures of an
// authorization collected, or a part of it.
func refundCard(w *work, rq *request, original *transaction) answer {
	t := w.child(rq, original, refund)
	if original.PaymentType != "cc" || original.Kind == refund || original.Kind == void {
		return w.conclude(rq, t, codeUnsupported)
	}
	if code := dead(original); code != "" {
		return w.conclude(rq, t, code)
	}
	collected, left := w.refundable(original)
	if rq.text("amount") == "" {
		t.Amount = left
	}
	switch {
	case collected == 0:
		return w.conclude(rq, t, codeVoidInstead)
	case left == 0:
		return w.conclude(rq, t, codeUndone)
	case t.Amount == 0 || t.Amount > left:
		return w.conclude(rq, t, codeAmount)
	}
	return w.conclude(rq, t, codeApproved)
}

// voidCard cancels a transaction that has not settled. What an authorization
// captured goes with it; what a capture took goes back to the authorization.
func voidCard(w *work, rq *request, original *transaction) answer {
	t := w.child(rq, original, void)
	t.Amount = original.Amount
	if original.PaymentType != "cc" || original.Kind == void {
		return w.conclude(rq, t, codeUnsupported)
	}
	if code := dead(original); code != "" {
		return w.conclude(rq, t, code)
	}
	cancelled := []*transaction{original}
	if original.Kind == authorization {
		for _, id := range w.children[original.ID] {
			if c := w.final(w.transactions[id]); c.Kind == capture && c.counts() {
				cancelled = append(cancelled, c)
			}
		}
	}
	for _, c := range cancelled {
		if !c.Settled.IsZero() {
			return w.conclude(rq, t, codeTooLateToVoid)
		}
	}
	for _, c := range cancelled {
		gone := *c
		gone.Voided = true
		w.put(&gone)
	}
	return w.conclude(rq, t, codeApproved)
}

// sum adds up what the children of one kind move.
func (s *state) sum(parent *transaction, k kind) cents {
	var total cents
	for _, id := range s.children[parent.ID] {
		if c := s.transactions[id]; c.Kind == k && c.counts() {
			total += c.Amount
		}
	}
	return total
}

// refundable returns what a transaction has collected for good and how much of
// that can still be given back. A refund of an authorization draws on all its
// captures, so a capture may have less left than its own refunds leave.
func (s *state) refundable(t *transaction) (collected, left cents) {
	switch t.Kind {
	case authorization:
		back := s.sum(t, refund)
		for _, id := range s.children[t.ID] {
			c := s.transactions[id]
			if c.Kind != capture || !c.counts() {
				continue
			}
			back += s.sum(c, refund)
			if !c.Settled.IsZero() {
				collected += c.Amount
			}
		}
		return collected, collected - back
	case capture:
		_, of := s.refundable(s.transactions[t.Parent])
		if !t.Settled.IsZero() {
			collected = t.Amount
		}
		return collected, min(of, collected-s.sum(t, refund))
	}
	if !t.Settled.IsZero() {
		collected = t.Amount
	}
	return collected, collected - s.sum(t, refund)
}

// final returns a transaction as it stands for good. A capture that
// is bound to fail, and would be touched before it has, fails now.
func (w *work) final(t *transaction) *transaction {
	if t.Kind != capture || t.Fails == "" {
		return t
	}
	gone := *t
	gone.Status, gone.Code, gone.Fails = declined, t.Fails, ""
	w.put(&gone)
	w.tell(&gone)
	return &gone
}

// failLater sets the clock for a capture that is bound to fail.
func (s *Server) failLater(t *transaction) {
	if t.Kind != capture || t.Fails == "" {
		return
	}
	s.courier.after(s.failDelay, func() {
		s.state.Lock()
		defer s.state.Unlock()
		if s.state.closed {
			return
		}
		w := &work{state: s.state, now: s.now()}
		w.final(s.state.transactions[t.ID])
		s.finish(w)
	})
}

// resume sets the clocks that a restart has stopped.
func (s *Server) resume() {
	s.state.RLock()
	defer s.state.RUnlock()
	for _, id := range s.state.order {
		s.failLater(s.state.transactions[id])
	}
}
