package run

import (
	"slices"

	"qorcheck/harness/verdict"
)

// Failed lists the causes of failures that are not waived, as reports show them.
func (d *Document) Failed() []Cause {
	return slices.DeleteFunc(slices.Clone(d.Causes), func(c Cause) bool { return c.Outcome != verdict.Fail || d.Waived(c) })
}

// Waived reports whether every obligation behind a cause is waived.
func (d *Document) Waived(c Cause) bool {
	return !slices.ContainsFunc(c.Behind, func(b Behind) bool { return d.Obligation(b.Obligation).Outcome != verdict.Waived })
}

// Operations lists the operations in which a cause shows, sorted.
func (d *Document) Operations(c Cause) []string {
	var list []string
	for _, w := range c.Where {
		list = append(list, w.Operation)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Cause finds a cause by its id, nil when there is none.
func (d *Document) Cause(id string) *Cause {
	i := slices.IndexFunc(d.Causes, func(c Cause) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &d.Causes[i]
}

// Obligation finds an obligation by its id, nil when there is none.
func (d *Document) Obligation(id string) *Obligation {
	i := slices.IndexFunc(d.Obligations, func(o Obligation) bool { return o.ID == id })
	if i < 0 {
		return nil
	}
	return &d.Obligations[i]
}
