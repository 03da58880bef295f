package run

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/verdict"
)

// gather puts the causes into the document, sorted as reports show them.
func (d *Document) gather(all causes) {
	d.Causes = []Cause{}
	waived := map[string]bool{}
	alike := map[string]int{} // causes by title
	for _, g := range all {
		d.title(&g.Cause, false)
		alike[g.Title]++
	}
	for id, g := range all {
		if alike[g.Title] > 1 {
			d.title(&g.Cause, true)
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

// title writes the line of a cause: what was promised, and what its representative
// case received. To distinguish it from causes with the same line it also names the
// kind of its requests, or the place in its response.
func (d *Document) title(c *Cause, distinct bool) {
	first := c.Shown[0]
	if len(first.Findings) == 0 {
		c.Title = first.Why.String()
		return
	}
	o := d.Obligation(first.Obligation)
	c.Promise = o.Sentence
	if len(d.Operations(*c)) > 1 {
		c.Promise = o.Promise
	}
	if by := cmp.Or(c.Kind, first.Findings[0].Pointer.String()); distinct && by != "" {
		c.Promise += " (" + by + ")"
	}
	c.Title = fmt.Sprintf("%s: received %s", c.Promise, first.Findings[0].Received)
}

// simpler orders cases by how easy they are to understand: fewer requests first,
// then by id.
func simpler(a, b Case) int {
	return cmp.Or(cmp.Compare(len(a.Evidence), len(b.Evidence)), strings.Compare(a.ID, b.ID))
}
