package verdict

import (
	"cmp"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// stage is how far one must read a response to see a deviation. What is found at an
// earlier stage may leave nothing to judge at a later one.
type stage int

const (
	atTransport stage = iota + 1
	atStatus
	atMediaType
	atSyntax // well-formed JSON
	atSchema
	atMeaning // codes, reasons, messages
	atEffect
)

// stageOf is the stage at which a finding is seen. A check that only meets a broken
// body, and is not there to judge it, sees it later.
func (f Finding) stage() stage {
	switch f.Deviation {
	case Transport:
		return atTransport
	case Status:
		if f.Rule == PreferredStatus || f.Rule == DocumentedStatus {
			return atMediaType // the exact status explains them
		}
		return atStatus
	case MediaType:
		return atMediaType
	case Effect:
		return atEffect
	}
	switch f.Rule {
	case JSONBody:
		if f.Check == "media-type" {
			return atSyntax
		}
		return atSchema
	case TrailingBytes, NoBody:
		return atSyntax
	case SchemaBody, SchemaHeader, ErrorBody, ErrorPart, ErrorText, ErrorConstant, MessageFits, MessageJSON, MessageOnce, FieldPresent:
		return atSchema // of messages that contradict each other none is true
	}
	return atMeaning
}

// unreadable reports whether a finding says that a body cannot be read.
func (f Finding) unreadable() bool {
	return f.Rule == JSONBody || f.Rule == ErrorBody || f.Rule == HTTPResponse
}

// ofOutcome reports whether a finding says that a response tells another outcome.
func (f Finding) ofOutcome() bool { return f.Rule == OutcomeWord || f.Rule == OutcomeAbsent }

// carriedOut reports whether a finding says that the target carried a request out, or
// says so, that it must not.
func (f Finding) carriedOut() bool { return !f.Correct && f.Status/100 == 2 }

// explains reports whether another finding in the same case follows from this one: it
// is of the same response and cannot be judged, or it rests on the act that went wrong.
func (f Finding) explains(other Finding) bool {
	same, later := f.Exchange == other.Exchange, f.Exchange == 0 && other.Exchange > 0 && other.rests()
	switch {
	case f.stage() > other.stage() || !same && !later:
		return false
	case other.Rule == SecretRepeated || other.Rule == InsideShown:
		return false // whatever the response, this must not be in it
	case other.stage() == atEffect:
		return (f.stage() == atStatus || f.ofOutcome()) && f.carriedOut()
	case f.stage() <= atStatus:
		return true
	case f.unreadable():
		return same || other.Check != "retry" && other.Check != "repeat" // these rest on the status alone
	case f.Deviation == MediaType:
		return other.unreadable() || other.Deviation == MediaType
	case f.ofOutcome():
		return other.stage() >= atMeaning
	case f.Rule == MessageOnce:
		return same && strings.HasPrefix(other.Check, "message")
	case other.Rule == MessageOnce:
		return false
	}
	return same && f.Pointer != "" && (other.Pointer == f.Pointer || strings.HasPrefix(other.Pointer, f.Pointer+"/"))
}

// rests reports whether a finding of a later response or message rests on the act.
func (f Finding) rests() bool {
	return f.Check == "flow" || f.Check == "retry" || f.Check == "repeat" || f.Check == "alike" || strings.HasPrefix(f.Check, "message") || strings.HasPrefix(f.Check, "distinct")
}

// attribution finds the one failure of each response from which others follow.
type attribution struct {
	plan     *plan.Plan
	verdicts []Verdict
}

// attribute makes of each failure that follows from another of the case an
// inconclusive verdict that names it. It never follows from one that binds a target
// less: a broken should leaves a must as it is.
func attribute(p *plan.Plan, t *exchange.Transcript, views []View, act int, verdicts []Verdict) {
	a := attribution{p, verdicts}
	for i := range verdicts {
		for j := range verdicts[i].Findings {
			f := &verdicts[i].Findings[j]
			f.Operation = t.Case.Operation
			if at := cmp.Or(f.Exchange, act+1); f.Rule != TraceLeft && at > 0 && at <= len(views) && views[at-1].Operation != nil { // a trace is shown by another than leaves it
				f.Operation = views[at-1].Operation.ID
			}
		}
	}
	primaries := make([]int, len(verdicts))
	for i := range verdicts {
		primaries[i] = a.primary(i)
	}
	for i, of := range primaries {
		for range verdicts { // to the first of a chain
			if of >= 0 && primaries[of] >= 0 && primaries[of] != i {
				of = primaries[of]
			}
		}
		if of < 0 {
			continue
		}
		v := &verdicts[i]
		v.Outcome, v.Exercised, v.Findings, v.Branches, v.Note = Inconclusive, false, nil, nil, ""
		*v = v.because(&Obstacle{Kind: Follows, Of: verdicts[of].Obligation})
	}
	for i := range verdicts {
		if v := &verdicts[i]; v.Outcome == Inconclusive && v.Obstacle != nil && v.Obstacle.Kind != Follows {
			if of := a.inTheWay(t, *v.Obstacle); of >= 0 {
				*v = v.because(&Obstacle{Kind: Follows, Of: verdicts[of].Obligation, Step: v.Obstacle.Step})
			}
		}
	}
}

// primary is the index of the failure that explains all findings of another, -1 for
// none. A verdict that is explained in part has what is not explained first.
func (a attribution) primary(i int) int {
	v := &a.verdicts[i]
	if v.Outcome != Fail {
		return -1
	}
	found := -1
	explained := func(f Finding) bool {
		for j, other := range a.verdicts {
			if j == i || other.Outcome != Fail || !a.before(j, i) {
				continue
			}
			if slices.ContainsFunc(other.Findings, func(one Finding) bool {
				return one.explains(f) && (one.stage() < f.stage() || !f.explains(one) || j < i)
			}) {
				if found < 0 || a.first(j) < a.first(found) {
					found = j
				}
				return true
			}
		}
		return false
	}
	var own, others []Finding
	for _, f := range v.Findings {
		if explained(f) {
			others = append(others, f)
		} else {
			own = append(own, f)
		}
	}
	if len(own) == 0 {
		return found
	}
	slices.SortStableFunc(own, func(a, b Finding) int { return cmp.Compare(a.stage(), b.stage()) })
	v.Findings = append(own, others...)
	return -1
}

// first is the earliest stage of a verdict's findings.
func (a attribution) first(i int) stage {
	least := atEffect
	for _, f := range a.verdicts[i].Findings {
		least = min(least, f.stage())
	}
	return least
}

// before reports whether a failure may explain another: it binds no less.
func (a attribution) before(i, of int) bool { return a.binding(i) >= a.binding(of) }

// binding is how much the requirement of a verdict binds a target.
func (a attribution) binding(i int) int {
	o := a.plan.Obligation(a.verdicts[i].Obligation)
	switch {
	case o == nil:
		return 0
	case o.Requirement.Basis.Fails(o.Requirement.Level, false):
		return 3
	case o.Requirement.Basis.Fails(o.Requirement.Level, true):
		return 2
	case o.Requirement.Level == spec.Should:
		return 1
	}
	return 0
}

// inTheWay is the index of the failure of the step that kept a check from a
// conclusion, -1 for none.
func (a attribution) inTheWay(t *exchange.Transcript, o Obstacle) int {
	if !slices.Contains([]ObstacleKind{Unprepared, NotCarriedOut, NothingToFollow, ReadBackFailed}, o.Kind) || o.Step == "" {
		return -1
	}
	records := slices.Collect(t.Records())
	for i, v := range a.verdicts {
		for _, f := range v.Findings {
			at := f.Exchange - 1
			if v.Outcome == Fail && f.stage() <= atSchema && at >= 0 && at < len(records) && records[at].Step.Name == o.Step {
				return i
			}
		}
	}
	return -1
}
