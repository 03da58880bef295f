package settings

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"qorcheck/spec"
)

// files are what we read, by the type that each is decoded into.
var files = []struct {
	name string
	root any
}{
	{"fixtures", Fixtures{}},
	{"waivers", Waivers{}},
	{"requirements", spec.Requirements{}},
	{"x-conformance", spec.Conformance{}},
}

// filled makes a document with every key of a type, a list with one item for each list.
func filled(of reflect.Type) any {
	switch of {
	case reflect.TypeFor[spec.Operations]():
		return "all"
	case reflect.TypeFor[spec.Chapters](), reflect.TypeFor[spec.Holds]():
		return map[string]any{}
	case reflect.TypeFor[KnownList](): // its keys have a table of their own
		return "id"
	}
	switch of.Kind() {
	case reflect.Pointer:
		return filled(of.Elem())
	case reflect.Struct:
		m := map[string]any{}
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("yaml"), ",")
			if name != "-" && of.Field(i).IsExported() {
				m[name] = filled(of.Field(i).Type)
			}
		}
		return m
	case reflect.Map:
		key := "key"
		if k, ok := reflect.Zero(of).Interface().(interface{ ValidKeys() []string }); ok {
			key = k.ValidKeys()[0]
		}
		return map[string]any{key: filled(of.Elem())}
	case reflect.Slice:
		return []any{filled(of.Elem())}
	case reflect.Bool:
		return true
	case reflect.Int, reflect.Float64:
		return 1
	}
	return "text"
}

// decode writes a document as YAML and decodes it as a file of ours is.
func decode(t *testing.T, document any, of reflect.Type) error {
	t.Helper()
	data, err := yaml.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return spec.DecodeYAML(data, reflect.New(of).Interface())
}

// TestStrict_EveryKeyIsAccepted and its misspelling is refused, at every level of
// every file that we read.
func TestStrict_EveryKeyIsAccepted(t *testing.T) {
	for _, file := range files {
		t.Run(file.name, func(t *testing.T) {
			of := reflect.TypeOf(file.root)
			document := filled(of)
			if err := decode(t, document, of); err != nil {
				t.Fatal(err)
			}
			levels := 0
			misspell(document, of, "", func(at, key, misspelt string) {
				levels++
				err := decode(t, document, of)
				want := fmt.Sprintf("unknown key %s (did you mean %s?); valid keys: ", misspelt, key)
				if at != "" {
					want = at + ": " + want
				}
				if err == nil || !strings.HasPrefix(err.Error(), "line ") || !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want a line and %q", err, want)
				}
			})
			if levels < len(document.(map[string]any)) {
				t.Errorf("%d keys were misspelt, too few", levels)
			}
		})
	}
}

// misspell renames each key of a document in turn where the type lists its keys, and
// calls back while it is so.
func misspell(document any, of reflect.Type, at string, try func(at, key, misspelt string)) {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch d := document.(type) {
	case []any:
		misspell(d[0], of.Elem(), at+"[0]", try)
	case map[string]any:
		_, closed := reflect.Zero(of).Interface().(interface{ ValidKeys() []string })
		for _, key := range slices.Sorted(maps.Keys(d)) {
			value := d[key]
			if of.Kind() == reflect.Struct || closed {
				misspelt := key[:1] + key
				delete(d, key)
				d[misspelt] = value
				try(at, key, misspelt)
				delete(d, misspelt)
				d[key] = value
			}
			inner := of
			switch of.Kind() {
			case reflect.Struct:
				for i := range of.NumField() {
					if name, _, _ := strings.Cut(of.Field(i).Tag.Get("yaml"), ","); name == key {
						inner = of.Field(i).Type
					}
				}
			case reflect.Map:
				inner = of.Elem()
			}
			place := key
			if at != "" {
				place = at + "." + key
			}
			misspell(value, inner, place, try)
		}
	}
}
