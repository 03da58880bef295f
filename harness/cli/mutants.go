package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"qorcheck/harness/matrix"
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/sandbox"
	"qorcheck/reporters"
	"qorcheck/suites"
)

type mutantsFlags struct {
	*process
	filter, out  string
	all, smoke   bool
	causes       bool
	seed         uint64
	seeds, clean int
}

func mutantsCommand(p *process) *cobra.Command {
	f := &mutantsFlags{process: p}
	c := &cobra.Command{
		Use:   "mutants",
		Short: "prove that the checks can fail: certify sandboxes with a planted defect each",
		Long: `Certify the embedded sandbox with one planted defect after another. A mutant is
killed when the requirement that it names fails. A mutant that survives, and a failure
that does not follow from the defect (a false alarm), make the exit code 1. The sandbox
without a defect is certified too: each of its failures is a false alarm. It writes
mutants.json (everything) and mutants.txt (what is printed) into --out, and with --causes
causes.md: how many causes each mutant shows, since one defect is to be one cause, and how
many 50 sandboxes with two defects each show, since two defects are to be two.`,
		Example: `  qorcheck mutants
  qorcheck mutants --filter 'requirement:RH-200-5 || mutant:charge-despite-500'
  qorcheck mutants --all --seeds 6 --clean 20`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return f.run() },
	}
	c.Flags().StringVar(&f.filter, "filter", "", "which mutants, in Ginkgo's label syntax: mutant:NAME, requirement:ID, operation:ID")
	c.Flags().BoolVar(&f.all, "all", false, "run every obligation on each mutant, not only those on the operations that it touches")
	c.Flags().BoolVar(&f.smoke, "smoke", false, "certify each mutant with the cases of a smoke run, and list those that it does not find")
	c.Flags().BoolVar(&f.causes, "causes", false, "count the failing causes of each mutant in two runs, and write them into causes.md")
	c.Flags().Uint64Var(&f.seed, "seed", 1, "first seed of the plans")
	c.Flags().IntVar(&f.seeds, "seeds", 1, "number of seeds that each mutant is certified with")
	c.Flags().IntVar(&f.clean, "clean", 1, "number of seeds that the sandbox without a defect is certified with")
	c.Flags().StringVar(&f.out, "out", "out", "folder for mutants.json and mutants.txt")
	return c
}

// maxMatrixMemory is the memory limit of concurrent sandboxes and runs, in bytes; beyond
// it garbage is collected more often.
const maxMatrixMemory = 2 << 30

// atOnce is how many sandboxes are under way at once. Some rows wait, for messages
// that do not come, so that there are more than processors.
const atOnce = 16

func (f *mutantsFlags) run() error {
	if f.seeds < 1 {
		return fmt.Errorf("--seeds %d: must be 1 or more", f.seeds)
	}
	if f.clean < 0 {
		return fmt.Errorf("--clean %d: must be 0 or more", f.clean)
	}
	mutants, err := f.selectMutants()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.path(f.out), 0o700); err != nil {
		return fmt.Errorf("--out %s: %w", f.out, err)
	}
	tuneGC(maxMatrixMemory)
	ctx, stop := interruptible()
	defer stop()
	m, err := matrix.Run(ctx, mutants, matrix.Options{
		Plan: func(seed uint64) (*plan.Plan, error) {
			p, _, _, err := (&inputs{process: f.process, seed: seed, depth: depthSample, smoke: f.smoke}).plan()
			return p, err
		},
		Seeds: seedsFrom(f.seed, f.seeds), Clean: seedsFrom(f.seed, f.clean), All: f.all, Causes: f.causes, Smoke: f.smoke, AtOnce: atOnce,
		Done: rowProgress(f.stderr, len(mutants)*f.seeds+f.clean, heartbeat),
	})
	if isTerminal(f.stderr) {
		fmt.Fprint(f.stderr, "\r")
	}
	if err != nil && ctx.Err() == nil {
		return faultError{err}
	}
	m.Tool, m.Filter = "qorcheck "+version(), f.filter
	files := map[string]func(io.Writer) error{"mutants.json": func(w io.Writer) error { return reporters.WriteJSON(w, m) }, "mutants.txt": m.Text}
	if f.causes {
		files["causes.md"] = m.CauseTable
	}
	for name, render := range files {
		if err := rundir.WriteFile(filepath.Join(f.path(f.out), name), render); err != nil {
			return faultError{fmt.Errorf("%s: %w", name, err)}
		}
	}
	return concludeMatrix(f.stdout, m)
}

// heartbeat is the interval between two lines of progress outside a terminal.
const heartbeat = time.Minute

// rowProgress returns the function that prints the complaint about each row, and how many rows are done.
func rowProgress(w io.Writer, all int, every time.Duration) func(matrix.Row) {
	done, printed, over, end := 0, time.Now(), "", "\n"
	if isTerminal(w) {
		every, over, end = 0, "\r", ""
	}
	return func(r matrix.Row) {
		if done++; r.Bad() {
			fmt.Fprintf(w, "%s%s\n", over, r.Complaint())
		}
		if time.Since(printed) >= every {
			printed = time.Now()
			fmt.Fprintf(w, "%s%d of %d%s", over, done, all, end)
		}
	}
}

// concludeMatrix prints a matrix and returns its exit code.
func concludeMatrix(stdout io.Writer, m *matrix.Matrix) error {
	if err := m.Text(stdout); err != nil {
		return faultError{err}
	}
	switch {
	case len(m.Rows) < m.Planned:
		return exitError(run.ExitInterrupted)
	case len(m.Bad())+len(m.Idle()) > 0:
		return exitError(run.ExitFail)
	}
	return nil
}

// selectMutants returns the mutants that match the filter.
func (f *mutantsFlags) selectMutants() ([]sandbox.Defect, error) {
	all := sandbox.Defects()
	if strings.TrimSpace(f.filter) == "" {
		return all, nil
	}
	matches, err := suites.Filter(f.filter)
	if err != nil {
		return nil, err
	}
	some := slices.DeleteFunc(all, func(m sandbox.Defect) bool {
		labels := []string{"mutant:" + m.Name, "requirement:" + m.Requirement}
		for _, id := range m.On {
			labels = append(labels, "operation:"+id)
		}
		return !matches(labels)
	})
	if len(some) == 0 {
		return nil, fmt.Errorf("--filter %q: no mutant matches: the labels are mutant:NAME, requirement:ID and operation:ID, as listed by qorcheck sandbox --list-defects", f.filter)
	}
	return some, nil
}

func seedsFrom(first uint64, count int) []uint64 {
	var list []uint64
	for i := range uint64(count) {
		list = append(list, first+i)
	}
	return list
}
