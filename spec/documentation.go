package spec

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Documentation is what the pages about an API state, in the order of the pages. A
// list of requirements may have none.
type Documentation []Part

// Part is a part of the documentation, with its statements.
type Part struct {
	Title      string      `yaml:"title"`
	Page       string      `yaml:"page"`   // a key of Pages
	Anchor     string      `yaml:"anchor"` // heading on that page, "" for its beginning
	Statements []Statement `yaml:"statements"`
}

// Statement is one statement of the documentation, by the id that clauses cite.
type Statement struct {
	ID   string `yaml:"id"`
	Says string `yaml:"says"` // in our words
	Page string `yaml:"page"` // a key of Pages, "" for that of the part
}

// LinkTo returns the address of a statement, "" when its page has none.
func (r *Requirements) LinkTo(p Part, s Statement) string {
	if s.Page != "" {
		return r.Pages[s.Page]
	}
	return r.Link(Clause{Page: p.Page, Anchor: p.Anchor})
}

// checkDocumentation refuses statements that say nothing, and, where there are
// statements, clauses and reasons that are about others. A list may have statements
// of which no requirement is made: reports say so.
func (r *Requirements) checkDocumentation() error {
	seen := map[string]bool{}
	for _, p := range r.Documentation {
		if p.Title == "" || len(p.Statements) == 0 {
			return fmt.Errorf("%q: a part must have a title and statements", p.Title)
		}
		for _, s := range p.Statements {
			page := cmp.Or(s.Page, p.Page)
			_, known := r.Pages[page]
			switch {
			case s.ID == "" || s.Says == "":
				return fmt.Errorf("%s: a statement must have an id, and say something", p.Title)
			case seen[s.ID]:
				return fmt.Errorf("%s: the id is used twice", s.ID)
			case !known:
				return fmt.Errorf("%s: page: %q: must be one of those under pages", s.ID, page)
			}
			seen[s.ID] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.cited())) {
		if len(seen) > 0 && !seen[id] {
			return errors.New("there is no statement " + id)
		}
	}
	return nil
}

// cited lists the statements that clauses or the reasons for none name.
func (r *Requirements) cited() map[string]bool {
	cited := map[string]bool{}
	for _, q := range r.List {
		for _, id := range q.Clause.Sentences {
			cited[id] = true
		}
	}
	for _, reasons := range []map[string]string{r.NotCovered, r.Unbinding} {
		for id := range reasons {
			cited[id] = true
		}
	}
	return cited
}
