package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/reporters"
	"qorcheck/suites"
)

type runFlags struct {
	inputs
	junitFlags
	out, runID, waivers      string
	concurrency              int
	timeout                  time.Duration
	rate                     settings.Rate
	bodyLimit, headerLimit   settings.Size
	trust                    settings.Trust
	messageWait, quietWindow time.Duration
	strict, allowUnexercised bool
	quiet, verbose           bool
}

func runCommand() *cobra.Command {
	f := &runFlags{bodyLimit: settings.DefaultBodyLimit, headerLimit: settings.DefaultHeaderLimit}
	c := &cobra.Command{
		Use:   "run",
		Short: "certify a target and write reports",
		Long: `Certify a target: send what the plan holds, judge every answer, write reports into
--out: report.html (for people), TEST-conformance.xml (JUnit), run.json (everything)
and cases.ndjson (every case with its redacted exchanges). Without --target the
embedded sandbox is certified.`,
		Example: `  qorcheck run
  qorcheck run --filter 'operation:payment-capture && !kind:malformed'
  qorcheck run --target https://sandbox.example.test/v3 --fixtures sandbox.yaml --out out`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c.OutOrStdout(), c.ErrOrStderr()) },
	}
	f.inputs.flags(c)
	f.junitFlags.flags(c)
	c.Flags().StringVar(&f.out, "out", "out", "folder for the reports; those of an earlier run are replaced")
	c.Flags().IntVar(&f.concurrency, "concurrency", settings.DefaultConcurrency, "cases under way at once")
	c.Flags().DurationVar(&f.timeout, "timeout", settings.DefaultTimeout, "for one request, its answer included")
	c.Flags().Var(&f.rate, "rate", "how many requests are sent at most, as 20/s or 30/m (default: as many as --concurrency allows)")
	c.Flags().Var(&f.bodyLimit, "body-limit", "how much of an answer's body is read and judged")
	c.Flags().Var(&f.headerLimit, "header-limit", "how long an answer's header may be to be read")
	c.Flags().StringVar(&f.trust.CAFile, "ca-file", "", "PEM file of certificate authorities to trust beside the system's")
	c.Flags().StringVar(&f.trust.CertFile, "client-cert", "", "PEM file of the client certificate for the target; goes with --client-key")
	c.Flags().StringVar(&f.trust.KeyFile, "client-key", "", "PEM file of its key")
	c.Flags().BoolVar(&f.trust.Insecure, "insecure-skip-verify", false, "take any certificate for the target's; every report says so")
	c.Flags().DurationVar(&f.messageWait, "message-wait", settings.DefaultMessageWait, "for the message about a request that was carried out")
	c.Flags().DurationVar(&f.quietWindow, "quiet-window", settings.DefaultQuietWindow, "at the end, for messages that must not come")
	c.Flags().StringVar(&f.runID, "run-id", "", "what unique values are made of; repeats those of an earlier run (default: new each time)")
	c.Flags().StringVar(&f.waivers, "waivers", "", "file of accepted failures, as written by qorcheck waive (default: none)")
	c.Flags().BoolVar(&f.strict, "strict", false, "a failed requirement of level should fails the run")
	c.Flags().BoolVar(&f.allowUnexercised, "allow-unexercised", false, "exit 0, not 3, when a requirement that must hold was not exercised; the verdict says so")
	c.Flags().BoolVar(&f.quiet, "quiet", false, "print the verdict and nothing else")
	c.Flags().BoolVar(&f.verbose, "verbose", false, "print each exchange, redacted, to standard error")
	c.MarkFlagsMutuallyExclusive("quiet", "verbose")
	return c
}

func (f *runFlags) run(stdout, stderr io.Writer) (err error) {
	if f.spec != "" && f.target == "" {
		return fmt.Errorf("--spec %s: the embedded sandbox serves the built-in description only; --target URL is needed with --spec", f.spec)
	}
	if err := f.junitFlags.check(); err != nil {
		return err
	}
	p, target, err := f.plan()
	if err != nil {
		return err
	}
	waivers, err := f.accepted(p)
	if err != nil {
		return err
	}
	if f.messageWait == 0 || f.quietWindow == 0 {
		return fmt.Errorf("--message-wait %s, --quiet-window %s: allowed is more than 0s", f.messageWait, f.quietWindow)
	}
	if f.runID == "" {
		f.runID = newRunID()
	}
	s := settings.Settings{
		Target: target, Fixtures: p.Fixtures, Concurrency: f.concurrency, Timeout: f.timeout,
		Rate: f.rate, BodyLimit: f.bodyLimit, HeaderLimit: f.headerLimit, MessageWait: f.messageWait, QuietWindow: f.quietWindow, RunID: f.runID, Seed: f.seed,
	}
	if target == nil {
		s.Target = &url.URL{Scheme: "http", Host: "127.0.0.1"} // replaced when the sandbox listens
	}
	if err := s.Check(); err != nil {
		return err
	}
	if s.TLS, err = f.trust.Load(s.Target); err != nil {
		return err
	}
	if err := reporters.Prepare(f.out); err != nil {
		return fmt.Errorf("--out %s: %w", f.out, err)
	}
	journal, err := os.Create(filepath.Join(f.out, reporters.JournalFile))
	if err != nil {
		return fmt.Errorf("--out %s: %w", f.out, err)
	}
	defer func() {
		if closing := journal.Close(); closing != nil && err == nil {
			err = faultError{closing}
		}
	}()
	if target == nil {
		embedded, err := sandbox.Listen(sandbox.Options{})
		if err != nil {
			return faultError{fmt.Errorf("embedded sandbox: %w", err)}
		}
		defer func() { _ = embedded.Stop() }()
		if s.Target, err = settings.ParseTarget(embedded.Origin + p.Description.BasePath); err != nil {
			return faultError{err}
		}
	}

	client := exchange.New(s, p.Description)
	defer client.Close()
	log.SetOutput(io.Discard) // net/http logs what a target sends after an answer; that is judged
	ctx, stop := interruptible()
	defer stop()
	out, told := &reporters.Guard{W: stdout, Leaks: client.Leaks}, &reporters.Guard{W: stderr, Leaks: client.Leaks}
	actions := startGitHub(out)
	defer actions.resume()
	r := run.Start(ctx, p, client, run.Options{
		Tool: "qorcheck " + version(), Profile: f.profile, Filter: f.filter, Waivers: waivers, Strict: f.strict, AllowUnexercised: f.allowUnexercised || f.oneCase != "", // one case alone exercises little
		Journal: journal, Progress: f.progress(told, isTerminal(stderr)),
	})
	if err := suites.Run(p, r); err != nil {
		return faultError{err}
	}
	document, err := r.Wait()
	if err != nil {
		return faultError{err}
	}
	written, err := f.report(out, document, client.Leaks)
	if err := errors.Join(err, told.Err); err != nil {
		return faultError{err}
	}
	if err := actions.finish(document); err != nil {
		return faultError{err}
	}
	if !f.quiet {
		fmt.Fprintf(stderr, "reports: %s\n", strings.Join(written, ", "))
	}
	if document.ExitCode != run.ExitPass {
		return exit(document.ExitCode)
	}
	return nil
}

// report writes the reports, looks through them for secrets, prints the summary,
// and returns the files.
func (f *runFlags) report(out *reporters.Guard, d *run.Document, leaks func(string) string) ([]string, error) {
	options, err := f.junitFlags.options(f.out, d)
	if err != nil {
		return nil, err
	}
	options.Color = colored(out.W)
	written, err := reporters.Write(f.out, d, reporters.Formats(), options)
	if err := errors.Join(err, reporters.SelfCheck(f.out, append(written, reporters.JournalFile), leaks)); err != nil {
		return nil, err
	}
	for i := range written {
		written[i] = filepath.Join(f.out, written[i])
	}
	return written, reporters.Printed(out, func(w io.Writer) error { return f.summary(w, d, options.Color) })
}

// accepted reads the waivers; one of an obligation that does not exist is an error.
func (f *runFlags) accepted(p *plan.Plan) (*settings.Waivers, error) {
	if f.waivers == "" {
		return nil, nil
	}
	if f.oneCase != "" {
		return nil, fmt.Errorf("--waivers %s: a waiver is of an obligation, and --case %s runs a part of some", f.waivers, f.oneCase)
	}
	w, err := settings.LoadWaivers(f.waivers, time.Now())
	if err != nil {
		return nil, fmt.Errorf("--waivers: %w", err)
	}
	for _, one := range w.List {
		if !p.Has(one.Obligation) {
			return nil, fmt.Errorf("--waivers %s: no obligation has the id %q; the ids are listed by qorcheck plan", f.waivers, one.Obligation)
		}
	}
	return w, nil
}

// progress returns what shows how far the run is.
func (f *runFlags) progress(stderr io.Writer, terminal bool) func(run.Progress) {
	switch {
	case f.quiet:
		return nil
	case f.verbose:
		return reporters.Verbose(stderr)
	}
	return reporters.NewLive(stderr, terminal).Show
}

func (f *runFlags) summary(stdout io.Writer, d *run.Document, color bool) error {
	if f.quiet {
		_, err := fmt.Fprintln(stdout, d.Verdict)
		return err
	}
	return reporters.Console(stdout, d, color)
}

// interruptible returns a context that the first Ctrl-C or SIGTERM ends; the second
// ends the process at once, whatever is under way.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	over := make(chan struct{})
	go func() {
		for range 2 {
			select {
			case <-signals:
			case <-over:
				return
			}
			if ctx.Err() != nil {
				os.Exit(run.ExitInterrupted)
			}
			cancel()
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		cancel()
	}
}

func colored(w io.Writer) bool { return isTerminal(w) && os.Getenv("NO_COLOR") == "" }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
