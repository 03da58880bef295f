package planner

import (
	"strconv"

	"qorcheck/harness/plan"
)

// listings makes the requests that read the lists of the description, as far as some
// obligation is judged by them.
func (d *drafter) listings(obligations []*plan.Obligation) []plan.Listing {
	judged := map[string]bool{} // operations of lists
	for _, ob := range obligations {
		switch ob.Requirement.Check {
		case plan.CheckReconciled:
			for _, l := range ob.Operation.Conformance.Lists {
				judged[l.Operation] = true
			}
		case plan.CheckAccounted:
			judged[ob.Operation.ID] = true
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
