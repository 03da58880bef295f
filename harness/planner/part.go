package planner

import (
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// Part says which part of a plan is wanted. The zero value is all of it.
type Part struct {
	Keep    func(*plan.Obligation) bool // which obligations, by id, sentence, operation and requirement; nil for all
	Case    string                      // the id of the only case, "" for all
	Profile bool                        // the plan of some profiles is made of it
	Sample  bool                        // what many operations share is broken in one of them, and by a sample in the others
	Explore int                         // how many requests of each operation are drawn beyond the systematic ones
}

// NewPart plans what is wanted, and more where that depends on it: plan.Only and
// plan.Case leave the same of it as of the whole plan. What no wanted obligation needs
// is not made.
func NewPart(d *spec.Description, r *spec.Requirements, f *settings.Fixtures, seed uint64, part Part) (*plan.Plan, error) {
	g, err := newGround(d, r, f)
	if err != nil {
		return nil, err
	}
	g.seed, g.explore = seed, part.Explore
	g.sampling = part.Sample && part.Keep == nil && part.Case == ""
	return g.plan(g.scopeOf(part), seed)
}

// scope is what of a plan is made.
type scope struct {
	operations  []*spec.Operation                                        // whose obligations are made
	proposers   map[*spec.Operation][]proposer                           // of the operations that cases are made for
	flow        func(*spec.Operation, *spec.Requirement, spec.Flow) bool // which flows are made
	kept        map[string]bool                                          // ids of the wanted obligations; nil for all
	everyAnswer bool                                                     // one of them is judged on every answer
	oneCase     string                                                   // id of the only case, "" for all
}

// everything is the scope of a whole plan.
func (g *ground) everything() *scope {
	s := &scope{operations: g.description.Operations, proposers: map[*spec.Operation][]proposer{}, everyAnswer: true}
	for _, o := range g.description.Operations {
		s.proposers[o] = proposers
	}
	s.flow = func(*spec.Operation, *spec.Requirement, spec.Flow) bool { return true }
	return s
}

// scopeOf finds what has to be made for a part of a plan. Which cases use known resources
// depends on all that could.
func (g *ground) scopeOf(part Part) *scope {
	switch {
	case len(g.fixtures.Known) > 0, g.explore > 0 && part.Case == "": // drawn sequences call many operations
		return g.everything()
	case part.Case != "":
		return g.scopeOfCase(part)
	case part.Keep == nil:
		return g.everything()
	}
	s := &scope{kept: map[string]bool{}, proposers: map[*spec.Operation][]proposer{}}
	judged := map[string]bool{} // operations of which every answer is judged
	for _, o := range g.description.Operations {
		for _, q := range g.requirements.List {
			if !q.Tested() || !q.Operations.Has(o.ID) {
				continue
			}
			if ob := newObligation(o, q); part.Keep(ob) {
				s.kept[ob.ID], s.proposers[o] = true, proposers
				judged[o.ID] = judged[o.ID] || q.EveryAnswer()
			}
		}
		if s.proposers[o] != nil {
			s.operations = append(s.operations, o)
			s.everyAnswer = s.everyAnswer || judged[o.ID]
		}
	}
	if len(s.operations) == 0 || len(s.operations) == len(g.description.Operations) || part.Profile && s.everyAnswer {
		return g.everything() // all of it, or nothing, which the whole plan says best
	}
	s.flow = func(o *spec.Operation, q *spec.Requirement, f spec.Flow) bool {
		return s.kept[plan.ObligationID(o.Slug(), q.ID)] || judged[o.ID] || g.flowCalls(o, f, judged)
	}
	stranger := slices.ContainsFunc(s.operations, func(o *spec.Operation) bool { return judged[o.ID] && g.makesStranger(o) })
	for _, o := range g.description.Operations {
		switch {
		case s.proposers[o] != nil:
		case slices.ContainsFunc(g.callsOf(o), func(id string) bool { return judged[id] }):
			s.proposers[o] = proposers
		case stranger:
			s.proposers[o] = []proposer{(*drafter).otherIDCases}
		}
	}
	return s
}

// scopeOfCase is what has to be made for one case: those of its operation, in whose id
// its own begins.
func (g *ground) scopeOfCase(part Part) *scope {
	s := &scope{oneCase: part.Case, proposers: map[*spec.Operation][]proposer{}}
	flows := map[*spec.Operation]bool{}
	for _, o := range g.description.Operations {
		rest, ok := strings.CutPrefix(part.Case, plan.IDPart(o.Slug())+".")
		if !ok {
			continue
		}
		s.operations = append(s.operations, o)
		if flows[o] = strings.HasPrefix(rest, plan.KindFlow+"."); !flows[o] {
			s.proposers[o] = proposers
		}
	}
	if len(s.operations) == 0 || part.Profile {
		return g.everything()
	}
	s.flow = func(o *spec.Operation, _ *spec.Requirement, _ spec.Flow) bool { return flows[o] }
	return s
}

// concerned lists the operations whose obligations are made: beside those of the scope
// those that the only case calls.
func (s *scope) concerned(a *assigner) []*spec.Operation {
	c := a.byID[s.oneCase]
	if s.oneCase == "" || c == nil {
		return s.operations
	}
	calls := append(passing(c), c.Operation)
	return slices.DeleteFunc(slices.Clone(a.description.Operations), func(o *spec.Operation) bool { return !slices.Contains(calls, o.ID) })
}

// callsOf lists the operations that the cases of an operation may call beside it,
// without its flows and what another kind of thing is made by.
func (g *ground) callsOf(o *spec.Operation) (ids []string) {
	for _, p := range []preparation{g.preparations[o.ID], g.guesses[o.ID]} {
		steps := p.steps
		if p.link.From != nil {
			ids = append(ids, p.link.From.ID)
			steps = slices.Concat(steps, g.preparations[p.link.From.ID].steps)
		}
		for _, step := range steps {
			ids = append(ids, step.Operation)
		}
	}
	for _, back := range o.Conformance.ReadBack {
		ids = append(ids, back.Operation)
	}
	if m := o.Conformance.Messages; m != nil {
		ids = append(ids, m.Register.Operation)
	}
	return ids
}

// flowCalls reports whether a flow of an operation may call some operations.
func (g *ground) flowCalls(own *spec.Operation, f spec.Flow, some map[string]bool) bool {
	for i, step := range f.Steps {
		o := own
		if step.Do != spec.Own {
			o = g.description.Operation(step.Do)
		}
		if o == nil {
			continue
		}
		if some[o.ID] || i == 0 && slices.ContainsFunc(g.callsOf(o), func(id string) bool { return some[id] }) {
			return true
		}
	}
	return false
}

// messagesBeside makes the cases beside those of a scope that await messages: messages about
// all operations come to the same address, and are subscribed to.
func (g *ground) messagesBeside(s *scope) ([]*plan.Case, error) {
	others := &scope{proposers: map[*spec.Operation][]proposer{}}
	for _, o := range g.description.Operations {
		if len(s.proposers[o]) != len(proposers) && o.Conformance.Messages != nil {
			others.proposers[o] = []proposer{(*drafter).messageCases}
		}
	}
	others.flow = func(o *spec.Operation, q *spec.Requirement, f spec.Flow) bool {
		return !s.flow(o, q, f) && slices.ContainsFunc(f.Steps, func(step spec.FlowStep) bool { return step.Await != "" })
	}
	made, err := g.makeCases(others)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(made.cases, func(c *plan.Case) bool { return !c.Awaits() }), nil
}

// awaits reports whether a case is a wanted one that awaits messages.
func (s *scope) awaits(c *plan.Case) bool {
	switch {
	case !c.Awaits():
		return false
	case s.oneCase != "":
		return c.ID == s.oneCase
	}
	return s.kept == nil || slices.ContainsFunc(c.Obligations, func(id string) bool { return s.kept[id] })
}
