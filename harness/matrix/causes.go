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
	var rows []Row
	var counts []int
	whole, unlike := 0, 0
	for _, r := range m.Rows {
		if r.Mutant == "" || len(r.Causes) == 0 {
			continue
		}
		rows, counts = append(rows, r), append(counts, len(r.Causes))
		if r.Whole {
			whole++
		}
		if len(r.Unlike) > 0 {
			unlike++
		}
	}
	slices.Sort(counts)
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(len(b.Causes), len(a.Causes)) })
	fmt.Fprintln(b, "# Failing causes of each planted defect")
	fmt.Fprintln(b, "\nWritten by `qorcheck mutants --causes`. Each defect of the sandbox is certified twice, on the operations that it touches. One that")
	fmt.Fprintln(b, "shows more than one cause there, or touches more than one operation, is certified once more with every obligation, and")
	fmt.Fprintln(b, "the causes of that run are counted.")
	if len(counts) > 0 {
		fmt.Fprintf(b, "\nMedian %d, 90th percentile %d, most %d, of %d defects, %d of them with every obligation.\n", percentile(counts, 50), percentile(counts, 90), counts[len(counts)-1], len(counts), whole)
		fmt.Fprintf(b, "The second run of the same sandbox shows a cause that the first does not, or the reverse, for %d of them.\n", unlike)
	}
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

// percentile is the least of sorted numbers that no fewer than a share of them, in
// percent, do not exceed.
func percentile(sorted []int, share int) int {
	return sorted[(len(sorted)*share+99)/100-1]
}
