package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"qorcheck/harness/run"
)

// TestDiff: between a clean run and one of a target with a defect, through the command.
func TestDiff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	runsIn(t, dir)
	failed := readDocument(t, filepath.Join(dir, "failing")).Counts.Fail
	for _, tt := range []struct {
		claim string
		args  []string
		code  int
		says  []string
	}{
		{"worse, without a gate", []string{"clean", "failing"}, 0, []string{"newly failing: ", "payment-void.RH-400-1 (must): pass → fail: payment-void answers 400 ", "0 fixed"}},
		{"worse, at the gate", []string{"clean", "failing", "--gate", "new-failures"}, run.ExitFail, []string{"STOPPED: ", "obligations that must hold are failing that did not fail before"}},
		{"better, at the gate", []string{"failing", "clean", "--gate", "new-failures"}, 0, []string{"fixed: ", "payment-void.RH-400-1 (must): fail → pass", "0 newly failing"}},
		{"the same, at every gate", []string{"failing/run.json", "failing", "--gate", "new-failures,lost-coverage"}, 0, []string{"0 newly failing, 0 fixed, 0 lost coverage, 0 new undocumented behaviours, 0 slower operations"}},
		{"as Markdown", []string{"clean", "failing", "--gate", "new-failures", "--format", "markdown"}, run.ExitFail, []string{"## What changed: stopped\n", "### Newly failing: ", "- `payment-void.RH-400-1` (must): `pass` → `fail`: `payment-void answers"}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			stdout, stderr, code := commandIn(t, dir, nil, append([]string{"diff"}, tt.args...)...)
			if code != tt.code || stderr != "" {
				t.Errorf("exit code %d, want %d: %s", code, tt.code, stderr)
			}
			for _, want := range tt.says {
				if !strings.Contains(stdout, want) {
					t.Errorf("it does not say %q:\n%s", want, stdout)
				}
			}
		})
	}
	t.Run("as JSON", func(t *testing.T) {
		stdout, _, _ := commandIn(t, dir, nil, "diff", "clean", "failing", "--format", "json", "--gate", "new-failures")
		var d struct {
			run.Difference
			Stopped string
		}
		if err := json.Unmarshal([]byte(stdout), &d); err != nil || len(d.NewlyFailing) != failed || d.Stopped == "" {
			t.Errorf("%v: %d newly failing, %d failed; %q", err, len(d.NewlyFailing), failed, d.Stopped)
		}
	})
}
