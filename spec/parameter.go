package spec

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// parameters reads parameters. Those of a later list replace those of an earlier one.
func (r reader) parameters(lists ...openapi3.Parameters) []Parameter {
	byKey := map[string]Parameter{}
	for _, list := range lists {
		for _, ref := range list {
			if p := ref.Value; p != nil {
				byKey[p.In+"\x00"+p.Name] = r.parameter(p)
			}
		}
	}
	var sorted []Parameter
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		sorted = append(sorted, byKey[key])
	}
	return sorted
}

// parameter reads one parameter, which is described by a schema and a style, or by one content.
func (r reader) parameter(p *openapi3.Parameter) Parameter {
	made := Parameter{Name: p.Name, In: p.In, Required: p.Required, Example: p.Example, Style: p.Style}
	if inForm := p.In == "query" || p.In == "cookie"; made.Style == "" && inForm {
		made.Style = "form"
	} else if made.Style == "" {
		made.Style = "simple"
	}
	made.Explode = p.Explode == nil && made.Style == "form" || p.Explode != nil && *p.Explode
	made.takeExamples(p.Examples)
	schema := p.Schema
	if len(p.Content) > 0 { // the standard allows one
		made.MediaType = slices.Min(slices.Collect(maps.Keys(p.Content)))
		if m := p.Content[made.MediaType]; m != nil {
			schema, made.Example = m.Schema, m.Example
			made.takeExamples(m.Examples)
		}
	}
	if schema == nil || schema.Value == nil {
		schema = (&openapi3.Schema{}).NewRef() // takes any value
	}
	if made.Schema = r.schema(schema); schema.Value.Format == "password" {
		r.secrets[p.Name] = true
	}
	return made
}

// takeExamples takes the first of the named examples where there is no other.
func (p *Parameter) takeExamples(examples openapi3.Examples) {
	for _, name := range slices.Sorted(maps.Keys(examples)) {
		if e := examples[name].Value; p.Example == nil && e != nil {
			p.Example = e.Value
		}
	}
}

// ignored reports whether OpenAPI ignores a parameter: these headers are described by
// the media types and the security of an operation.
func ignored(p Parameter) bool {
	return p.In == "header" && slices.Contains([]string{"accept", "content-type", "authorization"}, strings.ToLower(p.Name))
}

// carries reports whether a security scheme of an operation sends what a parameter
// describes once more: a request carries it once, as a credential.
func (r reader) carries(o *Operation, p Parameter) bool {
	for _, alternative := range o.Security {
		for _, name := range alternative {
			s := r.description.Schemes[name]
			if s.In == p.In && (s.Field == p.Name || s.In == "header" && strings.EqualFold(s.Field, p.Name)) {
				return true
			}
		}
	}
	return false
}
