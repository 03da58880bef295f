package reporters

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Bounds of what the console says of each kind; the summary fits one screen.
const (
	explained = 5 // causes in full
	listed    = 5 // causes after these, a line each
	reasons   = 4 // reasons why something was not judged, an outcome
)

// mostLeft is how many things of a kind are listed, a line each.
const mostLeft = 3

// Console writes the summary of a run for a person: failures first, by cause,
// each with the sentence of the documentation, what was expected and received
// and a curl line, then what could not be judged, then the verdict.
func Console(w io.Writer, d *run.Document, color bool) error {
	b := bufio.NewWriter(w)
	paint := painter(color)
	failed := d.Failed()
	for i, c := range failed {
		switch {
		case i < explained:
			explain(b, d, c, paint)
		case i == explained:
			fmt.Fprintln(b, paint(red, fmt.Sprintf("and %d more causes:", len(failed)-explained)))
			fallthrough
		case i < explained+listed:
			fmt.Fprintf(b, "  %s  [%s; %s]\n", c.Title, c.Level, extent(d, c))
		case i == explained+listed:
			fmt.Fprintf(b, "  and %d more, as listed in %s under causes\n", len(failed)-i, rundir.DocumentFile)
		}
	}
	for _, o := range d.Obligations {
		if o.NeedlessWaiver() {
			fmt.Fprintf(b, "%s %s\n    %s\n", paint(red, "FAIL: "+o.ID+":"), o.Why, o.Waiver)
		}
	}
	for _, outcome := range []verdict.Outcome{verdict.Broken, verdict.Inconclusive, verdict.NotRun, verdict.Waived, verdict.Unsupported} {
		unjudged(b, d, outcome, paint)
	}
	for _, n := range notes(d) {
		fmt.Fprintf(b, "%s %s (%s)\n", paint(yellow, "tolerated:"), n.Text, plural(n.Count, "case"))
	}
	for i, left := range d.Left {
		if i == mostLeft {
			fmt.Fprintf(b, "%s and %d more, as listed in %s under left\n", paint(yellow, "could not be removed:"), len(d.Left)-i, rundir.DocumentFile)
			break
		}
		fmt.Fprintf(b, "%s %s\n", paint(yellow, "could not be removed:"), left)
	}
	for i, foreign := range d.Foreign {
		if i == mostLeft {
			fmt.Fprintf(b, "%s and %d more\n", paint(yellow, "message about what no answer named:"), len(d.Foreign)-i)
			break
		}
		fmt.Fprintf(b, "%s %s\n", paint(yellow, "message about what no answer named:"), foreign)
	}
	if len(d.Untested) > 0 {
		fmt.Fprintf(b, "not tested yet: %s of %s, as listed in %s under untested\n", plural(len(d.Untested), "requirement"), d.Name, rundir.DocumentFile)
	}
	cases := plural(d.Cases, "case")
	if d.CaseCounts.NotRun > 0 {
		cases = fmt.Sprintf("%d of %s", d.Cases-d.CaseCounts.NotRun, cases)
	}
	fmt.Fprintf(b, "%s, %s in %s against %s (seed %d, run %s)\n",
		cases, plural(d.Requests, "request"), d.Finished.Sub(d.Started).Round(10*time.Millisecond), d.Target, d.Seed, d.RunID)
	hue := green
	if d.ExitCode != run.ExitPass {
		hue = red
	}
	fmt.Fprintln(b, paint(hue, d.Verdict))
	return b.Flush()
}

// explain tells of a cause all that is needed to understand it and to see it again.
func explain(w io.Writer, d *run.Document, c run.Cause, paint func(string, string) string) {
	hue := red
	if c.Level != spec.Must {
		hue = yellow
	}
	first := c.Shown[0]
	o := d.Obligation(first.Obligation)
	fmt.Fprintf(w, "%s\n", paint(hue, fmt.Sprintf("FAIL: %s  [%s, %s]", c.Title, o.Requirement, c.Level)))
	fmt.Fprintf(w, "  documented: %s\n", strings.TrimSpace(o.Clause.Text+" "+o.Clause.Link))
	for _, f := range first.Findings[:min(len(first.Findings), 1)] {
		fmt.Fprintf(w, "  expected:   %s\n", f.Expected)
	}
	fmt.Fprintf(w, "  in:         %s; first %s, %s\n", extent(d, c), first.ID, first.What)
	for _, line := range first.Curl() {
		fmt.Fprintf(w, "  curl:       %s\n", line)
	}
}

// extent says how far a cause reaches.
func extent(d *run.Document, c run.Cause) string {
	where := d.Operations(c)
	if len(where) == 1 {
		return fmt.Sprintf("%s of %s", plural(c.Cases, "case"), where[0])
	}
	return fmt.Sprintf("%s of %s", plural(c.Cases, "case"), plural(len(where), "operation"))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// unjudged lists the obligations of an outcome by their reason.
func unjudged(w io.Writer, d *run.Document, outcome verdict.Outcome, paint func(string, string) string) {
	groups := byReason(d, outcome)
	for i, g := range groups {
		if i == reasons {
			fmt.Fprintf(w, "%s for %d other reasons\n", paint(yellow, outcome.String()), len(groups)-i)
			return
		}
		fmt.Fprintf(w, "%s %s (%s)\n", paint(yellow, outcome.String()+":"), g.why, few(g.ids))
	}
}

// group are obligations that were not judged for one reason.
type group struct {
	why string
	ids []string
}

// byReason groups the obligations of an outcome, without those whose reason is the verdict's.
func byReason(d *run.Document, outcome verdict.Outcome) []group {
	var list []group
	at := map[string]int{}
	for _, o := range d.Obligations {
		if o.Outcome != outcome || o.Why != "" && (o.Why == d.Preflight || o.Why == d.Stopped) {
			continue
		}
		i, ok := at[o.Why]
		if !ok {
			i = len(list)
			at[o.Why] = i
			list = append(list, group{why: o.Why})
		}
		list[i].ids = append(list[i].ids, o.ID)
	}
	return list
}

// few lists the first of some ids and counts the others.
func few(ids []string) string {
	const most = 3
	if len(ids) <= most {
		return strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
}

// notes adds up what is said of answers that passed although they are not what is documented.
func notes(d *run.Document) []run.Note {
	var list []run.Note
	at := map[string]int{}
	for _, o := range d.Obligations {
		for _, n := range o.Notes {
			if i, ok := at[n.Text]; ok {
				list[i].Count += n.Count
				continue
			}
			at[n.Text] = len(list)
			list = append(list, n)
		}
	}
	return list
}

// Colours of a terminal.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
)

func painter(color bool) func(code, text string) string {
	return func(code, text string) string {
		if !color {
			return text
		}
		return "\x1b[" + code + "m" + text + "\x1b[0m"
	}
}

// Live shows how far a run is: one line that is rewritten on a terminal, a plain
// line now and then elsewhere.
type Live struct {
	w        io.Writer
	terminal bool
	last     time.Time
	until    time.Time // of a pause, which stays shown
}

// NewLive makes a live line on w.
func NewLive(w io.Writer, terminal bool) *Live { return &Live{w: w, terminal: terminal} }

// Show is called after each case and at each pause. What cannot be shown is no
// reason to end a run.
func (l *Live) Show(p run.Progress) {
	pause := 5 * time.Second
	if l.terminal {
		pause = 100 * time.Millisecond
	}
	now := time.Now()
	switch {
	case p.Pause.For > 0:
		l.until = now.Add(p.Pause.For)
	case p.Done < p.Total && (now.Sub(l.last) < pause || now.Before(l.until)):
		return
	}
	l.last = now
	rate := float64(p.Done-p.Earlier) / max(p.Elapsed.Seconds(), 0.001)
	left := time.Duration(float64(p.Total-p.Done) / max(rate, 0.001) * float64(time.Second)).Round(time.Second)
	line := fmt.Sprintf("%d/%d cases, %.0f/s, %d failed, %s left", p.Done, p.Total, rate, p.Failed, left)
	if p.Pause.For > 0 {
		line = fmt.Sprintf("%d/%d cases, %d failed, waiting for %s: %s", p.Done, p.Total, p.Failed, p.Pause.For.Round(time.Second), p.Pause.Why)
	}
	if !l.terminal {
		fmt.Fprintln(l.w, line)
		return
	}
	fmt.Fprintf(l.w, "\r\x1b[K%s", line)
	if p.Done == p.Total {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}

// Verbose returns a function that shows each exchange of each case after it ended.
func Verbose(w io.Writer) func(run.Progress) {
	return func(p run.Progress) {
		_ = Printed(w, func(w io.Writer) error { // what cannot be shown is no reason to end a run
			fmt.Fprintf(w, "%s: %s\n", p.Case, p.Outcome)
			for _, e := range p.Evidence {
				fmt.Fprintf(w, "  %s, %.1f ms\n", e.Step, e.TookMS)
				indented(w, "> ", message(e.Request.Line, e.Request.Header, e.Request.Body))
				switch {
				case e.Answer != nil:
					indented(w, "< ", message(e.Answer.Line, e.Answer.Header, e.Answer.Body))
				case e.Failure != nil:
					indented(w, "! ", fmt.Sprintf("%s: %s", e.Failure.Kind, e.Failure.Text))
				}
				for _, m := range e.Messages {
					indented(w, "< ", message(m.Line, m.Header, m.Body))
				}
			}
			return nil
		})
	}
}

func indented(w io.Writer, mark, text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(w, "    %s%s\n", mark, strings.TrimRight(line, "\r\n"))
	}
}
