package spec

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Scheme is one security scheme, reduced to where its value goes.
type Scheme struct {
	Name   string // key in securitySchemes
	In     string // header, query or cookie
	Field  string // header, parameter or cookie name
	Prefix string // put before the value: "Bearer " or "Basic "
}

// scheme reduces a security scheme to where its value goes, and reports whether it has
// one that a request can carry: mutual TLS has none.
func scheme(name string, s *openapi3.SecurityScheme) (Scheme, bool) {
	switch {
	case s.Type == "apiKey":
		return Scheme{Name: name, In: s.In, Field: s.Name}, true
	case s.Type == "http" && strings.EqualFold(s.Scheme, "basic"):
		return Scheme{Name: name, In: "header", Field: "Authorization", Prefix: "Basic "}, true
	case s.Type == "http" && strings.EqualFold(s.Scheme, "bearer"), s.Type == "oauth2", s.Type == "openIdConnect":
		return Scheme{Name: name, In: "header", Field: "Authorization", Prefix: "Bearer "}, true
	}
	return Scheme{}, false
}

// alternatives lists the combinations of schemes that a request can carry. A client
// certificate belongs to the connection: where every combination needs one, the
// certificate is taken as given and the other schemes of each remain.
func (r reader) alternatives(source openapi3.SecurityRequirements) [][]string {
	var whole, rest [][]string
	for _, alternative := range source {
		names := slices.Sorted(maps.Keys(alternative))
		carried := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			_, ok := r.description.Schemes[name]
			return !ok
		})
		if rest = append(rest, carried); len(carried) == len(names) {
			whole = append(whole, carried)
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return rest
}
