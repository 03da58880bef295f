package planner

import (
	"cmp"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// branches lists the branches of an obligation with the cases that are to show each.
func (a *assigner) branches(ob *plan.Obligation) []plan.Branch {
	if len(ob.Requirement.Branches) == 0 {
		return nil
	}
	var list []plan.Branch
	for _, b := range ob.Requirement.Branches {
		made := plan.Branch{Name: b.Name}
		for _, id := range ob.Cases {
			if c := a.byID[id]; shows(c, b, ob.Operation.ID) {
				made.Cases = append(made.Cases, id)
			}
		}
		if len(made.Cases) == 0 {
			made.Lacks, made.None = a.whyNoBranch(ob, b)
		}
		list = append(list, made)
	}
	return list
}

// shows reports whether a case is planned to show a branch on an operation.
func shows(c *plan.Case, b spec.Branch, operation string) bool {
	own := c.Operation == operation
	if len(b.Cases) > 0 && (!own || !b.HasCase(c.Kind, c.Variant)) {
		return false
	}
	ends := func(s plan.Step) bool {
		return s.Operation == operation && (s.Ends == b.Ending || s.Expect != nil && s.Expect.Ending == b.Ending)
	}
	return b.Ending == "" || own && c.Expect.Ending == b.Ending || slices.ContainsFunc(c.Prepare, ends) || slices.ContainsFunc(c.Observe, ends)
}

// endingKinds are the kinds of cases that end so.
var endingKinds = map[spec.Ending]string{spec.Refused: "outcome.refused", spec.Errored: "outcome.error"}

// stated reports whether a requirement says what cases of a kind are answered on an
// operation: without one there are none.
func (a *assigner) stated(o *spec.Operation, kind string) bool {
	return slices.ContainsFunc(a.requirements.List, func(q *spec.Requirement) bool {
		return q.Tested() && q.Check == checkStatus && q.Operations.Has(o.ID) && a.covered[q][kind]
	})
}

// missingFlows lists what the fixtures lack for flows that are judged by a request of an
// operation which ends so.
func (a *assigner) missingFlows(o *spec.Operation, e spec.Ending) []string {
	var list []string
	for _, q := range a.requirements.List {
		ends := func(f spec.Flow) bool { return f.For(o.ID) && f.Steps[f.Act()].Expect.Ending == e }
		line := a.missing[situation{o, flowKind(q)}]
		if e != "" && line != "" && q.Tested() && slices.ContainsFunc(q.Flows, ends) {
			list = append(list, line)
		}
	}
	return list
}

// whyNoBranch says why no case shows a branch: what to add so that one can, or why the
// description calls for none.
func (a *assigner) whyNoBranch(ob *plan.Obligation, b spec.Branch) (lacks, none string) {
	var missing []string
	for _, kind := range a.kinds {
		if kind != endingKinds[b.Ending] && (len(b.Cases) == 0 || !b.MayHave(kind)) {
			continue
		}
		if !a.stated(ob.Operation, kind) {
			continue
		}
		at := situation{ob.Operation, kind}
		if line := cmp.Or(a.missing[at], a.short[at]); line != "" && !slices.Contains(missing, line) {
			missing = append(missing, line)
		}
		none = cmp.Or(none, a.none[at])
	}
	for _, line := range a.missingFlows(ob.Operation, b.Ending) {
		if !slices.Contains(missing, line) {
			missing = append(missing, line)
		}
	}
	if len(missing) > 0 {
		return strings.Join(missing, "; "), ""
	}
	return "", cmp.Or(none, "the description leaves nothing to make such a request of")
}
