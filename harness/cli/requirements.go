package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"qorcheck/harness/sandbox"
	"qorcheck/spec"
)

func requirementsCommand(p *process) *cobra.Command {
	in := &inputs{process: p}
	asJSON, asMarkdown := false, false
	c := &cobra.Command{
		Use:   "requirements",
		Short: "print the requirements: what each says, where it comes from, how it is tested",
		Long: `Print the requirement catalogue: each requirement with the clause that it comes from,
the operations that it is tested on, the check that judges it and the mutants that
show that the check can fail; then what is not tested, and why.`,
		Example: "  qorcheck requirements\n  qorcheck requirements --json\n  qorcheck requirements --requirements own.yaml --spec own-api.yaml",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			d, err := in.description()
			if err != nil {
				return fmt.Errorf("--spec: %w", err)
			}
			r, err := in.requirementList()
			if err != nil {
				return fmt.Errorf("--requirements: %w", err)
			}
			print := catalogueText
			switch {
			case asJSON:
				print = catalogueJSON
			case asMarkdown:
				print = catalogueMarkdown
			}
			return print(p.stdout, newCatalogue(d, r))
		},
	}
	c.Flags().StringVar(&in.spec, "spec", "", "OpenAPI description (default: the built-in one of QorCommerce)")
	c.Flags().StringVar(&in.requirements, "requirements", "", "requirement list (default: the built-in one of QorCommerce)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&asMarkdown, "markdown", false, "print the page that stands in spec/REQUIREMENTS.md")
	c.MarkFlagsMutuallyExclusive("json", "markdown")
	return c
}

// catalogue is what there is to know of a requirement list.
type catalogue struct {
	Name         string            `json:"name"`
	API          string            `json:"api"` // title and version of the description
	Profiles     map[string]string `json:"profiles"`
	Chapters     spec.Chapters     `json:"chapters"`
	Requirements []catalogued      `json:"requirements"`
	Operations   []coverage        `json:"operations"`
	Statements   []statement       `json:"statements"`
}

// catalogued is one requirement with everything that hangs on it.
type catalogued struct {
	ID         string     `json:"id"`
	Level      spec.Level `json:"level"`
	Chapter    string     `json:"chapter"`
	Profile    string     `json:"profile"`
	Fault      string     `json:"fault,omitempty"`
	Sentence   string     `json:"sentence"`
	Page       string     `json:"page"`
	Link       string     `json:"link"`
	Clause     string     `json:"clause"`
	Statements []string   `json:"statements"`
	Check      string     `json:"check,omitempty"`
	Cases      []string   `json:"cases"`
	Operations []string   `json:"operations"`
	All        bool       `json:"allOperations"`
	Mutants    []string   `json:"mutants"`
	Untested   string     `json:"untested,omitempty"`
}

// coverage is one operation with the requirements that name it, beside those that hold everywhere.
type coverage struct {
	Operation    string   `json:"operation"`
	Requirements []string `json:"requirements"`
}

// statement is one statement of the pages with the requirements made of it, or why there is none.
type statement struct {
	ID           string   `json:"id"`
	Requirements []string `json:"requirements"`
	NotCovered   string   `json:"notCovered,omitempty"`
}

func newCatalogue(d *spec.Description, r *spec.Requirements) catalogue {
	c := catalogue{Name: r.Name, API: d.Title + " " + d.Version, Profiles: r.Profiles, Chapters: r.Chapters()}
	by := map[string][]string{}
	for _, m := range sandbox.Defects() {
		by[m.Requirement] = append(by[m.Requirement], m.Name)
	}
	made := map[string][]string{}
	for _, q := range r.List {
		one := catalogued{
			ID: q.ID, Level: q.Level, Chapter: q.Chapter, Profile: q.Profile, Fault: q.Fault, Sentence: q.Sentence,
			Page: q.Clause.Page, Link: r.Link(q.Clause), Clause: q.Clause.Text, Statements: noNull(q.Clause.Sentences),
			Check: q.Check, Cases: noNull(q.Cases), Operations: []string{}, All: q.Operations.All,
			Mutants: noNull(by[q.ID]), Untested: q.Untested,
		}
		for _, o := range d.Operations {
			if q.Operations.Has(o.ID) {
				one.Operations = append(one.Operations, o.ID)
			}
		}
		c.Requirements = append(c.Requirements, one)
		for _, id := range q.Clause.Sentences {
			made[id] = append(made[id], q.ID)
		}
	}
	for _, o := range d.Operations {
		covered := coverage{Operation: o.ID, Requirements: []string{}}
		for _, one := range c.Requirements {
			if !one.All && slices.Contains(one.Operations, o.ID) {
				covered.Requirements = append(covered.Requirements, one.ID)
			}
		}
		c.Operations = append(c.Operations, covered)
	}
	for id := range r.NotCovered {
		made[id] = nil
	}
	for _, id := range slices.Sorted(maps.Keys(made)) {
		c.Statements = append(c.Statements, statement{id, noNull(made[id]), r.NotCovered[id]})
	}
	return c
}

// noNull returns a list that is never null in JSON.
func noNull(list []string) []string { return append([]string{}, list...) }

// tested are the requirements that some case exercises.
func (c catalogue) tested() []catalogued {
	return slices.DeleteFunc(slices.Clone(c.Requirements), func(q catalogued) bool { return q.Untested != "" })
}

func (c catalogue) untested() []catalogued {
	return slices.DeleteFunc(slices.Clone(c.Requirements), func(q catalogued) bool { return q.Untested == "" })
}

func catalogueJSON(w io.Writer, c catalogue) error { return indentedJSON(c)(w) }

func catalogueText(w io.Writer, c catalogue) error {
	b := bufio.NewWriter(w)
	for _, q := range c.tested() {
		fmt.Fprintf(b, "%s  it %s  [%s, %s]\n", q.ID, q.Sentence, q.Level, cmp.Or(q.Profile, "every profile"))
		fmt.Fprintf(b, "    says:     %s\n    %s", q.Clause, cmp.Or(q.Link, q.Page))
		if len(q.Statements) > 0 {
			fmt.Fprintf(b, " (%s)", strings.Join(q.Statements, ", "))
		}
		fmt.Fprintf(b, "\n    on:       %s\n    check:    %s\n", q.on(), q.Check)
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
	fmt.Fprintf(b, "\n%d requirements tested on %d operations of %s, %d not tested\n", len(c.tested()), len(c.Operations), c.API, len(c.untested()))
	return b.Flush()
}

// on says where a requirement is tested.
func (q catalogued) on() string {
	if q.All {
		return "every operation"
	}
	return strings.Join(q.Operations, ", ")
}

func catalogueMarkdown(w io.Writer, c catalogue) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s: the requirements\n\nWritten by `make requirements`. What a requirement says is read after “a conforming target”.\n", c.Name)
	for _, chapter := range c.Chapters {
		c.markdownChapter(b, chapter)
	}
	c.markdownTables(b)
	return b.Flush()
}

// markdownChapter writes the requirements of a chapter, nothing where none is tested.
func (c catalogue) markdownChapter(b io.Writer, chapter spec.Chapter) {
	heading := fmt.Sprintf("\n## %s\n\n| Requirement | Says | From | On | Check | Mutants |\n| --- | --- | --- | --- | --- | --- |\n", chapter.Title)
	for _, q := range c.tested() {
		if q.Chapter != chapter.Name {
			continue
		}
		from := q.Page
		if q.Link != "" {
			from = fmt.Sprintf("[%s](%s)", q.Page, q.Link)
		}
		kind := []string{string(q.Level), q.Profile}
		if q.Fault != "" {
			kind = append(kind, q.Fault)
		}
		fmt.Fprintf(b, "%s| **%s** %s | %s | %s %s | %s | `%s` | %s |\n", heading, q.ID, strings.Join(kind, ", "), q.Sentence,
			from, strings.Join(q.Statements, " "), q.on(), q.Check, cmp.Or(strings.Join(q.Mutants, ", "), "–"))
		heading = ""
	}
}

// markdownTables writes what is not tested, and the list by operation, check and statement.
func (c catalogue) markdownTables(b io.Writer) {
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
	for _, q := range c.tested() {
		checks[q.Check] = append(checks[q.Check], q.ID)
	}
	fmt.Fprint(b, "\n## Checks\n\n| Check | Requirements |\n| --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(checks)) {
		fmt.Fprintf(b, "| `%s` | %s |\n", name, strings.Join(checks[name], ", "))
	}
	fmt.Fprint(b, "\n## Statements\n\n| Statement | Requirements |\n| --- | --- |\n")
	for _, s := range c.Statements {
		fmt.Fprintf(b, "| %s | %s |\n", s.ID, cmp.Or(strings.Join(s.Requirements, ", "), "none: "+s.NotCovered))
	}
}
