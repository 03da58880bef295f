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
		Short: "tell what changed between two finished runs",
		Long: `Tell what changed from an old run to a new one, each a folder or its run.json: what
fails newly, what is fixed, what is no longer judged, which answers are beyond the
description, which operations are slower, and what the runs were made of. A gate
makes the exit code 1: new-failures when something that must hold fails newly,
lost-coverage when something that must hold is no longer judged as before.`,
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
				return fmt.Errorf("--format %q: allowed are %s", format, strings.Join(reporters.DiffFormats(), ", "))
			}
			old, _, err := p.finishedRun("OLD", arguments[0])
			if err != nil {
				return err
			}
			new, _, err := p.finishedRun("NEW", arguments[1])
			if err != nil {
				return err
			}
			difference := run.Compare(old, new)
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
	c.Flags().StringVar(&gate, "gate", "", "what makes the exit code 1, with commas between: "+strings.Join(run.Gates(), ", ")+" (default: nothing)")
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
			return nil, fmt.Errorf("--gate %q: allowed are %s", name, strings.Join(run.Gates(), ", "))
		}
	}
	return names, nil
}
