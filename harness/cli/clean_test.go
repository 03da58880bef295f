package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.yaml.in/yaml/v3"

	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// TestCleanSandbox: the reference target gives not one failure, one case at a time
// and many at once, and each obligation is exercised.
func TestCleanSandbox(t *testing.T) {
	for _, concurrency := range []int{1, 64} {
		t.Run(fmt.Sprintf("concurrency %d", concurrency), func(t *testing.T) {
			t.Parallel()
			complete(t, clean(t, builtInPlan(t), serve(t, newSandbox(t))+"/v3", "clean", concurrency))
		})
	}
}

// TestCleanSandbox_Seeds: nor does any order of the cases, which is what a seed sets. Few
// cases of two operations are enough for that: `make matrix` runs them all.
func TestCleanSandbox_Seeds(t *testing.T) {
	for seed := uint64(2); seed <= 20; seed++ {
		concurrency := []int{1, 64}[seed%2]
		t.Run(fmt.Sprintf("seed %d, concurrency %d", seed, concurrency), func(t *testing.T) {
			t.Parallel()
			clean(t, planBy(t, seed, "payment-refund", "transactions-fetch-all").Smoke(), serve(t, newSandbox(t))+"/v3", "clean", concurrency)
		})
	}
}

// TestRun_TwoAtOnce: two runs that certify one environment at the same time, case by
// case, do not disturb each other. That messages come soon is another matter.
func TestRun_TwoAtOnce(t *testing.T) {
	p := must(planWithout(1, "RH-MSG-13"))(t).Smoke()
	target := serve(t, newSandbox(t)) + "/v3"
	for _, runID := range []string{"one", "other"} {
		t.Run(runID, func(t *testing.T) {
			t.Parallel()
			clean(t, p, target, runID, 12)
		})
	}
}

// clean demands that the reference target passes all of a plan.
func clean(t *testing.T, p *plan.Plan, target, runID string, concurrency int) *run.Document {
	t.Helper()
	d := certify(t, certification{p, target, runID, concurrency, run.Options{Strict: true}})
	if d.ExitCode != run.ExitPass || d.Counts.Pass != d.Planned || d.Planned == 0 {
		t.Errorf("exit code %d, %d of %d obligations passed: %s", d.ExitCode, d.Counts.Pass, d.Planned, d.Verdict)
	}
	for _, o := range d.Obligations {
		if o.Outcome != verdict.Pass {
			t.Error(d.Result(o).Explain())
		}
		if len(o.Notes) > 0 {
			t.Errorf("%s: the reference target needs tolerance: %v", o.ID, o.Notes)
		}
	}
	if len(d.Left) > 0 {
		t.Errorf("left behind: %v", d.Left)
	}
	return d
}

// complete counts what the requirement list declares, reading both files as plain YAML,
// and compares it with a whole run: none is missing, none is there twice.
func complete(t *testing.T, d *run.Document) {
	t.Helper()
	var description, requirements map[string]any
	for data, into := range map[*map[string]any][]byte{&description: spec.BuiltInDescription(), &requirements: spec.BuiltInRequirements()} {
		if err := yaml.Unmarshal(into, data); err != nil {
			t.Fatal(err)
		}
	}
	var operations []string
	for _, path := range description["paths"].(map[string]any) {
		for method, operation := range path.(map[string]any) {
			if slices.Contains([]string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}, method) {
				operations = append(operations, operation.(map[string]any)["operationId"].(string))
			}
		}
	}
	if len(operations) < 10 {
		t.Errorf("the description has %d operations, want at least 10", len(operations))
	}
	var want []string
	untested := 0
	for _, entry := range requirements["requirements"].([]any) {
		requirement := entry.(map[string]any)
		if requirement["untested"] != nil {
			untested++
			continue
		}
		named := operations
		if list, ok := requirement["operations"].([]any); ok {
			named = nil
			for _, id := range list {
				named = append(named, id.(string))
			}
		}
		for _, operation := range named {
			want = append(want, operation+" "+requirement["id"].(string))
		}
	}
	slices.Sort(want)

	var got []string
	for _, o := range d.Obligations {
		got = append(got, o.Operation+" "+o.Requirement)
		if o.Planned == 0 || o.Exercised == 0 {
			t.Errorf("%s: %d cases planned, %d exercised it", o.ID, o.Planned, o.Exercised)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("obligations\n got %d: %v\nwant %d: %v", len(got), got, len(want), want)
	}
	if len(d.Untested) != untested {
		t.Errorf("%d requirements reported as untested, want %d", len(d.Untested), untested)
	}
	if d.Counts.Pass != len(want) {
		t.Errorf("%d of %d obligations passed", d.Counts.Pass, len(want))
	}
}

// TestPlan_SameSeedSamePlan: one seed, one plan, byte for byte, in two processes.
func TestPlan_SameSeedSamePlan(t *testing.T) {
	t.Parallel()
	first, stderr, code := command(t, nil, "plan", "--json", "--seed", "7")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	second, _, _ := command(t, nil, "plan", "--json", "--seed", "7")
	if first != second {
		t.Error("two plans with one seed differ")
	}
	digests := map[string]bool{}
	for seed := uint64(1); seed <= 4; seed++ {
		digests[planBy(t, seed, "payment-void").Digest] = true
	}
	if len(digests) != 4 {
		t.Errorf("four seeds give %d plans", len(digests))
	}
	for _, secret := range secretsOf(t, fixturesOf(t)) {
		if strings.Contains(first, secret) {
			t.Errorf("the plan holds the secret %s", secret)
		}
	}
}

// verdicts reduces a run to what it found, without times, run id and what the
// target makes anew each time.
func verdicts(t *testing.T, dir string) string {
	t.Helper()
	d := readDocument(t, dir)
	var list []any
	for _, o := range d.Obligations {
		list = append(list, []any{o.ID, o.Outcome, o.Why, o.Planned, o.Counts, o.Exercised, o.Notes, o.Causes})
	}
	for _, c := range d.Causes {
		shown := []any{}
		for _, k := range c.Shown {
			shown = append(shown, []any{k.ID, k.Outcome, k.Why, k.Findings})
		}
		list = append(list, []any{c.ID, c.Cases, c.Behind, shown})
	}
	whole, err := json.MarshalIndent([]any{
		d.Version, d.Tool, d.Name, d.API, d.Seed, d.Filter, d.Strict, d.Digests, d.Preflight, d.ExitCode, d.Verdict,
		d.Planned, d.Counts, d.Warnings, d.Cases, d.CaseCounts, d.Untested, d.Dropped, d.Left, list,
	}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(whole)
}

// caseVerdicts reduces the journal in the same way; its order is that of the answers.
func caseVerdicts(t *testing.T, dir string) map[string]any {
	t.Helper()
	byCase := map[string]any{}
	err := run.ReadJournal(strings.NewReader(readFile(t, filepath.Join(dir, rundir.JournalFile))), func(e run.Entry) error {
		if byCase[e.Case] != nil {
			t.Errorf("the journal holds %s twice", e.Case)
		}
		byCase[e.Case] = []any{e.Kind, e.Outcome, e.Verdicts}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return byCase
}

// sandboxProcess runs `qorcheck sandbox` until stop is called, and returns what it printed.
func sandboxProcess(t *testing.T, env []string, arguments ...string) (printed map[string]string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background()) // t.Context ends before clean-up
	t.Cleanup(cancel)
	c := newProcess(ctx, t, t.TempDir(), env, append([]string{"sandbox"}, arguments...)...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := c.Wait(); err != nil {
			t.Errorf("qorcheck sandbox, signalled to end: %v: %s", err, stderr.String())
		}
	}
	t.Cleanup(stop)
	printed = map[string]string{}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		printed[name] = strings.TrimSpace(value)
		if name == "certify" {
			return printed, stop
		}
	}
	t.Fatalf("the sandbox printed %v and ended: %s", printed, stderr.String())
	return nil, nil
}

// TestVerdicts_SameInEverySandbox: the embedded sandbox, one in a process of its own, twice in a
// row, and that one restarted on its data, are all judged the same.
func TestVerdicts_SameInEverySandbox(t *testing.T) {
	t.Parallel()
	embedded := t.TempDir()
	const some = "(operation:payment-auth || operation:payment-refund || operation:transactions-fetch-all || operation:webhooks-create) && !requirement:RH-MSG-13 && !requirement:RH-200-24" // those depend on the machine, and on which rows a list holds, too
	if _, stderr, code := commandIn(t, embedded, nil, "run", "--smoke", "--out", ".", "--filter", some); code != 0 {
		t.Fatalf("embedded: exit code %d: %s", code, stderr)
	}
	want, wantCases := verdicts(t, embedded), caseVerdicts(t, embedded)
	state := filepath.Join(t.TempDir(), "state")
	same := func(claim string, printed map[string]string) {
		t.Helper()
		dir := t.TempDir()
		stdout, stderr, code := commandIn(t, dir, nil, "run", "--target", printed["url"], "--fixtures", printed["fixtures"], "--smoke", "--out", "reports", "--filter", some)
		if code != 0 {
			t.Fatalf("%s: exit code %d:\n%s%s", claim, code, stdout, stderr)
		}
		reports := filepath.Join(dir, "reports")
		// the fixtures differ in the address where the environment settles
		got := strings.Replace(verdicts(t, reports), readDocument(t, reports).Digests.Fixtures, readDocument(t, embedded).Digests.Fixtures, 1)
		got = strings.Replace(got, readDocument(t, reports).Digests.Plan, readDocument(t, embedded).Digests.Plan, 1)
		if got != want {
			t.Errorf("%s: other verdicts than embedded:\n%s", claim, firstDifference(got, want))
		}
		if !reflect.DeepEqual(caseVerdicts(t, reports), wantCases) {
			t.Errorf("%s: other verdicts on cases than embedded", claim)
		}
	}
	printed, stop := sandboxProcess(t, nil, "--addr", "127.0.0.1:0", "--data", state)
	same("first run", printed)
	same("second run", printed)
	stop()
	if info, err := os.Stat(state); err != nil || info.Size() == 0 {
		t.Fatalf("the sandbox kept no state: %v", err)
	}
	printed, _ = sandboxProcess(t, nil, "--addr", "127.0.0.1:0", "--data", state)
	same("after a restart", printed)
}

// TestVerdicts_FailingRunsAreEqual: a run that fails is reported in the same words twice.
func TestVerdicts_FailingRunsAreEqual(t *testing.T) {
	t.Parallel()
	target := broken(t, "401-for-403")
	var found []string
	for range 2 {
		dir := t.TempDir()
		if _, stderr, code := commandIn(t, dir, nil, "run", "--target", target, "--out", ".", "--filter", "(operation:payment-void && kind:forbidden || operation:webhooks_list) && !requirement:RH-200-24"); code != 1 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		found = append(found, verdicts(t, dir))
	}
	if found[0] != found[1] {
		t.Errorf("two runs against one target differ:\n%s", firstDifference(found[0], found[1]))
	}
}

func firstDifference(a, b string) string {
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(left), len(right)) {
		if left[i] != right[i] {
			return fmt.Sprintf("line %d:\n%s\n%s", i+1, left[i], right[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(left), len(right))
}
