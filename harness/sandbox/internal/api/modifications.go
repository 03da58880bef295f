package api

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
func modify(act func(*Work, *Request, *Transaction) Response) func(*Work, *Request) Response {
	return func(w *Work, rq *Request) Response {
		original := w.Transactions[rq.Text("transaction_id")]
		if original == nil || original.Merchant != rq.Merchant {
			return notFound("transaction")
		}
		return act(w, rq, w.final(original))
	}
}

func notFound(what string) Response {
	return (&refusal{http.StatusNotFound, CodeNotFound, "there is no such " + what}).response()
}

// Child begins a transaction that modifies another. Its order id is a label;
// without one it shows that of the original.
func (w *Work) Child(rq *Request, original *Transaction, k Kind) *Transaction {
	order := rq.Text("orderid")
	if strings.TrimSpace(order) == "" {
		order = original.OrderID
	}
	amount, _ := ParseAmount(rq.Text("amount"))
	return &Transaction{
		ID:          w.NewID(),
		Parent:      original.ID,
		Merchant:    original.Merchant,
		Kind:        k,
		PaymentType: original.PaymentType,
		Amount:      amount,
		OrderID:     order,
		Created:     w.Now,
		Card:        original.Card,
		Holder:      original.Holder,
		IPAddress:   original.IPAddress,
		Profile:     original.Profile,
		Ends:        original.Ends,
	}
}

// endOtherwise ends a modification that could be carried out in the way that the card of
// the payment demands. It returns nil where the card demands nothing.
func (w *Work) endOtherwise(rq *Request, t *Transaction) *Response {
	var ended Response
	switch code := t.Ends[t.Kind]; code {
	case "":
		return nil
	case internalFault:
		ended = internalError()
	default:
		ended = w.Conclude(rq, t, code)
	}
	return &ended
}

// Dead returns the code with which nothing can be done to a transaction any
// more, "" while something can.
func Dead(t *Transaction) string {
	switch {
	case t.Status == Declined:
		return codeNotAllowed
	case t.Voided:
		return CodeUndone
	}
	return ""
}

// captureCard collects an authorized amount or a part of it.
func captureCard(w *Work, rq *Request, original *Transaction) Response {
	t := w.Child(rq, original, Capture)
	if original.PaymentType != "cc" || original.Kind != Authorization {
		return w.Conclude(rq, t, CodeUnsupported)
	}
	if code := Dead(original); code != "" {
		return w.Conclude(rq, t, code)
	}
	left := original.Amount - w.Sum(original, Capture)
	switch {
	case left == 0:
		return w.Conclude(rq, t, CodeCaptured)
	case t.Amount == 0 || t.Amount > left:
		return w.Conclude(rq, t, CodeAmount)
	}
	if ended := w.endOtherwise(rq, t); ended != nil {
		return *ended
	}
	t.Fails = original.Fails
	return w.Conclude(rq, t, CodeApproved)
}

// refundCard gives back what a sale, a capture or all captures of an
// authorization collected, or a part of it.
func refundCard(w *Work, rq *Request, original *Transaction) Response {
	t := w.Child(rq, original, Refund)
	if original.PaymentType != "cc" || original.Kind == Refund || original.Kind == Void {
		return w.Conclude(rq, t, CodeUnsupported)
	}
	if code := Dead(original); code != "" {
		return w.Conclude(rq, t, code)
	}
	collected, left := w.Refundable(original)
	if rq.Text("amount") == "" {
		t.Amount = left
	}
	switch {
	case collected == 0:
		return w.Conclude(rq, t, codeVoidInstead)
	case left == 0:
		return w.Conclude(rq, t, CodeUndone)
	case t.Amount == 0 || t.Amount > left:
		return w.Conclude(rq, t, CodeAmount)
	}
	if ended := w.endOtherwise(rq, t); ended != nil {
		return *ended
	}
	return w.Conclude(rq, t, CodeApproved)
}

// voidCard cancels a transaction that has not settled. What an authorization
// captured goes with it; what a capture took goes back to the authorization.
func voidCard(w *Work, rq *Request, original *Transaction) Response {
	t := w.Child(rq, original, Void)
	t.Amount = original.Amount
	if original.PaymentType != "cc" || original.Kind == Void {
		return w.Conclude(rq, t, CodeUnsupported)
	}
	if code := Dead(original); code != "" {
		return w.Conclude(rq, t, code)
	}
	cancelled := []*Transaction{original}
	if original.Kind == Authorization {
		for _, id := range w.Children[original.ID] {
			if c := w.final(w.Transactions[id]); c.Kind == Capture && c.counts() {
				cancelled = append(cancelled, c)
			}
		}
	}
	for _, c := range cancelled {
		if !c.Settled.IsZero() {
			return w.Conclude(rq, t, codeTooLateToVoid)
		}
	}
	if ended := w.endOtherwise(rq, t); ended != nil {
		return *ended
	}
	for _, c := range cancelled {
		gone := *c
		gone.Voided = true
		w.Put(&gone)
	}
	return w.Conclude(rq, t, CodeApproved)
}

// Sum adds up what the children of one kind move.
func (s *State) Sum(parent *Transaction, k Kind) Cents {
	var total Cents
	for _, id := range s.Children[parent.ID] {
		if c := s.Transactions[id]; c.Kind == k && c.counts() {
			total += c.Amount
		}
	}
	return total
}

// Refundable returns what a transaction has collected for good and how much of
// that can still be given back. A refund of an authorization draws on all its
// captures, so a capture may have less left than its own refunds leave.
func (s *State) Refundable(t *Transaction) (collected, left Cents) {
	switch t.Kind {
	case Authorization:
		back := s.Sum(t, Refund)
		for _, id := range s.Children[t.ID] {
			c := s.Transactions[id]
			if c.Kind != Capture || !c.counts() {
				continue
			}
			back += s.Sum(c, Refund)
			if !c.Settled.IsZero() {
				collected += c.Amount
			}
		}
		return collected, collected - back
	case Capture:
		_, of := s.Refundable(s.Transactions[t.Parent])
		if !t.Settled.IsZero() {
			collected = t.Amount
		}
		return collected, min(of, collected-s.Sum(t, Refund))
	}
	if !t.Settled.IsZero() {
		collected = t.Amount
	}
	return collected, collected - s.Sum(t, Refund)
}

// final returns a transaction as it stands for good. A capture that
// is bound to fail, and would be touched before it has, fails now.
func (w *Work) final(t *Transaction) *Transaction {
	if t.Kind != Capture || t.Fails == "" {
		return t
	}
	gone := *t
	gone.Status, gone.Code, gone.Fails = Declined, t.Fails, ""
	w.Put(&gone)
	w.notify(&gone)
	return &gone
}

// failLater sets the clock for a capture that is bound to fail.
func (s *Server) failLater(t *Transaction) {
	if t.Kind != Capture || t.Fails == "" {
		return
	}
	s.courier.after(s.failDelay, func() {
		s.Do(func(w *Work) { w.final(w.Transactions[t.ID]) })
	})
}

// resume sets the clocks that a restart has stopped.
func (s *Server) resume() {
	s.State.RLock()
	defer s.State.RUnlock()
	for _, id := range s.State.order {
		s.failLater(s.State.Transactions[id])
	}
}
