package plan

import "slices"

// Shard returns one of several parts of the plan, counted from 1, nil when it is
// empty. Each case is in exactly one part, and all parts have the same number
// of cases, but for one; the seed has put them into no particular order. An
// obligation is in each part that has a case of it; one without cases is in the
// first. The digest stays that of the whole plan.
func (p *Plan) Shard(number, of int) *Plan {
	small := *p
	small.Cases, small.Obligations = nil, nil
	mine := map[string]bool{}
	for i, c := range p.Cases {
		if i%of == number-1 {
			small.Cases = append(small.Cases, c)
			mine[c.ID] = true
		}
	}
	if small.Cases == nil {
		return nil
	}
	served := map[string]bool{}
	for _, c := range p.Cases {
		for _, id := range c.Obligations {
			served[id] = served[id] || mine[c.ID]
		}
	}
	for _, o := range p.Obligations {
		if here, anywhere := served[o.ID]; here || !anywhere && number == 1 {
			part := *o
			part.Cases = slices.DeleteFunc(slices.Clone(o.Cases), func(id string) bool { return !mine[id] })
			small.Obligations = append(small.Obligations, &part)
		}
	}
	small.Seal()
	small.Digest = p.Digest
	return &small
}
