package reporters

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/outline"
	"qorcheck/spec"
)

// Limits of one file, beyond which readers refuse it.
const (
	maxTests = 5_000
	maxBytes = 25 << 20
)

// Profiles of JUnit files.
const (
	JUnitCI     = "ci"     // what CI systems read, a superset
	JUnitStrict = "strict" // what the schemas of Ant and of Jenkins' xunit plugin both accept
)

// junitFiles renders JUnit XML in the form that CI systems read alike: flat
// suites, one test case an obligation, exactly one failure, error or skipped
// element in a case that did not pass, with its message both as attribute and as text.
func junitFiles(d *run.Document, o Options) []rundir.File {
	suites, err := junitSuites(d, o)
	if err != nil {
		return []rundir.File{{Name: rundir.JUnitFile, Write: func(io.Writer) error { return err }}}
	}
	var files []rundir.File
	for i, r := range junitReports(suites) {
		name := rundir.JUnitFile
		if i > 0 {
			name = rundir.FurtherJUnitFile(i + 1)
		}
		r.about(d)
		var report any = r
		if o.Strict {
			report = r.strict()
		}
		files = append(files, rundir.File{Name: name, Write: func(w io.Writer) error { return writeXML(w, report) }})
	}
	return files
}

// junitReports splits suites into reports that readers take. A suite that does not
// fit goes on in the next report.
func junitReports(suites []junitSuite) []*junitReport {
	list := []*junitReport{{}}
	tests, size := 0, 0
	for _, s := range suites {
		part := newPart(s)
		for _, c := range s.Cases {
			if tests == maxTests || tests > 0 && size+c.size() > maxBytes {
				list[len(list)-1].add(part)
				list = append(list, &junitReport{})
				part, tests, size = newPart(s), 0, 0
			}
			part.add(c)
			tests, size = tests+1, size+c.size()
		}
		list[len(list)-1].add(part)
	}
	return list
}

// newPart is a suite without its test cases.
func newPart(s junitSuite) junitSuite {
	s.junitCounts, s.Cases = junitCounts{}, nil
	return s
}

// add adds a suite that is not empty.
func (r *junitReport) add(s junitSuite) {
	if len(s.Cases) > 0 {
		r.Suites = append(r.Suites, s)
	}
}

// about adds the counts of a report and the properties of the run.
func (r *junitReport) about(d *run.Document) {
	properties := &junitProperties{}
	for _, p := range []struct {
		name, value string
		always      bool
	}{
		{"tool", d.Tool, true}, {"target", d.Target, true}, {"run", strings.Join(d.RunIDs(), ", "), true}, {"seed", strconv.FormatUint(d.Seed, 10), true}, {"verdict", d.Verdict, true},
		{"description", d.Digests.Description, true}, {"requirements", d.Digests.Requirements, true}, {"plan", d.Digests.Plan, true},
		{"shard", shardOf(d), false}, {"profile", d.Profile, false}, {"filter", d.Filter, false}, {"smoke", d.Extent(), false}, {"budget", d.WithinBudget(), false}, {"waivers", d.Digests.Waivers, false},
	} {
		if p.always || p.value != "" {
			properties.add(p.name, p.value)
		}
	}
	for _, slip := range d.Slips {
		properties.add("in the description", slip)
	}
	r.Name = junitName(d.Name)
	if limits := outline.Of(d).Limits; len(limits) > 0 && len(r.Suites) > 0 {
		r.Suites[0].Out = &junitText{redact.Printable(strings.Join(limits, "\n"))}
	}
	for i := range r.Suites {
		r.Suites[i].Properties = properties
		r.junitCounts.add(r.Suites[i].junitCounts)
	}
}

// shardOf names the shard of a run, "" for a whole run.
func shardOf(d *run.Document) string {
	if d.Shard == nil {
		return ""
	}
	return d.Shard.String()
}

// junitSuites lists the suites: one a chapter, or one an operation where cases
// are listed. Two test cases of one name are an error, since readers drop one.
func junitSuites(d *run.Document, o Options) ([]junitSuite, error) {
	list := suitesOfChapters(d)
	tests := 0
	for _, s := range list {
		tests += len(s.Cases)
	}
	if o.Cases != nil {
		list = suitesOfCases(d, o.Cases)
	} else if tests != len(d.Obligations) {
		return nil, fmt.Errorf("%d of %d obligations are in no known chapter", len(d.Obligations)-tests, len(d.Obligations))
	}
	whole := outline.Of(d)
	if lacking := fixturesSuite(d, whole.Unjudged); len(lacking.Cases) > 0 {
		list = append([]junitSuite{lacking}, list...)
	}
	if sentence := whole.Stopped; sentence != "" { // without it the report of a run that sent nothing is green and empty
		c := newTestCase("conformance.run", "the run comes to its end")
		c.Timestamp = stamp(d.Started)
		if !slices.ContainsFunc(list, func(s junitSuite) bool { return s.Seconds > 0 }) {
			c.Seconds = junitSeconds(d.Seconds)
		}
		c.end("error", "inconclusive", sentence, sentence)
		s := newSuite("Run", d.Started)
		s.add(c)
		list = append([]junitSuite{s}, list...)
	}
	seen := map[[2]string]bool{}
	for _, s := range list {
		for _, c := range s.Cases {
			if seen[[2]string{c.Class, c.Name}] {
				return nil, fmt.Errorf("two test cases are named %s %s", c.Class, c.Name)
			}
			seen[[2]string{c.Class, c.Name}] = true
		}
	}
	return list, nil
}

// fixturesClass is the class of the test cases that stand for lines of the fixtures.
const fixturesClass = "conformance.fixtures"

// fixturesSuite has a test case for each line that the fixtures lack: it is the error,
// and the obligations that were not exercised for want of it point to it.
func fixturesSuite(d *run.Document, groups []outline.Group) junitSuite {
	s := newSuite("Fixtures", d.Started)
	for _, g := range groups {
		if g.Line == "" {
			continue
		}
		c := newTestCase(fixturesClass, g.Line)
		c.Timestamp = stamp(d.Started)
		message := fmt.Sprintf("%s: not exercised for want of it: %s", g.Why, g.Unlocks())
		element := "skipped"
		if g.Fails {
			element = "error"
		}
		c.end(element, "inconclusive", message, message+":\n"+strings.Join(g.IDs(), "\n"))
		s.add(c)
	}
	return s
}

// missingLines names the lines that an obligation lacks.
func missingLines(o run.Obligation) string {
	var lines []string
	for _, m := range o.Missing {
		lines = append(lines, m.Line)
	}
	return strings.Join(lines, ", ")
}

func suitesOfChapters(d *run.Document) []junitSuite {
	var list []junitSuite
	for _, chapter := range outline.Chapters(d) {
		s := newSuite(chapter.Title, d.Started)
		for _, o := range chapter.Obligations {
			s.add(obligationCase(d, *o))
		}
		list = append(list, s)
	}
	return list
}

// className names the class of an operation's test cases, by which readers group.
func className(d *run.Document, operation string) string {
	prefix := "conformance"
	if d.Profile != "" {
		prefix = d.Profile
	}
	return prefix + "." + strings.NewReplacer(" ", "-", "/", "-", ".", "-").Replace(operation)
}

func obligationCase(d *run.Document, o run.Obligation) TestCase {
	operation, ok := strings.CutSuffix(o.ID, "."+o.Requirement) // distinct in ids, whatever the operation is called
	if !ok {
		operation = o.Operation
	}
	c := newTestCase(className(d, operation), o.Requirement+" "+o.Promise)
	c.Seconds = junitSeconds(o.Spent)
	if !o.Started.IsZero() {
		c.Timestamp = stamp(o.Started)
	}
	if o.File != "" && o.Line > 0 {
		c.File, c.Line = redact.Printable(o.File), o.Line
	}
	c.property("requirement", o.Requirement)
	c.property("level", strings.ToUpper(string(o.Level)))
	c.property("gravity", o.Gravity.Words())
	c.property("basis", o.Clause.Source())
	c.property("operationId", o.Operation)
	c.property("latency.seconds", fmt.Sprintf("%.3f", o.Seconds))
	c.property("spec.ref", fmt.Sprintf("%s:%d", o.File, o.Line))
	c.property("doc", o.Clause.Link)
	if o.Waiver != nil {
		c.property("waiver", o.Waiver.String())
		c.Owner = redact.Printable(oneLine(o.Waiver.Owner))
	}
	if o.Ended != nil {
		c.property("waiver.ended", o.Ended.String())
	}
	for i, note := range o.Notes {
		c.property(fmt.Sprintf("note.%d", i+1), fmt.Sprintf("%s (%d cases, first %s)", note.Text, note.Count, note.Case))
	}
	explained := func(element, kind, message string) { c.end(element, kind, message, d.Result(o).Explain()) }
	element, kind := elementOf(d, o, o.Outcome)
	switch {
	case o.NeedlessWaiver():
		explained("failure", "waiver", o.Why)
	case o.Outcome == verdict.Inconclusive && len(o.Missing) > 0:
		explained("skipped", "", fmt.Sprintf("inconclusive: the fixtures lack %s, see the test cases of %s", missingLines(o), fixturesClass))
	case o.Outcome == verdict.Waived, o.Outcome == verdict.Unsupported, o.Outcome == verdict.NotApplicable, o.Outcome == verdict.NotRun, element == "skipped":
		explained("skipped", "", o.Outcome.String()+": "+o.Why)
	case element == "failure":
		explained(element, kind, summary(d, o))
	case element != "":
		explained(element, kind, o.Why)
	case o.Outcome == verdict.Fail && o.Level == spec.May:
		c.property("note", summary(d, o))
	case o.Outcome == verdict.Fail:
		c.property("warning", summary(d, o))
	}
	return c
}

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

// summary describes the first failure of an obligation in one line.
func summary(d *run.Document, o run.Obligation) string {
	for _, share := range d.Result(o).Shares {
		for _, f := range share.First.Findings {
			if share.Outcome == verdict.Fail {
				return fmt.Sprintf("%s: expected %s; received %s (%d of %d cases)", share.First.ID, f.Expected, f.Received, o.Counts.Fail, o.Planned)
			}
		}
	}
	return fmt.Sprintf("%d of %d cases failed", o.Counts.Fail, o.Planned)
}
