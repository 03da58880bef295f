package run

import (
	"cmp"
	"slices"
	"strings"

	"qorcheck/harness/verdict"
)

// gather puts the causes into the document, sorted as reports show them: the gravest
// first, then what binds most, then what shows most often.
func (d *Document) gather(all causes) {
	d.Causes = []Cause{}
	waived := map[string]bool{}
	alike := map[string]int{} // causes by title
	causes := all.merged(d.indexOf())
	for _, c := range causes {
		d.title(c, false)
		alike[c.Title]++
	}
	for _, c := range causes {
		c.Check = d.Obligation(c.Shown[0].Obligation).Check
		if alike[c.Title] > 1 {
			d.title(c, true)
		}
		d.Causes = append(d.Causes, *c)
		waived[c.ID] = d.Waived(*c)
	}
	slices.SortFunc(d.Causes, func(a, b Cause) int {
		return cmp.Or(
			cmp.Compare(slices.Index(verdict.Outcomes, a.Outcome), slices.Index(verdict.Outcomes, b.Outcome)),
			compareTruth(waived[a.ID], waived[b.ID]),
			cmp.Compare(a.Gravity.Rank(), b.Gravity.Rank()),
			cmp.Compare(weight(a.Level, a.Check), weight(b.Level, b.Check)),
			cmp.Compare(b.Cases, a.Cases),
			strings.Compare(a.ID, b.ID),
		)
	})
	d.enterCauses()
}

// enterCauses lists with each obligation its causes, in the order of reading.
func (d *Document) enterCauses() {
	at := d.indexOf()
	for i := range d.Obligations {
		d.Obligations[i].Causes = []string{}
	}
	for _, c := range d.Causes {
		for _, b := range slices.Concat(c.Behind, c.Follows) {
			d.Obligations[at(b.Obligation)].cause(c.ID)
		}
	}
}

// indexOf returns a function from the id of an obligation to its place in the document.
func (d *Document) indexOf() func(id string) int {
	at := map[string]int{}
	for i, o := range d.Obligations {
		at[o.ID] = i
	}
	return func(id string) int { return at[id] }
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

// simpler orders cases by how easy they are to understand: those that were made simpler
// first, then by fewer requests, then those that are about the response alone, then by id.
func simpler(a, b Case) int {
	return cmp.Or(compareTruth(!a.Shrunk, !b.Shrunk), cmp.Compare(len(a.Evidence), len(b.Evidence)), compareTruth(!a.plain(), !b.plain()), strings.Compare(a.ID, b.ID), strings.Compare(a.Obligation, b.Obligation))
}

// plain reports whether the response to one request is all that a case is about.
func (c Case) plain() bool {
	group, _, _ := strings.Cut(c.Kind, ".")
	return requestWords[group] != ""
}
