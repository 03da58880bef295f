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

// View is what a check looks at: one request with its response, and the case around it.
type View struct {
	Case       *plan.Case
	Operation  *spec.Operation
	Expect     plan.Expect // of this response
	Method     string
	Sent       any // decoded body of the request, nil when it is none that can be decoded
	Answer     *exchange.Answer
	Body       Body
	Transcript *exchange.Transcript // all that happened in the case

	Requirement *spec.Requirement // the one that is judged

	earlier []any // decoded bodies of the requests of the case before this one
	memo    *memo // what several checks make of the response, nil where it is made each time
}

// memo keeps what several checks make of one response.
type memo struct {
	parts []part
	body  string
	texts []textIn
}

// isHead reports whether the request was one whose response has no body.
func (v View) isHead() bool { return v.Method == http.MethodHead }

// unavailable reports whether the response only says that the request could not be
// served. Where an operation gives no other while others are served, it is judged.
func (v View) unavailable() bool {
	down := v.Transcript != nil && v.Transcript.Down[v.Operation.ID]
	return exchange.Unavailable(v.Operation, v.Answer.Status) && (!down || v.Answer.Status == http.StatusTooManyRequests)
}

// observed lists the observations after the act that are for a check, with their places among all exchanges, from 1.
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

// Observation is what a check saw.
type Observation struct {
	Exercised bool      // there was something to judge
	Branches  []Branch  // of the requirement, that the response was about
	Findings  []Finding // each a broken rule
	Note      string    // the response is tolerated, and why
	Unclear   *Obstacle // nothing can be concluded, and why

	broken *Obstacle // a fault of our own
}

// Check is one rule applied to an exchange.
type Check func(View) Observation

// checks by the names that requirement lists use.
var checks = map[string]Check{
	"status":                status,
	"preferred":             preferred,
	"documented-status":     documentedStatus,
	"media-type":            mediaType,
	"schema":                schema,
	"schema-reading":        schemaReading,
	"error-body":            errorBody,
	"error-names":           errorNames,
	"error-description":     errorDescription,
	"blamed-field":          blamedField,
	"reason":                reason,
	"reason-name":           reasonName,
	"outcome-field":         outcomeField,
	"no-reason":             noReason,
	"no-reason-field":       noReasonField,
	"no-trace":              noTrace,
	plan.CheckReconciled:    reconciled,
	plan.CheckAccounted:     accounted,
	"flow":                  flow,
	"repeat":                repeat,
	"retry":                 retry,
	"alike":                 alike,
	"code":                  code,
	"echo":                  echo,
	"amount":                amount,
	"added":                 added,
	"created":               created,
	"present":               present,
	"prepared":              prepared,
	"not-shown":             notShown,
	"keys-not-shown":        keysNotShown,
	"no-inside":             noInside,
	"distinct-reasons":      distinctReasons,
	"distinct-descriptions": distinctDescriptions,
	"message":               messageCame,
	"message-id":            messageID,
	"message-prompt":        messagePrompt,
	"message-success":       messageSuccess,
	"message-reason":        messageReason,
	"message-header":        messageHeader,
	"message-schema":        messageSchema,
	"message-again":         messageAgain,
	"message-once":          messageOnce,
	"message-count":         messageCount,
	"message-none":          messageNone,
}

// shapes are the checks of the shape of a response, whatever was requested.
var shapes = []string{"documented-status", "media-type", "schema", "error-body", "reason", "no-reason", "no-reason-field", "not-shown", "keys-not-shown", "no-inside"}

// OfShape reports whether a check judges the shape of a response, whatever was
// requested, so that one fault of the target shows on requests of every kind.
func OfShape(check string) bool { return slices.Contains(shapes, check) }

// OfMessage reports whether a rule is about messages of the target.
func OfMessage(rule Rule) bool { return strings.HasPrefix(string(rule), string(MessageCame)) }

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
			list = append(list, Verdict{Obligation: id, Outcome: Broken}.because(&Obstacle{Kind: UnknownObligation}))
		case o.Operation.ID != t.Case.Operation:
			list = append(list, judgeInPassing(o, views))
		default:
			v := Verdict{Obligation: id, Why: "the run was interrupted"}
			if !interrupted {
				v = judge(o, t, views, act)
			}
			list = append(list, unpunctual(o, t, v))
		}
	}
	attribute(p, t, views, act, list)
	return list
}

// views makes one view of each request that got a response, in order. Act is the index of the
// one under judgement, -1 when it has no response.
func views(p *plan.Plan, t *exchange.Transcript) (list []View, act int) {
	act = -1
	list = make([]View, 0, t.Count())
	bodies := make([]any, 0, t.Count())
	i := -1
	for r := range t.Records() {
		i++
		before, sent := slices.Clip(bodies), r.Payload()
		if sent != nil {
			bodies = append(bodies, sent)
		}
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
			Case: t.Case, Operation: o, Method: r.Step.Request.Method, Sent: sent,
			Answer: r.Answer, Body: readBody(r.Answer), Transcript: t, earlier: before, memo: &memo{},
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

// judge judges the act, and, where the requirement applies to every response, the
// other responses of the operation too.
func judge(o *plan.Obligation, t *exchange.Transcript, views []View, act int) Verdict {
	v := Verdict{Obligation: o.ID}
	switch {
	case t.Stopped != "":
		if o.Requirement.EveryAnswer() { // the others look at the act, and there is none
			if passing := judgeInPassing(o, views); passing.Outcome == Fail {
				return passing // a response of the preparation breaks it
			}
		}
		v.Outcome = Inconclusive
		return v.because(unprepared(t))
	case t.Act == nil:
		return v
	case act < 0 && t.Act.Failure != nil:
		return failed(v, o, t.Act.Failure)
	}
	v.Exchange = shownAt(o.Requirement, t)
	if !o.Requirement.EveryAnswer() {
		return conclude(v, o, observe(o, views[act], 0))
	}
	seen := observe(o, views[act], 0)
	for i, view := range views {
		if i != act && view.Operation == o.Operation {
			v.Exchange, seen = v.saw(seen, observe(o, view, i+1), i+1)
		}
	}
	return conclude(v, o, seen)
}

// judgeInPassing judges the responses of another operation than the case's own.
func judgeInPassing(o *plan.Obligation, views []View) Verdict {
	v, seen := Verdict{Obligation: o.ID}, Observation{}
	for i, view := range views {
		if view.Operation == o.Operation {
			v.Exchange, seen = v.saw(seen, observe(o, view, i+1), i+1)
		}
	}
	seen.Unclear = nil
	return conclude(v, o, seen)
}

// saw adds what was observed of a further response, and returns the place of the
// first that the requirement applies to.
func (v Verdict) saw(seen, more Observation, place int) (int, Observation) {
	if seen.Exercised || !more.Exercised {
		place = v.Exchange
	}
	return place, seen.merge(more)
}

// shownAt is the place of the exchange that shows that a requirement is met, from 1:
// the last that was made for its check, 0 where none was.
func shownAt(q *spec.Requirement, t *exchange.Transcript) int {
	for i, r := range slices.Backward(t.Observe) {
		if r.Step.Check == q.Check || r.Step.Await != nil && strings.HasPrefix(q.Check, "message") {
			return len(t.Prepare) + 2 + i
		}
	}
	return 0
}

// observe judges one response. Place is that of an exchange other than the act, from 1.
func observe(o *plan.Obligation, view View, place int) Observation {
	if !o.Requirement.Applies(view.Answer.Status) {
		return Observation{Branches: view.branches(o.Requirement, place, false)} // the requirement does not apply to it
	}
	if s := view.Answer.Status; view.unavailable() && !slices.Contains(view.Expect.Statuses, s) {
		return Observation{Unclear: &Obstacle{Kind: Busy, Status: s}}
	}
	check, ok := checks[o.Requirement.Check]
	if !ok {
		return Observation{broken: &Obstacle{Kind: UnknownCheck, Detail: o.Requirement.Check}}
	}
	view.Requirement = o.Requirement
	seen := check(view)
	seen.Branches = view.branches(o.Requirement, place, seen.Exercised)
	for i := range seen.Findings {
		seen.Findings[i].Check = o.Requirement.Check
		if seen.Findings[i].Exchange == 0 {
			seen.Findings[i].Exchange = place
		}
	}
	return seen
}

// merge adds what was observed of a further response.
func (s Observation) merge(more Observation) Observation {
	s.Exercised = s.Exercised || more.Exercised
	s.Branches = joinBranches(s.Branches, more.Branches)
	s.Findings = append(s.Findings, more.Findings...)
	s.Findings = s.Findings[:min(len(s.Findings), maxFindings)]
	s.Note = cmp.Or(s.Note, more.Note)
	s.Unclear = cmp.Or(s.Unclear, more.Unclear)
	s.broken = cmp.Or(s.broken, more.broken)
	return s
}

// conclude draws the outcome from what was observed.
func conclude(v Verdict, o *plan.Obligation, seen Observation) Verdict {
	v.Exercised, v.Branches, v.Findings, v.Note = seen.Exercised, seen.Branches, seen.Findings, seen.Note
	for i, f := range v.Findings {
		v.Findings[i] = say(f)
	}
	switch {
	case seen.broken != nil:
		v.Outcome = Broken
		return v.because(seen.broken)
	case len(seen.Findings) > 0 && o.Requirement.Level == spec.May:
		f := v.Findings[0] // what may be is noted, never failed
		v.Outcome, v.Findings, v.Note = Pass, nil, fmt.Sprintf("may: %s: received %s", o.Requirement.Sentence, f.Received)
	case len(seen.Findings) > 0:
		v.Outcome = Fail
	case seen.Unclear != nil:
		v.Outcome = Inconclusive
		return v.because(seen.Unclear)
	default:
		v.Outcome = Pass
	}
	return v
}

// failed judges a request that got no response: trouble on the way says nothing
// about conformance, a response that is not HTTP does.
func failed(v Verdict, o *plan.Obligation, f *exchange.Failure) Verdict {
	switch {
	case f.Kind != exchange.Malformed:
		v.Outcome = Inconclusive
		return v.because(noResponse("", f))
	case o.Requirement.Check == "media-type":
		v.Outcome, v.Exercised = Fail, true
		v.Findings = []Finding{say(Finding{Check: "media-type", Rule: HTTPResponse, Deviation: Transport, Got: f.Text.String()})}
		return v
	}
	v.Outcome = Inconclusive
	return v.because(&Obstacle{Kind: NotHTTP, Failure: f.Kind, Detail: f.Text.String()})
}

// because enters what kept a verdict from a conclusion, and its sentence.
func (v Verdict) because(o *Obstacle) Verdict {
	v.Obstacle, v.Why = o, o.String()
	return v
}

// Crashed is the verdict of a case whose judgement met a fault of our own.
func Crashed(obligation string, fault any) Verdict {
	return Verdict{Obligation: obligation, Outcome: Broken}.because(&Obstacle{Kind: Panic, Detail: fmt.Sprint(fault)})
}
