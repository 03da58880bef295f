package run

import (
	"cmp"
	"strconv"

	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// likeness finds the one cause of what several requirements show of it, each in its own way.
type likeness struct {
	endings  map[string]*gathering // by the outcome that many operations report whatever is due
	flows    map[string]*gathering // by operation and theme: a flow that goes wrong before something is refused
	refused  map[string]*gathering // by theme of flows in which many operations refuse what is due
	rejected map[int]*gathering    // by the status by which many operations reject correct requests
	shown    map[string]*gathering // by pointer: a value that must be another one
	worded   map[string]*gathering // by theme, pointer and word: a refusal of a correct request
	bare     map[causeKey]bool     // what a response leaves out that leaves out much
	lack     *gathering            // the root of that
	message  *gathering            // that does not come
}

// likenessOf finds what is shown alike in a list that has the weightiest first.
func likenessOf(list []*gathering) likeness {
	a := likeness{
		endings: map[string]*gathering{}, flows: map[string]*gathering{}, refused: map[string]*gathering{}, rejected: map[int]*gathering{},
		shown: map[string]*gathering{}, worded: map[string]*gathering{}, bare: map[causeKey]bool{},
	}
	seen := map[string]map[string]bool{}
	for _, g := range list {
		f := g.first
		switch {
		case g.Outcome != verdict.Fail:
		case g.reports():
			enterFirst(a.endings, outcomeGot(f), g)
			ways(seen, joined("on", outcomeGot(f)), g.operation)
			ways(seen, joined("wanted", outcomeGot(f)), outcomeWanted(f))
		case g.refusesFlow() && f.ofOutcome():
			enterFirst(a.refused, g.Theme, g)
			ways(seen, joined("refused", g.Theme), g.operation)
		case g.rejects() && g.Check != spec.CheckFlow:
			enterFirst(a.rejected, f.Status, g)
			ways(seen, joined("rejected", strconv.Itoa(f.Status)), g.operation)
		case g.shows():
			enterFirst(a.shown, f.Pointer.String(), g)
			ways(seen, joined("shown", f.Pointer.String()), g.Theme)
		case f.Rule == verdict.MessageCame && g.Check != spec.CheckFlow:
			a.message = cmp.Or(a.message, g)
		}
		if g.Outcome == verdict.Fail && g.Check != spec.CheckFlow && f.ofOutcome() && f.Correct {
			enterFirst(a.worded, joined(g.Theme, f.Pointer.String(), f.Got.String()), g)
		}
		if g.Outcome == verdict.Fail && g.Check == spec.CheckFlow && !f.refused() {
			enterFirst(a.flows, joined(g.operation, g.Theme), g)
		}
	}
	a.keep(seen)
	a.findBare(list)
	return a
}

// keep keeps the roots of what enough operations or themes show.
func (a likeness) keep(seen map[string]map[string]bool) {
	for got := range a.endings {
		if len(seen[joined("on", got)]) < manyWays || len(seen[joined("wanted", got)]) < 2 {
			delete(a.endings, got)
		}
	}
	for theme := range a.refused {
		if len(seen[joined("refused", theme)]) < manyWays {
			delete(a.refused, theme)
		}
	}
	for status := range a.rejected {
		if len(seen[joined("rejected", strconv.Itoa(status))]) < manyWays {
			delete(a.rejected, status)
		}
	}
	for pointer := range a.shown {
		if len(seen[joined("shown", pointer)]) < 2 {
			delete(a.shown, pointer)
		}
	}
}

// findBare finds what the responses of an operation leave out, where it is much.
func (a *likeness) findBare(list []*gathering) {
	themes, of := map[string]map[string]bool{}, map[string][]*gathering{}
	for _, g := range list {
		if g.Outcome == verdict.Fail && !g.grave() && g.lacks() {
			of[g.operation] = append(of[g.operation], g)
			ways(themes, g.operation, g.Theme)
		}
	}
	for _, g := range list {
		if len(themes[g.operation]) < manyWays || !g.lacks() {
			continue
		}
		a.lack = cmp.Or(a.lack, of[g.operation][0])
		for _, one := range of[g.operation] {
			a.bare[one.key] = true
		}
	}
}

// of is the root of what a gathering shows alike, itself for one that is the root, nil for none.
func (a likeness) of(g *gathering) *gathering {
	f := g.first
	var root *gathering
	switch {
	case g.Outcome != verdict.Fail:
	case g.reports():
		root = a.endings[outcomeGot(f)]
	case g.refusesFlow() && f.ofOutcome():
		root = cmp.Or(a.flows[joined(g.operation, g.Theme)], a.refused[g.Theme])
	case g.refusesFlow():
		root = a.rejected[f.Status]
	case g.shows():
		root = a.shown[f.Pointer.String()]
	case f.Rule == verdict.MessageCame && g.Check == spec.CheckFlow:
		root = a.message
	case g.lacks() && !g.grave() && a.bare[g.key]:
		root = a.lack
	case g.Check != spec.CheckFlow:
		root = a.refusedIn(g)
	}
	if root == nil || root.binding() < g.binding() || root.Gravity.Rank() > g.Gravity.Rank() {
		return nil
	}
	return root
}

// refusedIn is the root of a correct request that got another status than was due and was
// refused in the words in which others of the theme refuse what was due: with a refusal
// the status of a success cannot come.
func (a likeness) refusedIn(g *gathering) *gathering {
	f := g.first
	if f.Rule != verdict.WrongStatus || !f.Correct || f.Status/100 != 2 {
		return nil
	}
	for _, word := range f.Words {
		if root := a.worded[joined(g.Theme, word.Name.String(), word.Value.String())]; root != nil {
			return root
		}
	}
	return nil
}

// reports reports whether a response tells another outcome than the one that was due to
// a request that was not to be carried out.
func (g *gathering) reports() bool { return g.first.ofOutcome() && !g.first.Correct }

// rejects reports whether a correct request was answered with an error status.
func (g *gathering) rejects() bool {
	return g.first.Deviation == verdict.Status && g.first.Correct && g.first.Status >= 400
}

// refusesFlow reports whether a flow met a refusal of what it needs.
func (g *gathering) refusesFlow() bool { return g.Check == spec.CheckFlow && g.first.refused() }

// shows reports whether a flow met a value that must be another one.
func (g *gathering) shows() bool {
	return g.Check == spec.CheckFlow && g.first.Rule == verdict.ValueFits && g.first.Keyword == "not"
}

// enterFirst enters a root unless there is one.
func enterFirst[K comparable](roots map[K]*gathering, at K, g *gathering) {
	roots[at] = cmp.Or(roots[at], g)
}
