package spec

import "github.com/getkin/kin-openapi/openapi3"

// Schemas of allOf, anyOf and oneOf all look at one value, and so do those that they are
// made of. Where they are very many, judging one value takes minutes.

// maxCombined is how many schemas may look at one value.
const maxCombined = 10_000

// Tangled reports whether the schema, or one within it, combines more others than can be
// followed, so that its values are not judged.
func (s Schema) Tangled() bool {
	if s.dialect == nil || s.Schema == nil {
		return false
	}
	if known, ok := s.dialect.tangled.Load(s.Schema); ok {
		return known.(bool)
	}
	found := false
	combined := map[*openapi3.Schema]int{}
	walkSchemas(s.Schema, map[*openapi3.Schema]bool{}, func(inner *openapi3.Schema) {
		found = found || combine(inner, combined) > maxCombined
	})
	s.dialect.tangled.Store(s.Schema, found)
	return found
}

// combine counts the schemas that look at a value of one. One that includes itself counts once.
func combine(s *openapi3.Schema, combined map[*openapi3.Schema]int) int {
	if n, known := combined[s]; known {
		return n
	}
	combined[s] = 0
	n := 1
	for _, list := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf, {s.Not}} {
		for _, part := range list {
			if part != nil && part.Value != nil {
				n = min(n+combine(part.Value, combined), maxCombined+1)
			}
		}
	}
	combined[s] = n
	return n
}
