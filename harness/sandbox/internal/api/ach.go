package api

import (
	"net/http"
	"strings"

	"qorcheck/harness/sandbox/internal/strict"
)

func (s *Server) transfers() map[string]service {
	return map[string]service{
		"ach-sale":   {handle: s.payByBank(Sale), repeated: declineRepeated},
		"ach-credit": {handle: s.payByBank(Refund), repeated: declineRepeated}, // lists call it a refund
		"ach-void":   {handle: modify(voidTransfer), repeated: declineRepeated},
		"ach-refund": {handle: modify(refundTransfer), repeated: declineRepeated, refunds: true},
	}
}

// bankFunds returns the funds behind an account number. Only the accounts among
// the triggers are treated specially.
func (s *Server) bankFunds(number, kind string) funds {
	return funds{Bank: kind, Code: s.Fixtures.Triggers.ACH.code(number, accountCode)}
}

// accountCode reads the GW code out of a trigger's account number.
func accountCode(number string) string { return "GW" + number[len(number)-2:] }

// bankNumber reports whether a routing number has the check digit that every bank's
// has: three, seven and one times its digits add up to a multiple of ten.
func bankNumber(number string) bool {
	if len(number) != 9 {
		return false
	}
	sum := 0
	for i, weight := range []int{3, 7, 1, 3, 7, 1, 3, 7, 1} {
		if !strict.IsDigit(number[i]) {
			return false
		}
		sum += weight * int(number[i]-'0')
	}
	return sum%10 == 0
}

// payByBank moves money from or to a bank account.
func (s *Server) payByBank(k Kind) func(*Work, *Request) Response {
	return func(w *Work, rq *Request) Response {
		number := rq.Text("account_number")
		f := s.bankFunds(number, rq.Text("account_type"))
		var by *Token
		if isToken(number) {
			if by = w.Token(rq.Client, number); by == nil || by.Funds.Bank == "" {
				return notFound("token")
			}
			f = by.Funds
		}
		order, ended := w.takeOrder(rq, f.Code)
		if ended != nil {
			return *ended
		}
		t := w.Open(rq, k, "ach", order)
		t.Holder = rq.Text("name_on_account")
		if by != nil {
			t.Profile = by.Profile
			w.spend(by)
		}
		code := f.Code
		switch {
		case !payable(t.Amount):
			code = CodeAmount
		case !bankNumber(rq.Text("routing_number")):
			code = codeBank
		}
		return w.Conclude(rq, t, code)
	}
}

func internalError() Response {
	return (&refusal{http.StatusInternalServerError, CodeSystem, "an internal error occurred"}).response()
}

// IsTransfer reports whether a transaction moves money of its own between banks.
func IsTransfer(t *Transaction) bool { return t.PaymentType == "ach" && t.Opens() }

// refundTransfer gives back a whole debit that has settled.
func refundTransfer(w *Work, rq *Request, original *Transaction) Response {
	t := w.Child(rq, original, Refund)
	t.Amount = original.Amount
	if !IsTransfer(original) || original.Kind != Sale {
		return w.Conclude(rq, t, CodeUnsupported)
	}
	if code := Dead(original); code != "" {
		return w.Conclude(rq, t, code)
	}
	switch collected, left := w.Refundable(original); {
	case collected == 0:
		return w.Conclude(rq, t, codeVoidInstead)
	case left < collected:
		return w.Conclude(rq, t, CodeUndone)
	}
	return w.Conclude(rq, t, CodeApproved)
}

// voidTransfer cancels a debit or a credit that has not settled.
func voidTransfer(w *Work, rq *Request, original *Transaction) Response {
	t := w.Child(rq, original, Void)
	t.Amount = original.Amount
	if !IsTransfer(original) {
		return w.Conclude(rq, t, CodeUnsupported)
	}
	if code := Dead(original); code != "" {
		return w.Conclude(rq, t, code)
	}
	if !original.Settled.IsZero() {
		return w.Conclude(rq, t, codeTooLateToVoid)
	}
	gone := *original
	gone.Voided = true
	w.Put(&gone)
	return w.Conclude(rq, t, CodeApproved)
}

// orderID returns the order id of a payment, a new one where none is given.
func (rq *Request) orderID() string {
	if order := rq.Text("orderid"); strings.TrimSpace(order) != "" {
		return order
	}
	return NewOrderID()
}
