package planner

import (
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// values gives the fields of a body the values that come from outside the
// description: what binds a request to its preparation, the merchant, unique values,
// and the test data of the fixtures. The rest is generated.
type values struct {
	*drafter
	operation *spec.Operation
	recipe
}

// maker makes the values of a body.
func (v values) maker(content *spec.Content) generate.Maker {
	m := generate.Maker{
		Schema: content.Schema, Fixed: v.fixed, Wanted: v.wanted,
		Providers: v.fixtures.Values, Sample: v.sampled,
	}
	for _, e := range content.Examples {
		m.Examples = append(m.Examples, e.Value)
	}
	return m
}

// bodyMaker makes the values of a body that is not to provoke anything.
func (d *drafter) bodyMaker(o *spec.Operation, content *spec.Content, bound map[string]any) generate.Maker {
	return values{drafter: d, operation: o, recipe: recipe{bound: bound}}.maker(content)
}

// parameterMaker makes the values of a parameter.
func (d *drafter) parameterMaker(p spec.Parameter) generate.Maker {
	m := generate.Maker{Schema: p.Schema, Providers: d.fixtures.Values, Avoid: awkwardIn(p), Several: joined(p)}
	if p.Example != nil {
		m.Examples = []any{p.Example}
	}
	return m
}

// wanted reports whether an optional field is sent in every request: one that is
// unique, that names the merchant or that binds the request to its preparation.
func (v values) wanted(pointer string) bool {
	is := func(at string) bool { return at == pointer || strings.HasPrefix(at, pointer+"/") }
	if slices.ContainsFunc(v.operation.Conformance.Unique, func(u spec.Unique) bool { return !u.Optional && is(u.Field) }) {
		return true
	}
	if m := v.operation.Conformance.Merchant; m != nil && is(m.Field) {
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
	if m := v.operation.Conformance.Merchant; m != nil && m.Field == pointer {
		if mid := v.fixtures.Merchants["main"]; mid != "" {
			return mid, true
		}
	}
	for _, u := range v.operation.Conformance.Unique {
		if u.Field == pointer && (!u.Optional || anyText(s)) {
			return string(within(v.operation, u.Name, plan.Template(unique(u.Name+v.suffix, s)))), true
		}
	}
	tokens := spec.Tokens(pointer)
	if len(tokens) == 0 {
		return nil, false
	}
	last := tokens[len(tokens)-1]
	if value, ok := v.triggered(last); ok {
		return value, true
	}
	if value, ok := v.knownField(last, s); ok {
		return value, true
	}
	if value, ok := v.ownName(last, pointer, s); ok {
		return value, true
	}
	if value, ok := v.ownID(last, pointer, s); ok {
		return value, true
	}
	return v.inventedReference(last, s)
}

// anyText reports whether a schema takes any text, one of a few dozen characters among them.
func anyText(s *openapi3.Schema) bool {
	return s != nil && s.Type.Is("string") && s.Pattern == "" && s.Format == "" && len(s.Enum) == 0 && (s.MaxLength == nil || *s.MaxLength >= 2*longestUnique) &&
		len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) == 0 && s.Not == nil
}

// longestUnique is how many characters a unique value has at most.
const longestUnique = 36

// unique is the placeholder of a unique variable, as long as its field allows.
func unique(variable string, s *openapi3.Schema) string {
	return string(plan.TemplateOf(plan.FromRun, variable, longestOf(s)))
}

// longestOf is how many characters a unique value of a field has at most.
func longestOf(s *openapi3.Schema) string {
	length := longestUnique
	if s != nil && s.MaxLength != nil && int(*s.MaxLength) < length {
		length = int(*s.MaxLength)
	}
	return strconv.Itoa(length)
}

// approved names the test data that provoke nothing.
const approved = "approved"

// triggered finds the value of a field in the test data that provoke the wanted outcome.
func (v values) triggered(field string) (any, bool) {
	for _, group := range v.groupsOf(v.operation) {
		name := approved
		if group == v.recipe.trigger.group && v.dataOf(v.recipe.trigger) != nil {
			name = v.recipe.trigger.name
		}
		value, ok := v.dataOf(testData{group, name})[field]
		if !ok {
			continue
		}
		if len(value) <= 2 { // a month or a year, never a secret
			return value, true
		}
		return string(plan.TemplateOf(plan.FromTrigger, group, name, field)), true
	}
	return nil, false
}

// sampled replaces placeholders within a value by values of the kind that a run will send.
func (d *drafter) sampled(value any) any {
	switch v := value.(type) {
	case string:
		if plan.Template(v).HasPlaceholders() {
			if filled, err := plan.Template(v).FillText(d.sample); err == nil {
				return filled
			}
		}
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, inner := range v {
			object[key] = d.sampled(inner)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, inner := range v {
			list[i] = d.sampled(inner)
		}
		return list
	}
	return value
}

// fieldsOf lists the fields of an operation's body, once for all that ask.
func (d *drafter) fieldsOf(o *spec.Operation) []generate.Place {
	return d.places.get(o, func() []generate.Place { return fieldsOf(o) })
}

func fieldsOf(o *spec.Operation) []generate.Place {
	content := o.Body.Fields()
	if content == nil {
		return nil
	}
	return generate.Maker{Schema: content.Schema}.Places()
}
