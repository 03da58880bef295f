package spec

import (
	"net"
	"slices"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
)

// Effect is what a request of an operation does to what is there already.
type Effect string

// The effects. A request may be read otherwise than it was meant, so an operation has the
// gravest that any request of it may have.
const (
	Reads   Effect = "reads"   // nothing
	Makes   Effect = "makes"   // something new comes
	Changes Effect = "changes" // one thing, which the request names, is changed or removed
	Many    Effect = "many"    // many things may be changed or removed, or nobody knows what
)

// Effects lists the effects, the gravest last.
var Effects = []Effect{Reads, Makes, Changes, Many}

// Effect returns what the description declares that the operation does, else what its
// method, its path and its responses say. Declared reports which of the two it is.
func (o *Operation) Effect() (effect Effect, declared bool) {
	if o.Conformance.Effect != "" {
		return o.Conformance.Effect, true
	}
	return o.derivedEffect(), false
}

func (o *Operation) derivedEffect() Effect {
	words := wordsOf(o.lastSegment())
	switch {
	case slices.ContainsFunc(o.Parameters, overridesMethod):
		return Many
	case slices.Contains([]string{"GET", "HEAD", "OPTIONS", "QUERY"}, o.Method):
		return Reads
	case o.namesOne():
		if o.Method == "POST" && o.makes() && !harmful(words) {
			return Makes // below the thing that it names
		}
		return Changes
	case harmful(words):
		return Many
	case o.Method == "POST" && slices.ContainsFunc(words, isReading) && o.answersList():
		return Reads
	case o.Method == "POST" && (o.makes() || o.takesOne() && !o.besideItems()):
		return Makes
	}
	return Many
}

// overridesMethod reports whether a parameter may make another method of a request.
func overridesMethod(p Parameter) bool {
	return p.In != "path" && slices.Contains([]string{"x-http-method-override", "x-http-method", "x-method-override", "_method"}, strings.ToLower(p.Name))
}

// takesOne reports whether the operation is about a thing that it is given: a body in which
// a field is mandatory, or a mandatory body that is no object. A filter that may be empty is
// none, and a body that may be left out is one only where it has a mandatory field.
func (o *Operation) takesOne() bool {
	if o.Body == nil {
		return false
	}
	content := o.Body.Fields()
	if content == nil || !content.HasSchema {
		return o.Body.Required && (content != nil || len(o.Body.Content) > 0)
	}
	s := content.Schema.Schema
	anything := s.Type == nil && len(s.Properties)+len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) == 0 && s.AdditionalProperties.Schema == nil // as without a schema
	if len(s.Required) > 0 || o.Body.Required && (anything || s.Type != nil && !s.Type.Includes("object")) {
		return true
	}
	for _, parts := range [][]*openapi3.SchemaRef{s.AllOf, s.OneOf, s.AnyOf} {
		if slices.ContainsFunc(parts, func(part *openapi3.SchemaRef) bool { return part.Value != nil && len(part.Value.Required) > 0 }) {
			return true
		}
	}
	return false
}

// besideItems reports whether the operation stands where the items of a collection do:
// at things/do beside things/{id}. What it does may be about any of them.
func (o *Operation) besideItems() bool {
	path := strings.TrimSuffix(o.Path, "/")
	above := path[:max(0, strings.LastIndex(path, "/"))]
	others := 0
	if strings.HasPrefix(strings.TrimPrefix(path, above), "/{") {
		others = -1 // itself
	}
	return o.Description != nil && others+len(o.Description.itemNames(above)) > 0
}

// namesOne reports whether a parameter in the path names a thing: one that may be
// anything, and is no choice among a few words.
func (o *Operation) namesOne() bool {
	return slices.ContainsFunc(o.Parameters, Parameter.names)
}

// names reports whether a parameter may be the name of a thing.
func (p Parameter) names() bool {
	s := p.Schema.Schema
	return p.In == "path" && (s == nil || len(s.Enum) == 0 && !s.Type.Includes("boolean"))
}

// Names lists the parameters in the path that name a thing.
func (o *Operation) Names() []Parameter {
	return slices.DeleteFunc(slices.Clone(o.Parameters), func(p Parameter) bool { return !p.names() })
}

// makes reports whether the operation documents that something was made: 201, or an
// answer with the id of a thing that has a path of its own beside the operation's.
func (o *Operation) makes() bool {
	if slices.Contains(o.Success(), 201) && slices.ContainsFunc(o.Responses, func(r Response) bool { return r.Key == "201" }) {
		return true
	}
	if o.Description == nil {
		return false
	}
	names := o.Description.itemNames(strings.TrimSuffix(o.Path, "/"))
	return len(names) > 0 && o.answersField(slices.Concat(names, idNames))
}

// itemNames lists by what name the paths below another name one of its items: id for
// things/{id} below things.
func (d *Description) itemNames(path string) []string {
	items := d.items
	if items == nil {
		items = d.itemsByPath()
	}
	return items[path]
}

// itemsByPath lists the names of items by the path above them.
func (d *Description) itemsByPath() map[string][]string {
	items := map[string][]string{}
	for _, o := range d.Operations {
		whole := strings.TrimSuffix(o.Path, "/")
		at := strings.LastIndex(whole, "/")
		if name, one := strings.CutPrefix(whole[at+1:], "{"); at >= 0 && one {
			items[whole[:at]] = append(items[whole[:at]], strings.TrimSuffix(name, "}"))
		}
	}
	return items
}

// idNames are usual names of the field that holds the id of a thing.
var idNames = []string{"id", "uuid", "name", "key", "slug"}

// answersField reports whether the body of a documented success has a field of one of some names.
func (o *Operation) answersField(names []string) bool {
	return slices.ContainsFunc(o.Responses, func(r Response) bool {
		content := r.JSON()
		return strings.HasPrefix(r.Key, "2") && content != nil && content.HasSchema && slices.ContainsFunc(names, content.Schema.hasProperty)
	})
}

// answersList reports whether the body of a documented success is a list, a number, or
// an object that holds a list.
func (o *Operation) answersList() bool {
	return slices.ContainsFunc(o.Responses, func(r Response) bool {
		content := r.JSON()
		if !strings.HasPrefix(r.Key, "2") || content == nil || !content.HasSchema {
			return false
		}
		s := content.Schema.Schema
		if s.Type.Includes("array") || s.Type.Includes("integer") || s.Type.Includes("number") {
			return true
		}
		for _, property := range s.Properties {
			if property.Value != nil && property.Value.Type.Includes("array") {
				return true
			}
		}
		return false
	})
}

// hasProperty reports whether objects of the schema have a property, in a part of allOf too.
func (s Schema) hasProperty(name string) bool {
	if s.Schema.Properties[name] != nil {
		return true
	}
	for _, part := range s.Schema.AllOf {
		if part.Value != nil && part.Value.Properties[name] != nil {
			return true
		}
	}
	return false
}

// lastSegment is the last segment of the path that is no parameter.
func (o *Operation) lastSegment() string {
	path, _, _ := strings.Cut(o.Path, "?")
	for _, segment := range slices.Backward(strings.Split(path, "/")) {
		if segment != "" && !strings.HasPrefix(segment, "{") {
			return segment
		}
	}
	return ""
}

// wordsOf takes a segment apart: bulk_delete, bulk-delete, bulkDelete and items:delete.
func wordsOf(segment string) []string {
	var b strings.Builder
	for _, c := range segment {
		switch {
		case unicode.IsUpper(c):
			b.WriteRune(' ')
			b.WriteRune(unicode.ToLower(c))
		case unicode.IsLetter(c), unicode.IsDigit(c):
			b.WriteRune(c)
		default:
			b.WriteRune(' ')
		}
	}
	return strings.Fields(b.String())
}

func isReading(word string) bool {
	return slices.Contains([]string{"filter", "search", "query", "count", "paginate", "validate", "find", "lookup", "list", "read", "history", "preview", "check"}, word)
}

// harmful reports whether a segment says that more than one thing is changed.
func harmful(words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool {
		return slices.Contains([]string{
			"bulk", "batch", "all", "delete", "remove", "destroy", "purge", "clear", "clean", "cleanup", "flush", "drop", "truncate", "wipe", "prune", "expire",
			"reset", "set", "update", "increment", "decrement", "cancel", "stop", "shutdown", "restart", "restore", "import", "replace", "merge", "move", "archive", "revoke", "disable",
		}, word)
	})
}

// IsProduction reports whether a host, with or without a port, is marked as one of a
// production environment.
func (d *Description) IsProduction(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	return slices.ContainsFunc(d.Production, func(marked string) bool {
		return strings.EqualFold(marked, hostport) || strings.EqualFold(marked, strings.TrimSuffix(host, "."))
	})
}
