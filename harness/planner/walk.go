package planner

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// walk is a drawn sequence of operations, the last of which is under judgement. Each is
// one that the description promises to succeed where it stands: what a link leads to from
// the step before, a thing that is made once more, and what may be repeated by RFC 9110.
type walk struct{ moves []move }

// move is a step of a walk.
type move struct {
	operation *spec.Operation
	link      *spec.Link // that leads to it; nil for none
	of        int        // the move that the link leads on from
	extra     bool       // no later one depends on it, but for other extra ones
}

// maxMoves is how many operations a sequence has.
const maxMoves = 6

// drawnWalk is a sequence that ends with a correct request of an operation, nil where none
// can be made.
func (d *drafter) drawnWalk(s subject, kind string, w generate.Draw) *proposal {
	r := w.Source("walk")
	made := d.walkTo(s.Operation, r)
	if made == nil || kind == "" {
		return nil
	}
	steps, bound, err := d.followWalk(made)
	if err != nil {
		return nil
	}
	s.correct, s.prepare = d.draft(s.Operation, recipe{bound: bound}), steps
	act := s.correct
	if r.IntN(2) == 0 {
		act = d.drawn(s, w)
	}
	one := s.propose(kind, "", "a correct request", act)
	one.walk = made
	return one
}

// chainTo lists the moves that prepare an operation and the operation itself; nil where a
// known resource, a guess or a settlement is part of it.
func (d *drafter) chainTo(o *spec.Operation) []move {
	p := d.preparations[o.ID]
	if p.err != nil || p.known != "" || d.guesses[o.ID].steps != nil {
		return nil
	}
	if len(p.steps) == 0 {
		return []move{{operation: o}}
	}
	if p.link.From == nil || p.link.Settled {
		return nil
	}
	before := d.chainTo(p.link.From)
	if before == nil {
		return nil
	}
	return append(before, move{operation: o, link: &p.link, of: len(before) - 1})
}

// walkTo draws the moves to an operation, extra ones among them; nil where there are none.
func (d *drafter) walkTo(o *spec.Operation, r *rand.Rand) *walk {
	chain := d.chainTo(o)
	room := maxMoves - len(chain)
	if chain == nil || room < 1 {
		return nil
	}
	extra := 1 + r.IntN(room)
	made := &walk{}
	last := -1 // the place of the last move of the chain
	for i, m := range chain {
		if m.link != nil {
			m.of = last
		}
		final := i == len(chain)-1
		for extra > 0 && (final || last >= 0 && r.IntN(2) == 0) {
			extra--
			if more := d.extraMoves(made.moves, last, m); len(more) > 0 {
				made.moves = append(made.moves, more[r.IntN(len(more))])
			}
		}
		last = len(made.moves)
		made.moves = append(made.moves, m)
	}
	if len(made.moves) == len(chain) {
		return nil
	}
	return made
}

// extraMoves lists the moves that may stand before the next one of the chain: readings of
// what was made last, replacements of it, another thing of the same kind, and the next
// one itself where it may be repeated.
func (d *drafter) extraMoves(before []move, last int, next move) []move {
	var list []move
	add := func(m move) {
		m.extra = true
		if d.held(m.operation) == "" && d.unsendable(m.operation) == "" && !streams(m.operation) {
			list = append(list, m)
		}
	}
	if last >= 0 {
		from := before[last].operation
		for i := range from.Links {
			link := &from.Links[i]
			if to := d.description.Operation(link.To); to != nil && !link.Optional && !link.Settled && binds(to, *link) && d.repeatable(to) {
				add(move{operation: to, link: link, of: last})
			}
		}
		if first := before[0]; first.link == nil && d.makesMore(first.operation) {
			add(move{operation: first.operation})
		}
	}
	if d.repeatable(next.operation) || next.link == nil && d.makesMore(next.operation) {
		add(next)
	}
	return list
}

// repeatable reports whether an operation may be repeated without another effect: it
// reads, or replaces what its path names and a GET reads there.
func (d *drafter) repeatable(o *spec.Operation) bool {
	effect, _ := d.effect(o)
	return effect == spec.Reads || o.Method == "PUT" && strings.HasSuffix(o.Path, "}") && slices.ContainsFunc(d.description.Operations, func(twin *spec.Operation) bool {
		return twin.Method == "GET" && twin.Path == o.Path
	})
}

// makesMore reports whether an operation makes another thing each time.
func (d *drafter) makesMore(o *spec.Operation) bool {
	effect, _ := d.effect(o)
	return effect == spec.Makes && o.Method == "POST"
}

// followWalk makes the steps before the last move, and binds what leads to it.
func (d *drafter) followWalk(w *walk) (steps []plan.Step, bound map[string]any, err error) {
	var drafts []draft
	for i, m := range w.moves {
		bound = nil
		if m.link != nil {
			if bound, err = d.carry(*m.link, drafts[m.of], &steps[m.of], m.of+1); err != nil {
				return nil, nil, err
			}
		}
		if i == len(w.moves)-1 {
			break
		}
		r := recipe{suffix: fmt.Sprintf("_P%d", i+1), bound: bound}
		for _, later := range w.moves[i+1:] {
			if later.link != nil && later.of == i {
				r.needs = append(r.needs, later.link.Needs()...)
			}
		}
		made := d.draft(m.operation, r)
		request, err := made.request()
		if err == nil {
			err = d.certify(made, request, nil)
		}
		if err == nil {
			err = d.harmless(made)
		}
		if err != nil {
			return nil, nil, err
		}
		drafts, steps = append(drafts, made), append(steps, requestStep(m.operation, request))
	}
	return steps, bound, nil
}

// names lists the operations before the last one.
func (w *walk) names() []string {
	var names []string
	if w == nil {
		return nil
	}
	for _, m := range w.moves[:len(w.moves)-1] {
		names = append(names, m.operation.ID)
	}
	return names
}

// edits lists the steps that may be omitted, the last one first.
func (w *walk) edits() []plan.Edit {
	var list []plan.Edit
	if w == nil {
		return nil
	}
	for i, m := range slices.Backward(w.moves) {
		if m.extra {
			list = append(list, plan.Edit{Place: stepPlace(i)})
		}
	}
	return list
}

func stepPlace(i int) string { return fmt.Sprintf("step:%d", i+1) }

// without is the walk without the steps that edits omit; nil where another one needs them.
func (w *walk) without(edits []plan.Edit) *walk {
	left, at := &walk{}, map[int]int{}
	for i, m := range w.moves {
		if slices.Contains(edits, plan.Edit{Place: stepPlace(i)}) {
			continue
		}
		if m.link != nil {
			of, there := at[m.of]
			if !there {
				return nil
			}
			m.of = of
		}
		at[i] = len(left.moves)
		left.moves = append(left.moves, m)
	}
	return left
}

// rebuild makes the steps of a drawn sequence anew without those that edits omit, and
// binds the act to them. It reports whether that can be.
func (d *drafter) rebuild(p *proposal, edits []plan.Edit) bool {
	left := p.walk.without(edits)
	if left == nil {
		return false
	}
	steps, bound, err := d.followWalk(left)
	if err != nil {
		return false
	}
	p.walk, p.prepare, p.draft = left, steps, p.draft.clone()
	p.draft.bound = bound
	for key, value := range bound {
		if strings.HasPrefix(key, "/") {
			p.draft.body = generate.Set(p.draft.body, key, value)
		} else {
			p.draft.parameters[key] = value
		}
	}
	return true
}
