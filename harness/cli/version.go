package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is the version of the harness. Description and requirements have
// versions of their own; every report has their digests.
const release = "0.1.0"

func version() string { return release }

func versionCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "print the versions of the harness, the description and the requirements",
		Example: "  qorcheck version",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			in := &inputs{process: p}
			description, err := in.description()
			if err != nil {
				return err
			}
			requirements, err := in.requirementList()
			if err != nil {
				return err
			}
			commit := ""
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, setting := range info.Settings {
					if setting.Key == "vcs.revision" {
						commit = " (" + setting.Value + ")"
					}
				}
			}
			_, err = fmt.Fprintf(p.stdout, "qorcheck %s%s %s\ndescription  %s %s %s\nrequirements %s, %d, %s\n",
				version(), commit, runtime.Version(), description.Title, description.Version, description.Digest,
				requirements.Name, len(requirements.List), requirements.Digest)
			return err
		},
	}
}
