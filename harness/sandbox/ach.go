package sandbox

import (
	"net/http"
	"strings"
)

func (s *Server) transfers() map[string]service {
	return map[string]service{
		"ach-sale":   {handle: s.payByBank(sale), repeated: declineRepeated},
		"ach-credit": {handle: s.payByBank(refund), repeated: declineRepeated}, // lists call it a refund
		"ach-void":   {handle: modify(voidTransfer), repeated: declineRepeated},
		"ach-refund": {handle: modify(refundTransfer), repeated: declineRepeated, refunds: true},
	}
}

// bankFunds returns what payments may draw on with an account number. Only the
// accounts among the triggers are treated in a way of their own.
func (s *Server) bankFunds(number, kind string) funds {
	f := funds{Bank: kind, Code: codeApproved}
	triggers := s.fixtures.Triggers.ACH
	for _, trigger := range triggers.Refused {
		if number == trigger.Number {
			f.Code = accountCode(number)
		}
	}
	switch number {
	case triggers.Error.Number:
		f.Code = codeSystem
	case triggers.Internal.Number:
		f.Code = internalFault
	}
	return f
}

// accountCode reads the GW code out of a trigger's account number.
func accountCode(number string) string { return "GW" + number[len(number)-2:] }

// bankNumber tells whether a routing number has the check digit that every bank's
// has: three, seven and one times its digits add up to a multiple of ten.
func bankNumber(number string) bool {
	if len(number) != 9 {
		return false
	}
	sum := 0
	for i, weight := range []int{3, 7, 1, 3, 7, 1, 3, 7, 1} {
		if !isDigit(number[i]) {
			return false
		}
		sum += weight * int(number[i]-'0')
	}
	return sum%10 == 0
}

// payByBank moves money from or to a bank account.
func (s *Server) payByBank(k kind) func(*work, *request) answer {
	return func(w *work, rq *request) answer {
		number := rq.text("account_number")
		f := s.bankFunds(number, rq.text("account_type"))
		var by *token
		if isToken(number) {
			if by = w.token(rq.client, number); by == nil || by.Funds.Bank == "" {
				return notFound("token")
			}
			f = by.Funds
		}
		order := rq.orderID()
		if w.orderUsed(rq.merchant, order) {
			return declineUnstored(rq, codeDuplicateOrder)
		}
		if f.Code == internalFault {
			return internalError()
		}
		t := w.open(rq, k, "ach", order)
		t.Holder = rq.text("name_on_account")
		if by != nil {
			t.Profile = by.Profile
			w.use(by)
		}
		code := f.Code
		switch {
		case !payable(t.Amount):
			code = codeAmount
		case !bankNumber(rq.text("routing_number")):
			code = codeBank
		}
		return w.conclude(rq, t, code)
	}
}

func internalError() answer {
	return (&refusal{http.StatusInternalServerError, codeSystem, "an internal error occurred"}).answer()
}

// isTransfer tells whether a transaction moves money of its own between banks.
func isTransfer(t *transaction) bool { return t.PaymentType == "ach" && t.opens() }

// refundTransfer gives back a whole debit that has settled.
func refundTransfer(w *work, rq *request, original *transaction) answer {
	t := w.child(rq, original, refund)
	t.Amount = original.Amount
	if !isTransfer(original) || original.Kind != sale {
		return w.conclude(rq, t, codeUnsupported)
	}
	if code := dead(original); code != "" {
		return w.conclude(rq, t, code)
	}
	switch collected, left := w.refundable(original); {
	case collected == 0:
		return w.conclude(rq, t, codeVoidInstead)
	case left < collected:
		return w.conclude(rq, t, codeUndone)
	}
	return w.conclude(rq, t, codeApproved)
}

// voidTransfer cancels a debit or a credit that has not settled.
func voidTransfer(w *work, rq *request, original *transaction) answer {
	t := w.child(rq, original, void)
	t.Amount = original.Amount
	if !isTransfer(original) {
		return w.conclude(rq, t, codeUnsupported)
	}
	if code := dead(original); code != "" {
		return w.conclude(rq, t, code)
	}
	if !original.Settled.IsZero() {
		return w.conclude(rq, t, codeTooLateToVoid)
	}
	gone := *original
	gone.Voided = true
	w.put(&gone)
	return w.conclude(rq, t, codeApproved)
}

// orderID returns the order id of a payment, a new one where none is given.
func (rq *request) orderID() string {
	if order := rq.text("orderid"); strings.TrimSpace(order) != "" {
		return order
	}
	return newOrderID()
}
