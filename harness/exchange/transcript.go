package exchange

import (
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"qorcheck/harness/message"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/spec"
)

// Transcript holds the records of one case.
type Transcript struct {
	Case    *plan.Case
	Prepare []Record
	Act     *Record // nil when the preparation failed
	Observe []Record
	Cleanup []Record
	Stopped string // why the case ended before its act, "" when it did not
	Left    []redact.Text
	Inbox   Inbox
	Down    map[string]bool // operations that served no request of the run while others were served
}

// Inbox holds the received messages that concern the case. It is complete when the
// last messages of the run are in.
type Inbox struct {
	About     []message.Delivery // all messages about what the case awaited
	Unmatched []message.Delivery // came meanwhile, and name an id that no answer of the run named
	Rejected  []message.Delivery // those of the unmatched that can only be about rejected requests
	Unknown   int                // of the unmatched: what they are about was not looked up, or in vain
	Came      bool               // some message came at all
	Unsigned  int                // came meanwhile, without the header pair, to where the case awaited a message
	Stall     time.Duration      // the longest delay of our own work while the case waited
	Lacks     string             // why what was late or did not come proves nothing, "" where this machine lacked nothing
	Resent    string             // why one that comes again proves nothing, "" where it was acknowledged at once
	Silent    string             // why no message proves nothing, "" when it proves that none was sent
}

// AwaitsAt reports whether the case awaited a message at a place of the receiver.
func (t *Transcript) AwaitsAt(place string) bool {
	return slices.ContainsFunc(t.Observe, func(r Record) bool { return r.Step.Await != nil && r.Place == place })
}

// Records yields the exchanges in the order in which they were made. A record is large and
// is looked at often: it is not copied.
func (t *Transcript) Records() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		for i := range t.Prepare {
			if !yield(&t.Prepare[i]) {
				return
			}
		}
		if t.Act != nil && !yield(t.Act) {
			return
		}
		for _, list := range [...][]Record{t.Observe, t.Cleanup} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
}

// Count is how many exchanges were made.
func (t *Transcript) Count() int {
	n := len(t.Prepare) + len(t.Observe) + len(t.Cleanup)
	if t.Act != nil {
		n++
	}
	return n
}

// Any reports whether an exchange of the case has a property.
func (t *Transcript) Any(has func(*Record) bool) bool {
	for r := range t.Records() {
		if has(r) {
			return true
		}
	}
	return false
}

// RecordOf finds the record with an answer, nil where there is none.
func (t *Transcript) RecordOf(a *Answer) *Record {
	for r := range t.Records() {
		if r.Answer == a {
			return r
		}
	}
	return nil
}

// Interrupted reports whether the run ended before the case did.
func (t *Transcript) Interrupted() bool {
	return t.Any(func(r *Record) bool { return r.Failure != nil && r.Failure.Kind == Interrupted })
}

// Unanswered reports whether a request of the case got no response that proves something, see Silence.
func (t *Transcript) Unanswered() bool {
	return t.Any(func(r *Record) bool { return r.Silence() != "" })
}

// ConnectionLost reports whether all that the case got no response to are requests whose
// connection was lost, and one of them went out and may have changed something: it is
// unknown whether it was carried out.
func (t *Transcript) ConnectionLost() bool {
	went := false
	for r := range t.Records() {
		if r.Silence() == "" {
			continue
		}
		if r.Failure == nil || r.Failure.Kind != Network || !lost(r.err) {
			return false
		}
		went = went || r.Writes > r.Refused && !r.safe()
	}
	return went
}

// Unserved reports whether a response of the case only says that a request could not be served.
func (t *Transcript) Unserved() bool { return t.Any((*Record).Unavailable) }

// Value returns the value that an expression names: $NAME.request#/pointer is a value
// of the request that the step labelled NAME sent, $NAME.answer#/pointer one of its
// response. JSON numbers are as spec.Number has them.
func (t *Transcript) Value(expression string) (any, error) {
	label, rest, _ := strings.Cut(strings.TrimPrefix(expression, "$"), ".")
	for r := range t.Records() {
		if r.Step.Label != label {
			continue
		}
		side, pointer, _ := strings.Cut(rest, "#")
		var data []byte
		switch {
		case side == "request":
			data = r.Body
		case r.Answer != nil:
			data = r.Answer.Body
		default:
			return nil, fmt.Errorf("%s: it was not answered", expression)
		}
		value, err := decoded(data, side == "request" && r.Step.Request.Form())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", expression, err)
		}
		found, there := spec.Lookup(value, pointer)
		if !there {
			return nil, fmt.Errorf("%s: nothing there", expression)
		}
		return found, nil
	}
	return nil, fmt.Errorf("%s: no step is called so", expression)
}

// Payload decodes the body of a request, JSON or a form, nil when it is neither.
func (r *Record) Payload() any {
	value, err := decoded(r.Body, r.Step.Request.Form())
	if err != nil {
		return nil
	}
	return value
}

// decoded reads a body; in a form name[field] is a field within name.
func decoded(data []byte, form bool) (any, error) {
	if !form {
		return spec.DecodeJSON(data)
	}
	fields, err := url.ParseQuery(string(data))
	if err != nil {
		return nil, err
	}
	root := map[string]any{}
	for name, values := range fields {
		object, field, nested := strings.Cut(name, "[")
		if !nested {
			root[name] = values[0]
			continue
		}
		inner, ok := root[object].(map[string]any)
		if !ok {
			inner = map[string]any{}
			root[object] = inner
		}
		inner[strings.TrimSuffix(field, "]")] = values[0]
	}
	return root, nil
}

// Named returns the text or number at a pointer of a successful response, "" when there is none.
func (r *Record) Named(pointer string) string {
	if r.Answer == nil || r.Answer.Status/100 != 2 {
		return ""
	}
	return textOrNumber(r.Answer.value(), pointer)
}

// RequestCount counts the requests of a case. One that served another case too is
// counted by that one.
func (t *Transcript) RequestCount() int {
	n := 0
	for r := range t.Records() {
		if r.Step.Await == nil && !r.Shared {
			n++
		}
	}
	return n
}
