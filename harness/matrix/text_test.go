package matrix

import (
	"strings"
	"testing"
)

// TestText_SaysWhatIsWrongLast: a mutant that survives, a false alarm, a fault of our own
// and a check without a mutant of its own stand between the table and the line that sums
// it up.
func TestText_SaysWhatIsWrongLast(t *testing.T) {
	alarm := Failure{Requirement: "RH-2", Check: "schema", Operations: []string{"pay"}, Cases: 3, Case: "pay.valid"}
	of := func(rows ...Row) *Matrix { return &Matrix{Planned: len(rows), Rows: rows} }
	for _, tt := range []struct {
		claim string
		m     *Matrix
		last  string
	}{
		{"nothing is wrong", of(Row{Mutant: "m", Requirement: "RH-1", Outcome: Killed}), ""},
		{"a mutant survived", of(Row{Mutant: "m", Breaks: "lies", Requirement: "RH-1", Seed: 2, Outcome: Survived, Verdict: "PASSED: all"}), "m, seed 2: survived: RH-1 did not fail on a sandbox that lies (PASSED: all)\n"},
		{"a false alarm", of(Row{Mutant: "m", Requirement: "RH-1", Seed: 1, Outcome: Killed, Failures: []Failure{alarm}}), "m, seed 1: false alarm: RH-2 failed on pay in 3 cases, as pay.valid\n"},
		{"an alarm of the sound sandbox", of(Row{Seed: 1, Outcome: Sound, Failures: []Failure{alarm}}), "the sound sandbox, seed 1: false alarm: RH-2 failed on pay in 3 cases, as pay.valid\n"},
		{"a fault", of(Row{Mutant: "m", Seed: 1, Outcome: Killed, Fault: "no socket"}), "m, seed 1: a fault of qorcheck: no socket\n"},
		{"an idle check", &Matrix{Checks: []Check{{Name: "reason"}}}, "check reason: no mutant is killed by it alone, so that it proves nothing that others do not\n"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var b strings.Builder
			want := "\n\n" + tt.last
			if tt.last != "" {
				want += "\n"
			}
			want += tt.m.sum() + "\n"
			if err := tt.m.Text(&b); err != nil || !strings.HasPrefix(b.String(), "MUTANT") || !strings.HasSuffix(b.String(), want) {
				t.Errorf("%v:\n%s\nwant last: %s", err, b.String(), want)
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
