package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// assigner gives obligations their cases, and cases their obligations.
type assigner struct {
	*ground
	byID    map[string]*plan.Case
	own     map[string][]*plan.Case // by operation
	passing map[string][]*plan.Case // by an operation that is not their own, which they call too
	flows   map[*plan.Case]string   // the requirement whose flow a case is
	dropped map[string][]plan.Dropped
	missing map[situation]string // what the fixtures lack, the first line of each
	effects map[situation]string // the same, of what shows an effect alone
	short   map[situation]string // the same, of one more case
	none    map[situation]string // why the description calls for no case, the last reason of each
	ours    map[situation]bool   // that reason is not the description's alone
}

// usualObligations is room for the obligations of most cases.
const usualObligations = 24

// newAssigner refuses two cases of one id.
func newAssigner(g *ground, made *result) (*assigner, error) {
	a := &assigner{
		ground: g, byID: map[string]*plan.Case{}, flows: made.flows, own: map[string][]*plan.Case{}, passing: map[string][]*plan.Case{}, dropped: map[string][]plan.Dropped{},
		missing: map[situation]string{}, effects: map[situation]string{}, short: map[situation]string{}, none: map[situation]string{}, ours: map[situation]bool{},
	}
	for _, c := range made.cases {
		c.Obligations = make([]string, 0, usualObligations)
		if twin := a.byID[c.ID]; twin != nil {
			return nil, fmt.Errorf("two cases have the id %s: %s; %s", c.ID, twin.Why, c.Why)
		}
		a.byID[c.ID] = c
		a.own[c.Operation] = append(a.own[c.Operation], c)
		for _, id := range passing(c) {
			a.passing[id] = append(a.passing[id], c)
		}
	}
	for _, d := range made.dropped {
		a.dropped[d.Operation] = append(a.dropped[d.Operation], d)
	}
	for _, p := range made.absent {
		key := situation{p.operation, p.kind}
		switch {
		case p.absent.none != "":
			a.none[key], a.ours[key] = p.absent.none, a.ours[key] || p.absent.ours
		case p.absent.effect:
			a.effects[key] = cmp.Or(a.effects[key], p.absent.missing)
		case p.absent.short:
			a.short[key] = cmp.Or(a.short[key], p.absent.missing)
		default:
			a.missing[key] = cmp.Or(a.missing[key], p.absent.missing)
		}
	}
	return a, nil
}

// passing lists the operations that a case calls beside its own.
func passing(c *plan.Case) []string {
	var ids []string
	for _, steps := range [][]plan.Step{c.Prepare, c.Observe} {
		for i := range steps {
			if id := steps[i].Operation; id != "" && id != c.Operation && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// newObligation is a requirement on an operation, without its cases.
func newObligation(o *spec.Operation, q *spec.Requirement) *plan.Obligation {
	return &plan.Obligation{ID: plan.ObligationID(o.Slug(), q.ID), Operation: o, Requirement: q, Sentence: o.ID + " " + q.Sentence}
}

// obligations makes one obligation a requirement and operation of some, with its cases.
func (a *assigner) obligations(operations []*spec.Operation) ([]*plan.Obligation, error) {
	var list []*plan.Obligation
	seen := map[string]string{}
	for _, o := range operations {
		for _, q := range a.requirements.List {
			if !q.Tested() || !q.Operations.Has(o.ID) {
				continue
			}
			ob := newObligation(o, q)
			if twin, ok := seen[ob.ID]; ok {
				return nil, fmt.Errorf("operations %s and %s have one id when only letters, digits, . and - are kept, as in obligation ids", twin, o.ID)
			}
			seen[ob.ID] = o.ID
			if ob.Unsupported = a.unsupported(o, q); ob.Unsupported == "" {
				controlled := a.assign(ob)
				ob.Branches = a.branches(ob)
				ob.Lacks, ob.Missing = a.lacks(ob, controlled), a.missingLines(ob)
				if ob.Inapplicable = a.inapplicable(ob); ob.Inapplicable != "" {
					ob.Lacks, ob.Missing = "", nil
				}
			}
			list = append(list, ob)
		}
	}
	return list, nil
}

// assign gives an obligation its cases. It reports whether finding nothing of a
// rejected request would prove something: where that is judged, a correct request
// has to be read back as well.
func (a *assigner) assign(ob *plan.Obligation) (controlled bool) {
	q := ob.Requirement
	lists := [][]*plan.Case{a.own[ob.Operation.ID]}
	if q.EveryAnswer() {
		lists = append(lists, a.passing[ob.Operation.ID])
		ob.Cases = slices.Grow(ob.Cases, len(lists[0])+len(lists[1]))
	}
	controlled = q.Check != plan.CheckNoTrace
	for _, cases := range lists {
		for _, c := range cases {
			if !a.serves(c, q) {
				continue
			}
			ob.Cases = append(ob.Cases, c.ID)
			controlled = controlled || c.Expect.Handling == plan.Accepted && slices.ContainsFunc(c.Observe, func(s plan.Step) bool { return s.ReadBack != nil })
			at := len(c.Obligations)
			if q.Check == checkStatus || q.Check == spec.CheckFlow {
				at = 0
			}
			c.Obligations = slices.Insert(c.Obligations, at, ob.ID)
		}
	}
	return controlled
}

// serves reports whether a case exercises a requirement on its operation.
func (a *assigner) serves(c *plan.Case, q *spec.Requirement) bool {
	switch {
	case c.StandIn && ofEffect(q.Check):
		return false
	case len(q.Flows) > 0:
		return a.flows[c] == q.ID
	case len(q.Cases) > 0:
		return a.covered[q][c.Kind]
	}
	return true
}

// lacks says what to add so that an obligation can be exercised, "" for nothing.
func (a *assigner) lacks(ob *plan.Obligation, controlled bool) string {
	missing := a.missingFor(ob)
	switch {
	case len(missing) > 0:
		return strings.Join(missing, "; ")
	case len(ob.Cases) == 0:
		return a.whyNone(ob)
	case !controlled:
		return "no correct request is read back, so that finding nothing of the others would prove nothing"
	}
	return ""
}

// missingFor lists what the fixtures lack for an obligation.
func (a *assigner) missingFor(ob *plan.Obligation) []string {
	q, o := ob.Requirement, ob.Operation
	var list []string
	if reason := a.missing[situation{o, flowKind(q)}]; reason != "" {
		list = append(list, reason)
	}
	for _, kind := range a.kinds {
		if len(q.Cases) == 0 || !a.covered[q][kind] {
			continue
		}
		reason := a.missing[situation{o, kind}]
		if ofEffect(q.Check) {
			reason = cmp.Or(reason, a.effects[situation{o, kind}])
		}
		if len(ob.Cases) == 0 {
			reason = cmp.Or(reason, a.short[situation{o, kind}])
		}
		if reason != "" && !slices.Contains(list, reason) {
			list = append(list, reason)
		}
	}
	return list
}

// missingLines lists the lines of the fixtures that an obligation lacks. One that is
// judged on every response lacks those that correct requests of its operation need.
func (a *assigner) missingLines(ob *plan.Obligation) []plan.Missing {
	reasons := a.missingFor(ob)
	if p := a.preparations[ob.Operation.ID]; ob.Requirement.EveryAnswer() {
		switch {
		case p.err != nil:
			reasons = append(reasons, p.err.Error())
		case p.known != "":
			reasons = append(reasons, a.missingSettle())
		}
	}
	for _, b := range ob.Branches {
		for reason := range strings.SplitSeq(b.Lacks, "; ") {
			if !slices.Contains(reasons, reason) {
				reasons = append(reasons, reason)
			}
		}
	}
	var list []plan.Missing
	for _, reason := range reasons {
		if line, ok := a.lineOf(reason); ok {
			list = append(list, line)
		}
	}
	return list
}

// whyNone says why an obligation has no case.
func (a *assigner) whyNone(ob *plan.Obligation) string {
	why := "the description leaves nothing to make such a request of"
	if p := a.preparations[ob.Operation.ID]; p.err != nil {
		why = p.err.Error()
	}
	for _, kind := range a.kinds {
		if a.covered[ob.Requirement][kind] {
			why = cmp.Or(a.none[situation{ob.Operation, kind}], why)
		}
	}
	for _, dropped := range a.dropped[ob.Operation.ID] {
		for _, kind := range ob.Requirement.Cases {
			if strings.HasPrefix(dropped.ID, plan.CaseID(ob.Operation.Slug(), kind, "")) {
				why = "every such request was dropped: " + dropped.Reason
			}
		}
	}
	return why
}
