package reporters

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/reporters/outline"
	"qorcheck/spec"
)

// Limits of the summary, so that it fits one screen.
const (
	maxExplained = 3  // failures in full, where there are no more
	maxListed    = 10 // failures with a line of evidence each; the gravest two kinds are never cut
	maxReasons   = 4  // reasons why something was not judged, for each outcome
	maxIDs       = 3  // obligations of one reason
	maxMissing   = 6  // missing lines of the fixtures, a line each
	maxLeft      = 3  // things of a kind, a line each
)

// Console writes the summary of a run for a person: failures first, each with the
// sentence of the documentation, what was expected and received and a curl line,
// then what could not be judged, then the verdict.
func Console(w io.Writer, d *run.Document, color bool) error {
	b := bufio.NewWriter(w)
	o := outline.Of(d)
	paint := painter(color)
	consoleFailures(b, o.Failures, paint)
	for _, needless := range o.Needless {
		fmt.Fprintf(b, "%s %s\n    %s\n", paint(red, "FAIL: "+needless.ID+":"), needless.Why, needless.Waiver)
	}
	lines, others := byLine(o.Unjudged)
	consoleMissing(b, lines, paint(yellow, "inconclusive:"))
	consoleGroups(b, others, paint)
	consoleMissing(b, o.Unlocks, paint(yellow, "would show more:"))
	for _, n := range o.Tolerated {
		fmt.Fprintf(b, "%s %s (%s)\n", paint(yellow, "tolerated:"), n.Text, outline.Plural(n.Count, "case"))
	}
	for i, slip := range o.Slips {
		if i == maxLeft {
			fmt.Fprintf(b, "%s and %d more, as listed in %s under slips\n", paint(yellow, "in the description:"), len(o.Slips)-i, rundir.DocumentFile)
			break
		}
		fmt.Fprintf(b, "%s %s\n", paint(yellow, "in the description:"), slip)
	}
	for i, left := range o.Left {
		if i == maxLeft {
			fmt.Fprintf(b, "%s and %d more, as listed in %s under left\n", paint(yellow, "could not be removed:"), len(o.Left)-i, rundir.DocumentFile)
			break
		}
		fmt.Fprintf(b, "%s %s\n", paint(yellow, "could not be removed:"), left)
	}
	for i, foreign := range o.Foreign {
		if i == maxLeft {
			fmt.Fprintf(b, "%s and %d more\n", paint(yellow, "message about what this run did not do:"), len(o.Foreign)-i)
			break
		}
		fmt.Fprintf(b, "%s %s\n", paint(yellow, "message about what this run did not do:"), foreign)
	}
	for _, text := range o.Unreconciled {
		fmt.Fprintf(b, "%s %s\n", paint(yellow, "not reconciled:"), text)
	}
	for _, text := range o.Limits {
		fmt.Fprintln(b, text)
	}
	cases := outline.Plural(d.Cases, "case")
	if d.CaseCounts.NotRun > 0 {
		cases = fmt.Sprintf("%d of %s", d.Cases-d.CaseCounts.NotRun, cases)
	}
	fmt.Fprintf(b, "%s, %s in %s against %s (seed %d, run %s)\n", cases, outline.Plural(d.Requests, "request"), o.Took, d.Target, d.Seed, d.RunID)
	hue := green
	if d.ExitCode != run.ExitPass {
		hue = red
	}
	fmt.Fprintln(b, paint(hue, d.Verdict))
	return b.Flush()
}

// consoleFailures explains failures where they are few. Of many it lists the gravest
// with a line of evidence each and counts the others, but never leaves one out that
// concerns money, data or access.
func consoleFailures(w io.Writer, failures []outline.Failure, paint func(string, string) string) {
	if len(failures) <= maxExplained {
		for _, f := range failures {
			consoleFailure(w, f, paint)
		}
		return
	}
	for i, f := range failures {
		if i >= maxListed && f.Gravity.Rank() > spec.OfAccess.Rank() {
			fmt.Fprintf(w, "and %d more in %s\n", len(failures)-i, rundir.HTMLFile)
			return
		}
		consoleHeadline(w, f, paint)
		fmt.Fprintf(w, "  %s\n", f.Evidence())
	}
}

// consoleHeadline says what is wrong, how bad it is, and of which requirement.
func consoleHeadline(w io.Writer, f outline.Failure, paint func(string, string) string) {
	hue := red
	if !f.Fails {
		hue = yellow
	}
	fmt.Fprintf(w, "%s\n", paint(hue, fmt.Sprintf("%s: %s  [%s; %s, %s; %s]", f.Word(), f.Title, f.Gravity.Words(), f.Obligation.Requirement, f.Level, f.Extent())))
}

// consoleFailure shows all that is needed to understand a failure and to see it again.
func consoleFailure(w io.Writer, f outline.Failure, paint func(string, string) string) {
	consoleHeadline(w, f, paint)
	fmt.Fprintf(w, "  %s: %s\n", f.Obligation.Clause.Source(), strings.TrimSpace(f.Obligation.Clause.Text+" "+f.Obligation.Clause.Link))
	if len(f.First.Findings) > 0 {
		fmt.Fprintf(w, "  expected:   %s\n", f.First.Findings[0].Expected)
		fmt.Fprintf(w, "  received:   %s\n", f.First.Findings[0].Received)
	}
	fmt.Fprintf(w, "  first:      %s, %s\n", f.First.ID, f.First.What)
	if n := len(f.Follows); n > 0 {
		fmt.Fprintf(w, "  because of it nothing can be said of %s\n", outline.Plural(n, "obligation"))
	}
	for _, line := range f.First.Curl() {
		fmt.Fprintf(w, "  curl:       %s\n", line)
	}
	for _, o := range f.First.Origins() {
		fmt.Fprintf(w, "  set:        %s\n", o)
	}
	for _, text := range f.First.BeyondCurl() {
		fmt.Fprintf(w, "  note:       %s\n", text)
	}
}

// consoleGroups lists obligations that were not judged, by outcome and reason.
func consoleGroups(w io.Writer, groups []outline.Group, paint func(string, string) string) {
	for i := 0; i < len(groups); {
		outcome, shown, left := groups[i].Outcome, 0, 0
		for ; i < len(groups) && groups[i].Outcome == outcome; i++ {
			switch g := groups[i]; {
			case g.InVerdict:
			case shown == maxReasons:
				left++
			default:
				shown++
				fmt.Fprintf(w, "%s %s (%s)\n", paint(yellow, outcome.String()+":"), g.Why, few(g.IDs()))
			}
		}
		if left > 0 {
			fmt.Fprintf(w, "%s for %d other reasons\n", paint(yellow, outcome.String()), left)
		}
	}
}

// byLine separates the groups that lack a line of the fixtures from the others.
func byLine(groups []outline.Group) (lines, others []outline.Group) {
	for _, g := range groups {
		if g.Line != "" {
			lines = append(lines, g)
		} else {
			others = append(others, g)
		}
	}
	return lines, others
}

// consoleMissing lists lines that the fixtures lack, with how many obligations need
// each: the first ones a line each, and the others in one.
func consoleMissing(w io.Writer, groups []outline.Group, label string) {
	var others []string
	for i, g := range groups {
		if i >= maxMissing && len(groups) > maxMissing+1 {
			others = append(others, fmt.Sprintf("%s: %s", g.Line, g.Unlocks()))
			continue
		}
		fmt.Fprintf(w, "%s %s: %s (%s)\n", label, g.Line, g.Unlocks(), g.Why)
	}
	if len(others) > 0 {
		fmt.Fprintf(w, "%s %s\n", label, strings.Join(others, "; "))
	}
}

// few lists the first of some ids and counts the others.
func few(ids []string) string {
	if len(ids) <= maxIDs {
		return strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:maxIDs], ", "), len(ids)-maxIDs)
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
