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
	for _, r := range m.Rows {
		if r.Mutant != "" && len(r.Causes) > 0 {
			rows, counts = append(rows, r), append(counts, len(r.Causes))
		}
	}
	slices.Sort(counts)
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(len(b.Causes), len(a.Causes)) })
	fmt.Fprintln(b, "# Failing causes of each planted defect")
	asked := "the obligations on the operations that it touches"
	if m.All {
		asked = "every obligation"
	}
	fmt.Fprintf(b, "\nOne run of %s for each defect of the sandbox, as `qorcheck mutants --causes` writes it.\n", asked)
	if len(counts) > 0 {
		fmt.Fprintf(b, "Median %d, 90th percentile %d, most %d, of %d defects.\n", percentile(counts, 50), percentile(counts, 90), counts[len(counts)-1], len(counts))
	}
	fmt.Fprintln(b, "\n| Defect | Causes | The first |\n| --- | ---: | --- |")
	for _, r := range rows {
		fmt.Fprintf(b, "| `%s` | %d | `%s` |\n", r.Mutant, len(r.Causes), r.Causes[0].ID)
	}
	return b.Flush()
}

// percentile is the least of sorted numbers that no fewer than a share of them, in
// percent, do not exceed.
func percentile(sorted []int, share int) int {
	return sorted[(len(sorted)*share+99)/100-1]
}
