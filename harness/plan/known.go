package plan

import (
	"iter"
	"slices"
	"strconv"
	"strings"
)

// NeedsKnown lists the names of the resources of the fixtures that a case needs one
// of, each once. A case uses one of a name at most, and no other case uses the same.
func (c *Case) NeedsKnown() []string {
	var names []string
	for _, s := range c.Steps() {
		for t := range s.Request.templates() {
			if !strings.Contains(string(t), open+string(FromKnown)+comma) {
				continue // as most: it is not taken apart
			}
			for _, p := range t.Placeholders() {
				if p.Source == FromKnown && !slices.Contains(names, p.Args[0]) {
					names = append(names, p.Args[0])
				}
			}
		}
	}
	return names
}

// Changing lists the operations that a case asks about the resource of a name, each once.
func (c *Case) Changing(name string) []string {
	var ids []string
	for _, s := range c.Steps() {
		if alone := (&Case{Act: s}); slices.Contains(alone.NeedsKnown(), name) && !slices.Contains(ids, s.Operation) {
			ids = append(ids, s.Operation)
		}
	}
	return ids
}

// GiveKnown gives a case the resource of a name and a number, from 1, where it needs
// one. What it shares with other cases stays as it is.
func (c *Case) GiveKnown(name string, number int) {
	give := func(t Template) Template {
		for _, source := range []Source{FromKnown, UnlikeKnown} {
			t = Template(strings.ReplaceAll(string(t), string(TemplateOf(source, name)), string(TemplateOf(source, name, strconv.Itoa(number)))))
		}
		return t
	}
	c.Act.Request = c.Act.Request.mapped(give)
	for _, steps := range []*[]Step{&c.Prepare, &c.Observe, &c.Cleanup} {
		*steps = slices.Clone(*steps)
		for i := range *steps {
			(*steps)[i].Request = (*steps)[i].Request.mapped(give)
		}
	}
}

// templates lists the templates of a request.
func (r Request) templates() iter.Seq[Template] {
	return func(yield func(Template) bool) {
		if !yield(r.Path) || !yield(r.Body) {
			return
		}
		for _, fields := range [][]Field{r.Query, r.Header} {
			for _, f := range fields {
				if !yield(f.Value) {
					return
				}
			}
		}
	}
}

// mapped is the request with each of its templates mapped.
func (r Request) mapped(by func(Template) Template) Request {
	r.Path, r.Body = by(r.Path), by(r.Body)
	for _, fields := range []*[]Field{&r.Query, &r.Header} {
		*fields = slices.Clone(*fields)
		for i := range *fields {
			(*fields)[i].Value = by((*fields)[i].Value)
		}
	}
	return r
}
