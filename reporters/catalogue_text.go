package reporters

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
)

// CatalogueText writes a catalogue for a terminal.
func CatalogueText(w io.Writer, c Catalogue) error {
	b := bufio.NewWriter(w)
	for _, q := range c.Tested() {
		fmt.Fprintf(b, "%s  it %s  [%s, %s]\n", q.ID, q.Sentence, q.Level, cmp.Or(q.Profile, "every profile"))
		fmt.Fprintf(b, "    %s: %s\n    %s", q.Basis.Citing(q.Readings), q.Clause, cmp.Or(q.Link, q.Page))
		if len(q.Statements) > 0 {
			fmt.Fprintf(b, " (%s)", strings.Join(q.Statements, ", "))
		}
		fmt.Fprintf(b, "\n    on:       %s\n    check:    %s\n", q.on(), q.Check)
		if len(q.Branches) > 0 {
			fmt.Fprintf(b, "    branches: %s\n", strings.Join(q.Branches, ", "))
		}
		if len(q.Mutants) > 0 {
			fmt.Fprintf(b, "    mutants:  %s\n", strings.Join(q.Mutants, ", "))
		}
	}
	if none := c.untested(); len(none) > 0 {
		fmt.Fprintln(b, "\nnot tested:")
		for _, q := range none {
			fmt.Fprintf(b, "    %s  it %s: %s\n", q.ID, q.Sentence, q.Untested)
		}
	}
	heading := "\nstatements of which no requirement is made:\n"
	for _, s := range c.Statements {
		if s.NotCovered != "" {
			fmt.Fprintf(b, "%s    %s: %s\n", heading, s.ID, s.NotCovered)
			heading = ""
		}
	}
	fmt.Fprintf(b, "\n%d requirements tested on %d operations of %s, %d not tested\n", len(c.Tested()), len(c.Operations), c.API, len(c.untested()))
	return b.Flush()
}
