package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/settings"
)

var (
	// ownFlags are the flags of run that do not change what is certified: a resumed
	// run and each shard have their own.
	ownFlags = []string{"out", "resume", "run-id", "junit", "junit-cases", "html-split", "quiet", "verbose", "profile-time", "ginkgo"}

	// changeableFlags are those that a resumed run takes over and may change. The
	// content of a file is compared by its digest.
	changeableFlags = []string{"evidence", "concurrency", "timeout", "rate", "message-wait", "quiet-window", "ca-file", "client-cert", "client-key", "fixtures", "spec", "overlay", "refs", "requirements", "waivers"}
)

// givenFlags returns the flags that were given, for resuming, without ownFlags.
func givenFlags(flags *pflag.FlagSet) map[string]string {
	list := map[string]string{}
	flags.Visit(func(f *pflag.Flag) {
		if !slices.Contains(ownFlags, f.Name) {
			list[f.Name] = f.Value.String()
		}
	})
	return list
}

// loadResumed reads the run to resume, nil for a new run, and takes over its flags.
// A flag that is given must have the value that it had then.
func (f *runFlags) loadResumed(flags *pflag.FlagSet) (*run.Replayed, error) {
	if f.resume == "" {
		return nil, nil
	}
	if flags.Changed("out") && !f.sameFolder(f.out, f.resume) {
		return nil, fmt.Errorf("--out %s: the run of --resume %s continues in its own folder; omit --out", f.out, f.resume)
	}
	f.out = f.resume
	earlier, err := rundir.Replay(f.path(f.resume))
	if err != nil {
		return nil, fmt.Errorf("--resume %s: %w", f.resume, err)
	}
	var conflict error
	flags.VisitAll(func(own *pflag.Flag) {
		before, wasGiven := earlier.Settings[own.Name]
		switch {
		case slices.Contains(ownFlags, own.Name), conflict != nil:
		case !own.Changed && wasGiven:
			conflict = flags.Set(own.Name, before)
		case own.Changed && !slices.Contains(changeableFlags, own.Name):
			if !wasGiven {
				before = own.DefValue
			}
			if own.Value.String() != before {
				conflict = fmt.Errorf("--%s %s: the run of --resume %s was begun with %s; omit --%s", own.Name, orNone(own.Value.String()), f.resume, orNone(before), own.Name)
			}
		}
	})
	for name, value := range earlier.Settings {
		if flags.Lookup(name) == nil || slices.Contains(ownFlags, name) {
			return nil, fmt.Errorf("--resume %s: it was begun with --%s %s, a flag that this program does not have", f.resume, name, value)
		}
	}
	if slices.Contains(earlier.RunIDs(), f.runID) {
		return nil, fmt.Errorf("--run-id %s: the run of --resume %s has used it, and unfinished cases are repeated with new values; omit --run-id", f.runID, f.resume)
	}
	return earlier, conflict
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

// sameFolder reports whether two names are those of one folder.
func (p *process) sameFolder(a, b string) bool {
	return rundir.Same(p.path(a), p.path(b))
}

// checkUnchanged refuses to resume a run whose inputs have changed.
func (f *runFlags) checkUnchanged(earlier *run.Replayed, p *plan.Plan, fixtures *settings.Fixtures, waivers *settings.Waivers) error {
	now := run.DigestsOf(p, fixtures, waivers)
	before := earlier.Head.Document.Digests
	for _, d := range []struct{ what, before, now string }{
		{"--spec", before.Description, now.Description},
		{"--requirements", before.Requirements, now.Requirements},
		{"--fixtures", before.Fixtures, now.Fixtures},
		{"--waivers", before.Waivers, now.Waivers},
		{"the plan", before.Plan, now.Plan},
	} {
		if d.before == d.now {
			continue
		}
		why := ""
		if d.what == "the plan" {
			why = fmt.Sprintf("; it was made by %s, this is %s", earlier.Head.Document.Tool, tool())
		}
		return fmt.Errorf("--resume %s: %s has changed since: its digest is %s, the run was begun with %s%s; begin a new run", f.resume, d.what, orNone(d.now), orNone(d.before), why)
	}
	return nil
}

// checkValues refuses to resume a run with other keys, cards or values.
func (f *runFlags) checkValues(earlier *run.Replayed, fixtures *settings.Fixtures) error {
	now, err := run.ValuesOf(earlier.Head.Document.Digests, fixtures)
	if err == nil && now != earlier.Head.Values {
		err = fmt.Errorf("--resume %s: keys, cards or other values of --fixtures have changed since; begin a new run", f.resume)
	}
	return err
}

// reportComplete writes the reports of a resumed run without missing cases.
func (f *runFlags) reportComplete(j *job) error {
	document, err := j.earlier.Document()
	if err != nil {
		return fmt.Errorf("--resume %s: %w", f.resume, err)
	}
	redactor := exchange.NewRedactor(j.settings.Fixtures, j.plan.Description.SecretFields)
	f.printNote(f.stderr, "%s: the run is complete, nothing is sent", f.resume)
	return f.concludeFinished(document, redactor)
}

// announceResume prints what is missing of a resumed run; nothing for a new one.
func (f *runFlags) announceResume(stderr io.Writer, earlier *run.Replayed) {
	if earlier == nil {
		return
	}
	if earlier.Torn {
		f.printNote(stderr, "%s: the last line is incomplete and is cut", filepath.Join(f.out, rundir.JournalFile))
	}
	f.printNote(stderr, "resuming run %s: %d of %d cases are missing", strings.Join(earlier.RunIDs(), ", "), earlier.Missing(), earlier.Cases())
}
