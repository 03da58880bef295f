package spec

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestBasis(t *testing.T) {
	const clause = "clause: {page: p, text: t, sentences: [S01]}"
	unbound := func(document []byte) []byte {
		return append(document, []byte("unbinding: {S01: advice to clients}\n")...)
	}
	tolerant := func(breaks string) string {
		return "expect: {statuses: [400], tolerated: [{status: 500, breaks: [" + breaks + "], why: w}]}"
	}
	twin := func(check string) []byte {
		return []byte("  - {id: R-2, level: should, chapter: statuses, clause: {page: p, text: t}, sentence: does, operations: all, check: " + check + "}\n")
	}
	for _, tt := range []struct {
		claim    string
		document []byte
		want     string // in the error; "" when it is accepted
	}{
		{"a must of the page that names a statement is fine", oneRequirement("basis: page", clause), ""},
		{"a must of the reference that names none", oneRequirement("basis: reference"), "names no statement that binds a server"},
		{"a must of a standard that names none", oneRequirement("basis: standard"), "names no statement that binds a server"},
		{"a must that rests on advice alone", unbound(oneRequirement("basis: page", clause)), "names no statement that binds a server"},
		{"a must that rests on more than advice is fine", unbound(oneRequirement("basis: page", "clause: {page: p, text: t, sentences: [S01, S02]}")), ""},
		{"a should may rest on advice", unbound(oneRequirement("basis: page", "level: should", clause)), ""},
		{"a reading that is a must", oneRequirement("basis: reading", "readings: [RD-01]", clause), "what is our reading is a should or a may"},
		{"a reading that cites none", oneRequirement("basis: reading", "level: should"), "at least one is needed"},
		{"a reading that cites one is fine", oneRequirement("basis: reading", "level: should", "readings: [RD-01]"), ""},
		{"readings of what is none", oneRequirement("basis: page", clause, "readings: [RD-01]"), "they go with basis reading"},
		{"another list's must needs no statement", oneRequirement(), ""},
		{"an unknown basis", oneRequirement("basis: hearsay"), `basis: "hearsay": must be page, reference, standard, reading, description`},
		{"a change without a reason", oneRequirement("was: {level: must}"), "was: the reason is missing"},
		{"no reason why a statement does not bind", append(oneRequirement(), []byte("unbinding: {S01: ''}\n")...), "unbinding: S01: the reason is missing"},
		{"a tolerance that breaks another is fine", append(oneRequirement("check: status", tolerant("R-2")), twin("preferred")...), ""},
		{"a tolerance that breaks nothing there is", oneRequirement("check: status", tolerant("R-3")), "tolerated.breaks: R-3: no requirement with the check preferred or status has this id"},
		{"a tolerance that breaks what does not judge it", append(oneRequirement("check: status", tolerant("R-2")), twin("schema")...), "no requirement with the check preferred"},
		{"a preference that nothing breaks", append(oneRequirement(), twin("preferred")...), "check: preferred: no tolerated answer breaks it"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			_, err := ParseRequirements(tt.document, "r.yaml")
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestBasis_OfListsWithoutOne(t *testing.T) {
	r, err := ParseRequirements(oneRequirement(), "r.yaml")
	if err != nil || r.List[0].Basis != OfDescription || r.List[0].Basis.Words() != "the description says" {
		t.Errorf("%v %v", r, err)
	}
}

func TestBasis_OfEveryQorCommerceRequirement(t *testing.T) {
	r, err := ParseRequirements(BuiltInRequirements(), "spec/requirements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("READINGS.md")
	if err != nil {
		t.Fatal(err)
	}
	headings := regexp.MustCompile(`(?m)^\*\*(RD-\d\d)\*\* `).FindAllStringSubmatch(string(text), -1)
	var known []string
	for i, h := range headings {
		if known = append(known, h[1]); slices.Index(known, h[1]) != i {
			t.Errorf("READINGS.md: %s stands there twice", h[1])
		}
	}
	for _, q := range r.List {
		if q.Basis == OfDescription {
			t.Errorf("%s: no basis", q.ID)
		}
		for _, id := range q.Readings {
			if !slices.Contains(known, id) {
				t.Errorf("%s: READINGS.md has no %s", q.ID, id)
			}
		}
	}
}

func TestViolations_SayWhatIsAReading(t *testing.T) {
	d, err := Parse([]byte(`
openapi: 3.0.3
info: { title: t, version: "1" }
paths:
  /a:
    get:
      operationId: a
      responses:
        "200":
          description: d
          content:
            application/json:
              schema:
                type: object
                required: [id, mood]
                x-reading: [required/mood]
                properties: { id: { type: string, pattern: '^a', maxLength: 3, x-reading: [maxLength] } }
`), "a.yaml")
	if err != nil {
		t.Fatal(err)
	}
	schema := d.Operation("a").Response(200).JSON().Schema
	got := map[string]bool{}
	for _, value := range []any{map[string]any{}, map[string]any{"id": "bbbb", "mood": 1.0}} {
		for _, v := range schema.Violations(value, Answered) {
			got[v.Pointer+" "+v.Keyword] = v.Reading
		}
	}
	for what, reading := range map[string]bool{"/id required": false, "/mood required": true, "/id pattern": false, "/id maxLength": true} {
		if is, there := got[what]; !there || is != reading {
			t.Errorf("%s: there %v, a reading %v; want %v", what, there, is, reading)
		}
	}
}

func TestBasis_Fails(t *testing.T) {
	for _, tt := range []struct {
		basis  Basis
		level  Level
		strict bool
		want   bool
	}{
		{OfPage, Must, false, true}, {OfPage, Should, false, false}, {OfPage, May, true, false},
		{OfPage, Should, true, true}, {OfReference, Should, true, true}, {OfStandard, Should, true, true}, {OfDescription, Should, true, true},
		{OfReading, Should, true, false},
	} {
		if got := tt.basis.Fails(tt.level, tt.strict); got != tt.want {
			t.Errorf("%s, %s, strict %v: %v, want %v", tt.basis, tt.level, tt.strict, got, tt.want)
		}
	}
}

func TestBasis_Words(t *testing.T) {
	for basis, want := range map[Basis]string{
		OfPage: "the page says", OfReference: "the reference says", OfStandard: "a public standard says", OfDescription: "the description says",
		OfReading: "our reading (the documentation is silent)", "": "the description says", "hearsay": "",
	} {
		if got := basis.Words(); got != want {
			t.Errorf("%q: %q, want %q", basis, got, want)
		}
	}
	if got := OfReading.Citing([]string{"RD-01", "RD-02"}); got != "our reading (the documentation is silent), RD-01, RD-02" {
		t.Error(got)
	}
}
