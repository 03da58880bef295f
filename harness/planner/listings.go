package planner

import (
	"strconv"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// listings makes the requests that read the lists of the description, as far as some
// requirement is judged by them on one of some operations.
func (d *drafter) listings(operations []*spec.Operation) []plan.Listing {
	judged := map[string]bool{} // operations of lists
	for _, q := range d.requirements.List {
		if !q.Tested() || q.Check != plan.CheckReconciled && q.Check != plan.CheckAccounted {
			continue
		}
		for _, o := range operations {
			switch {
			case !q.Operations.Has(o.ID):
			case q.Check == plan.CheckAccounted:
				judged[o.ID] = true
			default:
				for _, l := range o.Conformance.Lists {
					judged[l.Operation] = true
				}
			}
		}
	}
	var list []plan.Listing
	for _, l := range d.description.Listings() {
		o := d.description.Operation(l.Operation)
		if !judged[o.ID] {
			continue
		}
		made := d.draft(o, recipe{})
		for name, value := range l.Query {
			made.parameters["query:"+name] = value
		}
		if l.Page != nil {
			made.parameters["query:"+l.Page.Limit] = strconv.Itoa(l.Page.Size)
			made.parameters["query:"+l.Page.Offset] = string(plan.TemplateOf(plan.FromAnswer, plan.ListOffset))
		}
		if request, err := made.request(); err == nil {
			list = append(list, plan.Listing{Listing: l, Step: requestStep(o, request)})
		}
	}
	return list
}
