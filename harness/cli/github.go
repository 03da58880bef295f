package cli

import (
	"errors"
	"fmt"
	"os"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/settings"
	"qorcheck/reporters"
)

// github writes what GitHub Actions reads of a run: annotations and the summary of the step.
type github struct {
	stdout  *redact.Guard
	token   string // "" elsewhere
	summary string // file that the step's page is made of, "" for none
}

// startGitHub stops workflow commands until finish or resume is called: no line of
// the output, which quotes the target, may act as one.
func (p *process) startGitHub(stdout *redact.Guard) *github {
	g := &github{stdout: stdout, summary: p.path(p.getenv("GITHUB_STEP_SUMMARY"))}
	if p.getenv("GITHUB_ACTIONS") == "true" {
		g.token = settings.NewRunID() + settings.NewRunID()
		fmt.Fprintf(stdout, "::stop-commands::%s\n", g.token)
	}
	return g
}

// resume enables workflow commands again.
func (g *github) resume() {
	if g.token != "" {
		fmt.Fprintf(g.stdout, "::%s::\n", g.token)
		g.token = ""
	}
}

// maxSummary is the size limit of the summary of a step, in bytes; GitHub shows nothing of a longer one.
const maxSummary = 1 << 20

// finish writes the annotations and the summary.
func (g *github) finish(d *run.Document) error {
	annotated := g.token != ""
	g.resume()
	if annotated {
		if err := reporters.Annotations(g.stdout, d); err != nil {
			return err
		}
	}
	if g.summary == "" {
		return nil
	}
	f, err := os.OpenFile(g.summary, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("GITHUB_STEP_SUMMARY: %w", err)
	}
	info, err := f.Stat()
	if err == nil {
		err = reporters.MarkdownUpTo(&redact.Guard{W: f, Redactor: g.stdout.Redactor}, d, maxSummary-int(min(info.Size(), maxSummary)))
	}
	return errors.Join(err, f.Close())
}
