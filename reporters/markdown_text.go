package reporters

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"qorcheck/harness/redact"
)

var backticks = regexp.MustCompile("`+")

// longest returns the length of the longest run of backticks.
func longest(text string) int {
	length := 0
	for _, run := range backticks.FindAllString(text, -1) {
		length = max(length, len(run))
	}
	return length
}

// span makes a code span of one line.
func span(text string) string {
	text = redact.Cut(oneLine(redact.Printable(text)), maxMessage)
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

func spans(texts []string, maxItems int) string {
	var list []string
	for _, text := range texts[:min(len(texts), maxItems)] {
		list = append(list, span(text))
	}
	joined := strings.Join(list, ", ")
	if more := len(texts) - maxItems; more > 0 {
		joined += fmt.Sprintf(" and %d more", more)
	}
	return joined
}

// fence makes a code block.
func fence(language, text string) string {
	marks := strings.Repeat("`", max(3, longest(text)+1))
	return fmt.Sprintf("%s%s\n%s\n%s\n\n", marks, language, strings.TrimRight(redact.Printable(strings.ReplaceAll(text, "\r", "")), "\n"), marks)
}

var punctuation = regexp.MustCompile("[\\\\`*_{}\\[\\]()#+!|~@<>&.-]")

// escaped escapes the markup in a text, such as one of a requirement list.
func escaped(text string) string {
	return punctuation.ReplaceAllStringFunc(oneLine(redact.Printable(text)), func(c string) string {
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
