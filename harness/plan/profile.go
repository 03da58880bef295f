package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Profiles returns the plan of a target that claims some profiles of the
// requirement list: obligations outside them stay in it as unsupported, and nothing
// is sent for them alone.
func (p *Plan) Profiles(names ...string) (*Plan, error) {
	for _, name := range names {
		if _, ok := p.Requirements.Profiles[name]; !ok {
			allowed := slices.Sorted(maps.Keys(p.Requirements.Profiles))
			if len(allowed) == 0 {
				return nil, fmt.Errorf("%q: %s names no profiles", name, p.Requirements.File)
			}
			return nil, fmt.Errorf("%q: allowed are %s", name, strings.Join(allowed, ", "))
		}
	}
	claimed := map[string]bool{}
	for _, o := range p.Obligations {
		claimed[o.ID] = slices.ContainsFunc(names, func(name string) bool { return p.Requirements.Claims(name, o.Requirement, o.Operation.ID) })
	}
	needed, others := p.needed(claimed)
	small := p.Sending(needed)
	small.Spares = others
	for _, o := range small.Obligations {
		if !claimed[o.ID] {
			o.Lacks, o.Branches, o.Outside, o.Unsupported = "", nil, true, outside(o.Requirement.Profile, names)
		}
	}
	small.Seal()
	return small, nil
}

// outside says why an obligation is not exercised in the run of some profiles.
func outside(profile string, names []string) string {
	if profile == "" || slices.Contains(names, profile) {
		return "outside " + strings.Join(names, ", ")
	}
	return fmt.Sprintf("of the profile %s, outside %s", profile, strings.Join(names, ", "))
}

// needed lists the cases that some obligations need, reduced to these and to the
// steps that these are judged on. One that is judged on every answer needs no case
// beside those that others need, where there are any; nor does one need to wait for
// messages that is exercised without. The other cases that serve them may exercise
// what those do not.
func (p *Plan) needed(claimed map[string]bool) (list, others []*Case) {
	needs, met, quiet := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range p.Cases {
		for _, id := range c.Obligations {
			quiet[id] = quiet[id] || !c.Awaits()
		}
	}
	for _, o := range p.Obligations {
		needs[o.ID] = claimed[o.ID] && !o.Requirement.EveryAnswer()
	}
	needed := func(c *Case) bool {
		return slices.ContainsFunc(c.Obligations, func(id string) bool { return needs[id] && !(quiet[id] && c.Awaits()) })
	}
	for _, c := range p.Cases {
		if needed(c) {
			for _, id := range c.Obligations {
				met[id] = true
			}
		}
	}
	for _, o := range p.Obligations {
		needs[o.ID] = claimed[o.ID] && (needs[o.ID] || !met[o.ID])
	}
	branches := p.branchCases(claimed, needed)
	for _, c := range serving(p.Cases, claimed) {
		c.Observe = slices.DeleteFunc(slices.Clone(c.Observe), func(s Step) bool { return s.aside() && !p.judged(c, s.Check) })
		if needed(c) || branches[c.ID] {
			list = append(list, c)
		} else {
			others = append(others, c)
		}
	}
	return list, others
}

// branchCases lists cases that show the branches of some obligations which no needed
// case shows: the first of each branch.
func (p *Plan) branchCases(claimed map[string]bool, needed func(*Case) bool) map[string]bool {
	sent := map[string]bool{}
	for _, c := range p.Cases {
		sent[c.ID] = needed(c)
	}
	more := map[string]bool{}
	for _, o := range p.Obligations {
		for _, b := range o.Branches {
			shown := slices.ContainsFunc(b.Cases, func(id string) bool { return sent[id] || more[id] })
			if claimed[o.ID] && !shown && len(b.Cases) > 0 {
				more[b.Cases[0]] = true
			}
		}
	}
	return more
}

// aside reports whether a step is sent for one check, and what follows does without it.
func (s Step) aside() bool {
	return slices.Contains([]string{CheckNoTrace, CheckRepeat, CheckRetry, CheckAlike}, s.Check)
}

// judged reports whether a case serves an obligation of a check.
func (p *Plan) judged(c *Case, check string) bool {
	return slices.ContainsFunc(c.Obligations, func(id string) bool {
		o := p.Obligation(id)
		return o != nil && o.Requirement.Check == check
	})
}

// Sending returns the plan with its obligations, and some of its cases.
func (p *Plan) Sending(cases []*Case) *Plan {
	small := *p
	small.Cases, small.Obligations = cases, nil
	sent := map[string]map[string]bool{} // by obligation
	for _, c := range cases {
		for _, id := range c.Obligations {
			if sent[id] == nil {
				sent[id] = map[string]bool{}
			}
			sent[id][c.ID] = true
		}
	}
	for _, o := range p.Obligations {
		reduced := *o
		reduced.Cases = nil
		for _, id := range o.Cases {
			if sent[o.ID][id] {
				reduced.Cases = append(reduced.Cases, id)
			}
		}
		reduced.Branches = slices.Clone(o.Branches)
		for i := range reduced.Branches {
			b := &reduced.Branches[i]
			b.Cases = slices.DeleteFunc(slices.Clone(b.Cases), func(id string) bool { return !sent[o.ID][id] })
		}
		small.Obligations = append(small.Obligations, &reduced)
	}
	small.Seal()
	return &small
}

// Has reports whether the requirement list makes such an obligation on the
// description, in the plan or not.
func (p *Plan) Has(id string) bool {
	for _, o := range p.Description.Operations {
		for _, q := range p.Requirements.List {
			if q.Tested() && q.Operations.Has(o.ID) && ObligationID(o.Slug(), q.ID) == id {
				return true
			}
		}
	}
	return false
}

// WithSpares returns the plan with its spares among its cases.
func (p *Plan) WithSpares() *Plan {
	if len(p.Spares) == 0 {
		return p
	}
	whole := *p
	whole.Cases, whole.Spares = slices.Concat(p.Cases, p.Spares), nil
	whole.Obligations = nil
	at := map[string]int{}
	for i, o := range p.Obligations {
		reduced := *o
		reduced.Cases = nil
		whole.Obligations = append(whole.Obligations, &reduced)
		at[o.ID] = i
	}
	for _, c := range whole.Cases {
		for _, id := range c.Obligations {
			o := whole.Obligations[at[id]]
			o.Cases = append(o.Cases, c.ID)
		}
	}
	whole.Seal()
	return &whole
}

// serving lists those of some cases that serve some obligations, reduced to these.
func serving(cases []*Case, kept map[string]bool) []*Case {
	var list []*Case
	for _, c := range cases {
		served := slices.DeleteFunc(slices.Clone(c.Obligations), func(id string) bool { return !kept[id] })
		if len(served) > 0 {
			reduced := *c
			reduced.Obligations = served
			list = append(list, &reduced)
		}
	}
	return list
}
