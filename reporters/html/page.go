// Package html renders a finished run for people: one page that needs nothing else,
// readable with scripts and styles blocked. What the target or a file says is text
// in it and nothing more: it is escaped by html/template, and characters that cannot
// be seen are shown as escapes.
package html

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/reporters/outline"
)

// Write writes the page, with its styles and its script inside. It refuses a
// document whose numbers do not add up.
func Write(w io.Writer, d *run.Document) error { return writePage(w, d, false) }

// Files returns the page, inclusive of its styles and its script or, when split, with
// them in files beside it.
func Files(d *run.Document, split bool) []rundir.File {
	list := []rundir.File{{Name: rundir.HTMLFile, Write: func(w io.Writer) error { return writePage(w, d, split) }}}
	if split {
		list = append(list, textFile(rundir.StyleFile, htmlStyle), textFile(rundir.ScriptFile, htmlScript))
	}
	return list
}

func textFile(name, text string) rundir.File {
	return rundir.File{Name: name, Write: func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}}
}

// writePage writes the page. A split one links to its styles and its script, for
// servers whose policy forbids inline ones.
func writePage(w io.Writer, d *run.Document, split bool) error {
	if err := d.Check(); err != nil {
		return err
	}
	p, err := newPage(d)
	if err != nil {
		return err
	}
	p.Assets = assetsInside()
	if split {
		p.Assets = assetsBeside()
	}
	var b strings.Builder
	if err := htmlTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err = io.WriteString(w, redact.Printable(b.String())) // the page itself has no invisible characters: each is someone else's
	return err
}

var (
	//go:embed page.tmpl
	htmlText string
	//go:embed style.css
	htmlStyle string
	//go:embed script.js
	htmlScript string

	htmlTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
		"web": web, "bare": bare, "plural": plural, "clock": clock, "commas": commas, "ms": milliseconds, "means": means, "noun": noun,
		"width": func() float64 { return plotWidth }, "height": func() float64 { return plotHeight },
		"after": func(n int) int { return n + 1 }, "short": func(text string) string { return redact.Cut(text, 300) },
	}).Parse(htmlText))

	// ownID matches the ids of the template's own elements.
	ownID = regexp.MustCompile(` id="([a-z-]+)"`)
)

// assets are the styles and the script of a page, inside it or beside it.
type assets struct {
	Style                 template.CSS
	Script                template.JS
	StyleFile, ScriptFile string // "" when they stand inside
	Policy                string // content security policy: nothing is loaded, and no other script runs
}

func assetsInside() assets {
	return assets{
		Style: template.CSS(htmlStyle), Script: template.JS(htmlScript),
		Policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", digest(htmlStyle), digest(htmlScript)),
	}
}

func assetsBeside() assets {
	return assets{
		StyleFile: rundir.StyleFile, ScriptFile: rundir.ScriptFile,
		Policy: "default-src 'none'; style-src 'self' file:; script-src 'self' file:; base-uri 'none'; form-action 'none'",
	}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// page is the data of the template.
type page struct {
	Run      *run.Document
	Outline  *outline.Outline
	Assets   assets
	Verdict  headline
	Sections []section // those that the page has
	Summary  summary
	Tally    []tally
	Glances  []glance
	Failures failures
	Accepted []*failure // waived
	Passages []passage
	States   []tally // of their statements
	Matrix   *matrix
	Examples examples
	Unjudged []unjudged
	Latency  *latency // nil without answers
	Redacted *redact.Tally
}

// headline is the verdict.
type headline struct {
	look
	Word   string // PASSED, FAILED and so on
	Detail string // the rest of its sentence
}

// section is an entry of the navigation.
type section struct{ ID, Title string }

func newPage(d *run.Document) (*page, error) {
	p := &page{Run: d, Outline: outline.Of(d)}
	word, detail, _ := strings.Cut(d.Verdict, ": ")
	p.Verdict = headline{lookOfRun(d), word, detail}
	p.Summary = newSummary(d, p.Outline)
	p.Tally = tallies(d, p.Outline.Tally)
	p.Glances = newGlances(d)
	ids := anchors{}
	for _, m := range ownID.FindAllStringSubmatch(htmlText, -1) {
		ids.take(m[1])
	}
	p.Matrix = newMatrix(d, ids)
	if err := p.Matrix.check(d); err != nil {
		return nil, err
	}
	c := &causes{matrix: p.Matrix, ids: ids, cases: maxCases, bytes: maxExchanges}
	p.Failures = c.failures(p.Outline.Failures)
	p.Accepted = c.accepted(p.Outline.Accepted)
	p.Latency = newLatency(d, ids)
	p.Unjudged = c.unjudged(d, p.Outline.Unjudged)
	p.Examples = newExamples(d, p.Matrix, ids)
	p.Passages = newPassages(d, p.Matrix, ids)
	p.States = statesOf(p.Passages)
	p.Redacted = redactedIn(d)
	p.Sections = p.sections()
	return p, nil
}

func (p *page) sections() []section {
	var list []section
	for _, s := range []struct {
		present   bool
		id, title string
	}{
		{len(p.Failures.Requirements) > 0, "failures", "What failed"},
		{len(p.Passages) > 0, "documentation", "Documentation"},
		{true, "matrix", "Matrix"},
		{true, "requirements", "Requirements"},
		{len(p.Unjudged) > 0, "unjudged", "Not judged"},
		{len(p.Outline.Unlocks) > 0, "unlocks", "Outside the profile"},
		{len(p.Outline.Waivers) > 0, "waived", "Waived"},
		{len(p.Outline.Tolerated) > 0, "tolerated", "Tolerated"},
		{len(p.Outline.Inapplicable) > 0, "inapplicable", "Does not apply"},
		{p.Latency != nil, "latency", "Latency"},
		{len(p.Outline.Untested) > 0, "untested", "Not tested yet"},
		{len(p.Run.Dropped) > 0, "dropped", "Not sent"},
		{len(p.Outline.Slips) > 0, "slips", "Not read"},
		{len(p.Outline.Left) > 0, "left", "Not removed"},
		{len(p.Outline.Foreign) > 0, "foreign", "Other messages"},
		{len(p.Outline.Unreconciled) > 0, "unreconciled", "Not reconciled"},
		{len(p.Examples.List) > 0, "exchanges", "Exchanges"},
		{true, "redacted", "Redacted"},
	} {
		if s.present {
			list = append(list, section{s.id, s.title})
		}
	}
	return list
}

// Terms lists the words that the page explains.
func (p *page) Terms() []term { return terms }

// Digests lists the digests of the run's inputs.
func (p *page) Digests() [][2]string {
	d := p.Run.Digests
	return [][2]string{{"description", d.Description}, {"requirements", d.Requirements}, {"fixtures", d.Fixtures}, {"plan", d.Plan}, {"waivers", d.Waivers}}
}

// anchors are the ids in use on the page, which must be unique.
type anchors map[string]bool

// take reserves an id and returns it, or returns "" when another element has it.
func (a anchors) take(id string) string {
	if a[id] {
		return ""
	}
	a[id] = true
	return id
}
