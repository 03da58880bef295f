package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

var update = flag.Bool("update", false, "write golden files anew")

// buildOnce builds a program or a test binary of the module, once for all tests.
func buildOnce(name string, command ...string) func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		file := filepath.Join(os.TempDir(), fmt.Sprintf("qorcheck-%s-%d.test", name, os.Getpid()))
		c := exec.Command("go", append(command[:len(command)-1:len(command)-1], "-o", file, command[len(command)-1])...)
		c.Dir = root
		if output, err := c.CombinedOutput(); err != nil {
			return "", fmt.Errorf("go %s: %w: %s", strings.Join(command, " "), err, output)
		}
		built.Store(file, true)
		return file, nil
	})
}

var (
	built     sync.Map // files to remove at the end
	suiteTest = buildOnce("suites", "test", "-c", "./suites")
	ginkgoCLI = buildOnce("ginkgo", "build", "github.com/onsi/ginkgo/v2/ginkgo")
)

// ginkgoRun runs the suite's test binary, by Ginkgo's own program if cli says so, as a
// user's shell would, and returns what it printed. Without a target it takes the sandbox.
func ginkgoRun(t *testing.T, cli bool, flags []string, own []string, hook func(*exec.Cmd)) (printed string, code int) {
	t.Helper()
	binary := must(suiteTest())(t)
	c := exec.Command(binary, append(append([]string{"-test.run=^TestConformance$"}, flags...), own...)...)
	if cli {
		c = exec.Command(must(ginkgoCLI())(t), append(append(append([]string{"run"}, flags...), binary, "--", "-test.run=^TestConformance$"), own...)...)
	}
	c.Env = withoutSettings(os.Environ())
	c.Dir = t.TempDir()
	var output bytes.Buffer
	c.Stdout, c.Stderr = &output, &output
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if hook != nil {
		hook(c)
	}
	if err := c.Wait(); err != nil {
		if _, exited := errors.AsType[*exec.ExitError](err); !exited {
			t.Fatal(err)
		}
	}
	return output.String(), c.ProcessState.ExitCode()
}

// counted serves the tiny API and counts its requests. It calls each with the number so far.
func counted(t *testing.T, each func(n int64, w http.ResponseWriter, r *http.Request) (done bool)) (target string, count *atomic.Int64) {
	t.Helper()
	count = &atomic.Int64{}
	inner := newTinyServer()
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := count.Add(1); each == nil || !each(n, w, r) {
			inner.ServeHTTP(w, r)
		}
	})) + "/api", count
}

// tinyFiles writes the files of the tiny API and returns the flags that name them.
func tinyFiles(t *testing.T) (dir string, flags []string) {
	t.Helper()
	dir = t.TempDir()
	writeFiles(t, dir, map[string]string{"api.yaml": tinyDescription, "handbook.yaml": tinyRequirements, "pebble.yaml": tinyFixtures})
	return dir, []string{"--spec", filepath.Join(dir, "api.yaml"), "--requirements", filepath.Join(dir, "handbook.yaml"), "--fixtures", filepath.Join(dir, "pebble.yaml")}
}

// TestGinkgo_Flags: what each of Ginkgo's flags does to what is sent. The table in
// suites/testdata is made by it.
func TestGinkgo_Flags(t *testing.T) {
	t.Parallel()
	_, files := tinyFiles(t)
	asked := func(cli bool, flags, own []string) (int64, int, string) {
		target, count := counted(t, nil)
		printed, code := ginkgoRun(t, cli, flags, append(append([]string{"--target", target}, files...), own...), nil)
		return count.Load(), code, printed
	}
	all, code, printed := asked(false, nil, nil)
	if code != 0 || all < 50 {
		t.Fatalf("exit code %d, %d requests:\n%s", code, all, printed)
	}
	one, _, _ := asked(false, nil, []string{"--filter", "operation:readTransfer"})
	var table strings.Builder
	table.WriteString("| Ginkgo's flag | Requests that reach the target | Exit code |\n|---|---|---|\n")
	for _, row := range []struct {
		flags  string
		cli    bool
		sends  int64
		words  string
		code   int
		prints string
	}{
		{"--label-filter=operation:readTransfer", false, one, "what is kept", 0, ""},
		{"--focus=readTransfer", false, one, "what is kept", 0, ""},
		{"--skip=makeTransfer --skip=findTransfers", false, one, "what is kept", 0, ""},
		{"--focus-file=api.yaml:100", false, 0, "none: nothing is kept", 1, "keep none of"},
		{"--label-filter=operation:nothing", false, 0, "none: nothing is kept", 1, "keep none of"},
		{"--randomize-all", false, all, "all", 0, ""},
		{"--seed=7", false, all, "all", 0, ""},
		{"-v", false, all, "all", 0, "when the request is malformed"},
		{"-vv", false, all, "all", 0, "when the request is malformed"},
		{"--succinct", false, all, "all", 0, ""},
		{"--no-color", false, all, "all", 0, ""},
		{"--trace", false, all, "all", 0, ""},
		{"--timeout=5m", false, all, "all", 0, ""},
		{"--poll-progress-after=1ms", false, all, "all", 0, ""},
		{"--junit-report=junit.xml", false, all, "all", 0, ""},
		{"--json-report=report.json", false, all, "all", 0, ""},
		{"--dry-run", false, 0, "none", 0, ""},
		{"--flake-attempts=2", false, 0, "none: refused", 1, "--flake-attempts 2: a spec reads a verdict"},
		{"--no-such-flag", false, 0, "none: refused", 2, "not defined: -ginkgo.no-such-flag"},
		{"--repeat=1", true, 2 * all, "all, in each run", 0, ""},
		{"--procs=2", true, all, "all, by one process", 0, ""},
	} {
		fmt.Fprintf(&table, "| `%s` | %s | %d |\n", row.flags, row.words, row.code)
		t.Run(row.flags, func(t *testing.T) {
			t.Parallel()
			flags := strings.Fields(row.flags)
			for i := range flags {
				if !row.cli {
					flags[i] = "-ginkgo." + strings.TrimLeft(flags[i], "-")
				}
			}
			sent, code, printed := asked(row.cli, flags, nil)
			if sent != row.sends || code != row.code || !strings.Contains(printed, row.prints) {
				t.Errorf("%d requests, want %d; exit code %d, want %d; must print %q:\n%s", sent, row.sends, code, row.code, row.prints, printed)
			}
		})
	}
	golden(t, filepath.Join(root, "suites", "testdata", "flags.md"), table.String())
}

// golden compares a text with that of a file, or writes it.
func golden(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if readFile(t, file) != text {
		t.Errorf("%s is not what the test makes; if that is meant: go test ./harness/cli -run %s -update", file, t.Name())
	}
}

// TestGinkgo_StopsEarly: after a first failure, or Ctrl-C, once and twice, sending stops,
// and the reports are written.
func TestGinkgo_StopsEarly(t *testing.T) {
	t.Parallel()
	_, files := tinyFiles(t)
	for name, row := range map[string]struct {
		flags   []string
		signals int
		says    string
	}{
		"--fail-fast":  {[]string{"-ginkgo.fail-fast", "-ginkgo.label-filter=requirement:P-401"}, 0, "INTERRUPTED"},
		"Ctrl-C":       {nil, 1, "INTERRUPTED"},
		"Ctrl-C twice": {nil, 2, "INTERRUPTED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "out")
			begun := make(chan struct{})
			var once sync.Once
			target, count := counted(t, func(n int64, w http.ResponseWriter, r *http.Request) bool {
				if n >= 20 {
					once.Do(func() { close(begun) })
				}
				if row.signals == 0 && r.Header.Get("Authorization") == "" {
					w.WriteHeader(http.StatusTeapot) // one obligation of each operation fails
					return true
				}
				if row.signals > 0 && n > 20 {
					<-r.Context().Done() // what is under way when the signal comes
					return true
				}
				return false
			})
			own := append([]string{"--target", target, "--out", out, "--rate", "20/s", "--concurrency", "1", "--timeout", "3s"}, files...)
			printed, code := ginkgoRun(t, false, row.flags, own, func(c *exec.Cmd) {
				if row.signals > 0 {
					<-begun
				}
				for range row.signals {
					if err := c.Process.Signal(syscall.SIGINT); err != nil {
						t.Error(err)
					}
				}
			})
			if code == 0 {
				t.Errorf("exit code 0:\n%s", printed)
			}
			d := readDocument(t, out)
			if !strings.HasPrefix(d.Verdict, row.says) || d.CaseCounts.NotRun == 0 {
				t.Errorf("%s, %d cases not run, %d requests:\n%s", d.Verdict, d.CaseCounts.NotRun, count.Load(), printed)
			}
		})
	}
}

// TestGinkgo_UntilItFails: each attempt is a run of its own, and the first failing one is the last.
func TestGinkgo_UntilItFails(t *testing.T) {
	t.Parallel()
	_, files := tinyFiles(t)
	target, count := counted(t, nil)
	if _, code := ginkgoRun(t, false, nil, append([]string{"--target", target}, files...), nil); code != 0 {
		t.Fatal(code)
	}
	all := count.Load()
	breaks, asked := counted(t, func(n int64, w http.ResponseWriter, r *http.Request) bool {
		if n <= all {
			return false
		}
		http.Error(w, "gone", http.StatusTeapot)
		return true
	})
	printed, code := ginkgoRun(t, true, []string{"--until-it-fails"}, append([]string{"--target", breaks}, files...), nil)
	if code == 0 || asked.Load() <= all || !strings.Contains(printed, "failed") {
		t.Errorf("exit code %d after %d requests, the first run has %d:\n%s", code, asked.Load(), all, printed)
	}
}

// TestGinkgo_ShowsFailures: what Ginkgo's own reports hold of a failure is what the
// program's reports show, and what need not hold is seen although it does not fail.
func TestGinkgo_ShowsFailures(t *testing.T) {
	t.Parallel()
	dir, files := tinyFiles(t)
	inner := newTinyServer()
	target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusTeapot)
			fmt.Fprint(w, `{}`)
			return
		}
		inner.ServeHTTP(w, r)
	})) + "/api"
	junit, report := filepath.Join(dir, "junit.xml"), filepath.Join(dir, "report.json")
	printed, code := ginkgoRun(t, false, []string{"-ginkgo.junit-report=" + junit, "-ginkgo.json-report=" + report, "-ginkgo.no-color"}, append([]string{"--target", target}, files...), nil)
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	for where, text := range map[string]string{"console": printed, "JUnit": readFile(t, junit), "JSON": readFile(t, report)} {
		for _, word := range []string{"readTransfer", "401", "418", "curl ", "expected:", "received:", "must"} {
			if !strings.Contains(text, word) {
				t.Errorf("%s does not show %q", where, word)
			}
		}
		if strings.Contains(text, "pebble-good-7f3a9c21") {
			t.Errorf("%s shows a secret", where)
		}
	}
	var suites []struct {
		SpecReports []struct {
			ContainerHierarchyTexts []string
			LeafNodeType            string
		}
	}
	if err := json.Unmarshal([]byte(readFile(t, report)), &suites); err != nil {
		t.Fatal(err)
	}
	specs := 0
	for _, s := range suites[0].SpecReports {
		if s.LeafNodeType != "It" {
			continue
		}
		specs++
		if c := s.ContainerHierarchyTexts; len(c) != 3 || c[0] == "" || c[1] == "" || !strings.HasPrefix(c[2], "when ") {
			t.Errorf("a spec stands in %q, not in chapter, operation, situation", c)
		}
	}
	if specs < 30 {
		t.Errorf("%d specs", specs)
	}
}

// TestGinkgo_Settings: the suite takes the flags of run and its variables, and refuses as run does.
func TestGinkgo_Settings(t *testing.T) {
	t.Parallel()
	for want, own := range map[string][]string{
		"--targets":                            {"--targets", "http://127.0.0.1:1"},
		"must be":                              {"--timeout", "soon"},
		"--resume: the suite is one whole run": {"--resume", "out"},
		"requires --fixtures FILE":             {"--target", "https://sandbox.example.test/v3"},
	} {
		if printed, code := ginkgoRun(t, false, nil, own, nil); code != 1 || !strings.Contains(printed, want) {
			t.Errorf("%s: exit code %d:\n%s", own, code, printed)
		}
	}
	dir, _ := tinyFiles(t)
	target, count := counted(t, nil)
	c := exec.Command("go", "test", "-count=1", "-run", "^TestConformance$", "./suites", "-args", "--fixtures", "pebble.yaml")
	rel := must(filepath.Rel(must(filepath.Abs(root))(t), dir))(t)
	c.Args[len(c.Args)-1] = filepath.Join(rel, "pebble.yaml") // relative to where the command is called, not to the package
	c.Dir = root
	c.Env = append(withoutSettings(os.Environ()), "QORCHECK_TARGET="+target, "QORCHECK_SPEC="+filepath.Join(rel, "api.yaml"), "QORCHECK_REQUIREMENTS="+filepath.Join(rel, "handbook.yaml"))
	if output, err := c.CombinedOutput(); err != nil || count.Load() == 0 {
		t.Errorf("%v, %d requests:\n%s", err, count.Load(), output)
	}
}

// TestGinkgo_Disagreement: where Ginkgo counted otherwise than the document, whatever that
// says, the fault is ours.
func TestGinkgo_Disagreement(t *testing.T) {
	var printed bytes.Buffer
	p := &process{stderr: &printed}
	for _, err := range []error{nil, exitError(1), exitError(3)} {
		if code := p.exitCode(disagreement([]string{"op.R-1: Ginkgo counted it as passed, the document says fail"}, err)); code != 4 || !strings.Contains(printed.String(), "op.R-1: Ginkgo counted it as passed") {
			t.Errorf("%v: exit code %d: %s", err, code, &printed)
		}
		if got := disagreement(nil, err); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}
