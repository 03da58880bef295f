package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/verdict"
)

// TestFixtures_WithoutATrigger: what an environment has no test data for is not
// shown, and is never taken for shown: it is inconclusive, or unsupported where
// the fixtures say that it cannot be, or left out knowingly.
func TestFixtures_WithoutATrigger(t *testing.T) {
	t.Parallel()
	lacking := replaced(t, []byte(replaced(t, sandbox.Fixtures(""),
		`    error: { creditcard: "4000000000009615" }`, "")), `    error: { account_number: "9000000096" }`, "")
	for _, tt := range []struct {
		claim    string
		fixtures string
		args     []string
		code     int
		outcome  verdict.Outcome
		why      string // of the obligation, in every report
		says     string // in the verdict line
	}{
		{"inconclusive", lacking, nil, run.ExitUnclear, verdict.Inconclusive, "triggers.card.error", "INCONCLUSIVE: "},
		{
			"unsupported", replaced(t, []byte(lacking), "cannot: {}", `cannot: { RH-200-4: "no test data ends in an error here", RH-NIL-3: "no test data ends in an error here", RH-NIL-7: "no test data ends in an error here" }`), nil,
			run.ExitPass, verdict.Unsupported, "no test data ends in an error here", "3 unsupported",
		},
		{"left out knowingly", lacking, []string{"--allow-unexercised"}, run.ExitPass, verdict.Inconclusive, "triggers.card.error", "PASSED with --allow-unexercised: "},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFiles(t, dir, map[string]string{"f.yaml": tt.fixtures})
			args := append([]string{"run", "--fixtures", "f.yaml", "--filter", "operation:payment-sale-manual && kind:outcome"}, tt.args...)
			stdout, stderr, code := commandIn(t, dir, nil, args...)
			if code != tt.code || !strings.Contains(lastLine(stdout), tt.says) {
				t.Errorf("exit code %d, want %d: %s%s", code, tt.code, lastLine(stdout), stderr)
			}
			for _, o := range readDocument(t, filepath.Join(dir, "out")).Obligations {
				if o.Requirement == "RH-200-4" && (o.Outcome != tt.outcome || !strings.Contains(o.Why, tt.why)) {
					t.Errorf("%s: %s (%s), want %s (%s)", o.ID, o.Outcome, o.Why, tt.outcome, tt.why)
				}
			}
			reports, err := os.ReadDir(filepath.Join(dir, "out"))
			if err != nil || len(reports) < 3 {
				t.Fatalf("%v, %v", reports, err)
			}
			for _, report := range reports {
				if text := readFile(t, filepath.Join(dir, "out", report.Name())); report.Name() != rundir.JournalFile && !strings.Contains(text, tt.why) {
					t.Errorf("%s does not say %q", report.Name(), tt.why)
				}
			}
			if !strings.Contains(stdout, tt.why) {
				t.Errorf("the console does not say %q:\n%s", tt.why, stdout)
			}
		})
	}
}
