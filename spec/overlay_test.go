package spec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOverlay(t *testing.T) {
	const document = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a: {get: {operationId: a, responses: {'200': {description: d}}}}\n  /b: {delete: {operationId: b, responses: {'204': {description: d}}}}\n"
	action := func(version, text string) Overlay {
		return Overlay{File: "o.yaml", Data: []byte("overlay: " + version + "\ninfo: {title: o, version: '1'}\nactions:\n" + text)}
	}
	for _, tt := range []struct {
		claim    string
		overlays []Overlay
		want     string // ids and effects, or part of the error
	}{
		{"an update", []Overlay{action("1.0.0", "  - target: $.paths['/b'].delete\n    update: {x-conformance: {effect: makes}}\n")}, "a reads b makes"},
		{"a removal, and then an update", []Overlay{action("1.0.0", "  - target: $.paths['/a']\n    remove: true\n"), action("1.1.0", "  - target: $.paths['/b'].delete\n    update: {operationId: c}\n")}, "c many"},
		{"a copy", []Overlay{action("1.1.0", "  - target: $.paths['/b']\n    copy: $.paths['/a']\n  - target: $.paths['/b'].get\n    update: {operationId: c}\n")}, "a reads b many c reads"},
		{"1.2", []Overlay{action("1.2.0", "  - target: $.paths['/a']\n    remove: true\n")}, "b many"},
		{"an action that matches nothing", []Overlay{action("1.0.0", "  - target: $.info\n    update: {title: u}\n  - target: $.paths['/c']\n    remove: true\n")}, "--overlay o.yaml: line 6: target $.paths['/c']: target matched zero nodes"},
		{"no overlay", []Overlay{{File: "o.yaml", Data: []byte("overlay: 1.0.0\n")}}, "--overlay o.yaml: missing required 'info' field"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d, err := Amendments{Overlays: tt.overlays}.Parse([]byte(document), "x.yaml")
			var got []string
			if err != nil {
				got = append(got, err.Error())
			} else {
				for _, o := range d.Operations {
					effect, _ := o.Effect()
					got = append(got, o.ID, string(effect))
				}
				if plain, err := Parse([]byte(document), "x.yaml"); err != nil || plain.Digest == d.Digest {
					t.Errorf("%v: the digest is that of the description alone", err)
				}
				if b := d.Operation("b"); b != nil && b.Line != 5 {
					t.Errorf("b is on line %d", b.Line)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %s, want %s", strings.Join(got, " "), tt.want)
			}
		})
	}
}

// TestSavedReferences: what a reference to a network leads to is read from a folder, and
// from nowhere else.
func TestSavedReferences(t *testing.T) {
	document := func(reference string) []byte {
		return []byte("openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '" + reference + "'}}}}}}}}\n")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"refs/schemas.example.test/v1/thing.yaml": "S: {type: integer}\n", "refs/flat.yaml": "type: integer\n", "outside.yaml": "type: integer\n"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for reference, slips := range map[string]string{
		"https://schemas.example.test/v1/thing.yaml#/S":  "",
		"https://schemas.example.test/v2/flat.yaml":      "",
		"https://schemas.example.test/none.yaml":         "holds neither schemas.example.test/none.yaml nor none.yaml; any value",
		"https://schemas.example.test/..%2Foutside.yaml": "any value",
		"https://../outside.yaml":                        "any value",
	} {
		d, err := Amendments{Refs: filepath.Join(dir, "refs")}.Parse(document(reference), "x.yaml")
		if err != nil {
			t.Fatalf("%s: %v", reference, err)
		}
		got := strings.Join(d.SlipTexts(), "\n")
		judged := len(d.Operation("a").Response(200).JSON().Schema.Violations("text", Answered)) > 0
		if !strings.Contains(got, slips) || (slips == "") != (got == "") || judged != (slips == "") {
			t.Errorf("%s: judged %v, slips %q, want %q", reference, judged, got, slips)
		}
	}
}
