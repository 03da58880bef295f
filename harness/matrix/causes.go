package matrix

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"

	"qorcheck/harness/run"
)

// Cause is a cause of failures that a row shows.
type Cause struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Cases int    `json:"cases"`
}

// causesOf lists the causes of a run's failures, in the order of reading.
func causesOf(d *run.Document) []Cause {
	list := []Cause{}
	for _, c := range d.Failed() {
		list = append(list, Cause{c.ID, c.Title, c.Cases})
	}
	return list
}

// CauseTable writes how many causes each mutant shows, the one with the most first, with
// the median, the 90th percentile and the most: one defect of a target is to be one
// cause. Mutants that show none, since nothing of them may fail, are left out.
func (m *Matrix) CauseTable(w io.Writer) error {
	b := bufio.NewWriter(w)
	rows := slices.DeleteFunc(slices.Clone(m.Rows), func(r Row) bool { return r.Mutant == "" || len(r.Causes) == 0 })
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(len(b.Causes), len(a.Causes)) })
	count := func(has func(Row) bool) (n int) {
		for _, r := range rows {
			if has(r) {
				n++
			}
		}
		return n
	}
	fmt.Fprintf(b, causesHead, oneInWhole)
	if len(rows) > 0 {
		at := func(share int) int { return len(rows[len(rows)-(len(rows)*share+99)/100].Causes) }
		whole, twice := count(func(r Row) bool { return r.Whole }), count(func(r Row) bool { return r.Twice })
		fmt.Fprintf(b, "\nMedian %d, 90th percentile %d, most %d, of %d defects, %d of them with every obligation, %d of these twice.\n", at(50), at(90), len(rows[0].Causes), len(rows), whole, twice)
		fmt.Fprintf(b, "The second run of the same sandbox shows a cause that the first does not, or the reverse, for %d of them.\n", count(func(r Row) bool { return len(r.Unlike) > 0 }))
	}
	if len(m.Rows) < m.Planned {
		fmt.Fprintf(b, "Interrupted: %d of %d defects and tolerances came to their end.\n", len(m.Rows), m.Planned)
	}
	m.printPairs(b)
	fmt.Fprintln(b, "\n| Defect | Causes | Obligations | Differs in the second run | The first |\n| --- | ---: | --- | ---: | --- |")
	for _, r := range rows {
		asked := "of its operations"
		if r.Whole {
			asked = "all"
		}
		fmt.Fprintf(b, "| `%s` | %d | %s | %d | `%s` |\n", r.Mutant, len(r.Causes), asked, len(r.Unlike), r.Causes[0].ID)
	}
	return b.Flush()
}

const causesHead = `# Failing causes of each planted defect

Written by ` + "`qorcheck mutants --causes`" + `. Each defect of the sandbox is certified twice, on the operations that it touches. One that
shows more than one cause there, or touches more than one operation, is certified once more with every obligation, and
the causes of that run are counted; one in %d defects, chosen by its name, is certified twice with every obligation.
`

// printPairs writes of how many pairs of defects two causes are shown, and lists the others.
func (m *Matrix) printPairs(w io.Writer) {
	few := slices.DeleteFunc(slices.Clone(m.Pairs), func(p Pair) bool { return len(p.Causes) > 1 })
	if len(m.Pairs) == 0 {
		return
	}
	fmt.Fprintf(w, "\nTwo defects of different themes at once, drawn at random, on the operations that either touches: %d of %d pairs show two causes or more.\n", len(m.Pairs)-len(few), len(m.Pairs))
	for _, p := range few {
		fmt.Fprintf(w, "\n- `%s` and `%s`: %d", p.Mutants[0], p.Mutants[1], len(p.Causes))
		if p.Fault != "" {
			fmt.Fprintf(w, ", a fault of qorcheck: %s", p.Fault)
		}
	}
	if len(few) > 0 {
		fmt.Fprintln(w)
	}
}
