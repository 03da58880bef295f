package reporters

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Caps of a JUnit case.
const (
	messageCap = 1 << 10
	bodyCap    = 64 << 10
)

// JUnit writes JUnit XML in the form that CI systems read alike: flat suites, one
// test case an obligation, exactly one failure, error or skipped element in a
// case that did not pass, with its message both as attribute and as text.
func JUnit(w io.Writer, d *run.Document) error {
	j := &junit{}
	suites := j.suites(d)
	tests := 0
	for _, s := range suites {
		if s.name != runSuite {
			tests += s.counts.tests
		}
	}
	if tests != len(d.Obligations) {
		return fmt.Errorf("%d of %d obligations are in no known chapter", len(d.Obligations)-tests, len(d.Obligations))
	}
	seen := map[string]bool{}
	j.printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	var all junitCounts
	for _, s := range suites {
		all.add(s.counts)
	}
	j.printf("<testsuites name=%s %s>\n", attribute(d.Name), all)
	for _, s := range suites {
		j.printf("  <testsuite name=%s %s timestamp=%s hostname=\"localhost\">\n", attribute(s.name), s.counts, attribute(stamp(s.started)))
		for _, c := range s.cases {
			if key := c.class + "\x00" + c.name; seen[key] {
				return fmt.Errorf("two test cases are named %s %s", c.class, c.name)
			} else {
				seen[key] = true
			}
			j.testcase(c)
		}
		j.printf("  </testsuite>\n")
	}
	j.printf("</testsuites>\n")
	_, err := w.Write(j.b.Bytes())
	return err
}

type junit struct{ b bytes.Buffer }

func (j *junit) printf(format string, arguments ...any) { fmt.Fprintf(&j.b, format, arguments...) }

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
	cases   []junitCase
}

type junitCase struct {
	class, name, file string
	line              int
	seconds           float64
	started           time.Time
	properties        [][2]string
	element           string // failure, error, skipped, or "" for a pass
	kind, message     string
	body              string
}

var chapters = []struct {
	chapter spec.Chapter
	title   string
}{
	{spec.Statuses, "HTTP responses"},
	{spec.Outcomes, "Handle 200 responses"},
	{spec.Rejections, "Handle 4xx and 5xx responses"},
}

// runSuite holds what is said of the run as a whole.
const runSuite = "Run"

func (j *junit) suites(d *run.Document) []junitSuite {
	var list []junitSuite
	if sentence := stoppedBy(d); sentence != "" {
		s := junitSuite{name: runSuite, started: d.Started, counts: junitCounts{tests: 1, errors: 1}}
		s.cases = []junitCase{{class: "conformance.run", name: "the run comes to its end", started: d.Started, element: "error", kind: "inconclusive", message: sentence, body: sentence}}
		list = append(list, s)
	}
	for _, chapter := range chapters {
		s := junitSuite{name: chapter.title, started: d.Started}
		for _, o := range d.Obligations {
			if o.Chapter == chapter.chapter {
				c := obligationCase(d, o)
				s.cases = append(s.cases, c)
				s.counts.count(c)
			}
		}
		if len(s.cases) > 0 {
			list = append(list, s)
		}
	}
	return list
}

// stoppedBy says why a run ended before its end: a report without it would be green and empty.
func stoppedBy(d *run.Document) string {
	if d.Interrupted || d.Preflight != "" {
		return d.Verdict
	}
	return ""
}

func (c *junitCounts) count(t junitCase) {
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

func obligationCase(d *run.Document, o run.Obligation) junitCase {
	sentence := strings.TrimPrefix(o.Sentence, o.Operation+" ")
	c := junitCase{
		class: "conformance." + strings.NewReplacer(" ", "-", "/", "-").Replace(o.Operation), name: o.Requirement + " " + sentence,
		file: o.File, line: o.Line, seconds: o.Seconds, started: o.Started,
		properties: [][2]string{
			{"requirement", o.Requirement}, {"level", strings.ToUpper(string(o.Level))}, {"operationId", o.Operation},
			{"spec.ref", fmt.Sprintf("%s:%d", o.File, o.Line)}, {"doc", o.Clause.Link},
		},
	}
	for i, note := range o.Notes {
		c.properties = append(c.properties, [2]string{fmt.Sprintf("note.%d", i+1), fmt.Sprintf("%s (%d cases, first %s)", note.Text, note.Count, note.Case)})
	}
	explanation := d.Settle(o).Explain()
	counts := o.Level == spec.Must || d.Strict && o.Level == spec.Should
	switch {
	case o.Outcome == verdict.Fail && counts:
		c.element, c.kind, c.message, c.body = "failure", "violation", summary(d, o), explanation
	case o.Outcome == verdict.Fail && o.Level == spec.May:
		c.properties = append(c.properties, [2]string{"note", summary(d, o)})
	case o.Outcome == verdict.Fail:
		c.properties = append(c.properties, [2]string{"warning", summary(d, o)})
	case o.NeedlessWaiver():
		c.element, c.kind, c.message, c.body = "failure", "waiver", o.Why, explanation
	case o.Outcome == verdict.Waived:
		c.element, c.message, c.body = "skipped", "waived: "+o.Waiver.String(), explanation
	case o.Outcome == verdict.Broken:
		c.element, c.kind, c.message, c.body = "error", "internal", o.Why, explanation
	case o.Outcome == verdict.Inconclusive && o.Level == spec.Must && !d.Unexercised:
		c.element, c.kind, c.message, c.body = "error", "inconclusive", o.Why, explanation
	case o.Outcome == verdict.Inconclusive, o.Outcome == verdict.NotRun, o.Outcome == verdict.Unsupported:
		c.element, c.message, c.body = "skipped", o.Outcome.String()+": "+o.Why, explanation
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

func (j *junit) testcase(c junitCase) {
	j.printf("    <testcase classname=%s name=%s time=\"%.3f\"", attribute(c.class), attribute(c.name), c.seconds)
	if !c.started.IsZero() {
		j.printf(" timestamp=%s", attribute(stamp(c.started)))
	}
	if c.file != "" && c.line > 0 {
		j.printf(" file=%s line=\"%d\"", attribute(c.file), c.line)
	}
	j.printf(">\n")
	if len(c.properties) > 0 {
		j.printf("      <properties>\n")
		for _, p := range c.properties {
			j.printf("        <property name=%s value=%s/>\n", attribute(p[0]), attribute(cut(oneLine(p[1]), messageCap)))
		}
		j.printf("      </properties>\n")
	}
	if c.element != "" {
		j.printf("      <%s message=%s", c.element, attribute(cut(oneLine(c.message), messageCap)))
		if c.kind != "" {
			j.printf(" type=%s", attribute(c.kind))
		}
		j.printf(">%s</%s>\n", cdata(cut(c.body, bodyCap)), c.element)
	}
	j.printf("    </testcase>\n")
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	keep := most
	for keep > 0 && !utf8.RuneStart(text[keep]) {
		keep--
	}
	return fmt.Sprintf("%s… (%d bytes cut)", text[:keep], len(text)-keep)
}

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
