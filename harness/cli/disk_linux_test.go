package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
)

// roomFor runs qorcheck where no file can become larger than a number of blocks, of
// 512 or 1024 bytes as the shell counts, which is reported as a full disk is.
func roomFor(t *testing.T, blocks int, dir string, arguments ...string) (stdout, stderr string, code int) {
	t.Helper()
	c := newProcess(t.Context(), t, dir, nil, arguments...)
	c.Args = append([]string{"sh", "-c", fmt.Sprintf(`ulimit -f %d && exec "$0" "$@"`, blocks), c.Path}, arguments...)
	c.Path = "/bin/sh"
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	_ = c.Run() // the exit code tells
	return out.String(), errs.String(), c.ProcessState.ExitCode()
}

// TestDiskFull: a file that cannot be written to its end is a fault, and is not
// left as if it were whole.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	t.Run("the journal", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		stdout, stderr, code := roomFor(t, 160, dir, "run", "--filter", "operation:webhooks_list")
		if code != run.ExitBroken || stdout != "" || !strings.Contains(stderr, "write out/cases.ndjson: file too large; no report is written, the rest can be sent with --resume out\n") {
			t.Errorf("exit code %d, printed %q: %s", code, stdout, stderr)
		}
		if found := names(t, filepath.Join(dir, "out")); found != "cases.ndjson" {
			t.Errorf("files %s", found)
		}
		if _, stderr, code := commandIn(t, dir, nil, "report"); code != 0 || !strings.Contains(stderr, "without its last line, which is incomplete") {
			t.Errorf("report: exit code %d: %s", code, stderr)
		}
		if _, stderr, code := commandIn(t, dir, nil, "run", "--resume", "out"); code != run.ExitPass || !strings.Contains(stderr, "is cut") {
			t.Errorf("resumed: exit code %d: %s", code, stderr)
		}
	})
	t.Run("a report", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		stdout, stderr, code := roomFor(t, 120, dir, "run", "--filter", oneRead)
		if code != run.ExitBroken || stdout != "" || !strings.Contains(stderr, "report report.html: write out/") || !strings.Contains(stderr, "file too large") {
			t.Errorf("exit code %d, printed %q: %s", code, stdout, stderr)
		}
		if found := names(t, filepath.Join(dir, "out")); found != "TEST-conformance.xml cases.ndjson run.json" {
			t.Errorf("files %s", found)
		}
		if d := readDocument(t, filepath.Join(dir, "out")); d.ExitCode != run.ExitPass {
			t.Errorf("run.json: %s", d.Verdict)
		}
		stdout, stderr, code = roomFor(t, 40, dir, "report", "--format", "html,console", "--out", "again")
		if found := names(t, filepath.Join(dir, "again")); code != run.ExitBroken || found != "" || !strings.Contains(stderr, "file too large") {
			t.Errorf("report: exit code %d, files %s, printed %q: %s", code, found, stdout, stderr)
		}
	})
	t.Run("what is printed", func(t *testing.T) {
		t.Parallel()
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer full.Close()
		c := newProcess(t.Context(), t, t.TempDir(), nil, "run", "--filter", oneRead)
		var errs bytes.Buffer
		c.Stdout, c.Stderr = full, &errs
		_ = c.Run() // the exit code tells
		if code := c.ProcessState.ExitCode(); code != run.ExitBroken || !strings.Contains(errs.String(), "no space left on device") {
			t.Errorf("exit code %d: %s", code, errs.String())
		}
	})
}

// names lists the files of a folder.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

// TestOut_NowhereToWrite: that there will be no reports is found before the first request.
func TestOut_NowhereToWrite(t *testing.T) {
	t.Parallel()
	var connections atomic.Int32
	target := "http://" + listening(t, &connections) + "/v3"
	shards := t.TempDir()
	shardsIn(t, shards)
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "taken", rundir.JournalFile, "in it"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		claim, out, says string
	}{
		{"where nobody can write, not even root", "/proc", "open /proc/"},
		{"where nobody can make a folder", "/proc/reports", "mkdir"},
		{"where a folder is in the way", "taken", "cases.ndjson"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			for _, args := range [][]string{{"run", "--target", target}, {"merge", filepath.Join(shards, "shard1"), filepath.Join(shards, "shard2")}} {
				_, stderr, code := commandIn(t, dir, nil, append(args, "--out", tt.out)...)
				if code != run.ExitUsage || !strings.Contains(stderr, "--out "+tt.out+": ") || !strings.Contains(stderr, tt.says) {
					t.Errorf("%s: exit code %d: %s", args[0], code, stderr)
				}
			}
			if n := connections.Load(); n != 0 {
				t.Errorf("%d connections were opened", n)
			}
		})
	}
}
