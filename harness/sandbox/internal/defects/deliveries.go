package defects

import (
	"encoding/json"
	"path"
	"slices"
	"time"

	"qorcheck/harness/sandbox/internal/api"
)

// replacement returns the messages that are sent in place of one, itself included
// where it is sent too. The state is locked meanwhile.
type replacement = func(*api.Server, api.Message) []api.Message

// sending replaces each message of the events that match a pattern, as "void.*".
func sending(pattern string, replace replacement) plant {
	return func(p *planting) error {
		if _, err := path.Match(pattern, ""); err != nil {
			return err
		}
		p.options.Messages = append(p.options.Messages, func(s *api.Server, m api.Message) []api.Message {
			if matches, _ := path.Match(pattern, m.Hook.Event); !matches {
				return []api.Message{m}
			}
			return replace(s, m)
		})
		return nil
	}
}

// losing drops the messages of some events.
func losing(pattern string) plant {
	return sending(pattern, func(*api.Server, api.Message) []api.Message { return nil })
}

// rewording changes what the messages of some events say.
func rewording(pattern string, edit func(message map[string]any)) plant {
	return sending(pattern, func(_ *api.Server, m api.Message) []api.Message {
		return []api.Message{reworded(m, edit)}
	})
}

// rewordingLateFailures changes the messages that a capture, which was approved, has failed.
func rewordingLateFailures(edit func(message map[string]any)) plant {
	return sending("capture.declined", func(s *api.Server, m api.Message) []api.Message {
		late := api.TriggerCode(s.Fixtures.Triggers.Card.CaptureFailsLater.Card)
		if t := transactionOf(s, m); t != nil && t.Kind == api.Capture && t.Code == late {
			m = reworded(m, edit)
		}
		return []api.Message{m}
	})
}

// transactionOf returns the transaction that a message is about, nil for none.
func transactionOf(s *api.Server, m api.Message) *api.Transaction {
	var body api.MessageBody
	if err := json.Unmarshal(m.Body, &body); err != nil {
		return nil
	}
	return s.State.Transactions[body.TransactionID]
}

func reworded(m api.Message, edit func(message map[string]any)) api.Message {
	var body map[string]any
	if json.Unmarshal(m.Body, &body) == nil {
		edit(body)
		m.Body = api.EncodeJSON(body)
	}
	return m
}

// sendingAlso sends each message to more registrations than its own.
func sendingAlso(more func(*api.Server, api.Message) []*api.Webhook) plant {
	return sending("*", func(s *api.Server, m api.Message) []api.Message {
		list := []api.Message{m}
		for _, h := range more(s, m) {
			list = append(list, api.Message{Hook: h, Body: m.Body})
		}
		return list
	})
}

// toOthers lists the registrations of other merchants for the event of a message, where it
// matches a pattern.
func toOthers(pattern string) func(*api.Server, api.Message) []*api.Webhook {
	return func(s *api.Server, m api.Message) []*api.Webhook {
		if matches, _ := path.Match(pattern, m.Hook.Event); !matches {
			return nil
		}
		return slices.DeleteFunc(slices.Clone(s.State.Hooks), func(h *api.Webhook) bool { return h.Event != m.Hook.Event || h.Merchant == m.Hook.Merchant })
	}
}

// delivering delivers messages in a way of its own. Attempt sends the message once and
// reports whether it was acknowledged.
func delivering(deliver func(s *api.Server, m api.Message, attempt func() bool)) plant {
	return sending("*", func(s *api.Server, m api.Message) []api.Message {
		s.Deliver(m, func(attempt func() bool) { deliver(s, m, attempt) })
		return nil
	})
}

// sendingLate sends the messages of some events when some time has passed.
func sendingLate(pattern string, after time.Duration) plant {
	return sending(pattern, func(s *api.Server, m api.Message) []api.Message {
		s.SendAfter(after, m)
		return nil
	})
}

// labellingMessages gives messages another media type.
func labellingMessages(mediaType string) plant {
	return sending("*", func(_ *api.Server, m api.Message) []api.Message {
		m.MediaType = mediaType
		return []api.Message{m}
	})
}

// announce sends a message to each registration for its event, whoever's it is.
func (x *exchange) announce(body api.MessageBody) {
	x.server.Do(func(w *api.Work) {
		for _, h := range w.Hooks {
			if h.Event == body.Event {
				w.Messages = append(w.Messages, api.Message{Hook: h, Body: api.EncodeJSON(body)})
			}
		}
	})
}
