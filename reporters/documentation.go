package reporters

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
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
				writeCited(&b, d, c)
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
				cited = append(cited, markdownCited(d, c)...)
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

// writeCited writes how a requirement ended, and each of its branches, with the exchange
// that shows it.
func writeCited(b *strings.Builder, d *run.Document, c outline.Cited) {
	fmt.Fprintf(b, "        %s (%s, %s): %s", c.Requirement, c.Level, c.Clause.Source(), ended(c))
	branches := outline.Branches(c.Obligations)
	if len(branches) == 0 {
		b.WriteString(prefixed("; for example ", shownBy(d, example(c))))
	}
	b.WriteString("\n")
	for _, branch := range branches {
		if n := len(branch.Shown); n > 0 {
			fmt.Fprintf(b, "          %s: on %s%s\n", branch.Name, outline.Plural(n, "operation"), prefixed("; for example ", shownBy(d, branchExample(branch))))
		}
		for _, u := range branch.Other {
			fmt.Fprintf(b, "          %s: %s on %s: %s\n", branch.Name, u.Word(), outline.Plural(len(u.Of), "operation"), u.Why)
		}
	}
}

// markdownCited is the same as lines of a cell of Markdown.
func markdownCited(d *run.Document, c outline.Cited) []string {
	branches := outline.Branches(c.Obligations)
	own := ""
	if len(branches) == 0 {
		own = prefixed(", ", shownInCell(d, example(c)))
	}
	list := []string{fmt.Sprintf("%s: %s%s", escaped(c.Requirement), ended(c), own)}
	for _, branch := range branches {
		if n := len(branch.Shown); n > 0 {
			list = append(list, fmt.Sprintf("%s: on %s%s", escaped(branch.Name), outline.Plural(n, "operation"), prefixed(", ", shownInCell(d, branchExample(branch)))))
		}
		for _, u := range branch.Other {
			list = append(list, fmt.Sprintf("%s: %s on %s: %s", escaped(branch.Name), u.Word(), outline.Plural(len(u.Of), "operation"), escaped(redact.Cut(u.Why, maxFound))))
		}
	}
	return list
}

// example is the id of the example of the first obligation of a requirement that has one.
func example(c outline.Cited) string {
	for _, o := range c.Obligations {
		if o.Example != "" {
			return o.Example
		}
	}
	return ""
}

// branchExample is the id of the first example of a branch.
func branchExample(b outline.Branch) string {
	for _, of := range b.Shown {
		if of.Branch.Example != "" {
			return of.Branch.Example
		}
	}
	return ""
}

// shownBy names the case of an example, and where the page of the run shows it.
func shownBy(d *run.Document, id string) string {
	if id == "" {
		return ""
	}
	name, _, _ := strings.Cut(id, "#")
	return name + prefixed(" in "+rundir.HTMLFile+"#", outline.ExampleAnchor(d, id))
}

// shownInCell is the same in a cell of Markdown, where it leads to the page.
func shownInCell(d *run.Document, id string) string {
	if id == "" {
		return ""
	}
	name, _, _ := strings.Cut(id, "#")
	if anchor := outline.ExampleAnchor(d, id); anchor != "" {
		return cell(name) + " ([exchange](" + rundir.HTMLFile + "#" + anchor + "))"
	}
	return cell(name)
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
