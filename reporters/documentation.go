package reporters

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/outline"
)

// DocumentationText writes what became of each statement of the documentation, for a
// terminal.
func DocumentationText(w io.Writer, d *run.Document) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, run %s\n%s\n", d.Name, d.Target, d.RunID, d.Verdict)
	states := map[outline.State]int{}
	for _, p := range outline.Documentation(d) {
		fmt.Fprintf(&b, "\n%s\n", p.Title)
		for _, s := range p.Statements {
			states[s.State]++
			fmt.Fprintf(&b, "\n  %s  %s\n", s.ID, s.Says)
			if s.Link != "" {
				fmt.Fprintf(&b, "      %s\n", s.Link)
			}
			fmt.Fprintf(&b, "      %s\n", strings.ToUpper(string(s.State)))
			for _, found := range s.Found {
				fmt.Fprintf(&b, "      - %s\n", found)
			}
			for _, c := range s.Cited {
				fmt.Fprintf(&b, "        %s (%s, %s): %s%s\n", c.Requirement, c.Level, c.Clause.Source(), ended(c), prefixed("; for example ", example(c)))
			}
		}
	}
	fmt.Fprintf(&b, "\n%s\n", countStates(states))
	_, err := io.WriteString(w, redact.Printable(b.String()))
	return err
}

// DocumentationMarkdown writes the same as a page of Markdown.
func DocumentationMarkdown(w io.Writer, d *run.Document) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s: statement by statement\n\nTarget %s, run %s: %s\n", escaped(d.Name), span(d.Target), span(d.RunID), span(d.Verdict))
	states := map[outline.State]int{}
	for _, p := range outline.Documentation(d) {
		fmt.Fprintf(&b, "\n## %s\n\n| Statement | Says | State | What became of it | Requirements |\n| --- | --- | --- | --- | --- |\n", escaped(p.Title))
		for _, s := range p.Statements {
			states[s.State]++
			var found, cited []string
			for _, text := range s.Found {
				found = append(found, escaped(redact.Cut(text, maxFound)))
			}
			for _, c := range s.Cited {
				shown := example(c)
				if shown != "" {
					shown = cell(shown)
				}
				cited = append(cited, fmt.Sprintf("%s: %s%s", escaped(c.Requirement), ended(c), prefixed(", ", shown)))
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", linked(escaped(s.ID), s.Link), escaped(s.Says), s.State, strings.Join(found, "<br>"), strings.Join(cited, "<br>"))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", countStates(states))
	_, err := w.Write(b.Bytes())
	return err
}

// maxFound is how many bytes of a sentence stand in a table.
const maxFound = 600

// ended counts how the obligations of a requirement ended.
func ended(c outline.Cited) string {
	var list []string
	for _, outcome := range slices.Backward(verdict.Outcomes) {
		n := 0
		for _, o := range c.Obligations {
			if o.Outcome == outcome {
				n++
			}
		}
		if n > 0 {
			list = append(list, fmt.Sprintf("%d %s", n, outcome))
		}
	}
	return strings.Join(list, ", ")
}

// example names the case that shows the first obligation of a requirement.
func example(c outline.Cited) string {
	for _, o := range c.Obligations {
		if o.Example != "" {
			id, _, _ := strings.Cut(o.Example, "#")
			return id
		}
	}
	return ""
}

// prefixed joins two texts where there is a second.
func prefixed(first, second string) string {
	if second == "" {
		return ""
	}
	return first + second
}

// countStates counts the statements by what became of them.
func countStates(states map[outline.State]int) string {
	var list []string
	for _, state := range outline.States {
		if n := states[state]; n > 0 {
			list = append(list, fmt.Sprintf("%d %s", n, state))
		}
	}
	return "Statements: " + strings.Join(list, ", ")
}
