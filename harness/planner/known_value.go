package planner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// The fixtures may give a value of a parameter, or of a field of a body, under known: by
// operation and name, by name alone, or by the component that is its schema. It names
// something that exists. It is read wherever it fits, and changed only by the operations
// under its may, each time another one.

// knownKeys lists under which names of known the value of a parameter may be given, the
// most exact first.
func knownKeys(o *spec.Operation, name, schema string) []string {
	keys := []string{o.ID + "." + name, name}
	if schema != "" {
		keys = append(keys, schema)
	}
	return keys
}

// knownValue is the value of a parameter that the fixtures give, and reports whether they
// do. What an operation changes is another one in each case.
func (d *drafter) knownValue(o *spec.Operation, p spec.Parameter) (any, bool) {
	if len(d.knownValues) == 0 {
		return nil, false
	}
	effect, _ := d.effect(o)
	for _, key := range knownKeys(o, p.Name, p.Schema.Name) {
		list := d.knownValues[key]
		if len(list) == 0 {
			continue
		}
		if effect == spec.Changes && isLastName(o, p) {
			if slices.ContainsFunc(list, func(one settings.Known) bool { return mayChange(one, o) }) {
				return string(plan.TemplateOf(plan.FromKnown, key)), true
			}
			return nil, false
		}
		return typed(p, list[0].ID)
	}
	return nil, false
}

// isLastName reports whether a parameter is the last one in the path that names a thing:
// the thing that the operation is about.
func isLastName(o *spec.Operation, p spec.Parameter) bool {
	names := o.Names()
	return p.In == "path" && len(names) > 0 && !slices.ContainsFunc(names, func(other spec.Parameter) bool {
		return strings.Index(o.Path, "{"+other.Name+"}") > strings.Index(o.Path, "{"+p.Name+"}")
	})
}

// knownField is the value of a field of a body that the fixtures give.
func (v values) knownField(field string, s *openapi3.Schema) (any, bool) {
	if s == nil || len(v.knownValues) == 0 {
		return nil, false
	}
	for _, key := range knownKeys(v.operation, field, "") {
		if list := v.knownValues[key]; len(list) > 0 {
			return typed(spec.Parameter{Schema: spec.Schema{Schema: s}}, list[0].ID)
		}
	}
	return nil, false
}

// refers reports whether a field or a parameter has the name of a reference to a thing,
// such as customer_id. Ids that a client gives to its own request, such as X-Request-ID, are none.
func refers(field string) bool {
	for _, suffix := range []string{"_id", "-id", "Id", "ID", "_uuid", "Uuid", "UUID"} {
		if before, ok := strings.CutSuffix(field, suffix); ok && before != "" {
			return !slices.ContainsFunc(ofRequests, func(word string) bool {
				return strings.HasSuffix(strings.TrimRight(strings.ToLower(before), "_-"), word)
			})
		}
	}
	return false
}

// ofRequests are words for a request or what it is part of, by which clients name their own.
var ofRequests = []string{"request", "correlation", "trace", "span", "idempotency"}

// inventedReference is an id made from the run id, for a field that refers to a thing of
// which nothing is known.
func (v values) inventedReference(field string, s *openapi3.Schema) (any, bool) {
	if _, declared := v.effect(v.operation); declared || !refers(field) {
		return nil, false
	}
	if s = textOf(s); s == nil || len(s.Enum) > 0 {
		return nil, false
	}
	name := v.inventedName(spec.Parameter{Name: field, Schema: spec.Schema{Schema: s}})
	return string(name), name != ""
}

// inventedIn lists what a request names that may not exist: in its path, its query, its
// header and its body.
func (d *drafter) inventedIn(made draft) []string {
	list := slices.Clone(made.invented)
	o := made.operation
	if _, declared := d.effect(o); declared {
		return list
	}
	add := func(name string, known []string) {
		given := func(key string) bool { return len(d.knownValues[key]) > 0 }
		if refers(name) && !slices.Contains(list, name) && !slices.ContainsFunc(known, given) {
			list = append(list, name)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(made.parameters)) {
		if p := made.parameter(key); p.In != "path" && made.bound[key] == nil && (p.Schema.Schema == nil || len(p.Schema.Enum) == 0) {
			add(p.Name, knownKeys(o, p.Name, p.Schema.Name))
		}
	}
	if made.hasBody && made.raw == nil {
		eachField(made.body, "", func(pointer, field string, value any) {
			if text, is := value.(string); made.bound[pointer] == nil && !(is && isAnswer(text)) {
				add(field, knownKeys(o, field, ""))
			}
		})
	}
	for _, field := range append(d.ownIDsIn(made), d.unlikePath(made)) {
		if field != "" && !slices.Contains(list, field) {
			list = append(list, field)
		}
	}
	return list
}

// eachField visits the fields of a body that hold a text or a number.
func eachField(value any, pointer string, visit func(pointer, field string, value any)) {
	switch v := value.(type) {
	case map[string]any:
		for _, field := range slices.Sorted(maps.Keys(v)) {
			at := pointer + spec.Pointer(field)
			switch v[field].(type) {
			case nil, bool:
			case map[string]any, []any:
				eachField(v[field], at, visit)
			default:
				visit(at, field, v[field])
			}
		}
	case []any:
		for i, item := range v {
			eachField(item, fmt.Sprintf("%s/%d", pointer, i), visit)
		}
	}
}

// namesUnbound reports whether a name in the path of a request is none that a link fills.
func (d *drafter) namesUnbound(made draft) bool {
	_, declared := d.effect(made.operation)
	return !declared && slices.ContainsFunc(made.operation.Names(), func(p spec.Parameter) bool { return made.bound["path:"+p.Name] == nil })
}

// UnusedKnown lists the names under known that neither a link nor a parameter, a field or a
// schema of a parameter has, sorted.
func UnusedKnown(d *spec.Description, f *settings.Fixtures) (unused []string) {
	if len(f.Known) == 0 {
		return nil
	}
	used := map[string]bool{}
	for _, name := range d.KnownNames() {
		used[name] = true
	}
	for _, o := range d.Operations {
		for _, p := range o.Parameters {
			for _, key := range knownKeys(o, p.Name, p.Schema.Name) {
				used[key] = true
			}
		}
		for _, p := range fieldsOf(o) {
			for _, key := range knownKeys(o, p.Name, "") {
				used[key] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(f.Known)), func(name string) bool { return used[name] })
}
