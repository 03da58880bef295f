package planner

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// Where no link leads to an operation, what it needs is guessed: the id of what a POST
// beside it has made. Only requests that are about something that exists rest on a guess,
// and where it makes nothing they are sent as they would be without it.

// findGuesses finds the operations that a guess prepares: those that neither a link nor
// the fixtures do.
func (d *drafter) findGuesses() map[string]preparation {
	found := map[string]preparation{}
	from := slices.Clone(d.description.Operations)
	slices.SortStableFunc(from, func(a, b *spec.Operation) int { return strings.Count(a.Path, "/") - strings.Count(b.Path, "/") })
	for _, o := range from {
		before, ok := found[o.ID]
		if !ok {
			before = d.preparations[o.ID]
		}
		if effect, _ := d.effect(o); effect != spec.Makes || before.known != "" || d.namesNothing(o, before) {
			continue
		}
		for i := range o.Guesses {
			guess := &o.Guesses[i]
			to := d.description.Operation(guess.To)
			if p := d.preparations[to.ID]; found[to.ID].steps != nil || p.err != nil || p.known != "" || len(p.bound) > 0 || !d.namesNothing(to, p) {
				continue
			}
			steps, bound, err := d.followAfter(before, guess.Link, testData{})
			if err != nil {
				continue
			}
			for i := range steps {
				steps[i].Guessed = true
			}
			last := &steps[len(steps)-1]
			for i := range last.Capture {
				last.Capture[i].Guessed = idType(to, *guess)
			}
			if effect, _ := d.effect(to); effect != spec.Reads {
				reading, ok := d.certifying(o, guess, last, len(steps))
				if !ok {
					continue
				}
				steps = append(steps, reading)
			}
			found[to.ID] = preparation{steps: steps, bound: bound, link: guess.Link}
		}
	}
	return found
}

// namesNothing reports whether a request names something in its path that neither its
// preparation nor the fixtures give.
func (d *drafter) namesNothing(o *spec.Operation, p preparation) bool {
	return slices.ContainsFunc(o.Names(), func(name spec.Parameter) bool {
		_, known := d.knownValue(o, name)
		return !known && p.bound["path:"+name.Name] == nil
	})
}

// idType is the type of the id that a guess carries over.
func idType(to *spec.Operation, guess spec.Guess) string {
	for _, p := range to.Parameters {
		if strings.HasPrefix(guess.Parameters["path."+p.Name], fromBody) {
			return spec.IDType(p.Schema.Schema)
		}
	}
	return ""
}

// keepGuessed keeps the cases of an operation of which those that are about something
// that exists are prepared by a guess. It reports whether the guess can prepare them.
func (k *keeper) keepGuessed(s subject, p preparation) bool {
	bound := k.draft(s.Operation, recipe{bound: p.bound})
	request, err := bound.request()
	if err != nil || k.certify(bound, request, nil) != nil || k.harmless(bound) != nil {
		return false
	}
	guess := &plan.Guess{Of: spec.Tokens(strings.TrimPrefix(idExpression(p.link), fromBody))[0] + " of " + p.link.From.ID}
	if plain, err := s.correct.request(); err == nil && k.harmless(s.correct) == nil {
		guess.Path = plain.Path
	}
	prepared := subject{Operation: s.Operation, correct: bound, prepare: p.steps}
	for _, propose := range k.proposers {
		kept := map[string]bool{}
		for _, one := range propose(k.drafter, prepared) {
			if needsExisting(one) {
				one.guess = guess
				kept[one.kind+" "+one.what] = true
				k.keep(one)
			}
		}
		for _, one := range propose(k.drafter, s) { // those of the id itself, and all that need nothing
			if !kept[one.kind+" "+one.what] {
				one.aboutID = needsExisting(one) && one.fault == nil
				k.keep(one)
			}
		}
	}
	return true
}

// needsExisting reports whether a case is about something that has to exist: one that is
// correct, and one whose fault is not in its path.
func needsExisting(p *proposal) bool {
	group, _, _ := strings.Cut(p.kind, ".")
	return p.absent == absence{} && (group == "valid" || group == "malformed" && p.fault != nil && !strings.HasPrefix(p.fault.Pointer, "path:"))
}

// tolerateAbsence lets a correct request under an id of some value be answered that
// nothing has it.
func tolerateAbsence(e *plan.Expect, o *spec.Operation) {
	e.Tolerated = slices.Clone(e.Tolerated)
	for _, status := range []int{http.StatusNotFound, http.StatusGone} {
		if o.Response(status) != nil && !slices.Contains(e.Statuses, status) {
			e.Tolerated = append(e.Tolerated, spec.Tolerance{Status: status, Why: "the case tries a value of the id, and nothing need have it"})
		}
	}
}

// idExpression is the expression of a guess that carries an id over from an answer.
func idExpression(link spec.Link) string {
	for _, name := range slices.Sorted(maps.Keys(link.Parameters)) {
		if strings.HasPrefix(link.Parameters[name], fromBody) {
			return link.Parameters[name]
		}
	}
	return ""
}

// guessedRemovals adds the removal of what a step has made where its id is guessed.
func (d *drafter) guessedRemovals(list []plan.Step, o *spec.Operation, step *plan.Step, number int) []plan.Step {
	for i := range o.Guesses {
		guess := &o.Guesses[i]
		if !d.removesGuessed(o, *guess) {
			continue
		}
		pointer, to := strings.TrimPrefix(idExpression(guess.Link), fromBody), d.description.Operation(guess.To)
		if slices.ContainsFunc(step.Capture, func(c plan.Capture) bool { return c.Pointer == pointer && c.Guessed == "" }) {
			continue // a documented link needs it, whatever the status
		}
		next, ok := d.followLink(&guess.Link, o, step, number)
		if !ok {
			continue
		}
		for j := range step.Capture {
			if step.Capture[j].Pointer == pointer {
				step.Capture[j].Guessed = idType(to, *guess)
			}
		}
		next.Guessed = true
		if reading, ok := d.certifying(o, guess, step, number); ok {
			list = append(list, reading, next)
		}
	}
	return list
}

// certifying is the step that reads what a guess says that a step has made: only what
// shows a value of this run is changed or removed. False where there is no such step.
func (d *drafter) certifying(from *spec.Operation, guess *spec.Guess, made *plan.Step, number int) (plan.Step, bool) {
	reading, ok := d.followLink(&guess.Reading, from, made, number)
	if !ok {
		return plan.Step{}, false
	}
	reading.Guessed = true
	pointer := strings.TrimPrefix(idExpression(guess.Link), fromBody)
	for _, c := range made.Capture {
		if c.Pointer == pointer {
			reading.Certifies = c.Name
		}
	}
	return reading, reading.Certifies != ""
}

// removesGuessed reports whether a guess leads to a DELETE of what an operation has made.
func (d *drafter) removesGuessed(o *spec.Operation, guess spec.Guess) bool {
	to := d.description.Operation(guess.To)
	makes, _ := d.effect(o)
	removes, _ := d.effect(to)
	return guess.Item && to.Method == "DELETE" && makes == spec.Makes && removes == spec.Changes
}

// guessed lists the parameters in the path of a request whose value an answer gives.
func (d draft) guessed() (names []string) {
	for _, p := range d.operation.Names() {
		if text, ok := d.parameters["path:"+p.Name].(string); ok && isAnswer(text) {
			names = append(names, p.Name)
		}
	}
	return names
}
