package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/spec"
)

// notFoundCases makes requests that are right but for where they go.
func (b *builder) notFoundCases(o *spec.Operation, base draft, prepared []Step) {
	if path := b.unknownPath(o.Path); path != "" {
		d := base.clone()
		d.path = path
		b.add(o, "not-found.path", "", "the path is none that the description has", d, prepared, nil)
	} else {
		b.skip(o, "not-found.path", "every path is one that the description has")
	}
	if method := b.unknownMethod(o.Path); method != "" {
		d := base.clone()
		d.method = method
		b.add(o, "not-found.method", strings.ToLower(method), "the path has no method "+method, d, prepared, nil)
	} else {
		b.skip(o, "not-found.method", "the path has every method")
	}
	b.unknownID(o, base, prepared)
}

const unknownSegment = "-unknown"

// unknownPath alters the last fixed segment of a path, or an earlier one, until
// no path of the description matches.
func (b *builder) unknownPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range slices.Backward(segments) {
		if segment == "" || strings.Contains(segment, "{") {
			continue
		}
		altered := slices.Clone(segments)
		altered[i] = segment + unknownSegment
		if candidate := strings.Join(altered, "/"); !b.known(candidate) {
			return candidate
		}
	}
	return ""
}

var parameterInPath = regexp.MustCompile(`\\\{[^/]*?\\\}`)

// known tells whether a path of the description matches, taking {…} for any segment.
func (b *builder) known(path string) bool {
	return slices.ContainsFunc(b.description.Operations, func(o *spec.Operation) bool {
		return matches(o.Path, path)
	})
}

// matches tells whether a path of the description, with any segment for {…}, is this one.
func matches(template, path string) bool {
	expression := parameterInPath.ReplaceAllString(regexp.QuoteMeta(template), "[^/]+")
	ok, err := regexp.MatchString("^"+expression+"$", path)
	return err != nil || ok
}

// unknownMethod finds a method that a path does not document.
func (b *builder) unknownMethod(path string) string {
	for _, method := range []string{"PUT", "PATCH", "GET", "DELETE", "POST"} {
		if !slices.ContainsFunc(b.description.Operations, func(o *spec.Operation) bool { return o.Method == method && matches(o.Path, path) }) {
			return method
		}
	}
	return ""
}

// unknownID alters the ids that bind a request to its preparation.
func (b *builder) unknownID(o *spec.Operation, base draft, prepared []Step) {
	d := base.clone()
	var altered []string
	for key, value := range d.parameters {
		text, ok := value.(string)
		_, bound := d.bound[key]
		switch {
		case ok && strings.HasPrefix(text, answered):
			d.parameters[key] = unlike(text)
		case ok && bound && strings.HasPrefix(key, "path:"): // made known by the preparation
			d.parameters[key] = text + unknownSegment
		default:
			continue
		}
		altered = append(altered, key)
	}
	for _, p := range fieldsOf(o) {
		if value, _ := spec.Lookup(d.body, p.Pointer); value != nil {
			if text, ok := value.(string); ok && strings.HasPrefix(text, answered) {
				d.body = generate.Set(d.body, p.Pointer, unlike(text))
				altered = append(altered, p.Pointer)
			}
		}
	}
	if len(altered) == 0 {
		b.skip(o, "not-found.id", "no link leads to the operation, so none of its fields is known to be an id")
		return
	}
	slices.Sort(altered)
	b.add(o, "not-found.id", "", fmt.Sprintf("%s names nothing that exists", strings.Join(altered, " and ")), d, prepared, nil)
}

const answered = open + string(FromAnswer) + comma

func unlike(text string) string {
	return strings.Replace(text, answered, open+string(UnlikeAnswer)+comma, 1)
}
