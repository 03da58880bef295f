package defects

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"qorcheck/harness/sandbox/internal/api"
)

// Messages about outcomes, and the webhooks that receive them.
var messageDefects = []Defect{
	{"message-lost", "sends no message about captures", "RH-MSG-1", also{"RH-MSG-12"}, on{"payment-capture"},
		losing("capture.*")},
	{"sale-message-absent", "sends no message about sales", "RH-MSG-5", also{"RH-MSG-14"}, on{"payment-sale-manual", "payment-refund"}, // it sends those about refunds, else no message of it would be received at all
		losing("sale.*")},
	{"error-message-absent", "sends no message about a payment that ends in an error", "RH-MSG-5", nil, on{"payment-sale-manual"},
		sending("*", func(_ *api.Server, m api.Message) []api.Message {
			if strings.Contains(string(m.Body), api.Reason(api.CodeSystem)) {
				return nil
			}
			return []api.Message{m}
		})},
	{"failure-message-absent", "sends no message when a capture fails later", "RH-MSG-1", also{"RH-MSG-12"}, on{"payment-capture"},
		losing("capture.declined")},
	{"message-late", "sends messages about voids three and a half seconds late", "RH-MSG-13", nil, on{"payment-void", "ach-void"},
		sendingLate("void.*", 3500*time.Millisecond)},
	{"message-of-other-id", "names another transaction in the message about a success", "RH-MSG-2", also{"RH-MSG-11"}, on{"payment-capture"},
		sending("*.approved", func(s *api.Server, m api.Message) []api.Message {
			other := sellUnheard(s)
			return []api.Message{reworded(m, func(body map[string]any) { body["transaction_id"] = other })}
		})},
	{"message-of-earlier-id", "names a sale of before the run in the message about a success", "RH-MSG-2", nil, on{"payment-capture"},
		remembering(namingEarlier)},
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
	{"refund-message-thrice", "sends the message about a refund three times, though it was acknowledged", "RH-MSG-20", nil, on{"payment-refund"},
		sending("refund.*", func(s *api.Server, m api.Message) []api.Message {
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
	{"error-message-thrice", "sends the message about an error three times, though it was acknowledged", "RH-MSG-20", nil, on{"payment-auth-token"},
		sending("auth.declined", func(s *api.Server, m api.Message) []api.Message {
			if t := transactionOf(s, m); t != nil && t.Code == "GW96" {
				s.SendAfter(50*time.Millisecond, m)
				s.SendAfter(100*time.Millisecond, m)
			}
			return []api.Message{m}
		})},
	{"repeat-message", "sends the message again about each repeat of a sale under an idempotency key", "RH-MSG-21", nil, on{"payment-sale-manual"},
		tellingRepeats("payment-sale-manual", "sale.approved")},
	{"repeated-void-message", "sends the message again about each repeat of a void under an idempotency key", "RH-MSG-21", nil, on{"payment-void"},
		tellingRepeats("payment-void", "void.approved")},
	{"repeated-decline-message", "sends the message again about each repeat of a declined capture under an idempotency key", "RH-MSG-21", nil, on{"payment-capture"},
		tellingRepeats("payment-capture", "capture.declined")},
	{"repeated-refund-message", "sends the message again about each repeat of a refund under an idempotency key", "RH-MSG-21", nil, on{"payment-refund"},
		tellingRepeats("payment-refund", "refund.approved")},
	{"repeated-cash-decline-message", "sends the message again about each repeat of a declined cash sale under an idempotency key", "RH-MSG-21", nil, on{"cash-sale"},
		tellingRepeats("cash-sale", "sale.declined")},
	{"decline-repeated-otherwise", "sends other bytes when the message about a declined debit is repeated", "RH-MSG-9", nil, on{"ach-sale"},
		sending("sale.declined", func(s *api.Server, m api.Message) []api.Message {
			s.Deliver(m, func(attempt func() bool) {
				if !attempt() {
					again := m
					again.Body = append(m.Body[:len(m.Body)-1:len(m.Body)-1], `,"attempt":2}`...)
					s.SendAfter(0, again)
				}
			})
			return nil
		})},
	{"message-with-other-pair", "sends the header pair of the first registration of a merchant to all of them", "RH-MSG-22", nil, on{"webhooks-create"},
		sending("sale.*", func(s *api.Server, m api.Message) []api.Message {
			for _, h := range s.State.Hooks {
				if h.Event == m.Hook.Event && h.Merchant == m.Hook.Merchant {
					bare := *m.Hook
					bare.HeaderKey, bare.HeaderValue = h.HeaderKey, h.HeaderValue
					return []api.Message{{Hook: &bare, Body: m.Body}}
				}
			}
			return []api.Message{m}
		})},
	{"message-with-pair-of-another", "sends a registration without a header pair that of another one", "RH-MSG-22", nil, on{"webhooks-create"},
		sending("*", func(s *api.Server, m api.Message) []api.Message {
			if m.Hook.HeaderKey != "" {
				return []api.Message{m}
			}
			for _, h := range s.State.Hooks {
				if h.Merchant == m.Hook.Merchant && h.HeaderKey != "" {
					signed := *m.Hook
					signed.HeaderKey, signed.HeaderValue = h.HeaderKey, h.HeaderValue
					return []api.Message{{Hook: &signed, Body: m.Body}}
				}
			}
			return []api.Message{m}
		})},
	{"message-of-other-merchant", "sends the messages about another merchant to what the main one has registered", "RH-MSG-14", nil, on{"webhooks-create"},
		after(all(is("payment-sale-manual"), keysOf("other_merchant"), saying("status", api.Approved)), func(x *exchange) {
			x.announce(api.MessageBody{Event: "sale.approved", TransactionID: fmt.Sprint(x.answer()["transaction_id"]), Success: true})
		})},
	{"capture-message-to-old", "sends the message about a capture to what was registered when it was authorized", "RH-MSG-14", nil, on{"webhooks-remove"},
		tellingOfOld()},
	{"message-as-text", "labels its messages text/plain", "RH-MSG-8", nil, on{"cash-sale", "payment-void"},
		labellingMessages("text/plain")},
	{"message-names-doubled", "has success twice in the message about a refund", "RH-MSG-8", nil, on{"payment-refund"},
		sending("refund.*", func(_ *api.Server, m api.Message) []api.Message {
			m.Body = append([]byte(`{"success":true,`), m.Body[1:]...)
			return []api.Message{m}
		})},
	{"message-of-rejected-capture", "sends a message about a malformed capture, by the id of its authorization", "RH-MSG-11", nil, on{"payment-capture"},
		tellingRejected(all(is("payment-capture"), answered(400)), "capture.declined")},
	{"message-of-keyless-void", "sends a message about a void without keys, by the id of what it was to void", "RH-MSG-11", nil, on{"payment-void"},
		tellingRejected(all(is("payment-void"), answered(401)), "void.declined")},
	{"message-of-forbidden-refund", "sends a message about a refund by keys that nobody has, by the id of the sale", "RH-MSG-11", nil, on{"payment-refund"},
		tellingRejected(all(is("payment-refund"), answered(403)), "refund.declined")},
	{"message-of-failed-sale", "sends a message about a sale that met an internal error", "RH-MSG-11", nil, on{"payment-sale-manual"},
		after(all(is("payment-sale-manual"), answered(500)), func(x *exchange) {
			x.announce(api.MessageBody{Event: "sale.declined", TransactionID: "310905000000000", Reason: api.Reason("GW96")})
		})},
	{"cash-contradicted", "sends a second message about cash that contradicts the first", "RH-MSG-10", nil, on{"cash-sale"},
		sending("sale.*", func(s *api.Server, m api.Message) []api.Message {
			if t := transactionOf(s, m); t == nil || t.PaymentType != "cash" {
				return []api.Message{m}
			}
			s.SendAfter(200*time.Millisecond, reworded(m, func(body map[string]any) { body["success"], body["reason"] = body["success"] != true, "corrected" }))
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
		sendingAlso(toOthers("*"))},
	{"voids-sent-to-others", "sends the messages about voids to what other merchants have registered too", "RH-MSG-14", nil, on{"webhooks-create"},
		sendingAlso(toOthers("void.*"))},
	{"failed-captures-sent-to-others", "sends the messages about declined captures to what other merchants have registered too", "RH-MSG-14", nil, on{"webhooks-create"},
		sendingAlso(toOthers("capture.declined"))},
	{"refunds-sent-to-others", "sends the messages about refunds to what other merchants have registered too", "RH-MSG-14", nil, on{"webhooks-create"},
		sendingAlso(toOthers("refund.*"))},
	{"failed-sales-sent-to-others", "sends the messages about declined sales to what other merchants have registered too", "RH-MSG-14", nil, on{"webhooks-create"},
		sendingAlso(toOthers("sale.declined"))},
	{"message-after-removal", "sends messages to a registration that was removed", "RH-MSG-14", nil, on{"webhooks-remove"},
		sendingToRemoved()},
	{"new-address-not-used", "sends messages to the old address after an update", "RH-MSG-14", also{"FL-HOOK-2"}, on{"webhooks-update"},
		overlooking("uri", "webhooks-update")},
	{"rejected-address-kept", "keeps the new address of a registration from an update that it rejects", "FL-HOOK-2", everything, on{"webhooks-update"},
		after(all(is("webhooks-update"), rejected, sends("uri", as("https://sink.example.test/rejected"))), func(x *exchange) {
			id, _ := x.data()["hook_id"].(string)
			x.server.View(func(s *api.State) {
				for _, hook := range s.Hooks {
					if hook.ID == id {
						hook.URI = "https://sink.example.test/rejected"
					}
				}
			})
		})},
	{"second-refund-untold", "sends no message about the second refund of a sale", "RH-MSG-23", nil, on{"payment-refund"},
		sending("refund.approved", func(s *api.Server, m api.Message) []api.Message {
			about := transactionOf(s, m)
			for _, t := range s.State.Transactions {
				if about != nil && t.Kind == api.Refund && t.Parent == about.Parent && t.ID != about.ID {
					return nil
				}
			}
			return []api.Message{m}
		})},
	{"new-pair-not-used", "sends the old header pair after an update", "RH-MSG-14", nil, on{"webhooks-update"},
		overlooking("header_value", "webhooks-update")},
	{"message-though-off", "sends messages to a registration that is switched off", Allowed, nil, on{"webhooks-update"},
		overlooking("active", "webhooks-update")},
	{"message-though-paused", "sends messages to a registration that is paused", Allowed, nil, on{"webhooks-update"},
		overlooking("run_pause", "webhooks-update")},
	{"credit-message", "sends the message of a refund about a credit", "RH-MSG-15", nil, on{"ach-credit"},
		after(all(is("ach-credit"), saying("status", "approved")), func(x *exchange) {
			x.announce(api.MessageBody{Event: "refund.approved", TransactionID: fmt.Sprint(x.answer()["transaction_id"]), Success: true})
		})},
	{"declined-refund-message-absent", "sends no message about a declined refund", "RH-MSG-12", nil, on{"payment-refund", "ach-refund"},
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

// tellingRejected sends a message about a rejected request by the id that it names, where
// something has that id.
func tellingRejected(when condition, event string) plant {
	return after(when, func(x *exchange) {
		id, known := x.text("transaction_id"), false
		x.server.View(func(s *api.State) { known = s.Transactions[id] != nil })
		if known {
			x.announce(api.MessageBody{Event: event, TransactionID: id, Reason: api.Reason("GW05")})
		}
	})
}

// tellingRepeats sends the message about each repeat of a request again that ended as the
// event says.
func tellingRepeats(operation, event string) plant {
	_, ending, _ := strings.Cut(event, ".")
	return remembering(func() plant {
		var mu sync.Mutex
		seen := map[string]bool{} // ids
		return after(all(is(operation), keyed, answered(200, 201), saying("status", ending)), func(x *exchange) {
			id, _ := x.answer()["transaction_id"].(string)
			if id == "" {
				return // nothing was stored
			}
			mu.Lock()
			again := seen[id]
			seen[id] = true
			mu.Unlock()
			if again {
				m := api.MessageBody{Event: event, TransactionID: id, Success: ending == api.Approved}
				if !m.Success {
					m.Reason = api.Reason("GW05")
				}
				x.announce(m)
			}
		})
	})
}

// tellingOfOld sends the messages about captures to what was registered for them when
// the payment was authorized.
func tellingOfOld() plant {
	return remembering(func() plant {
		before := map[string][]*api.Webhook{} // by the id of the authorization; the state is locked meanwhile
		return both(
			amending(func(w *api.Work, _ *api.Request) {
				for _, t := range w.Change.Transactions {
					before[t.ID] = slices.Clone(w.Hooks)
				}
			}, "payment-auth"),
			sendingAlso(func(s *api.Server, m api.Message) []*api.Webhook {
				t := transactionOf(s, m)
				if t == nil || t.Kind != api.Capture {
					return nil
				}
				return slices.DeleteFunc(slices.Clone(before[t.Parent]), func(h *api.Webhook) bool {
					return h.Event != m.Hook.Event || h.Merchant != m.Hook.Merchant || slices.ContainsFunc(s.State.Hooks, func(now *api.Webhook) bool { return now.ID == h.ID })
				})
			}),
		)
	})
}

// namingEarlier makes a sale when the first request comes, and names it in the messages
// about successes.
func namingEarlier() plant {
	var once sync.Once
	var earlier string
	return both(
		before(func(*exchange) bool { return true }, func(x *exchange) {
			once.Do(func() { x.server.Do(func(*api.Work) { earlier = sellUnheard(x.server) }) })
		}),
		sending("*.approved", func(_ *api.Server, m api.Message) []api.Message {
			return []api.Message{reworded(m, func(body map[string]any) { body["transaction_id"] = earlier })}
		}),
	)
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
