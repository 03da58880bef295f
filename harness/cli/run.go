package cli

import (
	"fmt"
	"io"
	"log"
	"net/url"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/reporters"
	"qorcheck/suites"
)

type runFlags struct {
	*process
	inputs
	output
	runID, waivers           string
	resume, shard            string
	concurrency              int
	timeout                  time.Duration
	rate                     settings.Rate
	bodyLimit, headerLimit   settings.Size
	trust                    settings.Trust
	messageWait, quietWindow time.Duration
	strict, allowUnexercised bool
	verbose                  bool
}

func runCommand(p *process) *cobra.Command {
	f := &runFlags{process: p, inputs: inputs{process: p}, output: output{process: p}, bodyLimit: settings.DefaultBodyLimit, headerLimit: settings.DefaultHeaderLimit}
	c := &cobra.Command{
		Use:   "run",
		Short: "certify a target and write reports",
		Long: `Certify a target: send what the plan holds, judge every answer, write reports into
--out: report.html (for people), TEST-conformance.xml (JUnit), run.json (everything)
and cases.ndjson (every case with its redacted exchanges). Without --target the
embedded sandbox is certified.

A run that was interrupted or killed, or whose target was gone, is resumed with --resume
and its folder. Only what is missing is sent; what was half done, or got no answer, is
repeated under new unique values. The flags are those that it was begun with; what it is
made of must not have changed. The embedded sandbox is a new and empty one then, which
does no harm: each case makes what it needs.

With --shard I/N one of N parts of the plan is run, each with as many cases; qorcheck
merge makes one run of them. --shard auto takes I and N from the CI system: from
CI_NODE_INDEX and CI_NODE_TOTAL (GitLab), CIRCLE_NODE_INDEX and CIRCLE_NODE_TOTAL
(CircleCI), or BUILDKITE_PARALLEL_JOB and BUILDKITE_PARALLEL_JOB_COUNT (Buildkite).`,
		Example: `  qorcheck run
  qorcheck run --filter 'operation:payment-capture && !kind:malformed'
  qorcheck run --target https://sandbox.example.test/v3 --fixtures sandbox.yaml --out out
  qorcheck run --resume out
  qorcheck run --shard 1/4 --out shard1`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c.Flags()) },
	}
	f.inputs.flags(c)
	f.output.flags(c)
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
	c.Flags().StringVar(&f.shard, "shard", "", "part of the plan as I/N, as 2/4 for the second of four, or auto for what the CI system says (default: all of it)")
	c.Flags().StringVar(&f.resume, "resume", "", "folder of a run that did not come to its end, to send what is missing (default: a new run)")
	c.Flags().StringVar(&f.runID, "run-id", "", "what unique values are made of; repeats those of an earlier run (default: new each time)")
	c.Flags().StringVar(&f.waivers, "waivers", "", "file of accepted failures, as written by qorcheck waive (default: none)")
	c.Flags().BoolVar(&f.strict, "strict", false, "a failed requirement of level should fails the run")
	c.Flags().BoolVar(&f.allowUnexercised, "allow-unexercised", false, "exit 0, not 3, when a requirement that must hold was not exercised; the verdict says so")
	c.Flags().BoolVar(&f.verbose, "verbose", false, "print each exchange, redacted, to standard error")
	c.MarkFlagsMutuallyExclusive("quiet", "verbose")
	return c
}

// job is what a run does, when all that it was told is found to be right.
type job struct {
	whole    *plan.Plan
	plan     *plan.Plan // whole, or the shard of it
	shard    *run.Shard // nil for the whole plan
	waivers  *settings.Waivers
	settings settings.Settings
	given    map[string]string // flags, for resuming
	embedded bool              // the target is the embedded sandbox
	earlier  *run.Replayed     // nil for a new run
}

// job checks everything. Nothing was sent or written when it returns.
func (f *runFlags) job(flags *pflag.FlagSet) (*job, error) {
	if err := f.numbered(); err != nil {
		return nil, err
	}
	earlier, err := f.resumed(flags)
	if err != nil {
		return nil, err
	}
	if f.spec != "" && f.target == "" {
		return nil, fmt.Errorf("--spec %s: the embedded sandbox serves the built-in description only; --target URL is needed with --spec", f.spec)
	}
	if err := f.renderFlags.check(); err != nil {
		return nil, err
	}
	p, fixtures, target, err := f.plan()
	if err != nil {
		return nil, err
	}
	waivers, err := f.accepted(p)
	if err != nil {
		return nil, err
	}
	if earlier != nil {
		if err := f.unchanged(earlier, p, fixtures, waivers); err != nil {
			return nil, err
		}
	}
	part, shard, err := f.part(p)
	if err != nil {
		return nil, err
	}
	if f.messageWait == 0 || f.quietWindow == 0 {
		return nil, fmt.Errorf("--message-wait %s, --quiet-window %s: allowed is more than 0s", f.messageWait, f.quietWindow)
	}
	if f.runID == "" {
		f.runID = newRunID()
	}
	s := settings.Settings{
		Target: target, Fixtures: fixtures, Concurrency: f.concurrency, Timeout: f.timeout,
		Rate: f.rate, BodyLimit: f.bodyLimit, HeaderLimit: f.headerLimit, MessageWait: f.messageWait, QuietWindow: f.quietWindow, RunID: f.runID, Seed: f.seed,
	}
	if target == nil {
		s.Target = &url.URL{Scheme: "http", Host: "127.0.0.1"} // replaced when the sandbox listens
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	f.trust.CAFile, f.trust.CertFile, f.trust.KeyFile = f.path(f.trust.CAFile), f.path(f.trust.CertFile), f.path(f.trust.KeyFile)
	s.TLS, err = f.trust.Load(s.Target)
	return &job{p, part, shard, waivers, s, given(flags), target == nil, earlier}, err
}

func (f *runFlags) run(flags *pflag.FlagSet) (err error) {
	if f.target == "" {
		go sandbox.ReadAhead() // while the plan is made
	}
	j, err := f.job(flags)
	if err != nil {
		return err
	}
	if j.earlier != nil && j.earlier.Complete() {
		return f.complete(j)
	}
	journal, err := f.journal(j.earlier)
	if err != nil {
		return fmt.Errorf("--out %s: %w", f.out, err)
	}
	defer func() {
		if closing := journal.Close(); closing != nil && err == nil {
			err = faultError{closing}
		}
	}()
	p, s := j.plan, j.settings
	if j.embedded {
		embedded, refused := sandbox.Listen(sandbox.Options{})
		if refused != nil {
			return faultError{fmt.Errorf("embedded sandbox: %w", refused)}
		}
		defer func() {
			if fault := embedded.Stop(); fault != nil {
				err = faultError{fmt.Errorf("embedded sandbox: %w", fault)}
			}
		}()
		if s.Target, err = settings.ParseTarget(embedded.Origin + p.Description.BasePath); err != nil {
			return faultError{err}
		}
	}

	client := exchange.New(s, p.Description)
	defer client.Close()
	log.SetOutput(io.Discard) // net/http logs what a target sends after an answer; that is judged
	ctx, stop := interruptible()
	defer stop()
	out, told := &redact.Guard{W: f.stdout, Redactor: client.Redactor()}, &redact.Guard{W: f.stderr, Redactor: client.Redactor()}
	f.goesOn(told, j.earlier)
	actions := f.startGitHub(out)
	defer actions.resume()
	r := run.Start(ctx, p, client, run.Options{
		Tool: tool(), Profile: f.profile, Filter: f.filter, Waivers: j.waivers, Strict: f.strict, AllowUnexercised: f.allowUnexercised || f.oneCase != "", // one case alone exercises little
		Shard: j.shard, Whole: j.whole, Settings: s, Flags: j.given, Journal: journal, Earlier: j.earlier, Progress: f.progress(told, isTerminal(f.stderr)),
	})
	if err := suites.Run(p, r); err != nil {
		return faultError{err}
	}
	document, err := r.Wait()
	if err != nil {
		return faultError{fmt.Errorf("%w; no report is written, the rest can be sent with --resume %s", err, f.out)}
	}
	if document.CaseCounts.NotRun > 0 {
		defer f.say(told, "to send the rest: qorcheck run --resume %s", f.out)
	}
	return f.conclude(actions, told, document)
}

// tool is what the documents of runs are made by.
func tool() string { return "qorcheck " + version() }

// journal makes a new journal, or opens that of the run that is resumed.
func (f *runFlags) journal(earlier *run.Replayed) (*rundir.Journal, error) {
	if earlier != nil {
		return rundir.Continue(f.path(f.out), earlier.Size)
	}
	return rundir.Begin(f.path(f.out))
}

// accepted reads the waivers; one of an obligation that does not exist is an error.
func (f *runFlags) accepted(p *plan.Plan) (*settings.Waivers, error) {
	if f.waivers == "" {
		return nil, nil
	}
	if f.oneCase != "" {
		return nil, fmt.Errorf("--waivers %s: a waiver is of an obligation, and --case %s runs a part of some", f.waivers, f.oneCase)
	}
	w, err := settings.LoadWaivers(f.path(f.waivers), time.Now())
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
