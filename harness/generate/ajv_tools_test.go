//go:build tools

package generate

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// judged is one value for the independent validator.
type judged struct {
	Name       string         `json:"name"`
	Schema     any            `json:"schema"`
	Components map[string]any `json:"components"`
	Value      any            `json:"value"`
	Valid      bool           `json:"valid"`
}

// TestAjvAgrees has every generated case of every sample schema judged by ajv,
// which shares no code with what made them. AJV names the folder that it is installed in.
func TestAjvAgrees(t *testing.T) {
	folder := os.Getenv("AJV")
	if folder == "" {
		t.Fatal("AJV is not set: it names the folder whose node_modules hold ajv and ajv-formats; make test-all sets it")
	}
	var list []judged
	for _, s := range samples(t) {
		schema, err := load(s.Schema, s.Components)
		if err != nil {
			t.Fatal(err)
		}
		m := Maker{Schema: schema}
		for _, v := range m.Valid() {
			list = append(list, judged{s.Name + " " + v.Class, s.Schema, s.Components, v.Value, true})
		}
		for _, f := range m.Faults() {
			if f.Gap == "" && m.Certify(f, f.Value) == nil {
				list = append(list, judged{s.Name + " " + f.Pointer + " " + f.Keyword + " " + f.Class, s.Schema, s.Components, f.Value, false})
			}
		}
	}
	data, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	input := filepath.Join(t.TempDir(), "cases.json")
	if err := os.WriteFile(input, data, 0o600); err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs("testdata/ajv.js")
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("node", script, input)
	c.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(folder, "node_modules"))
	output, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	t.Logf("%d cases judged alike\n%s", len(list), output)
}
