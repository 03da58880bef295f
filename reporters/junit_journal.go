package reporters

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

// TestCases reads the journal of a run for JUnit with one test case for each case.
// Cases that were not run are not in the journal; one skipped test case counts them.
func TestCases(journal io.Reader, d *run.Document) ([]TestCase, error) {
	obligations := map[string]run.Obligation{}
	for _, o := range d.Obligations {
		obligations[o.ID] = o
	}
	list, at := []TestCase{}, map[string]int{} // index by name
	var clock run.Clock
	var timed []string // names of the cases of the clock
	err := run.ReadJournal(journal, func(e run.Entry) error {
		c, err := testCase(d, e, obligations)
		if i, known := at[c.Name]; known && e.Amends {
			list[i].amend(c)
			return err
		}
		at[c.Name] = len(list)
		if !e.Began.IsZero() {
			clock.Add(e)
			timed = append(timed, c.Name)
		}
		list = append(list, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(list) > d.Cases {
		return nil, fmt.Errorf("journal: %d cases, the run has %d", len(list), d.Cases)
	}
	for i, share := range clock.Divide(d.Seconds) {
		list[at[timed[i]]].Seconds = junitSeconds(share)
	}
	slices.SortFunc(list, func(a, b TestCase) int { return strings.Compare(a.Name, b.Name) })
	if missing := d.Cases - len(list); missing > 0 {
		c := newTestCase("conformance.run", "the rest of the cases")
		text := fmt.Sprintf("not run: %d cases, as the run ended before them", missing)
		c.end("skipped", "", text, text)
		list = append(list, c)
	}
	return list, nil
}

func testCase(d *run.Document, e run.Entry, obligations map[string]run.Obligation) (TestCase, error) {
	c := newTestCase(className(d, e.Operation), e.Case)
	c.property("operationId", e.Operation)
	c.property("kind", e.Kind)
	if e.Act >= 0 && e.Act < len(e.Evidence) {
		act := e.Evidence[e.Act]
		c.property("latency.seconds", fmt.Sprintf("%.3f", act.TookMS/1000))
		if !act.Started.IsZero() {
			c.Timestamp = stamp(act.Started)
		}
	}
	shown := run.Case{ID: e.Case, What: e.What, Act: e.Act, Evidence: e.Evidence}
	worst := len(junitElements)
	var worstKind, message string
	outcomes := map[string]verdict.Outcome{} // by requirement, which a case can serve on several operations
	var requirements []string
	for _, v := range e.Verdicts {
		o, ok := obligations[v.Obligation]
		if !ok {
			return c, fmt.Errorf("case %s serves %s, which the run does not have", e.Case, v.Obligation)
		}
		before, known := outcomes[o.Requirement]
		if !known {
			requirements = append(requirements, o.Requirement)
		}
		if !known || v.Outcome.Worse(before) {
			outcomes[o.Requirement] = v.Outcome
		}
		element, kind := elementOf(d, o, v.Outcome)
		if element == "" {
			continue
		}
		shown.Findings = append(shown.Findings, v.Findings...)
		if rank := slices.Index(junitElements[:], element); rank < worst {
			worst, worstKind, message = rank, kind, messageOf(o, v)
		}
	}
	for _, id := range requirements {
		c.property("requirement."+id, outcomes[id].String())
	}
	if worst < len(junitElements) {
		c.end(junitElements[worst], worstKind, message, shown.Explain()+message+"\n")
	}
	return c, nil
}

// amend gives a test case the results that take the place of its own.
func (c *TestCase) amend(with TestCase) {
	switch {
	case with.Error != nil && c.Error == nil:
		c.Error, c.Failure, c.Skipped = with.Error, nil, nil
	case with.Failure != nil && c.Error == nil && c.Failure == nil:
		c.Failure, c.Skipped = with.Failure, nil
	case with.Skipped != nil && c.Error == nil && c.Failure == nil && c.Skipped == nil:
		c.Skipped = with.Skipped
	}
	for _, p := range with.Properties.List {
		if i := slices.IndexFunc(c.Properties.List, func(q junitProperty) bool { return q.Name == p.Name }); i >= 0 {
			c.Properties.List[i] = p
		}
	}
}

func messageOf(o run.Obligation, v run.Verdict) string {
	text := v.Why.String()
	if len(v.Findings) > 0 {
		text = fmt.Sprintf("expected %s; received %s", v.Findings[0].Expected, v.Findings[0].Received)
	}
	if v.Outcome == verdict.Fail && o.Waiver != nil {
		text = "waived: " + o.Waiver.String() + ": " + text
	}
	return fmt.Sprintf("%s: %s", o.ID, text)
}

// suitesOfCases groups cases by operation.
func suitesOfCases(d *run.Document, cases []TestCase) []junitSuite {
	var list []junitSuite
	at := map[string]int{}
	for _, c := range cases {
		i, ok := at[c.Class]
		if !ok {
			i = len(list)
			at[c.Class] = i
			list = append(list, newSuite(c.Class[strings.LastIndex(c.Class, ".")+1:], d.Started))
		}
		list[i].add(c)
	}
	return list
}
