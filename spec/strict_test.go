package spec

import (
	"strings"
	"testing"
)

// toy is a file with every kind of place.
type toy struct {
	Name  string         `yaml:"name"`
	Count int            `yaml:"count"`
	Share float64        `yaml:"share"`
	On    bool           `yaml:"on"`
	List  []toyItem      `yaml:"list"`
	By    map[string]int `yaml:"by"`
	Roles toyRoles       `yaml:"roles"`
	Free  any            `yaml:"free"`
	Item  *toyItem       `yaml:"item"`
	Plain toyItem
	Own   string `yaml:"-"`
}

type toyItem struct {
	ID   string `yaml:"id"`
	Near string `yaml:"near"`
}

type toyRoles map[string]toyItem

func (toyRoles) ValidKeys() []string { return []string{"admin", "guest"} }

func TestDecodeYAML(t *testing.T) {
	for _, tt := range []struct{ claim, text, want string }{
		{"every key is accepted", "name: n\ncount: 1\nshare: 0.5\non: true\nlist: [{id: a, near: b}]\nby: {x: 1}\nroles: {guest: {id: a}}\nfree: {x: [1]}\nitem: {id: a}\nplain: {id: a}\n", ""},
		{"a number is text where text is wanted", "name: 5\n", ""},
		{"null is as if it were left out", "name: null\nlist: null\nitem: ~\n", ""},
		{"an alias is what it stands for", "item: &a {id: x}\nplain: *a\n", ""},
		{"keys may be merged", "item: &a {id: x}\nplain: {<<: *a, near: y}\n", ""},
		{"so may those of several", "free: [&a {id: x}, &b {near: y}]\nplain: {<<: [*a, *b]}\n", ""},
		{"and what is merged is overridden", "item: &a {id: x}\nplain: {<<: *a, id: y}\n", ""},
		{"nothing", "", "the file is empty; valid keys: name, count, share, on, list, by, roles, free, item, plain"},
		{"nothing but a comment", "# later\n", "the file is empty"},
		{"nothing but null", "null\n", "the file is empty"},
		{"no YAML", "list: [\n", "yaml: "},
		{"two documents", "name: n\n---\nname: m\n", "line 2: a second document begins; there must be one"},
		{"a list in place of all", "- name\n", "line 1: must be a mapping; valid keys: name, count"},
		{"a misspelt key", "nme: n\n", "line 1: unknown key nme (did you mean name?); valid keys: name, count"},
		{"letters exchanged", "naem: n\n", "did you mean name?"},
		{"other case", "Name: n\n", "did you mean name?"},
		{"no near key", "colour: red\n", "line 1: unknown key colour; valid keys: name"},
		{"the key of a field that is not read", "own: n\n", "unknown key own"},
		{"a misspelt key in a list", "name: n\nlist:\n  - id: a\n  - ids: b\n", "line 4: list[1]: unknown key ids (did you mean id?); valid keys: id, near"},
		{"a key that a map does not take", "roles: {gest: {}}\n", "line 1: roles: unknown key gest (did you mean guest?); valid keys: admin, guest"},
		{"a misspelt key in a map", "roles: {guest: {nera: a}}\n", "roles.guest: unknown key nera (did you mean near?)"},
		{"a misspelt key behind an alias", "free: &a {ids: x}\nplain: *a\n", "line 1: plain: unknown key ids"},
		{"a misspelt key that is merged", "free: &a {ids: x}\nplain: {<<: *a}\n", "line 1: plain: unknown key ids"},
		{"a key twice", "name: n\ncount: 1\nname: m\n", "line 3: the key name is given twice: lines 1 and 3"},
		{"a key twice in a map", "by:\n  x: 1\n  x: 2\n", "line 3: by: the key x is given twice: lines 2 and 3"},
		{"a key twice where anything may stand", "free: [{x: {y: 1, y: 2}}]\n", "free[0].x: the key y is given twice"},
		{"no list", "list: {id: a}\n", "line 1: list: must be a list"},
		{"no mapping", "by: [1]\n", "by: must be a mapping"},
		{"no item", "item: a\n", "item: must be a mapping; valid keys: id, near"},
		{"no text", "name: [n]\n", "name: must be text"},
		{"no whole number", "count: 1.5\n", "count: must be a whole number"},
		{"no whole number in a map", "by: {x: many}\n", "by.x: must be a whole number"},
		{"no number", "share: half\n", "share: must be a number"},
		{"neither true nor false", "\non: perhaps\n", "line 2: on: must be true or false"},
		{"several faults", "nme: n\non: perhaps\nlist: 5\n", "line 1: unknown key nme (did you mean name?); valid keys: name, count, share, on, list, by, roles, free, item, plain; more faults on: line 2, 3"},
		{"an anchor within itself", "free: &a [*a]\n", "anchor 'a' value contains itself"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var into toy
			err := DecodeYAML([]byte(tt.text), &into)
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestDecodeYAML_KeepsWhatItReads(t *testing.T) {
	var into toy
	if err := DecodeYAML([]byte("item: &a {id: x, near: z}\nplain: {<<: *a, id: y}\nby: {x: 7}\n"), &into); err != nil {
		t.Fatal(err)
	}
	if into.Item.ID != "x" || into.Plain != (toyItem{"y", "z"}) || into.By["x"] != 7 {
		t.Errorf("%+v %+v", into, into.Item)
	}
}

func TestNearest(t *testing.T) {
	keys := []string{"of", "again", "expect", "within", "without", "why"}
	for misspelt, want := range map[string]string{
		"agian": "again", "expects": "expect", "EXPECT": "expect", "withn": "within", "witout": "without",
		"if": "", "OF": "of", "when": "", "anything": "", "": "", "y": "",
	} {
		if got := nearest(misspelt, keys); got != want {
			t.Errorf("%q: %q, want %q", misspelt, got, want)
		}
	}
}

// TestConformanceErrorsNameTheLine: a block's faults are found in its file; one that
// stands in another file has no lines.
func TestConformanceErrorsNameTheLine(t *testing.T) {
	const head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\nx-conformance:\n"
	const paths = "paths: {/a: {get: {operationId: a, responses: {'200': {description: d}}}}}\n"
	for _, tt := range []struct{ claim, block, want string }{
		{"a misspelt key", "  codes:\n    field: /c\n    sucess: []\n", "line 6: x-conformance.codes: unknown key sucess (did you mean success?); valid keys: field, success, unjudged"},
		{"a key twice", "  later: a\n  later: b\n", "the key later is given twice: lines 4 and 5"},
		{"a word outside its list", "  outcome:\n    - {field: /s, refused: [], error: [], reason: /m,\n       otherwise: never}\n", "line 6: x-conformance: at /outcome/0/otherwise: "},
		{"a key that is missing", "  merchant: {}\n", "line 4: x-conformance: at /merchant: missing property 'field'"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if _, err := Parse([]byte(head+tt.block+paths), "x.yaml"); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	twice := `{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "x-conformance": {"later": "a", "later": "b"}, "paths": {}}`
	if _, err := Parse([]byte(twice), "x.json"); err == nil || !strings.Contains(err.Error(), "x-conformance: the key later is given twice: lines 1 and 1") {
		t.Errorf("JSON with a key twice: %v", err)
	}
}
