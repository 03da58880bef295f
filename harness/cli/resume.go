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
	// ofThisPart are the flags of run that say nothing of what is certified: a
	// resumed run has its own.
	ofThisPart = []string{"out", "resume", "run-id", "junit", "junit-cases", "html-split", "quiet", "verbose"}

	// changeable are those that a resumed run takes over, but may have otherwise.
	// What is in a file is compared by its digest.
	changeable = []string{"concurrency", "timeout", "rate", "message-wait", "quiet-window", "ca-file", "client-cert", "client-key", "fixtures", "spec", "requirements", "waivers"}
)

// given lists the flags that count and were given, for resuming.
func given(flags *pflag.FlagSet) map[string]string {
	list := map[string]string{}
	flags.Visit(func(f *pflag.Flag) {
		if !slices.Contains(ofThisPart, f.Name) {
			list[f.Name] = f.Value.String()
		}
	})
	return list
}

// resumed reads the run that is resumed, nil for a new one, and takes over its
// flags. One that is given must be the same as then.
func (f *runFlags) resumed(flags *pflag.FlagSet) (*run.Replayed, error) {
	if f.resume == "" {
		return nil, nil
	}
	if flags.Changed("out") && !f.same(f.out, f.resume) {
		return nil, fmt.Errorf("--out %s: the run of --resume %s goes on in its own folder; leave --out away", f.out, f.resume)
	}
	f.out = f.resume
	earlier, err := rundir.Replay(f.path(f.resume))
	if err != nil {
		return nil, fmt.Errorf("--resume %s: %w", f.resume, err)
	}
	var unlike error
	flags.VisitAll(func(own *pflag.Flag) {
		before, wasGiven := earlier.Settings[own.Name]
		switch {
		case slices.Contains(ofThisPart, own.Name), unlike != nil:
		case !own.Changed && wasGiven:
			unlike = flags.Set(own.Name, before)
		case own.Changed && !slices.Contains(changeable, own.Name):
			if !wasGiven {
				before = own.DefValue
			}
			if own.Value.String() != before {
				unlike = fmt.Errorf("--%s %s: the run of --resume %s was begun with %s; leave --%s away", own.Name, shown(own.Value.String()), f.resume, shown(before), own.Name)
			}
		}
	})
	for name, value := range earlier.Settings {
		if flags.Lookup(name) == nil || slices.Contains(ofThisPart, name) {
			return nil, fmt.Errorf("--resume %s: it was begun with --%s %s, which this program does not have", f.resume, name, value)
		}
	}
	if slices.Contains(earlier.RunIDs(), f.runID) {
		return nil, fmt.Errorf("--run-id %s: the run of --resume %s has used it, and what was half done is repeated under new values; leave --run-id away", f.runID, f.resume)
	}
	return earlier, unlike
}

func shown(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

// same reports whether two names are those of one folder.
func (p *process) same(a, b string) bool {
	return rundir.Same(p.path(a), p.path(b))
}

// unchanged refuses to resume a run that was made of something else.
func (f *runFlags) unchanged(earlier *run.Replayed, p *plan.Plan, fixtures *settings.Fixtures, waivers *settings.Waivers) error {
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
		return fmt.Errorf("--resume %s: %s has changed since: its digest is %s, the run was begun with %s%s; begin a new run", f.resume, d.what, shown(d.now), shown(d.before), why)
	}
	return nil
}

// complete writes the reports of a run of which nothing is missing.
func (f *runFlags) complete(j *job) error {
	document, err := j.earlier.Document()
	if err != nil {
		return fmt.Errorf("--resume %s: %w", f.resume, err)
	}
	redactor := exchange.NewRedactor(j.settings.Fixtures, j.plan.Description.SecretFields)
	f.say(f.stderr, "%s: the run is complete, nothing is sent", f.resume)
	return f.afterwards(document, redactor)
}

// goesOn says from where a resumed run goes on.
func (f *runFlags) goesOn(stderr io.Writer, earlier *run.Replayed) {
	if earlier == nil {
		return
	}
	if earlier.Torn {
		f.say(stderr, "%s: the last line was not written to its end, and is cut", filepath.Join(f.out, rundir.JournalFile))
	}
	f.say(stderr, "resuming run %s: %d of %d cases are missing", strings.Join(earlier.RunIDs(), ", "), earlier.Missing(), earlier.Cases())
}
