package reporters

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/reporters/outline"
)

// Limits of the summary. A GitHub step summary over 1 MiB is dropped whole, a
// GitLab note ends at a million characters.
const (
	maxMarkdown = 900 << 10
	maxExcerpt  = 4 << 10 // of one side of an exchange
	maxTitle    = 200
)

// Markdown writes a summary for a pull request or a pipeline's page: the verdict,
// the totals, the failures by cause, then what was not judged. What a target says
// stands in code spans and blocks only, where it is never markup, a mention or a link.
func Markdown(w io.Writer, d *run.Document) error { return MarkdownUpTo(w, d, maxMarkdown) }

// MarkdownUpTo writes the summary in at most size bytes: what does not fit is left
// out and counted, and without room for the totals there is no summary.
func MarkdownUpTo(w io.Writer, d *run.Document, size int) error {
	var b bytes.Buffer
	o := outline.Of(d)
	fmt.Fprintf(&b, "## %s\n\n%s\n\n", escaped(d.Name), span(d.Verdict))
	aboutTable(&b, d, o)
	countsTable(&b, d, o)
	if b.Len() > size {
		return nil
	}
	end := "The whole is in " + span(rundir.DocumentFile) + ".\n"
	room := func(section string) bool { return b.Len()+len(section)+len(end)+100 <= size }
	heading := "### Failures, by cause\n\n"
	for i, f := range o.Failures {
		section := heading + failureSection(f)
		if !room(section) {
			fmt.Fprintf(&b, "And %s more.\n\n", outline.Plural(len(o.Failures)-i, "cause"))
			break
		}
		b.WriteString(section)
		heading = ""
	}
	for _, section := range markdownSections(o) {
		if !room(section) {
			fmt.Fprint(&b, "More is left out here.\n\n")
			break
		}
		b.WriteString(section)
	}
	b.WriteString(end)
	_, err := w.Write(b.Bytes())
	return err
}

func aboutTable(b *bytes.Buffer, d *run.Document, o *outline.Outline) {
	b.WriteString("| Run | |\n| --- | --- |\n")
	for _, row := range [][2]string{
		{"Target", d.Target}, {"API", d.API}, {"Tool", d.Tool}, {"Shard", shardOf(d)}, {"Profile", d.Profile}, {"Filter", d.Filter}, {"Smoke run", d.Extent()}, {"Budget", d.WithinBudget()}, {"Left out", o.LeftOut}, {"Waivers", d.Digests.Waivers},
		{"Run, seed", fmt.Sprintf("%s, %d", strings.Join(d.RunIDs(), ", "), d.Seed)}, {"Started", stamp(d.Started)},
		{"Sent", fmt.Sprintf("%d requests of %d cases in %s", d.Requests, d.Cases, o.Took)},
	} {
		if row[1] != "" {
			fmt.Fprintf(b, "| %s | %s |\n", row[0], cell(row[1]))
		}
	}
	b.WriteString("\n")
}

func countsTable(b *bytes.Buffer, d *run.Document, o *outline.Outline) {
	b.WriteString("| Outcome | Obligations | Cases |\n| --- | ---: | ---: |\n")
	for _, c := range o.Tally {
		fmt.Fprintf(b, "| %s | %d | %d |\n", c.Outcome, c.Obligations, c.Cases)
	}
	fmt.Fprintf(b, "| planned | %d | %d |\n\n", d.Planned, d.Cases)
	for _, text := range o.Limits {
		fmt.Fprintf(b, "- %s\n", escaped(capitalised(text)))
	}
	if len(o.Limits) > 0 {
		b.WriteString("\n")
	}
}

// failureSection shows one failure, folded under its heading.
func failureSection(f outline.Failure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s: <code>%s</code> (%s, %s)</summary>\n\n",
		f.Word(), html.EscapeString(redact.Cut(oneLine(redact.Printable(f.Title)), maxTitle)), f.Gravity.Words(), html.EscapeString(redact.Printable(f.Extent())))
	fmt.Fprintf(&b, "- Requirement: %s, %s\n", span(f.Obligation.Requirement), strings.ToUpper(string(f.Obligation.Level)))
	fmt.Fprintf(&b, "- %s: %s\n", capitalised(f.Obligation.Clause.Source()), documented(f.Obligation.Clause))
	for _, finding := range f.First.Findings {
		fmt.Fprintf(&b, "- Expected: %s\n- Received: %s\n", span(finding.Expected.String()), span(finding.Received.String()))
	}
	fmt.Fprintf(&b, "- First case: %s, %s\n", span(f.First.ID), span(f.First.What))
	fmt.Fprintf(&b, "- Obligations: %s\n", spans(f.Obligations(), 10))
	fmt.Fprintf(&b, "- Cause: %s\n\n", span(f.ID))
	if f.First.Act >= 0 && f.First.Act < len(f.First.Evidence) {
		e := f.First.Evidence[f.First.Act]
		b.WriteString(fence("http", message(e.Request.Line, e.Request.Header, e.Request.Body)))
		if e.Answer != nil {
			b.WriteString(fence("http", message(e.Answer.Line, e.Answer.Header, e.Answer.Body)))
		}
		for _, m := range e.Messages {
			b.WriteString(fence("http", message(m.Line, m.Header, m.Body)))
		}
	}
	if curl := f.First.Curl(); len(curl) > 0 {
		b.WriteString(fence("sh", strings.Join(curl, "\n")))
		for _, o := range f.First.Origins() {
			fmt.Fprintf(&b, "- Set %s: %s\n", spans(o.Names, len(o.Names)), escaped(o.From))
		}
		if len(f.First.Origins()) > 0 {
			b.WriteString("\n")
		}
	}
	if beyond := f.First.BeyondCurl(); len(beyond) > 0 {
		for _, text := range beyond {
			fmt.Fprintf(&b, "- %s\n", escaped(capitalised(text)))
		}
		b.WriteString("\n")
	}
	b.WriteString("</details>\n\n")
	return b.String()
}

func capitalised(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func documented(c run.Clause) string {
	text := escaped(c.Text)
	if source := linked("source", c.Link); source != "source" {
		text += " (" + source + ")"
	}
	return text
}

// linked makes a link of a text of Markdown where the address may be one.
func linked(text, address string) string {
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return text
	}
	return "[" + text + "](<" + strings.NewReplacer("<", "%3C", ">", "%3E", "\n", "", " ", "%20").Replace(redact.Printable(address)) + ">)"
}

// markdownSections lists what follows the failures, each section with its heading.
func markdownSections(o *outline.Outline) []string {
	var list []string
	var items strings.Builder
	item := func(format string, values ...any) { fmt.Fprintf(&items, "- "+format+"\n", values...) }
	end := func(heading string) {
		if items.Len() > 0 {
			list = append(list, "### "+heading+"\n\n"+items.String()+"\n")
			items.Reset()
		}
	}
	for _, needless := range o.Needless {
		item("%s passes although it is waived; remove its waiver: %s", span(needless.ID), span(needless.Waiver.String()))
	}
	end("Waivers that are not needed")
	for i, g := range o.Unjudged {
		switch {
		case g.Line != "":
			item("%s: %s: %s", span(g.Why), g.Unlocks(), spans(g.IDs(), 5))
		case !g.InVerdict:
			item("%s: %s", span(g.Why), spans(g.IDs(), 5))
		}
		if i == len(o.Unjudged)-1 || o.Unjudged[i+1].Outcome != g.Outcome {
			word := g.Outcome.String()
			end(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	for _, g := range o.Unlocks {
		item("%s: %s: %s", span(g.Why), g.Unlocks(), spans(g.IDs(), 5))
	}
	end("Outside the profile, for want of lines in the fixtures")
	for _, n := range o.Tolerated {
		item("%s (%s)", span(n.Text.String()), outline.Plural(n.Count, "case"))
	}
	end("Tolerated")
	for _, u := range o.Inapplicable {
		item("%s, %s: %s: %s", span(u.Requirement), span(u.Name), span(u.Why), outline.Plural(len(u.Of), "operation"))
	}
	end("Branches of a requirement that do not apply")
	for _, slip := range o.Slips {
		item("%s", span(slip))
	}
	end("In the description, not used as it stands")
	for _, left := range o.Left {
		item("%s", span(left.String()))
	}
	end("Made and not removed")
	for _, foreign := range o.Foreign {
		item("%s", span(foreign.String()))
	}
	end("Messages about what this run did not do")
	for _, text := range o.Unreconciled {
		item("%s", span(text.String()))
	}
	end("Not reconciled with the lists of the target")
	for _, u := range o.Untested {
		item("%s %s: %s", span(u.Requirement), escaped(u.Sentence), escaped(u.Reason))
	}
	end("Not tested yet")
	return list
}

// message joins the parts of one side of an exchange.
func message(line redact.Text, header []redact.Text, body redact.Text) string {
	lines := append([]string{line.String()}, redact.Strings(header)...)
	if !body.IsZero() {
		lines = append(lines, "", body.String())
	}
	return redact.Cut(strings.Join(lines, "\n"), maxExcerpt)
}
