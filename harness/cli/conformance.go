package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
)

// Conformance is qorcheck run for a suite that Ginkgo runs: the flags, the plan, the
// run and the reports, without Ginkgo's part.
type Conformance struct {
	flags *runFlags
	job   *job
	out   bool // --out was given: reports are written

	mu       sync.Mutex
	running  *activeRun
	stop     context.CancelFunc
	awaiting map[string]bool // obligations that no spec has waited for yet
	document *run.Document   // once the run has ended
	ended    error
}

// SplitArguments parts the command line of a test binary: into the flags of qorcheck run,
// and the name of the binary with the flags of Go and Ginkgo.
func SplitArguments(arguments []string) (own, others []string) {
	others = arguments[:1:1]
	for i := 1; i < len(arguments); i++ {
		name, isFlag := strings.CutPrefix(arguments[i], "-")
		name, _, given := strings.Cut(strings.TrimPrefix(name, "-"), "=")
		f := flag.Lookup(name)
		if !isFlag || f == nil && !strings.HasPrefix(name, "ginkgo.") && !strings.HasPrefix(name, "test.") {
			own = append(own, arguments[i])
			continue
		}
		others = append(others, arguments[i])
		if f == nil {
			continue // Go refuses it
		}
		boolean, ok := f.Value.(interface{ IsBoolFlag() bool })
		if !given && !(ok && boolean.IsBoolFlag()) && i+1 < len(arguments) {
			i++
			others = append(others, arguments[i])
		}
	}
	return own, others
}

// Configure reads the flags of qorcheck run, as arguments and as variables, and plans.
// Names of files are relative to a folder, "" for the working one. It sends nothing. The
// error is what the command would print.
func Configure(folder string, arguments, environ []string) (*Conformance, error) {
	var printed bytes.Buffer
	p := &process{dir: folder, env: environ, stdout: os.Stdout, stderr: &printed}
	c := &Conformance{}
	command, f := newRun(p)
	command.RunE = func(command *cobra.Command, _ []string) (err error) {
		for _, name := range []string{"resume", "shard"} {
			if command.Flags().Changed(name) {
				return fmt.Errorf("--%s: the suite is one whole run; it is a flag of the program qorcheck", name)
			}
		}
		c.flags, c.out = f, command.Flags().Changed("out")
		c.job, err = f.prepare(command.Flags())
		return err
	}
	if code := p.exitCode(program(p, append([]*cobra.Command{command}, commands(p)[1:]...), append([]string{"run"}, arguments...)).Execute()); code != run.ExitPass {
		return nil, errors.New(strings.TrimSpace(printed.String()))
	}
	p.stderr = os.Stderr
	if c.job == nil {
		return nil, errors.New("--help: see qorcheck run --help, whose flags these are")
	}
	return c, nil
}

// CallersFolder is the folder in which the command was called, "" for the working one: go
// test and ginkgo start a test in the folder of its package.
func CallersFolder() string {
	if _, err := os.Stat("conformance_test.go"); err != nil {
		return "" // the test was started where it was called
	}
	if dir, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", os.Getppid())); err == nil {
		return dir
	}
	return ".."
}

// Plan is what is to be sent and judged.
func (c *Conformance) Plan() *plan.Plan { return c.job.plan }

// Start begins to send a plan, the whole or a part of it, and returns at once.
func (c *Conformance) Start(p *plan.Plan) error {
	c.job.plan = p
	var journal *rundir.Journal
	var err error
	if c.out {
		if journal, err = c.flags.openJournal(nil); err != nil {
			return fmt.Errorf("--out %s: %w", c.flags.out, err)
		}
	}
	s, err := c.flags.open(c.job, journal)
	if err != nil {
		return s.close(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running, c.awaiting = s, map[string]bool{}
	for _, o := range p.Obligations {
		c.awaiting[o.ID] = true
	}
	ctx, stop := context.WithCancel(context.Background()) // that of a BeforeSuite ends with it
	c.stop = stop
	var progress func(run.Progress)
	if c.flags.verbose {
		progress = c.flags.progress(s.notes, false)
	}
	s.start(ctx, progress)
	return nil
}

// Finish waits for the end of the run and returns its document as JSON, for the other
// processes of a parallel suite.
func (c *Conformance) Finish(ctx context.Context) ([]byte, error) {
	for _, o := range c.job.plan.Obligations {
		if _, err := c.Await(ctx, o.ID); err != nil {
			return nil, err
		}
	}
	document, err := c.running.run.Wait()
	if err != nil {
		return nil, err
	}
	return json.Marshal(document)
}

// Follow takes the document of the process that sent, in place of a run.
func (c *Conformance) Follow(document []byte) (err error) {
	if c.running == nil {
		c.document, err = run.Read(bytes.NewReader(document))
	}
	return err
}

// Await waits until an obligation has ended.
func (c *Conformance) Await(ctx context.Context, id string) (run.Result, error) {
	c.mu.Lock()
	s, d := c.running, c.document
	delete(c.awaiting, id)
	c.mu.Unlock()
	switch {
	case s != nil:
		return s.run.Await(ctx, id)
	case d == nil:
		return run.Result{}, fmt.Errorf("obligation %s: the run was not started", id)
	}
	if o := d.Obligation(id); o != nil {
		return d.Result(*o), nil
	}
	return run.Result{}, fmt.Errorf("no obligation %s in the document", id)
}

// Document is that of the finished run, nil where none was started.
func (c *Conformance) Document() *run.Document {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.document
}

// Stop ends the run, writes the reports where --out was given, and prints the verdict.
// Where specs were left out, after a failure or an interruption, sending stops first. A
// second call returns what the first did.
func (c *Conformance) Stop() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == nil || c.document != nil {
		return c.ended
	}
	if len(c.awaiting) > 0 {
		c.stop()
	}
	defer c.stop()
	c.document, c.ended = c.running.run.Wait()
	if c.ended == nil {
		c.ended = c.conclude()
	}
	c.ended = c.running.close(c.ended)
	return c.ended
}

// conclude writes and prints what a finished run leaves. That it failed is no error: its specs say so.
func (c *Conformance) conclude() error {
	s := c.running
	if !c.out {
		_, err := fmt.Fprintln(s.out, c.document.Verdict)
		return errors.Join(err, s.out.Err)
	}
	var err error
	if c.flags.drawn, err = c.flags.drawnFiles(s.run.Shrunk()); err != nil {
		return err
	}
	err = c.flags.conclude(s.actions, s.notes, c.document)
	if _, ok := errors.AsType[exitError](err); ok {
		return nil
	}
	return err
}
