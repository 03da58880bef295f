// Package exchange executes the cases of a plan and yields records of what was
// sent and what came back. It is the only package that opens a connection to
// the target. Evidence is the redacted copy of a record; only evidence is shown.
package exchange

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
)

// Record is one exchange as seen on the wire. It holds secrets: it is judged and forgotten.
type Record struct {
	Step     plan.Step
	Method   string
	URL      string
	Header   http.Header
	Body     []byte
	Started  time.Time
	Took     time.Duration
	Writes   int // how often the request went out: again on a dropped connection, and after each wait
	Waits    int // how often the target asked for time and got it
	Answer   *Answer
	Failure  *Failure
	Missing  string             // pointer to the first value that was to be captured and is not there
	Sought   string             // what a read-back looks for, or the id that an awaited message names
	Place    string             // of the receiver, where a message is awaited
	Messages []message.Delivery // that were awaited
	Shared   bool               // the request served another case too, which counts it

	filler filler          // what the placeholders of the step stood for
	shown  func() Evidence // makes it once
}

// Evidence is the redacted copy, without its curl line. It is made when it is
// asked for: of a case that passed only the journal shows it.
func (r Record) Evidence() Evidence {
	if r.shown == nil {
		return Evidence{}
	}
	return r.shown()
}

// Curl is the command that repeats the request, redacted; empty where nothing was sent.
// It is made when it is asked for: few are shown.
func (r Record) Curl() redact.Text {
	if r.filler.client == nil {
		return redact.Text{}
	}
	return r.filler.client.redactor.Template(Curl(r.filler.client.settings.Target, r.Step, r.filler.value))
}

// Answer is what came back.
type Answer struct {
	Status    int
	Proto     string
	Header    http.Header
	Body      []byte
	Truncated bool // the body was longer than the limit
	Trailing  bool // bytes followed the body on its connection
}

// Silence returns why a record proves nothing about the target: no response came, or
// the target asked for time. It is "" for any other record.
func (r Record) Silence() string {
	switch {
	case r.Failure != nil && (r.Failure.Kind == Network || r.Failure.Kind == Timeout):
		return r.Failure.Text.String()
	case r.Answer != nil && (r.Answer.Status == http.StatusTooManyRequests || r.Answer.Status == http.StatusServiceUnavailable):
		return fmt.Sprintf("it was answered %d", r.Answer.Status)
	}
	return ""
}

// Failure says why there is no answer, or none that can be judged.
type Failure struct {
	Kind FailureKind `json:"kind"`
	Text redact.Text `json:"text"`
}

// FailureKind is the kind of trouble on the way.
type FailureKind string

// The kinds of failure. Malformed is the target's fault, the others say nothing about conformance.
const (
	Network     FailureKind = "network"
	Timeout     FailureKind = "timeout"
	Interrupted FailureKind = "interrupted"
	Blocked     FailureKind = "blocked"   // the host guard or a missing value stopped the request
	Malformed   FailureKind = "malformed" // what came back is not HTTP
	HungUp      FailureKind = "hung-up"   // we dropped the connection, as the case has it
)

// Transcript is all that happened in one case.
type Transcript struct {
	Case    *plan.Case
	Prepare []Record
	Act     *Record // nil when the preparation failed
	Observe []Record
	Cleanup []Record
	Stopped string // why the case ended before its act, "" when it did not
	Left    []redact.Text
	Inbox   Inbox
}

// Inbox is what messages were received, as far as it concerns the case. It is known
// when the run's last messages are in.
type Inbox struct {
	About     []message.Delivery // all messages about what the case awaited
	Unmatched []message.Delivery // came meanwhile, and name an id that no answer of the run named
	Rejected  []message.Delivery // those of the unmatched that can only be about rejected requests
	Unknown   int                // of the unmatched: what they are about was not looked up, or in vain
	Came      bool               // some message came at all
	Unsigned  int                // came meanwhile, without the header pair, to where the case awaited a message
	Silent    string             // why no message proves nothing, "" when it proves that none was sent
}

// AwaitsAt reports whether the case awaited a message at a place of the receiver.
func (t *Transcript) AwaitsAt(place string) bool {
	return slices.ContainsFunc(t.Observe, func(r Record) bool { return r.Step.Await != nil && r.Place == place })
}

// Records lists the exchanges in the order in which they were made.
func (t *Transcript) Records() []Record {
	list := append(make([]Record, 0, len(t.Prepare)+1+len(t.Observe)+len(t.Cleanup)), t.Prepare...)
	if t.Act != nil {
		list = append(list, *t.Act)
	}
	list = append(list, t.Observe...)
	return append(list, t.Cleanup...)
}

// Interrupted reports whether the end of the run kept the case from its end.
func (t *Transcript) Interrupted() bool {
	interrupted := func(r Record) bool { return r.Failure != nil && r.Failure.Kind == Interrupted }
	return t.Act != nil && interrupted(*t.Act) ||
		slices.ContainsFunc(t.Prepare, interrupted) || slices.ContainsFunc(t.Observe, interrupted) || slices.ContainsFunc(t.Cleanup, interrupted)
}

// Unanswered reports whether a request of the case got no response that proves something, see Silence.
func (t *Transcript) Unanswered() bool {
	return slices.ContainsFunc(t.Records(), func(r Record) bool { return r.Silence() != "" })
}

// Evidence is the redacted copy of a record.
type Evidence struct {
	Step    string      `json:"step"`
	Started time.Time   `json:"started"`
	TookMS  float64     `json:"tookMs"`
	Writes  int         `json:"writes"`
	Waits   int         `json:"waits,omitempty"`
	Request Message     `json:"request"`
	Answer  *Message    `json:"answer,omitempty"`
	Failure *Failure    `json:"failure,omitempty"`
	Curl    redact.Text `json:"curl,omitzero"`

	Messages []Message `json:"messages,omitempty"` // that were awaited and came after the first, which is the answer
}

// Message is one side of an exchange, redacted.
type Message struct {
	Line      redact.Text   `json:"line"`   // "POST https://…" or "HTTP/1.1 200 OK"
	Header    []redact.Text `json:"header"` // "Name: value"; those of an answer are sorted
	Body      redact.Text   `json:"body,omitzero"`
	Truncated bool          `json:"truncated,omitempty"`
}
