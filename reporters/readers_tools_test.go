//go:build tools

package reporters

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// TestReaders has programs that nobody here wrote read the JUnit report, and
// compares what they count with the document.
func TestReaders(t *testing.T) {
	d := everyOutcome()
	file := filepath.Join(t.TempDir(), JUnitFile)
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := JUnit(f, d); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	t.Run("xmllint reads it", func(t *testing.T) {
		if output, err := exec.Command("xmllint", "--noout", file).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
	})
	t.Run("junitparser counts what the document counts", func(t *testing.T) {
		// Debian's own interpreter has Debian's packages.
		const script = `
import sys, junitparser
x = junitparser.JUnitXml.fromfile(sys.argv[1])
kinds = {"Failure": 0, "Error": 0, "Skipped": 0}
tests = 0
for suite in x:
    for case in suite:
        tests += 1
        for r in case.result:
            kinds[type(r).__name__] += 1
print(tests, kinds["Failure"], kinds["Error"], kinds["Skipped"], x.tests, x.failures, x.errors, x.skipped)
`
		output, err := exec.Command("/usr/bin/python3", "-c", script, file).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		failures, errors := d.Counts.Fail-d.Warnings, d.Counts.Broken+d.Counts.Inconclusive
		skipped := d.Counts.Unsupported + d.Counts.NotRun + d.Counts.Waived
		counts := fmt.Sprintf("%d %d %d %d", d.Planned, failures, errors, skipped)
		if got := strings.TrimSpace(string(output)); got != counts+" "+counts {
			t.Errorf("junitparser counts %s, the document %s %s", got, counts, counts)
		}
	})
}

// everyOutcome is a document with each outcome, and text that breaks careless writers.
func everyOutcome() *run.Document {
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	d := &run.Document{Version: run.DocumentVersion, Name: "every <outcome> & \x00 \x1b[31m ]]> \ufffe \xff", Started: now, Finished: now}
	add := func(id string, outcome verdict.Outcome, level spec.Level) {
		o := run.Obligation{ID: "op." + id, Operation: "op", Requirement: id, Level: level, Chapter: spec.Statuses, Sentence: "op " + id + " \x00 <b> & \" ]]>", Outcome: outcome, Why: "why \x1b ]]> \xff"}
		if outcome == verdict.Fail {
			o.Counts.Fail, o.Planned = 1, 1
			o.Causes = []string{"cause." + id}
			d.Causes = append(d.Causes, run.Cause{ID: "cause." + id, Outcome: outcome, Behind: []run.Behind{{Obligation: o.ID, Cases: []string{id}}}, Shown: []run.Case{
				{ID: id, Obligation: o.ID, Outcome: outcome, Act: -1, Findings: []verdict.Finding{{Expected: "a <b> ]]>", Received: "\x00\ufffe"}}}}})
		}
		if outcome == verdict.Waived {
			o.Waiver = &run.Waiver{Reason: "known \x1b ]]> \xff", Owner: "<pat>", Until: "2030-12-31"}
		}
		d.Obligations = append(d.Obligations, o)
		d.Counts.Add(outcome)
	}
	for _, outcome := range verdict.Outcomes {
		add("R-"+strings.ReplaceAll(outcome.String(), " ", "-"), outcome, spec.Must)
	}
	add("R-warning", verdict.Fail, spec.Should)
	d.Planned, d.Warnings = len(d.Obligations), 1
	return d
}
