package cli

import (
	"strings"
	"testing"
	"time"

	"qorcheck/harness/matrix"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/spec"
)

// broken serves a sandbox with defects, by name, and returns its base URL.
func broken(t *testing.T, defects ...string) string {
	t.Helper()
	return serve(t, newSandbox(t, defects...)) + "/v3"
}

// TestMutants: every planted defect is caught by the requirement that it names,
// nothing else is held against a target, and each check has a mutant of its own:
// one that no other check kills.
func TestMutants(t *testing.T) {
	m, err := matrix.Run(t.Context(), sandbox.Defects(), matrix.Options{Plan: newPlan, Seeds: []uint64{1}, AtOnce: 16})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range m.Bad() {
		t.Error(r.Complaint())
	}
	for _, name := range m.Idle() {
		t.Errorf("check %s: no mutant is killed by it alone: it proves nothing that others do not", name)
	}
}

// TestMatrix_Progress: what is wrong with a row at once, and the count now and then.
func TestMatrix_Progress(t *testing.T) {
	for every, want := range map[time.Duration]string{
		0:         "1 of 2\nnobody-pays, seed 1: survived: RH-200-1 did not fail on a sandbox that pays nobody (PASSED)\n2 of 2\n",
		time.Hour: "nobody-pays, seed 1: survived: RH-200-1 did not fail on a sandbox that pays nobody (PASSED)\n",
	} {
		var out strings.Builder
		tell := rowProgress(&out, 2, every)
		tell(matrix.Row{Outcome: matrix.Sound})
		tell(matrix.Row{Mutant: "nobody-pays", Breaks: "pays nobody", Verdict: "PASSED", Requirement: "RH-200-1", Seed: 1, Outcome: matrix.Survived})
		if out.String() != want {
			t.Errorf("each %s: %q, want %q", every, out.String(), want)
		}
	}
}

// TestRequirements_HaveMutants: a check that was never seen to fail proves nothing.
func TestRequirements_HaveMutants(t *testing.T) {
	named := map[string]bool{}
	for _, m := range sandbox.Defects() {
		named[m.Requirement] = true
	}
	for _, q := range must(builtInRequirements())(t).List {
		if q.Tested() && q.Level != spec.May && !named[q.ID] {
			t.Errorf("no mutant names %s", q.ID)
		}
	}
}

// TestMatrix_Verdict: a mutant that survives, a false alarm and a fault of ours
// are printed, and each makes the exit code 1.
func TestMatrix_Verdict(t *testing.T) {
	alarm := matrix.Failure{Requirement: "RH-2", Check: "schema", Operations: []string{"pay"}, Cases: 3, Case: "pay.valid"}
	for _, tt := range []struct {
		claim string
		row   matrix.Row
		says  string
	}{
		{"killed", matrix.Row{Mutant: "m", Requirement: "RH-1", Outcome: matrix.Killed}, ""},
		{"survived", matrix.Row{Mutant: "m", Breaks: "lies", Requirement: "RH-1", Seed: 2, Outcome: matrix.Survived, Verdict: "PASSED: all"}, "m, seed 2: survived: RH-1 did not fail on a sandbox that lies (PASSED: all)"},
		{"a false alarm", matrix.Row{Mutant: "m", Requirement: "RH-1", Seed: 1, Outcome: matrix.Killed, Failures: []matrix.Failure{alarm}}, "m, seed 1: false alarm: RH-2 failed on pay in 3 cases, as pay.valid"},
		{"an alarm of the sound sandbox", matrix.Row{Seed: 1, Outcome: matrix.Sound, Failures: []matrix.Failure{alarm}}, "the sound sandbox, seed 1: false alarm: RH-2"},
		{"a fault", matrix.Row{Mutant: "m", Seed: 1, Outcome: matrix.Killed, Fault: "no socket"}, "m, seed 1: a fault of qorcheck: no socket"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var b strings.Builder
			err := concludeMatrix(&b, &matrix.Matrix{Rows: []matrix.Row{tt.row}})
			if tt.says == "" && err != nil || tt.says != "" && err != exitError(run.ExitFail) || !strings.Contains(b.String(), "\n\n"+tt.says) {
				t.Errorf("%v:\n%s", err, b.String())
			}
		})
	}
}

// TestMatrix_IdleCheck: a check without a mutant of its own fails the build.
func TestMatrix_IdleCheck(t *testing.T) {
	var b strings.Builder
	err := concludeMatrix(&b, &matrix.Matrix{Checks: []matrix.Check{{Name: "reason"}}})
	if err != exitError(run.ExitFail) || !strings.Contains(b.String(), "\n\ncheck reason: no mutant is killed by it alone") {
		t.Errorf("%v:\n%s", err, b.String())
	}
}

// TestMatrix_Interrupted: what is known is written, and the exit code says that it is not all.
func TestMatrix_Interrupted(t *testing.T) {
	var b strings.Builder
	err := concludeMatrix(&b, &matrix.Matrix{Planned: 2, Rows: []matrix.Row{{Mutant: "m", Outcome: matrix.Survived}}, Checks: []matrix.Check{{Name: "reason"}}})
	if err != exitError(run.ExitInterrupted) || !strings.Contains(b.String(), "\n\nm, seed 0: survived") || !strings.HasSuffix(b.String(), "; interrupted: 1 of 2 runs came to their end\n") {
		t.Errorf("%v:\n%s", err, b.String())
	}
}
