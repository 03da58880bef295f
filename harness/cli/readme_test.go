package cli

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// TestReadme_Commands runs every command of the sh blocks of the README and of harness/README.md
// in a copy of the tree, with the fixtures file that the README shows.
func TestReadme_Commands(t *testing.T) {
	t.Parallel()
	readme := readFile(t, filepath.Join(root, "README.md"))
	dir := copyTree(t)
	target, fixtures := startReadmeSandbox(t, dir, readme)
	origin, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	environment := append(readmeKeys(t, fixtures), "NO_COLOR=1", "TARGET="+target)
	// Packages in a folder that is new each time would be compiled anew each time.
	environment = append(environment, strings.TrimSpace("GOFLAGS="+os.Getenv("GOFLAGS")+" -trimpath"))

	shown := block(readme, "yaml", "triggers:")
	if shown == "" {
		t.Fatal("the README shows no fixtures file")
	}
	shown = strings.ReplaceAll(shown, "https://sandbox.example.test/settle", origin.Scheme+"://"+origin.Host+"/control/settle")
	if err := os.WriteFile(filepath.Join(dir, "my-fixtures.yaml"), []byte(shown), 0o600); err != nil {
		t.Fatal(err)
	}

	commands := 0
	for _, line := range append(shellLines(readme), shellLines(readFile(t, filepath.Join(root, "harness", "README.md")))...) {
		if strings.Contains(line, " sandbox ") {
			continue // running since the start
		}
		if line == "make test" {
			line = "make -n test" // this test is part of it
		}
		if strings.HasPrefix(line, "go test ./harness/") {
			line += " -run '^$'" // make test runs them
		}
		line = strings.ReplaceAll(line, `"$(date +%j)"`, "7") // a test draws the same requests every day
		commands++
		t.Run(line, func(t *testing.T) {
			c := exec.Command("sh", "-c", line)
			c.Dir, c.Env = dir, environment
			if wholeRun.MatchString(line) && line != "make conformance" {
				c.Env = append(slices.Clone(environment), "QORCHECK_FILTER=operation:payment-void || operation:webhooks_list") // the same command, sending less
			}
			output, err := c.CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", line, err, output)
			}
			if line == "make conformance" {
				claim := regexp.MustCompile("`(PASSED: [^`]*)`").FindStringSubmatch(readme)
				if claim == nil || !strings.Contains(string(output), claim[1]) {
					t.Errorf("the README says %q, the output is\n%s", claim, output)
				}
			}
		})
	}
	if commands < 8 {
		t.Errorf("%d commands found in the README, expected at least 8", commands)
	}
	for _, name := range []string{"report.html", "TEST-conformance.xml", "run.json", "cases.ndjson"} {
		if info, err := os.Stat(filepath.Join(dir, "out", name)); err != nil || info.Size() == 0 {
			t.Errorf("out/%s, of which the README speaks: %v", name, err)
		}
	}
}

// wholeRun matches a command that sends all cases. Those with other flags, and make conformance
// without a target, are to do what they say.
var wholeRun = regexp.MustCompile(`^(?:make (?:suites|conformance) .*|go test -count=1 \./suites .*|.*qorcheck run(?: --smoke| --(?:target|fixtures|waivers|shard|out|explore|seed|profile) \S+)*)$`)

// readmeKeys returns the environment with the variables of the README's fixtures file,
// which have the keys of a sandbox's own.
func readmeKeys(t *testing.T, fixtures string) []string {
	t.Helper()
	environment := os.Environ()
	var sandboxFixtures struct {
		Credentials map[string]map[string]string
	}
	if err := yaml.Unmarshal([]byte(readFile(t, fixtures)), &sandboxFixtures); err != nil {
		t.Fatal(err)
	}
	for role, name := range map[string]string{"valid": "", "revoked": "REVOKED_", "no_rights": "WEAK_", "other_merchant": "OTHER_"} {
		environment = append(environment, name+"APP_KEY="+sandboxFixtures.Credentials[role]["AppKey"], name+"CLIENT_KEY="+sandboxFixtures.Credentials[role]["ClientKey"])
	}
	return environment
}

// TestReadme_Pictures: what the README shows is there, and light enough to be shown.
func TestReadme_Pictures(t *testing.T) {
	shown := regexp.MustCompile(`!\[[^\]]+\]\(([^)]+)\)`).FindAllStringSubmatch(readFile(t, filepath.Join(root, "README.md")), -1)
	if len(shown) != 2 {
		t.Errorf("%d pictures, expected those of a passing and a failing run", len(shown))
	}
	for _, m := range shown {
		if info, err := os.Stat(filepath.Join(root, m[1])); err != nil || info.Size() > 300<<10 {
			t.Errorf("%s: %v, or it is too large", m[1], err)
		}
	}
}

// TestReadme_Tables compares the README's tables with the program.
func TestReadme_Tables(t *testing.T) {
	readme := readFile(t, filepath.Join(root, "README.md"))
	var listed []string
	for _, m := range regexp.MustCompile("(?m)^\\| `--([a-z-]+)` \\| ([^|]*) \\|").FindAllStringSubmatch(readme, -1) {
		listed = append(listed, m[1]+" "+strings.Trim(m[2], "` "))
	}
	var real []string
	runCommand(&process{}).Flags().VisitAll(func(f *pflag.Flag) {
		value := f.DefValue
		switch {
		case f.Value.Type() == "bool":
			value = "off"
		case value == "":
			value = "*"
		}
		real = append(real, f.Name+" "+value)
	})
	for _, flag := range real {
		name, value, _ := strings.Cut(flag, " ")
		if !slices.ContainsFunc(listed, func(l string) bool {
			return l == flag || value == "*" && strings.HasPrefix(l, name+" ")
		}) {
			t.Errorf("flag --%s with default %s is not in the README's table %q", name, value, listed)
		}
	}
	if len(listed) != len(real) {
		t.Errorf("the README lists %d flags, the program has %d", len(listed), len(real))
	}
	for _, code := range []string{"0", "1", "2", "3", "4", "130"} {
		if !strings.Contains(readme, "| "+code+" | ") {
			t.Errorf("exit code %s is not in the README's table", code)
		}
	}
}

// startReadmeSandbox starts the sandbox as the README says, on a free port, and
// returns its URL and fixtures file as it prints them.
func startReadmeSandbox(t *testing.T, dir, readme string) (target, fixtures string) {
	t.Helper()
	line := ""
	for _, l := range shellLines(readme) {
		if strings.Contains(l, " sandbox ") {
			line = strings.Replace(l, "127.0.0.1:8080", "127.0.0.1:0", 1)
		}
	}
	if line == "" {
		t.Fatal("the README starts no sandbox")
	}
	c := exec.Command("sh", "-c", "exec "+line)
	c.Dir = dir
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // go run starts a child
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGTERM)
		_, _ = io.Copy(io.Discard, stdout) // until go run's child has ended too, and written its state
		_ = c.Wait()                       // it was signalled to end
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		switch value = strings.TrimSpace(value); name {
		case "url":
			target = value
		case "fixtures":
			fixtures = value
		}
		if target != "" && fixtures != "" {
			return target, fixtures
		}
	}
	t.Fatal("the sandbox printed no URL and fixtures file")
	return "", ""
}

// shellLines lists the commands of the README's sh blocks.
func shellLines(readme string) []string {
	var lines []string
	for _, m := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(readme, -1) {
		lines = append(lines, strings.Split(strings.TrimSpace(m[1]), "\n")...)
	}
	return lines
}

// block finds the fenced block of a language that holds a text.
func block(readme, language, with string) string {
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(readme, -1) {
		if strings.Contains(m[1], with) {
			return m[1]
		}
	}
	return ""
}

// copyTree copies the project, without what was built and written, and returns the folder.
func copyTree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains([]string{".git", ".build", "out"}, path) {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(dir, path), 0o755)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, path), data, info.Mode())
	})
	if err != nil {
		t.Fatal(fmt.Errorf("copy the tree: %w", err))
	}
	return dir
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestReadme_Guarantees: each line of what is guaranteed, in harness/README.md, names tests that there are.
func TestReadme_Guarantees(t *testing.T) {
	t.Parallel()
	_, section, _ := strings.Cut(readFile(t, filepath.Join(root, "harness", "README.md")), "| Guaranteed | Shown by |")
	section, _, _ = strings.Cut(section, "\n\n")
	tests := namesOfTests(t)
	lines := strings.Split(strings.TrimSpace(section), "\n")[1:]
	for _, line := range lines {
		names := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(line, -1)
		if len(names) == 0 {
			t.Errorf("no test is named: %s", line)
		}
		for _, name := range names {
			if !tests[name[1]] {
				t.Errorf("there is no test %s: %s", name[1], line)
			}
		}
	}
	if len(lines) < 10 {
		t.Errorf("%d lines", len(lines))
	}
}
