package cli

import (
	"errors"
	"fmt"
	"os"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/reporters"
)

// github is how a run speaks to GitHub Actions, where it runs there.
type github struct {
	stdout  *redact.Guard
	token   string // "" elsewhere
	summary string // file that the step's page is made of, "" for none
}

// startGitHub makes the runner take no line of the output for a command until
// finish or resume is called: what a target says must not be one.
func (p *process) startGitHub(stdout *redact.Guard) *github {
	g := &github{stdout: stdout, summary: p.path(p.getenv("GITHUB_STEP_SUMMARY"))}
	if p.getenv("GITHUB_ACTIONS") == "true" {
		g.token = newRunID() + newRunID()
		fmt.Fprintf(stdout, "::stop-commands::%s\n", g.token)
	}
	return g
}

// resume makes the runner listen again.
func (g *github) resume() {
	if g.token != "" {
		fmt.Fprintf(g.stdout, "::%s::\n", g.token)
		g.token = ""
	}
}

// mostSummary is what GitHub takes of a step, in bytes; of more it shows nothing.
const mostSummary = 1 << 20

// finish writes annotations and the summary.
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
		err = reporters.MarkdownUpTo(&redact.Guard{W: f, Redactor: g.stdout.Redactor}, d, mostSummary-int(min(info.Size(), mostSummary)))
	}
	return errors.Join(err, f.Close())
}
