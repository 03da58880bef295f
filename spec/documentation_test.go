package spec

import (
	"strings"
	"testing"
)

// documented is a list of one requirement, made of S01, with statements.
func documented(statements string, more ...string) []byte {
	list := append(oneRequirement("clause: {page: p, text: t, sentences: [S01]}"), []byte("documentation: ["+statements+"]\n")...)
	return append(list, []byte(strings.Join(more, "\n"))...)
}

func TestDocumentation_IsChecked(t *testing.T) {
	for _, tt := range []struct {
		claim string
		list  []byte
		want  string // "" for none
	}{
		{"a statement that a requirement is made of", documented(`{title: T, page: p, statements: [{id: S01, says: a}]}`), ""},
		{"one with a page of its own", documented(`{title: T, statements: [{id: S01, page: p, says: a}]}`), ""},
		{"one that is not covered", documented(`{title: T, page: p, statements: [{id: S01, says: a}, {id: S02, says: b}]}`, "notCovered: {S02: why}"), ""},
		{"one that binds no server", documented(`{title: T, page: p, statements: [{id: S01, says: a}, {id: S02, says: b}]}`, "unbinding: {S02: why}"), ""},
		{"a part without a title", documented(`{page: p, statements: [{id: S01, says: a}]}`), "a part must have a title"},
		{"a part without statements", documented(`{title: T, page: p}`), "T\": a part must have a title and statements"},
		{"a statement without words", documented(`{title: T, page: p, statements: [{id: S01}]}`), "T: a statement must have an id, and say something"},
		{"a statement without an id", documented(`{title: T, page: p, statements: [{says: a}]}`), "T: a statement must have an id, and say something"},
		{"an unknown page", documented(`{title: T, page: q, statements: [{id: S01, says: a}]}`), `S01: page: "q": must be one of those under pages`},
		{"a statement that is there twice", documented(`{title: T, page: p, statements: [{id: S01, says: a}, {id: S01, says: a}]}`), "S01: the id is used twice"},
		{"a statement that nothing is made of", documented(`{title: T, page: p, statements: [{id: S01, says: a}, {id: S02, says: b}]}`), ""},
		{"a clause of no statement", documented(`{title: T, page: p, statements: [{id: S02, says: a}]}`, "notCovered: {S02: why}"), "there is no statement S01"},
		{"a reason of no statement", documented(`{title: T, page: p, statements: [{id: S01, says: a}]}`, "notCovered: {S02: why}"), "there is no statement S02"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			_, err := ParseRequirements(tt.list, "r.yaml")
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestRequirements_LinkTo(t *testing.T) {
	r := &Requirements{Pages: map[string]string{"p": "https://docs.example.test/p", "q": "https://docs.example.test/q"}}
	part := Part{Page: "p", Anchor: "a"}
	for want, s := range map[string]Statement{"https://docs.example.test/p#a": {}, "https://docs.example.test/q": {Page: "q"}} {
		if got := r.LinkTo(part, s); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestDocumentation_HasThePageInItsOrder: the statements of the page about responses
// come first, those that its table, its example and its last sections make.
func TestDocumentation_HasThePageInItsOrder(t *testing.T) {
	r, err := ParseRequirements(BuiltInRequirements(), "")
	if err != nil {
		t.Fatal(err)
	}
	want := "S01 S02 S32 S03 S04 S05 S06 S07 S33 S08 S09 S10 S34 S35 S11 S12 S13 S14 S15 S16 S17 S18 S36 S19 S37 S38 S39 S20 S21 S22 S23 S24 S25 S26 S27 S28 S29 S30 S31"
	var got []string
	for _, p := range r.Documentation {
		for _, s := range p.Statements {
			if p.Page == "response-handling" {
				got = append(got, s.ID)
			}
		}
	}
	if strings.Join(got, " ") != want {
		t.Errorf("got %s", strings.Join(got, " "))
	}
}
