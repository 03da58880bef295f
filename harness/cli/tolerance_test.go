package cli

import (
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/matrix"
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/verdict"
)

// TestTolerances: a server that does what the promise tolerates passes, strictly judged,
// and a note names the tolerance.
func TestTolerances(t *testing.T) {
	p := builtInPlan(t)
	m, err := matrix.Run(t.Context(), sandbox.Tolerances(), matrix.Options{
		Plan: func(uint64) (*plan.Plan, error) { return p, nil }, Seeds: []uint64{p.Seed}, AtOnce: atOnce,
	})
	if err != nil || len(m.Rows) != len(sandbox.Tolerances()) {
		t.Fatalf("%d of %d: %v", len(m.Rows), len(sandbox.Tolerances()), err)
	}
	for _, row := range m.Rows {
		if row.Bad() || row.Outcome != matrix.Harmless {
			t.Error(row.Complaint())
		}
	}
}

// TestTolerances_Together: a server that does several of them at once passes too, in a
// run of every operation without the many requests that only try values, and its report names each.
func TestTolerances_Together(t *testing.T) {
	t.Parallel()
	together := []string{
		"405-for-wrong-method", "500-for-missing", "gw76-for-unknown", "zero-amount-400", "used-order-400", "used-key-400",
		"repeat-differs", "500-for-error", "amount-omitted", "rollback-of-none-404", "long-message-reason", "message-twice",
	}
	d := certify(t, certification{must(planWithout(1, "RH-200-9", "RH-400-4"))(t), broken(t, together...), "together", 16, run.Options{Strict: true}})
	if d.ExitCode != run.ExitPass {
		t.Errorf("exit code %d: %s", d.ExitCode, d.Verdict)
	}
	for _, o := range d.Obligations {
		if o.Outcome == verdict.Fail {
			t.Error(d.Result(o).Explain())
		}
	}
	for _, name := range together {
		if !slices.ContainsFunc(d.Obligations, func(o run.Obligation) bool {
			return slices.ContainsFunc(o.Notes, func(n run.Note) bool { return strings.Contains(n.Text.String(), "("+name+")") })
		}) {
			t.Errorf("no note names %s", name)
		}
	}
}
