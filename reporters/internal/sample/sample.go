// Package sample has finished runs for the tests of reports.
package sample

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Noon is when everything in a sample happened.
func Noon() time.Time {
	return time.Date(2030, 1, 2, 13, 4, 5, 678e6, time.FixedZone("", 3600)) // 12:04:05 in UTC
}

// Obligation is one of the payments operation, with one case that shows it.
func Obligation(id string, level spec.Level, outcome verdict.Outcome) run.Obligation {
	o := run.Obligation{
		ID: "pay." + id, Operation: "pay", Method: "POST", Path: "/pay", Requirement: id, Level: level, Chapter: "statuses",
		Sentence: "pay answers " + id, Promise: "answers " + id, Check: "status", Theme: "status.valid", Gravity: spec.OfOutcome, Clause: run.Clause{Basis: spec.OfPage, Page: "page", Link: "https://docs.example.test/page#a", Text: "All is well."},
		File: "api.yaml", Line: 17, Outcome: outcome, Planned: 2, Exercised: 1, Started: Noon(), Seconds: 0.0004999, Spent: 0.00025, Notes: []run.Note{}, Causes: []string{},
	}
	o.Counts.Add(outcome)
	o.Counts.Add(verdict.Pass)
	switch outcome {
	case verdict.Pass:
		return o
	case verdict.Unsupported, verdict.NotApplicable, verdict.NotRun:
		o.Planned, o.Counts = 0, run.Counts{}
	case verdict.Waived:
		o.Waiver = &run.Waiver{Reason: "the reason of " + id, Owner: "pat", Link: "https://issues.example.test/7", Until: "2030-12-31"}
		o.Counts = run.Counts{Fail: 1, Pass: 1}
	}
	switch outcome {
	case verdict.Fail:
	case verdict.Waived:
		o.Why = o.Waiver.String()
	default:
		o.Why = "the reason of " + id
	}
	if o.Planned > 0 {
		o.Causes = []string{"status." + id}
	}
	return o
}

// CauseOf is what made an obligation not pass.
func CauseOf(o run.Obligation) run.Cause {
	c := run.Case{ID: "pay.valid." + o.Requirement, Operation: "pay", Obligation: o.ID, Kind: "valid", What: "a correct request", Outcome: o.Outcome, Why: redacttest.Text(o.Why), Findings: []run.Finding{}, Act: 0, Evidence: []exchange.Evidence{{
		Step: "pay", Started: Noon(), Writes: 1, Curl: redacttest.Text("curl -sS -i 'http://127.0.0.1/pay'"), Variables: []exchange.Variable{{Name: "KEY", From: "from the fixtures"}},
		Request: exchange.Message{Line: redacttest.Text("POST http://127.0.0.1/pay"), Header: redacttest.Texts("X-Key: $KEY"), Body: redacttest.Text(`{"amount":"12.00"}`)},
		Answer:  &exchange.Message{Line: redacttest.Text("HTTP/1.1 500 Internal Server Error"), Header: redacttest.Texts(), Body: redacttest.Text("<h1>no</h1>")},
	}}}
	title := o.Why
	if o.Outcome == verdict.Inconclusive {
		c.Obstacle = &run.Obstacle{Kind: verdict.Busy, Status: 503}
	}
	if o.Counts.Fail > 0 {
		c.Outcome, c.Why, title = verdict.Fail, redacttest.Text(""), "pay rejected a correct request: status 500 in place of 200"
		c.Findings = []run.Finding{{Check: "status", Rule: verdict.WrongStatus, Deviation: verdict.Status, Expected: redacttest.Text("status 200"), Received: redacttest.Text("status 500")}}
	}
	return run.Cause{ID: o.Causes[0], Outcome: c.Outcome, Level: o.Level, Basis: o.Clause.Basis, Gravity: spec.OfOutcome, Theme: "status.valid", Check: o.Check, Title: title, Cases: 1,
		Where:  []run.Where{{Operation: o.Operation, Situation: "valid", Cases: 1}},
		Behind: []run.Behind{{Obligation: o.ID, Cases: []string{c.ID}}}, Shown: []run.Case{c}}
}

// ExampleOf gives an obligation that passed an exchange that shows it, and returns it.
func ExampleOf(o *run.Obligation) run.Example {
	o.Example = "pay.shown." + o.Requirement
	return run.Example{ID: o.Example, Case: o.Example, Operation: o.Operation, What: "a correct request", Fault: "/amount", Evidence: []exchange.Evidence{{
		Step: "pay", Started: Noon(), TookMS: 1.5, Writes: 1,
		Request: exchange.Message{Line: redacttest.Text("POST http://127.0.0.1/pay"), Header: redacttest.Texts("X-Key: $KEY"), Body: redacttest.Text(`{"amount":"12.00"}`)},
		Answer:  &exchange.Message{Line: redacttest.Text("HTTP/1.1 200 OK"), Header: redacttest.Texts(), Body: redacttest.Text(`{"status":"approved"}`)},
	}}}
}

// Document is a finished run of obligations, with numbers that add up.
func Document(exit int, list ...run.Obligation) *run.Document {
	d := &run.Document{
		Version: run.DocumentVersion, Tool: "qorcheck test", Name: "Toy promise", API: "Toy 1", Target: "http://127.0.0.1/v3", RunID: "run1", Seed: 7,
		Started: Noon(), Finished: Noon().Add(1234 * time.Millisecond), ExitCode: exit, Verdict: "THE VERDICT",
		Chapters: spec.Chapters{{Name: "statuses", Title: "HTTP responses"}, {Name: "outcomes", Title: "Outcomes"}, {Name: "rejections", Title: "Rejections"}},
		Requests: 5, Obligations: list, Planned: len(list), Causes: []run.Cause{}, Passages: []run.Passage{}, Examples: []run.Example{}, Latency: []run.Latency{}, Untested: []run.Untested{}, Dropped: []run.Dropped{}, Left: redacttest.Texts(),
	}
	for _, o := range list {
		if len(o.Causes) > 0 {
			d.Causes = append(d.Causes, CauseOf(o))
		}
		d.Counts.Add(o.Outcome)
		if o.Outcome == verdict.Fail && o.Level == spec.Should {
			d.Warnings++
		}
		for _, outcome := range verdict.Outcomes {
			for range o.Counts.Of(outcome) {
				d.CaseCounts.Add(outcome)
				d.Cases++
			}
		}
	}
	return d
}

// EveryKind is a document in which every field is filled.
func EveryKind() *run.Document {
	var list []run.Obligation
	for _, outcome := range verdict.Outcomes {
		for _, level := range []spec.Level{spec.Must, spec.Should} {
			o := Obligation(fmt.Sprintf("R-%d-%s", outcome, level), level, outcome)
			o.Notes = []run.Note{{Text: redacttest.Text("405 is tolerated: usual"), Count: 3, Case: "pay.x"}}
			list = append(list, o)
		}
	}
	passes := slices.IndexFunc(list, func(o run.Obligation) bool { return o.Outcome == verdict.Pass })
	needless := Obligation("R-needless", spec.Must, verdict.Pass)
	needless.Waiver, needless.Why = &run.Waiver{Reason: "known", Owner: "pat", Until: "2030-12-31"}, "it passes although it is waived: remove its waiver"
	d := Document(4, append(list, needless)...)
	sum := "sha256:" + strings.Repeat("0a", 32)
	d.Digests = run.Digests{Description: sum, Requirements: sum, Fixtures: sum, Plan: sum, Waivers: sum}
	d.Profile, d.Filter = "core", "level:must"
	d.Latency = []run.Latency{{Operation: "pay", Count: 2, MinMS: 1, P50MS: 1, P90MS: 2, P99MS: 2, MaxMS: 2, Buckets: []run.Bucket{{UpToMS: 1, Count: 1}, {UpToMS: 2, Count: 1}}}}
	d.Untested = []run.Untested{{Requirement: "R-30", Sentence: "later", Reason: "not yet"}}
	d.Dropped = []run.Dropped{{ID: "pay.x", Reason: "no way"}}
	d.Passages = []run.Passage{{Title: "Responses", Statements: []run.Statement{
		{ID: "S1", Says: "What passes.", Link: "https://docs.example.test/page#a", Requirements: []string{list[passes].Requirement, list[passes+1].Requirement}},
		{ID: "S2", Says: "What fails.", Link: "https://docs.example.test/page#a", Requirements: []string{list[0].Requirement, list[1].Requirement}},
		{ID: "S3", Says: "What a caller does.", Link: "", Requirements: []string{}, Unbinding: "it is addressed to the client"},
	}}, {Title: "More", Statements: []run.Statement{{ID: "G1", Says: "What nobody tests.", Link: "https://docs.example.test/more", Requirements: []string{}, NotCovered: "no request can"}}}}
	d.Examples = []run.Example{ExampleOf(d.Obligation(list[passes].ID)), ExampleOf(d.Obligation(list[passes+1].ID))}
	passed := d.Obligation(list[passes].ID)
	passed.Branches = []run.Branch{{Name: "a missing key", Planned: 1, Shown: 1, Example: passed.Example}, {Name: "in the body", None: "it has no body"}, {Name: "an empty key", Planned: 1, Tolerated: 1, Example: d.Obligation(list[passes+1].ID).Example}, {Name: "a long key", Lacks: "add to f.yaml: a long key"}}
	d.Left = redacttest.Texts("DELETE http://127.0.0.1/v3/made/7")
	d.Foreign = redacttest.Texts("sale.approved about 7")
	d.Reconciled, d.Unreconciled = true, redacttest.Texts("no list shows what they leave: cash")
	return d
}

// Full takes some bytes, then fails with ErrFull.
type Full struct{ Room int }

// ErrFull is the error of a Full writer.
var ErrFull = errors.New("no space left")

func (w *Full) Write(p []byte) (int, error) {
	n := min(len(p), w.Room)
	w.Room -= n
	if n < len(p) {
		return n, ErrFull
	}
	return n, nil
}

// Golden compares with a golden file, or writes it anew.
func Golden(file string, got []byte, update bool) error {
	if update {
		return os.WriteFile(file, got, 0o644)
	}
	want, err := os.ReadFile(file)
	if err == nil && !bytes.Equal(got, want) {
		err = fmt.Errorf("%s differs (go test -update writes it anew):\n%s", file, got)
	}
	return err
}
