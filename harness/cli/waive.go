package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"qorcheck/harness/run"
	"qorcheck/reporters"
)

func waiveCommand(p *process) *cobra.Command {
	from := ""
	var ids []string
	with := run.Waiver{}
	c := &cobra.Command{
		Use:   "waive",
		Short: "write the waivers file that accepts failures of a finished run",
		Long: `Write, to standard output, the waivers file that accepts failures of a finished run
until a date. Give it to qorcheck run as --waivers: what it names is exercised all the
same and does not fail the run, until it passes or the date is past. Then the waiver is an error.`,
		Example: "  qorcheck waive --from out --owner pat --until 2030-12-31 --link https://issues.example.test/7 --reason 'mended in 2.1'\n  qorcheck waive --from out",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			d, _, err := p.finishedRun("--from", from)
			if err != nil {
				return err
			}
			if err := reporters.Waivers(p.stdout, d, ids, with); err != nil {
				return fmt.Errorf("--obligation: %w", err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&from, "from", "out", "folder of the run, or its run.json")
	c.Flags().StringSliceVar(&ids, "obligation", nil, "the failed obligation to waive, more than once for more (default: all that failed)")
	c.Flags().StringVar(&with.Reason, "reason", "", "why the failure is accepted")
	c.Flags().StringVar(&with.Owner, "owner", "", "who answers for it")
	c.Flags().StringVar(&with.Link, "link", "", "where it is worked on")
	c.Flags().StringVar(&with.Until, "until", "", "the last day of the waiver, as 2030-12-31")
	return c
}
