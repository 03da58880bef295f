// Package verdict judges records: each check is a pure function from an exchange
// to what it saw, the same for live and replayed traffic. It sends nothing.
package verdict

import "slices"

// Outcome is how an obligation, or a case under it, ended. The zero value is
// NotRun, so that what nobody finished cannot be read as a pass.
type Outcome int

// The outcomes.
const (
	NotRun Outcome = iota
	Pass
	Fail
	Unsupported   // the fixtures say that the environment cannot exercise it
	Inconclusive  // nothing was proved, either way
	Broken        // a fault of our own
	Waived        // an obligation that failed, as a waiver accepts until its date
	NotApplicable // the description leaves an obligation nothing to ask of its operation
)

// Outcomes lists all outcomes, the gravest first, as reports show them.
var Outcomes = []Outcome{Fail, Broken, Inconclusive, NotRun, Waived, Unsupported, NotApplicable, Pass}

var outcomes = words[Outcome]{
	NotRun: "not run", Pass: "pass", Fail: "fail", Unsupported: "unsupported", NotApplicable: "not applicable", Inconclusive: "inconclusive", Broken: "broken", Waived: "waived",
}

// String returns the outcome's word.
func (o Outcome) String() string { return outcomes.of(o, "Outcome") }

// MarshalText writes the outcome's word.
func (o Outcome) MarshalText() ([]byte, error) { return outcomes.marshal(o, "outcome") }

// UnmarshalText reads an outcome's word.
func (o *Outcome) UnmarshalText(text []byte) error { return outcomes.unmarshal(o, text, "outcome") }

// Worse reports whether an outcome outweighs another.
func (o Outcome) Worse(than Outcome) bool {
	return slices.Index(Outcomes, o) < slices.Index(Outcomes, than)
}

// Verdict is how one case ended under one obligation.
type Verdict struct {
	Obligation string
	Outcome    Outcome
	Exercised  bool     // the requirement applied to a response
	Exchange   int      // which exchange of the case shows a pass, from 1; 0 is the one under judgement
	Branches   []Branch // of the requirement, that a response was about
	Findings   []Finding
	Note       string    // of a tolerated answer
	Obstacle   *Obstacle // of an inconclusive or broken one
	Why        string    // its sentence
}
