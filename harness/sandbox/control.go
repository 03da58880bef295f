package sandbox

import (
	"io"
	"net/http"
)

// settlePath is where the environment is told to settle a transaction. It lies
// outside the API, is no part of what is promised, and needs no keys.
const settlePath = "/control/settle"

// settle settles one transaction, at once: the body is {"transaction_id": "…"}.
// An authorization settles through its captures, cash not at all.
func (s *Server) settle(r *http.Request) answer {
	wrong := func(status int, code, message string) answer { return (&refusal{status, code, message}).answer() }
	if r.Method != http.MethodPost {
		return wrong(http.StatusNotFound, codeUnsupported, "settling is a POST")
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return wrong(http.StatusBadRequest, codeMalformed, "the body cannot be read to its end")
	}
	v, err := readJSON(text)
	if err != nil {
		return wrong(http.StatusBadRequest, codeMalformed, err.Error())
	}
	members, _ := v.(map[string]any)
	id, ok := members["transaction_id"].(string)
	if !ok {
		return wrong(http.StatusBadRequest, codeMalformed, "a transaction_id is due")
	}

	s.state.Lock()
	defer s.state.Unlock()
	if s.state.closed {
		return wrong(http.StatusInternalServerError, codeSystem, "the sandbox is closed")
	}
	t := s.state.transactions[id]
	if t == nil {
		return notFound("transaction")
	}
	w := &work{state: s.state, now: s.now()}
	t = w.final(t)
	code := codeApproved
	switch {
	case dead(t) != "":
		code = dead(t)
	case t.Kind == void, t.PaymentType == "cash":
		code = codeUnsupported
	case t.Kind != authorization:
		w.settleOne(t)
	default:
		some := false
		for _, id := range w.children[t.ID] {
			if c := w.final(w.state.transactions[id]); c.Kind == capture && c.counts() {
				w.settleOne(c)
				some = true
			}
		}
		if some {
			w.settleOne(t)
		} else {
			code = codeUnsupported
		}
	}
	s.finish(w)
	if code != codeApproved {
		return wrong(http.StatusBadRequest, code, "there is nothing to settle: "+reason(code))
	}
	return answer{http.StatusOK, plainBody{"ok", codeApproved, "the transaction has settled"}}
}

func (w *work) settleOne(t *transaction) {
	if !t.Settled.IsZero() {
		return
	}
	done := *t
	done.Settled = w.now
	w.put(&done)
}
