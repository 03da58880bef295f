package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// What has to be settled, and cannot be in an environment, may be there: the fixtures
// list it under known. Each of these resources is used by one case, and changed only by
// the operations that may do so. Which case that is follows from what the others show.

// knownPreparation takes a known resource in the place of what links lead on from: of
// the name that most are given of.
func (d *drafter) knownPreparation(leading []spec.Link) (p preparation, ok bool) {
	most := 0
	for _, link := range leading {
		count := 0
		for _, one := range d.fixtures.Known[link.Known] {
			if mayChange(one, d.description.Operation(link.To)) {
				count++
			}
		}
		if bound, can := d.bindKnown(link); can && count > most {
			most, ok = count, true
			p = preparation{bound: bound, link: link, known: link.Known, standIn: d.standIn(link)}
		}
	}
	return p, ok
}

// bindKnown binds what a link carries over from a known resource, where the
// environment settles none; false where it has none, or the link needs more of it.
func (d *drafter) bindKnown(link spec.Link) (map[string]any, bool) {
	if !link.Settled || link.Known == "" || d.fixtures.Settle != nil || len(d.fixtures.Known[link.Known]) == 0 {
		return nil, false
	}
	return d.carryKnown(link, link.Known)
}

// carryKnown is carry with a known resource of a name in the place of what the response
// would hold; false where the link carries over more than its id and the merchant.
func (d *drafter) carryKnown(link spec.Link, name string) (map[string]any, bool) {
	made := plan.Step{}
	bound, err := d.carry(link, d.draft(link.From, recipe{bound: d.preparations[link.From.ID].bound, needs: link.Needs()}), &made, 1)
	if err != nil || len(made.Capture) != 1 {
		return nil, false
	}
	answer := string(plan.TemplateOf(plan.FromAnswer, made.Capture[0].Name))
	merchant := d.description.Operation(link.To).Conformance.Merchant
	for place, value := range bound {
		_, parameter, _ := strings.Cut(place, ":")
		switch {
		case value == answer:
			bound[place] = string(plan.TemplateOf(plan.FromKnown, name))
		case merchant != nil && merchant.Field == place:
		case strings.HasPrefix(cmp.Or(link.Body[place], link.Parameters[parameter]), "$"):
			return nil, false
		}
	}
	return bound, true
}

// mayChange reports whether an operation may be asked about a known resource: all may
// read it.
func mayChange(one settings.Known, o *spec.Operation) bool {
	return o == nil || o.Method == "GET" || o.Method == "HEAD" || slices.Contains(one.May, o.ID)
}

// keepKnown keeps what an unknown id can show of an operation, and the other cases with
// a known resource: those that say nothing of how much it is worth.
func (k *keeper) keepKnown(s subject, p preparation) {
	early := slices.DeleteFunc(slices.Clone(k.kinds), func(kind string) bool { return !standsIn(kind) })
	stands := k.keepStandIns(s, p, early, k.missingSettle())
	s.correct, s.prepare = k.draft(s.Operation, recipe{bound: p.bound}), nil
	for _, propose := range k.proposers {
		for _, one := range propose(k.drafter, s) {
			switch {
			case stands && standsIn(one.kind):
				continue
			case one.absent == absence{} && saysWorth(one.draft):
				one = s.missing(one.kind, k.missingSettle()) // how much the known one is worth is not known
				one.absent.short = true
			}
			k.keep(one)
		}
	}
}

// saysWorth reports whether a request says an amount.
func saysWorth(made draft) bool {
	a := made.operation.Conformance.Amounts
	return a != nil && slices.ContainsFunc(a.Fields, func(pointer string) bool {
		_, there := spec.Lookup(made.body, pointer)
		return there
	})
}

// allotKnown gives each known resource to one case: to the one that is to show most of
// what no other shows yet. Cases that get none are dropped.
func (g *ground) allotKnown(made *result) {
	var needing []*plan.Case
	for _, c := range made.cases {
		if len(c.NeedsKnown()) > 0 {
			needing = append(needing, c)
		}
	}
	slices.SortFunc(needing, func(a, b *plan.Case) int { return strings.Compare(a.ID, b.ID) })
	used, shown := map[string]bool{}, map[*spec.Requirement]map[string]bool{}
	for len(needing) > 0 {
		best, most := 0, -1
		for i, c := range needing {
			if n := g.newlyShown(made, c, shown); n > most {
				best, most = i, n
			}
		}
		c := needing[best]
		needing = slices.Delete(needing, best, best+1)
		if line := g.giveKnown(c, used); line != "" {
			g.dropShort(made, c, line)
			continue
		}
		for _, q := range g.servedBy(made, c) {
			if shown[q] == nil {
				shown[q] = map[string]bool{}
			}
			shown[q][c.Operation] = true
		}
	}
}

// newlyShown counts the requirements that a case is to show, and that are not shown on
// its operation yet.
func (g *ground) newlyShown(made *result, c *plan.Case, shown map[*spec.Requirement]map[string]bool) (n int) {
	for _, q := range g.servedBy(made, c) {
		if !shown[q][c.Operation] {
			n++
		}
	}
	return n
}

// servedBy lists the requirements that a case serves on its operation.
func (g *ground) servedBy(made *result, c *plan.Case) (list []*spec.Requirement) {
	for _, q := range g.requirements.List {
		served := g.covered[q][c.Kind]
		if len(q.Flows) > 0 {
			served = made.flows[c] == q.ID
		}
		if served && q.Tested() && q.Operations.Has(c.Operation) {
			list = append(list, q)
		}
	}
	return list
}

// giveKnown gives a case the known resources that it needs, of those that may be
// changed so the ones that may be changed least. It returns the line to add to the
// fixtures where there are not enough.
func (g *ground) giveKnown(c *plan.Case, used map[string]bool) (lacking string) {
	given := map[string]int{}
	for _, name := range c.NeedsKnown() {
		best := -1
		for i, one := range g.fixtures.Known[name] {
			fits := !used[name+" "+one.ID] && !slices.ContainsFunc(c.Changing(name), func(id string) bool { return !mayChange(one, g.description.Operation(id)) })
			if fits && (best < 0 || len(one.May) < len(g.fixtures.Known[name][best].May)) {
				best = i
			}
		}
		if best < 0 {
			may := slices.DeleteFunc(c.Changing(name), func(id string) bool { return mayChange(settings.Known{}, g.description.Operation(id)) })
			return "needs one more: " + g.add("known."+name, fmt.Sprintf("[ { id: …, may: [%s] } ]", strings.Join(may, ", ")))
		}
		given[name] = best
	}
	for name, i := range given {
		used[name+" "+g.fixtures.Known[name][i].ID] = true
		c.GiveKnown(name, i+1)
	}
	return ""
}

// dropShort drops a case that no known resource is left for. A flow is missing then; of
// other kinds a case is enough.
func (g *ground) dropShort(made *result, c *plan.Case, line string) {
	made.cases = slices.DeleteFunc(made.cases, func(other *plan.Case) bool { return other == c })
	made.dropped = append(made.dropped, plan.Dropped{ID: c.ID, Reason: line, Operation: c.Operation})
	s := subject{Operation: g.description.Operation(c.Operation)}
	if id := made.flows[c]; id != "" {
		made.absent = append(made.absent, s.missing(plan.KindFlow+"."+id, line))
		delete(made.flows, c)
		return
	}
	short := s.missing(c.Kind, line)
	short.absent.short = true
	made.absent = append(made.absent, short)
}
