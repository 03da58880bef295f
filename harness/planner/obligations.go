package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// obligations makes one obligation a requirement and operation, and tells each
// case which ones it serves.
func (b *builder) obligations(p *plan.Plan) error {
	if err := b.cannot(); err != nil {
		return err
	}
	byID := map[string]*plan.Case{}
	for _, c := range b.cases {
		if twin := byID[c.ID]; twin != nil {
			return fmt.Errorf("two cases have the id %s: %s; %s", c.ID, twin.Why, c.Why)
		}
		byID[c.ID] = c
		b.own[c.Operation] = append(b.own[c.Operation], c)
		room := len(b.speak(b.description.Operation(c.Operation), c.Kind))
		for _, id := range passing(c) {
			b.passing[id] = append(b.passing[id], c)
			room += len(b.speak(b.description.Operation(id), ""))
		}
		c.Obligations = make([]string, 0, room)
	}
	seen := map[string]string{}
	for _, o := range b.operations {
		for _, q := range b.requirements.List {
			if !q.Tested() || !q.Operations.Has(o.ID) {
				continue
			}
			ob := newObligation(o, q)
			if twin, ok := seen[ob.ID]; ok {
				return fmt.Errorf("operations %s and %s are not told apart by letters, digits, . and - in obligation ids", twin, o.ID)
			}
			seen[ob.ID] = o.ID
			if ob.Unsupported = b.unsupported(o, q); ob.Unsupported == "" {
				b.assign(ob)
			}
			p.Obligations = append(p.Obligations, ob)
		}
	}
	for _, c := range b.cases {
		if len(c.Obligations) > 0 {
			p.Cases = append(p.Cases, c)
		}
	}
	return nil
}

// assign gives an obligation its cases.
func (b *builder) assign(ob *plan.Obligation) {
	q := ob.Requirement
	control := q.Check != plan.CheckNoTrace
	covered := b.covered[q]
	lists := [][]*plan.Case{b.own[ob.Operation.ID]}
	if ofEveryAnswer(q) {
		lists = append(lists, b.passing[ob.Operation.ID])
		ob.Cases = slices.Grow(ob.Cases, len(lists[0])+len(lists[1]))
	}
	for _, cases := range lists {
		for _, c := range cases {
			if len(q.Flows) > 0 && c.Flow != q.ID || len(q.Flows) == 0 && len(q.Cases) > 0 && !covered[c.Kind] {
				continue
			}
			ob.Cases = append(ob.Cases, c.ID)
			control = control || c.Expect.Accepted() && slices.ContainsFunc(c.Observe, func(s plan.Step) bool { return s.ReadBack != nil })
			at := len(c.Obligations)
			if q.Check == checkStatus || q.Check == spec.CheckFlow {
				at = 0
			}
			c.Obligations = slices.Insert(c.Obligations, at, ob.ID)
		}
	}
	var lacks []string
	if reason := b.lacks[ob.Operation.ID+" "+plan.KindFlow+"."+q.ID]; reason != "" {
		lacks = append(lacks, reason)
	}
	for _, kind := range b.kinds {
		if len(q.Cases) == 0 || !covered[kind] {
			continue
		}
		if reason := b.lacks[ob.Operation.ID+" "+kind]; reason != "" && !slices.Contains(lacks, reason) {
			lacks = append(lacks, reason)
		}
	}
	switch {
	case len(lacks) > 0:
		ob.Lacks = strings.Join(lacks, "; ")
	case len(ob.Cases) == 0:
		ob.Lacks = "the description leaves nothing to make such a request of"
		for _, kind := range b.kinds {
			if covered[kind] {
				ob.Lacks = cmp.Or(b.none[ob.Operation.ID+" "+kind], ob.Lacks)
			}
		}
		for _, dropped := range b.dropped {
			for _, kind := range q.Cases {
				if strings.HasPrefix(dropped.ID, plan.IDPart(ob.Operation.ID)+"."+plan.IDPart(kind)) {
					ob.Lacks = "every such request was dropped: " + dropped.Reason
				}
			}
		}
	case !control:
		ob.Lacks = "no correct request is read back, so that finding nothing of the others would prove nothing"
	}
}

// ofEveryAnswer tells whether a requirement speaks of every answer of an
// operation, whatever case it belongs to.
func ofEveryAnswer(q *spec.Requirement) bool { return len(q.Cases) == 0 && len(q.Flows) == 0 }

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

// cannot refuses names under cannot that no requirement or obligation has.
func (b *builder) cannot() error {
	known := map[string]bool{}
	for _, q := range b.requirements.List {
		known[q.ID] = true
		for _, o := range b.description.Operations {
			if q.Operations.Has(o.ID) {
				known[plan.ObligationID(o.ID, q.ID)] = true
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(b.fixtures.Cannot)) {
		if !known[id] {
			return fmt.Errorf("%s: cannot: %q: no requirement or obligation has this id", b.fixtures.File, id)
		}
		if b.fixtures.Cannot[id] == "" {
			return fmt.Errorf("%s: cannot: %s: the reason is missing", b.fixtures.File, id)
		}
	}
	return nil
}
