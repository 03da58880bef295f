package html

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/outline"
	"qorcheck/spec"
)

// matrix shows each requirement on each operation.
type matrix struct {
	Groups   []columns
	Columns  []column
	Chapters []chapterRows

	rows    map[string]*row    // by requirement
	details map[string]*detail // by obligation
}

// columns are the operations of one group.
type columns struct {
	Name string
	Wide int
}

type column struct {
	Operation, Method, Path string
	First                   bool // of its group
}

type chapterRows struct {
	Title string
	Rows  []*row
}

// row is one requirement.
type row struct {
	Requirement, Sentence string
	Level                 spec.Level
	Clause                run.Clause
	Anchor                string
	Tally                 []tally
	Cells                 []*detail // by column, nil where there is no obligation
	Details               []*detail
}

// detail is one obligation: a cell of the matrix and a line of its requirement.
type detail struct {
	*run.Obligation
	look
	Anchor string
	Causes []*cause
}

func newMatrix(d *run.Document, ids anchors) *matrix {
	m := &matrix{rows: map[string]*row{}, details: map[string]*detail{}}
	at := m.arrange(d)
	for _, chapter := range outline.Chapters(d) {
		c := chapterRows{Title: chapter.Title}
		for _, o := range chapter.Obligations {
			r := m.rows[o.Requirement]
			if r == nil {
				r = &row{
					Requirement: o.Requirement, Sentence: o.Promise, Level: o.Level, Clause: o.Clause,
					Anchor: ids.take(o.Requirement), Cells: make([]*detail, len(m.Columns)),
				}
				m.rows[o.Requirement] = r
				c.Rows = append(c.Rows, r)
			}
			column := at[o.Operation]
			cell := &detail{Obligation: o, look: lookOfObligation(d, o), Anchor: ids.take(o.ID)}
			m.details[o.ID] = cell
			r.Cells[column] = cell
			r.Details = append(r.Details, cell)
		}
		slices.SortFunc(c.Rows, func(a, b *row) int { return compareNatural(a.Requirement, b.Requirement) })
		m.Chapters = append(m.Chapters, c)
	}
	for _, r := range m.rows {
		r.count()
	}
	return m
}

// arrange makes the columns: operations as they come, those of one group together.
func (m *matrix) arrange(d *run.Document) map[string]int {
	group := map[string]int{}
	at := map[string]int{}
	for _, o := range d.Obligations {
		if _, known := at[o.Operation]; known {
			continue
		}
		name := groupOf(o.Operation, o.Path)
		if _, known := group[name]; !known {
			group[name] = len(group)
			m.Groups = append(m.Groups, columns{Name: name})
		}
		m.Groups[group[name]].Wide++
		at[o.Operation] = group[name]
		m.Columns = append(m.Columns, column{Operation: o.Operation, Method: o.Method, Path: o.Path})
	}
	slices.SortStableFunc(m.Columns, func(a, b column) int { return at[a.Operation] - at[b.Operation] })
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

// of finds the obligation of the case that stands for a cause.
func (m *matrix) of(c run.Cause) *detail { return m.details[c.Shown[0].Obligation] }

// groupOf is what operations are grouped by: the first word of a name that has
// several, else the first part of the path.
func groupOf(operation, path string) string {
	if i := strings.IndexAny(operation, "-_."); i > 0 {
		return operation[:i]
	}
	name, _, _ := strings.Cut(strings.Trim(path, "/"), "/")
	return name
}

// compareNatural orders ids as people do: R-2 before R-10.
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

func (r *row) count() {
	counts := map[look]int{}
	for _, c := range r.Details {
		counts[c.look]++
	}
	for _, outcome := range verdict.Outcomes {
		looks := []look{lookOf(outcome)}
		if outcome == verdict.Fail {
			looks = append(looks, warning())
		}
		for _, l := range looks {
			if counts[l] > 0 {
				r.Tally = append(r.Tally, tally{look: l, Count: counts[l]})
			}
		}
	}
}

// Says is what a cell says to those who do not see it.
func (c *detail) Says() string {
	text := fmt.Sprintf("%s %s: %s", c.Operation, c.Requirement, c.Word)
	if c.Planned > 0 {
		text += fmt.Sprintf(", %d of %d cases passed", c.Counts.Pass, c.Planned)
	}
	if len(c.Notes) > 0 {
		text += ", with a note"
	}
	return text
}
