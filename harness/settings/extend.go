package settings

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"qorcheck/spec"
)

// Line is a line of fixtures that is proposed for a file.
type Line struct {
	Path  []string // the keys that lead to it, its own last
	Value string   // in YAML, on one line
	Note  string   // a comment behind it, "" for none
	On    bool     // it counts as it is; else it is written as a comment
	Item  bool     // the value is an item of the list at the path
}

// String is the line as it is written by itself.
func (l Line) String() string {
	text := l.Value
	if l.Item {
		text = "[" + text + "]"
	}
	for i, key := range slices.Backward(l.Path) {
		if i < len(l.Path)-1 {
			text = "{ " + text + " }"
		}
		text = quotedKey(key) + ": " + text
	}
	return text
}

// Extend adds lines to a fixtures file and changes no other line of it. What the file
// has already, be it in a comment, stays as it is. It returns the lines that were added,
// and those for which the file has no place: what they belong to stands in braces there.
func Extend(data []byte, lines []Line) (extended []byte, added, left []Line, err error) {
	text := string(data)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	for _, line := range lines {
		next, state, err := extend(text, line)
		if err != nil {
			return nil, nil, nil, err
		}
		switch text = next; state {
		case lineAdded:
			added = append(added, line)
		case lineHomeless:
			left = append(left, line)
		}
	}
	return []byte(text), added, left, nil
}

// lineState is what became of a proposed line.
type lineState int

const (
	linePresent lineState = iota
	lineAdded
	lineHomeless
)

func extend(text string, line Line) (string, lineState, error) {
	root, err := spec.ParseYAML([]byte(text))
	if errors.Is(err, spec.ErrEmpty) {
		root = &yaml.Node{Kind: yaml.MappingNode}
	} else if err != nil {
		return "", 0, err
	}
	rows := strings.SplitAfter(text, "\n")
	rows = rows[:len(rows)-1]
	at := section{node: root, end: len(rows)}
	depth := 0
	for ; depth < len(line.Path); depth++ {
		inner, found := at.inner(rows, line.Path[depth])
		if !found {
			break
		}
		at = inner
	}
	switch {
	case depth == len(line.Path) && !line.Item:
		return text, linePresent, nil
	case depth == len(line.Path) && at.holdsItem(line.Value):
		return text, linePresent, nil
	case !(line.On && line.Item) && at.mentions(rows, line):
		return text, linePresent, nil
	case !at.open(line.Item && depth == len(line.Path)):
		return text, lineHomeless, nil
	}
	made := line.rows(depth, at.indent(rows))
	return strings.Join(slices.Insert(rows, at.last(rows), made...), ""), lineAdded, nil
}

// section is a mapping or a list of a file, and the rows that it takes.
type section struct {
	node       *yaml.Node // its value
	depth      int
	column     int // of its key, from 0
	begin, end int // rows below its key, end excluded
}

// inner finds the section of a key.
func (s section) inner(rows []string, key string) (section, bool) {
	if s.node.Kind != yaml.MappingNode {
		return section{}, false
	}
	for i := 0; i+1 < len(s.node.Content); i += 2 {
		if k := s.node.Content[i]; k.Value == key {
			inner := section{node: s.node.Content[i+1], depth: s.depth + 1, column: k.Column - 1, begin: k.Line, end: s.end}
			for n := inner.begin; n < s.end; n++ {
				row := strings.TrimRight(rows[n], "\r\n")
				if content := strings.TrimLeft(row, " "); content != "" && len(row)-len(content) <= inner.column && !strings.HasPrefix(content, "- ") {
					inner.end = n
					break
				}
			}
			return inner, true
		}
	}
	return section{}, false
}

func (s section) holdsItem(value string) bool {
	var item yaml.Node
	if yaml.Unmarshal([]byte(value), &item) != nil || len(item.Content) == 0 {
		return false
	}
	return slices.ContainsFunc(s.node.Content, func(n *yaml.Node) bool { return n.Value == item.Content[0].Value })
}

// mentions reports whether a comment of the section has the line's key or, of an item,
// its value.
func (s section) mentions(rows []string, line Line) bool {
	if s.depth == 0 && len(line.Path) > 1 {
		return false // a comment elsewhere may have the same name
	}
	var keys []string
	for _, key := range line.Path[min(max(s.depth, 1), len(line.Path)-1):] {
		keys = append(keys, regexp.QuoteMeta(quotedKey(key))+`:`)
	}
	sought := strings.Join(keys, `.*[ {]`)
	if line.Item {
		sought = `- ` + regexp.QuoteMeta(line.Value) + `\s*(#.*)?$`
	}
	comment := regexp.MustCompile(`^\s*#\s*` + sought)
	return slices.ContainsFunc(rows[min(s.begin, s.end):s.end], func(row string) bool { return comment.MatchString(strings.TrimRight(row, "\r\n")) })
}

// open reports whether the section takes another row, which one in braces does not.
func (s section) open(item bool) bool {
	switch {
	case s.node.Kind == yaml.ScalarNode && s.node.Tag == "!!null" && s.node.Value == "":
		return true
	case s.node.Style&yaml.FlowStyle != 0:
		return false
	case item:
		return s.node.Kind == yaml.SequenceNode
	}
	return s.node.Kind == yaml.MappingNode
}

// indent is how far the rows of the section are indented.
func (s section) indent(rows []string) int {
	switch {
	case s.depth == 0:
		return 0
	case len(s.node.Content) == 0:
		return s.column + 2
	case s.node.Kind == yaml.SequenceNode: // its rows begin with the dash
		row := rows[s.node.Content[0].Line-1]
		return len(row) - len(strings.TrimLeft(row, " "))
	}
	return s.node.Content[0].Column - 1
}

// last is the row behind the section's last one; blank rows at its end stay behind it.
func (s section) last(rows []string) int {
	end := s.end
	for end > s.begin && strings.TrimSpace(rows[end-1]) == "" {
		end--
	}
	return end
}

// rows are the rows of a line from a key of its path on. Of one that is a comment the
// first key stays: the fixtures may have a key without a value.
func (l Line) rows(depth, indent int) []string {
	var rows []string
	add := func(level int, off bool, content string) {
		margin := strings.Repeat(" ", indent+2*(level-depth))
		if off {
			content = "# " + content
		}
		rows = append(rows, margin+content+"\n")
	}
	note := ""
	if l.Note != "" {
		note = "  # " + l.Note
	}
	last := len(l.Path) - 1
	if l.Item {
		last++
	}
	for level := depth; level < last; level++ {
		if level > 0 && !l.On {
			inner := Line{Path: l.Path[level:], Value: l.Value, Item: l.Item}
			add(level, true, inner.String()+note)
			return rows
		}
		add(level, false, quotedKey(l.Path[level])+":")
	}
	content := "- " + l.Value
	if !l.Item {
		content = quotedKey(l.Path[last]) + ": " + l.Value
	}
	add(last, !l.On, content+note)
	return rows
}

// plainKey is a key that needs no quotes in YAML.
var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// ambiguous are words that YAML may read as something else than text.
var ambiguous = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

func quotedKey(key string) string {
	if plainKey.MatchString(key) && !slices.Contains(ambiguous, strings.ToLower(key)) {
		return key
	}
	return fmt.Sprintf("%q", key)
}
