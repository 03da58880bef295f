package planner

import (
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// values gives fields the values that come from outside the description: what
// binds a request to its preparation, the merchant, unique values, and the test
// data of the fixtures. The rest is generated.
type values struct {
	b       *builder
	o       *spec.Operation
	bound   map[string]any // pointer → value
	trigger string         // group/name of the trigger, "" for approved
	suffix  string         // of unique variables, so that steps differ
	needs   []string       // optional fields that are sent all the same
}

// maker makes the values of a body.
func (v values) maker(content *spec.Content) generate.Maker {
	m := generate.Maker{
		Schema: content.Schema, Fixed: v.fixed, Wanted: v.wanted,
		Providers: v.b.fixtures.Values, Sample: v.b.sampled,
	}
	for _, e := range content.Examples {
		m.Examples = append(m.Examples, e.Value)
	}
	return m
}

// parameterMaker makes the values of a parameter.
func (b *builder) parameterMaker(p spec.Parameter) generate.Maker {
	m := generate.Maker{Schema: p.Schema, Providers: b.fixtures.Values}
	if p.Example != nil {
		m.Examples = []any{p.Example}
	}
	return m
}

// wanted tells whether an optional field is sent in every request: one that is
// unique, that names the merchant or that binds the request to its preparation.
func (v values) wanted(pointer string) bool {
	is := func(at string) bool { return at == pointer || strings.HasPrefix(at, pointer+"/") }
	if slices.ContainsFunc(v.o.Conformance.Unique, func(u spec.Unique) bool { return is(u.Field) }) {
		return true
	}
	if m := v.o.Conformance.Merchant; m != nil && is(m.Field) {
		return true
	}
	for at := range v.bound {
		if is(at) {
			return true
		}
	}
	return slices.ContainsFunc(v.needs, is)
}

// fixed finds a value that comes from outside the description.
func (v values) fixed(pointer string, s *openapi3.Schema) (any, bool) {
	if value, ok := v.bound[pointer]; ok {
		return value, true
	}
	if m := v.o.Conformance.Merchant; m != nil && m.Field == pointer {
		if mid := v.b.fixtures.Merchants["main"]; mid != "" {
			return mid, true
		}
	}
	for _, u := range v.o.Conformance.Unique {
		if u.Field == pointer {
			return string(within(v.o, u.Name, plan.Template(v.unique(u.Name, s)))), true
		}
	}
	tokens := spec.Tokens(pointer)
	if len(tokens) == 0 {
		return nil, false
	}
	return v.triggered(tokens[len(tokens)-1])
}

func (v values) unique(name string, s *openapi3.Schema) string {
	longest := 36
	if s != nil && s.MaxLength != nil && int(*s.MaxLength) < longest {
		longest = int(*s.MaxLength)
	}
	return string(plan.TemplateOf(plan.FromRun, name+v.suffix, strconv.Itoa(longest)))
}

// triggered finds the value of a field in the test data that provoke the wanted outcome.
func (v values) triggered(name string) (any, bool) {
	wanted, provoking, _ := strings.Cut(v.trigger, "/")
	for _, group := range v.b.groups(v.o) {
		trigger := "approved" // in the groups that are not to provoke anything
		if group == wanted {
			trigger = provoking
		}
		data := v.b.trigger(group, trigger)
		if data == nil {
			trigger = "approved"
			data = v.b.trigger(group, trigger)
		}
		value, ok := data[name]
		if !ok {
			continue
		}
		if len(value) <= 2 { // a month or a year, never a secret
			return value, true
		}
		return string(plan.TemplateOf(plan.FromTrigger, group, trigger, name)), true
	}
	return nil, false
}

// trigger finds test data of the fixtures, laid over the approved ones.
func (b *builder) trigger(group, name string) settings.Trigger {
	key := group + "/" + name
	data, known := b.triggers[key]
	if !known {
		data = b.fixtures.Trigger(group, name)
		b.triggers[key] = data
	}
	return data
}

// sampled replaces placeholders within a value by values of the kind that a run will send.
func (b *builder) sampled(value any) any {
	switch v := value.(type) {
	case string:
		if plan.Template(v).HasPlaceholders() {
			if filled, err := plan.Template(v).FillText(b.sample); err == nil {
				return filled
			}
		}
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, inner := range v {
			object[key] = b.sampled(inner)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, inner := range v {
			list[i] = b.sampled(inner)
		}
		return list
	}
	return value
}

// fieldsOf lists the fields of an operation's body.
func fieldsOf(o *spec.Operation) []generate.Place {
	content := o.Body.Fields()
	if content == nil {
		return nil
	}
	return generate.Maker{Schema: content.Schema}.Places()
}
