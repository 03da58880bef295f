//go:build peers

package cli

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qorcheck/spec"
)

// peerDefects are planted into the sandbox, one after another: of statuses, bodies, keys,
// outcomes and effects.
var peerDefects = []string{"undeclared-202", "error-as-html", "204-for-200", "error-500-kept", "unknown-keys-accepted", "approved-reported-refused", "charge-despite-500", "reason-absent"}

// TestPeers runs Schemathesis and qorcheck on the same sandboxes and prints what each took
// and found. Schemathesis runs all its phases for a minute at most, with a fixed seed; it finds
// a defect where it reports a failure that it does not report of the sound sandbox.
func TestPeers(t *testing.T) {
	peer := os.Getenv("PEER")
	if _, err := os.Stat(peer); err != nil {
		t.Fatalf("PEER must name the program, as make bench-peers sets it: %v", err)
	}
	binary := buildBinary(t)
	description := filepath.Join(t.TempDir(), "openapi.yaml")
	if err := os.WriteFile(description, spec.BuiltInDescription(), 0o600); err != nil {
		t.Fatal(err)
	}
	d, keys := builtInPlan(t).Description, []string(nil)
	for name, value := range fixturesOf(t).Credentials["valid"] {
		keys = append(keys, "--header", d.Schemes[name].Field+": "+value)
	}
	theirs := func(args ...string) (used, map[string]bool) {
		target, _, stop := servedSandbox(t, args...)
		defer stop()
		report := filepath.Join(t.TempDir(), "junit.xml")
		u := measureProcess(t, peer, append([]string{"run", description, "--url", target, "--seed", "1", "--max-time", "60", "--continue-on-failure", "--no-color", "--report", "junit", "--report-junit-path", report}, keys...)...)
		return u, failuresIn(t, report, u)
	}
	ours := func(args ...string) used {
		target, fixtures, stop := servedSandbox(t, args...)
		defer stop()
		return measureProcess(t, binary, "run", "--quiet", "--target", target, "--fixtures", fixtures, "--out", filepath.Join(t.TempDir(), "out"))
	}
	sound, falsely := theirs()
	own := ours()
	if own.exit != 0 {
		t.Fatalf("qorcheck on the sound sandbox: exit code %d: %s", own.exit, own.output)
	}
	var b strings.Builder
	row := func(what, qorcheck, schemathesis string) {
		fmt.Fprintf(&b, "%-34s %-16s %s\n", what, qorcheck, schemathesis)
	}
	row("", "qorcheck", "Schemathesis")
	row("processor time", fmt.Sprintf("%.1f s", own.cpu.Seconds()), fmt.Sprintf("%.1f s", sound.cpu.Seconds()))
	row("by the clock", fmt.Sprintf("%.1f s", own.wall.Seconds()), fmt.Sprintf("%.1f s", sound.wall.Seconds()))
	row("memory at the peak", fmt.Sprintf("%d MiB", own.mib()), fmt.Sprintf("%d MiB", sound.mib()))
	row("failures of the sound sandbox", "0", fmt.Sprint(len(falsely)))
	mine, found := 0, 0
	for _, defect := range peerDefects {
		u := ours("--defect", defect)
		_, failures := theirs("--defect", defect)
		more := 0
		for f := range failures {
			if !falsely[f] {
				more++
			}
		}
		word := map[bool]string{true: "found", false: "missed"}
		row("defect "+defect, word[u.exit == 1], word[more > 0])
		if u.exit == 1 {
			mine++
		}
		if more > 0 {
			found++
		}
	}
	row(fmt.Sprintf("found, of %d planted defects", len(peerDefects)), fmt.Sprint(mine), fmt.Sprint(found))
	t.Log("\n" + b.String())
}

// failuresIn lists the failures of a JUnit report: operation and kinds of failure.
func failuresIn(t *testing.T, report string, u used) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(report)
	if err != nil {
		t.Fatalf("%v: exit code %d: %.2000s", err, u.exit, u.output)
	}
	var suites struct {
		Cases []struct {
			Name     string `xml:"name,attr"`
			Failures []struct {
				Message string `xml:"message,attr"`
			} `xml:"failure"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(data, &suites); err != nil || len(suites.Cases) == 0 {
		t.Fatalf("%s: %d cases, %v", report, len(suites.Cases), err)
	}
	list := map[string]bool{}
	for _, c := range suites.Cases {
		for _, f := range c.Failures {
			for _, kind := range strings.Split(f.Message, ",") {
				list[c.Name+" "+strings.TrimSpace(kind)] = true
			}
		}
	}
	return list
}
