package spec

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// checkPlaces refuses pointers in x-conformance that lead to no field of any request.
func (d *Description) checkPlaces() error {
	var bodies []Schema
	for _, o := range d.Operations {
		if o.Body != nil {
			for _, c := range o.Body.Content {
				if c.HasSchema {
					bodies = append(bodies, c.Schema)
				}
			}
		}
	}
	for _, o := range d.Operations {
		for _, pointer := range o.Conformance.requestPlaces() {
			if len(bodies) > 0 && !slices.ContainsFunc(bodies, func(s Schema) bool { return s.Documents(pointer) }) {
				return fmt.Errorf("%s: %s: no request of the description has such a field", extension, pointer)
			}
		}
	}
	return nil
}

// requestPlaces lists the request fields that a block names.
func (c Conformance) requestPlaces() []string {
	var list []string
	for _, u := range c.Unique {
		list = append(list, u.Field)
	}
	if c.Amounts != nil {
		list = append(list, c.Amounts.Fields...)
	}
	list = append(list, c.NeverShown...)
	if c.Merchant != nil {
		list = append(list, c.Merchant.Field)
	}
	for _, e := range c.Echo {
		list = append(list, e.Request)
	}
	for _, p := range c.Present {
		list = slices.AppendSeq(list, maps.Keys(p.Request))
	}
	for _, d := range c.Dependent {
		list = append(list, d.Field)
	}
	return list
}

// Documents reports whether a schema has the property or item that a pointer names.
func (s Schema) Documents(pointer string) bool { return documents(s.Schema, Tokens(pointer), 0) }

func documents(s *openapi3.Schema, tokens []string, depth int) bool {
	if s == nil || depth > 32 {
		return false
	}
	if len(tokens) == 0 {
		return true
	}
	if property := s.Properties[tokens[0]]; property != nil && documents(property.Value, tokens[1:], depth+1) {
		return true
	}
	if _, err := strconv.ParseUint(tokens[0], 10, 31); err == nil && s.Items != nil && documents(s.Items.Value, tokens[1:], depth+1) {
		return true
	}
	if extra := s.AdditionalProperties.Schema; extra != nil && documents(extra.Value, tokens[1:], depth+1) {
		return true
	}
	for _, list := range []openapi3.SchemaRefs{s.AllOf, s.OneOf, s.AnyOf} {
		for _, part := range list {
			if documents(part.Value, tokens, depth+1) {
				return true
			}
		}
	}
	return false
}
