package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Profiles returns the plan of a target that claims some profiles of the
// requirement list: obligations of other profiles stay in it as unsupported, and
// nothing is sent for them. A requirement without a profile is of every one.
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
	small := *p
	small.Obligations = nil
	claimed := map[string]bool{}
	for _, o := range p.Obligations {
		if profile := o.Requirement.Profile; profile != "" && !slices.Contains(names, profile) {
			outside := *o
			outside.Cases, outside.Lacks = nil, ""
			outside.Unsupported = fmt.Sprintf("of the profile %s, outside %s", profile, strings.Join(names, ", "))
			o = &outside
		} else {
			claimed[o.ID] = true
		}
		small.Obligations = append(small.Obligations, o)
	}
	small.Cases = p.serving(claimed)
	small.Seal()
	return &small, nil
}

// Has reports whether the requirement list makes such an obligation on the
// description, in the plan or not.
func (p *Plan) Has(id string) bool {
	for _, o := range p.Description.Operations {
		for _, q := range p.Requirements.List {
			if q.Tested() && q.Operations.Has(o.ID) && ObligationID(o.ID, q.ID) == id {
				return true
			}
		}
	}
	return false
}

// serving lists the cases that serve some obligations, reduced to these.
func (p *Plan) serving(kept map[string]bool) []*Case {
	var list []*Case
	for _, c := range p.Cases {
		served := slices.DeleteFunc(slices.Clone(c.Obligations), func(id string) bool { return !kept[id] })
		if len(served) > 0 {
			reduced := *c
			reduced.Obligations = served
			list = append(list, &reduced)
		}
	}
	return list
}
