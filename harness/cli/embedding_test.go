package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEmbedding runs the suite of another module, which holds the README's lines and
// declares our tree beside specs of its own. It passes and fails as it should, and a
// requirement that must hold and was not exercised fails it.
func TestEmbedding(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	source := filepath.Join(root, "suites", "testdata", "embedding")
	if err := os.CopyFS(dir, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	above := must(filepath.Abs(root))(t)
	module := strings.Replace(readFile(t, filepath.Join(source, "go.mod")), "../../..", above, 1)
	// In a workspace our packages are those that were compiled for this test; beside a module that
	// is replaced they would be compiled anew.
	version := regexp.MustCompile(`(?m)^go .*$`).FindString(readFile(t, filepath.Join(root, "go.mod")))
	writeFiles(t, dir, map[string]string{"go.mod": module, "go.work": version + "\nuse (\n.\n" + above + "\n)\n"})
	lines := readmeBlock(t, "func TestTill(")
	if !strings.Contains(readFile(t, filepath.Join(dir, "till_test.go")), lines) {
		t.Errorf("the module does not hold the README's lines:\n%s", lines)
	}
	compile := exec.Command("go", "test", "-c", "-o", "embedding.test", ".")
	compile.Dir = dir
	if output, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("%v:\n%s", err, output)
	}
	for _, tt := range []struct {
		till, flags string
		passes      bool
		prints      string
	}{
		{"", "", true, "Ran 7 of 7 Specs"},
		{"", "-ginkgo.label-filter=requirement:T-401", true, "1 of 1 obligations passed"},
		{"open", "", false, "answers 401 without a key"},
		{"unrevoked", "", false, "INCONCLUSIVE"},
	} {
		c := exec.Command(filepath.Join(dir, "embedding.test"), "-test.v", "-ginkgo.no-color")
		if tt.flags != "" {
			c.Args = append(c.Args, tt.flags)
		}
		c.Dir = dir
		c.Env = append(withoutSettings(os.Environ()), "TILL="+tt.till)
		output, err := c.CombinedOutput()
		if (err == nil) != tt.passes || !strings.Contains(string(output), tt.prints) {
			t.Errorf("TILL=%s %s: %v; must print %q:\n%s", tt.till, tt.flags, err, tt.prints, output)
		}
	}
}

// readmeBlock returns the block of code in the README that begins with a line.
func readmeBlock(t *testing.T, begins string) string {
	t.Helper()
	_, rest, found := strings.Cut(readFile(t, filepath.Join(root, "suites", "README.md")), "```go\n"+begins)
	block, _, ended := strings.Cut(rest, "```\n")
	if !found || !ended {
		t.Fatalf("suites/README.md has no block of Go that begins with %q", begins)
	}
	return begins + block
}
