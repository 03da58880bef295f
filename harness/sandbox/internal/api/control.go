package api

import (
	"io"
	"net/http"

	"qorcheck/harness/sandbox/internal/strict"
)

// SettlePath is the control endpoint that settles a transaction. It lies
// outside the API, is no part of what is promised, and needs no keys.
const SettlePath = "/control/settle"

// settle settles one transaction, at once: the body is {"transaction_id": "…"}.
// An authorization settles through its captures, cash not at all.
func (s *Server) settle(r *http.Request) Response {
	wrong := func(status int, code, message string) Response { return (&refusal{status, code, message}).response() }
	if r.Method != http.MethodPost {
		return wrong(http.StatusNotFound, CodeUnsupported, "settling is a POST")
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, strict.MaxBody))
	if err != nil {
		return wrong(http.StatusBadRequest, CodeMalformed, "the body cannot be read to its end")
	}
	v, err := strict.ReadJSON(text)
	if err != nil {
		return wrong(http.StatusBadRequest, CodeMalformed, err.Error())
	}
	members, _ := v.(map[string]any)
	id, ok := members["transaction_id"].(string)
	if !ok {
		return wrong(http.StatusBadRequest, CodeMalformed, "transaction_id is missing")
	}

	s.State.Lock()
	defer s.State.Unlock()
	if s.State.closed {
		return wrong(http.StatusInternalServerError, CodeSystem, "the sandbox is closed")
	}
	t := s.State.Transactions[id]
	if t == nil {
		return notFound("transaction")
	}
	w := &Work{State: s.State, Now: s.now()}
	t = w.final(t)
	code := CodeApproved
	switch {
	case Dead(t) != "":
		code = Dead(t)
	case t.Kind == Void, t.PaymentType == "cash":
		code = CodeUnsupported
	case t.Kind != Authorization:
		w.settleOne(t)
	default:
		some := false
		for _, id := range w.Children[t.ID] {
			if c := w.final(w.State.Transactions[id]); c.Kind == Capture && c.counts() {
				w.settleOne(c)
				some = true
			}
		}
		if some {
			w.settleOne(t)
		} else {
			code = CodeUnsupported
		}
	}
	s.finish(w)
	if code != CodeApproved {
		return wrong(http.StatusBadRequest, code, "there is nothing to settle: "+Reason(code))
	}
	return Response{http.StatusOK, StatusBody{"ok", CodeApproved, "the transaction has settled"}}
}

func (w *Work) settleOne(t *Transaction) {
	if !t.Settled.IsZero() {
		return
	}
	done := *t
	done.Settled = w.Now
	w.Put(&done)
}
