package verdict

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// flow judges every step of a flow that has an expectation. The others must
// succeed, or end as they say, or the steps that rest on them show nothing.
func flow(v View) Observation {
	seen := Observation{}
	t := v.Transcript
	steps := append([]exchange.Record{*t.Act}, t.Observe...)
	for i, r := range steps {
		if r.Step.Check != "flow" {
			continue
		}
		step := v.judgeStep(r)
		place := 0
		if i > 0 {
			place = len(t.Prepare) + 1 + i
		}
		for j := range step.Findings {
			step.Findings[j].Exchange = place
			if r.Answer != nil {
				step.Findings[j].Status = r.Answer.Status
			}
			if place > 0 {
				step.Findings[j].Step = r.Step.Name
			}
		}
		seen = seen.merge(step)
		if step.Unclear != nil || v.missed(r) {
			break // what comes after it rests on it
		}
	}
	return seen
}

// missed reports whether a step got a tolerated response on which what comes after it does
// not rest: one that breaks another requirement where it was to be carried out, or that is
// of a request that was carried out and ended in an error where it was to be rejected.
func (v View) missed(r exchange.Record) bool {
	if r.Answer == nil || r.Step.Expect == nil {
		return false
	}
	body := readBody(r.Answer).Value
	t, ok := toleranceOf(r.Step.Expect.Tolerated, r.Answer.Status, body)
	if !ok {
		return false
	}
	switch r.Step.Expect.Handling {
	case plan.Accepted:
		return len(t.Breaks) > 0
	case plan.Rejected:
		o := v.Operation.Description.Operation(r.Step.Operation)
		return o != nil && r.Answer.Status/100 == 2 && o.Ending(body) == spec.Errored
	}
	return false
}

// judgeStep judges one step of a flow.
func (v View) judgeStep(r exchange.Record) Observation {
	switch {
	case r.Step.Await != nil && (r.Step.Expect != nil || r.Step.Await.Never) && v.Answer.Status/100 != 2:
		return Observation{} // nothing was carried out, so no message is owed
	case r.Failure != nil && r.Failure.Kind == exchange.HungUp:
		return Observation{}
	case r.Failure != nil:
		return Observation{Unclear: noResponse(r.Step.Name, r.Failure)}
	case r.Writes-r.Refused > 1 && r.Step.Fresh:
		return Observation{Unclear: &Obstacle{Kind: SentTwice, Step: r.Step.Name, Count: r.Writes - r.Refused}}
	case r.Step.Await != nil && r.Step.Await.Never:
		return v.unwanted(r)
	case r.Step.Await != nil:
		return v.judgeMessage(r)
	case r.Missing != "" && r.Step.Expect == nil:
		return Observation{Unclear: &Obstacle{Kind: NothingToFollow, Step: r.Step.Name, Pointer: r.Missing}}
	}
	o := v.Operation.Description.Operation(r.Step.Operation)
	if o == nil { // a request of the environment's own, which lets a payment settle
		if r.Answer.Status/100 != 2 {
			return Observation{Unclear: &Obstacle{Kind: NotCarriedOut, Step: r.Step.Name, Status: r.Answer.Status}}
		}
		return Observation{}
	}
	view := View{Case: v.Case, Operation: o, Method: r.Step.Request.Method, Answer: r.Answer, Body: readBody(r.Answer), Transcript: v.Transcript}
	if s := r.Answer.Status; exchange.Unavailable(o, s) {
		return Observation{Unclear: &Obstacle{Kind: Busy, Step: r.Step.Name, Status: s}}
	}
	if r.Step.Expect == nil {
		if e := o.Ending(view.Body.Value); r.Answer.Status/100 != 2 || (e == spec.Refused || e == spec.Errored) && e != r.Step.Ends {
			return Observation{Unclear: &Obstacle{
				Kind: NotCarriedOut, Step: r.Step.Name, Status: r.Answer.Status, Detail: sayOutcome(Finding{Words: outcomeWords(view)}),
			}}
		}
		return Observation{}
	}
	view.Expect = *r.Step.Expect
	if note, ok := view.tolerable(); ok {
		return Observation{Exercised: true, Note: note}
	}
	if same := view.Expect.Same; same != "" {
		return view.repeats(r, same)
	}
	seen := status(view)
	if len(seen.Findings) == 0 {
		seen.Findings = append(view.holds(view.Body.Value), view.ordered(view.Body.Value)...)
	}
	return seen
}

// judgeMessage judges an awaited message. That it comes at all is the flow's
// matter only where it is expected to say something.
func (v View) judgeMessage(r exchange.Record) Observation {
	most := r.Step.Await.MaxTimes
	switch {
	case most > 0 && len(r.Messages) > most && v.Transcript.Inbox.Resent != "":
		return Observation{Unclear: v.unacknowledged()}
	case most > 0 && len(r.Messages) > most:
		return Observation{Exercised: true, Findings: []Finding{{
			Rule: MessageMost, Deviation: Surplus, Wanted: []string{strconv.Itoa(most)}, Got: strconv.Itoa(len(r.Messages)), Given: []Fact{{"id", r.Sought}},
		}}}
	case most > 0 && len(r.Messages) > 0:
		return Observation{Exercised: true}
	case len(r.Messages) > 0 && r.Step.Expect == nil:
		return Observation{}
	case len(r.Messages) > 0:
	case r.Step.Expect != nil && v.Transcript.Inbox.Unsigned > 0 && r.Place != plan.Address: // an address of the flow alone
		return Observation{Exercised: true, Findings: []Finding{{Rule: MessageSigned, Deviation: Missing, Got: strconv.Itoa(v.Transcript.Inbox.Unsigned)}}}
	case r.Step.Expect != nil:
		return v.judgeSilence(r)
	default:
		return Observation{Unclear: v.noMessage(r)}
	}
	view := v
	view.Expect = *r.Step.Expect
	return Observation{Exercised: true, Findings: view.holds(r.Messages[0].Value)}
}

// repeats judges whether a response is that of another step again: the first of
// that label that is not a tolerated one.
func (v View) repeats(r exchange.Record, label string) Observation {
	for first := range v.Transcript.Records() {
		if first.Step.Label != label || first.Answer == nil {
			continue
		}
		body := readBody(first.Answer)
		if _, ok := tolerated(v.Expect.Tolerated, first.Answer.Status, body.Value); ok {
			continue
		}
		if first.Answer == r.Answer {
			return status(v)
		}
		seen := Observation{Exercised: true}
		if note, ok := v.repeatsInPart(first, body.Value); ok {
			seen.Note = note
			return seen
		}
		if first.Answer.Status != r.Answer.Status || !reflect.DeepEqual(body.Value, v.Body.Value) {
			deviation := Value
			if first.Answer.Status != r.Answer.Status {
				deviation = Status
			}
			seen.Findings = []Finding{{
				Rule: SameResponse, Deviation: deviation, Status: r.Answer.Status, Words: outcomeWords(v),
				Wanted: append(statuses([]int{first.Answer.Status}), differences(body.Value, v.Body.Value)...),
			}}
		}
		return seen
	}
	return Observation{Exercised: true, Findings: []Finding{{Rule: OneCarriedOut, Deviation: Effect}}}
}

// repeatsInPart reports whether a response has in common with the first one what
// the description demands of a repeat, and differs in the rest.
func (v View) repeatsInPart(first *exchange.Record, body any) (note string, ok bool) {
	i := v.Operation.Conformance.Idempotency
	if i == nil || first.Answer.Status != v.Answer.Status || v.Operation.Ending(body) != v.Operation.Ending(v.Body.Value) {
		return "", false
	}
	common := 0
	for _, pointer := range i.Same {
		before, there := spec.Lookup(body, pointer)
		after, still := spec.Lookup(v.Body.Value, pointer)
		if there != still || !reflect.DeepEqual(before, after) {
			return "", false
		}
		if there {
			common++
		}
	}
	differing := differences(body, v.Body.Value)
	if common == 0 || len(differing) == 0 {
		return "", false
	}
	return "a repeat that is answered otherwise is tolerated (repeat-differs): " + strings.Join(differing, ", "), true
}

// differences names the top-level fields in which two bodies differ.
func differences(a, b any) []string {
	first, _ := a.(map[string]any)
	second, _ := b.(map[string]any)
	var names []string
	for name := range first {
		if !reflect.DeepEqual(first[name], second[name]) {
			names = append(names, name)
		}
	}
	for name := range second {
		if _, there := first[name]; !there {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
