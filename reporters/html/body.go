package html

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/rundir"
)

// textLine is one line of a message as the page shows it.
type textLine struct {
	Text   string
	Marked bool // a finding points here
	Remark bool // by the report, not part of the message
}

// Indent is the white space that a line begins with, Rest what follows it.
func (l textLine) Indent() string { return l.Text[:len(l.Text)-len(l.Rest())] }
func (l textLine) Rest() string   { return strings.TrimLeft(l.Text, " ") }

// Limits of a message on the page. The journal holds the whole.
const (
	maxBodyLines    = 60
	maxHeaderLines  = 40
	maxBodyBytes    = 4 << 10
	linesAroundMark = 4 // lines shown around a mark that is further down
	maxLineBytes    = 1 << 10
	maxMarks        = 8
)

// newBody lays a body out: JSON with one member a line, a form with one field a line,
// anything else as it is. The lines that the pointers name are marked; for a pointer
// to a missing member a remark stands where the member would be.
func newBody(body string, pointers []string) []textLine {
	lines, at := layOut(body)
	var list []textLine
	for i, line := range lines {
		list = append(list, textLine{Text: line, Marked: at != nil && at[i] != "" && slices.Contains(pointers, at[i])})
	}
	return bounded(absent(list, at, pointers), len(body))
}

// layOut splits a body into lines and returns the pointer of each, nil for a body
// that is neither JSON nor a form.
func layOut(body string) (lines, at []string) {
	var b bytes.Buffer
	trimmed := strings.TrimSpace(body)
	switch {
	case strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "["):
		if json.Indent(&b, []byte(trimmed), "", "  ") == nil {
			lines = strings.Split(b.String(), "\n")
			return lines, jsonPointers(lines)
		}
	case isForm(trimmed):
		for i, field := range strings.Split(trimmed, "&") {
			if i > 0 {
				field = "&" + field
			}
			lines, at = append(lines, field), append(at, formPointer(field))
		}
		return lines, at
	}
	if body == "" {
		return nil, nil
	}
	return strings.Split(strings.ReplaceAll(body, "\r\n", "\n"), "\n"), nil
}

var (
	inPointer = strings.NewReplacer("~", "~0", "/", "~1")
	fromForm  = strings.NewReplacer("[", "/", "]", "")
)

// jsonPointers returns the pointer of each line of indented JSON: that of the member
// or element that starts there, "" for the root, and " " for a closing line.
func jsonPointers(lines []string) []string {
	type container struct {
		pointer string
		array   bool
		next    int
	}
	var open []container
	var at []string
	for _, line := range lines {
		text := strings.TrimSpace(line)
		if strings.HasPrefix(text, "}") || strings.HasPrefix(text, "]") {
			open = open[:len(open)-1]
			at = append(at, " ")
			continue
		}
		pointer := ""
		if len(open) > 0 {
			parent := &open[len(open)-1]
			token := strconv.Itoa(parent.next)
			parent.next++
			if !parent.array {
				token, text = member(text)
			}
			pointer = parent.pointer + "/" + inPointer.Replace(token)
		}
		at = append(at, pointer)
		if text == "{" || text == "[" {
			open = append(open, container{pointer: pointer, array: text == "["})
		}
	}
	return at
}

// member splits a line of indented JSON into the name and the rest.
func member(text string) (name, rest string) {
	decoder := json.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&name); err != nil {
		return "", text
	}
	return name, strings.TrimPrefix(text[decoder.InputOffset():], ": ")
}

// isForm reports whether a text looks like a form: names and values without a space.
func isForm(text string) bool {
	name, _, ok := strings.Cut(text, "=")
	return ok && name != "" && !strings.ContainsAny(text, " \t\r\n<\"{") && !strings.ContainsAny(name, ":/?")
}

// formPointer returns the pointer of a form field: /a/b for a[b]=c.
func formPointer(field string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(field, "&"), "=")
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	return "/" + fromForm.Replace(name)
}

// absent adds a remark for each pointer to a missing member, after the line of the
// innermost object or array on its way.
func absent(list []textLine, at, pointers []string) []textLine {
	if at == nil {
		return list
	}
	for _, pointer := range pointers[:min(len(pointers), maxMarks)] {
		if pointer == "" || pointer[0] != '/' || slices.Contains(at, pointer) {
			continue
		}
		parent := pointer
		for !slices.Contains(at, parent) && parent != "" {
			parent = parent[:strings.LastIndexByte(parent, '/')]
		}
		i := slices.Index(at, parent)
		if i < 0 {
			i = len(at) - 1
		}
		indent := list[i].Indent() + "  "
		note := textLine{Text: fmt.Sprintf("%s%s is missing", indent, pointer), Marked: true, Remark: true}
		list = slices.Insert(list, i+1, note)
		at = slices.Insert(slices.Clone(at), i+1, " ")
	}
	return list
}

// bounded keeps the first lines and those around each mark, and counts the others.
func bounded(list []textLine, size int) []textLine {
	keep := make([]bool, len(list))
	bytes, marks := 0, 0
	for i := range list {
		list[i].Text = redact.Cut(list[i].Text, maxLineBytes)
		bytes += len(list[i].Text)
		keep[i] = keep[i] || i < maxBodyLines && bytes < maxBodyBytes
		if list[i].Marked && marks < maxMarks {
			marks++
			for j := max(0, i-linesAroundMark); j < min(len(list), i+linesAroundMark+1); j++ {
				keep[j] = true
			}
		}
	}
	var short []textLine
	for i, line := range list {
		switch {
		case keep[i]:
			short = append(short, line)
		case i == 0 || keep[i-1]:
			hidden := 1
			for i+hidden < len(list) && !keep[i+hidden] {
				hidden++
			}
			short = append(short, textLine{Text: fmt.Sprintf("… %d of %d lines left out, %d bytes in all; %s has them", hidden, len(list), size, rundir.JournalFile), Remark: true})
		}
	}
	return short
}
