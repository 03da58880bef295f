package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/reporters"
)

// output is where a finished run is reported: the folder of its reports and the console.
type output struct {
	*process
	renderFlags
	out   string
	quiet bool
	drawn []rundir.File // what an exploration has found
}

func (f *output) flags(c *cobra.Command) {
	f.renderFlags.flags(c)
	c.Flags().StringVar(&f.out, "out", "out", "folder for the reports; those of an earlier run are replaced")
	c.Flags().BoolVar(&f.quiet, "quiet", false, "print the verdict and nothing else")
}

// printNote prints a line beside the verdict, unless --quiet is set.
func (f *output) printNote(stderr io.Writer, format string, values ...any) {
	if !f.quiet {
		fmt.Fprintf(stderr, format+"\n", values...)
	}
}

// concludeFinished reports a run that has nothing left to send.
func (f *output) concludeFinished(d *run.Document, redactor *redact.Redactor) error {
	out, notes := &redact.Guard{W: f.stdout, Redactor: redactor}, &redact.Guard{W: f.stderr, Redactor: redactor}
	actions := f.startGitHub(out)
	defer actions.resume()
	return f.conclude(actions, notes, d)
}

// conclude writes the reports and returns the exit code of the run as an error.
func (f *output) conclude(actions *github, notes *redact.Guard, d *run.Document) error {
	written, err := f.report(actions.stdout, d)
	if err := errors.Join(err, notes.Err); err != nil {
		return faultError{err}
	}
	if err := actions.finish(d); err != nil {
		return faultError{err}
	}
	f.printNote(notes, "reports: %s", strings.Join(written, ", "))
	if len(f.drawn) > 0 {
		f.printNote(notes, "to repeat what the exploration found: qorcheck run --case %s", filepath.Join(f.out, f.drawn[0].Name))
	}
	if d.ExitCode != run.ExitPass {
		return exitError(d.ExitCode)
	}
	return nil
}

// report writes the reports, scans the files for secrets, prints the summary, and
// returns the files.
func (f *output) report(out *redact.Guard, d *run.Document) ([]string, error) {
	options, err := f.renderFlags.options(f.path(f.out), d)
	if err != nil {
		return nil, err
	}
	options.Color = f.colored()
	files, err := reporters.Render(d, reporters.Formats(), options)
	if err != nil {
		return nil, err
	}
	written, err := rundir.Write(f.path(f.out), append(files, f.drawn...))
	leaked := out.Redactor.SelfCheck(f.path(f.out), append(written, rundir.JournalFile))
	if err != nil {
		return nil, errors.Join(err, leaked)
	}
	for i := range written {
		written[i] = filepath.Join(f.out, written[i])
	}
	printed := reporters.Printed(out, func(w io.Writer) error { return f.summary(w, d, options.Color) })
	if printed != nil && !f.quiet { // something in the summary was refused: the verdict is what matters
		_, err := fmt.Fprintln(out, d.Verdict)
		printed = errors.Join(printed, err)
	}
	return written, errors.Join(leaked, printed)
}

func (f *output) summary(stdout io.Writer, d *run.Document, color bool) error {
	if f.quiet {
		_, err := fmt.Fprintln(stdout, d.Verdict)
		return err
	}
	return reporters.Console(stdout, d, color)
}
