package run

import (
	"slices"

	"qorcheck/harness/plan"
)

// spares lists for each obligation that no case exercised the next one that may, each
// case once and reduced to these obligations. All planned ones have been sent. One
// that awaits messages is no spare: it is judged at the end.
func (r *Run) spares() []*plan.Case {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*plan.Case
	at := map[string]int{} // in list, by id
	for i, o := range r.plan.Obligations {
		if len(r.plan.Spares) == 0 || o.Lacks != "" || !r.unexercised(i) {
			continue
		}
		next := slices.IndexFunc(r.plan.Spares, func(c *plan.Case) bool {
			return !r.done[c.ID] && !r.lost[c.ID] && !c.Awaits() && slices.Contains(c.Obligations, o.ID) && r.plan.Foresees(c, o)
		})
		if next < 0 {
			continue
		}
		id := r.plan.Spares[next].ID
		n, chosen := at[id]
		if !chosen {
			spare := *r.plan.Spares[next]
			spare.Spare, spare.Obligations = true, nil
			n = len(list)
			at[id] = n
			list = append(list, &spare)
		}
		list[n].Obligations = append(list[n].Obligations, o.ID)
	}
	return list
}

// held reports whether an obligation is not concluded yet, since a spare may exercise it,
// a failure may be made simpler, or the lists are still to be read.
func (r *Run) held(i int) bool {
	return len(r.plan.Spares) > 0 && r.unexercised(i) || r.mayShrink(i) || !r.left.over && r.document.Obligations[i].Planned > 0 && judgedByLists(r.document.Obligations[i].Check)
}
