package planner

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"slices"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

const (
	// wholeUpTo is how many cases a plan has at most that is sent whole in any case.
	wholeUpTo = 10_000
	// manyOperations is in how many operations at least a schema is broken that many share.
	manyOperations = 4
)

// shareable is what describes a place of a request, equal where operations share it: the
// schema of a body, or a parameter of one name with one schema, and a place in it.
type shareable any

type describedParameter struct {
	plan.Option
	pointer string
}

// describedParameter is a place of a parameter.
func (d *drafter) describedParameter(p spec.Parameter, pointer string) shareable {
	text := d.texts.get(p.Schema.Schema, func() string {
		text, err := json.Marshal(p.Schema.Schema)
		if err != nil {
			return "" // it is described in a way of its own then
		}
		return string(text)
	})
	if text == "" {
		return p.Schema.Schema
	}
	return describedParameter{plan.Option{In: p.In, Name: p.Name, Schema: text}, pointer}
}

// sample leaves cases out of a plan that is large: a schema that many operations share is
// broken in all ways in the first of them. Each other operation keeps one case of each kind,
// each another one, and whatever is its own. A plan of no more cases than whole stays as it is.
// It returns how many cases are left out.
func (g *ground) sample(made *result, whole int) int {
	systematic := 0
	for _, c := range made.cases {
		if !c.Explored {
			systematic++
		}
	}
	if !g.sampling || systematic <= whole {
		return 0
	}
	first := g.firstBroken(made)
	kept := map[string]*plan.Case{} // of what is shared, by operation, kind and variant
	shared := func(c *plan.Case) (kind string, is bool) {
		at, is := first[made.broken[c]]
		return c.Operation + "\x00" + c.Kind + "\x00" + c.Variant, is && at != c.Operation && !c.Explored
	}
	for _, c := range made.cases {
		if kind, is := shared(c); is && (kept[kind] == nil || before(c, kept[kind])) {
			kept[kind] = c
		}
	}
	all := len(made.cases)
	made.cases = slices.DeleteFunc(made.cases, func(c *plan.Case) bool {
		kind, is := shared(c)
		return is && kept[kind] != c
	})
	return all - len(made.cases)
}

// firstBroken is, for each schema that many operations share, the first one in which it is broken.
func (g *ground) firstBroken(made *result) map[shareable]string {
	in := map[shareable]map[string]bool{}
	for _, c := range made.cases {
		s := made.broken[c]
		if s == nil {
			continue // it breaks nothing, or the body as a whole
		}
		if in[s] == nil {
			in[s] = map[string]bool{}
		}
		in[s][c.Operation] = true
	}
	first := map[shareable]string{}
	for s, operations := range in {
		if len(operations) < manyOperations {
			continue
		}
		for _, o := range g.description.Operations {
			if operations[o.ID] {
				first[s] = o.ID
				break
			}
		}
	}
	return first
}

// before puts the cases of an operation into an order that differs from operation to
// operation, so that samples do.
func before(a, b *plan.Case) bool {
	of := func(c *plan.Case) []byte {
		sum := sha256.Sum256([]byte(c.ID))
		return sum[:]
	}
	return bytes.Compare(of(a), of(b)) < 0
}
