package verdict

import (
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
	Case      *plan.Case
	Operation *spec.Operation
	Answer    *exchange.Answer
	Body      Body
	Observed  []exchange.Record
}

// head tells whether the request was one whose answer has no body.
func (v View) head() bool { return v.Case.Act.Request.Method == http.MethodHead }

// Saw is what a check saw.
type Saw struct {
	Exercised bool      // there was something to judge
	Findings  []Finding // each a broken rule
	Note      string    // the answer is tolerated, and why
	Unclear   string    // nothing can be concluded, and why
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
}

// shapes are the checks of what an answer looks like, whatever was asked.
var shapes = []string{"documented-status", "media-type", "schema", "error-body", "reason", "no-reason", "no-reason-field"}

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
	var list []Verdict
	var view View
	if t.Act != nil && t.Act.Answer != nil {
		view = View{
			Case: t.Case, Operation: p.Description.Operation(t.Case.Operation),
			Answer: t.Act.Answer, Body: readBody(t.Act.Answer), Observed: t.Observe,
		}
	}
	for _, id := range t.Case.Obligations {
		list = append(list, unpunctual(p, t, judge(p.Obligation(id), id, t, view)))
	}
	return list
}

func judge(o *plan.Obligation, id string, t *exchange.Transcript, view View) Verdict {
	v := Verdict{Obligation: id}
	switch {
	case o == nil:
		v.Outcome, v.Why = Broken, "the plan has no such obligation"
		return v
	case t.Interrupted():
		v.Why = "the run was interrupted"
		return v
	case t.Stopped != "":
		v.Outcome, v.Why = Inconclusive, t.Stopped
		return v
	case t.Act == nil:
		return v
	case t.Act.Failure != nil:
		return failed(v, o, t.Act.Failure)
	}
	if !o.Requirement.Applies(view.Answer.Status) {
		v.Outcome = Pass // nothing that the requirement speaks of happened
		return v
	}
	if s := view.Answer.Status; (s == 429 || s == 503) && !slices.Contains(view.Case.Expect.Statuses, s) {
		v.Outcome, v.Why = Inconclusive, fmt.Sprintf("the target answered %d: it has no time now", s)
		return v
	}
	check, ok := checks[o.Requirement.Check]
	if !ok {
		v.Outcome, v.Why = Broken, "there is no check "+o.Requirement.Check
		return v
	}
	saw := check(view)
	v.Exercised, v.Findings, v.Note = saw.Exercised, saw.Findings, saw.Note
	for i := range v.Findings {
		v.Findings[i].Check = o.Requirement.Check
	}
	switch {
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
