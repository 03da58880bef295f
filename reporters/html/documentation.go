package html

import (
	"cmp"
	"fmt"
	"slices"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/outline"
)

// maxExamples is how many bytes of the page examples take; the document has more.
const maxExamples = 3 << 19

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
	Ended []ended
}

// ended is obligations that ended alike.
type ended struct {
	look
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
// its exchange, its first cause, or its line.
func newCited(c outline.Cited, m *matrix) cited {
	of := cited{Cited: c}
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
	return of
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
	for _, o := range byRank(m, d) {
		x, known := at[o.Example]
		if _, done := anchor[o.Example]; !known || done {
			continue
		}
		one := newExample(d.Examples[x])
		if one.size() > room {
			continue
		}
		if one.Anchor = ids.take(fmt.Sprintf("x%d", x+1)); one.Anchor == "" {
			continue
		}
		room -= one.size()
		anchor[o.Example], panes[o.Example] = one.Anchor, one
	}
	for _, x := range d.Examples {
		if one, shown := panes[x.ID]; shown {
			laid.List = append(laid.List, one)
		}
	}
	laid.More = len(d.Examples) - len(laid.List)
	for _, o := range m.obligations {
		o.Shown = anchor[o.Example]
	}
	return laid
}

// byRank lists the obligations, one of each requirement first, then the second of each.
func byRank(m *matrix, d *run.Document) []*obligation {
	var list []*obligation
	rank, of := map[string]int{}, map[string]int{}
	for _, o := range d.Obligations {
		list = append(list, m.obligations[o.ID])
		rank[o.ID] = of[o.Requirement]
		of[o.Requirement]++
	}
	slices.SortStableFunc(list, func(a, b *obligation) int { return cmp.Compare(rank[a.ID], rank[b.ID]) })
	return list
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
