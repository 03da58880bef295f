package planner

import (
	"encoding/json"
	"maps"
	"slices"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// optionOf is an optional parameter as others may have it alike; ok is false for any
// parameter that is not one, and where it is not sent under its own name.
func optionOf(p spec.Parameter) (o plan.Option, ok bool) {
	if p.Required || p.In != "header" && p.In != "query" || p.Schema.Schema == nil || p.Schema.Type.Includes("object") {
		return plan.Option{}, false
	}
	text, err := json.Marshal(p.Schema.Schema)
	return plan.Option{In: p.In, Name: p.Name, Schema: string(text)}, err == nil
}

// sharedOptions finds the optional parameters that several operations have alike.
func sharedOptions(d *spec.Description) map[plan.Option]bool {
	counts := map[plan.Option]int{}
	for _, o := range d.Operations {
		for _, p := range o.Parameters {
			if option, ok := optionOf(p); ok {
				counts[option]++
			}
		}
	}
	shared := map[plan.Option]bool{}
	for option, n := range counts {
		shared[option] = n > 1
	}
	return shared
}

// optionsIn lists the shared optional parameters that a correct request has beside what
// is mandatory.
func (d *drafter) optionsIn(p *proposal) []plan.Option {
	if p.fault != nil || p.correct == nil {
		return nil
	}
	var list []plan.Option
	for _, key := range slices.Sorted(maps.Keys(p.draft.parameters)) {
		if _, there := p.correct.parameters[key]; there {
			continue
		}
		if option, ok := optionOf(p.draft.parameter(key)); ok && d.sharedOptions[option] {
			list = append(list, option)
		}
	}
	return list
}
