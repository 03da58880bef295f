package reporters

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"qorcheck/harness/redact"
)

// Limits of a test case.
const (
	maxName    = 512
	maxMessage = 1 << 10
	maxBody    = 64 << 10
)

// junitReport is one file. Texts in it and below are made printable when they are set: XML knows no control characters.
type junitReport struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitCounts
	Suites []junitSuite `xml:"testsuite"`
}

// junitStrictReport is one file of the strict profile.
type junitStrictReport struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name    string `xml:"name,attr"`
	Package string `xml:"package,attr,omitempty"` // strict profile
	ID      *int   `xml:"id,attr"`                // strict profile
	junitCounts
	Timestamp  string           `xml:"timestamp,attr"`
	Hostname   string           `xml:"hostname,attr"`
	Properties *junitProperties `xml:"properties"`
	Cases      []TestCase       `xml:"testcase"`
	Out        *junitText       `xml:"system-out"` // of the first suite: what the run does not test
	Err        *struct{}        `xml:"system-err"` // strict profile
}

// junitText is the text of an element.
type junitText struct {
	Text string `xml:",chardata"`
}

// TestCase is one test case of a JUnit file. At most one of its results is set.
type TestCase struct {
	Class      string           `xml:"classname,attr"`
	Name       string           `xml:"name,attr"`
	Seconds    junitSeconds     `xml:"time,attr"`
	Timestamp  string           `xml:"timestamp,attr,omitempty"`
	File       string           `xml:"file,attr,omitempty"`
	Line       int              `xml:"line,attr,omitempty"`
	Owner      string           `xml:"owner,attr,omitempty"`
	Properties *junitProperties `xml:"properties"` // nil without any
	Failure    *junitResult     `xml:"failure"`
	Error      *junitResult     `xml:"error"`
	Skipped    *junitResult     `xml:"skipped"`
}

type junitProperties struct {
	List []junitProperty `xml:"property"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// junitResult says why a test case did not pass.
type junitResult struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

type junitCounts struct {
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Seconds  junitSeconds `xml:"time,attr"`
}

type junitSeconds float64

// MarshalXMLAttr writes milliseconds as the last digits.
func (s junitSeconds) MarshalXMLAttr(name xml.Name) (xml.Attr, error) {
	return xml.Attr{Name: name, Value: fmt.Sprintf("%.3f", float64(s))}, nil
}

func (c *junitCounts) add(o junitCounts) {
	c.Tests += o.Tests
	c.Failures += o.Failures
	c.Errors += o.Errors
	c.Skipped += o.Skipped
	c.Seconds += o.Seconds
}

// add adds a test case to a suite and counts it.
func (s *junitSuite) add(c TestCase) {
	s.Cases = append(s.Cases, c)
	one := junitCounts{Tests: 1, Seconds: c.Seconds}
	switch {
	case c.Failure != nil:
		one.Failures = 1
	case c.Error != nil:
		one.Errors = 1
	case c.Skipped != nil:
		one.Skipped = 1
	}
	s.junitCounts.add(one)
}

func newSuite(name string, started time.Time) junitSuite {
	return junitSuite{Name: redact.Printable(name), Timestamp: stamp(started), Hostname: "localhost"}
}

func newTestCase(class, name string) TestCase {
	return TestCase{Class: junitName(class), Name: junitName(name)}
}

// junitName makes a name of one line, no longer than readers keep.
func junitName(text string) string { return redact.Printable(redact.Cut(oneLine(text), maxName)) }

func (p *junitProperties) add(name, value string) {
	p.List = append(p.List, junitProperty{redact.Printable(name), redact.Printable(redact.Cut(oneLine(value), maxMessage))})
}

func (c *TestCase) property(name, value string) {
	if c.Properties == nil {
		c.Properties = &junitProperties{}
	}
	c.Properties.add(name, value)
}

// Elements of a test case that did not pass, the gravest first.
var junitElements = [...]string{"error", "failure", "skipped"}

// end sets the result of a test case that did not pass, by its element.
func (c *TestCase) end(element, kind, message, text string) {
	r := &junitResult{redact.Printable(redact.Cut(oneLine(message), maxMessage)), kind, redact.Printable(redact.Cut(text, maxBody))}
	switch element {
	case "error":
		c.Error = r
	case "failure":
		c.Failure = r
	case "skipped":
		c.Skipped = r
	}
}

// size is how many bytes a test case takes in a file, without white space around it.
// One that cannot be written takes all, and is refused when it is written.
func (c *TestCase) size() int {
	text, err := xml.Marshal(c)
	if err != nil {
		return maxBytes
	}
	return len(text)
}

// strict leaves out what CI systems read beyond the schemas, and adds what the
// schemas demand.
func (r *junitReport) strict() *junitStrictReport {
	for i := range r.Suites {
		s := &r.Suites[i]
		s.Package, s.ID, s.Err = "conformance", &i, &struct{}{}
		if s.Out == nil {
			s.Out = &junitText{}
		}
		s.Timestamp = strings.TrimSuffix(s.Timestamp, "Z")
		for j := range s.Cases {
			c := &s.Cases[j]
			c.Timestamp, c.File, c.Line, c.Owner, c.Properties = "", "", 0, "", nil
		}
	}
	return &junitStrictReport{Suites: r.Suites}
}

// writeXML writes a report of either profile.
func writeXML(w io.Writer, report any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(report); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
