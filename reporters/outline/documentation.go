package outline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Passage is a part of the documentation, with what became of its statements.
type Passage struct {
	Title      string
	Statements []Statement
}

// Statement is a statement of the documentation, with what became of it in a run.
type Statement struct {
	run.Statement
	State State
	Found []string // what became of it, in the order of reading
	Cited []Cited  // the requirements that are made of it and are part of the run
}

// Cited is a requirement that is made of a statement.
type Cited struct {
	Requirement, Sentence string
	Level                 spec.Level
	Clause                run.Clause
	Obligations           []*run.Obligation
}

// State is what became of a statement, in a word or two.
type State string

// The states, the gravest first.
const (
	NotKept    State = "broken"
	Doubtful   State = "not as it should be"
	Accepted   State = "broken and waived"
	NotShown   State = "not shown"
	InPart     State = "shown in part"
	Proven     State = "proven"
	NotBinding State = "not applicable"
	OurReading State = "our reading"
	NoPromise  State = "binds no server"
	NotTested  State = "not tested"
	NotPlanned State = "not in this run"
)

// States are all states, the gravest first.
var States = []State{NotKept, Doubtful, Accepted, NotShown, InPart, Proven, NotBinding, OurReading, NoPromise, NotTested, NotPlanned}

// Documentation lists what became of each statement of the documentation, in its
// order; it is empty where the requirement list has no statements.
func Documentation(d *run.Document) []Passage {
	made := map[string][]*run.Obligation{} // by requirement
	for i := range d.Obligations {
		o := &d.Obligations[i]
		made[o.Requirement] = append(made[o.Requirement], o)
	}
	var list []Passage
	for _, p := range d.Passages {
		passage := Passage{Title: p.Title}
		for _, s := range p.Statements {
			passage.Statements = append(passage.Statements, became(d, s, made))
		}
		list = append(list, passage)
	}
	return list
}

// became says what became of a statement.
func became(d *run.Document, of run.Statement, made map[string][]*run.Obligation) Statement {
	s := Statement{Statement: of}
	promised, read := newFate(d), newFate(d)
	for _, id := range of.Requirements {
		obligations := made[id]
		if len(obligations) == 0 {
			continue
		}
		first := obligations[0]
		s.Cited = append(s.Cited, Cited{id, first.Promise, first.Level, first.Clause, obligations})
		for _, o := range obligations {
			if first.Clause.Basis == spec.OfReading {
				read.add(o)
			} else {
				promised.add(o)
			}
		}
	}
	s.State = stateOf(of, promised, read)
	before := ""
	if of.Unbinding != "" {
		s.Found, before = append(s.Found, of.Unbinding), "the server's part: "
	}
	s.Found = append(s.Found, promised.say(before)...)
	s.Found = append(s.Found, read.say("our reading of it: ")...)
	if of.NotCovered != "" {
		s.Found = append(s.Found, "nothing tests it: "+of.NotCovered)
	}
	for _, u := range d.Untested {
		if slices.Contains(of.Requirements, u.Requirement) {
			s.Found = append(s.Found, fmt.Sprintf("nothing tests %s yet: %s", u.Requirement, u.Reason))
		}
	}
	switch {
	case len(s.Found) > 0:
	case len(of.Requirements) == 0:
		s.Found = []string{"nothing tests it: no requirement of the list is made of it"}
	default:
		s.Found = []string{"nothing of it is part of this run"}
	}
	return s
}

// stateOf is the state of a statement, by what became of what it promises and of our
// readings of it. That a server does its part makes nothing of what binds none.
func stateOf(of run.Statement, promised, read *fate) State {
	state := promised.state()
	broken := slices.Contains(gravity[:3], state)
	switch {
	case broken || state != "" && of.Unbinding == "":
		return state
	case state != "":
		return NoPromise
	case len(read.operations) > 0:
		return OurReading
	case of.Unbinding != "":
		return NoPromise
	case of.NotCovered != "" || len(of.Requirements) == 0:
		return NotTested
	}
	return NotPlanned
}

// fate is how obligations ended, by operation.
type fate struct {
	document   *run.Document
	operations []string // in the plan's order
	worst      map[string]State
	proven     map[string]bool // something was shown
	reasons    map[string]int  // why something was not shown, by obligations
	none       map[string]int  // why something does not apply, by obligations
	notes      map[string]int  // on what was tolerated, by cases
}

func newFate(d *run.Document) *fate {
	return &fate{document: d, worst: map[string]State{}, proven: map[string]bool{}, reasons: map[string]int{}, none: map[string]int{}, notes: map[string]int{}}
}

// gravity is the order of the states of an operation.
var gravity = []State{NotKept, Doubtful, Accepted, NotShown, Proven, NotBinding}

func (f *fate) add(o *run.Obligation) {
	if _, known := f.worst[o.Operation]; !known {
		f.operations = append(f.operations, o.Operation)
		f.worst[o.Operation] = NotBinding
	}
	state := Proven
	switch o.Outcome {
	case verdict.Pass:
		f.proven[o.Operation] = true
	case verdict.Fail:
		state = Doubtful
		if f.document.Fails(o) {
			state = NotKept
		}
	case verdict.Waived:
		state = Accepted
	case verdict.NotApplicable:
		state = NotBinding
		f.none[o.Why]++
	default:
		state = NotShown
		f.reasons[o.Why]++
	}
	if slices.Index(gravity, state) < slices.Index(gravity, f.worst[o.Operation]) {
		f.worst[o.Operation] = state
	}
	for _, n := range o.Notes {
		f.notes[n.Text.String()] += n.Count
	}
}

// with lists the operations in a state.
func (f *fate) with(state State) (list []string) {
	for _, name := range f.operations {
		if f.worst[name] == state {
			list = append(list, name)
		}
	}
	return list
}

// state is the gravest, "" where there are no obligations.
func (f *fate) state() State {
	for _, state := range gravity[:3] {
		if len(f.with(state)) > 0 {
			return state
		}
	}
	switch {
	case len(f.operations) == 0:
		return ""
	case len(f.with(NotBinding)) == len(f.operations):
		return NotBinding
	case len(f.with(NotShown)) == 0:
		return Proven
	case len(f.proven) > 0:
		return InPart
	}
	return NotShown
}

// say says how the obligations ended, and what was tolerated.
func (f *fate) say(before string) (list []string) {
	for _, state := range gravity {
		operations := f.with(state)
		if len(operations) == 0 {
			continue
		}
		word := string(state)
		if before != "" && state == Proven {
			word = "met"
		}
		if state == NotShown && slices.ContainsFunc(operations, func(name string) bool { return f.proven[name] }) {
			word = "not shown in full"
		}
		text := fmt.Sprintf("%s%s on %s", before, word, Plural(len(operations), "operation"))
		switch state {
		case Proven:
		case NotShown:
			text += ": " + few(f.reasons, 3, "reason", "obligation")
		case NotBinding:
			text += ": " + few(f.none, 3, "reason", "obligation")
		default:
			text += ": " + strings.Join(operations, ", ")
		}
		list = append(list, text)
	}
	if len(f.notes) > 0 {
		list = append(list, "allowed deviation seen: "+few(f.notes, 3, "note", "case"))
	}
	return list
}

// few lists the most frequent texts with their counts, and counts the others.
func few(counts map[string]int, limit int, what, counted string) string {
	var texts []string
	for text := range counts {
		texts = append(texts, text)
	}
	slices.SortFunc(texts, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	var list []string
	for _, text := range texts[:min(len(texts), limit)] {
		list = append(list, fmt.Sprintf("%s (%s)", text, Plural(counts[text], counted)))
	}
	if more := len(texts) - limit; more > 0 {
		list = append(list, "and "+Plural(more, "more "+what))
	}
	return strings.Join(list, "; ")
}
