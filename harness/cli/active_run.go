package cli

import (
	"context"
	"fmt"
	"io"
	"log"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
)

// activeRun is a run under way and what it holds open.
type activeRun struct {
	flags      *runFlags
	job        *job
	journal    *rundir.Journal    // nil where none is kept
	embedded   *sandbox.Listening // nil for a target of one's own
	client     *exchange.Client
	out, notes *redact.Guard // standard output and error
	actions    *github
	run        *run.Run // once it is started
}

// open starts the embedded sandbox where that is the target, and makes the client.
// It must be closed even if there is an error.
func (f *runFlags) open(j *job, journal *rundir.Journal) (s *activeRun, err error) {
	s = &activeRun{flags: f, job: j, journal: journal}
	if j.embedded {
		if s.embedded, err = sandbox.Listen(sandbox.Options{}); err != nil {
			return s, faultError{fmt.Errorf("embedded sandbox: %w", err)}
		}
		if j.settings.Target, err = settings.ParseTarget(s.embedded.Origin + j.plan.Description.BasePath); err != nil {
			return s, faultError{err}
		}
	}
	s.client = exchange.New(j.settings, j.plan.Description)
	log.SetOutput(io.Discard) // net/http logs what a target sends after a response; that is judged
	s.out, s.notes = &redact.Guard{W: f.stdout, Redactor: s.client.Redactor()}, &redact.Guard{W: f.stderr, Redactor: s.client.Redactor()}
	s.actions = f.startGitHub(s.out)
	return s, nil
}

// start begins the run.
func (s *activeRun) start(ctx context.Context, progress func(run.Progress)) {
	f, j := s.flags, s.job
	options := run.Options{
		Tool: tool(), Profile: f.profile, Filter: f.filter, Waivers: j.waivers, Strict: f.strict, AllowUnexercised: f.allowUnexercised, Case: f.oneCase,
		Exclusive: s.embedded != nil || j.settings.Fixtures.Exclusive, Shard: j.shard, Whole: j.whole, Limit: f.limit(), Planning: time.Since(f.started), Settings: j.settings, Flags: j.flags, Earlier: j.earlier, Progress: progress,
		AllEvidence: f.evidence == evidenceAll,
	}
	if s.journal != nil {
		options.Journal = s.journal
	}
	s.run = run.Start(ctx, j.plan, s.client, options)
}

// close closes all of it, and returns err, or what went wrong in closing, which is a
// fault of our own.
func (s *activeRun) close(err error) error {
	if s.actions != nil {
		s.actions.resume()
	}
	if s.client != nil {
		s.client.Close()
	}
	if s.embedded != nil {
		if fault := s.embedded.Stop(); fault != nil {
			err = faultError{fmt.Errorf("embedded sandbox: %w", fault)}
		}
	}
	if s.journal != nil {
		if fault := s.journal.Close(); fault != nil && err == nil {
			err = faultError{fault}
		}
	}
	return err
}
