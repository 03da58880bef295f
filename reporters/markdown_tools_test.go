//go:build tools

package reporters

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/rundir"
	"qorcheck/reporters/internal/sample"
)

// TestMarkdown_RenderedByCommonMark has GitHub's own renderer read a summary of
// hostile text: no markup comes of it but ours.
func TestMarkdown_RenderedByCommonMark(t *testing.T) {
	d := hostile()
	const text = "``` `x` </details><script>alert(1)</script> [a](javascript:x) ![i](http://x.example.test/i.png) | **b** <https://x.example.test>"
	const ours = "``` `x` </details><script>alert(1)</script> [a](javascript:x) | **b**" // of a requirement list, where addresses are links
	for i := range d.Causes {
		c := &d.Causes[i]
		c.Shown[0].Findings[0].Received, c.Shown[0].What, c.Shown[0].Evidence[0].Answer.Body = redacttest.Text(text), text, redacttest.Text(text+"\n```\n# no\n"+text)
		c.Title = "pay answers: received " + text
	}
	for i := range d.Obligations {
		o := &d.Obligations[i]
		o.Why, o.Clause.Text, o.Notes[0].Text = text, ours, redacttest.Text(text)
	}
	d.Target, d.Left, d.Untested[0].Reason = "http://127.0.0.1/|"+text, redacttest.Texts(text), ours
	file := filepath.Join(t.TempDir(), rundir.SummaryFile)
	if _, err := write(filepath.Dir(file), d, []string{"markdown"}, Options{}); err != nil {
		t.Fatal(err)
	}
	page := output(t, "cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", file)
	allowed := []string{"h2", "h3", "p", "code", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li", "a", "pre"}
	for _, m := range regexp.MustCompile(`<(/?)([a-zA-Z0-9]+)([^>]*)>`).FindAllStringSubmatch(page, -1) {
		if !slices.Contains(allowed, m[2]) || m[2] == "a" && m[1] == "" && !strings.HasPrefix(m[3], ` href="https://docs.example.test/page#a"`) {
			t.Errorf("it has become %s", m[0])
		}
	}
	if opened, closed := strings.Count(page, "<details>"), strings.Count(page, "</details>"); opened != len(d.Failed()) || closed != opened {
		t.Errorf("%d sections are opened, %d closed, %d meant", opened, closed, len(d.Failed()))
	}
	if n := strings.Count(page, "&lt;script&gt;"); n < 10 {
		t.Errorf("the text is shown %d times", n)
	}
	for _, row := range regexp.MustCompile(`(?s)<tr>.*?</tr>`).FindAllString(page, -1) {
		if n := strings.Count(row, "<t"); n != 1+2 && n != 1+3 {
			t.Errorf("a row has %d cells: %s", n-1, row)
		}
	}
}

// TestMarkdown_PassesItsLinter: a style checker of others finds nothing but our
// use of HTML and long lines.
func TestMarkdown_PassesItsLinter(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b, sample.EveryKind()); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(reader(t, "markdownlint"), "--stdin", "--disable", "MD013", "MD033", "MD041")
	c.Stdin = &b
	if text, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}
