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
	walkSchemas(s.Schema, map[*openapi3.Schema]bool{}, func(inner *openapi3.Schema) {
		found = found || combine(inner, map[*openapi3.Schema]bool{}, maxCombined+1) > maxCombined
	})
	s.dialect.tangled.Store(s.Schema, found)
	return found
}

// combine counts the schemas that look at a value of one, as often as they do: on each way
// that leads to them without passing one twice, which is how a validator follows schemas
// that include each other. It counts no further than a limit.
func combine(s *openapi3.Schema, passed map[*openapi3.Schema]bool, limit int) int {
	if passed[s] {
		return 1
	}
	passed[s] = true
	defer delete(passed, s)
	n := 1
	for _, list := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf, {s.Not}} {
		for _, part := range list {
			if part != nil && part.Value != nil && n < limit {
				n += combine(part.Value, passed, limit-n)
			}
		}
	}
	return n
}
