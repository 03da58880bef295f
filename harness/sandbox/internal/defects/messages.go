package defects

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"qorcheck/harness/sandbox/internal/api"
)

// Messages about outcomes, and the webhooks that receive them.
var messageDefects = []Defect{
	{"message-lost", "sends no message about captures", "RH-MSG-1", also{"RH-MSG-12"}, on{"payment-capture"},
		losing("capture.*")},
	{"sale-not-told", "sends no message about sales", "RH-MSG-5", nil, on{"payment-sale-manual", "payment-refund"}, // it sends those about refunds, else no message of it would be received at all
		losing("sale.*")},
	{"error-not-told", "sends no message about a payment that ends in an error", "RH-MSG-5", nil, on{"payment-sale-manual"},
		sending("*", func(_ *api.Server, m api.Message) []api.Message {
			if strings.Contains(string(m.Body), api.Reason(api.CodeSystem)) {
				return nil
			}
			return []api.Message{m}
		})},
	{"failure-not-told", "sends no message when a capture fails later", "RH-MSG-1", also{"RH-MSG-12"}, on{"payment-capture"},
		losing("capture.declined")},
	{"message-late", "sends messages about voids two and a half seconds late", "RH-MSG-13", nil, on{"payment-void", "ach-void"},
		sendingLate("void.*", 2500*time.Millisecond)},
	{"message-of-other-id", "names another transaction in the message about a success", "RH-MSG-2", nil, on{"payment-capture"},
		sending("*.approved", func(s *api.Server, m api.Message) []api.Message {
			other := sellUnheard(s)
			return []api.Message{reworded(m, func(body map[string]any) { body["transaction_id"] = other })}
		})},
	{"message-of-no-id", "names a transaction in the message that does not exist", "RH-MSG-2", also{"RH-MSG-11", "RH-MSG-12", "RH-MSG-18"}, on{"payment-capture"},
		rewording("*", func(m map[string]any) { m["transaction_id"] = "310905000000000" })},
	{"success-after-failure", "says success true in the message about a failure", "RH-MSG-3", also{"RH-MSG-6", "RH-MSG-8", "RH-MSG-12", "RH-MSG-18"}, on{"payment-capture"},
		rewording("*.declined", func(m map[string]any) { m["success"] = true; delete(m, "reason") })},
	{"success-as-text", "says success \"false\", a text, when a capture fails later", "RH-MSG-3", nil, on{"payment-capture"},
		rewordingLateFailures(func(m map[string]any) { m["success"] = "false" })},
	{"message-reason-absent", "leaves the reason out when a capture fails later", "RH-MSG-6", nil, on{"payment-capture"},
		rewordingLateFailures(func(m map[string]any) { delete(m, "reason") })},
	{"message-reason-blank", "gives a blank reason in the message about a failure", "RH-MSG-6", also{"RH-MSG-12", "RH-MSG-18", "RH-MSG-8"}, on{"payment-capture"},
		rewording("*.declined", func(m map[string]any) { m["reason"] = "  " })},
	{"message-reason-on-success", "gives a reason in the message about a success", "RH-MSG-8", nil, on{"payment-capture"},
		rewording("*.approved", func(m map[string]any) { m["reason"] = "none" })},
	{"card-number-in-message", "repeats the card number in the message about a sale", "RH-ALL-3", nil, on{"payment-sale-manual"},
		sending("sale.approved", func(s *api.Server, m api.Message) []api.Message {
			return []api.Message{reworded(m, func(body map[string]any) { body["card"] = s.Fixtures.Triggers.Card.Approved.Card })}
		})},
	{"message-event-absent", "leaves the event out of the message about a success", "RH-MSG-8", nil, on{"payment-capture"},
		rewording("*.approved", func(m map[string]any) { delete(m, "event") })},
	{"message-without-pair", "sends messages about successes without the header pair of the registration", "RH-MSG-7", nil, on{"payment-capture"},
		sending("*.approved", func(_ *api.Server, m api.Message) []api.Message {
			bare := *m.Hook
			bare.HeaderKey = ""
			return []api.Message{{Hook: &bare, Body: m.Body}}
		})},
	{"message-not-repeated", "sends a message once, even when it is not acknowledged", "RH-MSG-9", nil, on{"payment-capture"},
		delivering(func(_ *api.Server, _ api.Message, attempt func() bool) { attempt() })},
	{"message-repeated-otherwise", "sends other bytes when a message is repeated", "RH-MSG-9", nil, on{"payment-capture"},
		delivering(func(s *api.Server, m api.Message, attempt func() bool) {
			if !attempt() {
				m.Body = append(m.Body[:len(m.Body)-1:len(m.Body)-1], `,"attempt":2}`...)
				s.SendAfter(0, m)
			}
		})},
	{"message-repeated-for-long", "sends a message that is not acknowledged ten times", "RH-MSG-9", nil, on{"payment-capture"},
		delivering(func(_ *api.Server, _ api.Message, attempt func() bool) {
			for attempts := 0; attempts < 10 && !attempt(); attempts++ {
				time.Sleep(20 * time.Millisecond)
			}
		})},
	{"message-thrice", "sends a message that was acknowledged three times", "RH-MSG-20", nil, on{"payment-void"},
		sending("void.*", func(s *api.Server, m api.Message) []api.Message {
			s.SendAfter(50*time.Millisecond, m)
			s.SendAfter(100*time.Millisecond, m)
			return []api.Message{m}
		})},
	{"message-often-for-cash", "sends a message about cash four times, whatever it is answered", "RH-MSG-20", nil, on{"cash-sale"},
		sending("sale.*", func(s *api.Server, m api.Message) []api.Message {
			if t := transactionOf(s, m); t != nil && t.PaymentType == "cash" {
				return []api.Message{m, m, m, m}
			}
			return []api.Message{m}
		})},
	{"message-to-one-address", "sends a message to the first address that is registered for its event", "RH-MSG-14", also{"RH-MSG-9"}, on{"webhooks-update", "payment-capture"},
		sending("*", func(s *api.Server, m api.Message) []api.Message {
			first := slices.IndexFunc(s.State.Hooks, func(h *api.Webhook) bool { return h.Event == m.Hook.Event && h.Merchant == m.Hook.Merchant })
			if first >= 0 && s.State.Hooks[first].ID != m.Hook.ID {
				return nil
			}
			return []api.Message{m}
		})},
	{"message-to-other-merchant", "sends the messages about a merchant to what other merchants have registered too", "RH-MSG-14", nil, on{"webhooks-create"},
		sendingAlso(func(s *api.Server, m api.Message) []*api.Webhook {
			return slices.DeleteFunc(slices.Clone(s.State.Hooks), func(h *api.Webhook) bool { return h.Event != m.Hook.Event || h.Merchant == m.Hook.Merchant })
		})},
	{"message-after-removal", "sends messages to a registration that was removed", "RH-MSG-14", nil, on{"webhooks-remove"},
		sendingToRemoved()},
	{"new-address-not-used", "sends messages to the old address after an update", "RH-MSG-14", also{"FL-HOOK-2"}, on{"webhooks-update"},
		overlooking("uri", "webhooks-update")},
	{"new-pair-not-used", "sends the old header pair after an update", "RH-MSG-14", nil, on{"webhooks-update"},
		overlooking("header_value", "webhooks-update")},
	{"message-though-off", "sends messages to a registration that is switched off", "RH-MSG-19", nil, on{"webhooks-update"},
		overlooking("active", "webhooks-update")},
	{"message-though-paused", "sends messages to a registration that is paused", "RH-MSG-19", nil, on{"webhooks-update"},
		overlooking("run_pause", "webhooks-update")},
	{"credit-told", "sends the message of a refund about a credit", "RH-MSG-15", nil, on{"ach-credit"},
		after(all(is("ach-credit"), saying("status", "approved")), func(x *exchange) {
			x.announce(api.MessageBody{Event: "refund.approved", TransactionID: fmt.Sprint(x.answer()["transaction_id"]), Success: true})
		})},
	{"declined-refund-not-told", "sends no message about a declined refund", "RH-MSG-12", nil, on{"payment-refund", "ach-refund"},
		losing("refund.declined")},
	{"declined-void-without-reason", "gives a blank reason in the message about a declined void", "RH-MSG-12", nil, on{"payment-void", "ach-void"},
		rewording("void.declined", func(m map[string]any) { m["reason"] = " " })},
	{"declined-void-misnamed", "calls the message about a declined void one about a success", "RH-MSG-18", nil, on{"payment-void", "ach-void"},
		rewording("void.declined", func(m map[string]any) { m["event"] = "void.approved" })},
	{"failure-contradicted", "says that a capture succeeded after it said that it failed", "RH-MSG-10", also{"RH-MSG-3", "RH-MSG-6", "RH-MSG-12", "RH-MSG-18"}, on{"payment-capture"},
		sending("capture.declined", func(_ *api.Server, m api.Message) []api.Message {
			return []api.Message{m, reworded(m, func(body map[string]any) { body["success"] = true; delete(body, "reason") })}
		})},
	{"message-contradicted", "sends a second message about a void that contradicts the first", "RH-MSG-10", nil, on{"payment-void"},
		sending("void.*", func(s *api.Server, m api.Message) []api.Message {
			s.SendAfter(300*time.Millisecond, reworded(m, func(body map[string]any) { body["success"], body["reason"] = false, "the acquirer declined" }))
			return []api.Message{m}
		})},
	{"message-for-rejected", "sends a message for a request that it rejects", "RH-MSG-11", nil, on{"payment-capture"},
		after(all(is("payment-capture"), answered(400)), func(x *exchange) {
			if id := x.text("transaction_id"); id != "" {
				x.announce(api.MessageBody{Event: "capture.declined", TransactionID: id, Reason: api.Reason("GW05")})
			}
		})},
}

// sendingToRemoved sends messages also to registrations for their event that were removed.
func sendingToRemoved() plant {
	return remembering(func() plant {
		var removed []*api.Webhook // the state is locked while one is removed and while messages are made
		return both(
			misreading(func(w *api.Work, rq *api.Request) {
				for _, h := range w.Hooks {
					if h.ID == rq.Path["hook_id"] {
						removed = append(removed, h)
					}
				}
			}, "webhooks-remove"),
			sendingAlso(func(_ *api.Server, m api.Message) []*api.Webhook {
				return slices.DeleteFunc(slices.Clone(removed), func(h *api.Webhook) bool { return h.Event != m.Hook.Event || h.Merchant != m.Hook.Merchant })
			}),
		)
	})
}

// sellUnheard stores a sale without a message and returns its id. The state is
// locked while messages are made.
func sellUnheard(s *api.Server) string {
	w := s.NewWork()
	rq := &api.Request{Merchant: s.Fixtures.Merchants["main"], Data: map[string]any{"amount": "1.00"}}
	t := w.Open(rq, api.Sale, "cc", api.NewOrderID())
	w.Conclude(rq, t, api.CodeApproved)
	s.State.Commit(w.Change)
	return t.ID
}
