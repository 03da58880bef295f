package plan

import (
	"fmt"
	"maps"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/spec"
)

// Checks that judge what is observed after the act.
const (
	checkNoTrace = "no-trace"
	checkRepeat  = "repeat"
	checkRetry   = "retry"
	checkAlike   = "alike"
)

// observe adds the requests that show what a case left behind, as far as
// requirements ask for them: a rejected request once more, the read-backs of its
// unique values, and the corrected request under the same values.
func (b *builder) observe(c *Case, o *spec.Operation, asked said, retried *Request) {
	if first := (situation{o, c.Kind}); c.Expect.Rejected() && asked.check(checkRepeat) && !b.repeated[first] {
		b.repeated[first] = true
		again := c.Act
		again.Capture = nil
		again.Check, again.Expect = checkRepeat, &c.Expect
		c.Observe = append(c.Observe, again)
	}
	if asked.check(checkNoTrace) {
		b.readBack(c, o)
	}
	if retried != nil && c.Expect.Rejected() {
		c.Observe = append(c.Observe, Step{Name: o.ID, Operation: o.ID, Request: *retried, Check: checkRetry, Expect: b.correctly(o)})
	}
}

// correctly is what a correct request of an operation is answered.
func (b *builder) correctly(o *spec.Operation) *Expect {
	e := Expect{Statuses: o.Success()}
	if len(o.Conformance.Outcome) > 0 {
		e.Ending = spec.Succeeded
	}
	if stated := b.speak(o, "valid.required").expect(); stated != nil {
		e = Expect{Statuses: stated.For(o), Ending: stated.Ending, Tolerated: stated.Tolerated}
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
func (b *builder) readBack(c *Case, o *spec.Operation) {
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
		c.Observe = append(c.Observe, Step{
			Name: reader.ID, Operation: reader.ID, Request: *request, Check: checkNoTrace,
			ReadBack: &ReadBack{Rows: back.Rows, Field: back.Field, Value: value, Parameter: back.Parameter, Separator: back.Separator},
		})
	}
}

// carried finds a unique value in a request's body, as it stands there; "" when it does not.
func (b *builder) carried(o *spec.Operation, r Request, name string) Template {
	begin := open + string(FromRun) + comma + name + comma
	_, after, found := strings.Cut(string(r.Body), begin)
	if !found {
		return ""
	}
	longest, _, _ := strings.Cut(after, shut)
	return within(o, name, Template(begin+longest+shut))
}

// within puts the text around a unique value that its field needs.
func within(o *spec.Operation, name string, value Template) Template {
	for _, u := range o.Conformance.Unique {
		if u.Name == name && u.Within != "" {
			return Template(strings.ReplaceAll(u.Within, "{value}", string(value)))
		}
	}
	return value
}
