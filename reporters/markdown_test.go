package reporters

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

func markdown(t *testing.T, d *run.Document, size int) string {
	t.Helper()
	var b bytes.Buffer
	if err := MarkdownUpTo(&b, d, size); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdown_FitsWhereItIsShown(t *testing.T) {
	var list []run.Obligation
	for i := range 2_000 {
		list = append(list, sample.Obligation(fmt.Sprintf("R-%d", i), spec.Must, verdict.Fail), sample.Obligation(fmt.Sprintf("U-%d", i), spec.Must, verdict.Inconclusive))
	}
	d := sample.Document(1, list...)
	for i := range d.Causes {
		for j := range d.Causes[i].Shown {
			d.Causes[i].Shown[j].Evidence[0].Answer.Body = redacttest.Text(strings.Repeat("é", 10_000))
		}
	}
	for _, size := range []int{maxMarkdown, 100_000, 20_000, 3_000} {
		text := markdown(t, d, size)
		if len(text) > size {
			t.Errorf("%d bytes, the limit is %d", len(text), size)
		}
		if !strings.Contains(text, "THE VERDICT") || !strings.Contains(text, "| planned | 4000 |") || !strings.Contains(text, " more") {
			t.Errorf("within %d bytes it does not say what matters:\n%.2000s", size, text)
		}
		if opened, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); opened != closed {
			t.Errorf("%d sections are opened, %d closed", opened, closed)
		}
	}
	if text := markdown(t, d, 100); text != "" {
		t.Errorf("without room it says %s", text)
	}
}

func TestMarkdown_ShowsFailuresFirst(t *testing.T) {
	text := markdown(t, sample.EveryKind(), maxMarkdown)
	at := -1
	for _, part := range []string{"THE VERDICT", "| pass | 3 |", "FAIL: <code>pay rejected", "WARNING: <code>pay rejected", "### Waivers that are not needed", "### Broken", "### Inconclusive", "### Not run", "### Waived", "### Unsupported", "### Tolerated", "### Made and not removed", "### Not tested yet"} {
		next := strings.Index(text, part)
		if next < at {
			t.Errorf("%q is at %d, after something at %d", part, next, at)
		}
		at = next
	}
}

func TestMarkdown_CodeSpans(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"plain", "`plain`"},
		{"a `b` c", "`` a `b` c ``"},
		{"``", "``` `` ```"},
		{"a\nb\t c", "`a b c`"},
		{"\x00", "`\\x00`"},
		{"", "(nothing)"},
		{"@team #1 <b>", "`@team #1 <b>`"},
	} {
		if got := span(tt.text); got != tt.want {
			t.Errorf("%q is %s, want %s", tt.text, got, tt.want)
		}
	}
	if got := cell("a|b"); got != "`a\\|b`" {
		t.Error(got)
	}
	if got := fence("sh", "a\n````\nb\r\n"); got != "`````sh\na\n````\nb\n`````\n\n" {
		t.Errorf("%q", got)
	}
	if got := escaped("a_b *c* <d> @e [f](g) `h` | #i"); got != "a\\_b \\*c\\* &lt;d&gt; <code>@</code>e \\[f\\](g) \\`h\\` \\| \\#i" {
		t.Error(got)
	}
}
