package plan

import "slices"

// Budget is what a plan was reduced to, so that no more is sent.
type Budget struct {
	Limit    string   // as given: 60s at 20/s, or 500 requests
	Requests int      // at most
	Fixed    int      // of them, those that belong to no case
	Cases    int      // of the whole plan
	Left     []string // ids of the obligations that are left out
}

// Within returns the plan reduced to what can be shown by a number of requests: as
// many obligations as fit, each in all its branches, then a case of each kind and the
// flows, then the other cases. What is left out is not planned. It returns nil where
// not one case fits.
func (p *Plan) Within(requests int, limit string) *Plan {
	fixed := p.PreflightCount()
	if p.Subscription != nil && slices.ContainsFunc(p.Cases, (*Case).Awaits) {
		fixed += p.Subscription.Requests()
	}
	kept := map[string]bool{}
	for _, c := range p.affordable(requests - fixed) {
		kept[c.ID] = true
	}
	var cases []*Case
	for _, c := range p.Cases {
		if kept[c.ID] {
			cases = append(cases, c)
		}
	}
	if len(cases) == 0 {
		return nil
	}
	b := &Budget{Limit: limit, Requests: requests, Fixed: fixed, Cases: len(p.Cases), Left: []string{}}
	sent := p.Sending(cases)
	shown := sent.foreseen()
	sent.Spares, sent.Listings = nil, nil // how long lists are is not known before
	small := sent.Only(func(o *Obligation) bool {
		whole := p.Obligation(o.ID)
		missed := func(b Branch) bool { return len(b.Cases) == 0 }
		for i, branch := range whole.Branches {
			if !missed(branch) && missed(o.Branches[i]) {
				shown[o.ID] = false
			}
		}
		byLists := o.Requirement.Check == CheckReconciled || o.Requirement.Check == CheckAccounted
		if !byLists && (len(o.Cases) == len(whole.Cases) || shown[o.ID]) {
			return true
		}
		b.Left = append(b.Left, o.ID)
		return false
	})
	small.Budget = b
	return small
}

// PreflightCount returns how many requests the preflight makes where all is right.
func (p *Plan) PreflightCount() (n int) {
	if p.Preflight != nil {
		n++
	}
	if len(p.MerchantProbes) > 0 {
		n++
	}
	return n
}

// affordable chooses cases that make no more than a number of requests.
func (p *Plan) affordable(requests int) (list []*Case) {
	k := newCover(p, false, (*Case).Requests)
	k.left = requests
	chosen := k.greedy()
	deep := newCover(p, true, (*Case).Requests)
	deep.left = requests
	for _, i := range chosen {
		deep.take(i)
	}
	chosen = append(chosen, deep.greedy()...)
	chosen = append(chosen, deep.different()...)
	taken := map[int]bool{}
	for _, i := range chosen {
		taken[i] = true
		list = append(list, deep.cases[i])
	}
	for i, c := range deep.cases {
		if !taken[i] && deep.cost[i] <= deep.left {
			deep.take(i)
			list = append(list, c)
		}
	}
	return list
}

// foreseen lists the obligations that the cases are to exercise. That nothing happened
// takes a case that is carried out beside one that is rejected.
func (p *Plan) foreseen() map[string]bool {
	shown, handled := map[string]bool{}, map[string]bool{}
	for _, c := range p.Cases {
		for _, id := range c.Obligations {
			if o := p.Obligation(id); o != nil && p.Foresees(c, o) {
				handled[id+" "+string(c.Expect.Handling)] = true
				shown[id] = o.Requirement.Check != CheckNoTrace || handled[id+" "+string(Accepted)] && handled[id+" "+string(Rejected)]
			}
		}
	}
	return shown
}
