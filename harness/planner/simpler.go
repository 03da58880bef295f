package planner

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// simpler says how the case that was kept of a drawn proposal is made simpler. Each case
// that it makes is certified as every other.
func (g *ground) simpler(p *proposal, c *plan.Case) *plan.Simpler {
	edits := func() [][]plan.Edit { return newDrafter(g).editsOf(p) }
	return &plan.Simpler{Edits: edits, Make: func(edits []plan.Edit) *plan.Case {
		k := newKeeper(g)
		made := *p
		if made.walk != nil && !k.rebuild(&made, edits) {
			return nil
		}
		made.draft = k.edited(made.draft, edits)
		if made.fault != nil && made.correct != nil {
			correct := k.edited(*made.correct, edits)
			made.correct = &correct
		}
		made.why = k.drawnWhy(&made)
		k.keep(&made)
		if len(k.cases) != 1 {
			return nil
		}
		kept := k.cases[0]
		sum := sha256.Sum256([]byte(fmt.Sprint(kept.Act.Request, len(kept.Prepare), edits)))
		kept.ID = plan.SimplerID(c.ID, hex.EncodeToString(sum[:4]))
		kept.Obligations = c.Obligations
		return kept
	}}
}

// editsOf lists the edits of a drawn request, by phases.
func (d *drafter) editsOf(p *proposal) [][]plan.Edit {
	made := p.draft
	var omitted, usual, items []plan.Edit
	ordinary := d.ordinary(made)
	for _, key := range slices.Sorted(maps.Keys(made.parameters)) {
		switch q := made.parameter(key); {
		case made.fromOutside(key) || p.fault != nil && p.fault.Pointer == key || q.In == "path":
		case !q.Required:
			omitted = append(omitted, plan.Edit{Place: key})
			usual = append(usual, plan.Edit{Place: key, Usual: true})
		default:
			usual = append(usual, plan.Edit{Place: key, Usual: true})
		}
	}
	content := cmp.Or(made.form, made.operation.Body.Fields())
	if content == nil || !made.hasBody || !content.HasSchema {
		return [][]plan.Edit{p.walk.edits(), omitted, usual}
	}
	m := d.bodyMaker(made.operation, content, made.bound)
	base := made.body
	if p.fault != nil && p.correct != nil {
		base = p.correct.body
	}
	for _, at := range placesIn(base, nil) {
		pointer := spec.Pointer(at...)
		if p.fault != nil && (strings.HasPrefix(p.fault.Pointer+"/", pointer+"/") || strings.HasPrefix(pointer, p.fault.Pointer+"/")) {
			continue
		}
		if value, there := spec.Lookup(ordinary.body, generic(at)); there && isLeaf(value) {
			usual = append(usual, plan.Edit{Place: pointer, Usual: true})
		}
		if m.Wanted(generic(at)) || len(m.Schema.Violations(d.sampled(without(generate.Copy(base), at)), spec.Sent)) > 0 {
			continue
		}
		if _, err := strconv.Atoi(at[len(at)-1]); err == nil {
			items = append(items, plan.Edit{Place: pointer})
		} else {
			omitted = append(omitted, plan.Edit{Place: pointer})
		}
	}
	slices.Reverse(items)
	return [][]plan.Edit{p.walk.edits(), omitted, usual, items}
}

// ordinary is the request with everything at its usual value.
func (d *drafter) ordinary(made draft) draft {
	return d.draft(made.operation, recipe{size: generate.Everything, bound: made.bound})
}

// edited is a request with some edits, one after the other: usual values first, then
// what is omitted, the last items of lists before the ones in front.
func (d *drafter) edited(made draft, edits []plan.Edit) draft {
	ordinary := d.ordinary(made)
	made = made.clone()
	made.body = generate.Copy(made.body)
	var omitted [][]string
	for _, e := range edits {
		switch isPointer := strings.HasPrefix(e.Place, "/"); {
		case isPointer && e.Usual:
			at := spec.Tokens(e.Place)
			if value, there := spec.Lookup(ordinary.body, generic(at)); there {
				made.body = with(made.body, at, value)
			}
		case isPointer:
			omitted = append(omitted, spec.Tokens(e.Place))
		case e.Usual:
			if value, there := ordinary.parameters[e.Place]; there && made.parameters[e.Place] != nil {
				made.parameters[e.Place] = value
			}
		default:
			delete(made.parameters, e.Place)
		}
	}
	slices.SortFunc(omitted, func(a, b []string) int { return slices.CompareFunc(b, a, compareTokens) })
	for _, at := range omitted {
		made.body = without(made.body, at)
	}
	return made
}

// compareTokens orders the parts of pointers, numbers by their value.
func compareTokens(a, b string) int {
	x, isNumber := strconv.Atoi(a)
	if y, alike := strconv.Atoi(b); isNumber == nil && alike == nil {
		return cmp.Compare(x, y)
	}
	return strings.Compare(a, b)
}

// placesIn lists the places of a value, outer before inner.
func placesIn(value any, at []string) [][]string {
	var list [][]string
	add := func(token string, inner any) {
		here := append(slices.Clone(at), token)
		list = append(append(list, here), placesIn(inner, here)...)
	}
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			add(name, v[name])
		}
	case []any:
		for i, item := range v {
			add(strconv.Itoa(i), item)
		}
	}
	return list
}

// generic is the place of all items of a list, as schemas have it.
func generic(at []string) string {
	tokens := slices.Clone(at)
	for i, token := range tokens {
		if _, err := strconv.Atoi(token); err == nil {
			tokens[i] = "0"
		}
	}
	return spec.Pointer(tokens...)
}

func isLeaf(value any) bool {
	switch value.(type) {
	case map[string]any, []any, nil:
		return false
	}
	return true
}

// without takes the value at a place out of a value, which it changes.
func without(value any, at []string) any {
	switch v := value.(type) {
	case map[string]any:
		if inner, there := v[at[0]]; there && len(at) > 1 {
			v[at[0]] = without(inner, at[1:])
		} else {
			delete(v, at[0])
		}
		return v
	case []any:
		i, err := strconv.Atoi(at[0])
		switch {
		case err != nil || i >= len(v):
		case len(at) > 1:
			v[i] = without(v[i], at[1:])
		default:
			return slices.Delete(v, i, i+1)
		}
		return v
	}
	return value
}

// with replaces the value at a place, where one is, in a value, which it changes.
func with(value any, at []string, by any) any {
	if len(at) == 0 {
		return by
	}
	switch v := value.(type) {
	case map[string]any:
		if inner, there := v[at[0]]; there {
			v[at[0]] = with(inner, at[1:], by)
		}
	case []any:
		if i, err := strconv.Atoi(at[0]); err == nil && i < len(v) {
			v[i] = with(v[i], at[1:], by)
		}
	}
	return value
}
