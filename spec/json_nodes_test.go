package spec

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What is read as JSON is what the reader of YAML makes of it, lines and columns too.
func TestJSONNodes(t *testing.T) {
	for _, text := range []string{
		`{}`, `{"a": [1, -0, 1.5e3, 12345678901234567890, true, false, null, "", []], "b": {"c": {}}}`,
		"{\n  \"a\": \"x \\u00e9 \\\\ \\\" / é\",\n\t\t\"é\": [\n    1,\n    {\"$ref\": \"#/a\"}\n  ]\n}\n",
		"{\"twice\": 1,\n\"twice\": 2}", "  {\"yes\": \"no\", \"on\": \"2020-01-01\", \"1\": \"null\"}",
	} {
		read, err := jsonNodes([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if wanted, err := ParseYAML([]byte(text)); err != nil {
			t.Logf("YAML does not take %s: %v", text, err) // tabs
		} else if diff := unlike(read, wanted); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	for _, text := range []string{"", "openapi: 3.0.0", "{a: 1}", `{"a": 1} {"b": 2}`, `{"a": 1,}`, `[]`, "{\"a\": \"\xff\"}"} {
		if _, err := jsonNodes([]byte(text)); err == nil {
			t.Errorf("%q is read as an object in JSON", text)
		}
	}
}

// unlike says in what two nodes differ, "" for nothing.
func unlike(a, b *yaml.Node) string {
	one, other := *a, *b
	one.Content, other.Content = nil, nil
	if !reflect.DeepEqual(one, other) || len(a.Content) != len(b.Content) {
		return strings.TrimSpace(strings.Join([]string{a.Value, b.Value, a.Tag, b.Tag}, " ")) + ": differs"
	}
	for i := range a.Content {
		if diff := unlike(a.Content[i], b.Content[i]); diff != "" {
			return diff
		}
	}
	return ""
}

// A sound description in JSON is loaded without the reader of YAML, and is the same.
func TestLoadJSON(t *testing.T) {
	data, err := os.ReadFile("qorcommerce.yaml")
	if err != nil {
		t.Fatal(err)
	}
	root, err := ParseYAML(data)
	if err != nil {
		t.Fatal(err)
	}
	var written any
	if err := root.Decode(&written); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(written, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	s := source{name: "a.json", data: text, kept: precise{}}
	if s.root, s.inJSON, err = parseNodes(text); err != nil || !s.inJSON || s.loadJSON() == nil {
		t.Fatalf("it is not loaded as JSON: %v", err)
	}
	fast, err := Parse(text, "a.json")
	if err != nil {
		t.Fatal(err)
	}
	slow, err := Parse(append([]byte("# YAML\n"), text...), "a.json")
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range fast.Operations {
		if other := slow.Operations[i]; o.ID != other.ID || o.Line+1 != other.Line || len(o.Parameters) != len(other.Parameters) || len(o.Links) != len(other.Links) {
			t.Errorf("%s, line %d, is %s, line %d, for the reader of YAML", o.ID, o.Line, other.ID, other.Line)
		}
	}
	for _, reference := range []string{`"other.yaml#/a"`, `"https://x.test/a"`} {
		odd := strings.Replace(string(text), `"$ref": "#/`, `"$ref": `+strings.TrimSuffix(reference, `"`)+`/`, 1)
		s := source{name: "a.json", data: []byte(odd), kept: precise{}}
		if s.root, s.inJSON, err = parseNodes(s.data); err != nil || odd == string(text) || s.loadJSON() != nil {
			t.Errorf("a reference to %s is not left to the loader: %v", reference, err)
		}
	}
}
