package planner

import (
	"slices"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// NewPart plans what keep accepts, and more where the rest depends on it: Only gives
// the same of it as of the whole plan. It is made sooner, since operations of which
// nothing is kept are left out. Of an obligation keep sees its id, sentence,
// operation and requirement.
func NewPart(d *spec.Description, r *spec.Requirements, f *settings.Fixtures, seed uint64, keep func(*plan.Obligation) bool) (*plan.Plan, error) {
	var operations []*spec.Operation
	if len(f.Known) > 0 {
		return New(d, r, f, seed) // which cases use them depends on all that could
	}
	for _, o := range d.Operations {
		kept := false
		for _, q := range r.List {
			if !q.Tested() || !q.Operations.Has(o.ID) || !keep(newObligation(o, q)) {
				continue
			}
			if q.EveryAnswer() {
				return New(d, r, f, seed) // it is judged on answers in the cases of other operations too
			}
			kept = true
		}
		if kept {
			operations = append(operations, o)
		}
	}
	if len(operations) == 0 || len(operations) == len(d.Operations) {
		return New(d, r, f, seed) // all of it, or nothing, which the whole plan says best
	}
	p, err := newPlan(d, r, f, seed, operations)
	if err == nil && slices.ContainsFunc(p.Only(keep).Cases, (*plan.Case).Awaits) {
		return New(d, r, f, seed) // messages about other operations come to the same address
	}
	return p, err
}
