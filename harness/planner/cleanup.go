package planner

import (
	"slices"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// cleanup adds the requests that remove what the steps of a case may have made:
// those that a link leads to by a DELETE, at once or after one reading.
func (d *drafter) cleanup(c *plan.Case) {
	c.Prepare = slices.Clone(c.Prepare)
	steps := make([]*plan.Step, 0, len(c.Prepare)+1+len(c.Observe))
	for i := range c.Prepare {
		steps = append(steps, &c.Prepare[i])
	}
	steps = append(steps, &c.Act)
	for i := range c.Observe {
		steps = append(steps, &c.Observe[i])
	}
	for i, step := range steps {
		if o := d.description.Operation(step.Operation); o != nil && d.undoable(o) {
			step.Capture = slices.Clone(step.Capture)
			needed := len(step.Capture)
			made := len(c.Cleanup)
			c.Cleanup = d.removals(c.Cleanup, o, step, i+1)
			for j := range c.Cleanup[made:] {
				c.Cleanup[made+j].Request.Header = asMadeBy(step, c.Cleanup[made+j].Request.Header)
			}
			for j := range step.Capture[needed:] {
				step.Capture[needed+j].Optional = true
			}
		}
	}
}

// asMadeBy puts the keys of another merchant into a header that removes what was made with them.
func asMadeBy(step *plan.Step, header []plan.Field) []plan.Field {
	for _, made := range step.Request.Header {
		for _, p := range made.Value.Placeholders() {
			if i := slices.IndexFunc(header, func(f plan.Field) bool { return f.Name == made.Name }); i >= 0 && p.Source == plan.FromCredential && p.Args[0] == settings.OtherMerchant {
				header = slices.Clone(header)
				header[i] = made
			}
		}
	}
	return header
}

// removals adds the ways to undo a step to a list.
func (d *drafter) removals(list []plan.Step, o *spec.Operation, step *plan.Step, number int) []plan.Step {
	for i := range o.Links {
		link := &o.Links[i]
		if !d.undoes(link) {
			continue
		}
		to := d.description.Operation(link.To)
		next, ok := d.followLink(link, o, step, number)
		if !ok {
			continue
		}
		if to.Method == "DELETE" {
			list = append(list, next)
			continue
		}
		for i := range to.Links {
			if d.removes(&to.Links[i]) {
				if last, ok := d.followLink(&to.Links[i], to, &next, number); ok {
					list = append(list, next, last)
				}
			}
		}
	}
	return d.guessedRemovals(list, o, step, number)
}

// undoable reports whether some link leads from an operation to what undoes it.
func (d *drafter) undoable(o *spec.Operation) bool {
	return slices.ContainsFunc(o.Links, func(link spec.Link) bool { return d.undoes(&link) }) ||
		slices.ContainsFunc(o.Guesses, func(guess spec.Guess) bool { return d.removesGuessed(o, guess) })
}

// undoes reports whether a link leads to what removes, or to what reads what can be
// removed by a link from there.
func (d *drafter) undoes(link *spec.Link) bool {
	if d.removes(link) {
		return true
	}
	to := d.description.Operation(link.To)
	return to != nil && to.Method == "GET" && slices.ContainsFunc(to.Links, func(further spec.Link) bool { return d.removes(&further) })
}

// removes reports whether a link leads to a DELETE of the one thing that it names: one
// whose path it fills, or one that is declared to change no more than one.
func (d *drafter) removes(link *spec.Link) bool {
	to := d.description.Operation(link.To)
	if to == nil || to.Method != "DELETE" {
		return false
	}
	effect, declared := d.effect(to)
	return effect == spec.Changes && fillsPath(to, *link) && (declared || len(to.Names()) > 0)
}

// removeInvented adds the removal of what a PUT under a name that was made from the run id
// makes, where there is a DELETE at its path.
func (d *drafter) removeInvented(c *plan.Case, made draft) {
	o := made.operation
	names := o.Names()
	if _, declared := d.effect(o); declared || o.Method != "PUT" || made.method != "PUT" || len(names) == 0 {
		return
	}
	bound := map[string]any{}
	for _, p := range names {
		value, _ := made.parameters["path:"+p.Name].(string)
		if isLastName(o, p) && !plan.Template(value).Begins(plan.FromRun) {
			return
		}
		bound["path:"+p.Name] = made.parameters["path:"+p.Name]
	}
	at := slices.IndexFunc(d.description.Operations, func(other *spec.Operation) bool { return other.Method == "DELETE" && other.Path == o.Path })
	if at < 0 {
		return
	}
	to := d.description.Operations[at]
	removal := d.draft(to, recipe{bound: bound})
	if effect, _ := d.effect(to); effect != spec.Changes || d.harmless(removal) != nil {
		return
	}
	if request, err := removal.request(); err == nil && d.certify(removal, request, nil) == nil {
		step := requestStep(to, request)
		step.AfterAct = true
		c.Cleanup = append(c.Cleanup, step)
	}
}
