package planner

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// A server may take the id in a body for that of the thing to write, whatever the path
// says. So the id is one that nothing has: neither an example nor a 1.

// ownIDs are usual names of the field of a thing that holds its own id.
var ownIDs = []string{"id", "_id", "uuid", "guid"}

// ownID is an id that nothing has, for a field that is the id of what an operation writes,
// or refers to another thing.
func (v values) ownID(field, pointer string, s *openapi3.Schema) (any, bool) {
	effect, declared := v.effect(v.operation)
	if declared || effect == spec.Reads || s == nil || len(s.Enum) > 0 || !slices.Contains(ownIDs, field) && !refers(field) {
		return nil, false
	}
	if s.Type.Is("integer") {
		value, ok := plan.Number(inventedNumber(v.operation.ID + pointer))
		return value, ok && len(spec.Schema{Schema: s}.Violations(value, spec.Sent)) == 0
	}
	if s = textOf(s); s == nil {
		return nil, false
	}
	name := v.inventedName(spec.Parameter{Name: field, Schema: spec.Schema{Schema: s}})
	return string(name), name != ""
}

// Numbers from leastInvented on are taken for such that nothing has.
const leastInvented = 100_000_000

// inventedNumber is a number that fits into 32 bits, and that hardly anything has.
func inventedNumber(of string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(of)) // a hash takes everything
	return strconv.FormatUint(uint64(1_000_000_000+h.Sum32()%1_000_000_000), 10)
}

// harmlessBody reports as an error that the body of a request that writes may name, as its
// own id, a thing that the run did not make.
func (d *drafter) harmlessBody(made draft) error {
	o := made.operation
	body, is := made.body.(map[string]any)
	effect, declared := d.effect(o)
	if !is || declared || effect == spec.Reads || d.fixtures.MayWrite(o.ID) {
		return nil
	}
	for _, p := range d.ownIDFields(o) {
		value, there := body[p.Name]
		if !there || made.bound[p.Pointer] != nil {
			continue
		}
		if mayExist(value, p.Schema) {
			return fmt.Errorf("%s %s might change what %s in its body names, which this run did not make", o.Method, o.Path, p.Pointer)
		}
	}
	return nil
}

// ownIDFields lists the fields at the top of a body that may hold its own id.
func (d *drafter) ownIDFields(o *spec.Operation) []generate.Place {
	return d.ownFields.get(o, func() (list []generate.Place) {
		for _, p := range d.fieldsOf(o) {
			if len(spec.Tokens(p.Pointer)) == 1 && slices.Contains(ownIDs, p.Name) {
				list = append(list, p)
			}
		}
		return list
	})
}

// ownIDsIn lists the fields of a body that hold its own id, where it may be that of what is
// to be changed: the operation changes something, or makes a thing that need not bring its id.
func (d *drafter) ownIDsIn(made draft) (list []string) {
	body, is := made.body.(map[string]any)
	effect, _ := d.effect(made.operation)
	if !is || made.raw != nil || effect == spec.Reads {
		return nil
	}
	for _, p := range d.ownIDFields(made.operation) {
		if made.bound[p.Pointer] != nil || p.Required && effect != spec.Changes {
			continue
		}
		if slices.ContainsFunc(knownKeys(made.operation, p.Name, ""), func(key string) bool { return len(d.knownValues[key]) > 0 }) {
			continue
		}
		switch value := body[p.Name].(type) {
		case string:
			if !isAnswer(value) {
				list = append(list, p.Name)
			}
		case float64, json.Number:
			list = append(list, p.Name)
		}
	}
	return list
}

// unlikePath is the field of a body that names, as its own id, another thing than the path
// of a request that changes one, "" for none: a server may refuse that.
func (d *drafter) unlikePath(made draft) string {
	body, is := made.body.(map[string]any)
	names := made.operation.Names()
	if effect, _ := d.effect(made.operation); !is || made.raw != nil || effect != spec.Changes || len(names) == 0 {
		return ""
	}
	last := names[len(names)-1].Name
	for _, field := range append([]string{last}, ownIDs...) {
		switch value := body[field].(type) {
		case string, float64:
			if value != made.parameters["path:"+last] {
				return field
			}
		}
	}
	return ""
}

// mayExist reports whether a value may be the id of something that was there before.
func mayExist(value any, s *openapi3.Schema) bool {
	text, is := value.(string)
	if !is {
		text = fmt.Sprint(value)
	}
	if number, err := strconv.ParseFloat(text, 64); err == nil {
		return number > -leastInvented && number < leastInvented
	}
	return is && !ofThisRun(plan.Template(text)) && len(spec.Schema{Schema: s}.Violations(value, spec.Sent)) == 0
}

// nameFields are usual names of fields that no two things may have in common.
var nameFields = []string{"name", "key", "slug", "title", "email", "e-mail", "mail", "username", "login", "code", "identifier", "handle", "uid", "uuid"}

// ownName is a name made from the run id, for a field of what an operation makes or
// changes: a second thing of one name may be refused, or take the place of the first. Any
// text of the thing itself of which nothing is documented may be such a name.
func (v values) ownName(field, pointer string, s *openapi3.Schema) (any, bool) {
	effect, declared := v.effect(v.operation)
	given := s // a field that may be null as well is sent as null, too, unless it has the name of one that is unique
	if s = textOf(s); s == nil || declared || effect != spec.Makes && effect != spec.Changes || len(s.Enum) > 0 {
		return nil, false
	}
	if !slices.Contains(nameFields, strings.ToLower(field)) && (s != given || !v.saysNothing(pointer, s)) {
		return nil, false
	}
	const enough = 12
	if s.MaxLength != nil && *s.MaxLength < enough || s.MinLength > longestUnique/2 {
		return nil, false
	}
	name, form := plan.VariableName(field)+v.suffix, ""
	arguments := []string{name, longestOf(s)}
	switch {
	case s.Format == "uuid":
		arguments = append(arguments, string(plan.FormUUID))
	case s.Format == "email" || strings.Contains(strings.ToLower(field), "mail"):
		if s.MaxLength != nil && *s.MaxLength < 2*longestUnique {
			return nil, false
		}
		form = "@example.test"
	case s.Format != "":
		return nil, false
	}
	value := plan.TemplateOf(plan.FromRun, arguments...) + plan.Template(form)
	text, err := value.FillText(v.sample)
	if err != nil || len(spec.Schema{Schema: s}.Violations(text, spec.Sent)) > 0 {
		return nil, false
	}
	return string(value), true
}

// saysNothing reports whether a field at the top of a body takes any text, and the
// description has no value for it.
func (v values) saysNothing(pointer string, s *openapi3.Schema) bool {
	if len(spec.Tokens(pointer)) != 1 || !anyText(s) || s.Nullable || s.Example != nil || s.Default != nil || s.Extensions["examples"] != nil {
		return false
	}
	return v.operation.Body == nil || !slices.ContainsFunc(v.operation.Body.Content, func(c spec.Content) bool {
		return slices.ContainsFunc(c.Examples, func(e spec.Example) bool {
			_, there := spec.Lookup(e.Value, pointer)
			return there
		})
	})
}

// textOf is a schema, or its part beside null, where it is one of texts; else nil.
func textOf(s *openapi3.Schema) *openapi3.Schema {
	if s == nil || s.Type.Is("string") || s.Type.Includes("string") && s.Type.Includes("null") && len(s.Type.Slice()) == 2 {
		return s
	}
	var text *openapi3.Schema
	for _, part := range slices.Concat(s.AnyOf, s.OneOf) {
		switch {
		case part.Value == nil:
			return nil
		case part.Value.Type.Is("null"):
		case text != nil || !part.Value.Type.Is("string"):
			return nil
		default:
			text = part.Value
		}
	}
	return text
}
