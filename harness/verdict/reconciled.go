package verdict

import (
	"fmt"

	"qorcheck/harness/plan"
)

// reconciled applies to a rejected request. What it left behind is known when the lists
// are read again, at the end of the run: Left and Unread amend what is said here.
func reconciled(v View) Observation { return Observation{Exercised: v.turnedDown()} }

// accounted applies to a list that is read. What nobody asked for shows at the end of
// the run: Unaccounted and Unread amend what is said here.
func accounted(v View) Observation { return Observation{Exercised: v.Answer.Status/100 == 2} }

// Leftover is an entry of a list that no response named.
type Leftover struct {
	List  string // operation
	ID    string
	Shown []Fact // of the entry
}

// finding is what a leftover breaks. The exchange that shows it is the one at index at, from 0.
func (l Leftover) finding(check string, rule Rule, status, at int) Finding {
	return say(Finding{Check: check, Rule: rule, Deviation: Effect, Status: status, Got: l.ID, Given: l.Shown, Step: l.List, Exchange: at + 1})
}

// Left is the verdict on a rejected request of which lists show entries. Its findings count
// the exchanges that show them from 1.
func Left(obligation string, status int, list []Leftover) Verdict {
	v := Verdict{Obligation: obligation, Outcome: Fail, Exercised: true}
	for i, one := range list {
		v.Findings = append(v.Findings, one.finding(plan.CheckReconciled, EntryLeft, status, i))
	}
	return v
}

// Unaccounted is the verdict on a list that shows a number of entries which no request made, some of them named.
func Unaccounted(obligation string, count int, list []Leftover) Verdict {
	v := Verdict{Obligation: obligation, Outcome: Fail, Exercised: true}
	for i, one := range list {
		f := one.finding(plan.CheckAccounted, EntryUnasked, 0, i)
		if more := count - len(list); more > 0 && i == len(list)-1 {
			f.Received += fmt.Sprintf("; and %d more", more)
		}
		v.Findings = append(v.Findings, f)
	}
	return v
}

// Unread is the verdict where a list could not be read in full, or does not show what is there.
func Unread(obligation, list, why string) Verdict {
	return Verdict{Obligation: obligation, Outcome: Inconclusive}.because(&Obstacle{Kind: ListUnread, Step: list, Detail: why})
}
