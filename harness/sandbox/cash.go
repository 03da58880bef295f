package sandbox

func (s *Server) cash() map[string]service {
	return map[string]service{
		"cash-sale": {handle: payInCash, repeated: declineRepeated, outside: true},
	}
}

// payInCash records a sale that was paid in cash.
func payInCash(w *work, rq *request) answer {
	order := rq.orderID()
	if w.orderUsed(rq.merchant, order) {
		return declineUnstored(rq, codeDuplicateOrder)
	}
	t := w.open(rq, sale, "cash", order)
	if !payable(t.Amount) {
		return w.conclude(rq, t, codeAmount)
	}
	return w.conclude(rq, t, codeApproved)
}
