//go:build tools

package html

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
)

// TestPage_InABrowser opens the HTML report in Chromium and does with it what people do:
// see testdata/browser.mjs. BROWSER names the folder with its npm packages.
func TestPage_InABrowser(t *testing.T) {
	dir := t.TempDir()
	passing := sample.Document(0, sample.Obligation("R-1", "must", verdict.Pass), sample.Obligation("R-2", "should", verdict.Pass))
	passing.Verdict = "PASSED: 2 of 2 obligations passed"
	for name, d := range map[string]*run.Document{"failing": rich(), "passing": passing, "hostile": haunted(), "big": crowd()} {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(rendered(t, d)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "split"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := rundir.Write(filepath.Join(dir, "split"), Files(rich(), true)); err != nil {
		t.Fatal(err)
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("node", filepath.Join("testdata", "browser.mjs"), dir)
	c.Env = append(os.Environ(), "CHROMIUM="+chromium, "NODE_PATH="+filepath.Join(os.Getenv("BROWSER"), "node_modules"))
	var stderr bytes.Buffer
	c.Stderr = &stderr
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	claims := 0
	for lines := bufio.NewScanner(stdout); lines.Scan(); claims++ {
		var result struct{ Claim, Fault string }
		if err := json.Unmarshal(lines.Bytes(), &result); err != nil {
			t.Errorf("%v: %s", err, lines.Bytes())
		}
		t.Run(result.Claim, func(t *testing.T) {
			if result.Fault != "" {
				t.Error(result.Fault)
			}
		})
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	t.Log(stderr.String())
	if claims < 37 {
		t.Errorf("only %d claims were tried", claims)
	}
	t.Run("the print has every failure", func(t *testing.T) { printed(t, filepath.Join(dir, "failing.pdf"), rich()) })
}

// printed looks in a PDF for all that failed, in the order of its text: in that of
// the page, columns side by side would cut sentences in two.
func printed(t *testing.T, file string, d *run.Document) {
	t.Helper()
	output, err := exec.Command("pdftotext", "-raw", file, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	solid := func(text string) string { // lines break anywhere
		return strings.Map(func(c rune) rune {
			if unicode.IsSpace(c) || c == '\f' {
				return -1
			}
			return c
		}, text)
	}
	text := solid(string(output))
	for _, c := range d.Causes {
		wanted := []string{c.Shown[0].ID, c.Shown[0].What}
		for _, f := range c.Shown[0].Findings {
			wanted = append(wanted, f.Expected.String(), f.Received.String())
		}
		for _, e := range c.Shown[0].Evidence {
			wanted = append(wanted, e.Request.Line.String())
		}
		for _, b := range c.Behind {
			wanted = append(append(wanted, b.Cases...), d.Obligation(b.Obligation).Operation)
		}
		for _, words := range wanted {
			if !strings.Contains(text, solid(words)) {
				t.Errorf("cause %s: the print lacks %q", c.ID, words)
			}
		}
	}
	for _, o := range d.Obligations {
		if !strings.Contains(text, solid(o.Operation+" "+o.Method)) {
			t.Errorf("the print lacks %s", o.ID)
		}
	}
}
