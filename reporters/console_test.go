package reporters

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

// silent is the verdict on a target that does not answer.
const silent = "no answer from http://127.0.0.1/v3: connection refused; nothing else was sent"

// consoleRuns returns runs that end in three ways, by name.
func consoleRuns() map[string]*run.Document {
	passed := sample.Document(0, sample.Obligation("R-1", spec.Must, verdict.Pass), sample.Obligation("R-2", spec.Should, verdict.Pass))
	passed.Verdict = "PASSED: 2 of 2 obligations passed"
	passed.Obligations[0].Notes = []run.Note{{Text: redacttest.Text("405 is tolerated: usual"), Count: 3}}
	passed.Obligations[1].Notes = []run.Note{{Text: redacttest.Text("405 is tolerated: usual"), Count: 1}}

	var list []run.Obligation
	for i := range 7 {
		list = append(list, sample.Obligation(fmt.Sprintf("R-%d", i), spec.Must, verdict.Fail))
	}
	list = append(list, sample.Obligation("R-7", spec.Should, verdict.Fail))
	for i := range 6 {
		o := sample.Obligation(fmt.Sprintf("R-1%d", i), spec.Must, verdict.Inconclusive)
		o.Why = "add to toy.yaml: keys"
		list = append(list, o)
	}
	list = append(list, sample.Obligation("R-20", spec.Must, verdict.Broken), sample.Obligation("R-21", spec.Must, verdict.Unsupported), sample.Obligation("R-22", spec.Must, verdict.NotRun), sample.Obligation("R-23", spec.Must, verdict.Pass))
	failed := sample.Document(1, list...)
	failed.Verdict = "FAILED: 7 of 18 obligations failed, 1 passed"
	failed.Untested = []run.Untested{{Requirement: "R-30", Sentence: "later", Reason: "not yet"}}
	failed.Left = redacttest.Texts("DELETE http://127.0.0.1/v3/made/7")

	dead := sample.Document(3, sample.Obligation("R-1", spec.Must, verdict.NotRun))
	dead.Preflight = redacttest.Text(silent)
	dead.Obligations[0].Why, dead.Verdict = silent, "INCONCLUSIVE: "+silent
	return map[string]*run.Document{"passing": passed, "failing": failed, "dead": dead}
}

func TestConsole(t *testing.T) {
	for name, d := range consoleRuns() {
		t.Run(name, func(t *testing.T) {
			var plain, painted bytes.Buffer
			if err := errors.Join(Console(&plain, d, false), Console(&painted, d, true)); err != nil {
				t.Fatal(err)
			}
			golden(t, "console-"+name+".txt", plain.Bytes())
			if strings.Contains(plain.String(), "\x1b") {
				t.Error("colour codes without colour")
			}
			without := strings.NewReplacer("\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[0m", "").Replace(painted.String())
			if without != plain.String() || strings.Count(painted.String(), "\x1b[0m") == 0 {
				t.Errorf("with colour the text differs:\n%s", painted.String())
			}
			if lines := strings.Split(strings.TrimSpace(plain.String()), "\n"); lines[len(lines)-1] != d.Verdict {
				t.Errorf("the last line is not the verdict: %s", lines[len(lines)-1])
			}
			if n := strings.Count(plain.String(), d.Verdict); n != 1 || name == "dead" && strings.Count(plain.String(), silent) != 1 {
				t.Errorf("the verdict is shown %d times", n)
			}
			if green := strings.Contains(painted.String(), "\x1b[32m"); green != (d.ExitCode == 0) {
				t.Errorf("green: %v", green)
			}
		})
	}
}

func TestConsole_Warnings(t *testing.T) {
	t.Run("a message about what the run did not do", func(t *testing.T) {
		d := sample.Document(0, sample.Obligation("R-1", spec.Must, verdict.Pass))
		d.Foreign = redacttest.Texts("sale.approved about 7")
		var b bytes.Buffer
		if err := Console(&b, d, false); err != nil || !strings.Contains(b.String(), "message about what this run did not do: sale.approved about 7\n") {
			t.Errorf("%v\n%s", err, b.String())
		}
	})
	t.Run("a warning is not painted as a failure", func(t *testing.T) {
		var b bytes.Buffer
		if err := Console(&b, sample.Document(0, sample.Obligation("R-1", spec.Should, verdict.Fail)), true); err != nil || strings.Contains(b.String(), "\x1b[31m") || !strings.Contains(b.String(), "\x1b[33mWARNING: ") {
			t.Errorf("%v\n%s", err, b.String())
		}
	})
}

func TestLive(t *testing.T) {
	type step = run.Progress
	at := func(seconds, done int) step {
		return step{Done: done, Total: 400, Failed: 1, Elapsed: time.Duration(seconds) * time.Second}
	}
	pause := func(p step) step {
		p.Pause = exchange.Pause{For: 12 * time.Second, Why: redacttest.Text("GET /v3/x was answered 429")}
		return p
	}
	resumed := func(p step) step { p.Earlier = p.Done - 1; return p }
	for _, tt := range []struct {
		claim    string
		terminal bool
		steps    []step
		want     string
	}{
		{"a file gets a line each minute, and the last one", false, []step{at(1, 10), at(59, 100), at(60, 120), at(61, 122), at(120, 240), at(200, 400)},
			"120/400 cases, 2/s, 1 failed, 2m20s left\n240/400 cases, 2/s, 1 failed, 1m20s left\n400/400 cases, 2/s, 1 failed\n"},
		{"a terminal gets one line, which goes at the end", true, []step{at(1, 1), at(400, 400)}, "\r\x1b[K1/400 cases, 1/s, 1 failed\r\x1b[K400/400 cases, 1/s, 1 failed\r\x1b[K"},
		{"one case says nothing of the others", true, []step{at(10, 1)}, "\r\x1b[K1/400 cases, 0/s, 1 failed"},
		{"the first second says nothing of the others", true, []step{at(1, 100)}, "\r\x1b[K100/400 cases, 100/s, 1 failed"},
		{"what was sent before it was resumed says nothing of the rest", true, []step{resumed(at(10, 100))}, "\r\x1b[K100/400 cases, 0/s, 1 failed"},
		{"no time is no division by it", true, []step{at(0, 0)}, "\r\x1b[K0/400 cases, 0/s, 1 failed"},
		{"a pause is shown at once and stays", true, []step{at(1, 1), pause(at(2, 1)), at(3, 2), at(15, 3)},
			"\r\x1b[K1/400 cases, 1/s, 1 failed\r\x1b[K1/400 cases, 1 failed, waiting for 12s: GET /v3/x was answered 429\r\x1b[K3/400 cases, 0/s, 1 failed"},
		{"a pause is shown at once in a file", false, []step{at(1, 1), pause(at(2, 1)), at(3, 2)}, "1/400 cases, 1 failed, waiting for 12s: GET /v3/x was answered 429\n"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var b bytes.Buffer
			l := NewLive(&b, tt.terminal)
			for _, p := range tt.steps {
				l.Show(p)
			}
			if got := b.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	NewLive(&sample.Full{Room: 0}, true).Show(run.Progress{Done: 1, Total: 1}) // a write error is ignored
}

// TestConsole_MissingLines: each line is named, in few lines of the summary.
func TestConsole_MissingLines(t *testing.T) {
	var list []run.Obligation
	for i := range 12 {
		o := sample.Obligation(fmt.Sprintf("R-%d", i+1), spec.Must, verdict.Inconclusive)
		o.Missing = []run.Missing{{Line: fmt.Sprintf("line-%d", i+1), Add: fmt.Sprintf("add to f.yaml: line-%d: …", i+1)}}
		list = append(list, o)
	}
	var b strings.Builder
	if err := Console(&b, sample.Document(1, list...), false); err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		if !strings.Contains(b.String(), fmt.Sprintf("line-%d: 1 obligation", i+1)) {
			t.Errorf("line-%d is not named", i+1)
		}
	}
	if lines := strings.Count(b.String(), "\n"); lines > 15 || strings.Contains(b.String(), "other reasons") {
		t.Errorf("%d lines:\n%s", lines, b.String())
	}
}

// TestConsole_CutsNothingGrave: of many causes the first are listed, and every one that
// concerns money, data or access.
func TestConsole_CutsNothingGrave(t *testing.T) {
	for _, tt := range []struct {
		grave, others int
		listed        int
		more          string
	}{
		{0, 10, 10, ""},
		{0, 12, 10, "and 2 more in report.html\n"},
		{4, 9, 10, "and 3 more in report.html\n"},
		{15, 3, 15, "and 3 more in report.html\n"},
	} {
		var list []run.Obligation
		for i := range tt.grave + tt.others {
			list = append(list, sample.Obligation(fmt.Sprintf("R-%02d", i), spec.Must, verdict.Fail))
		}
		d := sample.Document(1, list...)
		for i := range tt.grave {
			d.Causes[i].Gravity = []spec.Gravity{spec.OfMoney, spec.OfAccess}[i%2]
		}
		var b bytes.Buffer
		if err := Console(&b, d, false); err != nil {
			t.Fatal(err)
		}
		if listed := strings.Count(b.String(), "FAIL: "); listed != tt.listed || strings.Contains(b.String(), " more in ") != (tt.more != "") || !strings.Contains(b.String(), tt.more) {
			t.Errorf("%d grave, %d others: %d are listed\n%s", tt.grave, tt.others, listed, b.String())
		}
	}
}
