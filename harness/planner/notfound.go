package planner

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// notFoundCases makes requests that are right but for where they go.
func (b *builder) notFoundCases(o *spec.Operation, base draft, prepared []plan.Step) {
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

// known tells whether a path of the description matches, taking {…} for any segment.
func (b *builder) known(path string) bool {
	return slices.ContainsFunc(b.patterns, func(p pathPattern) bool { return p.matches(path) })
}

// pathPattern is a path of the description, with {…} for anything within a segment.
type pathPattern struct {
	method   string
	segments int
	pattern  *regexp.Regexp
}

var parameterInPath = regexp.MustCompile(`\\\{[^/]*?\\\}`)

func patternOf(method, path string) pathPattern {
	expression := parameterInPath.ReplaceAllString(regexp.QuoteMeta(path), "[^/]+")
	return pathPattern{method, strings.Count(path, "/"), regexp.MustCompile("^" + expression + "$")}
}

func (p pathPattern) matches(path string) bool {
	return strings.Count(path, "/") == p.segments && p.pattern.MatchString(path)
}

// findPaths lists the paths of the description.
func (b *builder) findPaths() {
	for _, o := range b.description.Operations {
		b.patterns = append(b.patterns, patternOf(o.Method, o.Path))
	}
}

// unknownMethod finds a method that a path does not document.
func (b *builder) unknownMethod(path string) string {
	for _, method := range []string{"PUT", "PATCH", "GET", "DELETE", "POST"} {
		if !slices.ContainsFunc(b.patterns, func(p pathPattern) bool { return p.method == method && p.matches(path) }) {
			return method
		}
	}
	return ""
}

// unknownID names something that does not exist.
func (b *builder) unknownID(o *spec.Operation, base draft, prepared []plan.Step) {
	d, altered := stranger(o, base)
	if len(altered) == 0 {
		b.skip(o, "not-found.id", noID)
		return
	}
	b.add(o, "not-found.id", "", fmt.Sprintf("%s names nothing that exists", strings.Join(altered, " and ")), d, prepared, nil)
}

const noID = "no link leads to the operation, so none of its fields is known to be an id"

// stranger alters the ids that bind a request to its preparation, and lists where they stand.
func stranger(o *spec.Operation, base draft) (d draft, altered []string) {
	d = base.clone()
	for key, value := range d.parameters {
		text, ok := value.(string)
		_, bound := d.bound[key]
		switch {
		case ok && isAnswer(text):
			d.parameters[key] = string(plan.Template(text).Unlike())
		case ok && bound && strings.HasPrefix(key, "path:"): // made known by the preparation
			d.parameters[key] = text + unknownSegment
		default:
			continue
		}
		altered = append(altered, key)
	}
	for _, p := range fieldsOf(o) {
		if value, _ := spec.Lookup(d.body, p.Pointer); value != nil {
			if text, ok := value.(string); ok && isAnswer(text) {
				d.body = generate.Set(d.body, p.Pointer, string(plan.Template(text).Unlike()))
				altered = append(altered, p.Pointer)
			}
		}
	}
	slices.Sort(altered)
	return d, altered
}

// foreignCase names with another merchant's valid credentials what the
// preparation made, and then something that does not exist: the two answers must
// not tell which is which.
func (b *builder) foreignCase(o *spec.Operation, base draft, prepared []plan.Step) {
	const kind = "not-found.foreign"
	unknown, altered := stranger(o, base)
	if len(altered) == 0 {
		b.skip(o, kind, noID)
		return
	}
	schemes := b.schemes(o)
	if len(schemes) == 0 {
		b.skip(o, kind, "the operation needs no credentials")
		return
	}
	if lacking := b.roleLacks(settings.OtherMerchant, schemes); lacking != "" {
		b.lack(o, kind, lacking)
		return
	}
	foreign := base.clone()
	for _, d := range []*draft{&foreign, &unknown} {
		if named, lacking, ok := b.inOthersName(o, *d); lacking != "" {
			b.lack(o, kind, lacking)
			return
		} else if ok {
			*d = named
		}
		d.credentials = b.credentials(o, settings.OtherMerchant)
	}
	known := len(b.cases)
	b.add(o, kind, "", fmt.Sprintf("%s names what is another merchant's", strings.Join(altered, " and ")), foreign, prepared, nil)
	if len(b.cases) == known || !b.speak(o, kind).check(plan.CheckAlike) {
		return
	}
	if request, err := unknown.request(); err == nil {
		c := b.cases[known]
		c.Observe = append([]plan.Step{{Name: o.ID, Operation: o.ID, Request: request, Check: plan.CheckAlike}}, c.Observe...)
	}
}

// isAnswer tells whether a text begins with what the target itself answered.
func isAnswer(text string) bool { return plan.Template(text).Begins(plan.FromAnswer) }
