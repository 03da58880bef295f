package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/sandbox"
	"qorcheck/reporters"
	"qorcheck/spec"
)

// signalled starts qorcheck in a folder, sends it signals, each as soon as the
// journal in out has a number of lines, and returns how it ended. A busy machine may
// look so seldom that the run ends first: then it is begun anew.
func signalled(t *testing.T, dir, out string, at map[syscall.Signal]int, arguments ...string) (stdout string, state *os.ProcessState) {
	t.Helper()
	for range 5 {
		c := newProcess(t.Context(), t, dir, nil, arguments...)
		var output bytes.Buffer
		c.Stdout = &output
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if endedBy(t, c, filepath.Join(dir, out, rundir.JournalFile), maps.Clone(at)) {
			return output.String(), c.ProcessState
		}
		if err := os.RemoveAll(filepath.Join(dir, out)); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("it ended each time before it was signalled")
	return "", nil
}

// endedBy sends a process its signals, waits for its end, and reports whether they ended it.
func endedBy(t *testing.T, c *exec.Cmd, journal string, at map[syscall.Signal]int) bool {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	lines, read := 0, int64(0) // what was written since is read alone: this looks often
	for {
		written := writtenSince(journal, read)
		read += int64(len(written))
		lines += bytes.Count(written, []byte("\n"))
		for signal, wanted := range at {
			if lines >= wanted && c.Process.Signal(signal) == nil {
				delete(at, signal)
			}
		}
		select {
		case err := <-ended:
			if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
				t.Fatal(err)
			}
			return len(at) == 0 && !c.ProcessState.Success() // it may have ended by itself just then
		case <-time.After(time.Millisecond):
		}
	}
}

// writtenSince returns what a file holds from an offset on, nothing where it is not there yet.
func writtenSince(name string, offset int64) []byte {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, _ := io.ReadAll(io.NewSectionReader(f, offset, math.MaxInt64-offset)) // what cannot be read yet is read next time
	return data
}

// outcomesByCase returns how each case ended, and demands that none is there twice.
func outcomesByCase(t *testing.T, dir string) map[string]string {
	t.Helper()
	list := map[string]string{}
	err := run.ReadJournal(strings.NewReader(readFile(t, filepath.Join(dir, rundir.JournalFile))), func(e run.Entry) error {
		if list[e.Case] != "" {
			t.Errorf("the journal holds %s twice", e.Case)
		}
		verdicts, err := json.Marshal(e.Verdicts)
		list[e.Case] = fmt.Sprint(e.Outcome, string(verdicts))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// incomplete demands that every report in a folder says that the run is.
func incomplete(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{rundir.DocumentFile, rundir.JUnitFile, rundir.HTMLFile, rundir.SummaryFile} {
		if text := readFile(t, filepath.Join(dir, name)); !strings.Contains(text, "INTERRUPTED") {
			t.Errorf("%s does not say that the run is incomplete", name)
		}
	}
}

// quick is a plan of two hundred cases: writes, preparations, messages, readings. How soon
// a message comes is not judged, for on a busy machine that is another verdict each time,
// nor what rows of a list have, for that depends on which are there.
var quick = []string{"--filter", "(operation:payment-void || operation:webhooks_list) && !requirement:RH-MSG-13 && !requirement:RH-200-24", "--quiet-window", "300ms"}

// TestResume_AfterKill kills a run at ten moments. What is there is in every
// report, and the rest is sent when it is resumed, to the verdicts of an undisturbed run.
func TestResume_AfterKill(t *testing.T) {
	t.Parallel()
	args := append([]string{"run", "--target", serve(t, newSandbox(t)) + "/v3"}, quick...)
	whole := t.TempDir()
	if stdout, stderr, code := commandIn(t, whole, nil, append(args, "--out", ".")...); code != run.ExitPass {
		t.Fatalf("exit code %d:\n%s%s", code, stdout, stderr)
	}
	want, wantCases := verdicts(t, whole), outcomesByCase(t, whole)
	moments := rand.New(rand.NewPCG(25, 0))
	for range 5 {
		lines := 1 + moments.IntN(len(wantCases)) // the head is one
		t.Run(fmt.Sprintf("after %d lines", lines), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			out := filepath.Join(dir, "out")
			args := append([]string{"run", "--target", serve(t, newSandbox(t)) + "/v3"}, quick...)
			signalled(t, dir, "out", map[syscall.Signal]int{syscall.SIGKILL: lines}, args...)
			before := readFile(t, filepath.Join(out, rundir.JournalFile))
			before = before[:strings.LastIndex(before, "\n")+1]
			if _, stderr, code := commandIn(t, dir, nil, "report", "--format", strings.Join(reporters.Formats(), ",")); code != 0 {
				t.Fatalf("report: exit code %d: %s", code, stderr)
			}
			incomplete(t, out)
			stdout, stderr, code := commandIn(t, dir, nil, "run", "--resume", "out")
			missing := fmt.Sprintf("%d of %d cases are missing", len(wantCases)+1-strings.Count(before, "\n"), len(wantCases))
			if code != run.ExitPass || !strings.Contains(stderr, missing) {
				t.Errorf("exit code %d, not %q:\n%s%s", code, missing, stdout, stderr)
			}
			if !strings.HasPrefix(readFile(t, filepath.Join(out, rundir.JournalFile)), before) {
				t.Error("what was known before is not in the journal")
			}
			if got := verdicts(t, out); got != want {
				t.Errorf("other verdicts than undisturbed: %s", firstDifference(got, want))
			}
			if got := outcomesByCase(t, out); fmt.Sprint(got) != fmt.Sprint(wantCases) {
				t.Error("other verdicts on cases than undisturbed")
			}
			if d := readDocument(t, out); len(d.Further) != 1 || d.Further[0] == d.RunID {
				t.Errorf("run ids %s, %s", d.RunID, d.Further)
			}
		})
	}
}

// begun makes a folder with the files that a run was begun with and, in out, the
// first half of that run. The target counts its requests.
func begun(t *testing.T) (dir string, requests *atomic.Int32) {
	t.Helper()
	dir, requests = t.TempDir(), &atomic.Int32{}
	inner := newSandbox(t)
	target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		inner.ServeHTTP(w, r)
	}))
	writeFiles(t, dir, map[string]string{
		"f.yaml": string(sandbox.Fixtures("")), "s.yaml": string(spec.BuiltInDescription()), "r.yaml": string(spec.BuiltInRequirements()),
		"w.yaml": "waivers: []\n",
	})
	_, stderr, code := commandIn(t, dir, nil, "run", "--target", target+"/v3", "--fixtures", "f.yaml", "--spec", "s.yaml", "--requirements", "r.yaml", "--waivers", "w.yaml",
		"--filter", "operation:webhooks_list", "--seed", "3", "--timeout", "20s", "--run-id", "first")
	if code != run.ExitPass {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	journal := filepath.Join(dir, "out", rundir.JournalFile)
	lines := strings.SplitAfter(readFile(t, journal), "\n")
	if err := os.WriteFile(journal, []byte(strings.Join(lines[:len(lines)/2], "")), 0o600); err != nil {
		t.Fatal(err)
	}
	requests.Store(0)
	return dir, requests
}

// TestResume_Refuses: a run is not resumed as another one. The error names what
// differs, nothing is sent, and no file is touched.
func TestResume_Refuses(t *testing.T) {
	t.Parallel()
	base, requests := begun(t)
	for _, tt := range []struct {
		claim string
		args  []string
		bend  map[string][2]string // files, with what is replaced in them
		says  []string
	}{
		{"other fixtures", nil, map[string][2]string{"f.yaml": {"cannot: {}", "cannot: { RH-403-6: not here }"}}, []string{"--fixtures has changed", "its digest is sha256:", "was begun with sha256:"}},
		{"another value of the fixtures", nil, map[string][2]string{"f.yaml": {`cvv: "321"`, `cvv: "322"`}}, []string{"keys, cards or other values of --fixtures have changed since"}},
		{"a line that is nothing", nil, map[string][2]string{"out/cases.ndjson": {"\n", "\nnull\n"}}, []string{"--resume out", "line 2"}},
		{"another description", nil, map[string][2]string{"s.yaml": {"title: QorCommerce", "title: Another"}}, []string{"--spec has changed", "its digest is sha256:"}},
		{"other requirements", nil, map[string][2]string{"r.yaml": {"level: must", "level: should"}}, []string{"--requirements has changed", "its digest is sha256:"}},
		{"other waivers", nil, map[string][2]string{"w.yaml": {"waivers: []", "waivers: [] # none"}}, []string{"--waivers has changed", "its digest is sha256:"}},
		{"a plan made by another program", nil, map[string][2]string{"out/cases.ndjson": {`"plan":"sha256:`, `"plan":"sha256:0`}}, []string{"the plan has changed", "it was made by qorcheck", "this is qorcheck"}},
		{"another seed", []string{"--seed", "4"}, nil, []string{"--seed 4", "begun with 3"}},
		{"another filter", []string{"--filter", "operation:payment-void"}, nil, []string{"--filter operation:payment-void", "begun with operation:webhooks_list"}},
		{"another target", []string{"--target", "http://127.0.0.1:1/v3"}, nil, []string{"--target http://127.0.0.1:1/v3", "begun with http://127.0.0.1:"}},
		{"a profile", []string{"--profile", "core"}, nil, []string{"--profile core", "begun with none"}},
		{"stricter", []string{"--strict"}, nil, []string{"--strict true", "begun with false"}},
		{"less read", []string{"--body-limit", "1KiB"}, nil, []string{"--body-limit 1KiB", "begun with 1MiB"}},
		{"the same values", []string{"--run-id", "first"}, nil, []string{"--run-id first", "has used it"}},
		{"another folder", []string{"--out", "other"}, nil, []string{"--out other", "--resume out"}},
		{"a flag that this program does not have", nil, map[string][2]string{"out/cases.ndjson": {`"settings":{`, `"settings":{"colour":"red",`}}, []string{"--colour red", "does not have"}},
		{"a first line that is torn", nil, map[string][2]string{"out/cases.ndjson": {"\n", ""}}, []string{"--resume out", "journal"}},
		{"what is no journal", nil, map[string][2]string{"out/cases.ndjson": {`{"head":`, `{"foot":`}}, []string{"--resume out", "no journal of a run begins so"}},
		{"no run", []string{"--resume", "nowhere"}, nil, []string{"--resume nowhere", "no run found", "cases.ndjson"}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
				t.Fatal(err)
			}
			for name, change := range tt.bend {
				text := replaced(t, []byte(readFile(t, filepath.Join(dir, name))), change[0], change[1])
				writeFiles(t, dir, map[string]string{name: text})
			}
			before := listing(t, dir)
			args := append([]string{"run"}, tt.args...)
			if len(tt.args) == 0 || tt.args[0] != "--resume" {
				args = append(args, "--resume", "out")
			}
			stdout, stderr, code := commandIn(t, dir, nil, args...)
			if code != run.ExitUsage || stdout != "" {
				t.Errorf("exit code %d, stdout %q", code, stdout)
			}
			for _, word := range tt.says {
				if !strings.Contains(stderr, word) {
					t.Errorf("stderr does not say %q: %s", word, stderr)
				}
			}
			if n := requests.Load(); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
			if after := listing(t, dir); after != before {
				t.Error("files were touched")
			}
		})
	}
}

// TestFolder_HoldsOneRun: while a run writes, no other one begins or goes on in its
// folder, and what it wrote after it was read is not cut.
func TestFolder_HoldsOneRun(t *testing.T) {
	t.Parallel()
	dir, requests := begun(t)
	out := filepath.Join(dir, "out")
	size := int64(len(readFile(t, filepath.Join(out, rundir.JournalFile))))
	writing, err := rundir.Continue(out, size)
	if err != nil {
		t.Fatal(err)
	}
	before := listing(t, out)
	for _, args := range [][]string{{"run", "--out", "out"}, {"run", "--resume", "out"}} {
		_, stderr, code := commandIn(t, dir, nil, args...)
		if code != run.ExitUsage || !strings.Contains(stderr, "--out out: another run is writing there") {
			t.Errorf("%v: exit code %d: %s", args, code, stderr)
		}
		if n := requests.Load(); n != 0 || listing(t, out) != before {
			t.Errorf("%v: %d requests were sent, or files were touched", args, n)
		}
	}
	if _, err := writing.WriteString("{}\n"); err != nil {
		t.Fatal(err)
	}
	if err := writing.Close(); err != nil {
		t.Fatal(err)
	}
	before = listing(t, out)
	if _, err := rundir.Continue(out, size); err == nil || !strings.Contains(err.Error(), "another run has continued it meanwhile") || listing(t, out) != before {
		t.Errorf("%v, or files were touched", err)
	}
}

// TestResume: flags are those of the begun run, what may differ may be given, a
// torn line is cut, and a run that is complete is left as it is.
func TestResume(t *testing.T) {
	t.Parallel()
	dir, requests := begun(t)
	out := filepath.Join(dir, "out")
	journal := filepath.Join(out, rundir.JournalFile)
	half := readFile(t, journal)
	writeFiles(t, dir, map[string]string{"out/" + rundir.JournalFile: half + `{"case":"webhooks-list.va`, "moved.yaml": readFile(t, filepath.Join(dir, "f.yaml"))})
	if _, stderr, code := commandIn(t, dir, nil, "report"); code != 0 || !strings.Contains(stderr, "without its last line, which is incomplete") {
		t.Errorf("report: exit code %d: %s", code, stderr)
	}
	_, stderr, code := commandIn(t, dir, nil, "run", "--resume", "out", "--out", "./out/", "--seed", "3", "--fixtures", "moved.yaml", "--timeout", "15s", "--concurrency", "2", "--rate", "500/s")
	for _, want := range []string{"the last line is incomplete and is cut", "resuming run first: "} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr does not say %q: %s", want, stderr)
		}
	}
	d := readDocument(t, out)
	if code != run.ExitPass || d.Seed != 3 || d.Filter != "operation:webhooks_list" || d.Rate != "500/s" || d.CaseCounts.Pass != d.Cases {
		t.Errorf("exit code %d, seed %d, filter %s, rate %s: %s", code, d.Seed, d.Filter, d.Rate, stderr)
	}
	whole := readFile(t, journal)
	if !strings.HasPrefix(whole, half+`{"resumed":`) || len(outcomesByCase(t, out)) != d.Cases {
		t.Errorf("the journal does not go on where it was whole")
	}
	if n := int(requests.Swap(0)); n > d.Requests {
		t.Errorf("%d requests were sent, %d are counted in both parts", n, d.Requests)
	}

	first := listing(t, out)
	for _, name := range []string{rundir.HTMLFile, rundir.DocumentFile} {
		if err := os.Remove(filepath.Join(out, name)); err != nil {
			t.Fatal(err)
		}
	}
	stdout, stderr, code := commandIn(t, dir, nil, "run", "--resume", "out", "--quiet-window", "1s")
	if code != run.ExitPass || !strings.Contains(stderr, "out: the run is complete, nothing is sent") || !strings.HasPrefix(lastLine(stdout), "PASSED: ") {
		t.Errorf("complete: exit code %d:\n%s%s", code, stdout, stderr)
	}
	if n := requests.Load(); n != 0 || listing(t, out) != first {
		t.Errorf("complete: %d requests were sent, or the reports are others than before", n)
	}
}

// TestResume_InTheSandbox: the embedded sandbox is new and empty, and a complete
// run that failed exits again as it did.
func TestResume_InTheSandbox(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	signalled(t, dir, "out", map[syscall.Signal]int{syscall.SIGKILL: 20}, "run", "--filter", "operation:payment-void || operation:payment-capture", "--quiet-window", "300ms")
	if stdout, stderr, code := commandIn(t, dir, nil, "run", "--resume", "out"); code != run.ExitPass {
		t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
	}
	target := broken(t, "401-for-403")
	for _, resumed := range [][]string{nil, {"--resume", "failing"}} {
		args := append([]string{"run", "--target", target, "--filter", "operation:webhooks_list", "--out", "failing"}, resumed...)
		if stdout, stderr, code := commandIn(t, dir, nil, args...); code != run.ExitFail {
			t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
		}
	}
}

// TestResume_WhenTheTargetIsBack: sending stops when the target is gone, and goes on later.
func TestResume_WhenTheTargetIsBack(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	var back atomic.Bool
	inner := newSandbox(t)
	target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) > 150 && !back.Load() {
			panic(http.ErrAbortHandler)
		}
		inner.ServeHTTP(w, r)
	})) + "/v3"
	dir := t.TempDir()
	args := append([]string{"run", "--target", target}, quick...)
	if _, stderr, code := commandIn(t, dir, nil, args...); code != run.ExitUnclear {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if d := readDocument(t, filepath.Join(dir, "out")); d.Stopped.IsZero() || d.Counts.Fail > 0 {
		t.Errorf("stopped %q, %+v", d.Stopped, d.Counts)
	}
	if _, _, code := commandIn(t, dir, nil, "run", "--resume", "out"); code != run.ExitUnclear {
		t.Errorf("still gone: exit code %d", code)
	}
	back.Store(true)
	if stdout, stderr, code := commandIn(t, dir, nil, "run", "--resume", "out"); code != run.ExitPass {
		t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
	}
}
