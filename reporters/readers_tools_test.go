//go:build tools

package reporters

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
)

// counted are the results of a report as a reader counts them.
type counted struct{ tests, failures, errors, skipped int }

// TestJUnit_Readers has independent programs read the JUnit reports, and
// compares what they count with the document.
func TestJUnit_Readers(t *testing.T) {
	d := hostile()
	entries := &bytes.Buffer{}
	for i, outcome := range []verdict.Outcome{verdict.Pass, verdict.Fail, verdict.Fail, verdict.Broken, verdict.Inconclusive} {
		encode(t, entries, run.Entry{
			Case: fmt.Sprintf("pay.case-%d", i), Operation: "pay", What: "\x00 ]]> <b>", Outcome: outcome, Act: -1,
			Verdicts: []run.Verdict{{Obligation: d.Obligations[0].ID, Outcome: outcome, Why: redacttest.Text("]]> \x1b")}}, // of few letters beyond ASCII xunit-viewer guesses a wrong encoding
		})
	}
	cases, err := TestCases(entries, d)
	if err != nil {
		t.Fatal(err)
	}
	// One obligation each of must and of should, of which only what broke is more than skipped or passed, and a needless waiver.
	obligations := counted{tests: len(d.Obligations), failures: 1 + 1, errors: 2 + 1, skipped: 3 + 6}
	for _, tt := range []struct {
		name    string
		options Options
		schemas []string
		want    counted
	}{
		{"ci", Options{}, []string{"junit-ci.xsd"}, obligations},
		{"strict", Options{Strict: true}, []string{"junit-ant.xsd", "junit-jenkins.xsd"}, obligations},
		{"cases", Options{Cases: cases}, []string{"junit-ci.xsd"}, counted{6, 2, 2, 1}},
		{"strict cases", Options{Cases: cases, Strict: true}, []string{"junit-ant.xsd", "junit-jenkins.xsd"}, counted{6, 2, 2, 1}},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, rundir.JUnitFile)
		if err := rundir.WriteFile(file, func(w io.Writer) error { return junit(w, d, tt.options) }); err != nil {
			t.Fatal(err)
		}
		for _, schema := range tt.schemas {
			t.Run(tt.name+" meets "+schema, func(t *testing.T) {
				rules, err := filepath.Abs(filepath.Join("testdata", schema))
				if err != nil {
					t.Fatal(err)
				}
				output(t, "xmllint", "--noout", "--schema", rules, file)
			})
		}
		for name, reader := range map[string]func(*testing.T, string) counted{
			"junitparser": junitparser, "allure": allure, "junit-to-ctrf": ctrf, "xunit-viewer": xunitViewer,
		} {
			t.Run(tt.name+" read by "+name, func(t *testing.T) {
				want := tt.want
				if name == "junit-to-ctrf" { // it knows no errors
					want.failures, want.errors = want.failures+want.errors, 0
				}
				if got := reader(t, file); got != want {
					t.Errorf("it counts %+v, the document %+v", got, want)
				}
			})
		}
	}
}

// TestJUnit_SchemasRefuse: a schema that accepts everything proves nothing.
func TestJUnit_SchemasRefuse(t *testing.T) {
	d := sample.Document(0, sample.Obligation("R-1", "must", verdict.Fail))
	for schema, tt := range map[string]struct {
		options  Options
		old, new string
	}{
		"junit-ci.xsd":      {Options{}, ` type="violation"`, ``},
		"junit-ant.xsd":     {Options{Strict: true}, ` id="0"`, ``},
		"junit-jenkins.xsd": {Options{Strict: true}, `<testcase `, `<testcase file="x" `},
	} {
		t.Run(schema, func(t *testing.T) {
			var b bytes.Buffer
			if err := junit(&b, d, tt.options); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), rundir.JUnitFile)
			bent := strings.Replace(b.String(), tt.old, tt.new, 1)
			if err := os.WriteFile(file, []byte(bent), 0o600); err != nil || bent == b.String() {
				t.Fatal("nothing is bent", err)
			}
			if err := exec.Command("xmllint", "--noout", "--schema", filepath.Join("testdata", schema), file).Run(); err == nil {
				t.Error("it is valid all the same")
			}
		})
	}
}

func junitparser(t *testing.T, file string) (c counted) {
	// Debian's own interpreter has Debian's packages.
	const script = `
import sys, junitparser
x = junitparser.JUnitXml.fromfile(sys.argv[1])
kinds = {"Failure": 0, "Error": 0, "Skipped": 0}
tests = 0
for suite in x:
    assert suite.tests == len(list(suite)), suite.tests
    for case in suite:
        tests += 1
        for r in case.result:
            kinds[type(r).__name__] += 1
print(tests, kinds["Failure"], kinds["Error"], kinds["Skipped"])
`
	printed := output(t, "/usr/bin/python3", "-c", script, file)
	if _, err := fmt.Sscan(printed, &c.tests, &c.failures, &c.errors, &c.skipped); err != nil {
		t.Fatal(err)
	}
	return c
}

func allure(t *testing.T, file string) (c counted) {
	table := filepath.Join(t.TempDir(), "out.csv")
	output(t, reader(t, "allure"), "csv", filepath.Dir(file), "--output", table, "--cwd", t.TempDir())
	data, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	lines := csv.NewReader(bytes.NewReader(data))
	lines.LazyQuotes, lines.FieldsPerRecord = true, -1
	rows, err := lines.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		c.tests++
		switch row[2] {
		case "failed":
			c.failures++
		case "broken":
			c.errors++
		case "skipped":
			c.skipped++
		}
	}
	return c
}

func ctrf(t *testing.T, file string) counted {
	out := filepath.Join(t.TempDir(), "ctrf.json")
	output(t, reader(t, "junit-to-ctrf"), file, "-o", out)
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Results struct {
			Summary struct{ Tests, Failed, Skipped int }
		}
	}
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	s := report.Results.Summary
	return counted{tests: s.Tests, failures: s.Failed, skipped: s.Skipped}
}

var totals = regexp.MustCompile(`(\d+) (skipped|errors?|passed|failures?)\b`)

func xunitViewer(t *testing.T, file string) (c counted) {
	printed := output(t, reader(t, "xunit-viewer"), "-r", file, "-c", "-C=false", "-n", "-o", filepath.Join(t.TempDir(), "x.html"))
	lines := strings.Split(strings.TrimSpace(printed), "\n")
	for _, line := range lines[max(0, len(lines)-3):] {
		for _, m := range totals.FindAllStringSubmatch(line, -1) {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			c.tests += n
			switch m[2][0] {
			case 's':
				c.skipped += n
			case 'e':
				c.errors += n
			case 'f':
				c.failures += n
			}
		}
	}
	return c
}

// reader is a program that make test-all installs.
func reader(t *testing.T, name string) string {
	t.Helper()
	home := os.Getenv("READERS")
	if home == "" {
		t.Fatal("READERS names no folder with the npm programs: run make test-all")
	}
	return filepath.Join(home, "node_modules", ".bin", name)
}

func output(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	c := exec.Command(name, arguments...)
	c.Dir = t.TempDir() // some write where they are called
	c.Env = append(os.Environ(), "NO_COLOR=1")
	printed, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, printed)
	}
	return string(printed)
}

func encode(t *testing.T, w io.Writer, value any) {
	t.Helper()
	if err := json.NewEncoder(w).Encode(value); err != nil {
		t.Fatal(err)
	}
}

// hostile is a document with every outcome, and with text that breaks careless writers.
func hostile() *run.Document {
	const text = "\x00 \x1b[31m <b> & \" ' ]]> \ufffe \u202e \xff \r\n\t"
	// Redacted texts come from JSON, which has no broken UTF-8. Of the U+FFFD in its
	// place xunit-viewer concludes that a file is not in UTF-8.
	redacted := redacttest.Text(strings.ReplaceAll(text, "\xff", ""))
	d := sample.EveryKind()
	d.Profile, d.Cases = "", 6
	d.Name, d.Verdict = d.Name+text, text
	for i := range d.Obligations {
		o := &d.Obligations[i]
		o.Sentence, o.Why, o.Clause.Text = o.Sentence+text, o.Why+text, text
		o.Notes = []run.Note{{Text: redacted, Count: 1}}
		if o.Waiver != nil {
			o.Waiver = &run.Waiver{Reason: text, Owner: text, Until: "2030-12-31"}
		}
	}
	for i := range d.Causes {
		c := &d.Causes[i].Shown[0]
		c.Findings = []run.Finding{{Deviation: verdict.Value, Expected: redacted, Received: redacted}}
		c.Evidence[0].Answer.Body = redacted
	}
	return d
}
