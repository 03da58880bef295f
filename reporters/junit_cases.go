package reporters

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/outline"
)

// TestCases reads the journal of a run for JUnit with one test case a case. What
// the run did not come to is not in the journal; it is one skipped test case.
func TestCases(journal io.Reader, d *run.Document) ([]TestCase, error) {
	obligations := map[string]run.Obligation{}
	for _, o := range d.Obligations {
		obligations[o.ID] = o
	}
	list := []TestCase{}
	err := run.ReadJournal(journal, func(e run.Entry) error {
		c, err := testCase(d, e, obligations)
		list = append(list, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(list) > d.Cases {
		return nil, fmt.Errorf("journal: %d cases, the run has %d", len(list), d.Cases)
	}
	slices.SortFunc(list, func(a, b TestCase) int { return strings.Compare(a.name, b.name) })
	if missing := d.Cases - len(list); missing > 0 {
		said := fmt.Sprintf("not run: %d cases, as the run ended before them", missing)
		list = append(list, TestCase{class: "conformance.run", name: "the rest of the cases", element: "skipped", message: said, body: said})
	}
	return list, nil
}

func testCase(d *run.Document, e run.Entry, obligations map[string]run.Obligation) (TestCase, error) {
	c := TestCase{class: className(d, e.Operation), name: e.Case, properties: [][2]string{{"operationId", e.Operation}, {"kind", e.Kind}}}
	if e.Act >= 0 && e.Act < len(e.Evidence) {
		c.seconds, c.started = e.Evidence[e.Act].TookMS/1000, e.Evidence[e.Act].Started
	}
	shown := run.Case{ID: e.Case, What: e.What, Act: e.Act, Evidence: e.Evidence}
	worst := ""
	for _, v := range e.Verdicts {
		o, ok := obligations[v.Obligation]
		if !ok {
			return c, fmt.Errorf("case %s serves %s, which the run does not have", e.Case, v.Obligation)
		}
		c.properties = append(c.properties, [2]string{"requirement." + o.Requirement, v.Outcome.String()})
		element, kind := elementOf(d, o, v.Outcome)
		if element == "" {
			continue
		}
		shown.Findings = append(shown.Findings, v.Findings...)
		if rank := slices.Index(elements, element); worst == "" || rank < slices.Index(elements, worst) {
			worst, c.kind, c.message = element, kind, messageOf(o, v)
		}
	}
	if c.element = worst; worst != "" {
		c.body = shown.Explain() + c.message + "\n"
	}
	return c, nil
}

// elements of a test case that did not pass, the gravest first.
var elements = []string{"error", "failure", "skipped"}

// elementOf returns the element for an outcome of an obligation or of one of its
// cases, "" for one that is no more than remarked on.
func elementOf(d *run.Document, o run.Obligation, outcome verdict.Outcome) (element, kind string) {
	fails := outline.Fails(d, &o, outcome)
	switch {
	case fails && outcome == verdict.Fail:
		return "failure", "violation"
	case fails && outcome == verdict.Broken:
		return "error", "internal"
	case fails:
		return "error", "inconclusive"
	case outcome == verdict.Fail && o.Waiver != nil, outcome == verdict.Inconclusive, outcome == verdict.NotRun:
		return "skipped", ""
	}
	return "", ""
}

func messageOf(o run.Obligation, v verdict.Verdict) string {
	text := v.Why
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
		i, ok := at[c.class]
		if !ok {
			i = len(list)
			at[c.class] = i
			list = append(list, junitSuite{name: c.class[strings.LastIndex(c.class, ".")+1:], started: d.Started})
		}
		list[i].add(c)
	}
	return list
}
