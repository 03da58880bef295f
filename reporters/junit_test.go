package reporters

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/internal/sample"
	"qorcheck/spec"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if err := sample.Golden(filepath.Join("testdata", name), got, *update); err != nil {
		t.Error(err)
	}
}

// junit renders the JUnit files one after the other.
func junit(w io.Writer, d *run.Document, o Options) error {
	var err error
	for _, f := range junitFiles(d, o) {
		err = errors.Join(err, f.Write(w))
	}
	return err
}

// The report as any reader of XML sees it.
type readSuites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Suites   []struct {
		Name      string `xml:"name,attr"`
		Tests     int    `xml:"tests,attr"`
		Failures  int    `xml:"failures,attr"`
		Errors    int    `xml:"errors,attr"`
		Skipped   int    `xml:"skipped,attr"`
		Timestamp string `xml:"timestamp,attr"`
		Suites    []any  `xml:"testsuite"`
		Cases     []struct {
			Class      string `xml:"classname,attr"`
			Name       string `xml:"name,attr"`
			Time       string `xml:"time,attr"`
			Timestamp  string `xml:"timestamp,attr"`
			Properties []struct {
				Name  string `xml:"name,attr"`
				Value string `xml:"value,attr"`
			} `xml:"properties>property"`
			Failures []readResult `xml:"failure"`
			Errors   []readResult `xml:"error"`
			Skipped  []readResult `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type readResult struct {
	Message *string `xml:"message,attr"`
	Type    *string `xml:"type,attr"`
	Text    string  `xml:",chardata"`
}

// read renders a document and reads the report strictly: it must be well formed,
// flat, and its counts those of its elements.
func read(t *testing.T, d *run.Document) readSuites {
	t.Helper()
	var b bytes.Buffer
	if err := junit(&b, d, Options{}); err != nil {
		t.Fatal(err)
	}
	return readXML(t, b.Bytes())
}

func readXML(t *testing.T, data []byte) readSuites {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not well formed: %v\n%.2000s", err, data)
		}
	}
	var r readSuites
	if err := xml.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	var all readSuites
	names := map[string]bool{}
	for _, s := range r.Suites {
		failures, failed, skipped := 0, 0, 0
		for _, c := range s.Cases {
			failures, failed, skipped = failures+len(c.Failures), failed+len(c.Errors), skipped+len(c.Skipped)
			if len(c.Failures)+len(c.Errors)+len(c.Skipped) > 1 {
				t.Errorf("%s has several results", c.Name)
			}
			for _, result := range append(c.Failures, c.Errors...) {
				if result.Message == nil || *result.Message == "" || result.Type == nil || *result.Type == "" || result.Text == "" {
					t.Errorf("%s: a result without message, type or text: %+v", c.Name, result)
				}
			}
			for _, result := range c.Skipped {
				if result.Message == nil || *result.Message == "" || result.Text == "" {
					t.Errorf("%s: skipped without a message", c.Name)
				}
			}
			if names[c.Class+" "+c.Name] || c.Name == "" || c.Class == "" || strings.ContainsAny(c.Class, " /") {
				t.Errorf("%q %q is no name of one case", c.Class, c.Name)
			}
			names[c.Class+" "+c.Name] = true
			if !seconds.MatchString(c.Time) || c.Timestamp != "" && !zulu.MatchString(c.Timestamp) {
				t.Errorf("%s: time %q at %q", c.Name, c.Time, c.Timestamp)
			}
			properties := map[string]bool{}
			for _, p := range c.Properties {
				if properties[p.Name] {
					t.Errorf("%s: property %s twice", c.Name, p.Name)
				}
				properties[p.Name] = true
			}
		}
		if s.Tests != len(s.Cases) || s.Failures != failures || s.Errors != failed || s.Skipped != skipped || len(s.Suites) > 0 || !zulu.MatchString(s.Timestamp) {
			t.Errorf("suite %s counts %d %d %d %d and has %d %d %d %d", s.Name, s.Tests, s.Failures, s.Errors, s.Skipped, len(s.Cases), failures, failed, skipped)
		}
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Skipped+s.Skipped
	}
	if r.Tests != all.Tests || r.Failures != all.Failures || r.Errors != all.Errors || r.Skipped != all.Skipped {
		t.Errorf("the whole counts %+v", r)
	}
	return r
}

var (
	seconds = regexp.MustCompile(`^[0-9]+\.[0-9]{3}$`)
	zulu    = regexp.MustCompile(`^[0-9-]{10}T[0-9:]{8}Z$`)
)

func TestJUnit_OfEachOutcome(t *testing.T) {
	strict := func(d *run.Document) { d.Strict = true }
	lenient := func(d *run.Document) { d.Unexercised = true }
	for _, tt := range []struct {
		file                      string
		level                     spec.Level
		outcome                   verdict.Outcome
		set                       func(*run.Document)
		failures, failed, skipped int
		warning                   bool
	}{
		{"pass", spec.Must, verdict.Pass, nil, 0, 0, 0, false},
		{"fail", spec.Must, verdict.Fail, nil, 1, 0, 0, false},
		{"fail-should", spec.Should, verdict.Fail, nil, 0, 0, 0, true},
		{"fail-should-strict", spec.Should, verdict.Fail, strict, 1, 0, 0, false},
		{"fail-may-strict", spec.May, verdict.Fail, strict, 0, 0, 0, false},
		{"broken", spec.May, verdict.Broken, nil, 0, 1, 0, false},
		{"inconclusive", spec.Must, verdict.Inconclusive, nil, 0, 1, 0, false},
		{"inconclusive-allowed", spec.Must, verdict.Inconclusive, lenient, 0, 0, 1, false},
		{"inconclusive-should", spec.Should, verdict.Inconclusive, nil, 0, 0, 1, false},
		{"not-run", spec.Must, verdict.NotRun, nil, 0, 0, 1, false},
		{"unsupported", spec.Must, verdict.Unsupported, nil, 0, 0, 1, false},
		{"waived", spec.Must, verdict.Waived, nil, 0, 0, 1, false},
		{"waived-passing", spec.Must, verdict.Pass, func(d *run.Document) {
			d.Obligations[0].Waiver, d.Obligations[0].Why = &run.Waiver{Reason: "known", Owner: "pat", Until: "2030-12-31"}, "it passes although it is waived: remove its waiver"
		}, 1, 0, 0, false},
	} {
		t.Run(tt.file, func(t *testing.T) {
			o := sample.Obligation("R-1", tt.level, tt.outcome)
			o.Notes = []run.Note{{Text: redacttest.Text("405 is tolerated: usual"), Count: 3, Case: "pay.x"}, {Text: redacttest.Text("422 is tolerated: usual"), Count: 1, Case: "pay.y"}}
			d := sample.Document(0, o)
			if tt.set != nil {
				tt.set(d)
			}
			r := read(t, d)
			if r.Tests != 1 || r.Failures != tt.failures || r.Errors != tt.failed || r.Skipped != tt.skipped {
				t.Errorf("counts %+v", r)
			}
			c, warning := r.Suites[0].Cases[0], false
			for _, p := range c.Properties {
				warning = warning || p.Name == "warning" && strings.Contains(p.Value, "expected status 200; received status 500")
			}
			if warning != tt.warning || c.Class != "conformance.pay" || c.Name != "R-1 answers R-1" {
				t.Errorf("case %+v", c)
			}
			var b bytes.Buffer
			if err := junit(&b, d, Options{}); err != nil {
				t.Fatal(err)
			}
			golden(t, "junit-"+tt.file+".xml", b.Bytes())
			b.Reset()
			if err := junit(&b, d, Options{Strict: true}); err != nil {
				t.Fatal(err)
			}
			golden(t, "junit-strict-"+tt.file+".xml", b.Bytes())
		})
	}
}

func TestJUnit_CountsAsTheDocument(t *testing.T) {
	var list []run.Obligation
	for i, chapter := range []string{"rejections", "statuses", "outcomes"} {
		for j, outcome := range verdict.Outcomes {
			for k := range j + 1 {
				o := sample.Obligation(fmt.Sprintf("R-%d-%d-%d", i, j, k), spec.Must, outcome)
				o.Chapter = chapter
				list = append(list, o)
			}
		}
	}
	d := sample.Document(1, list...)
	r := read(t, d)
	if c := d.Counts; r.Tests != d.Planned || r.Failures != c.Fail || r.Errors != c.Broken+c.Inconclusive || r.Skipped != c.NotRun+c.Waived+c.Unsupported+c.NotApplicable {
		t.Errorf("report %d %d %d %d, document %+v", r.Tests, r.Failures, r.Errors, r.Skipped, c)
	}
	if len(r.Suites) != 3 || r.Suites[0].Name != "HTTP responses" || r.Suites[2].Name != "Rejections" {
		t.Errorf("%d suites, %s the first", len(r.Suites), r.Suites[0].Name)
	}
}

func TestJUnit_OfAStoppedRun(t *testing.T) {
	for _, tt := range []struct {
		claim string
		set   func(*run.Document)
		want  int
	}{
		{"a failed preflight is an error", func(d *run.Document) { d.Preflight = redacttest.Text("no answer") }, 1},
		{"an interruption is an error", func(d *run.Document) { d.Interrupted = true }, 1},
		{"both are one", func(d *run.Document) { d.Interrupted, d.Preflight = true, redacttest.Text("no answer") }, 1},
		{"a whole run has none", func(*run.Document) {}, 0},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			d := sample.Document(3, sample.Obligation("R-1", spec.Must, verdict.NotRun))
			tt.set(d)
			r := read(t, d)
			if r.Errors != tt.want || r.Skipped != 1 || r.Tests != 1+tt.want {
				t.Errorf("counts %+v", r)
			}
			if tt.want > 0 && *r.Suites[0].Cases[0].Errors[0].Message != "THE VERDICT" {
				t.Errorf("message %s", *r.Suites[0].Cases[0].Errors[0].Message)
			}
			if tt.want > 0 {
				none := sample.Document(3)
				tt.set(none)
				if r := read(t, none); r.Errors != 1 {
					t.Errorf("without obligations the report is empty: %+v", r)
				}
			}
		})
	}
}

func TestJUnit_HoldsHostileText(t *testing.T) {
	for _, tt := range []struct{ claim, text, shown string }{
		{"NUL", "a\x00b", `a\x00b`},
		{"a terminal sequence", "\x1b[31mred", `\x1b[31mred`},
		{"no character", "a\ufffe\uffffb", `a\xfffe\xffffb`},
		{"the end of CDATA", "a]]>b]]]]>>c", "a]]>b]]]]>>c"},
		{"markup", `<a href="x">&amp;'</a><!-- -->`, `<a href="x">&amp;'</a><!-- -->`},
		{"broken UTF-8", "a\xff\xc3b", `a\xff\xc3b`},
		{"broken UTF-8 at the end", "a\xe4\xba", `a\xe4\xba`},
		{"every script", "é 交易 🙂", "é 交易 🙂"},
		{"a megabyte of everything", strings.Repeat("é<]]>\x00 and much that needs no care; ", 1<<15), "bytes more)"},
		{"a megabyte of one word", strings.Repeat("x", 1<<20), "bytes more)"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var list []run.Obligation
			for i, outcome := range []verdict.Outcome{verdict.Fail, verdict.Broken, verdict.Unsupported, verdict.Fail} {
				o := sample.Obligation("R-"+strconv.Itoa(i), spec.Must, outcome)
				if i == 0 || len(tt.text) < 1<<10 { // a megabyte in one of them will do
					o.Sentence, o.Why, o.Clause.Text, o.Operation = "pay "+tt.text, tt.text, tt.text, "pay"+tt.text[:min(len(tt.text), 100)]
					o.Notes = []run.Note{{Text: redacttest.Text(tt.text), Count: 1}}
				}
				list = append(list, o)
			}
			list[3].Level = spec.Should
			d := sample.Document(1, list...)
			for i := range d.Causes {
				if c := &d.Causes[i]; i == 0 || len(tt.text) < 1<<10 {
					c.Title, c.Shown[0].Findings = tt.text, []run.Finding{{Deviation: verdict.Value, Expected: redacttest.Text(tt.text), Received: redacttest.Text(tt.text)}}
					c.Shown[0].Evidence[0].Answer.Body = redacttest.Text(tt.text)
				}
			}
			d.Name, d.Verdict, d.Preflight = "Toy "+tt.text[:min(len(tt.text), 100)], tt.text, redacttest.Text("x")
			r := read(t, d)
			if r.Tests != 5 || r.Failures != 1 || r.Errors != 2 || r.Skipped != 1 {
				t.Errorf("counts %d %d %d %d", r.Tests, r.Failures, r.Errors, r.Skipped)
			}
			for i, result := range []readResult{r.Suites[1].Cases[0].Failures[0], r.Suites[1].Cases[1].Errors[0], r.Suites[1].Cases[2].Skipped[0]} {
				if i > 0 && len(tt.text) > 1<<10 {
					break
				}
				if !strings.Contains(result.Text, tt.shown) || len(result.Text) > 5*maxBody || len(*result.Message) > 5*maxMessage {
					t.Errorf("%d bytes of message, %d of text: %.300q", len(*result.Message), len(result.Text), result.Text)
				}
				if strings.ContainsAny(*result.Message, "\n\r\t") {
					t.Errorf("message of several lines: %q", *result.Message)
				}
			}
		})
	}
}

func TestJUnit_Refuses(t *testing.T) {
	stray := sample.Obligation("R-2", spec.Must, verdict.Pass)
	stray.Chapter = "appendix"
	spaced, dashed := sample.Obligation("R-1", spec.Must, verdict.Pass), sample.Obligation("R-1", spec.Must, verdict.Pass)
	spaced.Operation, dashed.Operation = "pay now", "pay-now"
	for _, tt := range []struct {
		claim string
		d     *run.Document
		says  string
	}{
		{"two cases of one name", sample.Document(0, sample.Obligation("R-1", spec.Must, verdict.Pass), sample.Obligation("R-1", spec.Must, verdict.Pass)), "two test cases are named conformance.pay R-1 answers R-1"},
		{"two cases of one name in a reader's eyes", sample.Document(0, spaced, dashed), "two test cases are named"},
		{"a chapter that it would leave out", sample.Document(0, sample.Obligation("R-1", spec.Must, verdict.Pass), stray), "1 of 2 obligations"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var b bytes.Buffer
			if err := junit(&b, tt.d, Options{}); err == nil || !strings.Contains(err.Error(), tt.says) || b.Len() > 0 {
				t.Errorf("got %v, %d bytes", err, b.Len())
			}
		})
	}
}

// texts renders a document in every format and choice, by name.
func texts(d *run.Document) map[string]func(io.Writer) error {
	all := func(name string, o Options) func(io.Writer) error {
		return func(w io.Writer) error {
			files, err := Render(d, []string{name}, o)
			for _, f := range files {
				if err == nil {
					err = f.Write(w)
				}
			}
			return err
		}
	}
	list := map[string]func(io.Writer) error{
		"junit.strict": all("junit", Options{Strict: true}), "console.color": all("console", Options{Color: true}),
		"annotations": func(w io.Writer) error { return Annotations(w, d) },
	}
	for _, name := range Formats() {
		list[name] = all(name, Options{})
	}
	return list
}

func TestFormats_ReturnWriteErrors(t *testing.T) {
	for name, report := range texts(sample.EveryKind()) {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := report(&b); err != nil {
				t.Fatal(err)
			}
			for room := 0; room < b.Len(); room += 1 + b.Len()/200 {
				if err := report(&sample.Full{Room: room}); !errors.Is(err, sample.ErrFull) {
					t.Fatalf("after %d of %d bytes: %v", room, b.Len(), err)
				}
			}
			if err := report(&sample.Full{Room: b.Len()}); err != nil {
				t.Errorf("with room for all: %v", err)
			}
		})
	}
}

// TestFormats_MatchGoldenFiles has every outcome in every format.
func TestFormats_MatchGoldenFiles(t *testing.T) {
	for name, report := range texts(sample.EveryKind()) {
		t.Run(name, func(t *testing.T) {
			var b, again bytes.Buffer
			if err := errors.Join(report(&b), report(&again)); err != nil {
				t.Fatal(err)
			}
			if name != "html" { // its own package has it
				golden(t, "every."+name, b.Bytes())
			}
			if !bytes.Equal(b.Bytes(), again.Bytes()) {
				t.Error("rendered twice it differs")
			}
			for _, outcome := range verdict.Outcomes {
				if text := strings.ToLower(b.String()); !strings.Contains(text, outcome.String()) && name != "annotations" {
					t.Errorf("it does not show what is %s", outcome)
				}
			}
		})
	}
}

// TestJUnit_MissingLines: what the fixtures lack is one error a line, however many
// obligations were not exercised for want of it.
func TestJUnit_MissingLines(t *testing.T) {
	missing := []run.Missing{{Line: "credentials.revoked", Add: "add to f.yaml: credentials.revoked"}}
	one, two := sample.Obligation("R-1", spec.Must, verdict.Inconclusive), sample.Obligation("R-2", spec.Must, verdict.Inconclusive)
	one.Missing, one.Why, two.Missing, two.Why = missing, "lacks it", missing, "lacks it"
	d := sample.Document(1, one, two, sample.Obligation("R-3", spec.Must, verdict.Pass))
	for _, allowed := range []bool{false, true} {
		d.Unexercised = allowed
		suites, err := junitSuites(d, Options{})
		if err != nil {
			t.Fatal(err)
		}
		errors, skipped := 0, 0
		for _, s := range suites {
			errors, skipped = errors+s.Errors, skipped+s.Skipped
		}
		wantErrors, wantSkipped := 1, 2
		if allowed {
			wantErrors, wantSkipped = 0, 3
		}
		if errors != wantErrors || skipped != wantSkipped || suites[0].Name != "Fixtures" {
			t.Errorf("allowed %v: %d errors, %d skipped, first suite %s", allowed, errors, skipped, suites[0].Name)
		}
		c := suites[0].Cases[0]
		if c.Class != fixturesClass || c.Name != "credentials.revoked" {
			t.Errorf("%s %s", c.Class, c.Name)
		}
	}
}
