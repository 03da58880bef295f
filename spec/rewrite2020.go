package spec

import (
	"encoding/json"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// rewrite makes a tree what the compiler understands.
func (d *dialect2020) rewrite(tree any) {
	if !d.addressed {
		dropAddresses(tree)
	}
	withExactBounds(tree)
	withKinds(tree, d.heirs)
	if !d.always {
		from30(tree)
	}
}

// dropAddresses removes the addresses and names of schemas: references lead to places
// when they come here. Only dynamic references need them.
func dropAddresses(tree any) {
	switch t := tree.(type) {
	case map[string]any:
		for _, name := range []string{"$id", "$anchor", "$schema", "$dynamicAnchor"} {
			if _, ok := t[name].(string); ok {
				delete(t, name)
			}
		}
		for name, inner := range t {
			if !slices.Contains(asData, name) {
				dropAddresses(inner)
			}
		}
	case []any:
		for _, inner := range t {
			dropAddresses(inner)
		}
	}
}

// from30 rewrites the schemas of OpenAPI 3.0 in a tree as JSON Schema 2020-12 has them.
func from30(tree any) {
	switch t := tree.(type) {
	case map[string]any:
		for name, inner := range t {
			if name != "example" && name != "examples" && name != "default" && name != "enum" {
				from30(inner)
			}
		}
		if kind, ok := t["type"].(string); ok && t["nullable"] == true {
			t["type"] = []any{kind, "null"}
		}
		for exclusive, bound := range map[string]string{"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"} {
			if is, ok := t[exclusive].(bool); ok {
				delete(t, exclusive)
				if limit, there := t[bound]; is && there {
					t[exclusive] = limit
					delete(t, bound)
				}
			}
		}
	case []any:
		for _, inner := range t {
			from30(inner)
		}
	}
}

// rooted makes the references of a schema lead into the description that it is part of.
func rooted(tree any) any {
	switch t := tree.(type) {
	case map[string]any:
		for name, inner := range t {
			if ref, ok := inner.(string); ok && name == "$ref" && strings.HasPrefix(ref, "#/") {
				t[name] = documentURL + ref
			} else {
				t[name] = rooted(inner)
			}
		}
	case []any:
		for i, inner := range t {
			t[i] = rooted(inner)
		}
	}
	return tree
}

// refer keeps a reference that has keywords beside it: the loader makes one schema of
// both, from which unevaluatedProperties does not see what the reference evaluates.
func (d *dialect2020) refer(ref *openapi3.SchemaRef) {
	if d.always && d.names[ref.Value] == "" && strings.HasPrefix(ref.Ref, "#") {
		d.refs[ref.Value] = ref
	}
}

// route says which values of a schema of OpenAPI 3.0 the dialect judges.
type route int

const (
	numbersApart route = iota // those with numbers that a float64 does not hold
	nullsApart                // those with null too
	allThere                  // all of them
)

// judges reports whether the dialect judges a value by a schema: all of OpenAPI 3.1. Of 3.0
// it judges schemas that lead to a discriminator, to a bound that a float64 does not hold
// or to a fraction of which values are multiples, and the values that its route names.
func (d *dialect2020) judges(s *openapi3.Schema, value any) bool {
	if d == nil || d.always {
		return d != nil
	}
	known, ok := d.routes.Load(s)
	if !ok {
		known = routeOf(s)
		d.routes.Store(s, known)
	}
	switch known.(route) {
	case allThere:
		return true
	case nullsApart:
		return beyondFloat(value) || holdsNull(value)
	}
	return beyondFloat(value)
}

// maxNested is how many schemas the validator of OpenAPI 3.0 judges one value by: its work
// grows with the square of their number, and worse.
const maxNested = 64

func routeOf(s *openapi3.Schema) route {
	found := numbersApart
	walkSchemas(s, map[*openapi3.Schema]bool{}, func(inner *openapi3.Schema) {
		_, exact := inner.Extensions[exactMark]
		several := len(inner.AllOf)+len(inner.AnyOf)+len(inner.OneOf) > 0 || inner.Not != nil
		switch {
		case inner.Discriminator != nil, exact, combine(inner, map[*openapi3.Schema]bool{}, maxNested+1) > maxNested, inner.MultipleOf != nil && *inner.MultipleOf != math.Trunc(*inner.MultipleOf):
			found = allThere
		case several && (inner.Type != nil || inner.Nullable || len(inner.Enum) > 0), len(inner.Enum) > 0 && inner.Nullable:
			found = max(found, nullsApart)
		}
	})
	return found
}

// holdsNull reports whether a value is null, or holds it.
func holdsNull(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case map[string]any:
		for _, inner := range v {
			if holdsNull(inner) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, holdsNull)
	}
	return false
}

// clarifyNullable makes the schemas of OpenAPI 3.0 that have no type take null, as the
// standard was clarified: nullable alters a type, and there is none. Those that list words
// or are made of others are left to them.
func clarifyNullable(doc *openapi3.T) {
	if doc.IsOpenAPI31OrLater() {
		return
	}
	eachValue(reflect.ValueOf(doc), map[uintptr]bool{}, func(value any) {
		s, ok := value.(*openapi3.Schema)
		if !ok || s.Type != nil || len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) > 0 || s.Not != nil || s.Always != nil {
			return
		}
		s.Nullable = len(s.Enum) == 0 || slices.Contains(s.Enum, nil)
	})
}

// withExactBounds gives the schemas in a tree the bounds that a float64 does not hold.
func withExactBounds(tree any) {
	switch t := tree.(type) {
	case map[string]any:
		kept, _ := t[exactMark].(map[string]any)
		for keyword, text := range kept {
			if text, ok := text.(string); ok {
				t[keyword] = json.Number(text)
			}
		}
		delete(t, exactMark)
		for _, inner := range t {
			withExactBounds(inner)
		}
	case []any:
		for _, inner := range t {
			withExactBounds(inner)
		}
	}
}

// walkSchemas calls a function with a schema and those within it, once each.
func walkSchemas(s *openapi3.Schema, seen map[*openapi3.Schema]bool, visit func(*openapi3.Schema)) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	visit(s)
	refs := slices.Concat(s.AllOf, s.AnyOf, s.OneOf, openapi3.SchemaRefs{s.Not, s.Items, s.AdditionalProperties.Schema}, slices.Collect(maps.Values(s.Properties)))
	for _, ref := range refs {
		if ref != nil {
			walkSchemas(ref.Value, seen, visit)
		}
	}
}
