package cli

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestMakefile_FailsWhereNothingRan: a target that selects tests fails when none
// has the name that it asks for, as after a test has moved.
func TestMakefile_FailsWhereNothingRan(t *testing.T) {
	t.Parallel()
	ran, err := filepath.Abs(filepath.Join(root, ".ci", "ran"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		claim, script string
		want          int
	}{
		{"a package that ran tests passes", "echo 'ok  	qorcheck/spec	0.019s'", 0},
		{"a package without a test of the name fails", "echo 'ok  	qorcheck/spec	0.019s [no tests to run]'", 1},
		{"so does one of several", "echo 'ok  	qorcheck/a	0.019s [no tests to run]'; echo 'ok  	qorcheck/b	0.019s'", 1},
		{"a package without tests fails", "echo '?   	qorcheck	[no test files]'", 1},
		{"a package without the fuzz test fails", "echo 'testing: warning: no fuzz tests to fuzz' >&2", 1},
		{"a failing command keeps its exit code", "exit 7", 7},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			c := exec.Command(ran, "sh", "-c", tt.script)
			output, err := c.CombinedOutput()
			if got := c.ProcessState.ExitCode(); got != tt.want {
				t.Errorf("exit code %d, want %d: %v\n%s", got, tt.want, err, output)
			}
		})
	}
	text := readFile(t, filepath.Join(root, "Makefile"))
	selecting := regexp.MustCompile(`(?m)^\t.*\$\(GO\) test .*-(run|skip|fuzz|tags) .*$`).FindAllString(text, -1)
	if len(selecting) < 6 {
		t.Errorf("%d commands of the Makefile select tests, expected at least 6", len(selecting))
	}
	for _, line := range selecting {
		if !strings.Contains(line, "$(RAN) $(GO) test") {
			t.Errorf("nothing notices when this selects no test: %s", strings.TrimSpace(line))
		}
	}
}

// TestMakefile_RacesWhatDoesSeveralThingsAtOnce: a package that `make test` runs without the
// race detector starts no goroutine and holds no lock. The planner does: each whole run under
// the detector goes through it.
func TestMakefile_RacesWhatDoesSeveralThingsAtOnce(t *testing.T) {
	t.Parallel()
	list := regexp.MustCompile(`(?m)^UNRACED := (.*)$`).FindStringSubmatch(readFile(t, filepath.Join(root, "Makefile")))
	if list == nil {
		t.Fatal("the Makefile names no packages that are not raced")
	}
	concurrent := regexp.MustCompile(`(?m)^\s*go |\.Go\(|"sync"|"sync/atomic"`)
	for _, name := range strings.Fields(list[1]) {
		files, err := filepath.Glob(filepath.Join(root, name, "*.go"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s has no Go files: %v", name, err)
		}
		atOnce := slices.ContainsFunc(files, func(file string) bool {
			return !strings.HasSuffix(file, "_test.go") && concurrent.MatchString(readFile(t, file))
		})
		if atOnce != (name == "harness/planner") {
			t.Errorf("%s does several things at once: %t", name, atOnce)
		}
	}
}
