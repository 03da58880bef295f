package planner

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

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
			p := s.propose(kind, what+"."+generate.ID(place), place+" names "+why, s.correct.with(place, value)).varying(place)
			list = append(list, p.preparedBy(append(slices.Clone(s.prepare), steps...)))
		}
	}
	if value, name := d.sentBefore(s); value != nil {
		add("sent", fmt.Sprintf("what was sent as %s, and is no id of what is named", name), value, nil)
	}
	for i, other := range d.otherIDs(s) {
		what := "kind"
		if i > 0 {
			what += "-" + generate.ID(other.link.From.ID)
		}
		add(what, "what "+other.link.From.ID+" made, which is something else", other.value, []plan.Step{other.step})
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

// stranger is an operation that makes a thing whose id may stand in the place of another's.
type stranger struct {
	operation *spec.Operation
	ids       []strangerID // of what it answers, in the order of its links
	alike     int          // the same number have those with the same ids
}

// strangerID is what a link carries over of an answer.
type strangerID struct {
	link       *spec.Link
	expression string
}

// strangers are the operations that otherID chooses from. They are shared by all goroutines.
type strangers struct {
	list    []stranger
	kinds   int                        // of them, by their ids
	leading map[string]map[string]bool // by operation: what links to it carry over
	made    sync.Map                   // strangerKey → func() strangerRequest
}

// strangerKey is an operation and the number of its step.
type strangerKey struct {
	operation *spec.Operation
	number    int
}

// strangerRequest is a correct request for which no money is moved.
type strangerRequest struct {
	draft   draft
	request plan.Request
	ok      bool
}

// findStrangers lists the operations that make something by a request without preparation
// which a link leads on from.
func (g *ground) findStrangers() *strangers {
	all := &strangers{leading: map[string]map[string]bool{}}
	numbers := map[string]int{}
	for _, o := range g.description.Operations {
		var ids []strangerID
		var written []string
		for i := range o.Links {
			link := &o.Links[i]
			for _, expression := range expressionsOf(*link) {
				if all.leading[link.To] == nil {
					all.leading[link.To] = map[string]bool{}
				}
				all.leading[link.To][expression] = true
				if !link.Optional && strings.HasPrefix(expression, fromBody) {
					ids, written = append(ids, strangerID{link, expression}), append(written, expression)
				}
			}
		}
		if p := g.preparations[o.ID]; len(ids) == 0 || p.err != nil || len(p.steps) > 0 {
			continue
		}
		key := strings.Join(written, " ")
		if _, known := numbers[key]; !known {
			numbers[key] = len(numbers)
		}
		all.list = append(all.list, stranger{o, ids, numbers[key]})
	}
	all.kinds = len(numbers)
	return all
}

// request makes the request of a stranger, once for all that use it as a step of a number.
func (g *ground) strangerRequest(o *spec.Operation, number int) strangerRequest {
	made, _ := g.strangers.made.LoadOrStore(strangerKey{o, number}, sync.OnceValue(func() (r strangerRequest) {
		d := newDrafter(g)
		r.draft = d.draft(o, recipe{suffix: fmt.Sprintf("_P%d", number)})
		var err error
		r.request, err = r.draft.request()
		r.ok = err == nil && !r.draft.movesMoney() && d.certify(r.draft, r.request, nil) == nil
		return r
	}))
	return made.(func() strangerRequest)()
}

// otherThing is a thing of another kind: the step that makes it, its id, and the link that
// carries it elsewhere.
type otherThing struct {
	step  plan.Step
	value any
	link  *spec.Link
}

// otherIDs make a thing of each other kind than those that the operation is about, for
// which no money is moved; of one kind alone where it is not declared what operations do.
func (d *drafter) otherIDs(s subject) (list []otherThing) {
	own := d.strangers.leading[s.ID]
	other := func(id strangerID) bool { return !own[id.expression] }
	const differs, equal = 1, 2
	seen := make([]int, d.strangers.kinds) // whether strangers of a kind have an id of something else
	number := len(s.prepare) + 1
	for _, one := range d.strangers.list {
		if seen[one.alike] == 0 {
			seen[one.alike] = equal
			if slices.ContainsFunc(one.ids, other) {
				seen[one.alike] = differs
			}
		}
		if seen[one.alike] == equal || slices.ContainsFunc(s.prepare, func(step plan.Step) bool { return step.Operation == one.operation.ID }) {
			continue
		}
		made := d.strangerRequest(one.operation, number)
		if !made.ok {
			continue
		}
		id := one.ids[slices.IndexFunc(one.ids, other)]
		step := requestStep(one.operation, made.request)
		value, err := d.evaluate(*id.link, id.expression, made.draft, &step, number)
		if err != nil {
			continue
		}
		if list = append(list, otherThing{step, value, id.link}); !vouched(s.Operation) {
			return list
		}
		seen[one.alike] = equal // one of its kind is enough
	}
	return list
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
	return slices.ContainsFunc(g.strangers.list, func(one stranger) bool { return one.operation == o }) && g.strangerRequest(o, 1).ok
}
