package planner

import (
	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// subject is an operation that cases are made for.
type subject struct {
	*spec.Operation
	correct draft       // the request with the mandatory fields alone
	prepare []plan.Step // makes the state that it needs
}

// proposal is what a kind of cases comes to for an operation: a case, or the
// reason why there is none.
type proposal struct {
	operation *spec.Operation
	kind      string
	absent    absence // why there is no case; the rest is empty then

	what    string // distinguishes the case from others of its kind, "" for the only one
	variant string // distinguishes it and its like from others of the kind, "" for nothing
	why     string // what is right or wrong with the request
	draft   draft
	prepare []plan.Step
	fault   *fault // nil for a correct request

	correct *draft             // the request without what is wrong with it, nil for none
	after   func(c *plan.Case) // completes a case that is kept; nil for nothing

	extreme  bool        // a number that a target may have narrower bounds for
	safe     *draft      // is sent in its place: the same fault in a name that nothing has; nil for nothing
	aboutID  bool        // it tries the id itself, where a guess prepares the others
	guess    *plan.Guess // that its preparation rests on, nil for none
	explored bool        // it is drawn by an exploration
	walk     *walk       // the drawn sequence that it ends, nil for none
	reason   string      // of a drawn one: why without what it is drawn with
	standIn  bool        // an unknown id stands in for what it is about

	flow *flowCase // the complete case of a flow; nil for any other
}

// absence is why there is no case of a kind. At most one reason is given.
type absence struct {
	gap     string // no value was found that does what the case is to do: it is dropped
	missing string // the line that the fixtures lack
	none    string // the description calls for no such case
	effect  bool   // missing is only of what shows an effect
	short   bool   // missing is only of one more case
	ours    bool   // none is said by more than the description: what is judged by it is inconclusive
}

// fault is what a malformed request breaks, and how that is proved.
type fault struct {
	plan.Fault
	lax     bool                  // nothing is promised of such a request
	certify func(value any) error // proves on the value sent that it breaks this and nothing else; nil for none
	broken  *brokenParameter      // nil where no parameter is broken
	of      shareable             // the broken place, nil for one that no other operation may have
}

// brokenParameter is a parameter whose value is at fault, and what proves on the value as it
// is read back that it breaks this and nothing else.
type brokenParameter struct {
	spec.Parameter
	certify func(value any) error
}

// flowCase is a complete case of a flow.
type flowCase struct {
	*plan.Case
	requirement string
}

// propose makes a proposal of a request.
func (s subject) propose(kind, what, why string, d draft) *proposal {
	return &proposal{operation: s.Operation, kind: kind, what: what, why: why, draft: d, prepare: s.prepare, correct: &s.correct}
}

// varying says what distinguishes the request and its like from others of its kind.
func (p *proposal) varying(variant string) *proposal {
	p.variant = variant
	return p
}

// breaking adds what the request breaks.
func (p *proposal) breaking(f *fault) *proposal {
	p.fault = f
	return p
}

// preparedBy gives the request a preparation of its own.
func (p *proposal) preparedBy(steps []plan.Step) *proposal {
	p.prepare = steps
	return p
}

// completedBy adds what is done to the case when it is kept.
func (p *proposal) completedBy(after func(c *plan.Case)) *proposal {
	p.after = after
	return p
}

// none says why the description calls for no case of a kind.
func (s subject) none(kind, why string) *proposal {
	return &proposal{operation: s.Operation, kind: kind, absent: absence{none: why}}
}

// unmade says why no case of a kind could be made, by more than the description.
func (s subject) unmade(kind, why string) *proposal {
	return &proposal{operation: s.Operation, kind: kind, absent: absence{none: why, ours: true}}
}

// missing says what the fixtures lack for a kind.
func (s subject) missing(kind, what string) *proposal {
	return &proposal{operation: s.Operation, kind: kind, absent: absence{missing: what}}
}

// gap lists a case for which no value was found.
func (s subject) gap(kind, what string, d draft, pointer string, f generate.Fault) *proposal {
	return &proposal{
		operation: s.Operation, kind: kind, what: what, draft: d, absent: absence{gap: f.Gap},
		fault: &fault{Fault: plan.Fault{Pointer: pointer, Keyword: f.Keyword}},
	}
}
