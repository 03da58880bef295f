package exchange

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
)

// Evidence is the redacted copy of a record.
type Evidence struct {
	Step    string      `json:"step"`
	Started time.Time   `json:"started"` // to the microsecond, as all times of evidence
	TookMS  float64     `json:"tookMs"`
	Writes  int         `json:"writes"`
	Waits   int         `json:"waits,omitempty"`
	Request Message     `json:"request"`
	Answer  *Message    `json:"answer,omitempty"`
	Failure *Failure    `json:"failure,omitempty"`
	Curl    redact.Text `json:"curl,omitzero"`

	Variables []Variable `json:"variables,omitempty"` // of the curl line
	AtOnce    int        `json:"atOnce,omitempty"`    // times that the request was sent at the same moment, where it is more than one
	Batched   bool       `json:"batched,omitempty"`   // it asked for the values of other cases too

	Messages []Message `json:"messages,omitempty"` // that were awaited and came after the first, which is the answer

	Digest *Digest `json:"-"` // stands for all texts where they are not kept
}

// Digest is what is kept of an exchange that nobody needs to read: how many bytes its
// request and its response have after redaction, and a digest of these bytes.
type Digest struct {
	Sent, Received int
	Sum            string
}

// digestSize is how many bytes of a SHA-256 a digest has: enough to tell exchanges of a run apart.
const digestSize = 12

// Digested returns an exchange with a digest in the place of its texts.
func (e Evidence) Digested() Evidence {
	if e.Digest != nil {
		return e
	}
	sum := sha256.New()
	d := &Digest{Sent: e.Request.add(sum)}
	if e.Answer != nil {
		d.Received = e.Answer.add(sum)
	}
	for _, m := range e.Messages {
		d.Received += m.add(sum)
	}
	if e.Failure != nil {
		_, _ = io.WriteString(sum, string(e.Failure.Kind)+"\n"+e.Failure.Text.String())
	}
	d.Sum = base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:digestSize])
	return Evidence{Step: e.Step, Started: e.Started, TookMS: e.TookMS, Digest: d}
}

// Remarkable reports whether a request was written more than once, had to wait, or was not answered.
func (e Evidence) Remarkable() bool { return e.Writes > 1 || e.Waits > 0 || e.Failure != nil }

// add adds the texts of a message to a digest and returns how many bytes they have.
func (m Message) add(sum hash.Hash) (size int) {
	for _, text := range append([]redact.Text{m.Line, m.Body}, m.Header...) {
		n, _ := io.WriteString(sum, text.String()) // a hash returns no error
		_, _ = io.WriteString(sum, "\n")
		size += n
	}
	return size
}

// Message is one side of an exchange, redacted.
type Message struct {
	Line      redact.Text   `json:"line"`   // "POST https://…" or "HTTP/1.1 200 OK"
	Header    []redact.Text `json:"header"` // "Name: value"; those of an answer are sorted
	Body      redact.Text   `json:"body,omitzero"`
	Truncated bool          `json:"truncated,omitempty"`
}

// evidence makes the redacted copy of a record. The request is shown from its
// template, so that a secret never enters it; the answer goes through the redactor.
func (c *Client) evidence(r Record, f filler) Evidence {
	shown := func(at place) valuer {
		return func(p plan.Placeholder) (string, error) {
			value, err := f.value(p)
			switch {
			case err != nil || p.Secret() || c.issued(p):
				return "$" + p.Variable(), nil
			case p.Source == plan.FromAnswer, p.Source == plan.FromKnown:
				value = c.redactor.Value(value) // it is the target's own
			}
			return at.escape(value), nil
		}
	}
	e := Evidence{Step: r.Step.Name, Started: r.Started.Truncate(time.Microsecond), TookMS: Milliseconds(r.Took), Writes: r.Writes, Waits: r.Waits, Failure: r.Failure}
	if r.Step.Times > 1 {
		e.AtOnce = r.Step.Times
	}
	address, err := f.address(r.Step, shown)
	if err != nil {
		address = r.Step.Request.Path.Show()
	}
	e.Request.Header = []redact.Text{}
	own := c.redactor.Own
	if r.Step.URL != "" { // the fixtures wrote it, secrets and all
		own = c.redactor.Answer
	}
	e.Request.Line = own(r.Step.Request.Method + " " + address)
	for _, field := range c.fields(r.Step.Request) {
		if field.Absent() {
			continue
		}
		line, known := c.lines.Load(field)
		if !known {
			value, _ := field.Value.Fill(shown(verbatim))
			line = c.redactor.OwnHeader(field.Name, value)
			if field.Value.Alike() {
				c.lines.Store(field, line)
			}
		}
		e.Request.Header = append(e.Request.Header, line.(redact.Text))
	}
	if r.Step.Request.HasBody {
		body, _ := r.Step.Request.Body.Fill(shown(inBody(r.Step.Request)))
		e.Request.Body = own(body)
	}
	if a := r.Answer; a != nil {
		e.Answer = &Message{
			Line:      c.redactor.Own(fmt.Sprintf("%s %d %s", a.Proto, a.Status, http.StatusText(a.Status))),
			Body:      c.redactor.Body(a.Body, a.Header.Get("Content-Type"), maxBody),
			Header:    append(c.header(a.Header), c.header(a.Trailer)...),
			Truncated: a.Truncated,
		}
	}
	return e
}

// issued reports whether a placeholder stands for a secret that the target issued, or for
// one that is made of it, such as a token that stands in a path.
func (c *Client) issued(p plan.Placeholder) bool {
	switch p.Source {
	case plan.FromAnswer, plan.UnlikeAnswer, plan.FromKnown, plan.UnlikeKnown:
		return c.redactor.SecretName(p.Args[0])
	}
	return false
}

// Milliseconds writes a time as evidence does, to the microsecond.
func Milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// awaited makes the redacted copy of what came of waiting for a message.
func (c *Client) awaited(r Record, about string) Evidence {
	e := Evidence{Step: r.Step.Name, Started: r.Started.Truncate(time.Microsecond), TookMS: Milliseconds(r.Took), Failure: r.Failure}
	e.Request = Message{Line: c.redactor.Answer("await the message about " + about), Header: []redact.Text{}}
	for i, d := range r.Messages {
		m := Message{Line: c.redactor.Own(fmt.Sprintf("message %d of %d, acknowledged with %d", i+1, len(r.Messages), d.Answered)), Body: c.redactor.Body(d.Body, d.Header.Get("Content-Type"), maxBody), Header: c.header(d.Header)}
		if i == 0 {
			e.Answer = &m
			continue
		}
		e.Messages = append(e.Messages, m)
	}
	return e
}

// How much of an answer is kept in evidence: what it says is judged before, and
// evidence is for people.
const (
	maxBody    = 16 << 10 // bytes
	maxLines   = 100      // of the header
	maxLine    = 4 << 10  // bytes
	maxFailure = 1 << 10  // bytes
)

// header shows the header of an answer, sorted.
func (c *Client) header(h http.Header) []redact.Text {
	shown := []redact.Text{}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			if len(shown) == maxLines {
				return append(shown, redact.Constant("… (more lines)"))
			}
			shown = append(shown, c.redactor.Header(name, value, maxLine))
		}
	}
	return shown
}
