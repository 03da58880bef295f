// Package exchange executes the cases of a plan and yields records of what was
// sent and what came back. It is the only package that opens a connection to
// the target. Evidence is the redacted copy of a record; only evidence is shown.
package exchange

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/spec"
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
	Writes   int // times that the request was written: again on a dropped connection, and for each retry
	Refused  int // of these, how many were answered 429, so that nothing came of them
	Waits    int // times that the target asked for time, or a gateway failed, and it was sent again
	Answer   *Answer
	Failure  *Failure
	Began    bool               // an answer had begun when the exchange failed: the target is there
	Short    string             // what this machine ran out of, "" for nothing
	Deaf     string             // why the receiver would not have heard an awaited message, "" where it would
	Missing  string             // pointer to the first value that was to be captured and is not there
	Sought   string             // what a read-back looks for, or the id that an awaited message names
	Place    string             // of the receiver, where a message is awaited
	Messages []message.Delivery // that were awaited
	Batched  bool               // the request asked for the values of other cases too
	Shared   bool               // another case counts it

	err    error           // that ended the exchange
	filler filler          // what the placeholders of the step stood for
	shown  func() Evidence // makes it once
}

// Evidence is the redacted copy, without its curl line. It is made on the first call:
// of a case that passed only the journal shows it.
func (r Record) Evidence() Evidence {
	if r.shown == nil {
		return Evidence{}
	}
	e := r.shown()
	e.Batched = r.Batched
	return e
}

// ForCurl is what its curl line is made of, and nothing else of the record.
func (r Record) ForCurl() Record {
	r.filler.body = nil
	return Record{Step: r.Step, filler: r.filler}
}

// Curl is the command that repeats the request, redacted; empty where nothing was sent.
// It is made on each call: few are shown.
func (r Record) Curl() redact.Text {
	if r.filler.client == nil {
		return redact.Text{}
	}
	c := r.filler.client
	step := r.Step
	step.Request.Header = c.fields(step.Request)
	command := Curl(c.settings.Target, step, r.filler.value)
	if r.Step.URL != "" { // the fixtures wrote it, secrets and all
		return c.redactor.Answer(command)
	}
	return c.redactor.Template(command)
}

// Answer is the response to a request.
type Answer struct {
	Status    int
	Proto     string
	Reason    string // the words of the status line
	Header    http.Header
	Trailer   http.Header
	Body      []byte
	Truncated bool // the body was longer than the limit
	Decoded   bool // the body came in content codings that were undone
	Trailing  bool // bytes followed the body on its connection

	decoded atomic.Pointer[decodedBody] // see value
}

// Silence returns why a record proves nothing about the target: no response came, or
// one that says that the request could not be served. It is "" for any other record.
func (r *Record) Silence() string {
	switch {
	case r.Failure != nil && (r.Failure.Kind == Network || r.Failure.Kind == Timeout):
		return r.Failure.Text.String()
	case r.Unavailable():
		return fmt.Sprintf("it was answered %d", r.Answer.Status)
	}
	return ""
}

// Unavailable reports whether the response only says that the request could not be served.
func (r *Record) Unavailable() bool {
	if r.Answer == nil {
		return false
	}
	var o *spec.Operation
	if c := r.filler.client; c != nil {
		o = c.description.Operation(r.Step.Operation)
	}
	return Unavailable(o, r.Answer.Status)
}

// safe reports whether the request can change nothing.
func (r Record) safe() bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// Endless reports whether an answer began in time and did not end: the target is there.
func (r *Record) Endless() bool {
	return r.Began && r.Failure != nil && r.Failure.Kind == Timeout
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
