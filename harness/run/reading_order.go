package run

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/verdict"
)

// gather puts the causes into the document, in the order of reading.
func (d *Document) gather(all causes) {
	d.Causes = []Cause{}
	waived := map[string]bool{}
	alike := map[string]int{} // causes that would be told by the same line
	for _, g := range all {
		alike[d.title(g.Cause, false)]++
	}
	for id, g := range all {
		g.Title = d.title(g.Cause, false)
		if alike[g.Title] > 1 {
			g.Title = d.title(g.Cause, true)
		}
		d.Causes = append(d.Causes, g.Cause)
		waived[id] = d.Waived(g.Cause)
	}
	slices.SortFunc(d.Causes, func(a, b Cause) int {
		return cmp.Or(
			cmp.Compare(slices.Index(verdict.Outcomes, a.Outcome), slices.Index(verdict.Outcomes, b.Outcome)),
			compareTruth(waived[a.ID], waived[b.ID]),
			cmp.Compare(weight(a.Level, a.Check), weight(b.Level, b.Check)),
			cmp.Compare(b.Cases, a.Cases),
			strings.Compare(a.ID, b.ID),
		)
	})
	rank := map[string]int{}
	for i, c := range d.Causes {
		rank[c.ID] = i
	}
	for i := range d.Obligations {
		slices.SortFunc(d.Obligations[i].Causes, func(a, b string) int { return cmp.Compare(rank[a], rank[b]) })
	}
}

func compareTruth(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// title says in one line what the representative case showed. It also names the
// kind of its request, or the place in its answer, to tell the cause apart from
// those that the same line would tell.
func (d *Document) title(c Cause, apart bool) string {
	first := c.Shown[0]
	if len(first.Findings) == 0 {
		return first.Why
	}
	o := d.Obligation(first.Obligation)
	sentence := o.Sentence
	if len(d.Operations(c)) > 1 {
		sentence = strings.TrimPrefix(sentence, o.Operation+" ")
	}
	if by := cmp.Or(c.Kind, first.Findings[0].Pointer); apart && by != "" {
		sentence += " (" + by + ")"
	}
	return fmt.Sprintf("%s: received %s", sentence, first.Findings[0].Received)
}

// simpler orders cases by how soon they are understood: a single request before a
// long story, then by id.
func simpler(a, b Case) int {
	return cmp.Or(cmp.Compare(len(a.Evidence), len(b.Evidence)), strings.Compare(a.ID, b.ID))
}
