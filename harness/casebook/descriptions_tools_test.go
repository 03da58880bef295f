//go:build tools

package casebook

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"go.yaml.in/yaml/v3"

	"qorcheck/spec"
)

// original returns the file of the description as the server's authors ship it.
func original(t *testing.T, f server) string {
	t.Helper()
	if f.module == "" {
		return f.description
	}
	c := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", f.module)
	c.Dir = data(t, f, "")
	output, err := c.Output()
	if err != nil {
		t.Fatalf("go list %s: %v", f.module, err)
	}
	return filepath.Join(strings.TrimSpace(string(output)), f.description)
}

// describe writes the description that the server is certified by: as shipped,
// converted where it is Swagger 2, with the additions.
func describe(t *testing.T, f server, variables map[string]string) string {
	t.Helper()
	if f.module == "" {
		return f.description
	}
	document := readYAML(t, original(t, f)).(map[string]any)
	if document["swagger"] != nil {
		document = converted(t, document)
	}
	text, err := os.ReadFile(data(t, f, "additions.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var additions []struct {
		At, Why string
		Add     map[string]any
	}
	expanded := os.Expand(strings.ReplaceAll(string(text), "$response", "$$response"), func(name string) string {
		if name == "$" {
			return "$"
		}
		return variables[name]
	})
	if err := yaml.Unmarshal([]byte(expanded), &additions); err != nil {
		t.Fatal(err)
	}
	for _, a := range additions {
		found, _ := spec.Lookup(document, a.At)
		place, ok := found.(map[string]any)
		if !ok || a.Why == "" {
			t.Fatalf("addition at %s: the description has no such place, or the reason is missing", a.At)
		}
		for key, value := range a.Add {
			if _, there := place[key]; there {
				t.Fatalf("addition at %s: %s is there already; the description is not changed", a.At, key)
			}
			place[key] = value
		}
	}
	return writeJSON(t, filepath.Join(t.TempDir(), f.folder+".json"), document)
}

// converted turns Swagger 2 into OpenAPI 3.
func converted(t *testing.T, document map[string]any) map[string]any {
	t.Helper()
	var two openapi2.T
	convert(t, document, &two)
	three, err := openapi2conv.ToV3(&two)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	convert(t, three, &plain)
	return plain
}

// convert decodes the JSON of a value into another.
func convert(t *testing.T, from, into any) {
	t.Helper()
	text, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// withoutCallbacks copies a description without its callbacks: a mock sends them
// over the network.
func withoutCallbacks(t *testing.T, dir, description string) string {
	t.Helper()
	document := readYAML(t, description)
	var walk func(any)
	walk = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			delete(v, "callbacks")
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(document)
	return writeJSON(t, filepath.Join(dir, "description.json"), document)
}

func readYAML(t *testing.T, file string) any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func writeJSON(t *testing.T, file string, value any) string {
	t.Helper()
	text, err := json.MarshalIndent(value, "", "  ")
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}
