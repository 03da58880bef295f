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

	TokenURL string // where client credentials are exchanged for it (OAuth 2), "" where they are not
	LogIn    bool   // its value is a token that only a log-in of a person gives
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
		made := Scheme{Name: name, In: "header", Field: "Authorization", Prefix: "Bearer "}
		if s.Flows != nil && s.Flows.ClientCredentials != nil {
			made.TokenURL = s.Flows.ClientCredentials.TokenURL
		}
		made.LogIn = s.Type == "openIdConnect" || s.Type == "oauth2" && (s.Flows == nil || s.Flows.ClientCredentials == nil)
		return made, true
	}
	return Scheme{}, false
}

// alternatives gives an operation the combinations of schemes that a request can carry. A client
// certificate belongs to the connection: where every combination needs one, the
// certificate is taken as given and the other schemes of each remain. A combination with
// a scheme of another kind, such as HTTP digest, cannot be carried.
func (r reader) alternatives(o *Operation, source openapi3.SecurityRequirements) {
	var whole, rest [][]string
	lacking := ""
	for _, alternative := range source {
		names := slices.Sorted(maps.Keys(alternative))
		if i := slices.IndexFunc(names, func(name string) bool { return r.unsupported[name] != "" }); i >= 0 {
			lacking = "the operation needs " + names[i] + ", a credential of " + r.unsupported[names[i]] + ", which is not supported"
			continue
		}
		carried := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			_, ok := r.description.Schemes[name]
			return !ok
		})
		if rest = append(rest, carried); len(carried) == len(names) {
			whole = append(whole, carried)
		}
	}
	switch {
	case len(whole) > 0:
		o.Security = whole
	case len(rest) > 0:
		o.Security, o.Certificate = rest, true
	default:
		o.Unsendable = lacking
	}
}

// unsupported says what a scheme is that requests cannot carry and connections do not, "" for
// any other.
func unsupported(s *openapi3.SecurityScheme) string {
	if s.Type == "mutualTLS" {
		return ""
	}
	if _, ok := scheme("", s); ok {
		return ""
	}
	return strings.TrimSpace(s.Type + " " + s.Scheme)
}

// undefinedSchemes lists the schemes that operations need and the document does not
// define: no request can carry them.
func undefinedSchemes(doc *openapi3.T) map[string]string {
	missing := map[string]string{}
	add := func(list openapi3.SecurityRequirements) {
		for _, alternative := range list {
			for name := range alternative {
				if doc.Components == nil || doc.Components.SecuritySchemes[name] == nil {
					missing[name] = "a scheme that the description does not define"
				}
			}
		}
	}
	add(doc.Security)
	for _, item := range doc.Paths.Map() {
		for _, o := range item.Operations() {
			if o.Security != nil {
				add(*o.Security)
			}
		}
	}
	return missing
}
