package reporters

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/outline"
	"qorcheck/spec"
)

// Caps of a JUnit case.
const (
	nameCap    = 512
	messageCap = 1 << 10
	bodyCap    = 64 << 10
)

// What one file holds at most; beyond it readers refuse files.
const (
	mostTests = 5_000
	mostBytes = 25 << 20
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
	for i, part := range parts(suites, o) {
		name := rundir.JUnitFile
		if i > 0 {
			name = rundir.FurtherJUnitFile(i + 1)
		}
		files = append(files, rundir.File{Name: name, Write: func(w io.Writer) error { return junitFile(w, d, part, o) }})
	}
	return files
}

// parts splits suites into files that readers take.
func parts(suites []junitSuite, o Options) [][]junitSuite {
	var list [][]junitSuite
	tests, size := mostTests, 0
	for _, s := range suites {
		rest := s
		rest.counts, rest.cases = junitCounts{}, nil
		for _, c := range s.cases {
			var b bytes.Buffer
			c.write(&b, o)
			if tests == mostTests || size+b.Len() > mostBytes {
				if len(rest.cases) > 0 {
					list[len(list)-1] = append(list[len(list)-1], rest)
					rest.counts, rest.cases = junitCounts{}, nil
				}
				list = append(list, nil)
				tests, size = 0, 0
			}
			tests++
			size += b.Len()
			rest.cases = append(rest.cases, c)
			rest.counts.count(c)
		}
		if len(rest.cases) > 0 {
			list[len(list)-1] = append(list[len(list)-1], rest)
		}
	}
	if list == nil {
		list = [][]junitSuite{nil}
	}
	return list
}

// junitFile writes one file.
func junitFile(w io.Writer, d *run.Document, suites []junitSuite, o Options) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	var all junitCounts
	for _, s := range suites {
		all.add(s.counts)
	}
	if o.Strict {
		fmt.Fprint(b, "<testsuites>\n")
	} else {
		fmt.Fprintf(b, "<testsuites name=%s %s>\n", attribute(token(d.Name)), all)
	}
	for i, s := range suites {
		if o.Strict {
			fmt.Fprintf(b, "  <testsuite name=%s package=\"conformance\" id=\"%d\" %s timestamp=%s hostname=\"localhost\">\n",
				attribute(s.name), i, s.counts, attribute(strings.TrimSuffix(stamp(s.started), "Z")))
		} else {
			fmt.Fprintf(b, "  <testsuite name=%s %s timestamp=%s hostname=\"localhost\">\n", attribute(s.name), s.counts, attribute(stamp(s.started)))
		}
		properties(b, "    ", aboutRun(d))
		for _, c := range s.cases {
			c.write(b, o)
		}
		if o.Strict {
			fmt.Fprint(b, "    <system-out/>\n    <system-err/>\n")
		}
		fmt.Fprint(b, "  </testsuite>\n")
	}
	fmt.Fprint(b, "</testsuites>\n")
	return b.Flush()
}

// aboutRun says what was run.
func aboutRun(d *run.Document) [][2]string {
	list := [][2]string{
		{"tool", d.Tool}, {"target", d.Target}, {"run", strings.Join(d.RunIDs(), ", ")}, {"seed", strconv.FormatUint(d.Seed, 10)}, {"verdict", d.Verdict},
		{"description", d.Digests.Description}, {"requirements", d.Digests.Requirements}, {"plan", d.Digests.Plan},
	}
	for _, p := range [][2]string{{"shard", shardOf(d)}, {"profile", d.Profile}, {"filter", d.Filter}, {"waivers", d.Digests.Waivers}} {
		if p[1] != "" {
			list = append(list, p)
		}
	}
	return list
}

// shardOf says which shard a run is, "" for a whole one.
func shardOf(d *run.Document) string {
	if d.Shard == nil {
		return ""
	}
	return d.Shard.String()
}

func properties(w io.Writer, indent string, list [][2]string) {
	fmt.Fprintf(w, "%s<properties>\n", indent)
	for _, p := range list {
		fmt.Fprintf(w, "%s  <property name=%s value=%s/>\n", indent, attribute(p[0]), attribute(redact.Cut(oneLine(p[1]), messageCap)))
	}
	fmt.Fprintf(w, "%s</properties>\n", indent)
}

type junitCounts struct {
	tests, failures, errors, skipped int
	seconds                          float64
}

func (c *junitCounts) add(o junitCounts) {
	c.tests += o.tests
	c.failures += o.failures
	c.errors += o.errors
	c.skipped += o.skipped
	c.seconds += o.seconds
}

func (c junitCounts) String() string {
	return fmt.Sprintf(`tests="%d" failures="%d" errors="%d" skipped="%d" time="%.3f"`, c.tests, c.failures, c.errors, c.skipped, c.seconds)
}

type junitSuite struct {
	name    string
	started time.Time
	counts  junitCounts
	cases   []TestCase
}

// TestCase is one test case of a JUnit file.
type TestCase struct {
	class, name, file string
	owner             string
	line              int
	seconds           float64
	started           time.Time
	properties        [][2]string
	element           string // failure, error, skipped, or "" for a pass
	kind, message     string
	body              string
}

// runSuite holds what is said of the run as a whole.
const runSuite = "Run"

// junitSuites lists the suites: one a chapter, or one an operation where cases
// are listed. Two test cases of one name are an error, since readers drop one.
func junitSuites(d *run.Document, o Options) ([]junitSuite, error) {
	var list []junitSuite
	if sentence := outline.Of(d).Stopped; sentence != "" { // without it the report of a run that sent nothing is green and empty
		s := junitSuite{name: runSuite, started: d.Started}
		s.add(TestCase{class: "conformance.run", name: "the run comes to its end", started: d.Started, element: "error", kind: "inconclusive", message: sentence, body: sentence})
		list = append(list, s)
	}
	if o.Cases != nil {
		list = append(list, suitesOfCases(d, o.Cases)...)
	} else {
		list = append(list, suitesOfChapters(d)...)
	}
	tests := 0
	seen := map[string]bool{}
	for _, s := range list {
		for _, c := range s.cases {
			if key := token(c.class) + "\x00" + token(c.name); seen[key] {
				return nil, fmt.Errorf("two test cases are named %s %s", c.class, c.name)
			} else {
				seen[key] = true
			}
		}
		if s.name != runSuite {
			tests += len(s.cases)
		}
	}
	if o.Cases == nil && tests != len(d.Obligations) {
		return nil, fmt.Errorf("%d of %d obligations are in no known chapter", len(d.Obligations)-tests, len(d.Obligations))
	}
	return list, nil
}

func suitesOfChapters(d *run.Document) []junitSuite {
	var list []junitSuite
	for _, chapter := range outline.Chapters(d) {
		s := junitSuite{name: chapter.Title, started: d.Started}
		for _, o := range chapter.Obligations {
			s.add(obligationCase(d, *o))
		}
		list = append(list, s)
	}
	return list
}

func (s *junitSuite) add(c TestCase) {
	s.cases = append(s.cases, c)
	s.counts.count(c)
}

func (c *junitCounts) count(t TestCase) {
	c.tests++
	c.seconds += t.seconds
	switch t.element {
	case "failure":
		c.failures++
	case "error":
		c.errors++
	case "skipped":
		c.skipped++
	}
}

// className is what readers group by.
func className(d *run.Document, operation string) string {
	prefix := "conformance"
	if d.Profile != "" {
		prefix = d.Profile
	}
	return prefix + "." + strings.NewReplacer(" ", "-", "/", "-", ".", "-").Replace(operation)
}

func obligationCase(d *run.Document, o run.Obligation) TestCase {
	sentence := strings.TrimPrefix(o.Sentence, o.Operation+" ")
	c := TestCase{
		class: className(d, o.Operation), name: o.Requirement + " " + sentence,
		file: o.File, line: o.Line, seconds: o.Seconds, started: o.Started,
		properties: [][2]string{
			{"requirement", o.Requirement}, {"level", strings.ToUpper(string(o.Level))}, {"operationId", o.Operation},
			{"spec.ref", fmt.Sprintf("%s:%d", o.File, o.Line)}, {"doc", o.Clause.Link},
		},
	}
	if o.Waiver != nil {
		c.properties, c.owner = append(c.properties, [2]string{"waiver", o.Waiver.String()}), o.Waiver.Owner
	}
	for i, note := range o.Notes {
		c.properties = append(c.properties, [2]string{fmt.Sprintf("note.%d", i+1), fmt.Sprintf("%s (%d cases, first %s)", note.Text, note.Count, note.Case)})
	}
	element, kind := elementOf(d, o, o.Outcome)
	switch {
	case o.NeedlessWaiver():
		c.element, c.kind, c.message = "failure", "waiver", o.Why
	case o.Outcome == verdict.Waived, o.Outcome == verdict.Unsupported, o.Outcome == verdict.NotRun:
		c.element, c.message = "skipped", o.Outcome.String()+": "+o.Why
	case element == "skipped":
		c.element, c.message = element, o.Outcome.String()+": "+o.Why
	case element == "failure":
		c.element, c.kind, c.message = element, kind, summary(d, o)
	case element != "":
		c.element, c.kind, c.message = element, kind, o.Why
	case o.Outcome == verdict.Fail && o.Level == spec.May:
		c.properties = append(c.properties, [2]string{"note", summary(d, o)})
	case o.Outcome == verdict.Fail:
		c.properties = append(c.properties, [2]string{"warning", summary(d, o)})
	}
	if c.element != "" {
		c.body = d.Settle(o).Explain()
	}
	return c
}

// summary is the one line that says what went wrong first.
func summary(d *run.Document, o run.Obligation) string {
	for _, share := range d.Settle(o).Shares {
		for _, f := range share.First.Findings {
			if share.Outcome == verdict.Fail {
				return fmt.Sprintf("%s: expected %s; received %s (%d of %d cases)", share.First.ID, f.Expected, f.Received, o.Counts.Fail, o.Planned)
			}
		}
	}
	return fmt.Sprintf("%d of %d cases failed", o.Counts.Fail, o.Planned)
}

func (c TestCase) write(w io.Writer, o Options) {
	fmt.Fprintf(w, "    <testcase classname=%s name=%s time=\"%.3f\"", attribute(token(c.class)), attribute(token(c.name)), c.seconds)
	if o.Strict {
		fmt.Fprint(w, ">\n")
	} else {
		c.extend(w)
	}
	if c.element != "" {
		fmt.Fprintf(w, "      <%s message=%s", c.element, attribute(redact.Cut(oneLine(c.message), messageCap)))
		if c.kind != "" {
			fmt.Fprintf(w, " type=%s", attribute(c.kind))
		}
		fmt.Fprintf(w, ">%s</%s>\n", cdata(redact.Cut(c.body, bodyCap)), c.element)
	}
	fmt.Fprint(w, "    </testcase>\n")
}

// extend writes what CI systems read beyond the schemas.
func (c TestCase) extend(w io.Writer) {
	if !c.started.IsZero() {
		fmt.Fprintf(w, " timestamp=%s", attribute(stamp(c.started)))
	}
	if c.file != "" && c.line > 0 {
		fmt.Fprintf(w, " file=%s line=\"%d\"", attribute(c.file), c.line)
	}
	if c.owner != "" {
		fmt.Fprintf(w, " owner=%s", attribute(oneLine(c.owner)))
	}
	fmt.Fprint(w, ">\n")
	if len(c.properties) > 0 {
		properties(w, "      ", c.properties)
	}
}

// token makes a name of one line, of a length that readers keep.
func token(text string) string { return redact.Cut(oneLine(text), nameCap) }

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// attribute quotes an attribute's value.
func attribute(value string) string {
	var b bytes.Buffer
	b.WriteByte('"')
	_ = xml.EscapeText(&b, []byte(sanitise(value))) // a buffer takes all
	b.WriteByte('"')
	return b.String()
}

// cdata wraps text so that readers show it as it is.
func cdata(text string) string {
	return "<![CDATA[" + strings.ReplaceAll(sanitise(text), "]]>", "]]]]><![CDATA[>") + "]]>"
}

// sanitise makes every character that XML 1.0 cannot hold visible.
func sanitise(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case c == '\t' || c == '\n' || c == '\r' || c >= 0x20 && c <= 0xd7ff || c >= 0xe000 && c <= 0xfffd || c >= 0x10000:
			b.WriteRune(c)
		default:
			fmt.Fprintf(&b, `\x%02x`, c)
		}
		i += size
	}
	return b.String()
}
