package planner

import (
	"fmt"
	"maps"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// observe adds the requests that show what a case left behind, as far as
// requirements ask for them: a rejected request once more, the read-backs of its
// unique values, and the corrected request under the same values.
func (b *builder) observe(c *plan.Case, o *spec.Operation, asked said, retried *plan.Request) {
	if first := (situation{o, c.Kind}); c.Expect.Rejected() && asked.check(plan.CheckRepeat) && !b.repeated[first] {
		b.repeated[first] = true
		again := c.Act
		again.Capture = nil
		again.Check, again.Expect = plan.CheckRepeat, &c.Expect
		c.Observe = append(c.Observe, again)
	}
	if asked.check(plan.CheckNoTrace) {
		b.readBack(c, o)
	}
	if retried != nil && c.Expect.Rejected() {
		c.Observe = append(c.Observe, plan.Step{Name: o.ID, Operation: o.ID, Request: *retried, Check: plan.CheckRetry, Expect: b.correctly(o)})
	}
}

// correctly is what a correct request of an operation is answered.
func (b *builder) correctly(o *spec.Operation) *plan.Expect {
	e := plan.Expect{Statuses: o.Success()}
	if len(o.Conformance.Outcome) > 0 {
		e.Ending = spec.Succeeded
	}
	if stated := b.speak(o, "valid.required").expect(); stated != nil {
		e = plan.Expect{Statuses: stated.For(o), Ending: stated.Ending, Tolerated: stated.Tolerated}
	}
	return &e
}

// correctable tells whether there is a request without what is wrong with one,
// under the same unique values. Where nothing can have an effect there is none
// but at an unknown place.
func (b *builder) correctable(o *spec.Operation, kind string) bool {
	reads := o.Method == "GET" || o.Method == "HEAD"
	return b.correct != nil && (!reads || strings.HasPrefix(kind, "not-found."))
}

// key gives a request an idempotency key where the operation takes one.
func (b *builder) key(d *draft, suffix string) bool {
	for _, p := range d.operation.Parameters {
		if b.isIdempotency(d.operation, p) {
			v := values{b: b, o: d.operation, suffix: suffix}
			d.parameters = maps.Clone(d.parameters)
			d.parameters[p.In+":"+p.Name] = v.unique(d.operation.Conformance.Idempotency.Name, p.Schema.Schema)
			return true
		}
	}
	return false
}

// readBack adds the requests that find the unique values that the act carries.
func (b *builder) readBack(c *plan.Case, o *spec.Operation) {
	for i, back := range o.Conformance.ReadBack {
		value := b.carried(o, c.Act.Request, back.By)
		reader := b.description.Operation(back.Operation)
		if value == "" || reader == nil {
			continue
		}
		request := b.once(fmt.Sprintf("read %s %d %s", o.ID, i, value), func() draft {
			d := b.draft(reader, generate.OnlyRequired, "", "", nil)
			for name, fixed := range back.Query {
				d.parameters["query:"+name] = fixed
			}
			if back.Parameter != "" {
				d.parameters["query:"+back.Parameter] = string(value)
			}
			return d
		})
		if request == nil {
			continue
		}
		c.Observe = append(c.Observe, plan.Step{
			Name: reader.ID, Operation: reader.ID, Request: *request, Check: plan.CheckNoTrace,
			ReadBack: &plan.ReadBack{Rows: back.Rows, Field: back.Field, Value: value, Parameter: back.Parameter, Separator: back.Separator},
		})
	}
}

// carried finds a unique value in a request's body, as it stands there; "" when it does not.
func (b *builder) carried(o *spec.Operation, r plan.Request, name string) plan.Template {
	unique, found := r.Body.Unique(name)
	if !found {
		return ""
	}
	return within(o, name, unique.Template())
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
