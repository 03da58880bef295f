package planner

import (
	"fmt"
	"maps"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// setKey gives a request an idempotency key and reports whether the operation takes one.
func setKey(d *draft, suffix string) bool {
	for _, p := range d.operation.Parameters {
		if isIdempotency(d.operation, p) {
			d.parameters = maps.Clone(d.parameters)
			d.parameters[p.In+":"+p.Name] = unique(d.operation.Conformance.Idempotency.Name+suffix, p.Schema.Schema)
			return true
		}
	}
	return false
}

// isIdempotency reports whether a parameter is the idempotency key of an operation.
func isIdempotency(o *spec.Operation, p spec.Parameter) bool {
	i := o.Conformance.Idempotency
	return i != nil && p.In == "header" && strings.EqualFold(i.Header, p.Name)
}

// readBacks makes the steps that find the unique values that a request carries.
func (d *drafter) readBacks(o *spec.Operation, r plan.Request) []plan.Step {
	var list []plan.Step
	for i, back := range o.Conformance.ReadBack {
		value := carried(o, r, back.By)
		reader := d.description.Operation(back.Operation)
		if value == "" || reader == nil {
			continue
		}
		request := d.once(fmt.Sprintf("read %s %d %s", o.ID, i, value), func() draft {
			made := d.draft(reader, recipe{})
			for name, fixed := range back.Query {
				made.parameters["query:"+name] = fixed
			}
			if back.Parameter != "" {
				made.parameters["query:"+back.Parameter] = string(value)
			}
			return made
		})
		if request == nil {
			continue
		}
		step := requestStep(reader, *request)
		step.Check = plan.CheckNoTrace
		step.ReadBack = &plan.ReadBack{Rows: back.Rows, Field: back.Field, Value: value, Parameter: back.Parameter, Separator: back.Separator}
		list = append(list, step)
	}
	return list
}

// carried finds a unique value in a request's body; "" when it is not there.
func carried(o *spec.Operation, r plan.Request, name string) plan.Template {
	placeholder, found := r.Body.Unique(name)
	if !found {
		return ""
	}
	return within(o, name, placeholder.Template())
}

// within puts the text around a unique value that its field needs.
func within(o *spec.Operation, name string, value plan.Template) plan.Template {
	for _, u := range o.Conformance.Unique {
		if u.Name == name && u.Within != "" {
			return plan.Template(strings.ReplaceAll(u.Within, "{value}", string(value)))
		}
	}
	return value
}
