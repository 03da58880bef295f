package html

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/run"
	"qorcheck/reporters/outline"
	"qorcheck/spec"
)

// matrix shows each requirement on each operation.
type matrix struct {
	Groups   []group
	Columns  []operation
	Chapters []chapter

	requirements map[string]*requirement // by requirement
	obligations  map[string]*obligation  // by obligation
	anchors      map[string]string       // by example, those on the page
}

// group heads the columns of operations that belong together.
type group struct {
	Name string
	Wide int
}

type operation struct {
	Operation, Method, Path string
	First                   bool // of its group
}

type chapter struct {
	Title string
	Rows  []*requirement
}

// requirement is one row of the matrix, and one entry below it.
type requirement struct {
	Requirement, Sentence string
	Level                 spec.Level
	Clause                run.Clause
	Anchor                string
	Tally                 []tally
	Cells                 []*obligation // by column, nil where there is no obligation
	Details               []*obligation
}

// obligation is one cell of the matrix, and one line of its requirement.
type obligation struct {
	*run.Obligation
	look
	Anchor   string
	Causes   []*cause
	Shown    string // anchor of the exchange that shows it, "" where the page has none
	Branches []branchLine
}

// branchLine is a branch of an obligation, with the anchor of the exchange that shows it.
type branchLine struct {
	run.Branch
	Exchange string
}

func newMatrix(d *run.Document, ids anchors) *matrix {
	m := &matrix{requirements: map[string]*requirement{}, obligations: map[string]*obligation{}}
	at := m.arrange(d)
	for _, listed := range outline.Chapters(d) {
		c := chapter{Title: listed.Title}
		for _, o := range listed.Obligations {
			r := m.requirements[o.Requirement]
			if r == nil {
				r = &requirement{
					Requirement: o.Requirement, Sentence: o.Promise, Level: o.Level, Clause: o.Clause,
					Anchor: ids.take(o.Requirement), Cells: make([]*obligation, len(m.Columns)),
				}
				m.requirements[o.Requirement] = r
				c.Rows = append(c.Rows, r)
			}
			column := at[o.Operation]
			cell := &obligation{Obligation: o, look: lookOfObligation(d, o), Anchor: ids.take(o.ID)}
			m.obligations[o.ID] = cell
			r.Cells[column] = cell
			r.Details = append(r.Details, cell)
		}
		slices.SortFunc(c.Rows, func(a, b *requirement) int { return compareNatural(a.Requirement, b.Requirement) })
		m.Chapters = append(m.Chapters, c)
	}
	for _, r := range m.requirements {
		r.count()
	}
	return m
}

// arrange makes the columns, in the plan's order with the operations of a group
// together, and returns the index of each operation.
func (m *matrix) arrange(d *run.Document) map[string]int {
	groups := map[string]int{}
	at := map[string]int{}
	for _, o := range d.Obligations {
		if _, known := at[o.Operation]; known {
			continue
		}
		name := groupOf(o.Operation, o.Path)
		if _, known := groups[name]; !known {
			groups[name] = len(groups)
			m.Groups = append(m.Groups, group{Name: name})
		}
		m.Groups[groups[name]].Wide++
		at[o.Operation] = groups[name]
		m.Columns = append(m.Columns, operation{Operation: o.Operation, Method: o.Method, Path: o.Path})
	}
	slices.SortStableFunc(m.Columns, func(a, b operation) int { return at[a.Operation] - at[b.Operation] })
	for i := range m.Columns {
		c := &m.Columns[i]
		c.First = i == 0 || at[c.Operation] != at[m.Columns[i-1].Operation]
	}
	for i, c := range m.Columns {
		at[c.Operation] = i
	}
	return at
}

// check refuses a document whose obligations the matrix cannot all show.
func (m *matrix) check(d *run.Document) error {
	for _, c := range d.Causes {
		if m.of(c) == nil {
			return fmt.Errorf("cause %s: there is no obligation %s", c.ID, c.Shown[0].Obligation)
		}
	}
	return nil
}

// of returns the obligation of the first case of a cause.
func (m *matrix) of(c run.Cause) *obligation { return m.obligations[c.Shown[0].Obligation] }

// groupOf names the group of an operation: the first word of an id of several words,
// else the first segment of the path.
func groupOf(operation, path string) string {
	if i := strings.IndexAny(operation, "-_."); i > 0 {
		return operation[:i]
	}
	name, _, _ := strings.Cut(strings.Trim(path, "/"), "/")
	return name
}

// compareNatural compares ids with their numbers by value: R-2 before R-10.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		n, m := digits(a), digits(b)
		if n == 0 || m == 0 {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		x, y := strings.TrimLeft(a[:n], "0"), strings.TrimLeft(b[:m], "0")
		if order := cmp.Or(len(x)-len(y), cmp.Compare(x, y)); order != 0 {
			return order
		}
		a, b = a[n:], b[m:]
	}
	return len(a) - len(b)
}

// digits counts the digits that a text begins with.
func digits(text string) int {
	return len(text) - len(strings.TrimLeft(text, "0123456789"))
}

func (r *requirement) count() {
	counts := map[look]int{}
	for _, c := range r.Details {
		counts[c.look]++
	}
	r.Tally = byLook(counts)
}

// Label describes a cell to screen readers.
func (c *obligation) Label() string {
	text := fmt.Sprintf("%s %s: %s", c.Operation, c.Requirement, c.Word)
	if c.Planned > 0 {
		text += fmt.Sprintf(", %d of %d cases passed", c.Counts.Pass, c.Planned)
	}
	if len(c.Notes) > 0 {
		text += ", with a note"
	}
	return text
}
