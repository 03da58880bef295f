package run

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"qorcheck/harness/plan"
)

// headersOf names the headers of the fixtures that calls carry, "" for none: one may name
// a tenant that is not that of the credentials.
func (r *Run) headersOf(calls []call) string {
	var names []string
	for _, c := range calls {
		for _, field := range c.record.Step.Request.Header {
			name := "headers." + field.Name
			if !slices.Contains(names, name) && slices.ContainsFunc(field.Value.Placeholders(), func(p plan.Placeholder) bool { return p.Source == plan.FromHeader }) {
				names = append(names, name)
			}
		}
	}
	return strings.Join(names, ", ")
}

// nothingBelow says that a value of the fixtures, such as a tenant, that stands in the path
// of each call is wrong: none of them is served. "" where they have none in common, or were
// not all answered so.
func (r *Run) nothingBelow(calls []call) string {
	counts := map[string]int{}
	common := ""
	for _, c := range calls {
		if a := c.record.Answer; a == nil || a.Status != http.StatusNotFound && a.Status != http.StatusForbidden {
			return ""
		}
		for _, key := range r.knownInPath(c.record.Step.Operation) {
			if counts[key]++; counts[key] == len(calls) && common == "" {
				common = key
			}
		}
	}
	if common == "" {
		return ""
	}
	f := r.options.Settings.Fixtures
	return fmt.Sprintf("%s, and each has known.%s: %q (%s) in its path: is that right for this environment and its keys?; nothing else was sent", r.seen(calls), common, f.Known[common][0].ID, f.File)
}

// knownInPath lists the names under which the fixtures give what stands in the path of an operation.
func (r *Run) knownInPath(operation string) []string {
	o := r.plan.Description.Operation(operation)
	if o == nil {
		return nil
	}
	var list []string
	for _, p := range o.Names() {
		for _, key := range []string{o.ID + "." + p.Name, p.Name, p.Schema.Name} {
			if len(r.options.Settings.Fixtures.Known[key]) > 0 {
				list = append(list, key)
				break
			}
		}
	}
	return list
}
