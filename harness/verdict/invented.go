package verdict

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// inventedNames lists what was invented, with the line of fixtures that gives it.
func (v View) inventedNames() string {
	var lines []string
	effect, _ := v.Operation.Effect()
	for _, name := range v.Case.Invented {
		value := "…"
		if effect == spec.Changes && slices.ContainsFunc(v.Operation.Names(), func(p spec.Parameter) bool { return p.Name == name }) {
			value = "[{ id: …, may: [" + v.Operation.ID + "] }]"
		}
		lines = append(lines, name+": "+value)
	}
	how := "invented"
	if v.Case.Guess != nil && v.Transcript != nil && guessHeld(v.Transcript.Prepare) {
		how = "guessed from " + v.Case.Guess.Of
	}
	return fmt.Sprintf("%s was %s; give one that exists in the fixtures: known: { %s }", strings.Join(v.Case.Invented, " and "), how, strings.Join(lines, ", "))
}

// invented says of a response why it condemns nobody: the request names something of
// which nobody knows whether it exists, and the response may be about that; or it makes
// something that may exist. Nil where the response counts. A 5xx always does.
func (v View) invented() *Obstacle {
	got := v.Answer.Status
	absent := got == http.StatusNotFound || got == http.StatusConflict || got == http.StatusGone
	switch {
	case v.Case == nil || got/100 != 4:
	case len(v.Case.Invented) > 0 && (absent || v.Case.Expect.Handling == plan.Accepted || v.Case.Kind == "not-found.path"): // a parameter may swallow the rest of the path
		return &Obstacle{Kind: InventedName, Status: got, Detail: v.inventedNames()}
	case got == http.StatusConflict && v.Case.Expect.Handling == plan.Accepted && v.Operation.DocumentsStatus(got) && slices.Contains(v.Operation.Success(), http.StatusCreated):
		return &Obstacle{Kind: TakenName, Status: got}
	}
	return nil
}

// absent reports whether the response has an undocumented status that says that nothing is
// there, or that what refers to it is at odds with that, to a request that names something
// invented, or in its path something malformed. Any framework
// answers so, and an operation that is not described so far need not say it.
func (v View) absent() bool {
	got := v.Answer.Status
	switch {
	case v.Case == nil || !v.undocumented():
		return false
	case got == http.StatusNotFound, got == http.StatusGone, got == http.StatusConflict && len(v.Case.Invented) > 0:
	default:
		return false
	}
	_, declared := v.Operation.Effect()
	return !declared && (len(v.Case.Invented) > 0 || v.Case.Kind == "not-found.id" || v.Case.Fault != nil && strings.HasPrefix(v.Case.Fault.Pointer, "path:"))
}

// guessHeld reports whether a preparation that rests on a guess made what it is to make.
func guessHeld(prepare []exchange.Record) bool {
	return len(prepare) > 0 && !slices.ContainsFunc(prepare, func(r exchange.Record) bool { return r.Answer == nil || r.Answer.Status/100 != 2 || r.Missing != "" })
}
