package defects

import (
	"encoding/json"
	"unicode/utf8"

	"qorcheck/harness/sandbox/internal/api"
)

// alteration changes a request before the server has worked, or the answer afterwards.
type alteration = func(*exchange)

// before alters requests that meet a condition.
func before(when condition, alterations ...alteration) plant {
	return func(p *planting) error {
		p.before = append(p.before, inOrder(when, alterations))
		return nil
	}
}

// after alters the answers of exchanges that meet a condition.
func after(when condition, alterations ...alteration) plant {
	return func(p *planting) error {
		p.after = append(p.after, inOrder(when, alterations))
		return nil
	}
}

func inOrder(when condition, alterations []alteration) alteration {
	return func(x *exchange) {
		if when(x) {
			for _, alter := range alterations {
				alter(x)
			}
		}
	}
}

// reads takes one text in a field of a request for another, in some operations or in all.
func reads(field, sent, read string, operations ...string) plant {
	when := sends(field, as(sent))
	if len(operations) > 0 {
		when = all(is(operations...), when)
	}
	return before(when, corrects(field, read))
}

// letsOthers lets another merchant use an operation as if it were the main one.
func letsOthers(operation string) plant {
	return before(all(is(operation), keysOf("other_merchant")), withKeys("valid"), asMerchant("main"))
}

// answers answers in place of the sandbox, or of what it answered.
func answers(status int, body string) alteration {
	return func(x *exchange) { x.status, x.body = status, []byte(body) }
}

// refuses answers with an error.
func refuses(status int, code, message string) alteration {
	return answers(status, string(api.EncodeJSON(api.StatusBody{Status: "error", Code: code, Message: message})))
}

// declines answers as if nothing of a payment were kept.
func declines(code string) alteration {
	return answers(200, string(api.EncodeJSON(api.DeclineUnstored(&api.Request{}, code).Body)))
}

// status changes the status alone.
func status(code int) alteration { return func(x *exchange) { x.status = code } }

// labels changes the media type alone; "" takes it away.
func labels(mediaType string) alteration {
	return func(x *exchange) {
		x.header["Content-Type"] = nil
		if mediaType != "" {
			x.header.Set("Content-Type", mediaType)
		}
	}
}

// says sets a field of the answer.
func says(field string, value any) alteration {
	return edits(func(m map[string]any) { m[field] = value })
}

// omits takes a field out of the answer.
func omits(field string) alteration {
	return edits(func(m map[string]any) { delete(m, field) })
}

// renames gives a field of the answer another name.
func renames(from, to string) alteration {
	return edits(func(m map[string]any) {
		if value, there := m[from]; there {
			delete(m, from)
			m[to] = value
		}
	})
}

// edits changes the members of the answer, where it is an object.
func edits(edit func(members map[string]any)) alteration {
	return func(x *exchange) {
		if m := x.answer(); m != nil {
			edit(m)
			x.body = api.EncodeJSON(m)
		}
	}
}

// editsData changes what stands under data in the answer, where it is an object.
func editsData(edit func(data map[string]any)) alteration {
	return edits(func(m map[string]any) {
		if data, ok := m["data"].(map[string]any); ok {
			edit(data)
		}
	})
}

// editsRows changes each row of a list in the answer.
func editsRows(edit func(row map[string]any)) alteration {
	return edits(func(m map[string]any) {
		for _, row := range rowsOf(m) {
			if row, ok := row.(map[string]any); ok {
				edit(row)
			}
		}
	})
}

// rowsOf returns the list that an answer of any reading operation holds.
func rowsOf(m map[string]any) []any {
	switch data := m["data"].(type) {
	case []any:
		return data
	case map[string]any:
		for _, name := range []string{"transactions", "webhooks"} {
			if rows, ok := data[name].([]any); ok {
				return rows
			}
		}
	}
	rows, _ := m["token"].([]any)
	return rows
}

// hides takes a field out of each row of a list in the answer.
func hides(field string) alteration {
	return editsRows(func(row map[string]any) { delete(row, field) })
}

// inserts writes text before the body, after its first sign.
func inserts(text string) alteration {
	return func(x *exchange) { x.body = append([]byte(string(x.body[:1])+text), x.body[1:]...) }
}

// appends writes text after the body.
func appends(text string) alteration { return func(x *exchange) { x.body = append(x.body, text...) } }

// withKeys puts the keys of a role in place of those sent.
func withKeys(role string) alteration {
	return func(x *exchange) {
		pair := x.server.Fixtures.Credentials[role]
		x.Header.Set(api.AppKeyHeader, pair.App)
		x.Header.Set(api.ClientKeyHeader, pair.Client)
	}
}

// asMerchant puts a merchant in place of the one sent.
func asMerchant(name string) alteration {
	return func(x *exchange) { corrects("mid", x.server.Fixtures.Merchants[name])(x) }
}

// corrects puts a value in place of a field of transaction_data.
func corrects(field string, value any) alteration {
	return func(x *exchange) {
		x.rewrite(func(data map[string]any) { data[field] = value })
	}
}

// answer returns the members of the answer, nil when it is no object.
func (x *exchange) answer() map[string]any {
	var m map[string]any
	if json.Unmarshal(x.body, &m) != nil {
		return nil
	}
	return m
}

// data returns transaction_data of the request, nil when it cannot be read.
func (x *exchange) data() map[string]any {
	var m struct {
		Data map[string]any `json:"transaction_data"`
	}
	if json.Unmarshal(x.sent, &m) != nil {
		return nil
	}
	return m.Data
}

// top returns the members of the request's body, nil when it is no object.
func (x *exchange) top() map[string]any {
	var m map[string]any
	if json.Unmarshal(x.sent, &m) != nil {
		return nil
	}
	return m
}

// text returns a field of transaction_data that holds a string.
func (x *exchange) text(field string) string {
	s, _ := x.data()[field].(string)
	return s
}

// rewrite changes transaction_data and leaves what stands beside it. A body that
// is not UTF-8 stays as it is: to read and write it would mend it.
func (x *exchange) rewrite(edit func(data map[string]any)) {
	var m map[string]any
	if !utf8.Valid(x.sent) || json.Unmarshal(x.sent, &m) != nil {
		return
	}
	if data, ok := m["transaction_data"].(map[string]any); ok {
		edit(data)
		x.sent = api.EncodeJSON(m)
	}
}
