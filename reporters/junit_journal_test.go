package reporters

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

// journal is that of some cases, each with an outcome under some obligations.
func journal(t *testing.T, entries ...run.Entry) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	for _, e := range entries {
		if err := json.NewEncoder(&b).Encode(e); err != nil {
			t.Fatal(err)
		}
	}
	return &b
}

// resultOf returns the element of a test case that did not pass, and its message.
func resultOf(c TestCase) (element, message string) {
	for element, r := range map[string]*junitResult{"error": c.Error, "failure": c.Failure, "skipped": c.Skipped} {
		if r != nil {
			return element, r.Message
		}
	}
	return "", ""
}

func TestJUnitCases_OfEachOutcome(t *testing.T) {
	must, should, waived := sample.Obligation("R-1", spec.Must, verdict.Fail), sample.Obligation("R-2", spec.Should, verdict.Fail), sample.Obligation("R-3", spec.Must, verdict.Waived)
	all := []run.Obligation{must, should, waived}
	fail := []run.Finding{{Check: "status", Rule: verdict.WrongStatus, Deviation: verdict.Status, Expected: redacttest.Text("status 200"), Received: redacttest.Text("status 500")}}
	strict := func(d *run.Document) { d.Strict = true }
	lenient := func(d *run.Document) { d.Unexercised = true }
	for _, tt := range []struct {
		claim    string
		set      func(*run.Document)
		verdicts []run.Verdict
		element  string
		says     string
	}{
		{"a pass", nil, []run.Verdict{{Obligation: "pay.R-1", Outcome: verdict.Pass}}, "", ""},
		{"a failed must", nil, []run.Verdict{{Obligation: "pay.R-1", Outcome: verdict.Fail, Findings: fail}}, "failure", "pay.R-1: expected status 200; received status 500"},
		{"a failed should", nil, []run.Verdict{{Obligation: "pay.R-2", Outcome: verdict.Fail, Findings: fail}}, "", ""},
		{"a failed should, strictly", strict, []run.Verdict{{Obligation: "pay.R-2", Outcome: verdict.Fail, Findings: fail}}, "failure", "pay.R-2: expected"},
		{"what is waived", nil, []run.Verdict{{Obligation: "pay.R-3", Outcome: verdict.Fail, Findings: fail}}, "skipped", "waived: the reason of R-3 (pat, until 2030-12-31)"},
		{"what is waived and not waived", nil, []run.Verdict{{Obligation: "pay.R-3", Outcome: verdict.Fail, Findings: fail}, {Obligation: "pay.R-1", Outcome: verdict.Fail, Findings: fail}}, "failure", "pay.R-1"},
		{"an unclear must", nil, []run.Verdict{{Obligation: "pay.R-1", Outcome: verdict.Inconclusive, Why: redacttest.Text("busy")}}, "error", "pay.R-1: busy"},
		{"an unclear must, allowed", lenient, []run.Verdict{{Obligation: "pay.R-1", Outcome: verdict.Inconclusive, Why: redacttest.Text("busy")}}, "skipped", "busy"},
		{"an unclear should", nil, []run.Verdict{{Obligation: "pay.R-2", Outcome: verdict.Inconclusive, Why: redacttest.Text("busy")}}, "skipped", "busy"},
		{"an internal fault", nil, []run.Verdict{{Obligation: "pay.R-2", Outcome: verdict.Broken, Why: redacttest.Text("panic")}}, "error", "panic"},
		{"an interrupted one", nil, []run.Verdict{{Obligation: "pay.R-1", Outcome: verdict.NotRun, Why: redacttest.Text("interrupted")}}, "skipped", "interrupted"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := sample.Document(1, all...)
			d.Cases, d.Seconds = 1, 2
			if tt.set != nil {
				tt.set(d)
			}
			cases, err := TestCases(journal(t, run.Entry{
				Case: "pay.valid.x", Operation: "pay", Kind: "valid", What: "a correct request", Verdicts: tt.verdicts, Act: 0, Began: sample.Noon(), TookMS: 40,
				Evidence: []exchange.Evidence{{Started: sample.Noon(), TookMS: 12, Request: exchange.Message{Line: redacttest.Text("POST http://127.0.0.1/pay")}, Curl: redacttest.Text("curl x")}},
			}), d)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := junit(&b, d, Options{Cases: cases}); err != nil {
				t.Fatal(err)
			}
			c := cases[0]
			if element, message := resultOf(c); element != tt.element || !strings.Contains(message, tt.says) || c.Class != "conformance.pay" || c.Name != "pay.valid.x" || math.Abs(float64(c.Seconds)-2) > 1e-9 || !strings.Contains(b.String(), `name="latency.seconds" value="0.012"`) {
				t.Errorf("got %s %q of %+v", element, message, c)
			}
			if tt.element != "" && !strings.Contains(b.String(), "POST http://127.0.0.1/pay") {
				t.Errorf("it does not show the exchange:\n%s", b.String())
			}
		})
	}
}

// TestJUnitCases_NameARequirementOnce: schemas refuse two properties of one name.
func TestJUnitCases_NameARequirementOnce(t *testing.T) {
	pay, list := sample.Obligation("R-1", spec.Must, verdict.Pass), sample.Obligation("R-1", spec.Must, verdict.Inconclusive)
	list.ID, list.Operation = "list.R-1", "list"
	d := sample.Document(3, pay, list)
	cases, err := TestCases(journal(t, run.Entry{Case: "pay.flow", Operation: "pay", Act: -1, Verdicts: []run.Verdict{
		{Obligation: "pay.R-1", Outcome: verdict.Pass}, {Obligation: "list.R-1", Outcome: verdict.Inconclusive, Why: redacttest.Text("busy")}, {Obligation: "pay.R-1", Outcome: verdict.Pass},
	}}), d)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range cases[0].Properties.List {
		got = append(got, p.Name+"="+p.Value)
	}
	if want := []string{"operationId=pay", "kind=", "requirement.R-1=inconclusive"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestJUnitCases_NotRun(t *testing.T) {
	d := sample.Document(130, sample.Obligation("R-1", spec.Must, verdict.NotRun))
	d.Cases = 3
	cases, err := TestCases(journal(t, run.Entry{Case: "pay.b", Operation: "pay", Act: -1}), d)
	if err != nil || len(cases) != 2 || cases[1].Skipped == nil || !strings.Contains(cases[1].Skipped.Message, "2 cases") {
		t.Errorf("%v %+v", err, cases)
	}
	if cases, err = TestCases(journal(t), d); err != nil || len(cases) != 1 {
		t.Errorf("without a case: %v %+v", err, cases)
	}
}

func TestJUnitCases_RefuseAnotherRunsJournal(t *testing.T) {
	d := sample.Document(0, sample.Obligation("R-1", spec.Must, verdict.Pass))
	d.Cases = 1
	for _, tt := range []struct{ claim, text, says string }{
		{"half a line in the middle", "{\"case\":\"pay\n{\"case\":\"b\"}\n", "journal, line 1: invalid character"},
		{"another run's", `{"case":"pay.x","verdicts":[{"obligation":"pay.R-9","outcome":"pass"}]}` + "\n", "journal, line 1: case pay.x serves pay.R-9, which the run does not have"},
		{"too many cases", "{\"case\":\"a\"}\n{\"case\":\"b\"}\n", "journal: 2 cases, the run has 1"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if _, err := TestCases(strings.NewReader(tt.text), d); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestJUnit_IsSplit: readers refuse files of too many tests or bytes.
func TestJUnit_IsSplit(t *testing.T) {
	const many = maxTests + 10
	var list []run.Obligation
	for i := range many {
		o := sample.Obligation(fmt.Sprintf("R-%d", i), spec.Must, verdict.Pass)
		o.Chapter = []string{"statuses", "rejections"}[i%2]
		list = append(list, o)
	}
	d := sample.Document(0, list...)
	tests := 0
	files := junitFiles(d, Options{})
	if len(files) != 2 || files[0].Name != rundir.JUnitFile || files[1].Name != "TEST-conformance-2.xml" {
		t.Fatalf("%d files: %v", len(files), files)
	}
	for i, f := range files {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		r := readXML(t, b.Bytes())
		if tests += r.Tests; r.Tests > maxTests || r.Tests == 0 {
			t.Errorf("file %d has %d tests", i, r.Tests)
		}
	}
	if tests != many {
		t.Errorf("%d tests in all", tests)
	}
	t.Run("by its bytes", func(t *testing.T) {
		var cases []TestCase
		for i := range 450 {
			c := newTestCase("conformance.pay", fmt.Sprint("case-", i))
			c.end("failure", "violation", "m", strings.Repeat("x", maxBody))
			cases = append(cases, c)
		}
		if files := junitFiles(sample.Document(0), Options{Cases: cases}); len(files) != 2 {
			t.Fatalf("%d files", len(files))
		}
	})
}
