//go:build tools

package spec

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The test suite of JSON Schema, draft 2020-12, as a module of Go holds it. Its version is
// that of the table in SUITE.md.
const suiteModule = "github.com/google/jsonschema-go@v0.4.3"

var updateSuite = flag.Bool("update-suite", false, "write SUITE.md anew")

// suiteGroup is a schema of the suite, with values.
type suiteGroup struct {
	Description string
	Schema      json.RawMessage
	Tests       []struct {
		Description string
		Data        json.RawMessage
		Valid       bool
	}
}

// suiteExceptions say why what the suite asks is not what is judged here, by the beginning
// of file, group and test.
var suiteExceptions = map[string]string{
	"ref: naive replacement of $ref with its destination": "a listed value that has a field $ref is read as a reference",
}

// elsewhere are why a schema of the suite is not judged that refers to other documents.
var elsewhere = []string{"only references to local files are followed", "no such file or directory"}

// keywords30 are those of schemas of OpenAPI 3.0.
var keywords30 = []string{"type", "properties", "additionalProperties", "allOf", "anyOf", "oneOf", "not", "items", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems",
	"minProperties", "maxProperties", "pattern", "required", "uniqueItems", "enum", "multipleOf", "format", "title", "description", "default", "$comment", "$schema"}

func TestSuite(t *testing.T) {
	dir := suiteDir(t)
	var table bytes.Buffer
	fmt.Fprintf(&table, "# The test suite of JSON Schema\n\nDraft 2020-12 of %s, each schema as that of a response, each value as its body. Of OpenAPI 3.0 the schemas that\nhave its keywords alone. A test behind the build tag `tools` writes this table with `-update-suite`.\n\n| File | 3.1 | 3.0 |\n| --- | --- | --- |\n", suiteModule)
	var failed []string
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files of the suite: %v", len(files), err)
	}
	total := map[string][2]int{}
	for _, file := range files {
		var cells []string
		for _, version := range []string{"3.1.0", "3.0.3"} {
			passed, all, wrong := judgeFile(t, file, version)
			failed = append(failed, wrong...)
			cells = append(cells, fmt.Sprintf("%d of %d", passed, all))
			total[version] = [2]int{total[version][0] + passed, total[version][1] + all}
		}
		fmt.Fprintf(&table, "| %s | %s |\n", filepath.Base(file), strings.Join(cells, " | "))
	}
	fmt.Fprintf(&table, "| all | %d of %d | %d of %d |\n\n## Exceptions\n\n| Test | Why |\n| --- | --- |\n", total["3.1.0"][0], total["3.1.0"][1], total["3.0.3"][0], total["3.0.3"][1])
	used := map[string]bool{}
	for _, test := range failed {
		reason := ""
		if slices.ContainsFunc(elsewhere, func(why string) bool { return strings.Contains(test, why) }) {
			test, _, _ = strings.Cut(test, " (not read: ")
			reason = "it refers to a document that is not there; the part is listed as not read"
		}
		for _, beginning := range slices.Sorted(maps.Keys(suiteExceptions)) {
			if _, id, _ := strings.Cut(test, " "); strings.HasPrefix(id, beginning) {
				reason, used[beginning] = suiteExceptions[beginning], true
			}
		}
		if reason == "" {
			t.Errorf("fails without a reason: %s", test)
		}
		fmt.Fprintf(&table, "| %s | %s |\n", strings.ReplaceAll(test, "|", "\\|"), reason)
	}
	for beginning := range suiteExceptions {
		if !used[beginning] {
			t.Errorf("no test fails that begins with %s", beginning)
		}
	}
	if *updateSuite {
		if err := os.WriteFile("SUITE.md", table.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile("SUITE.md"); err != nil || !bytes.Equal(kept, table.Bytes()) {
		t.Errorf("SUITE.md is not what is judged: run with -update-suite (%v)", err)
	}
}

// suiteDir is where the files of the suite are.
func suiteDir(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "mod", "download", "-json", suiteModule).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(module.Dir, "jsonschema", "testdata", "draft2020-12")
}

// judgeFile counts the tests of a file that are judged as the suite has it, and lists the others.
func judgeFile(t *testing.T, file, version string) (passed, all int, wrong []string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var groups []suiteGroup
	if err := json.Unmarshal(data, &groups); err != nil {
		t.Fatal(err)
	}
	for n, group := range groups {
		schema, err := DecodeJSON(group.Schema)
		if err != nil {
			t.Fatal(err)
		}
		if version == "3.0.3" && !is30(schema) {
			continue
		}
		judge, err := suiteSchema(version, schema, n)
		for _, test := range group.Tests {
			id := fmt.Sprintf("%s %s: %s: %s", version[:3], strings.TrimSuffix(filepath.Base(file), ".json"), group.Description, test.Description)
			all++
			if err != nil {
				wrong = append(wrong, fmt.Sprintf("%s (%.400s)", id, err))
				continue
			}
			value, decoding := DecodeJSON(test.Data)
			if decoding != nil {
				t.Fatal(decoding)
			}
			if (len(judge.Violations(value, Answered)) == 0) != test.Valid {
				if list := judge.Unchecked(); len(list) > 0 {
					id += fmt.Sprintf(" (not judged: %.80s)", strings.Join(list, "; "))
				}
				wrong = append(wrong, id)
				continue
			}
			passed++
		}
	}
	return passed, all, wrong
}

// suiteSchema is a schema of the suite as one of a response.
func suiteSchema(version string, schema any, n int) (Schema, error) {
	members, isObject := schema.(map[string]any)
	if _, addressed := members["$id"]; isObject && !addressed && version == "3.1.0" {
		members["$id"] = fmt.Sprintf("https://suite.test/%d", n)
	}
	if version == "3.0.3" {
		delete(members, "$schema")
	}
	document, err := json.Marshal(map[string]any{
		"openapi": version, "info": map[string]any{"title": "t", "version": "1"}, "components": map[string]any{"schemas": map[string]any{"S": schema}},
		"paths": map[string]any{"/x": map[string]any{"get": map[string]any{"operationId": "it", "responses": map[string]any{"200": map[string]any{"description": "ok", "content": map[string]any{"application/json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/S"}}}}}}}},
	})
	if err != nil {
		return Schema{}, err
	}
	d, err := Parse(document, "suite.json")
	if err == nil && len(d.Slips) > 0 {
		err = fmt.Errorf("not read: %v", d.Slips[0])
	}
	if err != nil {
		return Schema{}, err
	}
	return d.Operations[0].Responses[0].Content[0].Schema, nil
}

// is30 reports whether a schema has keywords of OpenAPI 3.0 alone, as it has them.
func is30(schema any) bool {
	members, ok := schema.(map[string]any)
	if !ok {
		return false
	}
	_, isList := members["items"].([]any)
	kind, typed := members["type"]
	word, isWord := kind.(string)
	if isList || typed && (!isWord || word == "null") || word == "array" && members["items"] == nil {
		return false
	}
	for keyword, value := range members {
		if !slices.Contains(keywords30, keyword) {
			return false
		}
		switch keyword {
		case "properties":
			for _, inner := range value.(map[string]any) {
				if !is30(inner) {
					return false
				}
			}
		case "allOf", "anyOf", "oneOf":
			if !slices.ContainsFunc(value.([]any), func(inner any) bool { return !is30(inner) }) {
				continue
			}
			return false
		case "not", "items":
			if !is30(value) {
				return false
			}
		case "additionalProperties":
			if _, isBool := value.(bool); !isBool && !is30(value) {
				return false
			}
		}
	}
	return true
}
