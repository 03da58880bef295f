package run

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact"
	"qorcheck/harness/verdict"
)

// Example is the exchange that shows that an obligation was exercised and did not
// fail, or a branch of one: the request under judgement, and a later exchange where that
// one shows it.
type Example struct {
	ID        string              `json:"id"` // that of the case; case#3 where the third of its exchanges shows it
	Case      string              `json:"case"`
	Operation string              `json:"operation"`
	What      string              `json:"what"`            // what is right or wrong with the request
	Fault     string              `json:"fault,omitempty"` // pointer to what is broken in it
	Evidence  []exchange.Evidence `json:"evidence"`        // one or two
}

// Bounds on the examples of a document; the journal has the whole.
const (
	MaxExamples      = 6 << 20 // bytes of all examples in JSON
	maxExampleBody   = 2 << 10 // bytes of a message's body
	maxExampleHeader = 20      // lines of a message's header
	maxExampleLine   = 300     // bytes of such a line
)

// examples are the best examples of an obligation and of its branches so far.
type examples struct {
	whole    example
	branches []example
}

// offer takes a case as the example of an obligation, and of the branches that it shows,
// where it is a better one.
func (x *examples) offer(o *Obligation, e Entry, v Verdict) {
	x.each(o, v, func(one *example, v Verdict, tolerated bool) { one.replace(o, e, v, tolerated) })
}

// needs adds the indices of the exchanges of a case that offer would keep.
func (x *examples) needs(o *Obligation, e Entry, v Verdict, whole map[int]bool) {
	x.each(o, v, func(one *example, v Verdict, tolerated bool) {
		if better, ok := one.better(o, e, v, tolerated); ok {
			whole[e.Act], whole[better.exchange] = true, true
		}
	})
}

// each calls f for the examples that a case can be of: of its obligation, and of the
// branches that it shows.
func (x *examples) each(o *Obligation, v Verdict, f func(one *example, v Verdict, tolerated bool)) {
	if x.branches == nil {
		x.branches = make([]example, len(o.Branches))
	}
	f(&x.whole, v, false)
	for _, shown := range v.Branches {
		i := slices.IndexFunc(o.Branches, func(b Branch) bool { return b.Name == shown.Name })
		if i < 0 {
			continue
		}
		if shown.Tolerated {
			v.Exercised, v.Exchange = true, 0 // by the response that is allowed in its place
		}
		f(&x.branches[i], v, shown.Tolerated)
	}
}

// remove drops a case, which no longer passes.
func (x *examples) remove(id string) {
	for i := range x.branches {
		if e := x.branches[i].entry; e != nil && e.Case == id {
			x.branches[i] = example{}
		}
	}
}

// example is the best example of an obligation, or of a branch of it, so far.
type example struct {
	repeated  bool // a request got no response, so that a resumed run sends the case again
	tolerated bool // another response came than the one that shows the branch
	passing   bool // it was judged in a case of another operation
	length    int  // exchanges of its case
	exchange  int  // the one that shows it, an index
	entry     *Entry
}

func (x *example) offer(o *Obligation, e Entry, v Verdict) { x.replace(o, e, v, false) }

// better returns what a case is as the example, without its exchanges, and whether it is a
// better one: what is kept does not depend on the order in which cases arrive.
func (x *example) better(o *Obligation, e Entry, v Verdict, tolerated bool) (example, bool) {
	if v.Outcome != verdict.Pass || !v.Exercised || e.Act < 0 || e.Act >= len(e.Evidence) || v.Exchange > len(e.Evidence) {
		return example{}, false
	}
	one := example{repeated: e.Unanswered, tolerated: tolerated, passing: e.Operation != o.Operation, length: len(e.Evidence), exchange: e.Act}
	if v.Exchange > 0 {
		one.exchange = v.Exchange - 1
	}
	return one, x.entry == nil || cmp.Or(compareTruth(one.repeated, x.repeated), compareTruth(one.tolerated, x.tolerated), compareTruth(one.passing, x.passing),
		cmp.Compare(one.length, x.length), cmp.Compare(e.Number, x.entry.Number), strings.Compare(e.Case, x.entry.Case)) < 0
}

// replace takes a case as the example if it is a better one. A case whose exchanges were not
// kept is none.
func (x *example) replace(o *Obligation, e Entry, v Verdict, tolerated bool) {
	one, ok := x.better(o, e, v, tolerated)
	if !ok || e.Evidence[e.Act].Digest != nil || e.Evidence[one.exchange].Digest != nil {
		return
	}
	*x = one
	evidence := []exchange.Evidence{briefly(e.Evidence[e.Act])}
	if x.exchange != e.Act {
		evidence = append(evidence, briefly(e.Evidence[x.exchange]))
	}
	x.entry = &Entry{Case: e.Case, Number: e.Number, Operation: e.Operation, What: e.What, Fault: e.Fault, Act: e.Act, Evidence: evidence}
}

// id names the example: obligations that one exchange shows share it.
func (x example) id() string {
	if x.exchange == x.entry.Act {
		return x.entry.Case
	}
	return x.entry.Case + "#" + strconv.Itoa(x.exchange+1)
}

// briefly copies an exchange with its texts shortened, without its command.
func briefly(e exchange.Evidence) exchange.Evidence {
	e.Curl, e.Variables = redact.Text{}, nil
	e.Request = brief(e.Request)
	if e.Answer != nil {
		answer := brief(*e.Answer)
		e.Answer = &answer
	}
	e.Messages = nil
	return e
}

func brief(m exchange.Message) exchange.Message {
	header := make([]redact.Text, 0, min(len(m.Header), maxExampleHeader))
	for _, line := range m.Header[:cap(header)] {
		header = append(header, line.Cut(maxExampleLine))
	}
	m.Line, m.Header, m.Body = m.Line.Cut(maxExampleLine), header, m.Body.Cut(maxExampleBody)
	return m
}

// exemplify puts examples into the document, as many as fit: one of each requirement and
// of each of its branches first, then the second of each. An obligation that failed has
// its causes, and the examples of branches that did not.
func (d *Document) exemplify(of []examples) {
	type offered struct {
		example
		of   *string
		rank int
	}
	var order []offered
	ranks := map[string]int{}
	offer := func(x example, of *string, name string) {
		if x.entry != nil {
			order = append(order, offered{x, of, ranks[name]})
			ranks[name]++
		}
	}
	for i := range d.Obligations {
		o := &d.Obligations[i]
		if o.Counts.Fail == 0 {
			offer(of[i].whole, &o.Example, o.Requirement)
		}
		for j, x := range of[i].branches {
			offer(x, &o.Branches[j].Example, o.Requirement+"\n"+o.Branches[j].Name)
		}
	}
	d.Examples = []Example{}
	byRank := slices.Clone(order)
	slices.SortStableFunc(byRank, func(a, b offered) int { return cmp.Compare(a.rank, b.rank) })
	room, kept := MaxExamples, map[string]bool{}
	for _, x := range byRank {
		if id := x.id(); !kept[id] {
			size := x.size()
			if size > room {
				continue
			}
			room -= size
			kept[id] = true
		}
		*x.of = x.id()
	}
	for _, x := range order {
		if id := x.id(); *x.of != "" && kept[id] {
			kept[id] = false
			d.Examples = append(d.Examples, Example{id, x.entry.Case, x.entry.Operation, x.entry.What, x.entry.Fault, x.entry.Evidence})
		}
	}
}

// size is how many bytes an example takes in JSON.
func (x example) size() int {
	text, err := json.Marshal(x.entry.Evidence)
	if err != nil {
		return MaxExamples + 1
	}
	return len(text)
}

// checkExamples refuses a document whose obligations and examples contradict each other.
func (d *Document) checkExamples() error {
	shown := map[string]bool{}
	for _, o := range d.Obligations {
		for _, id := range o.examples() {
			shown[id] = true
		}
	}
	known := map[string]bool{"": true}
	for _, x := range d.Examples {
		switch {
		case known[x.ID]:
			return fmt.Errorf("example %q is there twice, or has no id", x.ID)
		case len(x.Evidence) < 1 || len(x.Evidence) > 2:
			return fmt.Errorf("example %s: %d exchanges, one or two are wanted", x.ID, len(x.Evidence))
		case !shown[x.ID]:
			return fmt.Errorf("example %s: no obligation has it", x.ID)
		}
		known[x.ID] = true
	}
	for _, o := range d.Obligations {
		for _, id := range o.examples() {
			if !known[id] {
				return fmt.Errorf("obligation %s: there is no example %s", o.ID, id)
			}
		}
	}
	return nil
}

// examples lists the ids of the examples of an obligation and of its branches, "" where
// none is kept.
func (o *Obligation) examples() []string {
	list := []string{o.Example}
	for _, b := range o.Branches {
		list = append(list, b.Example)
	}
	return list
}
