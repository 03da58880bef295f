package redact

import (
	"encoding/json"
	"strings"
)

// redactJSON redacts valid JSON value by value, so that it stays valid: strings are
// redacted as what they say, numbers that must go become strings, and everything
// else stands as it was written.
func (r *Redactor) redactJSON(text string, own bool) string {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	w := &jsonWriter{redactor: r, own: own}
	at := 0
	for {
		token, err := decoder.Token()
		if err != nil {
			return w.String() + text[at:]
		}
		end := int(decoder.InputOffset())
		start := at + len(text[at:end]) - len(strings.TrimLeft(text[at:end], " \t\r\n,:"))
		w.WriteString(text[at:start])
		w.token(token, text[start:end])
		at = end
	}
}

// jsonWriter knows where in a document it is.
type jsonWriter struct {
	strings.Builder
	redactor *Redactor
	own      bool // a variable may stand for a secret
	open     []container
}

type container struct {
	object bool
	key    bool   // the next token is a name
	name   string // of what stands here, when it is secret
}

func (w *jsonWriter) token(token json.Token, raw string) {
	switch token {
	case json.Delim('{'):
		w.open = append(w.open, container{object: true, key: true})
		w.WriteString(raw)
		return
	case json.Delim('['):
		w.open = append(w.open, container{name: w.secret()})
		w.WriteString(raw)
		return
	case json.Delim('}'), json.Delim(']'):
		w.open = w.open[:len(w.open)-1]
		w.WriteString(raw)
		w.valueDone()
		return
	}
	if in := w.inside(); in != nil && in.object && in.key {
		name := token.(string)
		in.key, in.name = false, w.redactor.secretName(name)
		w.text(name, raw)
		return
	}
	w.value(token, raw)
	w.valueDone()
}

// value writes a string, a number or a word.
func (w *jsonWriter) value(token json.Token, raw string) {
	switch v := token.(type) {
	case string:
		if name := w.secret(); name != "" && strings.TrimSpace(v) != "" && !beginsWithMark.MatchString(v) && !(w.own && variable.MatchString(v)) {
			w.WriteString(quote(w.redactor.mark(name, v)))
			return
		}
		w.text(v, raw)
	case json.Number:
		name := w.secret()
		switch redacted := w.redactor.redactText(raw, w.own); {
		case name != "":
			w.WriteString(quote(w.redactor.mark(name, raw)))
		case redacted != raw:
			w.WriteString(quote(redacted))
		default:
			w.WriteString(raw)
		}
	default:
		w.WriteString(raw)
	}
}

// text writes a string, which may hold JSON in turn.
func (w *jsonWriter) text(value, raw string) {
	if redacted := w.redactor.redact(value, w.own); redacted != value {
		w.WriteString(quote(redacted))
		return
	}
	w.WriteString(raw)
}

func (w *jsonWriter) inside() *container {
	if len(w.open) == 0 {
		return nil
	}
	return &w.open[len(w.open)-1]
}

// secret is the secret name under which the next value stands, "" for none.
func (w *jsonWriter) secret() string {
	if in := w.inside(); in != nil {
		return in.name
	}
	return ""
}

func (w *jsonWriter) valueDone() {
	if in := w.inside(); in != nil && in.object {
		in.key, in.name = true, ""
	}
}

// secretName returns the secret name that a member's name is or ends in, "" for none.
func (r *Redactor) secretName(name string) string {
	for _, f := range r.namesIn(name) {
		if f.end == len(name) {
			return f.name
		}
	}
	return ""
}

// quote makes a JSON string as people read it.
func quote(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a builder takes all
	return strings.TrimSuffix(b.String(), "\n")
}
