package html

import (
	"cmp"
	"slices"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/outline"
)

// maxExamples is how many bytes of the page examples take; the document has more.
const maxExamples = 4 << 20

// passage is a part of the documentation.
type passage struct {
	Title      string
	Statements []statement
}

// statement is one of the documentation, with what became of it.
type statement struct {
	outline.Statement
	look
	Anchor string
	Cited  []cited
}

// cited is a requirement that is made of a statement.
type cited struct {
	outline.Cited
	Ended    []ended
	Branches []branch
}

// branch is a branch of a requirement, with the exchanges that show it.
type branch struct {
	outline.Branch
	Shown, Other []ended
}

// ended is obligations that ended alike.
type ended struct {
	look
	Why  string
	List []endedAt
}

// endedAt is an operation with the id of what shows best how its obligation ended.
type endedAt struct{ Operation, To string }

// lookOfState returns the look of what became of a statement.
func lookOfState(state outline.State) look {
	l := lookOf(verdict.NotRun)
	switch state {
	case outline.NotKept:
		l = lookOf(verdict.Fail)
	case outline.Doubtful:
		l = warning()
	case outline.Accepted:
		l = lookOf(verdict.Waived)
	case outline.NotShown, outline.InPart:
		l = lookOf(verdict.Inconclusive)
	case outline.Proven:
		l = lookOf(verdict.Pass)
	case outline.NotBinding:
		l = lookOf(verdict.NotApplicable)
	case outline.OurReading:
		l.Sign = "r"
	case outline.NoPromise:
		l.Sign = "c"
	}
	l.Word = string(state)
	return l
}

func newPassages(d *run.Document, m *matrix, ids anchors) []passage {
	var list []passage
	for _, p := range outline.Documentation(d) {
		shown := passage{Title: p.Title}
		for _, s := range p.Statements {
			one := statement{Statement: s, look: lookOfState(s.State), Anchor: ids.take(s.ID)}
			for _, c := range s.Cited {
				one.Cited = append(one.Cited, newCited(c, m))
			}
			shown.Statements = append(shown.Statements, one)
		}
		list = append(list, shown)
	}
	return list
}

// statesOf counts the statements by what became of them.
func statesOf(passages []passage) []tally {
	counts := map[outline.State]int{}
	for _, p := range passages {
		for _, s := range p.Statements {
			counts[s.State]++
		}
	}
	var list []tally
	for _, state := range outline.States {
		if counts[state] > 0 {
			list = append(list, tally{look: lookOfState(state), Count: counts[state]})
		}
	}
	return list
}

// newCited groups the obligations of a requirement by how they ended. Each leads to
// its exchange, its first cause, or its line. Where the requirement has branches, what
// passed is shown branch by branch.
func newCited(c outline.Cited, m *matrix) cited {
	of := cited{Cited: c}
	for _, b := range outline.Branches(c.Obligations) {
		of.Branches = append(of.Branches, newBranch(b, m))
	}
	for _, one := range c.Obligations {
		o := m.obligations[one.ID]
		to := o.ID
		if len(o.Causes) > 0 {
			to = o.Causes[0].Cause.ID
		}
		i := slices.IndexFunc(of.Ended, func(e ended) bool { return e.look == o.look })
		if i < 0 {
			i = len(of.Ended)
			of.Ended = append(of.Ended, ended{look: o.look})
		}
		of.Ended[i].List = append(of.Ended[i].List, endedAt{o.Operation, cmp.Or(o.Shown, to)})
	}
	if len(of.Branches) > 0 {
		of.Ended = slices.DeleteFunc(of.Ended, func(e ended) bool { return e.look == lookOf(verdict.Pass) })
	}
	return of
}

func newBranch(b outline.Branch, m *matrix) branch {
	one := branch{Branch: b}
	at := func(of outline.BranchOf) endedAt {
		o := m.obligations[of.Obligation.ID]
		return endedAt{o.Operation, cmp.Or(m.anchors[of.Branch.Example], o.ID)}
	}
	if len(b.Shown) > 0 {
		shown := ended{look: look{lookOf(verdict.Pass).Class, lookOf(verdict.Pass).Sign, "shown"}}
		for _, of := range b.Shown {
			shown.List = append(shown.List, at(of))
		}
		one.Shown = append(one.Shown, shown)
	}
	for _, u := range b.Other {
		other := ended{look: lookOf(verdict.Inconclusive), Why: u.Why}
		if !u.Applies {
			other.look = lookOf(verdict.NotApplicable)
		}
		other.Word = u.Word()
		for _, of := range u.Of {
			other.List = append(other.List, at(of))
		}
		one.Other = append(one.Other, other)
	}
	return one
}

// examples are the exchanges of obligations that did not fail.
type examples struct {
	List []example
	More int // that are in the document only
}

type example struct {
	run.Example
	Anchor    string
	Status    string
	Exchanges []exchangePane
}

// newExamples lays out the examples that fit: one of each requirement first, then
// the second of each. They stand in the document's order.
func newExamples(d *run.Document, m *matrix, ids anchors) examples {
	var laid examples
	anchor, at := map[string]string{}, map[string]int{}
	panes := map[string]example{}
	for i, x := range d.Examples {
		at[x.ID] = i
	}
	room := maxExamples
	for _, id := range byRank(d) {
		x, known := at[id]
		if _, done := anchor[id]; !known || done {
			continue
		}
		one := newExample(d.Examples[x])
		if one.size() > room {
			continue
		}
		if one.Anchor = ids.take(outline.Anchor(x)); one.Anchor == "" {
			continue
		}
		room -= one.size()
		anchor[id], panes[id] = one.Anchor, one
	}
	for _, x := range d.Examples {
		if one, shown := panes[x.ID]; shown {
			laid.List = append(laid.List, one)
		}
	}
	laid.More = len(d.Examples) - len(laid.List)
	m.anchors = anchor
	for _, o := range m.obligations {
		o.Shown = anchor[o.Example]
		for _, b := range o.Obligation.Branches {
			o.Branches = append(o.Branches, branchLine{b, anchor[b.Example]})
		}
	}
	return laid
}

// byRank lists the ids of the examples, one of each requirement and of each of its
// branches first, then the second of each.
func byRank(d *run.Document) []string {
	type ranked struct {
		id   string
		rank int
	}
	var list []ranked
	of := map[string]int{}
	add := func(name, id string) {
		list = append(list, ranked{id, of[name]})
		of[name]++
	}
	for _, o := range d.Obligations {
		add(o.Requirement, o.Example)
		for _, b := range o.Branches {
			add(o.Requirement+"\n"+b.Name, b.Example)
		}
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	var ids []string
	for _, x := range list {
		ids = append(ids, x.id)
	}
	return ids
}

func newExample(x run.Example) example {
	one := example{Example: x}
	for i, e := range x.Evidence {
		one.Exchanges = append(one.Exchanges, newExchange(run.Case{Fault: x.Fault, Evidence: x.Evidence}, i))
		if i == 0 && e.Answer != nil {
			one.Status = e.Answer.Line.String()
		}
	}
	return one
}

func (x example) size() int {
	size := len(x.What) + len(x.Case)
	for _, e := range x.Exchanges {
		size += e.size()
	}
	return size
}
