package run

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// sample is a document with obligations of these levels and outcomes.
func sample(asks ...any) *Document {
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	d := &Document{Version: DocumentVersion, RunID: "run1", Started: now, Finished: now, Chapters: spec.Chapters{{Name: "statuses", Title: "Statuses"}}, Causes: []Cause{}, Latency: []Latency{}, Untested: []Untested{}, Dropped: []Dropped{}, Left: redacttest.Texts()}
	for i := 0; i < len(asks); i += 2 {
		o := Obligation{ID: fmt.Sprintf("op.R-%d", i/2), Chapter: "statuses", Level: asks[i].(spec.Level), Outcome: asks[i+1].(verdict.Outcome), Planned: 1, Notes: []Note{}, Causes: []string{}}
		ended := o.Outcome
		if ended == verdict.Waived {
			ended, o.Waiver = verdict.Fail, &Waiver{Reason: "known", Owner: "pat", Until: "2030-12-31"}
		}
		o.Counts.Add(ended)
		d.CaseCounts.Add(ended)
		d.Cases++
		if ended == verdict.Fail || ended == verdict.Broken || ended == verdict.Inconclusive {
			id := fmt.Sprintf("cause-%d", i/2)
			o.Causes = []string{id}
			d.Causes = append(d.Causes, Cause{ID: id, Outcome: ended, Level: o.Level, Cases: 1,
				Behind: []Behind{{Obligation: o.ID, Cases: []string{"c"}}}, Shown: []Case{{ID: "c", Obligation: o.ID, Outcome: ended, Findings: []Finding{}, Evidence: []exchange.Evidence{}}}})
		}
		d.Obligations = append(d.Obligations, o)
	}
	return d
}

func TestExitCodes(t *testing.T) {
	const must, should, may = spec.Must, spec.Should, spec.May
	const pass, fail, broken, unclear, notRun, unsupported, waived = verdict.Pass, verdict.Fail, verdict.Broken, verdict.Inconclusive, verdict.NotRun, verdict.Unsupported, verdict.Waived
	strict := func(d *Document) { d.Strict = true }
	reading := func(d *Document) { d.Obligations[1].Clause.Basis = spec.OfReading }
	lenient := func(d *Document) { d.Unexercised = true }
	needless := func(d *Document) { d.Obligations[0].Waiver = &Waiver{Reason: "known"} }
	dead := func(d *Document) { d.Preflight = redacttest.Text("no answer") }
	stopped := func(d *Document) { d.Interrupted = true }
	for _, tt := range []struct {
		claim string
		asks  []any
		set   []func(*Document)
		want  int
		says  string
	}{
		{"all passed", []any{must, pass, should, pass}, nil, 0, "PASSED: 2 of 2 obligations passed"},
		{"a must failed", []any{must, pass, must, fail}, nil, 1, "FAILED: 1 of 2 obligations failed, 1 passed"},
		{"a should failed", []any{must, pass, should, fail}, nil, 0, "PASSED: 1 of 2 obligations passed; 1 that should hold failed (a warning; --strict counts it)"},
		{"a should failed, strictly", []any{must, pass, should, fail}, []func(*Document){strict}, 1, "FAILED: 1 of 2"},
		{"a reading failed", []any{must, pass, should, fail}, []func(*Document){reading}, 0, "PASSED: 1 of 2 obligations passed; 1 that should hold by our reading failed (a warning)"},
		{"a reading failed, strictly", []any{must, pass, should, fail}, []func(*Document){reading, strict}, 0, "PASSED: 1 of 2 obligations passed; 1 that should hold by our reading failed (a warning)"},
		{"a reading and a should failed, strictly", []any{must, pass, should, fail, should, fail}, []func(*Document){reading, strict}, 1, "FAILED: 1 of 3"},
		{"a may failed, strictly", []any{must, pass, may, fail}, []func(*Document){strict}, 0, "PASSED"},
		{"a must is unclear", []any{must, pass, must, unclear}, nil, 3, "INCONCLUSIVE: 1 of 2 obligations passed, 1 that must hold was not exercised"},
		{"a must is not run", []any{must, notRun}, nil, 3, "INCONCLUSIVE"},
		{"a must is unclear, and that is allowed", []any{must, pass, must, unclear}, []func(*Document){lenient}, 0, "PASSED with --allow-unexercised: 1 of 2 obligations passed, 1 that must hold was not exercised"},
		{"all passed where more is allowed", []any{must, pass}, []func(*Document){lenient}, 0, "PASSED: 1 of 1"},
		{"a should is unclear, strictly", []any{must, pass, should, unclear}, []func(*Document){strict}, 0, "PASSED"},
		{"a must is unsupported", []any{must, pass, must, unsupported}, nil, 0, "PASSED: 1 of 2 obligations passed; 1 unsupported"},
		{"nothing was exercised at all", []any{must, unsupported, may, unsupported}, nil, 3, "INCONCLUSIVE: none of 2 obligations was exercised"},
		{"nothing was exercised, and unclear is allowed", []any{must, unclear}, []func(*Document){lenient}, 3, "INCONCLUSIVE: none of 1"},
		{"something broke", []any{must, pass, must, broken}, nil, 4, "BROKEN: 1 obligations"},
		{"a may broke", []any{may, broken}, nil, 4, "BROKEN"},
		{"the target is dead", []any{must, notRun}, []func(*Document){dead}, 3, "INCONCLUSIVE: no answer"},
		{"the target is dead, and unclear is allowed", []any{must, notRun}, []func(*Document){dead, lenient}, 3, "INCONCLUSIVE: no answer"},
		{"interrupted", []any{must, pass, must, notRun}, []func(*Document){stopped}, 130, "INTERRUPTED: 1 of 2 obligations passed before"},

		{"interrupted comes before broken", []any{must, broken, must, fail, must, unclear}, []func(*Document){stopped, dead}, 130, "INTERRUPTED"},
		{"broken comes before failed", []any{must, broken, must, fail, must, unclear}, []func(*Document){strict}, 4, "BROKEN"},
		{"failed comes before unclear", []any{must, fail, must, unclear}, []func(*Document){lenient}, 1, "FAILED"},
		{"a strict should comes before unclear", []any{should, fail, must, unclear}, []func(*Document){strict}, 1, "FAILED"},
		{"a warning does not hide what is unclear", []any{should, fail, must, unclear}, nil, 3, "INCONCLUSIVE"},
		{"a must failed and is waived", []any{must, pass, must, waived}, nil, 0, "PASSED: 1 of 2 obligations passed; 1 failed and are waived"},
		{"all failed and are waived", []any{must, waived, should, waived}, []func(*Document){strict}, 0, "PASSED by its waivers alone: none of 2 obligations passed; 2 failed and are waived"},
		{"one failed and is waived, one failed", []any{must, waived, must, fail}, nil, 1, "FAILED: 1 of 2 obligations failed, 0 passed; 1 failed and are waived"},
		{"what is waived passes", []any{must, pass, must, pass}, []func(*Document){needless}, 1, "FAILED: 2 of 2 obligations passed; 1 pass although they are waived, remove their waivers: op.R-0"},
		{"what is waived passes, and something is unclear", []any{may, pass, must, unclear}, []func(*Document){needless, lenient}, 1, "FAILED: 1 of 2"},
		{"what is waived is unclear", []any{must, unclear, must, pass}, []func(*Document){needless}, 3, "INCONCLUSIVE: 1 of 2"},
		{"what took the place of the built-in list", []any{must, pass}, []func(*Document){func(d *Document) { d.JudgedBy = "one requirement of own.yaml" }}, 0, "; judged by one requirement of own.yaml"},
		{"the filter is told", []any{must, pass}, []func(*Document){func(d *Document) { d.Filter = "level:must" }}, 0, "; filter level:must"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := sample(tt.asks...)
			for _, set := range tt.set {
				set(d)
			}
			d.conclude()
			if d.ExitCode != tt.want || !strings.Contains(d.Verdict, tt.says) {
				t.Errorf("exit code %d: %s; want %d: %s", d.ExitCode, d.Verdict, tt.want, tt.says)
			}
			if err := d.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDocument_CheckRefuses(t *testing.T) {
	for _, tt := range []struct {
		claim string
		bend  func(*Document)
		says  string
	}{
		{"another version", func(d *Document) { d.Version = 1 }, "its format is version 1"},
		{"no version", func(d *Document) { d.Version = 0 }, "its format is version 0"},
		{"an obligation too few", func(d *Document) { d.Obligations = d.Obligations[1:] }, "3 obligations planned, 2 listed"},
		{"an obligation too many", func(d *Document) { d.Planned-- }, "2 obligations planned"},
		{"a count too many", func(d *Document) { d.Counts.Pass++ }, "4 counted"},
		{"a failure counted as a pass", func(d *Document) { d.Counts.Fail--; d.Counts.Pass++ }, "the counts do not match"},
		{"a failure listed as a pass", func(d *Document) { d.Obligations[1].Outcome = verdict.Pass }, "the counts do not match"},
		{"an obligation twice", func(d *Document) { d.Obligations[2].ID = d.Obligations[0].ID }, "op.R-0 is listed twice"},
		{"a chapter that is not there", func(d *Document) { d.Obligations[1].Chapter = "appendix" }, `obligation op.R-1: its chapter "appendix" is not among the chapters`},
		{"a case too few", func(d *Document) { d.Cases-- }, "2 cases planned, 3 counted"},
		{"a case of an obligation too few", func(d *Document) { d.Obligations[0].Counts.Pass-- }, "obligation op.R-0: 1 cases planned, 0 counted"},
		{"a hidden warning", func(d *Document) { d.Warnings = 0 }, "the counts do not match"},
		{"a green exit code", func(d *Document) { d.ExitCode = 0 }, "exit code 0: its obligations make it 1"},
		{"a cause that is not there", func(d *Document) { d.Causes[0].ID = "x" }, "obligation op.R-1: there is no cause cause-1"},
		{"a failure without a cause", func(d *Document) { d.Causes[0].Behind = nil }, "obligation op.R-1: 1 failed, 0 broken and 0 inconclusive cases are counted, 0, 0 and 0 have a cause"},
		{"a cause of another outcome", func(d *Document) { d.Causes[0].Outcome = verdict.Broken }, "obligation op.R-1: 1 failed"},
		{"a cause of an obligation that is not there", func(d *Document) { d.Causes[0].Behind[0].Obligation = "x" }, "cause cause-1: there is no obligation x"},
		{"a cause without a case", func(d *Document) { d.Causes[0].Shown = nil }, "cause cause-1: no case is shown"},
		{"an interruption that is denied", func(d *Document) { d.Interrupted = true }, "make it 130"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := sample(spec.Must, verdict.Pass, spec.Must, verdict.Fail, spec.Should, verdict.Fail)
			d.conclude()
			if err := d.Check(); err != nil {
				t.Fatalf("before: %v", err)
			}
			tt.bend(d)
			if err := d.Check(); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %s", err, tt.says)
			}
		})
	}
}

func TestDocument_Read(t *testing.T) {
	d := sample(spec.Must, verdict.Pass, spec.Must, verdict.Fail, spec.Should, verdict.Unsupported, spec.May, verdict.Inconclusive, spec.Must, verdict.NotRun, spec.Must, verdict.Broken, spec.Must, verdict.Waived)
	d.Causes[0].Shown = []Case{{ID: "c", Outcome: verdict.Fail, Findings: []Finding{{Check: "status", Rule: verdict.WrongStatus, Deviation: verdict.Status, Expected: redacttest.Text("a"), Received: redacttest.Text("b")}}, Evidence: []exchange.Evidence{{Step: "list", Started: d.Started, Curl: redacttest.Text("curl"), Answer: &exchange.Message{Line: redacttest.Text("HTTP/1.1 200 OK")}}}}}
	d.conclude()
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	good := string(data)
	t.Run("what was written is read", func(t *testing.T) {
		got, err := Read(bytes.NewReader(data))
		if err != nil || !reflect.DeepEqual(got, d) {
			t.Errorf("%v\ngot  %+v\nwant %+v", err, got, d)
		}
	})
	for _, tt := range []struct{ claim, text, says string }{
		{"nothing", "", "it is empty"},
		{"JSON of something else", `{"name":"a package","version":"1.2"}`, "not one of a run"},
		{"a list", "[]", "a value of type array"},
		{"a document without obligations", `{"version":4,"runId":"r"}`, "not one of a run"},
		{"another version", strings.Replace(good, `"version":4`, `"version":2`, 1), "its format is version 2, this program reads version 4"},
		{"no JSON", "<html>", "invalid character"},
		{"half a document", good[:len(good)/2], "unexpected EOF"},
		{"an unknown field", strings.Replace(good, `"version":4`, `"version":4,"colour":"red"`, 1), `unknown field "colour"`},
		{"an unknown field further in", strings.Replace(good, `"findings":[{`, `"findings":[{"colour":"red",`, 1), `unknown field "colour"`},
		{"an unknown outcome", strings.Replace(good, `"outcome":"fail"`, `"outcome":"failed"`, 1), "must be broken, fail"},
		{"bytes after its end", good + "{}", "bytes after its end"},
		{"garbage after its end", good + "x", "bytes after its end"},
		{"numbers that do not add up", strings.Replace(good, `"planned":7`, `"planned":5`, 1), "5 obligations planned, 7 listed"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if _, err := Read(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %s", err, tt.says)
			}
		})
	}
	if _, err := Read(strings.NewReader(good + "\n \n")); err != nil {
		t.Errorf("white space after its end: %v", err)
	}
}

func TestCounts_HaveEveryOutcome(t *testing.T) {
	var c Counts
	for i, o := range verdict.Outcomes {
		for range i + 1 {
			c.Add(o)
		}
	}
	for i, o := range verdict.Outcomes {
		if c.Of(o) != i+1 {
			t.Errorf("%s: %d", o, c.Of(o))
		}
	}
	if c.Sum() != 36 {
		t.Errorf("sum %d of %+v", c.Sum(), c)
	}
}

func TestDocument_FailuresAreSorted(t *testing.T) {
	d := &Document{}
	for _, o := range []Obligation{
		{ID: "a.media", Requirement: "R-5", Check: "media-type", Level: spec.Must},
		{ID: "a.schema", Requirement: "R-4", Check: "schema", Level: spec.Must},
		{ID: "a.should", Requirement: "R-0", Check: "status", Level: spec.Should},
		{ID: "a.documented", Requirement: "R-1", Check: "documented-status", Level: spec.Must},
		{ID: "b.status", Requirement: "R-3", Check: "status", Level: spec.Must, Planned: 9, Counts: Counts{Fail: 1}},
		{ID: "a.trace", Requirement: "R-2", Check: "no-trace", Level: spec.Must},
		{ID: "a.status", Requirement: "R-3", Check: "status", Level: spec.Must},
		{ID: "a.first", Requirement: "R-1", Check: "status", Level: spec.Must, Planned: 9, Counts: Counts{Fail: 9}}, // throughout
		{ID: "a.error", Requirement: "R-1", Check: "error-body", Level: spec.Must},
		{ID: "a.may", Requirement: "R-0", Check: "status", Level: spec.May},
	} {
		o.Outcome = verdict.Fail
		d.Obligations = append(d.Obligations, o, Obligation{ID: "passed", Outcome: verdict.Pass, Check: "status"}, Obligation{ID: "unclear", Outcome: verdict.Inconclusive})
	}
	var got []string
	for _, o := range d.Failures() {
		got = append(got, o.ID)
	}
	want := []string{"a.first", "b.status", "a.status", "a.trace", "a.error", "a.schema", "a.media", "a.documented", "a.should", "a.may"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
