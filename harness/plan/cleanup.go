package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/spec"
)

// cleanup adds the requests that remove what the steps of a case may have made:
// those that a link leads to by a DELETE, at once or after one reading.
func (b *builder) cleanup(c *Case) {
	c.Prepare, c.Observe = slices.Clone(c.Prepare), slices.Clone(c.Observe)
	var steps []*Step
	for i := range c.Prepare {
		steps = append(steps, &c.Prepare[i])
	}
	steps = append(steps, &c.Act)
	for i := range c.Observe {
		steps = append(steps, &c.Observe[i])
	}
	for i, step := range steps {
		if o := b.description.Operation(step.Operation); o != nil {
			step.Capture = slices.Clone(step.Capture)
			needed := len(step.Capture)
			c.Cleanup = append(c.Cleanup, b.removals(o, step, i+1, steps[:len(c.Prepare)])...)
			for j := range step.Capture[needed:] {
				step.Capture[needed+j].Optional = true
			}
		}
	}
}

// removals finds the ways to undo a step. What the preparation reads anyway is
// removed after that reading.
func (b *builder) removals(o *spec.Operation, step *Step, number int, prepared []*Step) []Step {
	var list []Step
	for _, link := range o.Links {
		to := b.description.Operation(link.To)
		if to == nil || to.Method != "DELETE" && (to.Method != "GET" || !b.removable(to)) {
			continue
		}
		next, ok := b.onward(link, o, step, number)
		if !ok {
			continue
		}
		if to.Method == "DELETE" {
			list = append(list, next)
			continue
		}
		if slices.ContainsFunc(prepared, func(s *Step) bool { return s.Operation == to.ID && s.Request.Path == next.Request.Path }) {
			continue
		}
		for _, further := range to.Links {
			if remover := b.description.Operation(further.To); remover != nil && remover.Method == "DELETE" {
				if last, ok := b.onward(further, to, &next, number); ok {
					list = append(list, next, last)
				}
			}
		}
	}
	return list
}

// removable tells whether what an operation reads can be removed by a link from there.
func (b *builder) removable(o *spec.Operation) bool {
	return slices.ContainsFunc(o.Links, func(link spec.Link) bool {
		to := b.description.Operation(link.To)
		return to != nil && to.Method == "DELETE"
	})
}

// onward makes the request that a link leads to, with what it carries over in
// parameters; false when it carries over nothing, or what the request does not have.
func (b *builder) onward(link spec.Link, from *spec.Operation, step *Step, number int) (Step, bool) {
	to := b.description.Operation(link.To)
	bound := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(link.Parameters)) {
		for _, p := range to.Parameters {
			if !sameParameter(name, p) {
				continue
			}
			if pointer, ok := strings.CutPrefix(link.Parameters[name], fromBody); ok {
				bound[p.In+":"+p.Name] = string(step.capture(pointer, number))
			} else if value, ok := sent(from, step.Request, link.Parameters[name]); ok {
				bound[p.In+":"+p.Name] = string(value)
			} else {
				return Step{}, false
			}
		}
	}
	request := b.once(fmt.Sprint("remove ", to.ID, " ", bound), func() draft { return b.draft(to, generate.OnlyRequired, "", "", bound) })
	if request == nil || len(bound) == 0 {
		return Step{}, false
	}
	return Step{Name: to.ID, Operation: to.ID, Request: *request}, true
}
