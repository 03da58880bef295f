package outline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

func TestDocumentation_SaysWhatBecameOfAStatement(t *testing.T) {
	of := func(operation, id string, level spec.Level, basis spec.Basis, outcome verdict.Outcome) run.Obligation {
		o := sample.Obligation(id, level, outcome)
		o.ID, o.Operation, o.Clause.Basis = operation+"."+id, operation, basis
		return o
	}
	noted := of("void", "R-note", spec.Must, spec.OfPage, verdict.Pass)
	noted.Notes = []run.Note{{Text: redacttest.Text("405 is tolerated"), Count: 3}}
	list := []run.Obligation{
		of("pay", "R-pass", spec.Must, spec.OfPage, verdict.Pass), of("void", "R-pass", spec.Must, spec.OfPage, verdict.Pass),
		of("pay", "R-fail", spec.Must, spec.OfReference, verdict.Fail), of("void", "R-fail", spec.Must, spec.OfReference, verdict.Pass),
		of("pay", "R-should", spec.Should, spec.OfPage, verdict.Fail),
		of("pay", "R-part", spec.Must, spec.OfPage, verdict.Pass), of("void", "R-part", spec.Must, spec.OfPage, verdict.Inconclusive),
		of("pay", "R-unclear", spec.Must, spec.OfPage, verdict.Inconclusive), of("void", "R-unclear", spec.Must, spec.OfPage, verdict.NotRun),
		of("pay", "R-read", spec.Should, spec.OfReading, verdict.Pass), of("void", "R-read", spec.Should, spec.OfReading, verdict.Fail),
		of("pay", "R-waived", spec.Must, spec.OfPage, verdict.Waived),
		noted,
		of("pay", "R-none", spec.Must, spec.OfPage, verdict.NotApplicable), of("void", "R-none", spec.Must, spec.OfPage, verdict.NotApplicable),
		of("pay", "R-some", spec.Must, spec.OfPage, verdict.NotApplicable), of("void", "R-some", spec.Must, spec.OfPage, verdict.Pass),
	}
	d := sample.Document(0, list...)
	d.Untested = []run.Untested{{Requirement: "R-later", Reason: "not yet"}}
	for _, tt := range []struct {
		of    run.Statement
		state State
		found string // sentences, joined by |
	}{
		{run.Statement{Requirements: []string{"R-pass"}}, Proven, "proven on 2 operations"},
		{run.Statement{Requirements: []string{"R-pass", "R-fail"}}, NotKept, "broken on 1 operation: pay|proven on 1 operation"},
		{run.Statement{Requirements: []string{"R-pass", "R-should"}}, Doubtful, "not as it should be on 1 operation: pay|proven on 1 operation"},
		{run.Statement{Requirements: []string{"R-part"}}, InPart, "not shown on 1 operation: the reason of R-part (1 obligation)|proven on 1 operation"},
		{run.Statement{Requirements: []string{"R-pass", "R-part"}}, InPart, "not shown in full on 1 operation: the reason of R-part (1 obligation)|proven on 1 operation"},
		{run.Statement{Requirements: []string{"R-unclear"}}, NotShown, "not shown on 2 operations: the reason of R-unclear (2 obligations)"},
		{run.Statement{Requirements: []string{"R-none"}}, NotBinding, "not applicable on 2 operations: the reason of R-none (2 obligations)"},
		{run.Statement{Requirements: []string{"R-some"}}, Proven, "proven on 1 operation|not applicable on 1 operation: the reason of R-some (1 obligation)"},
		{run.Statement{Requirements: []string{"R-waived"}}, Accepted, "broken and waived on 1 operation: pay"},
		{run.Statement{Requirements: []string{"R-read"}}, OurReading, "our reading of it: not as it should be on 1 operation: void|our reading of it: met on 1 operation"},
		{run.Statement{Requirements: []string{"R-pass", "R-read"}}, Proven, "proven on 2 operations|our reading of it: not as it should be on 1 operation: void|our reading of it: met on 1 operation"},
		{run.Statement{Requirements: []string{"R-note"}}, Proven, "proven on 1 operation|allowed deviation seen: 405 is tolerated (3 cases)"},
		{run.Statement{Unbinding: "it is for clients"}, NoPromise, "it is for clients"},
		{run.Statement{Unbinding: "it is for clients", Requirements: []string{"R-pass"}}, NoPromise, "it is for clients|the server's part: met on 2 operations"},
		{run.Statement{Unbinding: "it is for clients", Requirements: []string{"R-fail"}}, NotKept, "it is for clients|the server's part: broken on 1 operation: pay|the server's part: met on 1 operation"},
		{run.Statement{Unbinding: "it is ours", Requirements: []string{"R-read"}}, OurReading, "it is ours|our reading of it: not as it should be on 1 operation: void|our reading of it: met on 1 operation"},
		{run.Statement{NotCovered: "no request can"}, NotTested, "nothing tests it: no request can"},
		{run.Statement{}, NotTested, "nothing tests it: no requirement of the list is made of it"},
		{run.Statement{Requirements: []string{"R-later"}}, NotPlanned, "nothing tests R-later yet: not yet"},
		{run.Statement{Requirements: []string{"R-elsewhere"}}, NotPlanned, "nothing of it is part of this run"},
	} {
		t.Run(fmt.Sprint(tt.of.Requirements, tt.of.Unbinding), func(t *testing.T) {
			d.Passages = []run.Passage{{Title: "T", Statements: []run.Statement{tt.of}}}
			s := Documentation(d)[0].Statements[0]
			if s.State != tt.state || strings.Join(s.Found, "|") != tt.found {
				t.Errorf("got %s: %s", s.State, strings.Join(s.Found, "|"))
			}
			if !slices.Contains(States, s.State) {
				t.Errorf("%s is not among the states", s.State)
			}
		})
	}
}

func TestDocumentation_IsNoneOfAListWithoutStatements(t *testing.T) {
	if list := Documentation(sample.Document(0, sample.Obligation("R-1", spec.Must, verdict.Pass))); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

func TestDocumentation_CountsWhatItLeavesOut(t *testing.T) {
	if got := few(map[string]int{"a": 1, "b": 3, "c": 1, "d": 1, "e": 1}, 3, "reason", "case"); got != "b (3 cases); a (1 case); c (1 case); and 2 more reasons" {
		t.Error(got)
	}
}
