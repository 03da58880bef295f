package plan

import (
	"net/url"
	"slices"
	"strings"

	"qorcheck/spec"
)

// Request is what is sent.
type Request struct {
	Method string   `json:"method"`
	Path   Template `json:"path"` // below the target's base, escaped
	Query  []Field  `json:"query,omitempty"`
	Header []Field  `json:"header,omitempty"`
	Body   Template `json:"body,omitempty"`
	// HasBody distinguishes an empty body from none.
	HasBody bool `json:"hasBody,omitempty"`
}

// Form reports whether the body is sent as a form.
func (r Request) Form() bool {
	return slices.ContainsFunc(r.Header, func(f Field) bool { return f.Name == "Content-Type" && spec.Form(string(f.Value)) })
}

// Field is a query parameter or header.
type Field struct {
	Name  string   `json:"name"`
	Value Template `json:"value"`
	// Encoded says of a query parameter that its value is escaped already: it holds
	// separators that go over the wire as they are.
	Encoded bool `json:"encoded,omitempty"`
}

// Absent reports whether a header is not sent at all: an Accept without a value, in
// place of the one that every other request has.
func (f Field) Absent() bool { return f.Value == "" && strings.EqualFold(f.Name, "Accept") }

// Location returns the path and the query of a request, its mark included, as they go
// over the wire below the target's base; placeholders are escaped when filled. A path of the
// description may have a query of its own, and a fragment, which is never sent.
func (r Request) Location() (path, query Template) {
	path, _, _ = r.Path.split("#")
	path, own, has := path.split("?")
	if has {
		query = "?" + own
	}
	for _, field := range r.Query {
		mark := Template("&")
		if query == "" {
			mark = "?"
		}
		value := field.Value
		if !field.Encoded {
			value = value.Escape(url.QueryEscape)
		}
		query += mark + Template(url.QueryEscape(field.Name)) + "=" + value
	}
	return path, query
}

// split cuts a template at the first occurrence of a mark in it.
func (t Template) split(mark string) (before, after Template, found bool) {
	b, a, found := strings.Cut(string(t), mark)
	return Template(b), Template(a), found
}
