package planner

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// otherKind is the kind of cases whose id is another thing's. What an unknown id shows
// stands in for it.
const otherKind = "not-found.other"

// otherIDCases name, in place of an id, what the target knows and what is no such id:
// the order id that the preparation sent, or the id of another kind of thing.
func (d *drafter) otherIDCases(s subject) []*proposal {
	const kind = otherKind
	_, places := d.withUnknownIDs(s.Operation, s.correct)
	if len(places) == 0 {
		return []*proposal{s.none(kind, noID)}
	}
	var list []*proposal
	add := func(what, why string, value any, steps []plan.Step) {
		for _, place := range places {
			made := s.correct.clone()
			if strings.HasPrefix(place, "/") {
				made.body = generate.Set(made.body, place, value)
			} else {
				made.parameters[place] = value
			}
			p := s.propose(kind, what+"."+generate.ID(place), place+" names "+why, made).varying(place)
			list = append(list, p.preparedBy(append(slices.Clone(s.prepare), steps...)))
		}
	}
	if value, name := d.sentBefore(s); value != nil {
		add("sent", fmt.Sprintf("what was sent as %s, and is no id of what is named", name), value, nil)
	}
	if step, value, link := d.otherID(s); link != nil {
		add("kind", "what "+link.From.ID+" made, which is something else", value, []plan.Step{step})
	}
	if len(list) == 0 {
		return []*proposal{s.none(kind, "no link leads to another kind of thing")}
	}
	return list
}

// sentBefore returns a unique value that the last request of the preparation sent,
// and its place; nil for none.
func (d *drafter) sentBefore(s subject) (value any, place string) {
	for _, step := range slices.Backward(s.prepare) {
		o := d.description.Operation(step.Operation)
		var body any
		if o == nil || json.Unmarshal([]byte(step.Request.Body), &body) != nil {
			continue
		}
		for _, u := range o.Conformance.Unique {
			if found, _ := spec.Lookup(body, u.Field); found != nil && u.Within == "" {
				return found, u.Field
			}
		}
	}
	return nil, ""
}

// otherID makes a thing of another kind than those that the operation is about, for
// which no money is moved, and returns the step that makes it and its id. The link is nil where there is none.
func (d *drafter) otherID(s subject) (plan.Step, any, *spec.Link) {
	own := map[string]bool{}
	for _, o := range d.description.Operations {
		for _, link := range o.Links {
			if link.To == s.ID {
				for _, e := range expressionsOf(link) {
					own[e] = true
				}
			}
		}
	}
	number := len(s.prepare) + 1
	for _, o := range d.description.Operations {
		p := d.preparations[o.ID]
		if len(o.Links) == 0 || p.err != nil || len(p.steps) > 0 || slices.ContainsFunc(s.prepare, func(step plan.Step) bool { return step.Operation == o.ID }) {
			continue
		}
		source := d.draft(o, recipe{suffix: fmt.Sprintf("_P%d", number)})
		request, err := source.request()
		if err != nil || source.movesMoney() || d.certify(source, request, nil) != nil {
			continue
		}
		for _, link := range o.Links {
			for _, expression := range expressionsOf(link) {
				if own[expression] || link.Optional || !strings.HasPrefix(expression, fromBody) {
					continue
				}
				step := requestStep(o, request)
				if value, err := d.evaluate(link, expression, source, &step, number); err == nil {
					return step, value, &link
				}
			}
		}
	}
	return plan.Step{}, nil, nil
}

// movesMoney reports whether a request names an amount.
func (d draft) movesMoney() bool {
	amounts := d.operation.Conformance.Amounts
	return amounts != nil && slices.ContainsFunc(amounts.Fields, func(field string) bool {
		_, there := spec.Lookup(d.body, field)
		return there
	})
}

// expressionsOf lists the expressions of a link, sorted.
func expressionsOf(link spec.Link) []string {
	var list []string
	for _, e := range link.Parameters {
		list = append(list, e)
	}
	for _, e := range link.Body {
		list = append(list, e)
	}
	slices.Sort(list)
	return list
}

// makesStranger reports whether otherID may choose an operation.
func (g *ground) makesStranger(o *spec.Operation) bool {
	p := g.preparations[o.ID]
	return len(o.Links) > 0 && p.err == nil && len(p.steps) == 0 && !newDrafter(g).draft(o, recipe{}).movesMoney()
}
