package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/reporters"
)

// finishedRedactor finds card numbers in the reports of a finished run, whose
// credentials are unknown.
func finishedRedactor() *redact.Redactor { return redact.New(redact.Secrets{}) }

// renderFlags are the flags of run, merge and report that choose how reports are rendered.
type renderFlags struct {
	form  string
	cases bool
	split bool
}

func (f *renderFlags) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.form, "junit", reporters.JUnitCI, "JUnit profile: ci (what CI systems read) or strict (what XML schemas allow)")
	c.Flags().BoolVar(&f.cases, "junit-cases", false, "JUnit with one test case per case instead of per obligation")
	c.Flags().BoolVar(&f.split, "html-split", false, "HTML with its styles and script in separate files, for servers that forbid inline ones")
}

func (f *renderFlags) check() error {
	if f.form != reporters.JUnitCI && f.form != reporters.JUnitStrict {
		return fmt.Errorf("--junit %q: must be one of %s, %s", f.form, reporters.JUnitCI, reporters.JUnitStrict)
	}
	return nil
}

// otherJUnit names the flag that asks for another form of JUnit than the one that CI
// systems read, "" for none.
func (f *renderFlags) otherJUnit() string {
	switch {
	case f.form != reporters.JUnitCI:
		return "--junit " + f.form
	case f.cases:
		return "--junit-cases"
	}
	return ""
}

// printWritten names the files that were written into a folder, if any.
func printWritten(w io.Writer, dir string, files []string) {
	var names []string
	for _, file := range files {
		names = append(names, filepath.Join(dir, file))
	}
	if len(names) > 0 {
		fmt.Fprintf(w, "reports: %s\n", strings.Join(names, ", "))
	}
}

// options returns how to render the reports of the run in a folder.
func (f *renderFlags) options(dir string, d *run.Document) (reporters.Options, error) {
	o := reporters.Options{Strict: f.form == reporters.JUnitStrict, Split: f.split}
	if !f.cases {
		return o, nil
	}
	journal, err := rundir.OpenJournal(dir)
	if err != nil {
		return o, fmt.Errorf("--junit-cases needs the journal of the run: %w", err)
	}
	o.Cases, err = reporters.TestCases(journal, d)
	return o, errors.Join(err, journal.Close())
}

type reportFlags struct {
	*process
	renderFlags
	from, format, out string
}

func reportCommand(p *process) *cobra.Command {
	f := &reportFlags{process: p}
	c := &cobra.Command{
		Use:   "report",
		Short: "render the reports of a run again",
		Long: `Render the reports of a run from its run.json or, if that is missing because the run was
killed, from its cases.ndjson. Nothing is sent or judged again. Files are written into
--out, "-" prints them; the console format is always printed. Another form of JUnit than
the one that CI reads is written only into a folder that --out names.`,
		Example: "  qorcheck report --from out --format console\n  qorcheck report --from out --format junit --junit strict --out strict",
		Args:    noArguments,
		RunE:    func(*cobra.Command, []string) error { return f.run() },
	}
	f.renderFlags.flags(c)
	c.Flags().StringVar(&f.from, "from", "out", "folder of the run, or its run.json")
	c.Flags().StringVar(&f.format, "format", "console", "comma-separated formats, or all: "+strings.Join(reporters.Formats(), ", "))
	c.Flags().StringVar(&f.out, "out", "", "folder for the files, or - for standard output (default: the folder of the run)")
	return c
}

func (f *reportFlags) run() error {
	if err := f.check(); err != nil {
		return err
	}
	names, err := formatNames(f.format, reporters.Formats())
	if err != nil {
		return err
	}
	document, dir, err := f.finishedRun("--from", f.from)
	if err != nil {
		return err
	}
	if other := f.otherJUnit(); other != "" && f.out == "" && slices.Contains(names, "junit") {
		return fmt.Errorf("%s: it would replace %s, which CI systems read, by another form: name a folder for it with --out, or - to print it", other, filepath.Join(dir, rundir.JUnitFile))
	}
	options, err := f.options(f.path(dir), document)
	if err != nil {
		return err
	}
	options.Color = f.colored()
	if f.out == "" {
		f.out = dir
	}
	redactor := finishedRedactor()
	if f.out != "-" {
		if err := os.MkdirAll(f.path(f.out), 0o700); err != nil {
			return fmt.Errorf("--out %s: %w", f.out, err)
		}
		files, err := reporters.Render(document, names, options)
		if err != nil {
			return faultError{err}
		}
		written, err := rundir.Write(f.path(f.out), files)
		if err := errors.Join(err, redactor.SelfCheck(f.path(f.out), written)); err != nil {
			return faultError{err}
		}
		defer printWritten(f.stderr, f.out, written)
	}
	guard := &redact.Guard{W: f.stdout, Redactor: redactor}
	if err := reporters.Printed(guard, func(w io.Writer) error { return printFormats(w, document, names, options, f.out == "-") }); err != nil {
		return faultError{err}
	}
	return nil
}

// printFormats writes the formats that have no file, or all.
func printFormats(w io.Writer, d *run.Document, names []string, o reporters.Options, all bool) error {
	files, err := reporters.Render(d, names, o)
	if err != nil {
		return err
	}
	for _, file := range files {
		if all || file.Name == "" {
			if err := file.Write(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// formatNames splits a list of formats and refuses unknown ones.
func formatNames(list string, allowed []string) ([]string, error) {
	if strings.TrimSpace(list) == "all" {
		return allowed, nil
	}
	names := strings.Split(list, ",")
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
		if !slices.Contains(allowed, names[i]) {
			return nil, fmt.Errorf("--format %q: must be one of %s, or all", names[i], strings.Join(allowed, ", "))
		}
	}
	return names, nil
}

// finishedRun reads a run, named by its folder or its document, and returns the
// folder too. A run that is read from its journal is announced.
func (p *process) finishedRun(setting, name string) (*run.Document, string, error) {
	file := name
	if info, err := os.Stat(p.path(name)); err == nil && info.IsDir() {
		file = filepath.Join(name, rundir.DocumentFile)
	}
	dir := filepath.Dir(file)
	finished, err := rundir.ReadFinished(p.path(file))
	if err != nil {
		return nil, "", fmt.Errorf("%s %s: %w", setting, name, err)
	}
	if finished.FromJournal {
		torn := ""
		if finished.Torn {
			torn = " without its last line, which is incomplete"
		}
		_, err = fmt.Fprintf(p.stderr, "%s: %s is missing, incomplete or older than the end of the run: read from %s%s\n", dir, filepath.Base(file), rundir.JournalFile, torn)
	}
	return finished.Document, dir, err
}
