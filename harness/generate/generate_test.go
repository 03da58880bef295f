package generate

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"qorcheck/spec"
)

// sample is one entry of testdata/schemas.yaml.
type sample struct {
	Name       string
	Schema     any
	Components map[string]any
	Faults     []string
}

func samples(t testing.TB) []sample {
	t.Helper()
	data, err := os.ReadFile("testdata/schemas.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []sample
	if err := yaml.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// load reads a schema as the request body of a small description.
func load(schema any, components map[string]any) (spec.Schema, error) {
	return loadAs("3.0.3", schema, components)
}

func loadAs(version string, schema any, components map[string]any) (spec.Schema, error) {
	document := map[string]any{
		"openapi": version, "info": map[string]any{"title": "t", "version": "1"},
		"paths": map[string]any{"/x": map[string]any{"post": map[string]any{
			"operationId": "op",
			"requestBody": map[string]any{"content": map[string]any{"application/json": map[string]any{"schema": schema}}},
			"responses":   map[string]any{"200": map[string]any{"description": "ok"}},
		}}},
	}
	if components != nil {
		document["components"] = map[string]any{"schemas": components}
	}
	data, err := json.Marshal(document)
	if err != nil {
		return spec.Schema{}, err
	}
	d, err := spec.Parse(data, "sample.json")
	if err != nil {
		return spec.Schema{}, err
	}
	return d.Operations[0].Body.JSON().Schema, nil
}

func TestMake_IsValid(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.Name, func(t *testing.T) {
			schema, err := load(s.Schema, s.Components)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range (Maker{Schema: schema}).Valid() {
				if found := schema.Violations(v.Value, spec.Sent); len(found) > 0 {
					t.Errorf("%s (%s): %s: %s", v.Class, v.Why, text(t, v.Value), Words(found))
				}
			}
		})
	}
}

func TestFaults_BreakOneThing(t *testing.T) {
	total, kept := 0, 0
	for _, s := range samples(t) {
		t.Run(s.Name, func(t *testing.T) {
			schema, err := load(s.Schema, s.Components)
			if err != nil {
				t.Fatal(err)
			}
			m := Maker{Schema: schema}
			broken := map[string]bool{}
			for _, f := range m.Faults() {
				if f.Gap != "" {
					t.Logf("gap at %s: %s", f.Pointer, f.Gap)
					continue
				}
				total++
				if err := m.Certify(f, f.Value); err != nil {
					t.Logf("dropped %s %s %s: %s: %v", f.Pointer, f.Keyword, f.Class, text(t, f.Value), err)
					continue
				}
				kept++
				broken[f.Keyword] = true
			}
			for _, keyword := range s.Faults {
				if !broken[keyword] {
					t.Errorf("nothing breaks %s", keyword)
				}
			}
		})
	}
	t.Logf("%d faults, %d certified", total, kept)
}

// modern puts a schema of OpenAPI 3.0 in the words of 3.1.
func modern(tree any) any {
	switch t := tree.(type) {
	case []any:
		list := make([]any, len(t))
		for i, inner := range t {
			list[i] = modern(inner)
		}
		return list
	case map[string]any:
		s := map[string]any{}
		for name, inner := range t {
			s[name] = modern(inner)
		}
		if s["nullable"] == true {
			s["type"] = []any{s["type"], "null"}
		}
		delete(s, "nullable")
		for exclusive, bound := range map[string]string{"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"} {
			if s[exclusive] == true {
				s[exclusive] = s[bound]
				delete(s, bound)
			}
		}
		return s
	}
	return tree
}

// TestVersions_Agree: a schema means the same in OpenAPI 3.0 and, in other
// words and judged by another validator, in 3.1.
func TestVersions_Agree(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.Name, func(t *testing.T) {
			var told [2][]string
			components, _ := modern(s.Components).(map[string]any)
			for i, load := range []func() (spec.Schema, error){
				func() (spec.Schema, error) { return load(s.Schema, s.Components) },
				func() (spec.Schema, error) { return loadAs("3.1.0", modern(s.Schema), components) },
			} {
				schema, err := load()
				if err != nil {
					t.Fatal(err)
				}
				m := Maker{Schema: schema}
				for _, f := range m.Faults() {
					if f.Gap == "" {
						told[i] = append(told[i], fmt.Sprintf("%s %s %s %s %v", f.Pointer, f.Keyword, f.Class, text(t, f.Value), m.Certify(f, f.Value) == nil))
					}
				}
				for _, v := range m.Valid() {
					told[i] = append(told[i], fmt.Sprintf("%s %s %v", v.Class, text(t, v.Value), len(schema.Violations(v.Value, spec.Sent)) == 0))
				}
			}
			for i := range max(len(told[0]), len(told[1])) {
				if i >= len(told[0]) || i >= len(told[1]) || told[0][i] != told[1][i] {
					t.Fatalf("3.0 %q\n3.1 %q", told[0][min(i, len(told[0])):], told[1][min(i, len(told[1])):])
				}
			}
		})
	}
}

func TestFaults_Differ(t *testing.T) {
	for _, s := range samples(t) {
		schema, err := load(s.Schema, s.Components)
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		for _, f := range (Maker{Schema: schema}).Faults() {
			if f.Gap != "" {
				continue
			}
			key := fmt.Sprint(f.Pointer, " ", f.Keyword, " ", f.Class)
			if slices.Contains(seen, key) {
				t.Errorf("%s: two faults are %s", s.Name, key)
			}
			seen = append(seen, key)
		}
	}
}

func text(t *testing.T, value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestText_EmptyOnlyWhereItMustBe(t *testing.T) {
	for pattern, want := range map[string]string{"^[a-c]*$": "a", "^(xy)?$": "xy", "^$": ""} {
		schema, err := load(map[string]any{"type": "string", "pattern": pattern}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Maker{Schema: schema}).Make(OnlyRequired); got != want {
			t.Errorf("%s makes %q, want %q", pattern, got, want)
		}
	}
}

func TestObject_UndescribedMandatoryProperty(t *testing.T) {
	for want, schema := range map[string]map[string]any{
		`{"name":"text"}`: {"type": "object", "required": []any{"name"}, "properties": map[string]any{"other": map[string]any{"type": "string"}}},
		`{"name":1}`:      {"type": "object", "required": []any{"name"}, "additionalProperties": map[string]any{"type": "integer"}},
		`{}`:              {"type": "object", "required": []any{"name"}, "additionalProperties": false},
	} {
		loaded, err := load(schema, nil)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := json.Marshal(Maker{Schema: loaded}.Make(OnlyRequired)); err != nil || string(data) != want {
			t.Errorf("%s %v, want %s", data, err, want)
		}
	}
}

func TestObject_MapFromExample(t *testing.T) {
	text := map[string]any{"type": "string"}
	for _, tt := range []struct {
		claim  string
		schema map[string]any
		want   string
	}{
		{"a map that shows nothing is empty", map[string]any{}, `{}`},
		{"a map is made as its example shows", map[string]any{"example": map[string]any{"a": "b"}}, `{"a":"b"}`},
		{"an example that is not valid is not made", map[string]any{"example": map[string]any{"a": 1}}, `{}`},
		{"a map of at least two is filled", map[string]any{"minProperties": 2}, `{"extrax":"text","extraxx":"text"}`},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			tt.schema["type"], tt.schema["additionalProperties"] = "object", text
			schema, err := load(tt.schema, nil)
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(Maker{Schema: schema}.Make(OnlyRequired))
			if err != nil || string(data) != tt.want {
				t.Errorf("%s %v, want %s", data, err, tt.want)
			}
		})
	}
}

func TestOneOf_OneBranchTakesAValue(t *testing.T) {
	branch := func(word string, more map[string]any, required ...string) map[string]any {
		properties := map[string]any{"kind": map[string]any{"type": "string", "enum": []any{word}}, "number": map[string]any{"type": "string", "example": "12"}}
		maps.Copy(properties, more)
		schema := map[string]any{"type": "object", "properties": properties}
		if len(required) > 0 {
			schema["required"] = required
		}
		return schema
	}
	for _, tt := range []struct {
		claim string
		oneOf []any
		want  string
	}{
		{"branches that differ need no more", []any{branch("a", nil, "kind"), branch("b", nil, "kind")}, `{"kind":"a"}`},
		{"listed words tell branches that overlap", []any{branch("a", nil, "number"), branch("b", nil)}, `{"kind":"a","number":"12"}`},
		{"within a list, too", []any{map[string]any{"type": "array", "minItems": 1, "items": branch("a", nil)}, branch("b", nil)}, `[{}]`},
		{"another branch is taken where no word tells", []any{map[string]any{"type": "object"}, map[string]any{"type": "string", "example": "x"}, branch("b", nil)}, `"x"`},
		{"where every branch overlaps the first one stays", []any{map[string]any{"type": "object"}, map[string]any{"type": "object"}}, `{}`},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			schema, err := load(map[string]any{"oneOf": tt.oneOf}, nil)
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(Maker{Schema: schema}.Make(OnlyRequired))
			if err != nil || string(data) != tt.want {
				t.Errorf("%s %v, want %s", data, err, tt.want)
			}
		})
	}
}

func TestUniqueItems_LongLists(t *testing.T) {
	for _, items := range []map[string]any{
		{"type": "string"},
		{"type": "integer", "minimum": 1},
		{"type": "object", "required": []any{"a"}, "properties": map[string]any{"a": map[string]any{"type": "string"}, "b": map[string]any{"type": "boolean"}}},
	} {
		schema, err := load(map[string]any{"type": "array", "uniqueItems": true, "maxItems": 999, "items": items}, nil)
		if err != nil {
			t.Fatal(err)
		}
		longest := 0
		for _, v := range (Maker{Schema: schema}).Valid() {
			if found := schema.Violations(v.Value, spec.Sent); len(found) > 0 {
				t.Errorf("%v: %s is not valid: %s", items, v.Class, Words(found))
			}
			list, _ := v.Value.([]any)
			longest = max(longest, len(list))
		}
		if longest != 999 {
			t.Errorf("%v: the longest list has %d items, want 999", items, longest)
		}
	}
}

func TestSetAndRemove(t *testing.T) {
	for _, tt := range []struct{ claim, body, pointer, set, removed string }{
		{"a field", `{"a":1}`, "/a", `{"a":"x"}`, `{}`},
		{"a new field", `{"a":1}`, "/b", `{"a":1,"b":"x"}`, `{"a":1}`},
		{"a field within", `{"a":{"b":1,"c":2}}`, "/a/b", `{"a":{"b":"x","c":2}}`, `{"a":{"c":2}}`},
		{"a field of an item", `{"a":[{"b":1}]}`, "/a/0/b", `{"a":[{"b":"x"}]}`, `{"a":[{}]}`},
		{"objects on the way are made", `{}`, "/a/b", `{"a":{"b":"x"}}`, `{}`},
		{"an escaped name", `{"a/b":1}`, "/a~1b", `{"a/b":"x"}`, `{}`},
		{"the whole", `{"a":1}`, "", `"x"`, `null`},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var body any
			if err := json.Unmarshal([]byte(tt.body), &body); err != nil {
				t.Fatal(err)
			}
			if got := text(t, Set(body, tt.pointer, "x")); got != tt.set {
				t.Errorf("set %s, want %s", got, tt.set)
			}
			if got := text(t, Remove(body, tt.pointer)); got != tt.removed {
				t.Errorf("removed %s, want %s", got, tt.removed)
			}
			if got := text(t, body); got != tt.body {
				t.Errorf("the original became %s", got)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	var schema any
	if err := yaml.Unmarshal([]byte(`{allOf: [{type: object, required: [m], properties: {m: {type: object, required: [x], properties: {x: {type: string}}}, r: {type: string, readOnly: true}}}], oneOf: [{properties: {o: {type: object, required: [y], properties: {y: {type: string}}}}}, {properties: {other: {type: string}}}]}`), &schema); err != nil {
		t.Fatal(err)
	}
	s, err := load(schema, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range (Maker{Schema: s}).Places() {
		got = append(got, fmt.Sprint(p.Pointer, " ", p.Required))
	}
	if want := []string{"/m true", "/m/x true", "/o false", "/o/y false", "/other false"}; !slices.Equal(got, want) {
		t.Errorf("places %q, want %q", got, want)
	}
}

// TestRules_AllBroken compares what a schema says with what is broken: each
// keyword of each place has a certified fault, or a gap that says why not.
func TestRules_AllBroken(t *testing.T) {
	for _, s := range samples(t) {
		schema, err := load(s.Schema, s.Components)
		if err != nil {
			t.Fatal(err)
		}
		m := Maker{Schema: schema}
		done := map[Rule]bool{}
		for _, f := range m.Faults() {
			done[Rule{f.Pointer, f.Keyword}] = true
			if f.Keyword == Blank {
				done[Rule{f.Pointer, "pattern"}], done[Rule{f.Pointer, "minLength"}] = true, true
			}
		}
		for _, rule := range m.Rules() {
			if !done[rule] {
				t.Errorf("%s: nothing breaks %s at %q", s.Name, rule.Keyword, rule.Pointer)
			}
		}
	}
}

// A branch of null is made as null, and what has branches beside it is made in each.
func TestBranches_OfNull(t *testing.T) {
	null, thing := map[string]any{"type": "null"}, map[string]any{"type": "object", "required": []any{"n"}, "properties": map[string]any{"n": map[string]any{"type": "integer"}}}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		schema, err := loadAs("3.1.0", map[string]any{"type": "object", "required": []any{"x"}, "properties": map[string]any{"x": map[string]any{keyword: []any{null, thing}}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		m := Maker{Schema: schema}
		if got := compact(m.Make(OnlyRequired)); got != `{"x":{"n":1}}` {
			t.Errorf("%s: %s where more than null can be made", keyword, got)
		}
		var made []string
		for _, v := range m.Valid() {
			if len(schema.Violations(v.Value, spec.Sent)) > 0 {
				t.Errorf("%s: %s makes %s", keyword, v.Class, compact(v.Value))
			}
			made = append(made, compact(v.Value))
		}
		for _, want := range []string{`{"x":null}`, `{"x":{"n":1}}`} {
			if !slices.Contains(made, want) {
				t.Errorf("%s makes %q, without %s", keyword, made, want)
			}
		}
	}
}

func TestEnum_Numerals(t *testing.T) {
	for _, tt := range []struct {
		claim string
		enum  []any
		want  map[string]any
	}{
		{"numerals beside words", []any{"1", "2", "10", "cash"}, map[string]any{"signed": "+1", "zeros": "010", "below": "0", "above": "11"}},
		{"from zero on", []any{"0", "1"}, map[string]any{"signed": "+0", "zeros": "01", "below": "-1", "above": "2"}},
		{"one of them listed", []any{"1", "2", "+1", "3"}, map[string]any{"zeros": "03", "below": "0", "above": "4"}},
		{"a single one", []any{"1", "cash"}, map[string]any{}},
		{"codes with zeros before them", []any{"01", "02"}, map[string]any{}},
	} {
		schema, err := load(map[string]any{"type": "string", "enum": tt.enum}, nil)
		if err != nil {
			t.Fatal(err)
		}
		m := Maker{Schema: schema}
		got := map[string]any{}
		for _, f := range m.Faults() {
			if f.Keyword == "enum" && slices.Contains([]string{"signed", "zeros", "below", "above"}, f.Class) {
				got[f.Class] = f.Value
			}
		}
		if !maps.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.claim, got, tt.want)
		}
	}
}

func TestPattern_Edges(t *testing.T) {
	for _, tt := range []struct {
		claim, pattern, example string
		want                    map[string]any
	}{
		{"two decimals at most", `^[0-9]+(\.[0-9]{1,2})?$`, "18.40", map[string]any{
			"short": "18.", "long": "18.400", "padded": " 18.40", "line": "18.40\n", "script": "18.4٠", "signed": "+18.40", "negative": "-18.40", "exponent": "18.40e0", "separator": "18,40"}},
		{"a month", `^(0[1-9]|1[0-2])$`, "09", map[string]any{
			"short": "0", "long": "099", "nines": "99", "padded": " 09", "line": "09\n", "script": "0٩", "signed": "+09", "negative": "-09", "exponent": "09e0", "zero-1": "00", "beyond-1": "13", "bare-1": "9"}},
		{"a day of a month", `^(0[1-9]|1[0-2])/(0[1-9]|[12][0-9]|3[01])$`, "09/30", map[string]any{
			"short": "09/3", "long": "09/300", "nines": "99/99", "padded": " 09/30", "line": "09/30\n", "script": "09/3٠",
			"zero-1": "00/30", "beyond-1": "13/30", "bare-1": "9/30", "zero-2": "09/00", "beyond-2": "09/32", "separator": "09-30"}},
		{"a sign, and a blank behind it, are allowed", `^[+-]?[0-9]+ ?$`, "12", map[string]any{"padded": " 12", "line": "12\n", "script": "1٢", "exponent": "12e0"}},
		{"letters of one case", `^[a-z]*$`, "abc", map[string]any{"padded": " abc", "line": "abc\n", "case": "ABC"}},
		{"what has letters and more may be the same in either case", `^https?://[a-z.]+$`, "https://a.test", map[string]any{"padded": " https://a.test", "line": "https://a.test\n", "short": "https://"}},
	} {
		schema, err := load(map[string]any{"type": "string", "pattern": tt.pattern, "example": tt.example}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]any{}
		for _, f := range (Maker{Schema: schema}).Faults() {
			if f.Keyword == "pattern" && f.Gap == "" && f.Class != "near" {
				got[f.Class] = f.Sent
			}
		}
		if text(t, got) != text(t, tt.want) {
			t.Errorf("%s: %v, want %v", tt.claim, got, tt.want)
		}
	}
}
