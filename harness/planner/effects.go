package planner

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// A fault or a missing key stops nothing for certain: any request of a plan may be
// carried out, in whatever way it is read. So what may change many things is not sent
// in any form, and what changes one thing is sent about a thing that the run made, that
// the fixtures allow, or that does not exist.

// effect is what an operation does: by the fixtures, else by the description. Declared
// reports whether one of the two says so, rather than path and method.
func (g *ground) effect(o *spec.Operation) (effect spec.Effect, declared bool) {
	if given, ok := g.fixtures.Effects[o.ID]; ok {
		return given, true
	}
	if derived, known := g.derived[o]; known {
		return derived, false
	}
	return o.Effect()
}

// held says which line to add so that an operation is sent, "" where it is sent.
func (g *ground) held(o *spec.Operation) string {
	if effect, _ := g.effect(o); effect != spec.Many || g.fixtures.MayWrite(o.ID) {
		return ""
	}
	return fmt.Sprintf("%s %s may change many things: %s, or writes: [%s] to have it sent whatever it changes", o.Method, o.Path,
		g.add("effects."+o.ID, "reads, makes or changes, if it does no more"), o.ID)
}

// heldError is held as an error, nil where the operation is sent.
func (g *ground) heldError(o *spec.Operation) error {
	if why := g.held(o); why != "" {
		return errors.New(why)
	}
	return nil
}

// checkEffects refuses effects and patterns for operations that the description does not have.
func (g *ground) checkEffects() error {
	for _, id := range slices.Sorted(maps.Keys(g.fixtures.Effects)) {
		if g.description.Operation(id) == nil {
			return fmt.Errorf("%s: effects: no operation of %s has the id %q; valid ids: %s", g.fixtures.File, g.description.File, id, someIDs(g.description))
		}
	}
	for _, pattern := range g.fixtures.Writes {
		if pattern != "*" && !slices.ContainsFunc(g.description.Operations, func(o *spec.Operation) bool {
			matches, err := path.Match(pattern, o.ID)
			return err == nil && matches
		}) {
			return fmt.Errorf("%s: writes (or --allow-writes): no operation of %s matches %q; valid ids: %s", g.fixtures.File, g.description.File, pattern, someIDs(g.description))
		}
	}
	return nil
}

// maxIDs is how many ids an error lists.
const maxIDs = 10

// someIDs lists the first ids of a description and counts the others.
func someIDs(d *spec.Description) string {
	ids := d.IDs()
	if more := len(ids) - maxIDs; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:maxIDs], ", "), more)
	}
	return strings.Join(ids, ", ")
}

// harmless reports as an error that a request might change a thing that the run did not
// make: one of an operation that changes what its path names, with a name in it that is
// neither of this run nor allowed. What the description declares is taken as true.
func (d *drafter) harmless(made draft) error {
	if err := d.harmlessBody(made); err != nil {
		return err
	}
	o := made.operation
	effect, declared := d.effect(o)
	if effect != spec.Changes || declared || d.fixtures.MayWrite(o.ID) || made.method == methodUnknown || made.method == "GET" && o.Method != "GET" {
		return nil
	}
	for _, p := range o.Names() {
		value, _ := made.parameters["path:"+p.Name].(string)
		if _, known := d.knownValue(o, p); known && !isLastName(o, p) {
			continue // what is changed is below it
		}
		if !ofThisRun(plan.Template(value)) {
			return fmt.Errorf("%s %s might change what %s names, which this run did not make", o.Method, o.Path, p.Name)
		}
	}
	return nil
}

// ofThisRun reports whether a text names what this run made, what the fixtures allow to
// be changed, or nothing at all. An id that was altered a little may be another thing's.
func ofThisRun(t plan.Template) bool {
	list := t.Placeholders()
	return len(list) > 0 && !list[0].Altered() && slices.Contains([]plan.Source{plan.FromAnswer, plan.UnlikeAnswer, plan.FromRun, plan.FromKnown, plan.UnlikeKnown}, list[0].Source)
}

// invent puts names that nothing has, made from the run id, into the path of a request
// where nothing else is known of them, as far as their form allows. The documented
// example stays where it is only read: something may have that name.
func (d *drafter) invent(made *draft) {
	o := made.operation
	effect, declared := d.effect(o)
	if declared {
		return
	}
	for _, p := range o.Parameters {
		key := p.In + ":" + p.Name
		if _, there := made.parameters[key].(string); there && made.bound[key] == nil && p.In != "path" && refers(p.Name) {
			if _, known := d.knownValue(o, p); !known {
				if value := d.inventedName(p); value != "" {
					made.parameters[key] = string(value)
				}
			}
		}
	}
	for _, p := range o.Names() {
		key := "path:" + p.Name
		if _, bound := made.bound[key]; bound {
			continue
		}
		if _, known := d.knownValue(o, p); known {
			continue
		}
		made.invented = append(slices.Clip(made.invented), p.Name)
		if effect == spec.Reads && p.Example != nil {
			continue
		}
		if value := d.inventedName(p); value != "" {
			made.parameters[key] = string(value)
		}
	}
}

// inventedName makes a name for a parameter that nothing has, "" where its form has no
// room for one.
func (d *drafter) inventedName(p spec.Parameter) plan.Template {
	if p.MediaType != "" || p.Schema.Schema == nil {
		return ""
	}
	return d.names.get(p.Schema.Schema, func() plan.Template {
		for _, form := range plan.Forms {
			if (form == plan.FormUUID) != (p.Schema.Format == "uuid") {
				continue
			}
			name := plan.TemplateOf(plan.FromRun, "INVENTED_"+plan.VariableName(p.Name), longestOf(p.Schema.Schema), string(form))
			text, err := name.FillText(d.sample)
			if err != nil {
				continue
			}
			if value, ok := typed(p, text); ok && len(p.Schema.Violations(value, spec.Sent)) == 0 {
				return name
			}
		}
		return ""
	})
}

// nameOfNothing is a text made from the run id in place of one that is sent as a number in
// the path of what changes things: nothing has that name. It is "" for any other fault.
func (d *drafter) nameOfNothing(o *spec.Operation, p spec.Parameter, f generate.Fault) string {
	effect, declared := d.effect(o)
	text, is := f.Value.(string)
	if _, number := plan.Number(text); p.In != "path" || declared || effect != spec.Changes || !is || number || f.Keyword != "type" || f.Class != "string" {
		return ""
	}
	return string(plan.TemplateOf(plan.FromRun, "INVENTED_"+plan.VariableName(p.Name), longestOf(nil)))
}

// typed is the value of a text in a parameter, and reports whether it has the type.
func typed(p spec.Parameter, text string) (any, bool) {
	t := p.Schema.Type
	if t.Includes("integer") || t.Includes("number") {
		return plan.Number(text)
	}
	return text, t == nil || t.Includes("string")
}

// withNames is a request in whose path all names are invented, false where one cannot be.
func (d *drafter) withNames(base draft) (draft, []string, bool) {
	made := base.clone()
	var places []string
	for _, p := range made.operation.Names() {
		name := d.inventedName(p)
		if name == "" {
			return draft{}, nil, false
		}
		made.parameters["path:"+p.Name] = string(name)
		places = append(places, "path:"+p.Name)
	}
	return made, places, len(places) > 0
}

// heldStep says which line to add so that every step of a flow is sent, "" where all are.
func (g *ground) heldStep(c *plan.Case) string {
	for _, step := range c.Steps() {
		if o := g.description.Operation(step.Operation); o != nil && g.held(o) != "" {
			return g.held(o)
		}
	}
	return ""
}

// flowKindOf is the kind under which a made flow is missing.
func flowKindOf(f *flowCase) string { return plan.KindFlow + "." + f.requirement }
