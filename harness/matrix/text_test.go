package matrix

import (
	"strings"
	"testing"
)

// TestText_SaysWhatIsWrongFirst: a mutant that survives, a false alarm, a fault of our
// own and a check without a mutant of its own.
func TestText_SaysWhatIsWrongFirst(t *testing.T) {
	alarm := Failure{Requirement: "RH-2", Check: "schema", Operations: []string{"pay"}, Cases: 3, Case: "pay.valid"}
	of := func(rows ...Row) *Matrix { return &Matrix{Planned: len(rows), Rows: rows} }
	for _, tt := range []struct {
		claim string
		m     *Matrix
		first string
	}{
		{"nothing is wrong", of(Row{Mutant: "m", Requirement: "RH-1", Outcome: Killed}), "MUTANT  SEED  REQUIREMENT"},
		{"a mutant survived", of(Row{Mutant: "m", Breaks: "lies", Requirement: "RH-1", Seed: 2, Outcome: Survived, Verdict: "PASSED: all"}), "m, seed 2: survived: RH-1 did not fail on a sandbox that lies (PASSED: all)\n\nMUTANT"},
		{"a false alarm", of(Row{Mutant: "m", Requirement: "RH-1", Seed: 1, Outcome: Killed, Failures: []Failure{alarm}}), "m, seed 1: false alarm: RH-2 failed on pay in 3 cases, as pay.valid\n"},
		{"an alarm of the sound sandbox", of(Row{Seed: 1, Outcome: Sound, Failures: []Failure{alarm}}), "the sound sandbox, seed 1: false alarm: RH-2"},
		{"a fault", of(Row{Mutant: "m", Seed: 1, Outcome: Killed, Fault: "no socket"}), "m, seed 1: a fault of qorcheck: no socket\n"},
		{"an idle check", &Matrix{Checks: []Check{{Name: "reason"}}}, "check reason: no mutant is killed by it alone"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var b strings.Builder
			if err := tt.m.Text(&b); err != nil || !strings.HasPrefix(b.String(), tt.first) {
				t.Errorf("%v:\n%s\nwant first: %s", err, b.String(), tt.first)
			}
		})
	}
}

func TestText_ListsRowsAndChecks(t *testing.T) {
	m := &Matrix{
		Planned: 3, Seconds: 2, Filter: "operation:pay",
		Rows: []Row{
			{Mutant: "m", Requirement: "RH-1", Seed: 1, Outcome: Killed, Requests: 7, Failures: []Failure{{Requirement: "RH-1", Case: "pay.valid", Follows: true}, {Requirement: "RH-2", Follows: true}}},
			{Seed: 1, Outcome: Sound, Requests: 5},
		},
		Checks: []Check{{Name: "status", Kills: []string{"m"}, Alone: []string{"m"}}, {Name: "schema"}},
	}
	var b strings.Builder
	if err := m.Text(&b); err != nil {
		t.Fatal(err)
	}
	want := `MUTANT  SEED  REQUIREMENT  OUTCOME  BY CASE    ALSO  SECONDS
m       1     RH-1         killed   pay.valid  RH-2  0.0
(none)  1     -            sound    -          -     0.0

CHECK   KILLS  ALONE  AS
status  1      1      m

1 killed, 0 survived, 0 not tested yet; 0 harmless; 0 false alarms; 1 runs of the sound sandbox; 12 requests in 2.0s; interrupted: 2 of 3 runs came to their end
`
	if b.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", b.String(), want)
	}
}
