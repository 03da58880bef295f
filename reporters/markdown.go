package reporters

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"time"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Bounds of the summary. A GitHub step summary over 1 MiB is dropped whole, a
// GitLab note ends at a million characters.
const (
	mostMarkdown = 900 << 10
	mostExcerpt  = 4 << 10 // of one side of an exchange
)

// Markdown writes a summary for a pull request or a pipeline's page: the verdict,
// the totals, the failures by cause, then what was not judged. What a target says
// stands in code spans and blocks only, where nothing of it is markup, a mention or a link.
func Markdown(w io.Writer, d *run.Document) error { return MarkdownUpTo(w, d, mostMarkdown) }

// MarkdownUpTo writes the summary in at most so many bytes: what does not fit is
// left out and counted, and without room for the totals there is no summary.
func MarkdownUpTo(w io.Writer, d *run.Document, most int) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "## %s\n\n%s\n\n", escaped(d.Name), span(d.Verdict))
	aboutTable(&b, d)
	countsTable(&b, d)
	if b.Len() > most {
		return nil
	}
	end := "\nThe whole is in " + span(rundir.DocumentFile) + ".\n"
	room := func(section string) bool { return b.Len()+len(section)+len(end)+100 <= most }
	failed := d.Failed()
	heading := "### Failures, by cause\n\n"
	for i, c := range failed {
		section := heading + causeSection(d, c)
		if !room(section) {
			fmt.Fprintf(&b, "And %s more.\n\n", plural(len(failed)-i, "cause"))
			break
		}
		b.WriteString(section)
		heading = ""
	}
	for _, section := range []string{needlessSection(d), unjudgedSection(d, verdict.Broken), unjudgedSection(d, verdict.Inconclusive),
		unjudgedSection(d, verdict.NotRun), unjudgedSection(d, verdict.Waived), unjudgedSection(d, verdict.Unsupported), toleratedSection(d), leftSection(d), untestedSection(d)} {
		if section == "" {
			continue
		}
		if !room(section) {
			fmt.Fprint(&b, "More is left out here.\n\n")
			break
		}
		b.WriteString(section)
	}
	b.WriteString(strings.TrimPrefix(end, "\n"))
	_, err := w.Write(b.Bytes())
	return err
}

func aboutTable(b *bytes.Buffer, d *run.Document) {
	b.WriteString("| Run | |\n| --- | --- |\n")
	took := d.Finished.Sub(d.Started).Round(10 * time.Millisecond).String()
	for _, row := range [][2]string{
		{"Target", d.Target}, {"API", d.API}, {"Tool", d.Tool}, {"Shard", shardOf(d)}, {"Profile", d.Profile}, {"Filter", d.Filter}, {"Waivers", d.Digests.Waivers},
		{"Run, seed", fmt.Sprintf("%s, %d", strings.Join(d.RunIDs(), ", "), d.Seed)}, {"Started", stamp(d.Started)},
		{"Sent", fmt.Sprintf("%d requests of %d cases in %s", d.Requests, d.Cases, took)},
	} {
		if row[1] != "" {
			fmt.Fprintf(b, "| %s | %s |\n", row[0], cell(row[1]))
		}
	}
	b.WriteString("\n")
}

func countsTable(b *bytes.Buffer, d *run.Document) {
	b.WriteString("| Outcome | Obligations | Cases |\n| --- | ---: | ---: |\n")
	for _, outcome := range verdict.Outcomes {
		if d.Counts.Of(outcome)+d.CaseCounts.Of(outcome) > 0 {
			fmt.Fprintf(b, "| %s | %d | %d |\n", outcome, d.Counts.Of(outcome), d.CaseCounts.Of(outcome))
		}
	}
	fmt.Fprintf(b, "| planned | %d | %d |\n\n", d.Planned, d.Cases)
}

// causeSection tells of one cause, closed but for its heading.
func causeSection(d *run.Document, c run.Cause) string {
	var b strings.Builder
	first := c.Shown[0]
	o := d.Obligation(first.Obligation)
	received := ""
	if len(first.Findings) > 0 {
		received = first.Findings[0].Received
	}
	word := "FAIL"
	if c.Level != spec.Must {
		word = "WARNING"
	}
	sentence := strings.TrimSuffix(c.Title, ": received "+received)
	fmt.Fprintf(&b, "<details><summary>%s: %s: received <code>%s</code> (%s)</summary>\n\n",
		word, html.EscapeString(oneLine(sanitise(sentence))), html.EscapeString(redact.Cut(oneLine(sanitise(received)), mostTitle)), html.EscapeString(sanitise(extent(d, c))))
	fmt.Fprintf(&b, "- Requirement: %s, %s\n", span(o.Requirement), strings.ToUpper(string(o.Level)))
	fmt.Fprintf(&b, "- Documented: %s\n", documented(o.Clause))
	for _, f := range first.Findings {
		fmt.Fprintf(&b, "- Expected: %s\n- Received: %s\n", span(f.Expected), span(f.Received))
	}
	fmt.Fprintf(&b, "- First case: %s, %s\n", span(first.ID), span(first.What))
	fmt.Fprintf(&b, "- Obligations: %s\n", spans(obligationsOf(c), 10))
	fmt.Fprintf(&b, "- Cause: %s\n\n", span(c.ID))
	if first.Act >= 0 && first.Act < len(first.Evidence) {
		e := first.Evidence[first.Act]
		b.WriteString(fence("http", message(e.Request.Line, e.Request.Header, e.Request.Body)))
		if e.Answer != nil {
			b.WriteString(fence("http", message(e.Answer.Line, e.Answer.Header, e.Answer.Body)))
		}
		for _, m := range e.Messages {
			b.WriteString(fence("http", message(m.Line, m.Header, m.Body)))
		}
	}
	if curl := first.Curl(); len(curl) > 0 {
		b.WriteString(fence("sh", strings.Join(curl, "\n")))
	}
	b.WriteString("</details>\n\n")
	return b.String()
}

const mostTitle = 200

func documented(c run.Clause) string {
	text := escaped(c.Text)
	if strings.HasPrefix(c.Link, "https://") || strings.HasPrefix(c.Link, "http://") {
		text += " ([source](<" + strings.NewReplacer("<", "%3C", ">", "%3E", "\n", "", " ", "%20").Replace(sanitise(c.Link)) + ">))"
	}
	return text
}

func obligationsOf(c run.Cause) []string {
	var ids []string
	for _, b := range c.Behind {
		ids = append(ids, b.Obligation)
	}
	return ids
}

// message puts the parts of one side of an exchange together.
func message(line redact.Text, header []redact.Text, body redact.Text) string {
	lines := append([]string{line.String()}, redact.Strings(header)...)
	if !body.IsZero() {
		lines = append(lines, "", body.String())
	}
	return redact.Cut(strings.Join(lines, "\n"), mostExcerpt)
}

func needlessSection(d *run.Document) string {
	var b strings.Builder
	for _, o := range d.Obligations {
		if o.NeedlessWaiver() {
			fmt.Fprintf(&b, "- %s passes although it is waived; remove its waiver: %s\n", span(o.ID), span(o.Waiver.String()))
		}
	}
	return section("Waivers that are not needed", &b)
}

// unjudgedSection lists the obligations of an outcome by their reason.
func unjudgedSection(d *run.Document, outcome verdict.Outcome) string {
	var b strings.Builder
	for _, group := range byReason(d, outcome) {
		fmt.Fprintf(&b, "- %s: %s\n", span(group.why), spans(group.ids, 5))
	}
	word := outcome.String()
	return section(strings.ToUpper(word[:1])+word[1:], &b)
}

func toleratedSection(d *run.Document) string {
	var b strings.Builder
	for _, n := range notes(d) {
		fmt.Fprintf(&b, "- %s (%s)\n", span(n.Text), plural(n.Count, "case"))
	}
	return section("Tolerated", &b)
}

func leftSection(d *run.Document) string {
	var b strings.Builder
	for _, left := range d.Left {
		fmt.Fprintf(&b, "- %s\n", span(left.String()))
	}
	return section("Made and not removed", &b)
}

func untestedSection(d *run.Document) string {
	var b strings.Builder
	for _, u := range d.Untested {
		fmt.Fprintf(&b, "- %s %s: %s\n", span(u.Requirement), escaped(u.Sentence), escaped(u.Reason))
	}
	return section("Not tested yet", &b)
}

func section(heading string, items *strings.Builder) string {
	if items.Len() == 0 {
		return ""
	}
	return "### " + heading + "\n\n" + items.String() + "\n"
}

var backticks = regexp.MustCompile("`+")

// longest finds the longest run of backticks.
func longest(text string) int {
	most := 0
	for _, run := range backticks.FindAllString(text, -1) {
		most = max(most, len(run))
	}
	return most
}

// span makes a code span of one line.
func span(text string) string {
	text = redact.Cut(oneLine(sanitise(text)), messageCap)
	if text == "" {
		return "(nothing)"
	}
	marks := strings.Repeat("`", longest(text)+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") || len(marks) > 1 {
		return marks + " " + text + " " + marks
	}
	return marks + text + marks
}

// cell makes a code span for a table.
func cell(text string) string { return strings.ReplaceAll(span(text), "|", `\|`) }

func spans(texts []string, most int) string {
	var list []string
	for _, text := range texts[:min(len(texts), most)] {
		list = append(list, span(text))
	}
	joined := strings.Join(list, ", ")
	if more := len(texts) - most; more > 0 {
		joined += fmt.Sprintf(" and %d more", more)
	}
	return joined
}

// fence makes a code block.
func fence(language, text string) string {
	marks := strings.Repeat("`", max(3, longest(text)+1))
	return fmt.Sprintf("%s%s\n%s\n%s\n\n", marks, language, strings.TrimRight(sanitise(strings.ReplaceAll(text, "\r", "")), "\n"), marks)
}

var punctuation = regexp.MustCompile("[\\\\`*_{}\\[\\]()#+!|~@<>&.-]")

// escaped makes text of a file, such as a requirement list, mean what it says.
func escaped(text string) string {
	return punctuation.ReplaceAllStringFunc(oneLine(sanitise(text)), func(c string) string {
		switch c {
		case ".", "-", "(", ")", "+", "!":
			return c // mark nothing within a line
		case "<", ">", "&":
			return html.EscapeString(c)
		case "@":
			return "<code>@</code>" // else it is a mention
		}
		return `\` + c
	})
}
