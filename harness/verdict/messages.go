package verdict

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/message"
	"qorcheck/spec"
)

// awaited finds what came of waiting for the message about the act, and where it
// stands among the exchanges. Nothing is to be said where nothing was carried out.
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

// silent says why the run cannot tell a message that was never sent from one that could not arrive.
func silent(v View) string { return v.Transcript.News.Silent }

// messageCame judges that the outcome of an accepted request is told in a message
// in time. One that came without the header pair, or under another id, may be the
// one: that is for messageHeader and messageID to find.
func messageCame(v View) Observation {
	r, place, ok := awaited(v)
	switch {
	case !ok:
		return Observation{Unclear: failure(r)}
	case len(r.Messages) > 0:
		return Observation{Exercised: true}
	}
	seen := v.untold(r)
	for i := range seen.Findings {
		seen.Findings[i].Exchange = place
	}
	return seen
}

// untold judges that no message came where one had to.
func (v View) untold(r exchange.Record) Observation {
	switch {
	case silent(v) != "":
		return Observation{Unclear: silent(v)}
	case v.Transcript.News.Instead != "":
		return Observation{Unclear: "no message came about " + r.Sought + v.Transcript.News.Instead}
	}
	return Observation{Exercised: true, Findings: []Finding{{
		Expected: "a message about " + r.Sought + ", which the answer named",
		Received: fmt.Sprintf("none within %s", r.Took.Round(1e8)),
	}}}
}

func failure(r exchange.Record) string {
	if r.Failure != nil {
		return r.Failure.Text.String()
	}
	return ""
}

// messageID judges that no message names, in place of the answer's, an id that no answer named.
func messageID(v View) Observation {
	r, place, ok := awaited(v)
	switch {
	case !ok:
		return Observation{Unclear: failure(r)}
	case len(r.Messages) > 0:
		return Observation{Exercised: true}
	case len(v.Transcript.News.Strays) == 0:
		return Observation{Unclear: "no message came about " + r.Sought}
	}
	m := v.Operation.Conformance.Messages
	return Observation{Exercised: true, Findings: []Finding{{
		Exchange: place, Pointer: m.ID, Keyword: "id",
		Expected: fmt.Sprintf("%s %q in the message, as the answer has it", m.ID, r.Sought),
		Received: fmt.Sprintf("%q in a message that came meanwhile, which no answer named", exchange.Text(v.Transcript.News.Strays[0].Value, m.ID)),
	}}}
}

// messagePrompt judges that a message is sent as soon as promised: its outcome was
// known when the answer was there. Sent is not received, and a busy target is slow
// in all it does: it gets as long again as its answer took, and a second.
func messagePrompt(v View) Observation {
	if v.Operation.Conformance.Messages.Within == 0 {
		return Observation{Unclear: "the description does not promise when a message is sent"}
	}
	return onMessage(v, func(m *spec.Messaging, d message.Delivery, _ bool) []Finding {
		act := v.Transcript.Act
		late := d.At.Sub(act.Started.Add(act.Took))
		promised := time.Duration(m.Within * float64(time.Second))
		if late <= promised+act.Took+time.Second {
			return nil
		}
		return []Finding{{
			Keyword:  "within",
			Expected: fmt.Sprintf("the first attempt to send the message within %s of the outcome", promised),
			Received: fmt.Sprintf("the first %s after the answer, which took %s", late.Round(1e8), act.Took.Round(1e6)),
		}}
	})
}

// messageSuccess judges that a message says, as true or false, what became of the request.
func messageSuccess(v View) Observation {
	return onMessage(v, func(m *spec.Messaging, d message.Delivery, failed bool) (findings []Finding) {
		want := !failed
		value, _ := spec.Lookup(d.Value, m.Success)
		if got, ok := value.(bool); !ok || got != want {
			findings = []Finding{{Pointer: m.Success, Keyword: "success", Expected: fmt.Sprintf("%s %t, a boolean", m.Success, want), Received: received(d.Value, m.Success)}}
		}
		return findings
	})
}

// messageReason judges that a message about a failure says why, and one about a success does not.
func messageReason(v View) Observation {
	return onMessage(v, func(m *spec.Messaging, d message.Delivery, failed bool) []Finding {
		given, problem := text(d.Value, m.Reason)
		switch {
		case failed && problem != "":
			return []Finding{{Pointer: m.Reason, Keyword: "reason", Expected: m.Reason + ", a string that is not blank, in a message about a failure", Received: problem}}
		case !failed && problem == "":
			return []Finding{{Pointer: m.Reason, Keyword: "reason", Expected: "no " + m.Reason + " in a message about a success", Received: fmt.Sprintf("%q", given)}}
		}
		return nil
	})
}

// messageSchema judges a message against the description of the callback.
func messageSchema(v View) Observation {
	return onMessage(v, func(m *spec.Messaging, d message.Delivery, _ bool) []Finding {
		if d.Fault != "" {
			return []Finding{{Expected: "a JSON message", Received: d.Fault}}
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
		for _, violation := range least {
			findings = append(findings, Finding{
				Pointer: violation.Pointer, Keyword: violation.Keyword,
				Expected: fmt.Sprintf("%s %s", place(violation.Pointer), violation.Reason), Received: received(d.Value, violation.Pointer),
			})
		}
		return findings
	})
}

// onMessage judges the first message about the act. Whether it is about a failure
// is what the case provoked, or what the answer told.
func onMessage(v View, judge func(m *spec.Messaging, d message.Delivery, failed bool) []Finding) Observation {
	r, at, ok := awaited(v)
	if !ok || len(r.Messages) == 0 {
		return Observation{Unclear: failure(r) + missing(r, ok)}
	}
	e := v.Operation.Ending(v.Body.Value)
	failed := v.Case.Kind == "message.later" || e == spec.Refused || e == spec.Errored
	seen := Observation{Exercised: true, Findings: judge(v.Operation.Conformance.Messages, r.Messages[0], failed)}
	for i := range seen.Findings {
		seen.Findings[i].Exchange = at
	}
	return seen
}

func missing(r exchange.Record, ok bool) string {
	if !ok {
		return ""
	}
	return "no message came about " + r.Sought
}

// messageHeader judges that messages carry the header pair of the registration.
func messageHeader(v View) Observation {
	r, at, ok := awaited(v)
	switch {
	case !ok:
		return Observation{Unclear: failure(r)}
	case len(r.Messages) > 0:
		return Observation{Exercised: true}
	case v.Transcript.News.Unsigned == 0:
		return Observation{Unclear: "no message came about " + r.Sought}
	}
	return Observation{Exercised: true, Findings: []Finding{{
		Exchange: at,
		Expected: "the header pair of the registration on every message",
		Received: fmt.Sprintf("%d messages at the registered address without it", v.Transcript.News.Unsigned),
	}}}
}

// unwanted judges that no message came to a place where none may come.
func (v View) unwanted(r exchange.Record) Observation {
	seen := Observation{Exercised: true}
	if len(r.Messages) > 0 {
		seen.Findings = []Finding{{
			Expected: fmt.Sprintf("no message about %s at this address", r.Sought),
			Received: "one of the event " + exchange.Text(r.Messages[0].Value, v.Operation.Conformance.Messages.Event),
		}}
	}
	return seen
}

// messageAgain judges that a message that was refused comes again, to the byte,
// and no more often than promised.
func messageAgain(v View) Observation {
	r, at, ok := awaited(v)
	most := v.Operation.Conformance.Messages.Repeats
	switch {
	case !ok:
		return Observation{Unclear: failure(r)}
	case len(r.Messages) == 0 && len(v.Transcript.News.About) > 0:
		return Observation{Exercised: true, Findings: []Finding{{Exchange: at, Expected: "the message at each address that is registered for its event", Received: "it came to another one alone"}}}
	case len(r.Messages) == 0:
		return Observation{Unclear: "no message came about " + r.Sought}
	case len(r.Messages) == 1:
		return Observation{Exercised: true, Findings: []Finding{{Exchange: at, Expected: "the message again, since it was answered 500", Received: fmt.Sprintf("nothing more within %s", r.Took.Round(1e8))}}}
	case most > 0 && len(r.Messages) > 1+most:
		return Observation{Exercised: true, Findings: []Finding{{Exchange: at, Expected: fmt.Sprintf("the message at most %d times more", most), Received: fmt.Sprintf("%d times more", len(r.Messages)-1)}}}
	case slices.ContainsFunc(r.Messages, func(d message.Delivery) bool { return !bytes.Equal(d.Body, r.Messages[0].Body) }):
		return Observation{Exercised: true, Findings: []Finding{{Exchange: at, Expected: "the same bytes again", Received: "another body"}}}
	}
	return Observation{Exercised: true}
}

// messageOnce judges that no second message contradicts the first.
func messageOnce(v View) Observation {
	r, at, ok := awaited(v)
	if !ok || len(r.Messages) == 0 {
		return Observation{Unclear: failure(r) + missing(r, ok)}
	}
	m := v.Operation.Conformance.Messages
	for _, d := range v.Transcript.News.About {
		if d.Place != r.Place || bytes.Equal(d.Body, r.Messages[0].Body) {
			continue
		}
		return Observation{Exercised: true, Findings: []Finding{{
			Exchange: at,
			Expected: "no second message of other content about " + r.Sought,
			Received: fmt.Sprintf("%s %s after %s", m.Success, received(d.Value, m.Success), received(r.Messages[0].Value, m.Success)),
		}}}
	}
	return Observation{Exercised: true}
}

// messageNone judges that nothing is told of rejected requests.
func messageNone(v View) Observation {
	news := v.Transcript.News
	switch {
	case v.Answer.Status < 400:
		return Observation{}
	case len(news.Rejected) == 0 && !news.Came:
		return Observation{Unclear: "no message came at all, so that none about a rejected request proves nothing"}
	case len(news.Rejected) == 0 && news.Unknown > 0:
		return Observation{Unclear: fmt.Sprintf("%d messages came of which it is not known what they are about: an answer was lost, or too much goes on in the environment beside the run", news.Unknown)}
	case len(news.Rejected) == 0:
		return Observation{Exercised: true}
	}
	m := v.Operation.Conformance.Messages
	var about []string
	for _, d := range news.Rejected {
		about = append(about, fmt.Sprintf("%s about %s", exchange.Text(d.Value, m.Event), exchange.Text(d.Value, m.ID)))
	}
	return Observation{Exercised: true, Findings: []Finding{{
		Expected: "no message about a rejected request",
		Received: fmt.Sprintf("%d messages about transactions that no answer named, as %s", len(about), strings.Join(about[:min(3, len(about))], ", ")),
	}}}
}
