package reporters

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"qorcheck/spec"
)

// CatalogueMarkdown writes the page of requirements.
func CatalogueMarkdown(w io.Writer, c Catalogue) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s: the requirements\n\nWritten by `make requirements`. What a requirement says is read after “a conforming target”.\n", c.Name)
	for _, chapter := range c.Chapters {
		c.markdownChapter(b, chapter)
	}
	c.markdownTables(b)
	c.markdownWarnings(b)
	c.markdownChanges(b)
	return b.Flush()
}

// markdownChapter writes the requirements of a chapter, nothing where none is tested.
func (c Catalogue) markdownChapter(b io.Writer, chapter spec.Chapter) {
	heading := fmt.Sprintf("\n## %s\n\n| Requirement | Says | From | On | Check | Mutants |\n| --- | --- | --- | --- | --- | --- |\n", chapter.Title)
	for _, q := range c.Tested() {
		if q.Chapter != chapter.Name {
			continue
		}
		from := q.Page
		if q.Link != "" {
			from = fmt.Sprintf("[%s](%s)", q.Page, q.Link)
		}
		kind := []string{string(q.Level), q.Basis.Citing(q.Readings), q.Profile}
		if q.Fault != "" {
			kind = append(kind, q.Fault)
		}
		if q.Essential {
			kind = append(kind, "essential")
		}
		says := q.Sentence
		if len(q.Branches) > 0 {
			says += "; in each branch: " + strings.Join(q.Branches, ", ")
		}
		fmt.Fprintf(b, "%s| **%s** %s | %s | %s %s | %s | `%s` | %s |\n", heading, q.ID, strings.Join(kind, ", "), says,
			from, strings.Join(q.Statements, " "), q.on(), q.Check, cmp.Or(strings.Join(q.Mutants, ", "), "–"))
		heading = ""
	}
}

// markdownTables writes what is not tested, and the list by operation, check and statement.
func (c Catalogue) markdownTables(b io.Writer) {
	if none := c.untested(); len(none) > 0 {
		fmt.Fprint(b, "\n## Not tested\n\n| Requirement | Says | Why |\n| --- | --- | --- |\n")
		for _, q := range none {
			fmt.Fprintf(b, "| **%s** | %s | %s |\n", q.ID, q.Sentence, q.Untested)
		}
	}
	fmt.Fprint(b, "\n## Operations\n\nBeside the requirements that hold everywhere.\n\n| Operation | Requirements |\n| --- | --- |\n")
	for _, o := range c.Operations {
		fmt.Fprintf(b, "| %s | %s |\n", o.Operation, strings.Join(o.Requirements, ", "))
	}
	checks := map[string][]string{}
	for _, q := range c.Tested() {
		checks[q.Check] = append(checks[q.Check], q.ID)
	}
	fmt.Fprint(b, "\n## Checks\n\n| Check | Requirements |\n| --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(checks)) {
		fmt.Fprintf(b, "| `%s` | %s |\n", name, strings.Join(checks[name], ", "))
	}
	fmt.Fprint(b, "\n## Statements\n\n| Statement | Says | Requirements |\n| --- | --- | --- |\n")
	for _, s := range c.Statements {
		fmt.Fprintf(b, "| %s | %s | %s |\n", s.ID, s.Says, cmp.Or(strings.Join(s.Requirements, ", "), "none: "+s.NotCovered))
	}
}

// Warned are the requirements that are no must although a target that breaks them does
// more harm than by a wrong status or text.
func (c Catalogue) Warned() []Catalogued {
	return slices.DeleteFunc(c.Tested(), func(q Catalogued) bool {
		return q.Level == spec.Must || q.Gravity.Rank() > spec.OfOutcome.Rank()
	})
}

// markdownWarnings writes which defects that move money, let somebody in or misreport an
// outcome end in a warning, and why, nothing where there are none.
func (c Catalogue) markdownWarnings(b io.Writer) {
	heading := "\n## Grave defects that end in a warning\n\nThey concern money, access or the outcome of a request, and break no sentence of a page or of a public standard: a must cannot rest on what is not said.\n\n" +
		"| Requirement | Says | Concerns | Defects | Why no must |\n| --- | --- | --- | --- | --- |\n"
	for _, q := range c.Warned() {
		if q.Before == nil {
			continue
		}
		fmt.Fprintf(b, "%s| %s %s | %s | %s | %s | %s (%s) |\n", heading, q.ID, q.Level, q.Sentence, q.Gravity.Words(), cmp.Or(strings.Join(q.Mutants, ", "), "–"), q.Before.Why, q.Basis.Citing(q.Readings))
		heading = ""
	}
}

// markdownChanges writes each requirement before and after all were judged by their
// sentences, nothing where none has changed.
func (c Catalogue) markdownChanges(b io.Writer) {
	if !slices.ContainsFunc(c.Requirements, func(q Catalogued) bool { return q.Before != nil }) {
		return
	}
	fmt.Fprint(b, "\n## Before and after\n\nEach requirement was judged by the sentence that it rests on. A must rests on a sentence of a page or of a public standard.\n\n")
	fmt.Fprint(b, "| Requirement | Before | Now | Basis | Sentence | Why |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, q := range c.Requirements {
		was, why := string(q.Level), q.Clause
		if q.Before != nil {
			was, why = cmp.Or(string(q.Before.Level), "–"), q.Before.Why
			if q.Before.Of != "" {
				was = "part of " + q.Before.Of
			}
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", q.ID, was, q.Level, q.Basis.Citing(q.Readings), cmp.Or(strings.Join(q.Statements, " "), "–"), why)
	}
}
