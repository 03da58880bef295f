package api

func (s *Server) cash() map[string]service {
	return map[string]service{
		"cash-sale": {handle: s.payInCash, repeated: declineRepeated, outside: true},
	}
}

// payInCash records a sale that was paid in cash. Only the amounts among the triggers
// are treated specially.
func (s *Server) payInCash(w *Work, rq *Request) Response {
	amount, _ := ParseAmount(rq.Text("amount"))
	code := s.Fixtures.Triggers.Cash.code(amount.String(), centsCode)
	order, ended := w.takeOrder(rq, code)
	if ended != nil {
		return *ended
	}
	t := w.Open(rq, Sale, "cash", order)
	if !payable(t.Amount) {
		return w.Conclude(rq, t, CodeAmount)
	}
	return w.Conclude(rq, t, code)
}

// centsCode reads the GW code out of a trigger's amount.
func centsCode(amount string) string { return "GW" + amount[len(amount)-2:] }
