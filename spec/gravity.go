package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Gravity is how much harm a target does by breaking a requirement.
type Gravity string

// The gravities, the gravest first.
const (
	OfMoney    Gravity = "money"    // money or data: charged, stored, moved or leaked although it must not be
	OfAccess   Gravity = "access"   // a request without rights was carried out
	OfOutcome  Gravity = "outcome"  // a success that was none, a refusal without a reason
	OfProtocol Gravity = "protocol" // status, shape of the body
	OfWording  Gravity = "wording"  // names and texts for people
)

// Gravities lists all gravities, the gravest first.
var Gravities = []Gravity{OfMoney, OfAccess, OfOutcome, OfProtocol, OfWording}

var gravityWords = map[Gravity]string{
	OfMoney: "money or data", OfAccess: "access", OfOutcome: "outcome", OfProtocol: "protocol", OfWording: "wording",
}

// Words returns the gravity as reports show it.
func (g Gravity) Words() string { return gravityWords[g] }

// Rank is the place of a gravity in their order, 0 for the gravest.
func (g Gravity) Rank() int { return slices.Index(Gravities, g) }

// gravityOfCheck is the gravity of requirements that name none, by their check; other
// checks are a matter of protocol.
var gravityOfCheck = map[string]Gravity{
	"no-trace": OfMoney, "not-shown": OfMoney, "reconciled": OfMoney, "accounted": OfMoney,
	CheckFlow: OfOutcome, "retry": OfOutcome, "reason": OfOutcome, "code": OfOutcome, "amount": OfOutcome, "added": OfOutcome,
	"message": OfOutcome, "message-id": OfOutcome, "message-success": OfOutcome, "message-reason": OfOutcome, "message-once": OfOutcome, "message-none": OfOutcome,
	"error-names": OfWording, "error-description": OfWording, "blamed-field": OfWording, "reason-name": OfWording, "no-reason-field": OfWording,
	"distinct-reasons": OfWording, "distinct-descriptions": OfWording,
}

// gravityOfCases is the gravity of requirements with check status that name none, by
// the group of their first cases.
var gravityOfCases = map[string]Gravity{
	"unauthenticated": OfAccess, "forbidden": OfAccess, "valid": OfOutcome, "outcome": OfOutcome, "message": OfOutcome,
}

// ChecksWithGravity lists the checks that have a default gravity other than protocol.
func ChecksWithGravity() []string {
	var list []string
	for name := range gravityOfCheck {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// rank checks theme and gravity, and enters their defaults. The theme is by default
// the check; of a status it is joined by the group of the first cases, since what
// mends one does not mend another, and of a flow it is the requirement itself.
func (q *Requirement) rank() error {
	if notLabel(q.Theme) {
		return fmt.Errorf("theme: %q: must be made of letters, digits, . and -", q.Theme)
	}
	if q.Gravity != "" && q.Gravity.Rank() < 0 {
		return fmt.Errorf("gravity: %q: must be one of money, access, outcome, protocol, wording", q.Gravity)
	}
	theme, gravity := q.Check, gravityOfCheck[q.Check]
	switch {
	case q.Check == CheckFlow:
		theme = q.ID
	case q.Check == checkStatus && len(q.Cases) > 0:
		group, _, _ := strings.Cut(q.Cases[0], ".")
		theme, gravity = q.Check+"."+group, gravityOfCases[group]
	}
	q.Theme, q.Gravity = cmp.Or(q.Theme, theme), cmp.Or(q.Gravity, gravity, OfProtocol)
	return nil
}

// checkStatus is the check that judges whether a response is exactly the expected one.
const checkStatus = "status"
