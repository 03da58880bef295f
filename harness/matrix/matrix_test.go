package matrix

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

var builtIn = sync.OnceValues(func() (*plan.Plan, error) {
	d, err := spec.Parse(spec.BuiltInDescription(), "qorcommerce.yaml")
	if err != nil {
		return nil, err
	}
	r, err := spec.ParseRequirements(spec.BuiltInRequirements(), "requirements.yaml")
	if err != nil {
		return nil, err
	}
	f, err := settings.ParseFixtures(sandbox.Fixtures(""), "fixtures.yaml", os.LookupEnv)
	if err != nil {
		return nil, err
	}
	return planner.New(d, r, f, 1)
})

// only plans some obligations of what is built in.
func only(keep func(*plan.Obligation) bool) func(uint64) (*plan.Plan, error) {
	return func(uint64) (*plan.Plan, error) {
		p, err := builtIn()
		if err != nil {
			return nil, err
		}
		return p.Only(keep), nil
	}
}

func mutant(t *testing.T, name string) sandbox.Defect {
	t.Helper()
	found, err := sandbox.FindDefects([]string{name})
	if err != nil {
		t.Fatal(err)
	}
	return found[0]
}

func onLists(o *plan.Obligation) bool { return o.Operation.ID == "webhooks_list" }

func TestRows(t *testing.T) {
	caught := mutant(t, "wrong-field-type")
	misnamed, unrelated, nameless := caught, mutant(t, "keyless-200"), caught
	misnamed.Requirement, misnamed.Also = "RH-401-1", nil
	unrelated.Requirement, unrelated.Also = "RH-401-2", nil
	nameless.Requirement = ""
	mistyped := caught
	mistyped.Requirement = "RH-999-1"
	harmless := caught
	harmless.Requirement = "allowed"
	for _, tt := range []struct {
		claim   string
		mutant  sandbox.Defect
		outcome Outcome
		alarms  string
		fault   string
	}{
		{"the requirement that it names fails", caught, Killed, "", ""},
		{"another requirement fails", misnamed, Survived, "RH-200-2", ""},
		{"one more fails, which is not said to follow", unrelated, Killed, "RH-401-1", ""},
		{"what must not fail fails", harmless, Harmless, "RH-200-2", ""},
		{"a requirement that is not tested is not run", nameless, Untested, "", ""},
		{"a requirement that does not exist is a fault", mistyped, Untested, "", "no requirement has the id RH-999-1"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			m, err := Run(t.Context(), []sandbox.Defect{tt.mutant}, Options{Plan: only(onLists), Seeds: []uint64{1}})
			if err != nil {
				t.Fatal(err)
			}
			row := m.Rows[0]
			var alarms []string
			for _, f := range row.Alarms() {
				alarms = append(alarms, f.Requirement)
			}
			if row.Outcome != tt.outcome || strings.Join(alarms, " ") != tt.alarms || row.Fault != tt.fault {
				t.Errorf("%s, alarms %v, fault %q", row.Outcome, alarms, row.Fault)
			}
			if bad := tt.outcome == Survived || tt.alarms != "" || tt.fault != ""; row.Bad() != bad || len(m.Bad()) > 0 != bad {
				t.Errorf("bad: %t, want %t", row.Bad(), bad)
			}
			if (row.Requests == 0) != (tt.outcome == Untested) {
				t.Errorf("%d requests", row.Requests)
			}
		})
	}
}

// TestObligations_ThatAreRun: the obligations of the operations that a mutant touches, or all.
func TestObligations_ThatAreRun(t *testing.T) {
	two := func(o *plan.Obligation) bool {
		return slices.Contains([]string{"webhooks_list", "utilities-validate-aba"}, o.Operation.ID)
	}
	p, err := only(two)(1)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := mutant(t, "wrong-field-type")
	elsewhere.On, elsewhere.Requirement = []string{"webhooks_list"}, "RH-404-3" // no list has ids that may be unknown
	for _, tt := range []struct {
		claim string
		all   bool
		want  func(*plan.Obligation) bool
	}{
		{"touched", false, onLists},
		{"all", true, two},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			m, err := Run(t.Context(), []sandbox.Defect{mutant(t, "wrong-field-type")}, Options{Plan: only(two), Seeds: []uint64{1}, All: tt.all})
			if err != nil {
				t.Fatal(err)
			}
			if want := len(p.Only(tt.want).Obligations); m.Rows[0].Asked != want || want == 0 {
				t.Errorf("%d obligations run, want %d", m.Rows[0].Asked, want)
			}
		})
	}
	t.Run("a requirement that is on none of them is run where it is", func(t *testing.T) {
		all, err := builtIn()
		if err != nil {
			t.Fatal(err)
		}
		asked := job{defect: &elsewhere, seed: 1}.small(all, false)
		if !slices.ContainsFunc(asked.Obligations, func(o *plan.Obligation) bool { return o.Requirement.ID == "RH-404-3" }) {
			t.Error("the named requirement is not run")
		}
	})
}

func TestSoundSandbox(t *testing.T) {
	var done []Row
	m, err := Run(t.Context(), nil, Options{Plan: only(onLists), Clean: []uint64{1, 2}, AtOnce: 2, Done: func(r Row) { done = append(done, r) }})
	if err != nil {
		t.Fatal(err)
	}
	if len(done) != 2 || len(m.Rows) != 2 {
		t.Fatalf("%d rows, %d reported", len(m.Rows), len(done))
	}
	for i, r := range m.Rows {
		if r.Outcome != Sound || r.Bad() || r.Seed != uint64(i+1) || r.Asked == 0 {
			t.Errorf("%+v", r)
		}
	}
}

// TestSoundSandboxThatShowsNothing: a run in which nothing failed because nothing
// was shown is no proof that the checks are quiet.
func TestSoundSandboxThatShowsNothing(t *testing.T) {
	nothing := func(seed uint64) (*plan.Plan, error) {
		p, err := only(onLists)(seed)
		if err != nil {
			return nil, err
		}
		empty := *p
		empty.Cases = nil
		return &empty, nil
	}
	m, err := Run(t.Context(), nil, Options{Plan: nothing, Clean: []uint64{1}})
	if err != nil {
		t.Fatal(err)
	}
	if !m.Rows[0].Bad() {
		t.Errorf("%+v", m.Rows[0])
	}
}

func TestFaults(t *testing.T) {
	wanted := errors.New("no plan")
	none := func(uint64) (*plan.Plan, error) { return nil, wanted }
	for _, o := range []Options{{Plan: none, Clean: []uint64{1}}, {Plan: none, Seeds: []uint64{1}}} {
		if _, err := Run(t.Context(), nil, o); !errors.Is(err, wanted) {
			t.Errorf("%v, want %v", err, wanted)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, nil, Options{Plan: only(onLists), Clean: []uint64{1}}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the interruption", err)
	}
}

// An interrupted matrix keeps the rows that came to their end, and says nothing of
// the checks as a whole.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m, err := Run(ctx, nil, Options{Plan: only(onLists), Clean: []uint64{1, 2, 3}, Done: func(Row) { cancel() }})
	if !errors.Is(err, context.Canceled) || len(m.Rows) != 1 || m.Rows[0].Seed != 1 || m.Planned != 3 {
		t.Errorf("%v, %d of %d rows", err, len(m.Rows), m.Planned)
	}
	if len(m.Idle()) > 0 {
		t.Errorf("idle: %v", m.Idle())
	}
}

func TestByCheck(t *testing.T) {
	by := func(checks ...string) []Failure {
		var list []Failure
		for _, check := range checks {
			list = append(list, Failure{Requirement: "of " + check, Check: check})
		}
		return list
	}
	rows := []Row{
		{Mutant: "a", Seed: 1, Outcome: Killed, Failures: by("status")},
		{Mutant: "a", Seed: 2, Outcome: Killed, Failures: by("status")},
		{Mutant: "b", Seed: 1, Outcome: Killed, Failures: by("status", "schema")},
		{Mutant: "c", Seed: 1, Outcome: Survived, Failures: by("schema")},
	}
	got := byCheck(rows, []string{"schema", "status"})
	if len(got[0].Kills) != 0 || len(got[0].Alone) != 0 {
		t.Errorf("schema: %+v: what follows from a defect is no kill, nor is what another requirement found", got[0])
	}
	if strings.Join(got[1].Kills, " ") != "a b" || strings.Join(got[1].Alone, " ") != "a" {
		t.Errorf("status: %+v, want a and b, a alone", got[1])
	}
	if m := (&Matrix{Checks: got}); strings.Join(m.Idle(), " ") != "schema" {
		t.Errorf("idle: %v, want schema", m.Idle())
	}
	if m := (&Matrix{Checks: got, Filter: "mutant:a"}); len(m.Idle()) != 0 {
		t.Errorf("idle: %v, though only some mutants were run", m.Idle())
	}
}
