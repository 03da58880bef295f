package plan

import (
	"slices"
	"strings"
)

// Option is an optional query parameter or header that several operations have alike.
type Option struct{ In, Name, Schema string }

// String names it.
func (o Option) String() string {
	if o.In == "header" {
		return "the optional header " + o.Name
	}
	return "the optional " + o.In + " parameter " + o.Name
}

// Without is a request that lacks an optional parameter.
func (r Request) Without(o Option) Request {
	if o.In == "header" {
		r.Header = slices.DeleteFunc(slices.Clone(r.Header), func(f Field) bool { return strings.EqualFold(f.Name, o.Name) })
		return r
	}
	r.Query = slices.DeleteFunc(slices.Clone(r.Query), func(f Field) bool { return f.Name == o.Name })
	return r
}

// Has reports whether a request carries an optional parameter.
func (r Request) Has(o Option) bool {
	without := r.Without(o)
	return len(without.Header) < len(r.Header) || len(without.Query) < len(r.Query)
}
