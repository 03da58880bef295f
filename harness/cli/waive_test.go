package cli

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
)

// waiverOf is a file that waives one obligation.
func waiverOf(obligation, until string) string {
	return fmt.Sprintf("waivers:\n  - { obligation: %s, reason: known, owner: pat, link: \"https://issues.example.test/7\", until: %s }\n", obligation, until)
}

// TestWaivers: a failure is waived by what waive writes, the waiver is shown in
// every report, and it fails the run when what it waives passes.
func TestWaivers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target := broken(t, "401-for-403")
	// a 403 that is answered 401 is not judged again when it is repeated
	filter := "operation:webhooks_list && !requirement:RH-ALL-1 && !requirement:RH-REP-2"
	certified := func(target string, args ...string) (string, int) {
		t.Helper()
		stdout, stderr, code := commandIn(t, dir, nil, append([]string{"run", "--target", target, "--filter", filter}, args...)...)
		if code == run.ExitUsage {
			t.Fatal(stderr)
		}
		return stdout, code
	}
	if _, code := certified(target); code != run.ExitFail {
		t.Fatalf("exit code %d", code)
	}
	failed := readDocument(t, filepath.Join(dir, "out")).Counts.Fail
	stanza, stderr, code := commandIn(t, dir, nil, "waive", "--owner", "pat", "--reason", "known", "--until", "2999-12-31", "--link", "https://issues.example.test/7")
	if code != 0 || strings.Count(stanza, "- obligation: ") != failed || failed == 0 {
		t.Fatalf("exit code %d: %s%s", code, stanza, stderr)
	}
	writeFiles(t, dir, map[string]string{"w.yaml": stanza})

	stdout, code := certified(target, "--waivers", "w.yaml")
	d := readDocument(t, filepath.Join(dir, "out"))
	if code != run.ExitPass || d.Counts.Waived != failed || d.Counts.Fail != 0 || !strings.Contains(lastLine(stdout), fmt.Sprintf("; %d failed and are waived", failed)) {
		t.Errorf("exit code %d: %s", code, stdout)
	}
	waived := d.Obligations[slices.IndexFunc(d.Obligations, func(o run.Obligation) bool { return o.Outcome == verdict.Waived })].ID
	said, err := json.Marshal("known (pat, until 2999-12-31) https://issues.example.test/7")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"console": stdout, "run.json": readFile(t, filepath.Join(dir, "out", "run.json")),
		"JUnit": readFile(t, filepath.Join(dir, "out", rundir.JUnitFile)), "Markdown": readFile(t, filepath.Join(dir, "out", rundir.SummaryFile)),
	} {
		if !strings.Contains(text, strings.Trim(string(said), `"`)) {
			t.Errorf("%s does not show the waiver", name)
		}
	}
	for _, o := range d.Obligations {
		if o.Outcome == verdict.Waived && o.Counts.Fail == 0 {
			t.Errorf("%s was not exercised", o.ID)
		}
	}

	t.Run("what is waived and passes fails the run", func(t *testing.T) {
		stdout, code := certified(serve(t, newSandbox(t))+"/v3", "--waivers", "w.yaml")
		if code != run.ExitFail || !strings.Contains(lastLine(stdout), fmt.Sprintf("; %d pass although they are waived, remove their waivers: webhooks-list.", failed)) {
			t.Errorf("exit code %d: %s", code, stdout)
		}
	})
	t.Run("another failure is none of the waiver's", func(t *testing.T) {
		writeFiles(t, dir, map[string]string{"one.yaml": waiverOf(waived, "2999-12-31")})
		target := broken(t, "418-for-4xx")
		if stdout, code := certified(target, "--waivers", "one.yaml"); code != run.ExitFail || !strings.HasPrefix(lastLine(stdout), "FAILED: ") || !strings.Contains(lastLine(stdout), "; 1 failed and are waived") {
			t.Errorf("exit code %d: %s", code, stdout)
		}
	})
	t.Run("what did not fail cannot be waived", func(t *testing.T) {
		certified(serve(t, newSandbox(t)) + "/v3")
		_, stderr, code := commandIn(t, dir, nil, "waive", "--obligation", waived)
		if code != run.ExitUsage || !strings.Contains(stderr, waived+" did not fail, it is pass") {
			t.Errorf("exit code %d: %s", code, stderr)
		}
	})
}
