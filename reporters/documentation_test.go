package reporters

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/reporters/internal/sample"
)

func TestDocumentation_OfEveryKind(t *testing.T) {
	for name, render := range map[string]func(io.Writer, *run.Document) error{"every.page.txt": DocumentationText, "every.page.md": DocumentationMarkdown} {
		var b bytes.Buffer
		if err := render(&b, sample.EveryKind()); err != nil {
			t.Fatal(err)
		}
		if err := sample.Golden(filepath.Join("testdata", name), b.Bytes(), *update); err != nil {
			t.Error(err)
		}
		if err := render(&sample.Full{Room: 10}, sample.EveryKind()); err == nil {
			t.Errorf("%s: a full disk is no error", name)
		}
	}
}

// TestDocumentation_IsMarkupOfOurs: what a list or a target says is text.
func TestDocumentation_IsMarkupOfOurs(t *testing.T) {
	d := sample.EveryKind()
	const text = "a | b <script> \x1b[31m [x](javascript:y)\n"
	s := &d.Passages[0].Statements[0]
	s.Says, s.Link, s.Unbinding, d.Passages[0].Title = text, "javascript:y", text, text
	d.Examples[0].ID += "`|x"
	d.Obligation("pay.R-1-must").Example = d.Examples[0].ID
	var b bytes.Buffer
	if err := DocumentationMarkdown(&b, d); err != nil {
		t.Fatal(err)
	}
	for _, hostile := range []string{"<script>", "\x1b", " [x](", "](<javascript"} {
		if strings.Contains(b.String(), hostile) {
			t.Errorf("%q is in it: %s", hostile, b.String())
		}
	}
	for line := range strings.Lines(b.String()) {
		if n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); strings.HasPrefix(line, "|") && n != 6 {
			t.Errorf("%d cells: %s", n-1, line)
		}
	}
	b.Reset()
	if err := DocumentationText(&b, d); err != nil || strings.Contains(b.String(), "\x1b") {
		t.Errorf("%v: %s", err, b.String())
	}
}
