package planner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
)

// sharing is a description of operations whose bodies share a schema, beside a field of their own.
func sharing(operations int) string {
	text := "components: {schemas: {Filter: {type: object, properties: {"
	for i := range 12 {
		text += fmt.Sprintf("f%d: {type: integer}, ", i)
	}
	text += "}}}}\npaths:\n"
	for i := range operations {
		text += fmt.Sprintf(`  /o%d/filter: {post: {operationId: o%[1]d, parameters: [{name: limit, in: query, schema: {type: integer, minimum: 1}}], requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {filter: {$ref: '#/components/schemas/Filter'}, own%[1]d: {type: integer}}}}}}, responses: {'200': {description: d, content: {application/json: {schema: {type: array, items: {type: object}}}}}, '400': {description: d}}}}
`, i)
	}
	return text
}

// TestSample: what many operations share is whole in one of them. Each other one keeps what
// is its own, and a case of each kind of what is shared, so that one that checks nothing fails.
func TestSample(t *testing.T) {
	const operations = 6
	g, err := newGround(described(t, sharing(operations)), requirements(t, rule("R-BAD", "all", "malformed", `"400"`)), fixtures(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := g.makeCases(g.everything())
	if err != nil {
		t.Fatal(err)
	}
	of := func(r *result, operation string) (list []*plan.Case) {
		for _, c := range r.cases {
			if c.Operation == operation {
				list = append(list, c)
			}
		}
		return list
	}
	all := slices.Clone(whole.cases)
	small := *whole
	if left := g.sample(&small, 0); left != 0 || len(small.cases) != len(all) {
		t.Errorf("%d cases are left out where none may be", left)
	}
	g.sampling = true
	if left := g.sample(&small, len(all)); left != 0 {
		t.Errorf("%d cases of a plan that is small enough are left out", left)
	}
	small.cases = slices.Clone(all)
	left := g.sample(&small, len(all)-1)
	if left == 0 || left != len(all)-len(small.cases) {
		t.Fatalf("%d cases are left out of %d, %d remain", left, len(all), len(small.cases))
	}
	if n := len(of(&small, "o0")); n != len(of(whole, "o0")) {
		t.Errorf("the first operation has %d of %d cases", n, len(of(whole, "o0")))
	}
	places := map[string]bool{}
	for i := 1; i < operations; i++ {
		id := fmt.Sprint("o", i)
		kept, kinds := of(&small, id), map[string]int{}
		for _, c := range kept {
			if strings.HasPrefix(c.Fault.Pointer, "/filter/f") {
				kinds[c.Kind+" "+c.Variant]++
				places[c.Fault.Pointer] = true
			}
		}
		for _, c := range of(whole, id) {
			shared := strings.HasPrefix(c.Fault.Pointer, "/filter") || strings.HasPrefix(c.Fault.Pointer, "query:")
			if !shared && !slices.Contains(kept, c) {
				t.Errorf("%s is the operation's own, and is left out", c.ID)
			}
			if shared && !slices.ContainsFunc(kept, func(k *plan.Case) bool { return k.Kind == c.Kind }) {
				t.Errorf("%s has no case of the kind %s left", id, c.Kind)
			}
		}
		for kind, n := range kinds {
			if n != 1 {
				t.Errorf("%s has %d cases of %s of what is shared", id, n, kind)
			}
		}
	}
	if len(places) < 3 {
		t.Errorf("all samples break the same places: %v", places)
	}
}

// TestSample_OfFew: what few operations share is broken in each of them.
func TestSample_OfFew(t *testing.T) {
	g, err := newGround(described(t, sharing(manyOperations-1)), requirements(t, rule("R-BAD", "all", "malformed", `"400"`)), fixtures(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	made, err := g.makeCases(g.everything())
	if err != nil {
		t.Fatal(err)
	}
	g.sampling = true
	if left := g.sample(made, 0); left != 0 {
		t.Errorf("%d cases are left out", left)
	}
}
