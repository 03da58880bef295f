package cli

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"

	"qorcheck/harness/exchange"
	"qorcheck/harness/planner"
	"qorcheck/reporters"
)

func planCommand(p *process) *cobra.Command {
	in := &inputs{process: p, sendsNothing: true}
	asJSON, dropped, coverage, cases := false, false, false, false
	c := &cobra.Command{
		Use:   "plan",
		Short: "show what a run would send, and send nothing",
		Long: `Show what a run would do: the obligations by chapter, the number of requests, the writes
by operation, the sum of the payments, what is made and removed, and what cannot be
exercised, with the line that would change it. --cases adds each obligation with its cases,
the status that each case must get and why. Nothing is sent.`,
		Example: "  qorcheck plan\n  qorcheck plan --cases --filter 'operation:payment-capture && kind:unauthenticated'\n  qorcheck plan --json",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			planned, fixtures, _, err := in.plan()
			if err != nil {
				return err
			}
			var b bytes.Buffer
			switch {
			case dropped:
				err = reporters.Dropped(&b, planned)
			case coverage:
				err = reporters.Coverage(&b, planned, planner.Coverage(planned))
			case asJSON:
				err = reporters.PlanJSON(&b, planned, planner.Volume(planned))
			default:
				err = reporters.PlanText(&b, planned, planner.Volume(planned), reporters.PlanOptions{Cases: cases, Filter: in.selection()})
			}
			if err != nil {
				return err
			}
			// Of the fixtures a plan holds only how to settle; the description's own examples may be card numbers.
			redactor := exchange.NewRedactor(fixtures, planned.Description.SecretFields)
			_, err = io.WriteString(p.stdout, redactor.Template(fixtures.ShowVariables(b.String())).String())
			return err
		},
	}
	in.flags(c)
	c.Flags().BoolVar(&cases, "cases", false, "after the summary, list each obligation with its cases, and the statements of the documentation")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, with every request in full")
	c.Flags().BoolVar(&dropped, "dropped", false, "print only the cases that could not be certified and were dropped, each with the reason")
	c.Flags().BoolVar(&coverage, "coverage", false, "print the table of schema keywords: operation, place, number of cases that break it, or why there is none")
	inGroups(c)
	c.MarkFlagsMutuallyExclusive("cases", "json", "dropped", "coverage")
	return c
}
