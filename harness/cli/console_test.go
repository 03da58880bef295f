package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"qorcheck/harness/run"
	"qorcheck/suites"
)

// TestConsole: a failing run says on stdout all that is needed to understand it
// and to see it again.
func TestConsole(t *testing.T) {
	t.Parallel()
	target := broken(t, "reason-absent")
	dir := t.TempDir()
	stdout, stderr, code := commandIn(t, dir, []string{itself}, "run", "--target", target, "--run-id", "console", "--out", "reports",
		"--filter", "operation:payment-auth || operation:payment-sale-manual")
	if code != run.ExitFail {
		t.Fatalf("exit code %d:\n%s%s", code, stdout, stderr)
	}
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	want := `FAIL: payment-auth and payment-sale-manual gave no reason although /resultCode is "Refused": no /refusalReason  [outcome; RH-200-5, must; `
	if !regexp.MustCompile("^" + regexp.QuoteMeta(want) + `\d\d+ cases of 2 operations\]$`).MatchString(lines[0]) {
		t.Errorf("the first line is %q, want %q and the number of cases", lines[0], want)
	}
	for _, want := range []string{
		"the page says: An answer whose result is Refused also carries the reason of the refusal.",
		"https://docs.qorcommerce.io/docs/response-handling#handle-200-responses",
		`expected:   /refusalReason, a non-blank string, because /resultCode is "Refused"`,
		"first:      payment-auth.outcome.refused.card-1, a correct request with the test data triggers.card.refused[0]\n",
		"(seed 1, run console)",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout does not say %q", want)
		}
	}
	curl := regexp.MustCompile(`(?m)^ *curl: +(curl .*)$`).FindStringSubmatch(stdout)
	if curl == nil {
		t.Fatalf("no curl line:\n%s", stdout)
	}
	for _, want := range []string{`"$APP_KEY"`, `"$CLIENT_KEY"`, `"$ORDER_ID"`, `"$CARD_REFUSED_0_CREDITCARD"`, `"$CARD_REFUSED_0_CVV"`, target + "/payment/authorize", "-X POST"} {
		if !strings.Contains(curl[1], want) {
			t.Errorf("the curl line has no %s: %s", want, curl[1])
		}
	}
	p := must(suites.Select(builtInPlan(t), "operation:payment-auth || operation:payment-sale-manual"))(t)
	planned := len(p.Obligations)
	if want := fmt.Sprintf("FAILED: 2 of %d obligations failed, %d passed", planned, planned-2); !strings.HasPrefix(lines[len(lines)-1], want) {
		t.Errorf("the last line is %q, want %q", lines[len(lines)-1], want)
	}
	if strings.Contains(stdout+stderr, "\x1b") {
		t.Error("there are colours, and no terminal")
	}
	if strings.Contains(stdout+stderr, "•") || strings.Contains(stdout+stderr, "Ginkgo") || strings.Contains(stdout+stderr, "Ran ") {
		t.Errorf("Ginkgo is heard:\n%s%s", stdout, stderr)
	}
	done := fmt.Sprintf("%d/%d cases", len(p.Cases), len(p.Cases))
	for _, want := range []string{done, filepath.Join("reports", "run.json"), filepath.Join("reports", "report.html"), filepath.Join("reports", "TEST-conformance.xml")} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr does not say %q:\n%s", want, stderr)
		}
	}
	report := readJUnit(t, filepath.Join(dir, "reports", "TEST-conformance.xml"))
	if report.Tests != planned || report.Failures != 2 || report.Errors != 0 {
		t.Errorf("JUnit: %d tests, %d failures, %d errors", report.Tests, report.Failures, report.Errors)
	}
}

// TestConsole_ManyFailures: each of the first causes has a line and a line of evidence,
// the gravest first.
func TestConsole_ManyFailures(t *testing.T) {
	t.Parallel()
	target := broken(t, "418-for-4xx", "charge-despite-500")
	stdout, _, code := command(t, nil, "run", "--target", target, "--filter", "operation:payment-sale-manual || operation:payment-sale || operation:payment-auth || operation:webhooks_list")
	if code != run.ExitFail {
		t.Errorf("exit code %d", code)
	}
	if !regexp.MustCompile(`^FAIL: \d+ operations answered with status 500 and stored the request all the same: 1 entry in transactions-fetch-all: trxn_id [0-9*]+, trxn_type sale, amount [0-9.]+, trxn_status approved, order_id `).MatchString(stdout) {
		t.Errorf("it begins with %.200s", stdout)
	}
	if !strings.Contains(stdout, "HTTP/1.1 418 I'm a teapot {}\n") {
		t.Errorf("no line of evidence shows the response:\n%s", stdout)
	}
	if lines := strings.Count(stdout, "\n"); lines > 50 {
		t.Errorf("%d lines fill more than a screen", lines)
	}
	if !regexp.MustCompile(`^FAILED: \d+ of \d+ `).MatchString(lastLine(stdout)) {
		t.Errorf("the last line is %q", lastLine(stdout))
	}
}

// TestConsole_Pass: a run that passes says so in the last line, and nothing of failures.
func TestConsole_Pass(t *testing.T) {
	t.Parallel()
	stdout, stderr, code := command(t, []string{"NO_COLOR=1", "TERM=xterm-256color"}, "run", "--filter", "operation:webhooks_list")
	if code != run.ExitPass || !strings.HasPrefix(lastLine(stdout), "PASSED: ") {
		t.Errorf("exit code %d, the last line is %q", code, lastLine(stdout))
	}
	if strings.Contains(stdout, "FAIL") || strings.Contains(stdout+stderr, "\x1b") {
		t.Errorf("stdout:\n%s", stdout)
	}
}

// TestHelp_Examples does what the help of each command shows.
func TestHelp_Examples(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "run", "plan", "report", "sandbox", "diff", "merge", "version", "waive"} {
		arguments := []string{"--help"}
		if name != "" {
			arguments = []string{name, "--help"}
		}
		stdout, stderr, code := command(t, nil, arguments...)
		if code != 0 || stderr != "" {
			t.Errorf("qorcheck %s --help: exit code %d: %s", name, code, stderr)
		}
		_, examples, found := strings.Cut(stdout, "Examples:\n")
		if !found {
			t.Errorf("qorcheck %s --help shows no example", name)
			continue
		}
		examples, _, _ = strings.Cut(examples, "\n\n")
		for _, line := range strings.Split(strings.TrimSpace(examples), "\n") {
			words := shellWords(strings.TrimSpace(line))
			if len(words) < 2 || words[0] != "qorcheck" {
				t.Errorf("qorcheck %s --help: the example %q is no command", name, line)
				continue
			}
			tryExample(t, words[1:])
		}
	}
}

// TestHelp_Groups: the help of the commands with many flags shows each of them once, in a group.
func TestHelp_Groups(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"run", "plan"} {
		help, _, _ := command(t, nil, name, "--help")
		at := -1
		for _, group := range flagGroups {
			next := strings.Index(help, "\n"+group.title+":\n")
			if next < at && (name == "run" || next >= 0) {
				t.Errorf("%s: the group %q is not in its place:\n%s", name, group.title, help)
			}
			at = max(at, next)
		}
		c, _, err := program(&process{}, commands(&process{}), nil).Find([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if n := len(regexp.MustCompile(`(?m)^ +(-h, )?--`+f.Name+`\b[^-]`).FindAllString(help, -1)); n != 1 {
				t.Errorf("%s --%s is described %d times", name, f.Name, n)
			}
		})
	}
}

// tryExample runs an example. One that serves is only started, and one against an
// environment that does not exist is tried as far as that it is understood.
func tryExample(t *testing.T, words []string) {
	t.Helper()
	switch {
	case words[0] == "sandbox":
		for i := range words {
			words[i] = strings.Replace(words[i], "127.0.0.1:8080", "127.0.0.1:0", 1)
		}
		if len(words) == 1 || words[1] != "--addr" {
			words = append(words, "--addr", "127.0.0.1:0")
		}
		if printed := sandboxOnce(t, t.TempDir(), nil, words, func(map[string]string) {}); printed["url"] == "" {
			t.Errorf("qorcheck %s printed %v", strings.Join(words, " "), printed)
		}
	case strings.Contains(strings.Join(words, " "), "example.test"):
		_, stderr, code := command(t, nil, words...)
		if code != run.ExitUsage || !strings.Contains(stderr, "no such file") {
			t.Errorf("qorcheck %s: exit code %d: %s", strings.Join(words, " "), code, stderr)
		}
	default:
		dir := t.TempDir()
		if words[0] == "report" || words[0] == "waive" || words[0] == "diff" {
			made, _ := finished(t, true)
			if err := os.Rename(made, filepath.Join(dir, "out")); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(filepath.Join(dir, "before"), os.DirFS(filepath.Join(dir, "out"))); err != nil {
				t.Fatal(err)
			}
		}
		if words[0] == "merge" {
			shardsIn(t, dir)
		}
		if slices.Contains(words, "--resume") {
			commandIn(t, dir, nil, "run", "--filter", oneRead)
		}
		stdout, stderr, code := commandIn(t, dir, []string{"QORCHECK_FILTER=" + oneRead}, words...) // the same command, sending less
		if code != 0 || stdout == "" && !slices.Contains(words, "--out") {
			t.Errorf("qorcheck %s: exit code %d: %s", strings.Join(words, " "), code, stderr)
		}
	}
}

// shellWords splits a line as a shell does: at white space outside single quotes.
// Two spaces and more begin what the command is for.
func shellWords(line string) []string {
	line, _, _ = strings.Cut(line, "  ")
	var words []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}
