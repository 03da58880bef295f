package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"qorcheck/harness/redact"
	"qorcheck/harness/sandbox"
	"qorcheck/reporters"
)

func requirementsCommand(p *process) *cobra.Command {
	in := &inputs{process: p}
	asJSON, asMarkdown, page, branches, from := false, false, false, false, ""
	c := &cobra.Command{
		Use:   "requirements",
		Short: "print the requirements, their sources, and how each is tested",
		Long: `Print the requirement catalogue: each requirement with the clause that it comes from,
the operations that it is tested on, the check that judges it and the mutants that
show that the check can fail; then the untested requirements, each with the reason.

With --page: the documentation in its own order, statement by statement, each with
what became of it in the finished run of --from.

With --branches: the requirements whose sentence has branches, such as a refusal and an
error, and how often the finished run of --from showed each.`,
		Example: "  qorcheck requirements\n  qorcheck requirements --page --from out\n  qorcheck requirements --branches --from out\n  qorcheck requirements --json\n  qorcheck requirements --requirements own.yaml --spec own-api.yaml",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if page {
				return p.printDocumentation(from, asMarkdown)
			}
			if branches {
				return p.printBranches(from, asJSON)
			}
			if c.Flags().Changed("from") {
				return errors.New("--from needs --page or --branches: the catalogue is of no run")
			}
			d, err := in.description()
			if err != nil {
				return fmt.Errorf("--spec: %w", err)
			}
			r, err := in.requirementList()
			if err != nil {
				return fmt.Errorf("--requirements: %w", err)
			}
			render := reporters.CatalogueText
			switch {
			case asJSON:
				render = reporters.CatalogueJSON
			case asMarkdown:
				render = reporters.CatalogueMarkdown
			}
			return render(p.stdout, reporters.NewCatalogue(d, r, mutantsByRequirement()))
		},
	}
	c.Flags().StringVar(&in.spec, "spec", "", "OpenAPI description: a file, an http or https URL, or - for standard input (default: the built-in one of QorCommerce)")
	c.Flags().StringVar(&in.requirements, "requirements", "", "requirement list (default: the built-in one of QorCommerce)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&asMarkdown, "markdown", false, "print Markdown, the page spec/REQUIREMENTS.md")
	c.Flags().BoolVar(&page, "page", false, "print what became of each statement of the documentation")
	c.Flags().BoolVar(&branches, "branches", false, "print how often a run showed each branch of the requirements")
	c.Flags().StringVar(&from, "from", "out", "with --page and --branches: folder of the run, or its run.json")
	c.MarkFlagsMutuallyExclusive("json", "markdown")
	for _, other := range []string{"json", "spec", "requirements"} {
		c.MarkFlagsMutuallyExclusive("page", other)
	}
	for _, other := range []string{"page", "markdown", "spec", "requirements"} {
		c.MarkFlagsMutuallyExclusive("branches", other)
	}
	return c
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
