package run

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// manyThemes is in how many themes flows break alike before they are one cause: fewer
// may be as many faults, such as two filters of a list.
const manyThemes = 4

// shared finds the one cause of many: flows of many themes that break alike, operations
// that answer as they please, and bodies that are something else altogether.
type shared struct {
	flows   map[string]*gathering // by what they have in common, the root
	anyhow  map[bool]*gathering   // the root of what careless operations show, by whether it is grave
	foreign map[string]*gathering // by operation: of a body that is of another kind as a whole
}

// weightiestFirst sorts gatherings by what binds most, then by how grave they are.
func weightiestFirst(list []*gathering, place func(obligation string) int) []*gathering {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *gathering) int {
		return cmp.Or(
			cmp.Compare(b.binding(), a.binding()),
			cmp.Compare(a.Gravity.Rank(), b.Gravity.Rank()),
			cmp.Compare(place(a.Behind[0].Obligation), place(b.Behind[0].Obligation)),
			strings.Compare(a.key.id(), b.key.id()),
		)
	})
	return list
}

// sharedBy finds what is shared in a list that has the weightiest first. The careless are
// by operation.
func sharedBy(list []*gathering, careless map[string]*gathering) shared {
	s := shared{flows: map[string]*gathering{}, anyhow: map[bool]*gathering{}, foreign: map[string]*gathering{}}
	themes, first := map[string]map[string]bool{}, map[string]*gathering{}
	for _, g := range list {
		if g.Outcome != verdict.Fail {
			continue
		}
		if way := g.brokenFlow(); way != "" {
			first[way] = cmp.Or(first[way], g)
			if ways(themes, way, g.Theme) >= manyThemes {
				s.flows[way] = first[way]
			}
		}
		if careless[g.operation] != nil && g.first.Deviation == verdict.Status {
			s.anyhow[g.grave()] = cmp.Or(s.anyhow[g.grave()], g)
		}
		if g.Check == "schema" && g.first.Pointer.IsZero() && slices.Contains([]string{"anyOf", "oneOf", "type"}, g.first.Keyword) {
			s.foreign[g.operation] = cmp.Or(s.foreign[g.operation], g)
		}
	}
	if len(careless) < manyWays {
		clear(s.anyhow) // an operation or two are mended each in its place
	}
	return s
}

// moreCareless adds, where many operations answer as they please, those that do so less
// plainly: they answer correct requests wrongly in two ways, or requests in three,
// whatever is judged by it.
func (r *roots) moreCareless(list []*gathering) {
	first, correct, all := map[string]*gathering{}, map[string]map[string]bool{}, map[string]map[string]bool{}
	for _, g := range list {
		if g.Outcome != verdict.Fail || g.first.Deviation != verdict.Status || r.careless[g.operation] != nil {
			continue
		}
		first[g.operation] = cmp.Or(first[g.operation], g)
		status := strconv.Itoa(g.first.Status)
		twoWays := g.first.Correct && ways(correct, g.operation, status) >= manyWays-1
		if ways(all, g.operation, status) >= manyWays || twoWays {
			r.careless[g.operation] = first[g.operation]
		}
	}
}

// ways enters a way in which something is wrong, and counts those of the same.
func ways(of map[string]map[string]bool, what, way string) int {
	if of[what] == nil {
		of[what] = map[string]bool{}
	}
	of[what][way] = true
	return len(of[what])
}

// of is the root that a gathering shares, nil for none. Nothing grave has a root that
// is not.
func (s shared) of(g *gathering, careless bool) *gathering {
	if g.Outcome != verdict.Fail {
		return nil
	}
	if root := s.flows[g.brokenFlow()]; root != nil && root.binding() >= g.binding() {
		return root
	}
	if root := s.anyhow[g.grave()]; careless && root != nil && g.ofOwnStatus() && root.binding() >= g.binding() {
		return root
	}
	if root := s.foreign[g.operation]; root != nil && !g.grave() && root.binding() >= g.binding() && g.lacks() {
		return root
	}
	return nil
}

// grave reports whether a failure moves money or data, or gives access.
func (g *gathering) grave() bool { return g.Gravity.Rank() <= spec.OfAccess.Rank() }

// brokenFlow is what a broken flow has in common with others, "" for nothing: the outcome
// that is reported in place of another, or the operation whose values are not as they
// were left.
func (g *gathering) brokenFlow() string {
	switch {
	case g.Check != spec.CheckFlow:
		return ""
	case g.first.ofOutcome() && !g.first.Correct:
		return joined("outcome", placeOf(g.first))
	case ofValue(g.first.Rule):
		return joined("values", g.operation)
	}
	return ""
}

// ofValue reports whether a rule is about a value that a flow reads.
func ofValue(rule verdict.Rule) bool {
	switch rule {
	case verdict.Comparable, verdict.ValueAbsent, verdict.ValueGiven, verdict.ValueFits, verdict.List, verdict.Order:
		return true
	}
	return false
}

// ofOwnStatus reports whether what is wrong is a status, or what a response says beside
// it. It is no finding of its own where statuses mean nothing.
func (g *gathering) ofOwnStatus() bool {
	switch g.first.Rule {
	case verdict.ErrorSuccess, verdict.ErrorConstant, verdict.OutcomeUnsaid, verdict.MessageNone:
		return true
	}
	return g.first.Deviation == verdict.Status
}

// lacks reports whether a value is missing that a body of another kind cannot have.
func (g *gathering) lacks() bool {
	switch g.first.Rule {
	case verdict.Comparable: // its Got says why there is nothing
		return g.first.Deviation == verdict.Missing
	case verdict.FieldPresent, verdict.Echoed, verdict.ValueGiven, verdict.ValueFits, verdict.List, verdict.Order:
		return g.first.Got.IsZero()
	}
	return false
}
