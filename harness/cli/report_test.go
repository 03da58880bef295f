package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/reporters"
)

// finished makes a folder with the reports of a run of two operations: a clean one,
// or one against a target that lets every malformed request pass as approved.
func finished(t *testing.T, clean bool) (dir string, d *run.Document) {
	t.Helper()
	made, _ := finishedRuns.LoadOrStore(clean, sync.OnceValues(func() (*run.Document, []byte) {
		target := serve(t, newSandbox(t)) + "/v3"
		if !clean {
			target = broken(t, "malformed-approved")
		}
		var journal bytes.Buffer
		d := certify(t, certification{planOf(t, "payment-void", "webhooks_list"), target, "finished", 8, run.Options{Tool: "qorcheck test", Journal: &journal}})
		return d, journal.Bytes()
	}))
	d, journal := made.(func() (*run.Document, []byte))()
	if d == nil {
		t.Fatal("the run that this test looks at failed in another one")
	}
	dir = t.TempDir()
	files, err := reporters.Render(d, reporters.Formats(), reporters.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = rundir.Write(dir, files)
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, rundir.JournalFile), journal, 0o600)); err != nil {
		t.Fatal(err)
	}
	return dir, d
}

var finishedRuns sync.Map // whether clean → func() (*run.Document, []byte): each is made once

// TestReport_RendersAgain: what a run wrote, report writes again, byte for byte.
func TestReport_RendersAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target := broken(t, "401-for-403")
	first, _, code := commandIn(t, dir, nil, "run", "--target", target, "--filter", "operation:webhooks_list", "--out", "first")
	if code != run.ExitFail {
		t.Fatalf("exit code %d", code)
	}
	again, stderr, code := commandIn(t, dir, []string{"TZ=Asia/Kathmandu", "LC_ALL=de_DE.UTF-8", "LANG=de_DE.UTF-8"}, "report", "--from", "first", "--format", "all", "--out", "second/deep")
	if code != 0 || again != first {
		t.Errorf("exit code %d, %s\nprinted %s\nat first %s", code, stderr, again, first)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "first"))
	if err != nil || len(entries) < 3 {
		t.Fatalf("%v, %v", entries, err)
	}
	for _, e := range entries {
		if e.Name() == rundir.JournalFile {
			continue
		}
		if one, two := readFile(t, filepath.Join(dir, "first", e.Name())), readFile(t, filepath.Join(dir, "second", "deep", e.Name())); one != two {
			t.Errorf("%s differs", e.Name())
		}
	}
	t.Run("from its file", func(t *testing.T) {
		printed, _, code := commandIn(t, dir, nil, "report", "--from", "first/run.json", "--format", "junit", "--out", "-")
		if code != 0 || printed != readFile(t, filepath.Join(dir, "first", rundir.JUnitFile)) {
			t.Errorf("exit code %d, printed %.300s", code, printed)
		}
	})
}

// TestReport_OfNoRun: what is no finished run is an error that says so.
func TestReport_OfNoRun(t *testing.T) {
	t.Parallel()
	dir, d := finished(t, true)
	good := readFile(t, filepath.Join(dir, "run.json"))
	for _, tt := range []struct {
		claim, content string
		says           []string
	}{
		{"cut off", good[:len(good)/2], []string{"--from", "unexpected EOF"}},
		{"empty", "", []string{"it is empty"}},
		{"of another program", `{"version": "1.2.3", "name": "left-pad"}`, []string{"not one of a run"}},
		{"of another version", strings.Replace(good, `"version": 4`, `"version": 2`, 1), []string{"its format is version 2", "reads version 4"}},
		{"with numbers that do not add up", strings.Replace(good, fmt.Sprintf(`"planned": %d`, d.Planned), `"planned": 1`, 1), []string{"1 obligations planned"}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFiles(t, dir, map[string]string{"run.json": tt.content})
			stdout, stderr, code := commandIn(t, dir, nil, "report", "--from", ".", "--format", "console,junit", "--out", "new")
			if code != run.ExitUsage || stdout != "" {
				t.Errorf("exit code %d: %s", code, stdout)
			}
			for _, want := range tt.says {
				if !strings.Contains(stderr, want) {
					t.Errorf("stderr does not say %q: %s", want, stderr)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "new")); err == nil {
				t.Error("it wrote something")
			}
		})
	}
}

// TestReport_OfAKilledRun: what is in the journal is in every report, whatever became of run.json.
func TestReport_OfAKilledRun(t *testing.T) {
	t.Parallel()
	from, want := finished(t, false)
	journal := readFile(t, filepath.Join(from, rundir.JournalFile))
	lines := strings.SplitAfter(journal, "\n")
	half := strings.Join(lines[:len(lines)/2], "")
	document := readFile(t, filepath.Join(from, rundir.DocumentFile))
	for _, tt := range []struct {
		claim string
		files map[string]string
		whole bool
		says  string
	}{
		{"between its end and its reports", map[string]string{"cases.ndjson": journal}, true, "run.json is missing"},
		{"in the middle", map[string]string{"cases.ndjson": half}, false, "read from cases.ndjson\n"},
		{"in the middle of a line", map[string]string{"cases.ndjson": half + `{"case":"pay`}, false, "without its last line, which is incomplete"},
		{"after it was resumed", map[string]string{"cases.ndjson": journal + `{"resumed":{"runId":"second"}}` + "\n", "run.json": document}, false, "older than the end of the run"},
		{"while it wrote run.json", map[string]string{"cases.ndjson": journal, "run.json": document[:len(document)/2]}, true, "older than the end of the run"},
		{"not at all", map[string]string{"cases.ndjson": journal, "run.json": document}, true, ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFiles(t, dir, tt.files)
			_, stderr, code := commandIn(t, dir, nil, "report", "--from", ".", "--format", strings.Join(reporters.Formats(), ","), "--junit-cases", "--out", ".")
			if code != 0 || !strings.Contains(stderr, tt.says) || tt.says == "" && strings.Contains(stderr, "read from") {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			got := readDocument(t, dir)
			if tt.whole {
				if text := readFile(t, filepath.Join(dir, rundir.DocumentFile)); text != document {
					t.Errorf("another document:\n%s", firstDifference(text, document))
				}
				return
			}
			if !got.Interrupted || got.ExitCode != run.ExitInterrupted || got.Cases != want.Cases || got.CaseCounts.Pass+got.CaseCounts.Fail < len(lines)/2-1 {
				t.Errorf("%s, cases %+v", got.Verdict, got.CaseCounts)
			}
			for _, name := range []string{rundir.JUnitFile, rundir.HTMLFile, rundir.SummaryFile} {
				if text := readFile(t, filepath.Join(dir, name)); !strings.Contains(text, "INTERRUPTED") {
					t.Errorf("%s does not say that the run is incomplete", name)
				}
			}
		})
	}
}

// TestJUnit_Choices: both profiles, by obligation and by case, while running and later.
func TestJUnit_Choices(t *testing.T) {
	t.Parallel()
	dir, d := finished(t, false)
	for _, tt := range []struct {
		claim string
		args  []string
		tests int
		says  string
		not   string
	}{
		{"ci", nil, d.Planned, ` file="`, `package="`},
		{"strict", []string{"--junit", "strict"}, d.Planned, `package="`, ` file="`},
		{"cases", []string{"--junit-cases"}, d.Cases, `name="payment-void.malformed.`, ""},
		{"strict cases", []string{"--junit-cases", "--junit", "strict"}, d.Cases, `package="`, `timestamp="20.*Z"`},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			printed, stderr, code := commandIn(t, dir, nil, append([]string{"report", "--from", ".", "--format", "junit", "--out", "-"}, tt.args...)...)
			if code != 0 || !strings.Contains(printed, tt.says) || tt.not != "" && strings.Contains(printed, tt.not) {
				t.Errorf("exit code %d %s: %.600s", code, stderr, printed)
			}
			if n := strings.Count(printed, "<testcase "); n != tt.tests {
				t.Errorf("%d test cases, want %d", n, tt.tests)
			}
		})
	}
	t.Run("without the journal", func(t *testing.T) {
		if err := os.Remove(filepath.Join(dir, rundir.JournalFile)); err != nil {
			t.Fatal(err)
		}
		_, stderr, code := commandIn(t, dir, nil, "report", "--from", ".", "--format", "junit", "--junit-cases", "--out", "again")
		if code != run.ExitUsage || !strings.Contains(stderr, "--junit-cases needs the journal") {
			t.Errorf("exit code %d: %s", code, stderr)
		}
	})
}

func TestHelp_ListsFormats(t *testing.T) {
	help, _, _ := command(t, nil, "report", "--help")
	for _, name := range reporters.Formats() {
		if !slices.Contains(strings.FieldsFunc(help, func(c rune) bool { return strings.ContainsRune(" ,\n(", c) }), name) {
			t.Errorf("--format %s is not in the help:\n%s", name, help)
		}
	}
}
