package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"qorcheck/harness/planner"
	"qorcheck/harness/redact"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/verdict"
	"qorcheck/reporters"
)

// catalogueFlags are the flags of requirements: which list, which view of it, and in which format.
type catalogueFlags struct {
	inputs
	asJSON, asMarkdown            bool
	page, branches, kinds, checks bool
	from                          string
}

func requirementsCommand(p *process) *cobra.Command {
	f := &catalogueFlags{inputs: inputs{process: p}}
	c := &cobra.Command{
		Use:   "requirements",
		Short: "print the requirements, their sources, and how each is tested",
		Long: `Print the requirement catalogue: each requirement with the clause that it comes from,
the operations that it is tested on, the check that judges it and the mutants that
show that the check can fail; then the untested requirements, each with the reason.

With --page: the documentation in its own order, statement by statement, each with
what became of it in the finished run of --from.

With --branches: the requirements whose sentence has branches, such as a refusal and an
error, and how often the finished run of --from showed each.

With --kinds and --checks: what a requirement list of one's own can name under cases and
check, each with a sentence and an example.`,
		Example: "  qorcheck requirements\n  qorcheck requirements --page --from out\n  qorcheck requirements --branches --from out\n  qorcheck requirements --json\n  qorcheck requirements --requirements own.yaml --spec own-api.yaml",
		Args:    noArguments,
		RunE:    func(c *cobra.Command, _ []string) error { return f.print(c.Flags().Changed("from")) },
	}
	f.flags(c)
	return c
}

func (f *catalogueFlags) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.spec, "spec", "", "OpenAPI description: a file, an http or https URL, or - for standard input (default: the built-in one of QorCommerce)")
	c.Flags().StringVar(&f.requirements, "requirements", "", "requirement list (default: the built-in one of QorCommerce)")
	c.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&f.asMarkdown, "markdown", false, "print Markdown, the page spec/REQUIREMENTS.md")
	c.Flags().BoolVar(&f.page, "page", false, "print what became of each statement of the documentation")
	c.Flags().BoolVar(&f.branches, "branches", false, "print how often a run showed each branch of the requirements")
	c.Flags().BoolVar(&f.kinds, "kinds", false, "print every kind of case, which requirements name under cases")
	c.Flags().BoolVar(&f.checks, "checks", false, "print every check, which requirements name under check")
	c.Flags().StringVar(&f.from, "from", "out", "with --page and --branches: folder of the run, or its run.json")
	c.MarkFlagsMutuallyExclusive("json", "markdown")
	for _, alone := range []string{"kinds", "checks"} {
		for _, other := range []string{"json", "markdown", "page", "branches", "from", "spec", "requirements"} {
			c.MarkFlagsMutuallyExclusive(alone, other)
		}
	}
	c.MarkFlagsMutuallyExclusive("kinds", "checks")
	for _, other := range []string{"json", "spec", "requirements"} {
		c.MarkFlagsMutuallyExclusive("page", other)
	}
	for _, other := range []string{"page", "markdown", "spec", "requirements"} {
		c.MarkFlagsMutuallyExclusive("branches", other)
	}
}

// print prints the view that the flags choose.
func (f *catalogueFlags) print(fromGiven bool) error {
	switch {
	case f.kinds:
		return f.printKinds()
	case f.checks:
		return f.printChecks()
	case f.page:
		return f.printDocumentation(f.from, f.asMarkdown)
	case f.branches:
		return f.printBranches(f.from, f.asJSON)
	case fromGiven:
		return errors.New("--from needs --page or --branches: the catalogue is of no run")
	}
	d, err := f.description()
	if err != nil {
		return fmt.Errorf("--spec: %w", err)
	}
	r, err := f.requirementList()
	if err != nil {
		return fmt.Errorf("--requirements: %w", err)
	}
	render := reporters.CatalogueText
	switch {
	case f.asJSON:
		render = reporters.CatalogueJSON
	case f.asMarkdown:
		render = reporters.CatalogueMarkdown
	}
	return render(f.stdout, reporters.NewCatalogue(d, r, mutantsByRequirement()))
}

// printKinds prints every kind of case.
func (p *process) printKinds() error {
	return p.printTexts("kind", append(slices.Clone(planner.Kinds), "forbidden.merchant"), func(name string) (string, string) {
		text := planner.KindTexts[name]
		return text.Sentence, text.Example
	})
}

// printChecks prints every check.
func (p *process) printChecks() error {
	return p.printTexts("check", verdict.Checks(), func(name string) (string, string) {
		text := verdict.CheckTexts[name]
		return text.Sentence, "breaks it: " + text.Example
	})
}

// printTexts prints names, each with a sentence and an example.
func (p *process) printTexts(of string, names []string, text func(name string) (sentence, example string)) error {
	slices.Sort(names)
	var b strings.Builder
	for _, name := range slices.Compact(names) {
		sentence, example := text(name)
		fmt.Fprintf(&b, "%-28s%s\n%-28s  %s\n", name, sentence, "", example)
	}
	fmt.Fprintf(&b, "%d %ss\n", len(slices.Compact(names)), of)
	_, err := io.WriteString(p.stdout, b.String())
	return err
}

// printDocumentation prints what became of each statement of the documentation in a
// finished run.
func (p *process) printDocumentation(from string, markdown bool) error {
	d, _, err := p.finishedRun("--from", from)
	if err != nil {
		return err
	}
	if len(d.Passages) == 0 {
		return fmt.Errorf("--from %s: the requirement list of this run, %s, has no statements of a documentation", from, d.Name)
	}
	render := reporters.DocumentationText
	if markdown {
		render = reporters.DocumentationMarkdown
	}
	guard := &redact.Guard{W: p.stdout, Redactor: finishedRedactor()}
	if err := reporters.Printed(guard, func(w io.Writer) error { return render(w, d) }); err != nil {
		return faultError{err}
	}
	return nil
}

// mutantsByRequirement names the defects that can be planted, by the requirement that must catch each.
func mutantsByRequirement() map[string][]string {
	names := map[string][]string{}
	for _, m := range sandbox.Defects() {
		names[m.Requirement] = append(names[m.Requirement], m.Name)
	}
	return names
}

// printBranches prints how often a finished run showed each branch.
func (p *process) printBranches(from string, asJSON bool) error {
	d, _, err := p.finishedRun("--from", from)
	if err != nil {
		return err
	}
	render := reporters.BranchesText
	if asJSON {
		render = reporters.BranchesJSON
	}
	guard := &redact.Guard{W: p.stdout, Redactor: finishedRedactor()}
	if err := reporters.Printed(guard, func(w io.Writer) error { return render(w, d) }); err != nil {
		return faultError{err}
	}
	return nil
}
