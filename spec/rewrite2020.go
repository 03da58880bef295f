package spec

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// rewrite makes a tree what the compiler understands.
func (d *dialect2020) rewrite(tree any) {
	if !d.addressed {
		dropAddresses(tree)
	}
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

// judges reports whether the dialect judges a schema: all of OpenAPI 3.1, of 3.0 those
// that lead to a discriminator.
func (d *dialect2020) judges(s *openapi3.Schema) bool {
	if d == nil || d.always {
		return d != nil
	}
	if known, ok := d.kinds.Load(s); ok {
		return known.(bool)
	}
	found := false
	walkSchemas(s, map[*openapi3.Schema]bool{}, func(inner *openapi3.Schema) { found = found || inner.Discriminator != nil })
	d.kinds.Store(s, found)
	return found
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
