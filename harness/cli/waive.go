package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"qorcheck/harness/run"
	"qorcheck/harness/settings"
	"qorcheck/reporters"
)

func waiveCommand(p *process) *cobra.Command {
	from := ""
	var ids []string
	with := run.Waiver{}
	c := &cobra.Command{
		Use:   "waive",
		Short: "write the waivers file that accepts failures of a finished run",
		Long: `Print the waivers file that accepts failures of a finished run until a date, for
qorcheck run --waivers. A waived obligation is still exercised and does not fail the run.
Once it passes, the waiver fails the run until it is removed; after its last day the
failure counts again. Every report announces a waiver that ends within 14 days.`,
		Example: "  qorcheck waive --from out --owner pat --until 2030-12-31 --link https://issues.example.test/7 --reason 'mended in 2.1'\n  qorcheck waive --from out",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := checkUntil(with.Until); err != nil {
				return err
			}
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
	c.Flags().StringSliceVar(&ids, "obligation", nil, "failed obligation to waive; may be repeated (default: all that failed)")
	c.Flags().StringVar(&with.Reason, "reason", "", "why the failure is accepted")
	c.Flags().StringVar(&with.Owner, "owner", "", "who is responsible for it")
	c.Flags().StringVar(&with.Link, "link", "", "link to the issue (default: none)")
	c.Flags().StringVar(&with.Until, "until", "", "last day of the waiver, such as 2030-12-31")
	return c
}

// checkUntil refuses what cannot be the last day of a waiver.
func checkUntil(until string) error {
	if until == "" {
		return nil
	}
	left, err := settings.DaysLeft(until, time.Now())
	if err != nil {
		return fmt.Errorf("--until %w", err)
	}
	if left < 0 {
		return fmt.Errorf("--until %s: is past: must be today or later", until)
	}
	return nil
}
