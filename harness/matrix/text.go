package matrix

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Text prints a matrix: every mutant, then the checks, then what is wrong, right before
// the line that sums it up, so that the end of a log shows it.
func (m *Matrix) Text(w io.Writer) error {
	b := bufio.NewWriter(w)
	table := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	m.printRows(table)
	m.printChecks(table)
	err := table.Flush()
	fmt.Fprintln(b)
	for _, r := range m.Bad() {
		fmt.Fprintf(b, "%s\n", r.Complaint())
	}
	for _, name := range m.Idle() {
		fmt.Fprintf(b, "check %s: no mutant is killed by it alone, so that it proves nothing that others do not\n", name)
	}
	if len(m.Bad())+len(m.Idle()) > 0 {
		fmt.Fprintln(b)
	}
	fmt.Fprintf(b, "%s\n", m.sum())
	return errors.Join(err, b.Flush())
}

func (m *Matrix) printRows(table io.Writer) {
	fmt.Fprintln(table, "MUTANT\tSEED\tREQUIREMENT\tOUTCOME\tBY CASE\tALSO\tSECONDS")
	for _, r := range m.Rows {
		by, also := "", []string{}
		for _, failure := range r.Failures {
			if failure.Requirement == r.Requirement {
				by = failure.Case
			} else {
				also = append(also, failure.Requirement)
			}
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t%.1f\n", cmp.Or(r.Mutant, "(none)"), r.Seed, cmp.Or(r.Requirement, "-"), r.Outcome, cmp.Or(by, "-"), cmp.Or(strings.Join(also, " "), "-"), r.Seconds)
	}
}

func (m *Matrix) printChecks(table io.Writer) {
	fmt.Fprintln(table, "\nCHECK\tKILLS\tALONE\tAS")
	for _, c := range m.Checks {
		if m.Filter != "" && len(c.Kills) == 0 {
			continue // of some mutants it says nothing
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%s\n", c.Name, len(c.Kills), len(c.Alone), cmp.Or(strings.Join(c.Alone[:min(len(c.Alone), 3)], " "), "-"))
	}
}

// sum sums the matrix up in one line.
func (m *Matrix) sum() string {
	counts, requests, alarms := map[Outcome]int{}, 0, 0
	for _, r := range m.Rows {
		counts[r.Outcome]++
		requests += r.Requests
		alarms += len(r.Alarms())
	}
	line := fmt.Sprintf("%d killed, %d survived, %d not tested yet; %d harmless; %d false alarms; %d runs of the sound sandbox; %d requests in %.1fs",
		counts[Killed], counts[Survived], counts[Untested], counts[Harmless], alarms, counts[Sound], requests, m.Seconds)
	if len(m.Rows) < m.Planned {
		line += fmt.Sprintf("; interrupted: %d of %d runs came to their end", len(m.Rows), m.Planned)
	}
	return line
}

// Complaint says what is wrong with a row.
func (r Row) Complaint() string {
	var parts []string
	if r.Outcome == Survived {
		parts = append(parts, fmt.Sprintf("survived: %s did not fail on a sandbox that %s (%s)", r.Requirement, r.Breaks, r.Verdict))
	}
	for _, f := range r.Alarms() {
		parts = append(parts, fmt.Sprintf("false alarm: %s failed on %s in %d cases, as %s", f.Requirement, strings.Join(f.Operations, ", "), f.Cases, f.Case))
	}
	if r.Fault != "" {
		parts = append(parts, "a fault of qorcheck: "+r.Fault)
	}
	return fmt.Sprintf("%s, seed %d: %s", cmp.Or(r.Mutant, "the sound sandbox"), r.Seed, strings.Join(parts, "; "))
}
