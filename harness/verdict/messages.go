package verdict

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"qorcheck/harness/exchange"
	"qorcheck/harness/message"
	"qorcheck/spec"
)

// awaited finds the record of waiting for the message about the act, and its place
// among the exchanges. No message is owed where nothing was carried out.
func awaited(v View) (r exchange.Record, place int, ok bool) {
	if v.Answer.Status/100 != 2 {
		return r, 0, false
	}
	for i, r := range v.Transcript.Observe {
		if r.Step.Await != nil {
			return r, len(v.Transcript.Prepare) + 2 + i, r.Failure == nil
		}
	}
	return r, 0, false
}

// onSilence judges that no message came about the act: one that did is all that the
// check asks for.
func onSilence(v View, judge func(exchange.Record) Observation) Observation {
	r, place, ok := awaited(v)
	switch {
	case !ok:
		return Observation{Unclear: noResponse("", r.Failure)}
	case len(r.Messages) > 0:
		return Observation{Exercised: true}
	}
	if silent := v.deaf(r); silent != nil {
		return Observation{Unclear: silent}
	}
	seen := judge(r)
	for i := range seen.Findings {
		seen.Findings[i].Exchange, seen.Findings[i].Status = place, v.Answer.Status
	}
	return seen
}

// messageCame judges that a message about an accepted request comes in time. One
// that came without the header pair, or under another id, may be the one: that is
// for messageHeader and messageID to find.
func messageCame(v View) Observation { return onSilence(v, v.judgeSilence) }

// judgeSilence judges that no message came where one had to, unless the run cannot
// distinguish a message that was never sent from one that could not arrive.
func (v View) judgeSilence(r exchange.Record) Observation {
	if silent := v.deaf(r); silent != nil {
		return Observation{Unclear: silent}
	}
	if o := v.noMessage(r); o.Kind != NoMessage {
		return Observation{Unclear: o}
	}
	return Observation{Exercised: true, Findings: []Finding{{
		Rule: MessageCame, Deviation: Silence, Status: v.Answer.Status,
		Given: []Fact{{"id", r.Sought}, {"waited", r.Took.Round(1e8).String()}},
	}}}
}

// deaf is the obstacle that a message that did not come proves nothing, nil where it does.
func (v View) deaf(r exchange.Record) *Obstacle {
	if why := cmp.Or(v.Transcript.Inbox.Silent, r.Deaf); why != "" {
		return &Obstacle{Kind: NoMessages, Detail: why}
	}
	return nil
}

// noMessage is the obstacle that no message came about the act, with what came instead.
func (v View) noMessage(r exchange.Record) *Obstacle {
	inbox := v.Transcript.Inbox
	switch {
	case inbox.Unsigned > 0:
		return &Obstacle{Kind: UnsignedInstead, Count: inbox.Unsigned, Detail: r.Sought}
	case len(inbox.Unmatched) > 0:
		return &Obstacle{Kind: OthersInstead, Count: len(inbox.Unmatched), Detail: r.Sought}
	}
	return &Obstacle{Kind: NoMessage, Detail: r.Sought}
}

// messageID judges that no message names, in place of the response's, an id that no response named.
func messageID(v View) Observation {
	return onSilence(v, func(r exchange.Record) Observation {
		unmatched := v.Transcript.Inbox.Unmatched
		if len(unmatched) == 0 {
			return Observation{Unclear: v.noMessage(r)}
		}
		m := v.Operation.Conformance.Messages
		return Observation{Exercised: true, Findings: []Finding{{
			Rule: MessageNames, Deviation: Value, Pointer: m.ID,
			Wanted: []string{strconv.Quote(r.Sought)}, Got: valueAt(unmatched[0].Value, m.ID),
		}}}
	})
}

// messagePrompt judges that a message is sent as soon as promised: its outcome was
// known when the response came. What is received later may have been sent in time, and
// a busy target is slow in all it does: it gets as long again as its response took,
// and a second.
func messagePrompt(v View) Observation {
	if v.Operation.Conformance.Messages.Within == 0 {
		return Observation{Unclear: &Obstacle{Kind: NoDeadline}}
	}
	seen := onMessage(v, func(m *spec.Messaging, d message.Delivery, _ bool) []Finding {
		act := v.Transcript.Act
		late := d.At.Sub(act.Started.Add(act.Took))
		promised := time.Duration(m.Within * float64(time.Second))
		if late <= promised+act.Took+time.Second+2*v.Transcript.Inbox.Stall {
			return nil
		}
		return []Finding{{
			Rule: MessageInTime, Deviation: Late,
			Wanted: []string{promised.String()}, Got: late.Round(1e8).String(), Given: []Fact{{"response time", act.Took.Round(1e6).String()}},
		}}
	})
	if lacks := v.Transcript.Inbox.Lacks; lacks != "" && len(seen.Findings) > 0 {
		return Observation{Unclear: &Obstacle{Kind: NoMessages, Detail: lacks}}
	}
	return seen
}

// messageSuccess judges that a message says, as true or false, whether the request succeeded.
func messageSuccess(v View) Observation {
	return onMessage(v, func(m *spec.Messaging, d message.Delivery, failed bool) []Finding {
		want := !failed
		value, there := spec.Lookup(d.Value, m.Success)
		got, ok := value.(bool)
		f := Finding{Rule: MessageSaysTrue, Pointer: m.Success, Wanted: []string{strconv.FormatBool(want)}, Got: valueAt(d.Value, m.Success)}
		switch {
		case !there:
			f.Deviation = Missing
		case !ok:
			f.Deviation = Type
		case got != want:
			f.Deviation = Value
		default:
			return nil
		}
		return []Finding{f}
	})
}

// longestReason is how many characters a short reason has at most.
const longestReason = 200

// messageReason judges that a message about a failure says why. A long reason is
// tolerated.
func messageReason(v View) Observation {
	note := ""
	seen := onMessage(v, func(m *spec.Messaging, d message.Delivery, failed bool) []Finding {
		reason, deviation := textAt(d.Value, m.Reason)
		if failed && deviation != 0 {
			return []Finding{{Rule: MessageReasons, Deviation: deviation, Pointer: m.Reason, Got: valueAt(d.Value, m.Reason)}}
		}
		if length := utf8.RuneCountInString(reason); failed && length > longestReason {
			note = fmt.Sprintf("a %s of %d characters is tolerated (long-message-reason), although it is meant to be short", m.Reason, length)
		}
		return nil
	})
	seen.Note = note
	return seen
}

// messageSchema judges a message against the description of the callback.
func messageSchema(v View) Observation {
	return onMessage(v, func(m *spec.Messaging, d message.Delivery, _ bool) []Finding {
		if types := d.Header.Values("Content-Type"); len(types) != 1 || !labelledAs(v.Operation.Callbacks, types[0]) {
			return []Finding{{Rule: MessageType, Deviation: MediaType, Wanted: messageTypes(v.Operation.Callbacks), Got: shorten(strings.Join(types, ", "))}}
		}
		if charset := mischarset(d.Header, d.Body); charset != "" {
			return []Finding{{Rule: TextCharset, Deviation: MediaType, Header: "Content-Type", Got: charset}}
		}
		if fault := readBody(&exchange.Answer{Body: d.Body}).Fault; fault != "" {
			return []Finding{{Rule: MessageJSON, Deviation: Unreadable, Got: fault}}
		}
		var least []spec.Violation
		for i, c := range v.Operation.Callbacks {
			found := c.Message.Schema.Violations(d.Value, spec.Answered)
			if len(found) == 0 {
				return nil
			}
			if i == 0 || len(found) < len(least) {
				least = found
			}
		}
		var findings []Finding
		for _, found := range least {
			findings = append(findings, violation(MessageFits, found, d.Value))
		}
		return findings
	})
}

// messageTypes lists the media types of the messages that are described.
func messageTypes(callbacks []spec.Callback) []string {
	var list []string
	for _, c := range callbacks {
		if !slices.Contains(list, c.Message.MediaType) {
			list = append(list, c.Message.MediaType)
		}
	}
	return list
}

// labelledAs reports whether a message has a media type that is described.
func labelledAs(callbacks []spec.Callback, got string) bool {
	got = mediaTypeOf(&exchange.Answer{Header: http.Header{"Content-Type": {got}}})
	return slices.ContainsFunc(messageTypes(callbacks), func(documented string) bool { return spec.Covers(documented, got) })
}

// onMessage judges the first message about the act. Whether it is about a failure
// follows from what the case provoked, or from the outcome in the response.
func onMessage(v View, judge func(m *spec.Messaging, d message.Delivery, failed bool) []Finding) Observation {
	r, at, ok := awaited(v)
	if !ok || len(r.Messages) == 0 {
		return v.unjudged(r, ok)
	}
	e := v.Operation.Ending(v.Body.Value)
	failed := v.Case.Kind == "message.later" || e == spec.Refused || e == spec.Errored
	seen := Observation{Exercised: true, Findings: judge(v.Operation.Conformance.Messages, r.Messages[0], failed)}
	for i := range seen.Findings {
		seen.Findings[i].Exchange, seen.Findings[i].Status = at, v.Answer.Status
	}
	return seen
}

// unjudged is the observation where no message about the act is there.
func (v View) unjudged(r exchange.Record, ok bool) Observation {
	if !ok {
		return Observation{Unclear: noResponse("", r.Failure)}
	}
	return Observation{Unclear: v.noMessage(r)}
}

// messageHeader judges that messages carry the header pair of the registration.
func messageHeader(v View) Observation {
	return onSilence(v, func(r exchange.Record) Observation {
		unsigned := v.Transcript.Inbox.Unsigned
		if unsigned == 0 {
			return Observation{Unclear: v.noMessage(r)}
		}
		return Observation{Exercised: true, Findings: []Finding{{Rule: MessageSigned, Deviation: Missing, Got: strconv.Itoa(unsigned)}}}
	})
}

// unwanted judges that no message came to an address where none may come.
func (v View) unwanted(r exchange.Record) Observation {
	seen := Observation{Exercised: true}
	if len(r.Messages) > 0 {
		seen.Findings = []Finding{{
			Rule: MessageUnwanted, Deviation: Effect, Status: v.Answer.Status,
			Got: exchange.Text(r.Messages[0].Value, v.Operation.Conformance.Messages.Event), Given: []Fact{{"id", r.Sought}},
		}}
	}
	return seen
}

// messageAgain judges that a message that was refused comes again, to the byte,
// and no more often than promised.
func messageAgain(v View) Observation {
	r, at, ok := awaited(v)
	limit := v.Operation.Conformance.Messages.Repeats
	f := Finding{Status: v.Answer.Status, Exchange: at}
	came := v.deliveries(r)
	switch {
	case !ok:
		return Observation{Unclear: noResponse("", r.Failure)}
	case len(r.Messages) < 2 && v.deaf(r) != nil:
		return Observation{Unclear: v.deaf(r)}
	case len(r.Messages) == 0 && len(v.Transcript.Inbox.About) > 0:
		f.Rule, f.Deviation = MessageEverywhere, Silence
	case len(r.Messages) == 0:
		return Observation{Unclear: v.noMessage(r)}
	case len(came) == 1:
		f.Rule, f.Deviation, f.Given = MessageRetried, Silence, []Fact{{"waited", r.Took.Round(1e8).String()}}
	case limit > 0 && len(came) > 2*(1+limit):
		f.Rule, f.Deviation, f.Wanted, f.Got = MessageLimited, Surplus, []string{strconv.Itoa(limit)}, strconv.Itoa(len(came)-1)
	case slices.ContainsFunc(came, func(d message.Delivery) bool { return !bytes.Equal(d.Body, came[0].Body) }):
		f.Rule, f.Deviation = MessageIdentical, Value
	case limit > 0 && len(came) > 1+limit:
		return Observation{Exercised: true, Note: fmt.Sprintf("%d deliveries of a message that is refused are tolerated (message-beside-attempt): one more beside each of %d", len(came), 1+limit)}
	default:
		return Observation{Exercised: true}
	}
	return Observation{Exercised: true, Findings: []Finding{f}}
}

// deliveries lists what came about the act to where it was awaited, in the end.
func (v View) deliveries(r exchange.Record) []message.Delivery {
	var list []message.Delivery
	for _, d := range v.Transcript.Inbox.About {
		if d.Place == r.Place {
			list = append(list, d)
		}
	}
	if len(list) < len(r.Messages) {
		return r.Messages
	}
	return list
}

// messageCount judges that a message that was acknowledged comes once more at most.
func messageCount(v View) Observation {
	r, at, ok := awaited(v)
	if !ok || len(r.Messages) == 0 {
		return v.unjudged(r, ok)
	}
	count := 0
	for _, d := range v.deliveries(r) {
		if bytes.Equal(d.Body, r.Messages[0].Body) {
			count++
		}
	}
	switch {
	case count == 2:
		return Observation{Exercised: true, Note: "a second delivery of a message that was acknowledged is tolerated (message-twice)"}
	case count > 2 && v.Transcript.Inbox.Resent != "":
		return Observation{Unclear: v.unacknowledged()}
	case count > 2:
		return Observation{Exercised: true, Findings: []Finding{{
			Rule: MessageCounted, Deviation: Surplus, Status: v.Answer.Status, Exchange: at, Got: strconv.Itoa(count), Given: []Fact{{"id", r.Sought}},
		}}}
	}
	return Observation{Exercised: true}
}

// unacknowledged says that this machine lacked what it takes to acknowledge a message in
// time: a target that does not get the acknowledgement sends the message again.
func (v View) unacknowledged() *Obstacle {
	return &Obstacle{Kind: NoMessages, Detail: v.Transcript.Inbox.Resent}
}

// messageOnce judges that no second message contradicts the first.
func messageOnce(v View) Observation {
	r, at, ok := awaited(v)
	if !ok || len(r.Messages) == 0 {
		return v.unjudged(r, ok)
	}
	m := v.Operation.Conformance.Messages
	for _, d := range v.Transcript.Inbox.About {
		if d.Place == r.Place && !bytes.Equal(d.Body, r.Messages[0].Body) {
			return Observation{Exercised: true, Findings: []Finding{{
				Rule: MessageOnce, Deviation: Value, Status: v.Answer.Status, Exchange: at, Pointer: m.Success,
				Wanted: []string{valueAt(r.Messages[0].Value, m.Success)}, Got: valueAt(d.Value, m.Success), Given: []Fact{{"id", r.Sought}},
			}}}
		}
	}
	return Observation{Exercised: true}
}

// messageNone judges that no message is sent about a rejected request.
func messageNone(v View) Observation {
	inbox := v.Transcript.Inbox
	switch {
	case v.Answer.Status < 400:
		return Observation{}
	case len(inbox.Rejected) == 0 && !inbox.Came:
		return Observation{Unclear: &Obstacle{Kind: NoMessages, Detail: "no message came at all, so none about a rejected request proves nothing"}}
	case len(inbox.Rejected) == 0 && inbox.Unknown > 0:
		return Observation{Unclear: &Obstacle{Kind: Unattributed, Count: inbox.Unknown}}
	case len(inbox.Rejected) == 0:
		return Observation{Exercised: true}
	}
	m := v.Operation.Conformance.Messages
	var about []Fact // event, id
	for _, d := range inbox.Rejected {
		fact := Fact{exchange.Text(d.Value, m.Event), exchange.Text(d.Value, m.ID)}
		if len(about) < 3 && !slices.Contains(about, fact) {
			about = append(about, fact)
		}
	}
	return Observation{Exercised: true, Findings: []Finding{{
		Rule: MessageNone, Deviation: Effect, Status: v.Answer.Status, Got: strconv.Itoa(len(inbox.Rejected)), Given: about,
	}}}
}
