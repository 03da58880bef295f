package defects

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"qorcheck/harness/sandbox/internal/api"
)

// What is told later, and to whom.
var messageMutants = []Mutant{
	{"message-lost", "sends no message about captures", "RH-MSG-1", also{"RH-MSG-12"}, on{"payment-capture"},
		telling(loses("capture."))},
	{"sale-not-told", "sends no message about sales", "RH-MSG-5", nil, on{"payment-sale-manual", "payment-refund"}, // of refunds it tells, or it would be a target that nobody hears
		telling(loses("sale."))},
	{"error-not-told", "sends no message about a payment that ends in an error", "RH-MSG-5", nil, on{"payment-sale-manual"},
		telling(func(_ *api.Server, m api.Message) []api.Message {
			if strings.Contains(string(m.Body), "a system error") {
				return nil
			}
			return []api.Message{m}
		})},
	{"failure-not-told", "sends no message when a capture fails later", "RH-MSG-1", also{"RH-MSG-12"}, on{"payment-capture"},
		telling(loses("capture.declined"))},
	{"message-late", "sends messages about voids two and a half seconds late", "RH-MSG-13", nil, on{"payment-void", "ach-void"},
		telling(func(s *api.Server, m api.Message) []api.Message {
			if !strings.HasPrefix(m.Hook.Event, "void.") {
				return []api.Message{m}
			}
			s.Courier.After(2500*time.Millisecond, func() { s.Courier.Send(m) })
			return nil
		})},
	{"message-of-other-id", "names another transaction in the message about a success", "RH-MSG-2", nil, on{"payment-capture"},
		telling(func(s *api.Server, m api.Message) []api.Message {
			other := sellUnheard(s)
			return rewords(".approved", func(news map[string]any) { news["transaction_id"] = other })(s, m)
		})},
	{"message-of-no-id", "names a transaction in the message that does not exist", "RH-MSG-2", also{"RH-MSG-11", "RH-MSG-12"}, on{"payment-capture"},
		telling(rewords("", func(m map[string]any) { m["transaction_id"] = "310905000000000" }))},
	{"success-after-failure", "says success true in the message about a failure", "RH-MSG-3", also{"RH-MSG-6", "RH-MSG-8", "RH-MSG-12"}, on{"payment-capture"},
		telling(rewords(".declined", func(m map[string]any) { m["success"] = true; delete(m, "reason") }))},
	{"success-as-text", "says success \"false\", a text, when a capture fails later", "RH-MSG-3", nil, on{"payment-capture"},
		telling(rewordsLater(func(m map[string]any) { m["success"] = "false" }))},
	{"message-reason-absent", "leaves the reason out when a capture fails later", "RH-MSG-6", nil, on{"payment-capture"},
		telling(rewordsLater(func(m map[string]any) { delete(m, "reason") }))},
	{"message-reason-blank", "gives a blank reason in the message about a failure", "RH-MSG-6", also{"RH-MSG-12", "RH-MSG-8"}, on{"payment-capture"},
		telling(rewords(".declined", func(m map[string]any) { m["reason"] = "  " }))},
	{"message-reason-on-success", "gives a reason in the message about a success", "RH-MSG-6", also{"RH-MSG-8"}, on{"payment-capture"},
		telling(rewords(".approved", func(m map[string]any) { m["reason"] = "none" }))},
	{"message-event-absent", "leaves the event out of the message about a success", "RH-MSG-8", nil, on{"payment-capture"},
		telling(rewords(".approved", func(m map[string]any) { delete(m, "event") }))},
	{"message-without-pair", "sends messages about successes without the header pair of the registration", "RH-MSG-7", nil, on{"payment-capture"},
		telling(func(_ *api.Server, m api.Message) []api.Message {
			if !strings.HasSuffix(m.Hook.Event, ".approved") {
				return []api.Message{m}
			}
			bare := *m.Hook
			bare.HeaderKey = ""
			return []api.Message{{Hook: &bare, Body: m.Body}}
		})},
	{"message-not-repeated", "sends a message once, even when it is not acknowledged", "RH-MSG-9", nil, on{"payment-capture"},
		telling(func(s *api.Server, m api.Message) []api.Message {
			s.Courier.Work.Go(func() { s.Courier.Attempt(m) })
			return nil
		})},
	{"message-repeated-otherwise", "sends other bytes when a message is repeated", "RH-MSG-9", nil, on{"payment-capture"},
		telling(func(s *api.Server, m api.Message) []api.Message {
			s.Courier.Work.Go(func() {
				if !s.Courier.Attempt(m) {
					m.Body = append(m.Body[:len(m.Body)-1:len(m.Body)-1], `,"attempt":2}`...)
					s.Courier.Send(m)
				}
			})
			return nil
		})},
	{"message-repeated-for-long", "sends a message that is not acknowledged ten times", "RH-MSG-9", nil, on{"payment-capture"},
		telling(func(s *api.Server, m api.Message) []api.Message {
			s.Courier.Work.Go(func() {
				for attempts := 0; attempts < 10 && !s.Courier.Attempt(m); attempts++ {
					time.Sleep(20 * time.Millisecond)
				}
			})
			return nil
		})},
	{"message-to-one-address", "sends a message to the first address that is registered for its event", "RH-MSG-9", also{"RH-MSG-14"}, on{"payment-sale-manual", "payment-capture"},
		telling(func(s *api.Server, m api.Message) []api.Message {
			for _, h := range s.State.Hooks {
				if h.Event == m.Hook.Event && h.Merchant == m.Hook.Merchant && h.ID != m.Hook.ID {
					return nil
				} else if h.ID == m.Hook.ID {
					break
				}
			}
			return []api.Message{m}
		})},
	{"message-to-other-merchant", "sends the messages about a merchant to what other merchants have registered too", "RH-MSG-14", nil, on{"webhooks-create"},
		telling(func(s *api.Server, m api.Message) []api.Message {
			list := []api.Message{m}
			for _, h := range s.State.Hooks {
				if h.Event == m.Hook.Event && h.Merchant != m.Hook.Merchant {
					list = append(list, api.Message{Hook: h, Body: m.Body})
				}
			}
			return list
		})},
	{"message-after-removal", "sends messages to a registration that was removed", "RH-MSG-14", nil, on{"webhooks-remove"},
		remembering()},
	{"new-address-not-used", "sends messages to the old address after an update", "RH-MSG-14", also{"FL-HOOK-2"}, on{"webhooks-update"},
		replacing(overlooks("uri"), "webhooks-update")},
	{"new-pair-not-used", "sends the old header pair after an update", "RH-MSG-14", nil, on{"webhooks-update"},
		replacing(overlooks("header_value"), "webhooks-update")},
	{"message-though-off", "sends messages to a registration that is switched off", "RH-MSG-14", nil, on{"webhooks-update"},
		replacing(overlooks("active"), "webhooks-update")},
	{"message-though-paused", "sends messages to a registration that is paused", "RH-MSG-14", nil, on{"webhooks-update"},
		replacing(overlooks("run_pause"), "webhooks-update")},
	{"credit-told", "tells of a credit as of a refund", "RH-MSG-15", nil, on{"ach-credit"},
		after(all(is("ach-credit"), told("status", "approved")), func(x *exchange) {
			x.announceAs(api.MessageBody{Event: "refund.approved", TransactionID: fmt.Sprint(x.answer()["transaction_id"]), Success: true})
		})},
	{"declined-refund-not-told", "sends no message about a declined refund", "RH-MSG-12", nil, on{"payment-refund", "ach-refund"},
		telling(loses("refund.declined"))},
	{"declined-void-without-reason", "gives a blank reason in the message about a declined void", "RH-MSG-12", nil, on{"payment-void", "ach-void"},
		telling(rewords("void.declined", func(m map[string]any) { m["reason"] = " " }))},
	{"failure-contradicted", "says that a capture succeeded after it said that it failed", "RH-MSG-10", also{"RH-MSG-3", "RH-MSG-6", "RH-MSG-12"}, on{"payment-capture"},
		telling(func(_ *api.Server, m api.Message) []api.Message {
			if m.Hook.Event != "capture.declined" {
				return []api.Message{m}
			}
			return []api.Message{m, reworded(m, func(news map[string]any) { news["success"] = true; delete(news, "reason") })}
		})},
	{"message-contradicted", "sends a second message about a void that contradicts the first", "RH-MSG-10", nil, on{"payment-void"},
		telling(func(s *api.Server, m api.Message) []api.Message {
			if strings.HasPrefix(m.Hook.Event, "void.") {
				twin := reworded(m, func(news map[string]any) { news["success"], news["reason"] = false, "the acquirer declined" })
				s.Courier.After(300*time.Millisecond, func() { s.Courier.Send(twin) })
			}
			return []api.Message{m}
		})},
	{"message-for-rejected", "sends a message for a request that it rejects", "RH-MSG-11", nil, on{"payment-capture"},
		after(all(is("payment-capture"), answered(400)), func(x *exchange) {
			x.announce("capture.declined", x.text("transaction_id"))
		})},
}

// loses drops the messages of events that begin so.
func loses(event string) func(*api.Server, api.Message) []api.Message {
	return func(_ *api.Server, m api.Message) []api.Message {
		if strings.HasPrefix(m.Hook.Event, event) {
			return nil
		}
		return []api.Message{m}
	}
}

// rewords changes the messages of events that end so.
func rewords(event string, edit func(map[string]any)) func(*api.Server, api.Message) []api.Message {
	return func(_ *api.Server, m api.Message) []api.Message {
		if strings.HasSuffix(m.Hook.Event, event) {
			m = reworded(m, edit)
		}
		return []api.Message{m}
	}
}

// rewordsLater changes the messages that a capture, which was approved, has failed.
func rewordsLater(edit func(map[string]any)) func(*api.Server, api.Message) []api.Message {
	return func(s *api.Server, m api.Message) []api.Message {
		var news api.MessageBody
		if err := json.Unmarshal(m.Body, &news); err != nil {
			return []api.Message{m}
		}
		if t := s.State.Transactions[news.TransactionID]; t != nil && t.Kind == api.Capture && t.Code == api.TriggerCode(s.Fixtures.Triggers.Card.CaptureFailsLater.Number) {
			return rewords(".declined", edit)(s, m)
		}
		return []api.Message{m}
	}
}

func reworded(m api.Message, edit func(map[string]any)) api.Message {
	var news map[string]any
	if json.Unmarshal(m.Body, &news) == nil {
		edit(news)
		m.Body = api.EncodeJSON(news)
	}
	return m
}

// announce tells whoever listens for an event of a failure that nothing stands behind.
func (x *exchange) announce(event, id string) {
	if id != "" {
		x.announceAs(api.MessageBody{Event: event, TransactionID: id, Reason: api.Reason("GW05")})
	}
}

// announceAs sends a message to whoever listens for its event.
func (x *exchange) announceAs(news api.MessageBody) {
	s := x.server
	s.State.RLock()
	defer s.State.RUnlock()
	if s.State.Closed {
		return
	}
	for _, h := range s.State.Hooks {
		if h.Event == news.Event {
			s.Courier.Send(api.Message{Hook: h, Body: api.EncodeJSON(news)})
		}
	}
}

// overlooks leaves a field of a request out of what is done.
func overlooks(field string) func(*api.Work, *api.Request, api.Handler) api.Answer {
	return func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
		delete(rq.Data, field)
		return next(w, rq)
	}
}

// remembering sends what a registration is told to those of the event that were removed, too.
func remembering() defect {
	return func(p *planting) error {
		var removed []*api.Hook // the state is locked while one is removed and while news are made
		return both(
			replacing(func(w *api.Work, rq *api.Request, next api.Handler) api.Answer {
				for _, h := range w.Hooks {
					if h.ID == rq.Path["hook_id"] {
						removed = append(removed, h)
					}
				}
				return next(w, rq)
			}, "webhooks-remove"),
			telling(func(_ *api.Server, m api.Message) []api.Message {
				list := []api.Message{m}
				for _, h := range removed {
					if h.Event == m.Hook.Event && h.Merchant == m.Hook.Merchant {
						list = append(list, api.Message{Hook: h, Body: m.Body})
					}
				}
				return list
			}),
		)(p)
	}
}

// sellUnheard stores a sale of which nobody is told and returns its id. The state
// is locked while news are made.
func sellUnheard(s *api.Server) string {
	w := &api.Work{State: s.State, Now: s.Now()}
	rq := &api.Request{Client: s.Clients[s.Fixtures.Credentials["valid"]], Merchant: s.Fixtures.Merchants["main"], Data: map[string]any{"amount": "1.00"}}
	t := w.Open(rq, api.Sale, "cc", api.NewOrderID())
	w.Conclude(rq, t, api.CodeApproved)
	s.State.Commit(w.Change)
	return t.ID
}
