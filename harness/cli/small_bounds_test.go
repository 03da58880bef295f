package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// schemasTo writes schemas that each lead to the one before: L1 to L0, and so on.
func schemasTo(levels int, last string, schema func(level int) string) string {
	var b strings.Builder
	b.WriteString("  schemas:\n    L0: " + last + "\n")
	for level := 1; level <= levels; level++ {
		fmt.Fprintf(&b, "    L%d: %s\n", level, schema(level))
	}
	return b.String()
}

// wide is a list of eight schemas.
func wide(schema func(i int) string) string {
	var list []string
	for i := range 8 {
		list = append(list, schema(i))
	}
	return "[ " + strings.Join(list, ", ") + " ]"
}

// TestSmallAPIs_Bounds: what makes a planner run for ever, or fill its memory, is planned in
// part, and what is left out says why.
// includesOthers is one of some schemas L0, L1 … that each include all others by allOf.
func includesOthers(count, level int) string {
	var others []string
	for other := range count {
		if other != level {
			others = append(others, fmt.Sprintf(`{ $ref: "#/components/schemas/L%d" }`, other))
		}
	}
	return fmt.Sprintf("{ allOf: [ %s ], properties: { p%d: { type: string } } }", strings.Join(others, ", "), level)
}

func TestSmallAPIs_Bounds(t *testing.T) {
	ref := func(level int) string { return fmt.Sprintf(`{ $ref: "#/components/schemas/L%d" }`, level) }
	object := `{ type: object, required: [k], properties: { k: { type: string } } }`
	for _, tt := range []struct {
		claim, document string
		dropped         string // part of the reason; "" for nothing that must be dropped
	}{
		{"unions 8 wide and 5 deep", takesAt(ref(5)) + schemasTo(5, object, func(level int) string {
			return "{ oneOf: " + wide(func(i int) string {
				return fmt.Sprintf("{ type: object, required: [p%d], properties: { p%d: %s } }", i, i, ref(level-1))
			}) + " }"
		}), "too many branches"},
		{"unions of one value", takesAt(ref(5)) + schemasTo(5, object, func(level int) string {
			return "{ oneOf: " + wide(func(i int) string {
				return fmt.Sprintf("{ allOf: [ %s, { type: object, properties: { p%d: { type: string } } } ] }", ref(level-1), i)
			}) + " }"
		}), "combines too many others"},
		{"a cycle of allOf", takesAt(ref(3)) + schemasTo(3, "{ allOf: [ "+ref(3)+" ] }", func(level int) string {
			return fmt.Sprintf("{ allOf: [ %s ], properties: { p%d: { type: string } } }", ref(level-1), level)
		}), ""},
		{"eight schemas that include each other", takesAt(ref(7)) + schemasTo(7, includesOthers(8, 0), func(level int) string { return includesOthers(8, level) }), "combines too many others"},
		{"a chain of references", takesAt(ref(1000)) + schemasTo(1000, object, func(level int) string { return ref(level - 1) }), ""},
		{"a chain of allOf", takesAt(ref(300)) + schemasTo(300, object, func(level int) string { return "{ allOf: [ " + ref(level-1) + " ] }" }), ""},
		{"objects in objects", takesAt(strings.Repeat("{ type: object, required: [n], properties: { n: ", 60) + object + strings.Repeat(" } }", 60)), ""},
		{"very many items that differ", takesAt(`{ type: array, uniqueItems: true, minItems: 100000000, items: { type: object, properties: { a: { type: string }, b: { type: integer } } } }`), "must have at least 100000000 items"},
		{"a very long text", takesAt(`{ type: string, minLength: 1000000000 }`), "must have at least 1000000000 characters"},
		{"very many properties", takesAt(`{ type: object, minProperties: 100000000 }`), "must have at least 100000000 properties"},
		{"a pattern that explodes", takesAt(`{ type: string, minLength: 3000, pattern: "^(?=x)((x+x+)+y|(x{1,900}){1,900})+$" }`), "pattern"},
	} {
		for _, version := range []string{"3.0.3", "3.1.0"} {
			t.Run(tt.claim+" "+version, func(t *testing.T) {
				t.Parallel()
				p := planSmall(t, version, tt.document)
				if len(p.Cases) == 0 {
					t.Error("nothing is planned")
				}
				for _, d := range p.Dropped {
					if strings.Contains(d.Reason, tt.dropped) {
						return
					}
				}
				if tt.dropped != "" {
					t.Errorf("nothing is dropped since %s: %v", tt.dropped, p.Dropped)
				}
			})
		}
	}
}

// planSmall plans a small API.
func planSmall(t *testing.T, version, document string) *plan.Plan {
	t.Helper()
	d, err := spec.Parse([]byte("openapi: "+version+"\ninfo: { title: t, version: \"1\" }\n"+document), "api.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := spec.ParseRequirements([]byte(smallRequirements), "requirements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := settings.ParseFixtures([]byte("hosts: []\nwrites: ['*']\n"), "fixtures.yaml", os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	p, err := planner.New(d, r, f, 1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
