package planner

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// linkSearch finds for every operation the shortest chain of links that leads to it.
type linkSearch struct {
	*drafter
	leading map[string][]spec.Link                // that prepare an operation
	best    map[string]preparation                // so far, of those that are not final
	failed  map[string]error                      // why a link could not be followed
	after   map[*spec.Operation][]*spec.Operation // those that a leading link of an operation prepares, in order
}

// findPreparations finds how the state that each operation needs is made. What is
// found is final in the order of how many steps it takes.
func (d *drafter) findPreparations() map[string]preparation {
	d.preparations = map[string]preparation{}
	s := linkSearch{drafter: d, leading: map[string][]spec.Link{}, best: map[string]preparation{}, failed: map[string]error{}}
	for _, from := range d.description.Operations {
		for _, link := range from.Links {
			if to := d.description.Operation(link.To); to != nil && from != to && !link.Optional && binds(to, link) {
				s.leading[to.ID] = append(s.leading[to.ID], link)
			}
		}
	}
	s.shareLinks()
	s.after = map[*spec.Operation][]*spec.Operation{}
	for _, to := range d.description.Operations {
		for _, link := range s.leading[to.ID] {
			if !slices.Contains(s.after[link.From], to) {
				s.after[link.From] = append(s.after[link.From], to)
			}
		}
	}
	for _, o := range d.description.Operations {
		if len(s.leading[o.ID]) == 0 {
			d.preparations[o.ID] = preparation{}
		}
	}
	for _, o := range d.description.Operations {
		if why := d.unsendable(o); why != "" {
			d.preparations[o.ID] = preparation{err: errors.New(why)}
		} else if err := d.heldError(o); err != nil {
			d.preparations[o.ID] = preparation{err: err}
		}
	}
	for _, o := range d.description.Operations {
		if len(s.leading[o.ID]) == 0 {
			s.followFrom(o)
		}
	}
	s.followAll()
	for _, o := range d.description.Operations { // what nothing makes may be there
		if _, final := d.preparations[o.ID]; final {
			continue
		}
		if p, ok := s.knownPreparation(s.leading[o.ID]); ok {
			d.preparations[o.ID] = p
			s.followFrom(o)
			s.followAll()
		}
	}
	s.explainFailures()
	return d.preparations
}

// followAll follows links until nothing more is prepared by one.
func (s *linkSearch) followAll() {
	for len(s.best) > 0 {
		next := ""
		for id, p := range s.best {
			if next == "" || cmp.Or(cmp.Compare(len(p.steps), len(s.best[next].steps)), strings.Compare(id, next)) < 0 {
				next = id
			}
		}
		s.preparations[next] = s.best[next]
		delete(s.best, next)
		s.followFrom(s.description.Operation(next))
	}
}

// shareLinks lets a link that fills the path of one operation prepare the others of the
// same path that no link leads to: what is read at a path is removed there.
func (s *linkSearch) shareLinks() {
	shared, twins := map[string][]spec.Link{}, map[string][]*spec.Operation{}
	for _, o := range s.description.Operations {
		twins[o.Path] = append(twins[o.Path], o)
	}
	for _, o := range s.description.Operations {
		if len(s.leading[o.ID]) > 0 || !strings.Contains(o.Path, "{") {
			continue
		}
		for _, twin := range twins[o.Path] {
			for _, link := range s.leading[twin.ID] {
				if link.From != o && fillsPath(o, link) {
					link.To, link.Body = o.ID, nil
					shared[o.ID] = append(shared[o.ID], link)
				}
			}
		}
	}
	maps.Copy(s.leading, shared)
}

// fillsPath reports whether a link fills every parameter in the path of an operation.
func fillsPath(o *spec.Operation, link spec.Link) bool {
	return !slices.ContainsFunc(o.Parameters, func(p spec.Parameter) bool {
		return p.In == "path" && link.Parameters[p.Name] == "" && link.Parameters["path."+p.Name] == ""
	})
}

// followFrom follows the links of an operation to those that have no preparation yet.
func (s *linkSearch) followFrom(from *spec.Operation) {
	for _, to := range s.after[from] {
		for _, link := range s.leading[to.ID] {
			if _, final := s.preparations[to.ID]; final || link.From != from {
				continue
			}
			steps, bound, err := s.follow(link, testData{})
			if err != nil {
				s.failed[to.ID] = err
				continue
			}
			if best, ok := s.best[to.ID]; !ok || len(steps) < len(best.steps) {
				s.best[to.ID] = preparation{steps: steps, bound: bound, link: link}
			}
		}
	}
}

// explainFailures says why operations have no preparation: what stops one stops
// those behind it.
func (s *linkSearch) explainFailures() {
	unprepared := slices.DeleteFunc(slices.Sorted(maps.Keys(s.leading)), func(id string) bool {
		_, final := s.preparations[id]
		return final
	})
	for found := true; found; {
		found = false
		for _, id := range unprepared {
			for _, link := range s.leading[id] {
				if s.failed[id] == nil && s.failed[link.From.ID] != nil {
					s.failed[id], found = s.failed[link.From.ID], true
				}
			}
		}
	}
	for _, id := range unprepared {
		failed := preparation{err: cmp.Or(s.failed[id], fmt.Errorf("operation %s: its links lead in a circle", id))}
		for _, link := range s.leading[id] {
			if failed.standIn == nil && s.prepared(link.From) {
				failed.standIn = s.standIn(link)
			}
		}
		s.preparations[id] = failed
	}
}

// prepared reports whether it is known how the state that an operation needs is made.
func (s *linkSearch) prepared(o *spec.Operation) bool {
	p, final := s.preparations[o.ID]
	return final && p.err == nil
}

// linkKey is where a link is followed from: a step of a number and a path.
type linkKey struct {
	link   *spec.Link
	number int
	path   plan.Template
}

// linkResult is the step that a link leads to.
type linkResult struct {
	next     plan.Step
	ok       bool
	captured []plan.Capture // of the step that it leads on from
}

// followLink makes the request that a link leads to, with what it carries over in
// parameters; false when it carries over nothing, or what the request does not have.
func (d *drafter) followLink(link *spec.Link, from *spec.Operation, step *plan.Step, number int) (plan.Step, bool) {
	if len(step.Capture) > 0 || len(step.Request.Query) > 0 {
		return d.linkedStep(link, from, step, number)
	}
	r := d.links.get(linkKey{link, number, step.Request.Path}, func() (r linkResult) {
		made := *step
		r.next, r.ok = d.linkedStep(link, from, &made, number)
		r.captured = made.Capture
		return r
	})
	step.Capture = slices.Clone(r.captured)
	return r.next, r.ok
}

func (d *drafter) linkedStep(link *spec.Link, from *spec.Operation, step *plan.Step, number int) (plan.Step, bool) {
	to := d.description.Operation(link.To)
	bound := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(link.Parameters)) {
		for _, p := range to.Parameters {
			if !sameParameter(name, p) {
				continue
			}
			if pointer, ok := strings.CutPrefix(link.Parameters[name], fromBody); ok {
				bound[p.In+":"+p.Name] = string(capture(step, pointer, number))
			} else if value, ok := sentValue(from, step.Request, link.Parameters[name]); ok {
				bound[p.In+":"+p.Name] = string(value)
			} else {
				return plan.Step{}, false
			}
		}
	}
	request := d.once(fmt.Sprint("remove ", to.ID, " ", bound), func() draft { return d.draft(to, recipe{bound: bound}) })
	if request == nil || len(bound) == 0 {
		return plan.Step{}, false
	}
	return requestStep(to, *request), true
}

// sentValue finds the value of a path or query parameter in a request that is made.
func sentValue(o *spec.Operation, r plan.Request, expression string) (plan.Template, bool) {
	if name, ok := strings.CutPrefix(expression, "$request.query."); ok {
		for _, field := range r.Query {
			if field.Name == name {
				return field.Value, true
			}
		}
	}
	if name, ok := strings.CutPrefix(expression, "$request.path."); ok {
		segments := strings.Split(string(r.Path), "/")
		for i, segment := range strings.Split(o.Path, "/") {
			if segment == "{"+name+"}" && i < len(segments) {
				return plan.Template(segments[i]), true
			}
		}
	}
	return "", false
}
