package reporters

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"qorcheck/harness/run"
)

// maxChanges of a kind are listed; the others are counted.
const maxChanges = 20

// diffFormats are the ways to render a difference, by name.
var diffFormats = map[string]func(io.Writer, *run.Difference, string, bool) error{
	"console": diffConsole, "markdown": diffMarkdown, "json": diffJSON,
}

// DiffFormats lists the names of the formats of a difference.
func DiffFormats() []string { return []string{"console", "markdown", "json"} }

// Diff writes what changed between two runs, in one of the DiffFormats. Stopped says
// why the gate refuses it, "" when it passes.
func Diff(w io.Writer, d *run.Difference, format, stopped string, color bool) error {
	return diffFormats[format](w, d, stopped, color)
}

func diffJSON(w io.Writer, d *run.Difference, stopped string, _ bool) error {
	return WriteJSON(w, struct {
		*run.Difference
		Stopped string `json:"stopped"` // why the gate refuses it
	}{d, stopped})
}

// changes is one list of a difference, as lines.
type changes struct {
	title string
	grave bool
	lines []string
}

// changesOf lists what changed, the gravest first.
func changesOf(d *run.Difference, show func(string) string) []changes {
	lines := func(list []run.Change) []string {
		var texts []string
		for _, c := range list {
			line := fmt.Sprintf("%s (%s): %s → %s", show(c.Obligation), c.Level, show(c.Old), show(c.New))
			if c.Why != "" {
				line += ": " + show(c.Why)
			}
			texts = append(texts, line)
		}
		return texts
	}
	var made, seen, slow, causes, gone []string
	for _, v := range d.Changed {
		made = append(made, fmt.Sprintf("%s: %s → %s", v.Name, show(v.Old), show(v.New)))
	}
	for _, title := range d.NewCauses {
		causes = append(causes, show(title))
	}
	for _, title := range d.GoneCauses {
		gone = append(gone, show(title))
	}
	for _, s := range d.Undocumented {
		seen = append(seen, fmt.Sprintf("%s: %s", show(s.Operation), show(s.What)))
	}
	for _, s := range d.Slower {
		slow = append(slow, fmt.Sprintf("%s: p50 %.1f → %.1f ms, p90 %.1f → %.1f ms", show(s.Operation), s.OldP50MS, s.NewP50MS, s.OldP90MS, s.NewP90MS))
	}
	var list []changes
	for _, p := range []changes{
		{"newly failing", true, lines(d.NewlyFailing)}, {"new causes of failures", true, causes}, {"lost coverage", true, lines(d.LostCoverage)},
		{"new undocumented behaviour", true, seen}, {"slower", true, slow}, {"fixed", false, lines(d.Fixed)}, {"causes of failures that are gone", false, gone}, {"gained coverage", false, lines(d.Gained)},
		{"waivers", false, lines(d.Waivers)}, {"made of something else", false, made},
	} {
		if len(p.lines) > 0 {
			list = append(list, p)
		}
	}
	return list
}

// diffCounts counts the changes in one sentence.
func diffCounts(d *run.Difference) string {
	return fmt.Sprintf("%d newly failing, %d fixed, %d new causes, %d gone causes, %d lost coverage, %d new undocumented behaviours, %d slower operations",
		len(d.NewlyFailing), len(d.Fixed), len(d.NewCauses), len(d.GoneCauses), len(d.LostCoverage), len(d.Undocumented), len(d.Slower))
}

func sideLine(s run.Side) string {
	return fmt.Sprintf("run %s of %s, %s, %s: %s", s.RunID, stamp(s.Started), s.Tool, s.Target, s.Verdict)
}

func diffConsole(w io.Writer, d *run.Difference, stopped string, color bool) error {
	b := bufio.NewWriter(w)
	paint := painter(color)
	fmt.Fprintf(b, "old: %s\nnew: %s\n", sideLine(d.Old), sideLine(d.New))
	if uneven := d.Uneven(); uneven != "" {
		fmt.Fprintln(b, paint(yellow, oneLine(uneven+": what only one of them sent is neither lost nor gained")))
	}
	for _, p := range changesOf(d, oneLine) {
		hue := green
		if p.grave {
			hue = red
		}
		fmt.Fprintln(b, paint(hue, fmt.Sprintf("%s: %d", p.title, len(p.lines))))
		for i, line := range p.lines {
			if i == maxChanges {
				fmt.Fprintf(b, "  and %d more\n", len(p.lines)-i)
				break
			}
			fmt.Fprintf(b, "  %s\n", line)
		}
	}
	last := paint(green, diffCounts(d))
	if stopped != "" {
		last = paint(red, "STOPPED: "+stopped+"; "+diffCounts(d))
	}
	fmt.Fprintln(b, last)
	return b.Flush()
}

func diffMarkdown(w io.Writer, d *run.Difference, stopped string, _ bool) error {
	b := bufio.NewWriter(w)
	heading := "What changed"
	if stopped != "" {
		heading = "What changed: stopped"
	}
	fmt.Fprintf(b, "## %s\n\n", heading)
	if stopped != "" {
		fmt.Fprintf(b, "%s\n\n", span(stopped))
	}
	fmt.Fprintf(b, "%s.\n\n- Old: %s\n- New: %s\n", diffCounts(d), span(sideLine(d.Old)), span(sideLine(d.New)))
	if uneven := d.Uneven(); uneven != "" {
		fmt.Fprintf(b, "\n**%s**: what only one of them sent is neither lost nor gained.\n", span(uneven))
	}
	for _, p := range changesOf(d, span) {
		fmt.Fprintf(b, "\n### %s: %d\n\n", strings.ToUpper(p.title[:1])+p.title[1:], len(p.lines))
		for i, line := range p.lines {
			if i == maxChanges {
				fmt.Fprintf(b, "- and %d more\n", len(p.lines)-i)
				break
			}
			fmt.Fprintf(b, "- %s\n", line)
		}
	}
	return b.Flush()
}
