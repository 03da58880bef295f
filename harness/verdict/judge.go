package verdict

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// View is what a check looks at: one answered request and what surrounds it.
type View struct {
	Case       *plan.Case
	Operation  *spec.Operation
	Expect     plan.Expect // of this answer
	Method     string
	Sent       any // decoded body of the request, nil when it is none that can be decoded
	Answer     *exchange.Answer
	Body       Body
	Transcript *exchange.Transcript // all that happened in the case
}

// head tells whether the request was one whose answer has no body.
func (v View) head() bool { return v.Method == http.MethodHead }

// observed lists what a check is to look at after the act, with its place among all exchanges, from 1.
func (v View) observed(check string) (records []exchange.Record, places []int) {
	if v.Transcript == nil {
		return nil, nil
	}
	for i, r := range v.Transcript.Observe {
		if r.Step.Check == check {
			records, places = append(records, r), append(places, len(v.Transcript.Prepare)+2+i)
		}
	}
	return records, places
}

// Saw is what a check saw.
type Saw struct {
	Exercised bool      // there was something to judge
	Findings  []Finding // each a broken rule
	Note      string    // the answer is tolerated, and why
	Unclear   string    // nothing can be concluded, and why

	broken string // a fault of our own
}

// Check is one rule applied to an exchange.
type Check func(View) Saw

// checks by the names that requirement lists use.
var checks = map[string]Check{
	"status":            status,
	"documented-status": documentedStatus,
	"media-type":        mediaType,
	"schema":            schema,
	"error-body":        errorBody,
	"reason":            reason,
	"no-reason":         noReason,
	"no-reason-field":   noReasonField,
	"no-trace":          noTrace,
	"flow":              flow,
	"repeat":            repeat,
	"retry":             retry,
	"alike":             alike,
	"code":              code,
	"echo":              echo,
	"amount":            amount,
	"added":             added,
	"not-shown":         notShown,
	"no-inside":         noInside,
	"distinct-reasons":  distinctReasons,
	"message":           messageCame,
	"message-id":        messageID,
	"message-prompt":    messagePrompt,
	"message-success":   messageSuccess,
	"message-reason":    messageReason,
	"message-header":    messageHeader,
	"message-schema":    messageSchema,
	"message-again":     messageAgain,
	"message-once":      messageOnce,
	"message-none":      messageNone,
}

// shapes are the checks of what an answer looks like, whatever was asked.
var shapes = []string{"documented-status", "media-type", "schema", "error-body", "reason", "no-reason", "no-reason-field", "not-shown", "no-inside"}

// OfShape tells whether a check judges what an answer looks like, whatever was
// asked, so that one fault of the target shows on requests of every kind.
func OfShape(check string) bool { return slices.Contains(shapes, check) }

// Checks lists the names of all checks, sorted.
func Checks() []string { return slices.Sorted(maps.Keys(checks)) }

// Known refuses requirements whose check does not exist.
func Known(r *spec.Requirements) error {
	for _, q := range r.List {
		if _, ok := checks[q.Check]; q.Tested() && !ok {
			return fmt.Errorf("%s: requirement %s: unknown check %q; allowed: %s", r.File, q.ID, q.Check, strings.Join(Checks(), ", "))
		}
	}
	return nil
}

// Judge returns one verdict for each obligation that the case serves, in the case's order.
func Judge(p *plan.Plan, t *exchange.Transcript) []Verdict {
	list := make([]Verdict, 0, len(t.Case.Obligations))
	views, act := views(p, t)
	interrupted := t.Interrupted()
	for _, id := range t.Case.Obligations {
		o := p.Obligation(id)
		switch {
		case o == nil:
			list = append(list, Verdict{Obligation: id, Outcome: Broken, Why: "the plan has no such obligation"})
		case o.Operation.ID != t.Case.Operation:
			list = append(list, along(o, views))
		default:
			v := Verdict{Obligation: id, Why: "the run was interrupted"}
			if !interrupted {
				v = judge(o, t, views, act)
			}
			list = append(list, unpunctual(o, t, v))
		}
	}
	return list
}

// views makes one view of each answered request, in order. Act is the index of the
// one under judgement, -1 when it has no answer.
func views(p *plan.Plan, t *exchange.Transcript) (list []View, act int) {
	act = -1
	for i, r := range t.Records() {
		name := r.Step.Operation
		if t.Act != nil && i == len(t.Prepare) {
			name = t.Case.Operation
		}
		o := p.Description.Operation(name)
		if r.Answer == nil || o == nil || i >= len(t.Prepare)+1+len(t.Observe) { // what cleans up is no part of the case
			list = append(list, View{})
			continue
		}
		v := View{
			Case: t.Case, Operation: o, Method: r.Step.Request.Method, Sent: r.Payload(),
			Answer: r.Answer, Body: readBody(r.Answer), Transcript: t,
		}
		if r.Step.Expect != nil {
			v.Expect = *r.Step.Expect
		}
		if t.Act != nil && i == len(t.Prepare) {
			act, v.Expect, v.Method = i, t.Case.Expect, t.Case.Act.Request.Method
		}
		list = append(list, v)
	}
	return list, act
}

// judge judges the act, and, where the requirement speaks of every answer, the
// other answers of the operation too.
func judge(o *plan.Obligation, t *exchange.Transcript, views []View, act int) Verdict {
	v := Verdict{Obligation: o.ID}
	switch {
	case t.Stopped != "":
		v.Outcome, v.Why = Inconclusive, t.Stopped
		return v
	case t.Act == nil:
		return v
	case act < 0 && t.Act.Failure != nil:
		return failed(v, o, t.Act.Failure)
	}
	if !general(o.Requirement) {
		return conclude(v, o, look(o, views[act], 0))
	}
	saw := look(o, views[act], 0)
	for i, view := range views {
		if i != act && view.Operation == o.Operation {
			saw = saw.and(look(o, view, i+1))
		}
	}
	return conclude(v, o, saw)
}

// along judges what a case shows in passing of another operation than its own.
// What was not answered shows nothing.
func along(o *plan.Obligation, views []View) Verdict {
	saw := Saw{}
	for i, view := range views {
		if view.Operation == o.Operation {
			saw = saw.and(look(o, view, i+1))
		}
	}
	saw.Unclear = ""
	return conclude(Verdict{Obligation: o.ID}, o, saw)
}

// general tells whether a requirement speaks of every answer, whatever case it belongs to.
func general(q *spec.Requirement) bool { return len(q.Cases) == 0 && len(q.Flows) == 0 }

// look judges one answer. Place tells an exchange other than the act, from 1.
func look(o *plan.Obligation, view View, place int) Saw {
	if !o.Requirement.Applies(view.Answer.Status) {
		return Saw{} // nothing that the requirement speaks of happened
	}
	if s := view.Answer.Status; (s == 429 || s == 503) && !slices.Contains(view.Expect.Statuses, s) {
		return Saw{Unclear: fmt.Sprintf("the target answered %d: it has no time now", s)}
	}
	check, ok := checks[o.Requirement.Check]
	if !ok {
		return Saw{broken: "there is no check " + o.Requirement.Check}
	}
	saw := check(view)
	for i := range saw.Findings {
		saw.Findings[i].Check = o.Requirement.Check
		if saw.Findings[i].Exchange == 0 {
			saw.Findings[i].Exchange = place
		}
	}
	return saw
}

// and adds what was seen of a further answer.
func (s Saw) and(more Saw) Saw {
	s.Exercised = s.Exercised || more.Exercised
	s.Findings = append(s.Findings, more.Findings...)
	s.Findings = s.Findings[:min(len(s.Findings), mostFindings)]
	s.Note = cmp.Or(s.Note, more.Note)
	s.Unclear = cmp.Or(s.Unclear, more.Unclear)
	s.broken = cmp.Or(s.broken, more.broken)
	return s
}

// conclude draws the outcome from what was seen.
func conclude(v Verdict, o *plan.Obligation, saw Saw) Verdict {
	v.Exercised, v.Findings, v.Note = saw.Exercised, saw.Findings, saw.Note
	switch {
	case saw.broken != "":
		v.Outcome, v.Why = Broken, saw.broken
	case len(saw.Findings) > 0 && o.Requirement.Level == spec.May:
		f := v.Findings[0] // what may be is noted, never failed
		v.Outcome, v.Findings, v.Note = Pass, nil, fmt.Sprintf("may: %s: received %s", o.Requirement.Sentence, f.Received)
	case len(saw.Findings) > 0:
		v.Outcome = Fail
	case saw.Unclear != "":
		v.Outcome, v.Why = Inconclusive, saw.Unclear
	default:
		v.Outcome = Pass
	}
	return v
}

// failed judges a request that got no answer: trouble on the way says nothing
// about conformance, an answer that is not HTTP does.
func failed(v Verdict, o *plan.Obligation, f *exchange.Failure) Verdict {
	switch f.Kind {
	case exchange.Malformed:
		v.Outcome, v.Why = Inconclusive, "the answer is not HTTP: "+f.Text
		if o.Requirement.Check == "media-type" {
			v.Outcome, v.Exercised, v.Why = Fail, true, ""
			v.Findings = []Finding{{Check: "media-type", Expected: "an HTTP answer", Received: f.Text}}
		}
	default:
		v.Outcome, v.Why = Inconclusive, f.Text
	}
	return v
}
