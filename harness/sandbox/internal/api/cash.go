package api

func (s *Server) cash() map[string]service {
	return map[string]service{
		"cash-sale": {handle: payInCash, repeated: declineRepeated, outside: true},
	}
}

// payInCash records a sale that was paid in cash.
func payInCash(w *Work, rq *Request) Response {
	order, ended := w.takeOrder(rq, CodeApproved)
	if ended != nil {
		return *ended
	}
	t := w.Open(rq, Sale, "cash", order)
	if !payable(t.Amount) {
		return w.Conclude(rq, t, CodeAmount)
	}
	return w.Conclude(rq, t, CodeApproved)
}
