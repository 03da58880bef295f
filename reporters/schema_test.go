package reporters

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
)

// runSchema reads the published schema of run.json.
func runSchema(t *testing.T) (map[string]any, *jsonschema.Schema) {
	t.Helper()
	data, err := os.ReadFile("run.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("run.schema.json", parsed); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("run.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return parsed.(map[string]any), compiled
}

func validate(t *testing.T, schema *jsonschema.Schema, data []byte) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

func TestRunJSON_MeetsItsSchema(t *testing.T) {
	_, schema := runSchema(t)
	d := sample.EveryKind()
	var b bytes.Buffer
	if err := JSON(&b, d); err != nil {
		t.Fatal(err)
	}
	if err := validate(t, schema, b.Bytes()); err != nil {
		t.Errorf("%v", err)
	}
	for _, tt := range []struct{ claim, old, new string }{
		{"an unknown field", `"version": 4,`, `"version": 4, "colour": "red",`},
		{"another version", `"version": 4,`, `"version": 2,`},
		{"an unknown rule", `"rule": "status"`, `"rule": "taste"`},
		{"an unknown outcome", `"outcome": "fail"`, `"outcome": "failed"`},
		{"a digest of another kind", `"plan": "sha256:`, `"plan": "md5:`},
		{"a date that is none", `"until": "2030-12-31"`, `"until": "soon"`},
		{"a case as index of nothing", `"act": 0`, `"act": -2`},
		{"no counts", `"counts":`, `"count":`},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			bent := strings.Replace(b.String(), tt.old, tt.new, 1)
			if bent == b.String() {
				t.Fatal("nothing to bend")
			}
			if validate(t, schema, []byte(bent)) == nil {
				t.Error("it is valid all the same")
			}
		})
	}
}

// TestRunJSON_SchemaIsComplete compares the schema with the types: a field that one has
// and the other lacks would be refused by readers, or not described.
func TestRunJSON_SchemaIsComplete(t *testing.T) {
	root, _ := runSchema(t)
	compare(t, root, root, reflect.TypeFor[run.Document](), "run")
}

func compare(t *testing.T, root, schema map[string]any, of reflect.Type, at string) {
	if name, ok := schema["$ref"].(string); ok {
		schema = root["$defs"].(map[string]any)[strings.TrimPrefix(name, "#/$defs/")].(map[string]any)
	}
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch {
	case of == reflect.TypeFor[time.Time]():
	case of == reflect.TypeFor[redact.Text]():
		if schema["type"] != "string" {
			t.Errorf("%s is a text, not %s", at, schema["type"])
		}
	case of.Kind() == reflect.Slice:
		compare(t, root, schema["items"].(map[string]any), of.Elem(), at+"[]")
	case of.Kind() == reflect.Struct:
		properties := schema["properties"].(map[string]any)
		var required, fields []string
		for i := range of.NumField() {
			name, options, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			fields = append(fields, name)
			inner, ok := properties[name].(map[string]any)
			if !ok {
				t.Errorf("%s.%s is not in the schema", at, name)
				continue
			}
			if options != "omitempty" && options != "omitzero" {
				required = append(required, name)
			}
			compare(t, root, inner, of.Field(i).Type, at+"."+name)
		}
		for name := range properties {
			if !slices.Contains(fields, name) {
				t.Errorf("%s.%s is in the schema and not in the type", at, name)
			}
		}
		if schema["additionalProperties"] != false {
			t.Errorf("%s: more properties are allowed", at)
		}
		if listed := words(schema["required"]); !slices.Equal(listed, required) {
			t.Errorf("%s: required are %v, the type always has %v", at, listed, required)
		}
	case of == reflect.TypeFor[verdict.Rule]():
		if listed := words(schema["enum"]); !slices.Equal(listed, verdict.Rules()) {
			t.Errorf("%s: the rules are %v, listed are %v", at, verdict.Rules(), listed)
		}
	case of == reflect.TypeFor[verdict.ObstacleKind]():
		if listed := words(schema["enum"]); !slices.Equal(listed, verdict.ObstacleKinds()) {
			t.Errorf("%s: the kinds are %v, listed are %v", at, verdict.ObstacleKinds(), listed)
		}
	case of.Kind() == reflect.String && of.PkgPath() != "", of == reflect.TypeFor[verdict.Deviation](), of == reflect.TypeFor[verdict.Outcome]():
		if schema["enum"] == nil {
			t.Errorf("%s: the words are not listed", at)
		}
	default:
		want := map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer", reflect.Uint64: "integer", reflect.Float64: "number"}[of.Kind()]
		if schema["type"] != want && schema["const"] == nil && schema["enum"] == nil {
			t.Errorf("%s is of type %v, not %s", at, schema["type"], want)
		}
	}
}

func words(list any) []string {
	var names []string
	for _, name := range list.([]any) {
		names = append(names, fmt.Sprint(name))
	}
	return names
}

func TestRunJSON_IsTheSameEverywhere(t *testing.T) {
	d := sample.EveryKind()
	var first bytes.Buffer
	if err := JSON(&first, d); err != nil {
		t.Fatal(err)
	}
	back, err := run.Read(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var second bytes.Buffer
	if err := JSON(&second, back); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) || !json.Valid(first.Bytes()) {
		t.Errorf("read and written again it differs: %v", err)
	}
}
