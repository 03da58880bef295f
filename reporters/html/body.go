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

// bodyLine is one line of a message body as the HTML report shows it.
type bodyLine struct {
	Text   string
	Marked bool // a finding points here
	Ours   bool // said by the report, not part of the body
}

// Indent is the white space that a line begins with, Rest what follows it.
func (l bodyLine) Indent() string { return l.Text[:len(l.Text)-len(l.Rest())] }
func (l bodyLine) Rest() string   { return strings.TrimLeft(l.Text, " ") }

// Bounds of a message in the HTML report. The journal has the whole.
const (
	bodyLines   = 60
	headerLines = 40
	bodyBytes   = 4 << 10
	aroundMark  = 4 // lines shown around a mark that is further down
	lineBytes   = 1 << 10
	mostMarkers = 8
)

// bodyOf lays a body out: JSON with a member a line, a form with a field a line,
// anything else as it is. The lines that the pointers point at are marked; where
// one points at nothing, a line of ours says so in the place where it would be.
func bodyOf(body string, pointers []string) []bodyLine {
	lines, at := layOut(body)
	var list []bodyLine
	for i, line := range lines {
		list = append(list, bodyLine{Text: line, Marked: at != nil && at[i] != "" && slices.Contains(pointers, at[i])})
	}
	return bounded(absent(list, at, pointers), len(body))
}

// layOut splits a body into lines, each with its pointer; without pointers when the body has none.
func layOut(body string) (lines, at []string) {
	var b bytes.Buffer
	trimmed := strings.TrimSpace(body)
	switch {
	case strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "["):
		if json.Indent(&b, []byte(trimmed), "", "  ") == nil {
			lines = strings.Split(b.String(), "\n")
			return lines, jsonPointers(lines)
		}
	case formShape(trimmed):
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

// jsonPointers finds the pointer of each line of indented JSON: of the member or
// element that starts there, "" for the root, and none of its own (" ") for a closing line.
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

// formShape tells a form from other text: names and values without a blank.
func formShape(text string) bool {
	name, _, ok := strings.Cut(text, "=")
	return ok && name != "" && !strings.ContainsAny(text, " \t\r\n<\"{") && !strings.ContainsAny(name, ":/?")
}

// formPointer reads a[b]=c as /a/b.
func formPointer(field string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(field, "&"), "=")
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	return "/" + fromForm.Replace(name)
}

// absent adds a line for each pointer that points at nothing, after the line of
// the innermost object or array that it passes through.
func absent(list []bodyLine, at, pointers []string) []bodyLine {
	if at == nil {
		return list
	}
	for _, pointer := range pointers[:min(len(pointers), mostMarkers)] {
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
		note := bodyLine{Text: fmt.Sprintf("%s%s is not there", indent, pointer), Marked: true, Ours: true}
		list = slices.Insert(list, i+1, note)
		at = slices.Insert(slices.Clone(at), i+1, " ")
	}
	return list
}

// bounded keeps the first lines, and those around each mark.
func bounded(list []bodyLine, size int) []bodyLine {
	keep := make([]bool, len(list))
	bytes, marks := 0, 0
	for i := range list {
		list[i].Text = redact.Cut(list[i].Text, lineBytes)
		bytes += len(list[i].Text)
		keep[i] = keep[i] || i < bodyLines && bytes < bodyBytes
		if list[i].Marked && marks < mostMarkers {
			marks++
			for j := max(0, i-aroundMark); j < min(len(list), i+aroundMark+1); j++ {
				keep[j] = true
			}
		}
	}
	var short []bodyLine
	for i, line := range list {
		switch {
		case keep[i]:
			short = append(short, line)
		case i == 0 || keep[i-1]:
			hidden := 1
			for i+hidden < len(list) && !keep[i+hidden] {
				hidden++
			}
			short = append(short, bodyLine{Text: fmt.Sprintf("… %d of %d lines left out, %d bytes in all; %s has them", hidden, len(list), size, rundir.JournalFile), Ours: true})
		}
	}
	return short
}
