package generate

import (
	"testing"

	"qorcheck/spec"
)

// Values carry the word of the schema that they follow, and what only a discriminator refuses
// is no certain fault: for JSON Schema it is a hint.
func TestDiscriminator_WordsAndHints(t *testing.T) {
	text := map[string]any{"type": "string"}
	kind := func(properties map[string]any, required ...any) map[string]any {
		return map[string]any{"type": "object", "required": required, "properties": properties}
	}
	ref := func(name string) map[string]any { return map[string]any{"$ref": "#/components/schemas/" + name} }
	components := map[string]any{
		"Cat":    kind(map[string]any{"petType": text, "name": text}, "petType"),
		"Dog":    kind(map[string]any{"petType": text, "bark": text}, "petType"),
		"Animal": map[string]any{"type": "object", "required": []any{"kind"}, "properties": map[string]any{"kind": text}, "discriminator": map[string]any{"propertyName": "kind", "mapping": map[string]any{"fish": "#/components/schemas/Fish"}}},
		"Fish":   map[string]any{"allOf": []any{ref("Animal"), kind(map[string]any{"fins": map[string]any{"type": "integer"}}, "fins")}},
	}
	for _, tt := range []struct {
		claim  string
		schema map[string]any
		want   string
	}{
		{"the name of a schema", map[string]any{"oneOf": []any{ref("Cat"), ref("Dog")}, "discriminator": map[string]any{"propertyName": "petType"}}, `{"petType":"Cat"}`},
		{"a word of the mapping, of what inherits", ref("Animal"), `{"fins":1,"kind":"fish"}`},
		{"that of the schema itself, where it inherits", ref("Fish"), `{"fins":1,"kind":"fish"}`},
	} {
		for _, version := range []string{"3.0.3", "3.1.0"} {
			t.Run(tt.claim+" "+version, func(t *testing.T) {
				schema, err := loadAs(version, tt.schema, components)
				if err != nil {
					t.Fatal(err)
				}
				m := Maker{Schema: schema}
				if got := compact(m.Make(OnlyRequired)); got != tt.want || len(schema.Violations(m.Make(OnlyRequired), spec.Sent)) > 0 {
					t.Errorf("made %s, want %s: %v", got, tt.want, schema.Violations(m.Make(OnlyRequired), spec.Sent))
				}
			})
		}
	}
	schema, err := load(map[string]any{"oneOf": []any{ref("Cat"), ref("Dog")}, "discriminator": map[string]any{"propertyName": "petType"}}, components)
	if err != nil {
		t.Fatal(err)
	}
	m := Maker{Schema: schema}
	for value, certain := range map[string]bool{"name": false, "petType": true} {
		object := map[string]any{"petType": "Cat", "name": "x"}
		object[value] = 1.0
		if err := m.Certify(Fault{Pointer: "/" + value, Keyword: "type"}, object); value == "name" && (err == nil) != certain {
			t.Errorf("%s of a wrong type: %v", value, err)
		}
		if m.hinted(Fault{Pointer: "/" + value}, object) == certain {
			t.Errorf("%s of a wrong type is refused by the discriminator alone: %v", value, !certain)
		}
	}
}
