package redact

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Tally counts what was taken out of texts.
type Tally struct {
	Cards int // card numbers, of which the first and last digits are left

	hidden    map[string]int
	variables map[string]bool
}

// Hidden counts the values taken out under one name.
type Hidden struct {
	Name  string // of the header or field, "" where none stands before the value
	Count int
}

// The traces that this package leaves.
var (
	nameBefore = regexp.MustCompile(`([A-Za-z][A-Za-z0-9_.-]*)(?:["'\]]|\\")*\s*[:=]\s*(?:["']|\\")?$`)
	maskedCard = regexp.MustCompile(`\d{6}\*+\d{4}`)
	inCommand  = regexp.MustCompile(`"\$([A-Z][A-Z0-9_]*)"`)
)

// Add counts what was taken out of a text.
func (t *Tally) Add(text Text) {
	const begin = "[redacted" // of every mark
	if t.hidden == nil {
		t.hidden = map[string]int{}
	}
	before, rest, found := strings.Cut(text.text, begin)
	for found {
		name := ""
		if m := nameBefore.FindStringSubmatch(before[max(0, len(before)-100):]); m != nil {
			name = m[1]
		}
		t.hidden[name]++
		before, rest, found = strings.Cut(rest, begin)
	}
	if strings.Contains(text.text, "**") {
		t.Cards += len(maskedCard.FindAllString(text.text, -1))
	}
}

// AddCommand keeps the variables that stand for values in a command.
func (t *Tally) AddCommand(command Text) {
	if t.variables == nil {
		t.variables = map[string]bool{}
	}
	for _, m := range inCommand.FindAllStringSubmatch(command.text, -1) {
		t.variables[m[1]] = true
	}
}

// Hidden lists the names under which values were taken out, the most frequent first.
func (t *Tally) Hidden() []Hidden {
	var list []Hidden
	for name, count := range t.hidden {
		list = append(list, Hidden{name, count})
	}
	slices.SortFunc(list, func(a, b Hidden) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name)) })
	return list
}

// Variables lists the variables of all commands, sorted.
func (t *Tally) Variables() []string { return slices.Sorted(maps.Keys(t.variables)) }
