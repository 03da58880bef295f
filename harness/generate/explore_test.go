package generate

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/spec"
)

// drawn draws a number of values of a schema, all of which must be valid.
func drawn(t *testing.T, text string, rounds int) []map[string]any {
	t.Helper()
	var written any
	if err := json.Unmarshal([]byte(text), &written); err != nil {
		t.Fatal(err)
	}
	s, err := load(written, nil)
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	for round := range rounds {
		value, ok := Maker{Schema: s}.Explore(Draw{Seed: 7, Round: round}.Of("", false))
		if found := s.Violations(value, spec.Sent); !ok || len(found) > 0 {
			t.Fatalf("round %d: %v is not valid: %s", round, value, Words(found))
		}
		list = append(list, value.(map[string]any))
	}
	return list
}

// variedSchema has something of everything that is drawn.
const variedSchema = `{"type": "object", "required": ["name"], "properties": {
		"name": {"type": "string", "maxLength": 40}, "note": {"type": "string", "minLength": 2, "maxLength": 200},
		"code": {"type": "string", "pattern": "^[A-Z]{2,20}-[0-9]+$"}, "word": {"enum": ["a", "b", "c"]},
		"day": {"type": "string", "format": "date"}, "count": {"type": "integer", "minimum": 3, "maximum": 20},
		"list": {"type": "array", "items": {"type": "string", "maxLength": 8}, "maxItems": 30}, "set": {"type": "array", "uniqueItems": true, "items": {"type": "integer"}},
		"inner": {"type": "object", "required": ["x"], "properties": {"x": {"type": "number"}, "y": {"type": "boolean"}}},
		"either": {"oneOf": [{"type": "integer", "minimum": 1}, {"type": "string", "maxLength": 5}]}, "more": {"type": "object", "additionalProperties": {"type": "integer"}}}}`

// TestExplore_ReachesWhatTakesTurns: within a hundred values, each pair of optional places
// is there together, each length and size near the least, each sort of characters and each
// word is there, and the same is drawn again.
func TestExplore_ReachesWhatTakesTurns(t *testing.T) {
	values := drawn(t, variedSchema, 100)
	if again := drawn(t, variedSchema, 100); !reflect.DeepEqual(values, again) {
		t.Error("the same seed draws something else")
	}
	seen := map[string]map[any]bool{}
	see := func(what string, value any) {
		if seen[what] == nil {
			seen[what] = map[any]bool{}
		}
		seen[what][value] = true
	}
	for _, v := range values {
		for a := range v {
			for b := range v {
				see("pairs", a+" "+b)
			}
		}
		for _, name := range []string{"name", "note"} {
			if text, ok := v[name].(string); ok {
				see(name, utf8.RuneCountInString(text))
				for what, table := range map[string]*unicode.RangeTable{"greek": unicode.Greek, "han": unicode.Han, "arabic": unicode.Arabic, "marks": unicode.Mn, "symbols": unicode.So} {
					if strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(table, c) }) {
						see("sorts", what)
					}
				}
			}
		}
		if list, ok := v["list"].([]any); ok {
			see("list", len(list))
		}
		if word, ok := v["word"]; ok {
			see("word", word)
		}
		if code, ok := v["code"].(string); ok {
			see("code", strings.Index(code, "-"))
		}
		if _, isText := v["either"].(string); v["either"] != nil {
			see("either", isText)
		}
	}
	for what, want := range map[string]int{"pairs": 121, "word": 3, "sorts": 5, "either": 2, "code": 12} {
		if len(seen[what]) < want {
			t.Errorf("%s: %d, want at least %d: %v", what, len(seen[what]), want, seen[what])
		}
	}
	for length := 1; length <= 33; length++ {
		if !seen["name"][length] || length > 1 && !seen["note"][length] {
			t.Errorf("no text has the length %d", length)
		}
	}
	for _, size := range []int{0, 1, 2, 5, 10, 30} {
		if !seen["list"][size] {
			t.Errorf("no list has %d items", size)
		}
	}
}

// TestExplore_Seeds: another seed draws something else, and what is drawn in a round does
// not depend on how many rounds there are.
func TestExplore_Seeds(t *testing.T) {
	s, err := load(map[string]any{"type": "object", "properties": map[string]any{"a": map[string]any{"type": "string"}, "b": map[string]any{"type": "integer"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for seed := range uint64(4) {
		text := ""
		for round := range 8 {
			value, _ := Maker{Schema: s}.Explore(Draw{Seed: seed, Round: round}.Of("", false))
			text += compact(value)
		}
		if slices.Contains(texts, text) {
			t.Errorf("seed %d draws what another draws", seed)
		}
		texts = append(texts, text)
	}
}

// TestExplore_Kept: a place that is kept has its usual value, and texts of headers are plain.
func TestExplore_Kept(t *testing.T) {
	s, err := load(map[string]any{"type": "string", "maxLength": 30}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := Maker{Schema: s}
	for round := range 60 {
		w := Draw{Seed: 1, Round: round, Plain: true}.Of("header:X-Note", true)
		if value, _ := m.Explore(w); !plain(value.(string)) {
			t.Errorf("round %d: %q is not plain", round, value)
		}
		w.Keep = func(string, *openapi3.Schema) bool { return true }
		if value, _ := m.Explore(w); value != m.Make(Everything) {
			t.Errorf("round %d: %q is kept", round, value)
		}
	}
}

// What is remembered of earlier rounds changes nothing of what is drawn.
func TestExplore_CountsRemember(t *testing.T) {
	s := openapi3.NewObjectSchema().WithProperty("a", openapi3.NewStringSchema()).WithProperty("b", openapi3.NewArraySchema().WithItems(openapi3.NewIntegerSchema()))
	m := Maker{Schema: spec.Schema{Schema: s}}
	counts := Counts{}
	for round := range 40 {
		d := Draw{Seed: 7, Round: round}
		anew, _ := m.Explore(d)
		d.Counts = counts
		remembered, _ := m.Explore(d)
		if !reflect.DeepEqual(anew, remembered) {
			t.Fatalf("round %d: %v, and with counts %v", round, anew, remembered)
		}
	}
	if len(counts) == 0 {
		t.Error("nothing is remembered")
	}
}
