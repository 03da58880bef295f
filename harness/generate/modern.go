package generate

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/spec"
)

// addition is what JSON Schema 2020-12 says of a place beyond OpenAPI 3.0.
type addition struct {
	prefix   []*openapi3.Schema // of the first items
	rest     *openapi3.Schema   // of the items after those
	contains *openapi3.Schema
	least    int                // how many items must match it
	names    *openapi3.Schema   // of property names
	named    []string           // patterns of property names, each with a schema of its own
	asking   []*openapi3.Schema // those that ask for more where something is there: if, dependentRequired, dependentSchemas
}

// takeModern takes what a schema says beyond OpenAPI 3.0.
func (v *view) takeModern(s *openapi3.Schema) {
	if len(s.PrefixItems) > 0 && v.prefix == nil {
		for _, item := range s.PrefixItems {
			v.prefix = append(v.prefix, item.Value)
		}
	}
	if s.Contains != nil && s.Contains.Value != nil && v.contains == nil {
		v.contains, v.least = s.Contains.Value, 1
		if s.MinContains != nil {
			v.least = int(min(*s.MinContains, maxSize))
		}
	}
	if s.PropertyNames != nil && v.names == nil {
		v.names = s.PropertyNames.Value
	}
	for _, pattern := range slices.Sorted(maps.Keys(s.PatternProperties)) {
		v.named = append(v.named, pattern)
		if v.extra == nil && s.PatternProperties[pattern].Value != nil {
			v.extra, v.described = s.PatternProperties[pattern].Value, true
		}
	}
	if s.If != nil || len(s.DependentRequired) > 0 || len(s.DependentSchemas) > 0 {
		v.asking = append(v.asking, s)
	}
}

// extraNames are names for properties that the schema does not name, the n first of them.
func (v view) extraNames(n int) (list []string) {
	var candidates []string
	if len(v.named) == 0 {
		candidates = append(candidates, extraName)
		for i := range n {
			candidates = append(candidates, "extra"+strings.Repeat("x", i+1))
		}
	}
	patterns := v.named
	if v.names != nil {
		names := v.maker.view(v.names, "", nil)
		for _, word := range names.enum {
			if text, ok := word.(string); ok {
				candidates = append(candidates, text)
			}
		}
		patterns = slices.Concat(patterns, names.patterns)
	}
	for _, pattern := range patterns {
		for repeat := range n + 2 {
			if text, ok := match(pattern, repeat); ok {
				candidates = append(candidates, text)
				for _, c := range "bcdefghijklmnopqrstuvwxyz123456789" {
					candidates = append(candidates, text[:max(len(text)-1, 0)]+string(c), text+string(c))
				}
			}
		}
	}
	for _, name := range candidates {
		_, known := v.properties[name]
		if len(list) < n && !known && v.takesName(name) && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// takesName reports whether a property that the schema does not name may have a name.
func (v view) takesName(name string) bool {
	if len(v.named) > 0 && !spec.Matches(v.named[0], name) {
		return false
	}
	return v.names == nil || len(v.maker.Schema.At(v.names).Violations(name, spec.Sent)) == 0
}

// extraPlace is the name that stands for all properties that the schema does not name.
func (v view) extraPlace() string {
	if len(v.named) == 0 && v.names == nil {
		return extraName
	}
	if list := v.extraNames(1); len(list) > 0 {
		return list[0]
	}
	return extraName
}

// tuple makes a list whose first items have schemas of their own, or that must hold some.
func (m Maker) tuple(v view, at spot) any {
	list := []any{}
	for i, s := range v.prefix {
		if v.maxItems >= 0 && i >= v.maxItems {
			return list
		}
		list = append(list, m.value(s, at.below("/"+strconv.Itoa(i))))
	}
	if v.contains != nil {
		s := v.contains
		if v.items != nil && len(v.prefix) == 0 {
			s = both(v.items, s)
		}
		list = append(list, m.row(v, m.value(s, at.below("/"+strconv.Itoa(len(list)))), v.least)...)
	}
	for rest := v.rest; len(list) < min(v.minItems, maxSize) && sendable(rest); {
		list = append(list, m.value(rest, at.below("/"+strconv.Itoa(len(list)))))
	}
	return list
}

// complete gives an object what others of its properties ask for.
func (m Maker) complete(v view, object map[string]any, at spot) {
	for range 4 * len(v.asking) {
		found := v.violations(object)
		if len(found) == 0 || !m.completed(v, object, at, found) {
			return
		}
	}
}

// completed makes one property anew, or adds one, so that an object breaks less.
func (m Maker) completed(v view, object map[string]any, at spot, found []spec.Violation) bool {
	for _, name := range v.asked(object, found) {
		old, there := object[name]
		for _, s := range v.schemasOf(name) {
			object[name] = m.value(s, at.below(spec.Pointer(name)))
			if len(v.violations(object)) < len(found) {
				return true
			}
		}
		if delete(object, name); there {
			object[name] = old
		}
	}
	return false
}

// asked lists the properties that an object lacks or that are not as others ask for them.
func (v view) asked(object map[string]any, found []spec.Violation) (names []string) {
	for _, one := range found {
		if tokens := spec.Tokens(one.Pointer); len(tokens) > 0 {
			names = append(names, tokens[0])
		}
	}
	for _, s := range v.asking {
		for name, others := range s.DependentRequired {
			if _, there := object[name]; there {
				names = append(names, others...)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// schemasOf lists the schemas that a property may have to match.
func (v view) schemasOf(name string) []*openapi3.Schema {
	base := v.properties[name]
	var list []*openapi3.Schema
	for _, s := range v.asking {
		for _, part := range append([]*openapi3.SchemaRef{s.Then, s.Else}, slices.Collect(maps.Values(s.DependentSchemas))...) {
			if part == nil || part.Value == nil {
				continue
			}
			if p := part.Value.Properties[name]; p != nil && p.Value != nil {
				list = append(list, both(base, p.Value))
			}
		}
	}
	if base == nil {
		base = openapi3.NewStringSchema()
	}
	return append(list, base)
}
