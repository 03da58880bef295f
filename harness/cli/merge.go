package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
)

func mergeCommand(p *process) *cobra.Command {
	f := &output{process: p}
	c := &cobra.Command{
		Use:   "merge SHARD...",
		Short: "make one run of its shards",
		Long: `Make one run of its shards, each the folder of a qorcheck run --shard, in any order.
The reports and the exit code are those of a run that was not split. A merge is refused
when a shard is missing or given twice, or when the shards have different settings or
inputs. Nothing is sent.`,
		Example: "  qorcheck merge shard1 shard2 --out out",
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) == 0 {
				return errors.New("merge takes the folders of all shards of a run, such as qorcheck merge shard1 shard2 --out out; got none")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, shards []string) error { return f.merge(shards) },
	}
	f.flags(c)
	return c
}

func (f *output) merge(dirs []string) (err error) {
	if err := f.check(); err != nil {
		return err
	}
	var sources []run.Source
	for _, dir := range dirs {
		if f.sameFolder(dir, f.out) {
			return fmt.Errorf("--out %s: it is one of the shards, whose files would be lost; it must be another folder", f.out)
		}
		journal, err := rundir.OpenJournal(f.path(dir))
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		defer func() { err = errors.Join(err, journal.Close()) }()
		sources = append(sources, run.Source{Name: dir, Journal: journal})
	}
	shards, err := run.Join(sources, slices.Concat(ownFlags, changeableFlags, []string{"shard"}))
	if err != nil {
		return err
	}
	if err := rundir.Prepare(f.path(f.out)); err != nil {
		return fmt.Errorf("--out %s: %w", f.out, err)
	}
	if err := rundir.WriteFile(filepath.Join(f.path(f.out), rundir.JournalFile), shards.Write); err != nil {
		return faultError{err}
	}
	whole, err := rundir.Replay(f.path(f.out))
	if err != nil {
		return faultError{err}
	}
	document, err := whole.Document()
	if err != nil {
		return faultError{err}
	}
	return f.concludeFinished(document, finishedRedactor())
}
