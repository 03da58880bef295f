package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"qorcheck/harness/sandbox"
	"qorcheck/reporters"
)

func requirementsCommand(p *process) *cobra.Command {
	in := &inputs{process: p}
	asJSON, asMarkdown := false, false
	c := &cobra.Command{
		Use:   "requirements",
		Short: "print the requirements, their sources, and how each is tested",
		Long: `Print the requirement catalogue: each requirement with the clause that it comes from,
the operations that it is tested on, the check that judges it and the mutants that
show that the check can fail; then the untested requirements, each with the reason.`,
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
	c.Flags().StringVar(&in.spec, "spec", "", "OpenAPI description (default: the built-in one of QorCommerce)")
	c.Flags().StringVar(&in.requirements, "requirements", "", "requirement list (default: the built-in one of QorCommerce)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&asMarkdown, "markdown", false, "print the page spec/REQUIREMENTS.md")
	c.MarkFlagsMutuallyExclusive("json", "markdown")
	return c
}

// mutantsByRequirement names the defects that can be planted, by the requirement that must catch each.
func mutantsByRequirement() map[string][]string {
	names := map[string][]string{}
	for _, m := range sandbox.Defects() {
		names[m.Requirement] = append(names[m.Requirement], m.Name)
	}
	return names
}
