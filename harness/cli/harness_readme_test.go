package cli

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestHarnessReadme_NamesWhatIsThere: each file and folder that harness/README.md names
// exists. A file without a folder is in the one that its line names before.
func TestHarnessReadme_NamesWhatIsThere(t *testing.T) {
	page := readFile(t, filepath.Join(root, "harness", "README.md"))
	named := map[string]bool{}
	room := "" // of the line: where a bare file name is looked for
	for line := range strings.Lines(page) {
		for _, m := range regexp.MustCompile("`([^` ]+)`").FindAllStringSubmatch(line, -1) {
			name := m[1]
			file := regexp.MustCompile(`\.(go|yaml|md|tmpl)$`).MatchString(name)
			switch {
			case strings.Contains(name, "*"), strings.Contains(name, "NAME"):
				continue
			case strings.Contains(name, "/") && !strings.HasPrefix(name, "github.com/") && !strings.HasPrefix(name, "golang.org/") && !strings.HasPrefix(name, "go.yaml.in/"):
				if room = name; file {
					room = path.Dir(name)
				}
			case file:
				name = path.Join(room, name)
			default:
				continue
			}
			named[name] = true
			if _, err := os.Stat(filepath.Join(root, name)); err != nil {
				t.Errorf("harness/README.md: %v in %s", err, line)
			}
		}
	}
	if len(named) < 60 {
		t.Errorf("%d files and folders found, expected at least 60", len(named))
	}
}
