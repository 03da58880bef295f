package spec_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// schema is what the comparison needs of a JSON Schema.
type schema struct {
	Ref        string             `json:"$ref"`
	Properties map[string]*schema `json:"properties"`
	Items      *schema            `json:"items"`
	Additional json.RawMessage    `json:"additionalProperties"`
	OneOf      []*schema          `json:"oneOf"`
	Defs       map[string]*schema `json:"$defs"`
}

// TestSchemas_Keys: the schemas that editors complete files by have the keys that are
// read, and no others.
func TestSchemas_Keys(t *testing.T) {
	for file, of := range map[string]reflect.Type{
		"requirements.schema.json": reflect.TypeFor[spec.Requirements](),
		"fixtures.schema.json":     reflect.TypeFor[settings.Fixtures](),
	} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		root := &schema{}
		if err := json.Unmarshal(data, root); err != nil {
			t.Fatal(err)
		}
		seen := map[reflect.Type]bool{}
		compareKeys(t, file, root, root, of, seen)
		if len(seen) < 6 {
			t.Errorf("%s: only %d types were compared", file, len(seen))
		}
	}
}

// compareKeys compares the properties of a schema with the keys of a type, and of all
// types within it.
func compareKeys(t *testing.T, at string, root, s *schema, of reflect.Type, seen map[reflect.Type]bool) {
	t.Helper()
	for s != nil && s.Ref != "" {
		s = root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")]
	}
	switch {
	case s == nil:
		return
	case of.Kind() == reflect.Pointer:
		compareKeys(t, at, root, s, of.Elem(), seen)
		return
	case of.Kind() == reflect.Slice:
		for _, one := range append(s.OneOf, s) {
			compareKeys(t, at+"[]", root, one.Items, of.Elem(), seen)
		}
		return
	case of.Kind() == reflect.Map:
		var value *schema
		if json.Unmarshal(s.Additional, &value) == nil {
			compareKeys(t, at+".*", root, value, of.Elem(), seen)
		}
		return
	case of.Kind() != reflect.Struct:
		return
	case len(s.Properties) == 0 && len(s.OneOf) > 0: // a type that reads a text, too
		for _, one := range s.OneOf {
			if len(one.Properties) > 0 {
				compareKeys(t, at, root, one, of, seen)
			}
		}
		return
	}
	again := seen[of]
	seen[of] = true
	read := map[string]reflect.Type{}
	for i := range of.NumField() {
		if name, _, _ := strings.Cut(of.Field(i).Tag.Get("yaml"), ","); name != "" && name != "-" {
			read[name] = of.Field(i).Type
		}
	}
	if want, got := slices.Sorted(maps.Keys(read)), slices.Sorted(maps.Keys(s.Properties)); !slices.Equal(want, got) {
		t.Errorf("%s: the schema has %v, what is read has %v", at, got, want)
	}
	if string(s.Additional) != "false" {
		t.Errorf("%s: allows unknown keys", at)
	}
	for name, inner := range read {
		if property := s.Properties[name]; property != nil && !again {
			compareKeys(t, at+"."+name, root, property, inner, seen)
		}
	}
}

// TestSchemas_Files: the files that are there conform, and one with a slip does not.
func TestSchemas_Files(t *testing.T) {
	for file, of := range map[string]string{
		"requirements.yaml": "requirements.schema.json",
		"any.yaml":          "requirements.schema.json",
		filepath.Join("..", "harness", "sandbox", "internal", "api", "fixtures.yaml"): "fixtures.schema.json",
	} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := conforms(of, data); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	for text, of := range map[string]string{
		"hosts: a":                       "fixtures.schema.json",
		"knwon: {}":                      "fixtures.schema.json",
		"oauth2: {A: {client_id: b}}":    "fixtures.schema.json",
		"version: 1\nrequirements: [{}]": "requirements.schema.json",
		"version: 1\nrequirements: [{id: A, lvl: must}]": "requirements.schema.json",
	} {
		if conforms(of, []byte(text)) == nil {
			t.Errorf("%s conforms to %s", text, of)
		}
	}
	if err := conforms("fixtures.schema.json", []byte("oauth2: {A: {client_id: b, client_secret: c}}\nheaders: {X-Tenant: 7}\nknown: {a: 7, b: c, d: [{id: 8, may: [e]}]}")); err != nil {
		t.Error(err)
	}
}

// conforms validates YAML by a schema.
func conforms(file string, data []byte) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(file, document); err != nil {
		return err
	}
	compiled, err := compiler.Compile(file)
	if err != nil {
		return err
	}
	var value any
	if err := yaml.Unmarshal(data, &value); err != nil {
		return err
	}
	asJSON, err := json.Marshal(value)
	if err != nil {
		return err
	}
	plain, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		return err
	}
	return compiled.Validate(plain)
}
