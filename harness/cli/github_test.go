package cli

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"qorcheck/harness/run"
)

// TestGitHub: in GitHub Actions the causes become annotations, the summary is
// appended to the step's page, and nothing that a target says is taken for a command.
func TestGitHub(t *testing.T) {
	t.Parallel()
	target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Said", "::error::of the target")
		_, _ = io.WriteString(w, "\n::error::of the target\n::set-env name=x::y\n##[error]of the target\n")
	})) + "/v3"
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"page.md": "# of an earlier command\n"})
	page := filepath.Join(dir, "page.md")
	stdout, stderr, code := commandIn(t, dir, []string{"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + page}, "run", "--target", target, "--filter", "operation:webhooks_list", "--verbose")
	if code != run.ExitFail {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	begin := regexp.MustCompile(`^::stop-commands::([0-9a-f]{24})\n`).FindStringSubmatch(stdout)
	if begin == nil {
		t.Fatalf("commands are not stopped:\n%s", stdout)
	}
	middle, after, found := strings.Cut(stdout[len(begin[0]):], "::"+begin[1]+"::\n")
	if !found || strings.Contains(middle, begin[1]) {
		t.Fatalf("commands are not resumed:\n%s", stdout)
	}
	if !strings.Contains(middle, "FAILED: ") {
		t.Errorf("the summary is not between:\n%s", middle)
	}
	for _, line := range strings.Split(strings.TrimSpace(after), "\n") {
		if !regexp.MustCompile(`^::(error|warning) (file=spec/qorcommerce\.yaml,line=\d+,)?title=[^:,]+::.`).MatchString(line) {
			t.Errorf("no annotation: %s", line)
		}
	}
	summary := readFile(t, page)
	if want := readFile(t, filepath.Join(dir, "out", "summary.md")); summary != "# of an earlier command\n"+want {
		t.Errorf("the page is\n%s", summary)
	}
	t.Run("a page without room is left as it is", func(t *testing.T) {
		full := strings.Repeat("x", maxSummary-100)
		writeFiles(t, dir, map[string]string{"page.md": full})
		if _, _, code := commandIn(t, dir, []string{"GITHUB_STEP_SUMMARY=" + page}, "run", "--filter", oneRead); code != 0 || readFile(t, page) != full {
			t.Errorf("exit code %d, %d bytes", code, len(readFile(t, page)))
		}
	})
	t.Run("a page that cannot be written is a fault", func(t *testing.T) {
		if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
			t.Fatal(err)
		}
		_, stderr, code := commandIn(t, dir, []string{"GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "folder")}, "run", "--filter", oneRead)
		if code != run.ExitBroken || !strings.Contains(stderr, "GITHUB_STEP_SUMMARY") {
			t.Errorf("exit code %d: %s", code, stderr)
		}
	})
	t.Run("elsewhere there are no commands", func(t *testing.T) {
		stdout, _, _ := command(t, nil, "run", "--filter", oneRead)
		if strings.Contains(stdout, "::") {
			t.Error(stdout)
		}
	})
}
