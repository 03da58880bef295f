package cli

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"qorcheck/harness/plan"
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
	userAgent                string
	resume, shard            string
	concurrency              settings.Concurrency
	timeout                  time.Duration
	bodyLimit, headerLimit   settings.Size
	trust                    settings.Trust
	messageWait              time.Duration
	started                  time.Time
	strict, allowUnexercised bool
	verbose, ginkgo          bool
	profileTime              bool
	evidence                 string
}

// Which exchanges the journal keeps whole.
const (
	evidenceNeeded = "needed"
	evidenceAll    = "all"
)

func runCommand(p *process) *cobra.Command {
	c, f := newRun(p)
	c.RunE = func(c *cobra.Command, _ []string) error { return f.run(c.Flags()) }
	return c
}

// newRun makes the command and its flags; what it does is left to the caller.
func newRun(p *process) (*cobra.Command, *runFlags) {
	f := &runFlags{process: p, inputs: inputs{process: p}, output: output{process: p}, concurrency: settings.AutoConcurrency, bodyLimit: settings.DefaultBodyLimit, headerLimit: settings.DefaultHeaderLimit}
	c := &cobra.Command{
		Use:   "run",
		Short: "certify a target and write reports",
		Long: `Certify a target: send the requests of the plan, judge every response, and write reports
into --out: report.html (for people), TEST-conformance.xml (JUnit), run.json (everything)
and cases.ndjson (every case with its redacted exchanges; of what passed, most exchanges
are a digest, unless --evidence all is given). Without --target the embedded sandbox is
certified.

A run that was interrupted or killed, or whose target went away, is resumed with --resume
and its folder. Only the missing cases are sent; an unfinished case, or one without a
response, is repeated with new unique values. The flags are taken from the first run; the
fixtures, the description and the requirements must not have changed. The embedded sandbox
starts empty again, which does no harm: each case creates what it needs.

With --shard I/N one of N parts of the plan is run, all with the same number of cases;
qorcheck merge makes one run of them. --shard auto reads I and N from the CI system: from
CI_NODE_INDEX and CI_NODE_TOTAL (GitLab), CIRCLE_NODE_INDEX and CIRCLE_NODE_TOTAL
(CircleCI), or BUILDKITE_PARALLEL_JOB and BUILDKITE_PARALLEL_JOB_COUNT (Buildkite).`,
		Example: `  qorcheck run
  qorcheck run --filter 'operation:payment-capture && !kind:malformed'
  qorcheck run --smoke
  qorcheck run --budget 60s --rate 20/s
  qorcheck run --target https://sandbox.example.test/v3 --fixtures sandbox.yaml --out out
  qorcheck run --resume out
  qorcheck run --shard 1/4 --out shard1`,
		Args: noArguments,
	}
	f.inputs.flags(c)
	f.output.flags(c)
	c.Flags().Var(&f.concurrency, "concurrency", "maximum number of cases in progress at once, or auto to find out how many the target takes")
	c.Flags().DurationVar(&f.timeout, "timeout", settings.DefaultTimeout, "time limit for one request and its response")
	c.Flags().Var(&f.bodyLimit, "body-limit", "how much of a response body is read and judged")
	c.Flags().Var(&f.headerLimit, "header-limit", "maximum size of a response header")
	c.Flags().StringVar(&f.userAgent, "user-agent", settings.DefaultUserAgent, "User-Agent of every request, so that a target cannot recognize the harness by it")
	c.Flags().StringVar(&f.trust.CAFile, "ca-file", "", "PEM file of certificate authorities to trust in addition to the system's")
	c.Flags().StringVar(&f.trust.CertFile, "client-cert", "", "PEM file of the client certificate, sent to the target alone; requires --client-key")
	c.Flags().StringVar(&f.trust.KeyFile, "client-key", "", "PEM file of the key of --client-cert")
	c.Flags().BoolVar(&f.trust.Insecure, "insecure-skip-verify", false, "accept any certificate of the target; every report says so")
	c.Flags().DurationVar(&f.messageWait, "message-wait", settings.DefaultMessageWait, "time limit for the message about a request that was carried out")
	c.Flags().StringVar(&f.shard, "shard", "", "part of the plan as I/N, such as 2/4 for the second of four, or auto to read it from the CI system (default: the whole plan)")
	c.Flags().StringVar(&f.resume, "resume", "", "folder of an incomplete run, whose missing cases are sent (default: a new run)")
	c.Flags().StringVar(&f.runID, "run-id", "", "id that unique values such as order ids are made from; one of an earlier run repeats its values (default: a new id)")
	c.Flags().StringVar(&f.waivers, "waivers", "", "file of accepted failures, as written by qorcheck waive (default: none)")
	c.Flags().BoolVar(&f.strict, "strict", false, "fail the run when a requirement of level should fails, unless it is a reading of ours")
	c.Flags().BoolVar(&f.allowUnexercised, "allow-unexercised", false, "exit 0 instead of 3 when a requirement that must hold was not exercised; the verdict says so")
	c.Flags().BoolVar(&f.verbose, "verbose", false, "print each exchange, redacted, to standard error")
	c.Flags().BoolVar(&f.profileTime, "profile-time", false, "print where the time of the run went, to standard error")
	c.Flags().BoolVar(&f.ginkgo, "ginkgo", false, "print Ginkgo's own console output while the suite runs")
	c.Flags().StringVar(&f.evidence, "evidence", evidenceNeeded, "exchanges that cases.ndjson keeps whole: needed (what did not pass, what a remark is about, and examples of what passed) or all")
	inGroups(c)
	c.MarkFlagsMutuallyExclusive("quiet", "verbose")
	c.MarkFlagsMutuallyExclusive("quiet", "ginkgo")
	c.MarkFlagsMutuallyExclusive("quiet", "profile-time")
	return c, f
}

// job is a validated run, ready to start.
type job struct {
	whole    *plan.Plan
	plan     *plan.Plan // whole, or the shard of it
	shard    *run.Shard // nil for the whole plan
	waivers  *settings.Waivers
	settings settings.Settings
	flags    map[string]string // those that were given, for resuming
	embedded bool              // the target is the embedded sandbox
	earlier  *run.Replayed     // nil for a new run
}

// prepare validates everything. It sends and writes nothing.
func (f *runFlags) prepare(flags *pflag.FlagSet) (*job, error) {
	f.started = time.Now()
	if err := f.resolveAutoShard(); err != nil {
		return nil, err
	}
	earlier, err := f.loadResumed(flags)
	if err != nil {
		return nil, err
	}
	if err := f.checkFlags(); err != nil {
		return nil, err
	}
	p, fixtures, target, err := f.plan()
	if err != nil {
		return nil, err
	}
	waivers, err := f.loadWaivers(p)
	if err != nil {
		return nil, err
	}
	if earlier != nil {
		if err := f.checkUnchanged(earlier, p, fixtures, waivers); err != nil {
			return nil, err
		}
		if err := f.checkValues(earlier, fixtures); err != nil {
			return nil, err
		}
	}
	if f.shard != "" {
		p = p.WithSpares() // another shard cannot tell what this one exercised
	}
	part, shard, err := f.selectShard(p)
	if err != nil {
		return nil, err
	}
	if f.runID == "" {
		f.runID = settings.NewRunID()
	}
	s := settings.Settings{
		Target: target, Fixtures: fixtures, Concurrency: f.concurrency, Timeout: f.timeout,
		Rate: f.rate, BodyLimit: f.bodyLimit, HeaderLimit: f.headerLimit, UserAgent: f.userAgent, MessageWait: f.messageWait, QuietWindow: f.quietWindow, RunID: f.runID, Seed: f.seed,
	}
	if target == nil {
		s.Target = &url.URL{Scheme: "http", Host: "127.0.0.1"} // replaced when the sandbox listens
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	f.trust.CAFile, f.trust.CertFile, f.trust.KeyFile = f.path(f.trust.CAFile), f.path(f.trust.CertFile), f.path(f.trust.KeyFile)
	s.TLS, err = f.trust.Load(s.Target)
	return &job{p, part, shard, waivers, s, givenFlags(flags), target == nil, earlier}, err
}

// checkFlags reports the first flag that is wrong by itself or beside another.
func (f *runFlags) checkFlags() error {
	switch {
	case f.spec != "" && f.target == "":
		return fmt.Errorf("--spec %s: the embedded sandbox serves the built-in description only; --spec requires --target", f.spec)
	case f.evidence != evidenceNeeded && f.evidence != evidenceAll:
		return fmt.Errorf("--evidence %q: must be %s or %s", f.evidence, evidenceNeeded, evidenceAll)
	case f.budget != (settings.Budget{}) && f.shard != "":
		return fmt.Errorf("--budget %s: --shard %s: a run within a budget is not split", &f.budget, f.shard)
	case f.smoke && f.shard != "":
		return fmt.Errorf("--smoke: --shard %s: a smoke run is short, and is not split", f.shard)
	case f.messageWait == 0 || f.quietWindow == 0:
		return fmt.Errorf("--message-wait %s, --quiet-window %s: must be more than 0s", f.messageWait, f.quietWindow)
	}
	return f.renderFlags.check()
}

func (f *runFlags) run(flags *pflag.FlagSet) (err error) {
	if f.target == "" {
		go sandbox.ReadAhead() // while the plan is made
	}
	j, err := f.prepare(flags)
	if err != nil {
		return err
	}
	if j.earlier != nil && j.earlier.Complete() {
		return f.reportComplete(j)
	}
	journal, err := f.openJournal(j.earlier)
	if err != nil {
		return fmt.Errorf("--out %s: %w", f.out, err)
	}
	s, err := f.open(j, journal)
	defer func() { err = s.close(err) }()
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	f.announceResume(s.notes, j.earlier)
	s.start(ctx, f.progress(s.notes, isTerminal(f.stderr)))
	var console io.Writer = io.Discard
	if f.ginkgo {
		console = s.out
	}
	report := suites.Run(j.plan, s.run.Await, console)
	document, err := s.run.Wait()
	if err != nil {
		return faultError{fmt.Errorf("%w; no report is written, the rest can be sent with --resume %s", err, f.out)}
	}
	switch left := document.CaseCounts.NotRun; {
	case left == document.Cases && !document.Preflight.IsZero():
		defer f.printNote(s.notes, "no case was sent: once that is mended, run the same command again")
	case left > 0:
		defer f.printNote(s.notes, "to send the rest: qorcheck run --resume %s", f.out)
	}
	if f.drawn, err = f.drawnFiles(s.run.Shrunk()); err != nil {
		return faultError{err}
	}
	reporting := time.Now()
	err = f.conclude(s.actions, s.notes, document)
	if f.profileTime {
		if fault := reporters.Timing(s.notes, document.Timing, time.Since(reporting)); fault != nil {
			err = errors.Join(err, faultError{fault})
		}
	}
	return disagreement(suites.Disagreements(j.plan, report, document), err)
}

// disagreement is the fault that Ginkgo counted otherwise than the document; the
// error as it is where they agree.
func disagreement(list []string, err error) error {
	if len(list) == 0 {
		return err
	}
	return faultError{fmt.Errorf("the document of the run and Ginkgo disagree on %d obligations, and one of them is wrong:\n  %s", len(list), strings.Join(list, "\n  "))}
}

// limit is what the budget leaves to the run.
func (f *runFlags) limit() run.Limit {
	l := run.Limit{Requests: f.budget.Requests}
	if f.budget.Time > 0 {
		l.Until = f.started.Add(f.budget.Time - settings.BudgetTail)
	}
	return l
}

// tool names the program in documents.
func tool() string { return "qorcheck " + version() }

// openJournal creates a journal, or opens that of the resumed run.
func (f *runFlags) openJournal(earlier *run.Replayed) (*rundir.Journal, error) {
	if earlier != nil {
		return rundir.Continue(f.path(f.out), earlier.Size)
	}
	journal, err := rundir.Begin(f.path(f.out))
	if err == nil && f.drawnCase == nil { // a run may repeat what it stands beside
		if err = rundir.RemoveDrawn(f.path(f.out)); err != nil {
			err = errors.Join(err, journal.Close())
		}
	}
	return journal, err
}

// loadWaivers reads the waivers; one of an obligation that does not exist is an error.
func (f *runFlags) loadWaivers(p *plan.Plan) (*settings.Waivers, error) {
	if f.waivers == "" {
		return nil, nil
	}
	if f.oneCase != "" {
		return nil, fmt.Errorf("--waivers %s: a waiver applies to whole obligations, and --case %s runs one case of them", f.waivers, f.oneCase)
	}
	w, err := settings.LoadWaivers(f.path(f.waivers))
	if err != nil {
		return nil, fmt.Errorf("--waivers: %w", err)
	}
	for _, one := range w.List {
		if !p.Has(one.Obligation) {
			return nil, fmt.Errorf("--waivers %s: no obligation has the id %q; qorcheck plan --cases lists the ids", f.waivers, one.Obligation)
		}
	}
	return w, nil
}

// progress returns the function that shows the progress of the run, nil for none.
func (f *runFlags) progress(stderr io.Writer, terminal bool) func(run.Progress) {
	switch {
	case f.quiet:
		return nil
	case f.verbose:
		return reporters.Verbose(stderr)
	}
	return reporters.NewLive(stderr, terminal).Show
}
