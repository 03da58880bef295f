package run

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// merged joins what the operations show into causes. What follows from the wrong
// response to a plain request of the same operation joins the cause of that.
func (all causes) merged(place func(obligation string) int) []*Cause {
	ids := slices.Sorted(maps.Keys(all))
	list := make([]*gathering, len(ids))
	for i, id := range ids {
		list[i] = all[id]
	}
	roots := rootsOf(list, place)
	by := map[string][]*gathering{} // the cause's own first
	for _, explained := range []bool{false, true} {
		for _, g := range list {
			key := roots.keyOf(g)
			if (key != g.key) == explained {
				by[key.id()] = append(by[key.id()], g)
			}
		}
	}
	var causes []*Cause
	many := map[string][]*gathering{}
	for _, id := range slices.Sorted(maps.Keys(by)) {
		if len(causes) >= MaxCauses {
			key := by[id][0].key.ofMany().id()
			many[key] = append(many[key], by[id]...)
			continue
		}
		causes = append(causes, join(id, by[id]))
	}
	for _, id := range slices.Sorted(maps.Keys(many)) {
		causes = append(causes, join(id, many[id]))
	}
	return causes
}

// plainFailures lists what shows that the request under judgement itself was answered
// wrongly, in the plan's order, what binds most first.
func plainFailures(list []*gathering, place func(obligation string) int) []*gathering {
	roots := slices.DeleteFunc(slices.Clone(list), func(g *gathering) bool {
		return g.Outcome != verdict.Fail || g.Check != "status" || g.first.Exchange > 0
	})
	slices.SortStableFunc(roots, func(a, b *gathering) int {
		return cmp.Or(
			compareTruth(!a.first.Correct, !b.first.Correct),
			cmp.Compare(b.binding(), a.binding()),
			cmp.Compare(place(a.Behind[0].Obligation), place(b.Behind[0].Obligation)),
			strings.Compare(a.key.id(), b.key.id()),
		)
	})
	return roots
}

// binding is how much what is behind a cause binds a target.
func (c *Cause) binding() int {
	switch {
	case c.Basis.Fails(c.Level, false):
		return 2
	case c.Basis.Fails(c.Level, true):
		return 1
	}
	return 0
}

// explains reports whether a gathering follows from this one: the same operation
// answered a request with the same expectation as wrongly, or answers with a status
// that is wrong for a correct request whatever is requested. Plain requests that are
// wrong in different ways are mended in different places.
func (g *gathering) explains(other *gathering) bool {
	if other.Outcome != verdict.Fail || g.operation != other.operation || g.binding() < other.binding() {
		return false
	}
	a, b := g.first, other.first
	sameWanted := wantsAlike(a, b) && a.Correct == b.Correct && (a.Correct || other.Check != "status")
	switch {
	case b.Rule == verdict.PreferredStatus:
		return a.Deviation == verdict.Status && (wantsAlike(a, b) || a.Correct && a.Status == b.Status)
	case b.Rule == verdict.DocumentedStatus:
		return a.Deviation == verdict.Status && a.Status == b.Status
	case verdict.OfShape(other.Check):
		return a.Rule == verdict.UndocumentedStatus && a.Status == b.Status
	case a.Deviation == verdict.Status && b.Deviation == verdict.Status && a.Status >= 400 && a.Status == b.Status && !b.Correct && wantsAlike(a, b):
		return true // one rejection in place of another
	case a.Deviation == verdict.Status && b.Deviation == verdict.Status:
		return sameWanted && statusClass(a.Status) == statusClass(b.Status) || a.Correct && a.Status == b.Status
	case a.ofOutcome() && b.ofOutcome():
		return sameWanted && outcomeGot(a) == outcomeGot(b)
	}
	return false
}

// explainsFlow reports whether a broken flow follows from a graver one: the same
// operation gave the same outcome where another was due, or rejected a correct request
// by the same status.
func (g *gathering) explainsFlow(other *gathering) bool {
	a, b := g.first, other.first
	if other.Check == spec.CheckFlow && g.operation == other.operation && g.binding() >= other.binding() && !other.grave() &&
		a.refused() && !b.refused() && a.Deviation == verdict.Status && b.Deviation == verdict.Status && a.Status == b.Status {
		return true // one rejection in place of another
	}
	return other.Check == spec.CheckFlow && g.operation == other.operation && g.binding() >= other.binding() && g.Gravity.Rank() < other.Gravity.Rank() &&
		a.ofOutcome() && b.ofOutcome() && !a.Correct && !b.Correct && wantsAlike(a, b) && outcomeGot(a) == outcomeGot(b)
}

// roots are what other failures may follow from.
type roots struct {
	plain    []*gathering
	flows    []*gathering
	careless map[string]*gathering // by operation: of one that answers as it pleases, the first root
	lenient  map[string]*gathering // by operation: of one that carries out whatever is requested
	stored   map[string]*gathering // by operation: of one that stores what it rejected
	shared   shared                // by many operations or themes
	likeness likeness              // what several requirements show of it
}

// manyWays is in how many ways an operation is wrong that makes no difference between requests.
const manyWays = 3

// rootsOf finds what others may follow from: what shows that the request under judgement
// itself was answered wrongly, and flows.
func rootsOf(list []*gathering, place func(obligation string) int) roots {
	r := roots{plain: plainFailures(list, place), careless: map[string]*gathering{}, lenient: map[string]*gathering{}, stored: map[string]*gathering{}}
	first, firstLenient := map[string]*gathering{}, map[string]*gathering{}
	classes, themes := map[string]map[string]bool{}, map[string]map[string]bool{}
	for _, g := range r.plain {
		switch f := g.first; {
		case f.Deviation == verdict.Status && f.Correct:
			first[g.operation] = cmp.Or(first[g.operation], g)
			if ways(classes, g.operation, statusClass(f.Status)) >= manyWays {
				r.careless[g.operation] = first[g.operation]
			}
		case f.Status/100 == 2 && !f.Correct:
			firstLenient[g.operation] = cmp.Or(firstLenient[g.operation], g)
			if ways(themes, g.operation, g.Theme) >= manyWays {
				r.lenient[g.operation] = firstLenient[g.operation]
			}
		}
	}
	for _, g := range list {
		switch {
		case g.Outcome != verdict.Fail:
		case g.Check == spec.CheckFlow:
			r.flows = append(r.flows, g)
		case g.first.Rule == verdict.TraceLeft:
			r.stored[g.operation] = cmp.Or(r.stored[g.operation], g)
		}
	}
	if len(r.careless) >= manyWays {
		r.moreCareless(list)
	}
	weighed := weightiestFirst(list, place)
	r.shared, r.likeness = sharedBy(weighed, r.careless), likenessOf(weighed)
	return r
}

// keyOf is the key of the failure that explains a gathering, else its own.
func (r roots) keyOf(g *gathering) causeKey {
	f := g.first
	ofStatus := f.Deviation == verdict.Status && g.Outcome == verdict.Fail
	if root := r.shared.of(g, r.careless[g.operation] != nil); root != nil {
		return root.key
	}
	switch root := r.likeness.of(g); root {
	case nil:
	case g:
		return g.key
	default:
		return r.keyOf(root)
	}
	if root := r.careless[g.operation]; root != nil && ofStatus && root.binding() >= g.binding() {
		return root.key
	}
	if root := r.lenient[g.operation]; root != nil && (ofStatus || f.ofOutcome()) && !f.Correct && f.Status/100 == 2 && root.binding() >= g.binding() {
		return root.key
	}
	if root := r.stored[g.operation]; root != nil && (f.Rule == verdict.EntryLeft || f.Rule == verdict.EntryUnasked) && root.binding() >= g.binding() {
		return r.keyOf(root) // found by its id as well as among what the lists show more
	}
	for _, root := range r.plain {
		if root == g {
			break // what comes after it explains nothing that comes before
		}
		if root.explains(g) {
			return r.keyOf(root)
		}
	}
	for _, root := range r.flows {
		if root.explainsFlow(g) {
			return r.keyOf(root)
		}
	}
	return g.key
}

// join makes one cause of what several operations show of it. The first is its own,
// and says how grave it is; what is merely explained by it is shown after that.
func join(id string, parts []*gathering) *Cause {
	first := parts[0]
	c := &Cause{ID: id, Outcome: first.Outcome, Behind: []Behind{}, Shown: []Case{}, Where: []Where{}}
	where, cases, own := map[Where]map[string]bool{}, map[string]bool{}, []Case{}
	var others []Case
	for _, g := range parts {
		if g.key == first.key || g.key.ofMany().id() == id {
			own = append(own, g.Shown...)
			if c.Level == "" || g.binding() > c.binding() {
				c.Level, c.Basis = g.Level, g.Basis
			}
			if c.Gravity == "" || g.Gravity.Rank() < c.Gravity.Rank() {
				c.Gravity = g.Gravity
			}
			c.Theme = g.Theme
		} else {
			others = append(others, g.Shown...)
		}
		for _, b := range g.Behind {
			c.Behind = enter(c.Behind, b.Obligation, b.Cases...)
		}
		for _, b := range g.Follows {
			c.Follows = enter(c.Follows, b.Obligation, b.Cases...)
		}
		for place, ids := range g.where {
			if where[place] == nil {
				where[place] = map[string]bool{}
			}
			maps.Copy(where[place], ids)
			maps.Copy(cases, ids)
		}
	}
	for place, ids := range where {
		c.Where = append(c.Where, Where{place.Operation, place.Situation, len(ids)})
	}
	slices.SortFunc(c.Where, func(a, b Where) int {
		return cmp.Or(strings.Compare(a.Operation, b.Operation), strings.Compare(a.Situation, b.Situation))
	})
	c.Cases = len(cases)
	c.show(MaxShown, own...)
	if room := MaxShown - len(c.Shown); room > 0 && len(others) > 0 {
		rest := Cause{}
		rest.show(room, others...)
		c.Shown = append(c.Shown, rest.Shown...)
	}
	return c
}
