package planner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// cleanup adds the requests that remove what the steps of a case may have made:
// those that a link leads to by a DELETE, at once or after one reading.
func (b *builder) cleanup(c *plan.Case) {
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
		if o := b.description.Operation(step.Operation); o != nil && b.undoable(o) {
			step.Capture = slices.Clone(step.Capture)
			needed := len(step.Capture)
			made := len(c.Cleanup)
			c.Cleanup = b.removals(c.Cleanup, o, step, i+1)
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
func (b *builder) removals(list []plan.Step, o *spec.Operation, step *plan.Step, number int) []plan.Step {
	for i := range o.Links {
		link := &o.Links[i]
		if !b.undoes(link) {
			continue
		}
		to := b.description.Operation(link.To)
		next, ok := b.onward(link, o, step, number)
		if !ok {
			continue
		}
		if to.Method == "DELETE" {
			list = append(list, next)
			continue
		}
		for i := range to.Links {
			if b.removes(&to.Links[i]) {
				if last, ok := b.onward(&to.Links[i], to, &next, number); ok {
					list = append(list, next, last)
				}
			}
		}
	}
	return list
}

// undoable tells whether some link leads from an operation to what undoes it.
func (b *builder) undoable(o *spec.Operation) bool {
	return slices.ContainsFunc(o.Links, func(link spec.Link) bool { return b.undoes(&link) })
}

// undoes tells whether a link leads to what removes, or to what reads what can be
// removed by a link from there.
func (b *builder) undoes(link *spec.Link) bool {
	if b.removes(link) {
		return true
	}
	to := b.description.Operation(link.To)
	return to != nil && to.Method == "GET" && slices.ContainsFunc(to.Links, func(further spec.Link) bool { return b.removes(&further) })
}

func (b *builder) removes(link *spec.Link) bool {
	to := b.description.Operation(link.To)
	return to != nil && to.Method == "DELETE"
}

// departure is where a link is followed from: a step of a number and a path.
type departure struct {
	link   *spec.Link
	number int
	path   plan.Template
}

// passage is what following a link comes to.
type passage struct {
	next     plan.Step
	ok       bool
	captured []plan.Capture // of the step that it leads on from
}

// onward makes the request that a link leads to, with what it carries over in
// parameters; false when it carries over nothing, or what the request does not have.
func (b *builder) onward(link *spec.Link, from *spec.Operation, step *plan.Step, number int) (plan.Step, bool) {
	if len(step.Capture) > 0 || len(step.Request.Query) > 0 {
		return b.leadOn(link, from, step, number)
	}
	at := departure{link, number, step.Request.Path}
	p, known := b.passages[at]
	if !known {
		p.next, p.ok = b.leadOn(link, from, step, number)
		p.captured = step.Capture
		b.passages[at] = p
	}
	step.Capture = slices.Clone(p.captured)
	return p.next, p.ok
}

func (b *builder) leadOn(link *spec.Link, from *spec.Operation, step *plan.Step, number int) (plan.Step, bool) {
	to := b.description.Operation(link.To)
	bound := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(link.Parameters)) {
		for _, p := range to.Parameters {
			if !sameParameter(name, p) {
				continue
			}
			if pointer, ok := strings.CutPrefix(link.Parameters[name], fromBody); ok {
				bound[p.In+":"+p.Name] = string(capture(step, pointer, number))
			} else if value, ok := sent(from, step.Request, link.Parameters[name]); ok {
				bound[p.In+":"+p.Name] = string(value)
			} else {
				return plan.Step{}, false
			}
		}
	}
	request := b.once(fmt.Sprint("remove ", to.ID, " ", bound), func() draft { return b.draft(to, generate.OnlyRequired, "", "", bound) })
	if request == nil || len(bound) == 0 {
		return plan.Step{}, false
	}
	return plan.Step{Name: to.ID, Operation: to.ID, Request: *request}, true
}
