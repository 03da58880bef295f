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
// fail: the request under judgement, and a later exchange where that one shows it.
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

// example is the best example of an obligation so far.
type example struct {
	passing  bool // it was judged in a case of another operation
	length   int  // exchanges of its case
	exchange int  // the one that shows it, an index
	entry    *Entry
}

// offer takes a case as the example of an obligation if it is a better one: what is
// kept does not depend on the order in which cases arrive. A case whose exchanges
// were not kept is none.
func (x *example) offer(o *Obligation, e Entry, v Verdict) {
	if v.Outcome != verdict.Pass || !v.Exercised || e.Act < 0 || e.Act >= len(e.Evidence) || v.Exchange > len(e.Evidence) {
		return
	}
	passing := e.Operation != o.Operation
	if x.entry != nil && cmp.Or(compareTruth(x.passing, passing), cmp.Compare(x.length, len(e.Evidence)), strings.Compare(x.entry.Case, e.Case)) <= 0 {
		return
	}
	*x = example{passing: passing, length: len(e.Evidence), exchange: e.Act}
	if v.Exchange > 0 {
		x.exchange = v.Exchange - 1
	}
	evidence := []exchange.Evidence{briefly(e.Evidence[e.Act])}
	if x.exchange != e.Act {
		evidence = append(evidence, briefly(e.Evidence[x.exchange]))
	}
	x.entry = &Entry{Case: e.Case, Operation: e.Operation, What: e.What, Fault: e.Fault, Act: e.Act, Evidence: evidence}
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
	e.Curl = redact.Text{}
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

// exemplify puts the examples of obligations that did not fail into the document, as
// many as fit: one of each requirement first, then the second of each.
func (d *Document) exemplify(examples []example) {
	rank := make([]int, len(examples))
	of := map[string]int{} // obligations of each requirement
	var order []int
	for i, x := range examples {
		if o := d.Obligations[i]; x.entry != nil && o.Counts.Fail == 0 {
			rank[i] = of[o.Requirement]
			of[o.Requirement]++
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank[a], rank[b]) })
	room, kept := MaxExamples, map[string]bool{}
	for _, i := range order {
		x := examples[i]
		if id := x.id(); !kept[id] {
			size := x.size()
			if size > room {
				continue
			}
			room -= size
			kept[id] = true
		}
		d.Obligations[i].Example = x.id()
	}
	d.Examples = []Example{}
	for i, o := range d.Obligations {
		if e := examples[i].entry; o.Example != "" && kept[o.Example] {
			kept[o.Example] = false
			d.Examples = append(d.Examples, Example{o.Example, e.Case, e.Operation, e.What, e.Fault, e.Evidence})
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
		shown[o.Example] = true
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
		if !known[o.Example] {
			return fmt.Errorf("obligation %s: there is no example %s", o.ID, o.Example)
		}
	}
	return nil
}
