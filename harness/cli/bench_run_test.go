//go:build bench

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The limits of goals about a whole run, see limitBare.
const (
	limitAlone  = "(i) A third of it is judging, evidence and journal, a sixth allocation and the garbage collector, whose limit follows six times what is in use; the rest is planning, HTTP, Ginkgo's tree and the reports."
	limitWindow = "(i) Refusing receivers are registered when no case is in progress any more whose messages would reach them: three quarters of the requests. From then on a delivery, its repeat and a quiet window follow one another, " +
		"for 2.75 s, and what can be sent meanwhile takes half of that."
	limitJournal = "(i) Three quarters of the journal are what is kept of each exchange in short: step, times, sizes, digest."
	limitLarge   = "(h) The whole document is loaded, checked and compiled before a filter applies."
)

// benchRun measures the program as people run it, against a sandbox in a process of its own,
// with the default quiet window and without one in turn.
func benchRun(t *testing.T, s *sheet) {
	binary := buildBinary(t)
	var quiet, without used
	var requests int
	out := filepath.Join(t.TempDir(), "out")
	once := func(args ...string) used {
		target, fixtures, stop := servedSandbox(t)
		defer stop()
		u := measureProcess(t, binary, append([]string{"run", "--quiet", "--target", target, "--fixtures", fixtures, "--out", out}, args...)...)
		if u.exit != 0 {
			t.Fatalf("exit code %d: %s", u.exit, u.output)
		}
		requests = requestsOf(t, out)
		return u
	}
	for range rounds {
		without = without.least(once("--quiet-window", "10ms"))
		quiet = quiet.least(once())
	}
	each := quiet.cpu / time.Duration(requests)
	s.row(fmt.Sprintf("(i) processor time a request of a whole run, the sandbox in a process of its own, %d requests", requests), each.Round(time.Microsecond).String(), "≤ 180µs", each <= 180*time.Microsecond, limitAlone)
	goal := max(without.wall*12/10, 3500*time.Millisecond)
	s.row("(i) a whole run with the default quiet window against one of 10 ms", fmt.Sprintf("%.2f ×, %.1f s against %.1f s", quiet.wall.Seconds()/without.wall.Seconds(), quiet.wall.Seconds(), without.wall.Seconds()),
		"≤ 1.2 × or 3.5 s", quiet.wall <= goal, limitWindow)
	s.row("(i) its memory at the peak", fmt.Sprintf("%d MiB", quiet.mib()), "", true, "")
	size := func(name string) float64 {
		info, err := os.Stat(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		return float64(info.Size()) / (1 << 20)
	}
	journal := size("cases.ndjson") / float64(requests) * 12_000
	s.row("(i) its journal, for 12,000 requests", fmt.Sprintf("%.1f MiB", journal), "≤ 4 MiB", journal <= 4, limitJournal)
	s.row("(i) its reports", fmt.Sprintf("run.json %.1f MiB, report.html %.1f MiB, TEST-conformance.xml %.1f MiB", size("run.json"), size("report.html"), size("TEST-conformance.xml")), "", true, "")
}

// largeDescription measures planning of a description of 8 MB, whole and one operation of it.
func largeDescription(t *testing.T, s *sheet) {
	large := os.Getenv("LARGE")
	if _, err := os.Stat(large); err != nil {
		t.Fatalf("LARGE must name a description of 8 MB, as make bench sets it: %v", err)
	}
	binary := buildBinary(t)
	for _, one := range []struct {
		what string
		args []string
		goal time.Duration
	}{
		{"one operation of it", []string{"--filter", "operation:GetAccount"}, 1500 * time.Millisecond},
		{"the whole", nil, 6 * time.Second},
	} {
		u := measureProcess(t, binary, append([]string{"plan", "--spec", large}, one.args...)...)
		if u.exit != 0 {
			t.Fatalf("exit code %d: %.2000s", u.exit, u.output)
		}
		s.row("(h) planning a description of 8 MB: "+one.what, fmt.Sprintf("%.1f s of processor time, %d MiB at the peak", u.cpu.Seconds(), u.mib()), fmt.Sprintf("≤ %.1f s, ≤ 500 MiB", one.goal.Seconds()), u.cpu <= one.goal && u.mib() <= 500, limitLarge)
	}
}
