package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"qorcheck/harness/run"
	"qorcheck/reporters"
)

func diffCommand(p *process) *cobra.Command {
	gate, format := "", ""
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "show what changed between two finished runs",
		Long: `Show what changed from an old run to a new one, each a folder or its run.json: new
failures, fixed failures, lost coverage, new undocumented behaviour, slower operations,
and changed inputs. A gate makes the exit code 1: new-failures when an obligation that
must hold fails and did not before, lost-coverage when one that must hold is no longer
judged. Where one run is a shard, filtered, a smoke run or within a budget, the output says
so, what only one of them sent is neither lost nor gained, and lost-coverage stops.`,
		Example: "  qorcheck diff before out\n  qorcheck diff before out --gate new-failures --format markdown",
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 2 {
				return fmt.Errorf("diff takes two finished runs, OLD and NEW, each a folder or its run.json; got %d: %q", len(arguments), arguments)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, arguments []string) error {
			gates, err := gateNames(gate)
			if err != nil {
				return err
			}
			if !slices.Contains(reporters.DiffFormats(), format) {
				return fmt.Errorf("--format %q: must be one of %s", format, strings.Join(reporters.DiffFormats(), ", "))
			}
			older, _, err := p.finishedRun("OLD", arguments[0])
			if err != nil {
				return err
			}
			newer, _, err := p.finishedRun("NEW", arguments[1])
			if err != nil {
				return err
			}
			difference := run.Compare(older, newer)
			var stopped []string
			for _, name := range gates {
				if why := difference.Gate(name); why != "" {
					stopped = append(stopped, why)
				}
			}
			if err := reporters.Diff(p.stdout, difference, format, strings.Join(stopped, "; "), p.colored()); err != nil {
				return faultError{err}
			}
			if len(stopped) > 0 {
				return exitError(run.ExitFail)
			}
			return nil
		},
	}
	c.Flags().StringVar(&gate, "gate", "", "comma-separated gates, each of which makes the exit code 1: "+strings.Join(run.Gates(), ", ")+" (default: none)")
	c.Flags().StringVar(&format, "format", "console", "one of "+strings.Join(reporters.DiffFormats(), ", "))
	return c
}

func gateNames(list string) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	names := strings.Split(list, ",")
	for _, name := range names {
		if !slices.Contains(run.Gates(), name) {
			return nil, fmt.Errorf("--gate %q: must be one of %s", name, strings.Join(run.Gates(), ", "))
		}
	}
	return names, nil
}
