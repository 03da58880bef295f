// Package verdict judges records: each check is a pure function from an exchange
// to what it saw, the same for live and replayed traffic. It sends nothing.
package verdict

import (
	"fmt"
	"slices"
)

// Outcome is how an obligation, or a case under it, ended. The zero value is
// NotRun, so that what nobody finished cannot be read as a pass.
type Outcome int

// The outcomes.
const (
	NotRun Outcome = iota
	Pass
	Fail
	Unsupported  // the fixtures say that the environment cannot exercise it
	Inconclusive // nothing was shown, either way
	Broken       // a fault of our own
	Waived       // an obligation that failed, as a waiver accepts until its date
)

// Outcomes lists all outcomes, the gravest first, as reports show them.
var Outcomes = []Outcome{Fail, Broken, Inconclusive, NotRun, Waived, Unsupported, Pass}

var words = map[Outcome]string{
	NotRun: "not run", Pass: "pass", Fail: "fail", Unsupported: "unsupported", Inconclusive: "inconclusive", Broken: "broken", Waived: "waived",
}

// String returns the outcome's word.
func (o Outcome) String() string {
	if word, ok := words[o]; ok {
		return word
	}
	return fmt.Sprintf("Outcome(%d)", int(o))
}

// MarshalText writes the outcome's word.
func (o Outcome) MarshalText() ([]byte, error) {
	if _, ok := words[o]; !ok {
		return nil, fmt.Errorf("outcome %d does not exist", int(o))
	}
	return []byte(o.String()), nil
}

// UnmarshalText reads an outcome's word.
func (o *Outcome) UnmarshalText(text []byte) error {
	for outcome, word := range words {
		if word == string(text) {
			*o = outcome
			return nil
		}
	}
	return fmt.Errorf("outcome %q: allowed are pass, fail, unsupported, inconclusive, broken, waived, not run", text)
}

// Worse tells whether an outcome outweighs another.
func (o Outcome) Worse(than Outcome) bool {
	return slices.Index(Outcomes, o) < slices.Index(Outcomes, than)
}

// Finding is what a check saw when a rule was broken.
type Finding struct {
	Check    string `json:"check"`
	Expected string `json:"expected"`
	Received string `json:"received"`
	Pointer  string `json:"pointer,omitempty"` // into the answer's body
	Keyword  string `json:"keyword,omitempty"`
	Exchange int    `json:"exchange,omitempty"` // which exchange of the case, from 1; 0 is the one under judgement
}

// Verdict is how one case ended under one obligation.
type Verdict struct {
	Obligation string    `json:"obligation"`
	Outcome    Outcome   `json:"outcome"`
	Exercised  bool      `json:"exercised"` // the answer was one that the requirement speaks of
	Findings   []Finding `json:"findings,omitempty"`
	Note       string    `json:"note,omitempty"` // of a tolerated answer
	Why        string    `json:"why,omitempty"`  // of an inconclusive or broken one
}
