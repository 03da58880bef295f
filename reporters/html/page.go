// Package html renders a finished run for people: one page that needs nothing else,
// readable with scripts and styles blocked. What the target or a file says is text
// in it and nothing more: it is escaped by html/template, and characters that cannot
// be seen are shown as escapes.
package html

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Write writes the page, with its styles and its script inside. It refuses a
// document whose numbers do not add up.
func Write(w io.Writer, d *run.Document) error { return writePage(w, d, false) }

// Files returns the page. Split it has its styles and its script in files beside it.
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

// writePage writes the page, which is split where it asks for its styles and its
// script instead of having them: a server's policy can forbid what stands inside.
func writePage(w io.Writer, d *run.Document, split bool) error {
	if err := d.Check(); err != nil {
		return err
	}
	p, err := newPage(d)
	if err != nil {
		return err
	}
	if split {
		p.Style, p.Script, p.Beside = "", "", [2]string{rundir.StyleFile, rundir.ScriptFile}
		p.Policy = "default-src 'none'; style-src 'self' file:; script-src 'self' file:; base-uri 'none'; form-action 'none'"
	}
	var b bytes.Buffer
	if err := htmlTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err = w.Write(visible(b.Bytes()))
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
		"web": web, "bare": bare, "howMany": howMany, "share": share, "clock": clock, "commas": commas, "ms": milliseconds,
		"width": func() float64 { return plotWidth }, "height": func() float64 { return plotHeight },
		"after": func(n int) int { return n + 1 }, "short": func(text string) string { return redact.Cut(text, 300) },
	}).Parse(htmlText))
)

// page is all that the template shows.
type page struct {
	*run.Document
	Style      template.CSS
	Script     template.JS
	Beside     [2]string // the files with the styles and the script, none when they stand inside
	Policy     string    // of the browser: nothing is loaded, and only what stands here is run
	Word       string    // of the verdict
	Detail     string    // the rest of its sentence
	Look       look
	Took       time.Duration
	Tally      []tally
	Failed     []*failure
	Accepted   []*failure // waived
	CauseCount int        // of failures
	Matrix     *matrix
	Times      *latency
	Unclear    []alike
	Waived     []run.Obligation
	Noted      []noted
	Redacted   *redact.Tally

	ids      anchors
	room     room
	numbered int // causes
}

func newPage(d *run.Document) (*page, error) {
	p := &page{
		Document: d, Style: template.CSS(htmlStyle), Script: template.JS(htmlScript),
		Policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", digest(htmlStyle), digest(htmlScript)),
		Took:   d.Finished.Sub(d.Started).Round(10 * time.Millisecond),
		ids:    anchors{}, room: room{casesListed, exchanges},
	}
	for _, m := range ownID.FindAllStringSubmatch(htmlText, -1) {
		p.ids.take(m[1])
	}
	p.Word, p.Detail, _ = strings.Cut(d.Verdict, ": ")
	p.Look = lookOfRun(d)
	p.Tally = tallies(d)
	p.Matrix = newMatrix(d, p.ids)
	if err := p.Matrix.check(d); err != nil {
		return nil, err
	}
	p.causes()
	p.Times = newLatency(d, p.ids)
	p.unjudged()
	p.Noted = notedOf(d)
	p.Redacted = redactedIn(d)
	for _, o := range d.Obligations {
		if o.Waiver != nil {
			p.Waived = append(p.Waived, o)
		}
	}
	return p, nil
}

// ownID finds the ids that the page's own elements have.
var ownID = regexp.MustCompile(` id="([a-z-]+)"`)

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// anchors are the ids that elements of the page have. The first to ask for one gets it.
type anchors map[string]bool

// take returns the id, or "" when it is another element's.
func (a anchors) take(id string) string {
	if a[id] {
		return ""
	}
	a[id] = true
	return id
}

// look is how an outcome is shown: never by colour alone.
type look struct{ Class, Sign, Word string }

var looks = map[verdict.Outcome]look{
	verdict.Pass:         {"pass", "✓", "passed"},
	verdict.Fail:         {"fail", "✗", "failed"},
	verdict.Broken:       {"broken", "‼", "broken"},
	verdict.Inconclusive: {"unclear", "?", "inconclusive"},
	verdict.NotRun:       {"notrun", "–", "not run"},
	verdict.Waived:       {"waived", "w", "waived"},
	verdict.Unsupported:  {"unsupported", "∅", "unsupported"},
}

var warning = look{"warning", "!", "failed (should)"}

func lookOf(d *run.Document, o verdict.Outcome, l spec.Level) look {
	if o == verdict.Fail && l != spec.Must && !(d.Strict && l == spec.Should) {
		return warning
	}
	return looks[o]
}

func lookOfRun(d *run.Document) look {
	switch d.ExitCode {
	case run.ExitPass:
		return looks[verdict.Pass]
	case run.ExitFail:
		return looks[verdict.Fail]
	case run.ExitBroken:
		return looks[verdict.Broken]
	}
	return looks[verdict.Inconclusive]
}

// tally is one part of the bar that shows how the obligations ended.
type tally struct {
	look
	Count    int
	At, Wide float64 // in the bar, of 1000
	Link     string  // section that tells more
}

func tallies(d *run.Document) []tally {
	var list []tally
	add := func(l look, count int, link string) {
		if count > 0 {
			list = append(list, tally{look: l, Count: count, Link: link})
		}
	}
	warnings := 0
	if !d.Strict {
		warnings = d.Warnings
	}
	for _, outcome := range verdict.Outcomes {
		switch outcome {
		case verdict.Fail:
			add(looks[outcome], d.Counts.Fail-warnings, "failures")
			add(warning, warnings, "failures")
		case verdict.Pass:
			add(looks[outcome], d.Counts.Pass, "matrix")
		case verdict.Waived:
			add(looks[outcome], d.Counts.Waived, "waived")
		default:
			add(looks[outcome], d.Counts.Of(outcome), "unjudged")
		}
	}
	const narrowest = 6.0
	whole, at := 0.0, 0.0
	for _, t := range list {
		whole += max(narrowest, 1000*share(t.Count, d.Planned))
	}
	for i := range list {
		list[i].At, list[i].Wide = at, max(narrowest, 1000*share(list[i].Count, d.Planned))*1000/whole
		at += list[i].Wide
	}
	return list
}

// alike are obligations that ended alike for the same reason.
type alike struct {
	look
	Why         string
	Obligations []run.Obligation
	Cause       *cause // nil when no case tells more
}

func (p *page) unjudged() {
	for _, outcome := range []verdict.Outcome{verdict.Broken, verdict.Inconclusive, verdict.NotRun, verdict.Unsupported} {
		at := map[string]int{}
		for _, o := range p.Document.Obligations {
			if o.Outcome != outcome {
				continue
			}
			i, known := at[o.Why]
			if !known {
				i = len(p.Unclear)
				at[o.Why] = i
				p.Unclear = append(p.Unclear, alike{look: looks[outcome], Why: o.Why})
			}
			p.Unclear[i].Obligations = append(p.Unclear[i].Obligations, o)
			if c := p.Document.Cause(first(o.Causes)); p.Unclear[i].Cause == nil && c != nil && c.Outcome == outcome && !p.ids[c.ID] {
				p.Unclear[i].Cause = p.cause(*c)
			}
		}
	}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// noted is a note with all that it was said of.
type noted struct {
	Text        string
	Count       int
	Obligations []run.Obligation
}

func notedOf(d *run.Document) []noted {
	var list []noted
	at := map[string]int{}
	for _, o := range d.Obligations {
		for _, n := range o.Notes {
			i, known := at[n.Text]
			if !known {
				i = len(list)
				at[n.Text] = i
				list = append(list, noted{Text: n.Text})
			}
			list[i].Count += n.Count
			list[i].Obligations = append(list[i].Obligations, o)
		}
	}
	return list
}

func (p *page) Digest() [][2]string {
	return [][2]string{
		{"description", p.Digests.Description}, {"requirements", p.Digests.Requirements}, {"fixtures", p.Digests.Fixtures},
		{"plan", p.Digests.Plan}, {"waivers", p.Digests.Waivers},
	}
}

// web returns an address that may be a link, "" for any other than http and https.
func web(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return address
}

// bare is an address without its scheme, for people.
func bare(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return rest
}

func howMany(count int, word string) string {
	if count != 1 {
		word += "s"
	}
	return commas(count) + " " + word
}

func share(part, whole int) float64 { return float64(part) / float64(max(whole, 1)) }

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// commas writes a number in groups of three digits.
func commas(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// milliseconds writes a time for people: three digits that count.
func milliseconds(ms float64) string {
	switch {
	case ms >= 10_000:
		return fmt.Sprintf("%.0f s", ms/1000)
	case ms >= 1000:
		return fmt.Sprintf("%.1f s", ms/1000)
	case ms >= 10:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f ms", ms)
}

// visible makes control, format and direction characters and broken UTF-8 in a
// page visible. The page itself has none, so that each is someone else's.
func visible(text []byte) []byte {
	var b bytes.Buffer
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case c != '\n' && c != '\t' && unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp), c&0xfffe == 0xfffe:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.Write(text[i : i+size])
		}
		i += size
	}
	return b.Bytes()
}
