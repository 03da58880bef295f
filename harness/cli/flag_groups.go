package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagGroup is flags that are shown together in the help of a command.
type flagGroup struct {
	title string
	names []string
}

// flagGroups are in the order of the help. A flag of no group comes last.
var flagGroups = []flagGroup{
	{"Target", []string{"target", "fixtures", "spec", "overlay", "refs", "requirements", "profile", "ca-file", "client-cert", "client-key", "insecure-skip-verify"}},
	{"What is sent", []string{"filter", "case", "smoke", "budget", "depth", "explore", "shard", "resume", "allow-writes", "seed", "run-id", "user-agent"}},
	{"How fast", []string{"concurrency", "rate", "timeout", "message-wait", "quiet-window", "body-limit", "header-limit"}},
	{"Verdict", []string{"strict", "allow-unexercised", "waivers"}},
	{"Output and reports", []string{"out", "junit", "junit-cases", "html-split", "evidence", "quiet", "verbose", "profile-time", "ginkgo", "cases", "json", "dropped", "coverage"}},
}

// inGroups shows the flags of a command in groups.
func inGroups(c *cobra.Command) {
	c.SetUsageFunc(func(c *cobra.Command) error {
		_, err := fmt.Fprintf(c.OutOrStderr(), "Usage:\n  %s\n\nExamples:\n%s\n%s", c.UseLine(), c.Example, groupedUsages(c.Flags()))
		return err
	})
}

// groupedUsages describes each flag once, under the title of its group.
func groupedUsages(flags *pflag.FlagSet) string {
	var b strings.Builder
	shown := map[string]bool{}
	write := func(title string, group *pflag.FlagSet) {
		if group.HasFlags() {
			fmt.Fprintf(&b, "\n%s:\n%s", title, group.FlagUsages())
		}
	}
	for _, g := range flagGroups {
		group := pflag.NewFlagSet(g.title, pflag.ContinueOnError)
		group.SortFlags = false
		for _, name := range g.names {
			if f := flags.Lookup(name); f != nil {
				group.AddFlag(f)
				shown[name] = true
			}
		}
		write(g.title, group)
	}
	rest := pflag.NewFlagSet("rest", pflag.ContinueOnError)
	flags.VisitAll(func(f *pflag.Flag) {
		if !shown[f.Name] {
			rest.AddFlag(f)
		}
	})
	write("Other flags", rest)
	return b.String()
}
