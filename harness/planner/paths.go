package planner

import (
	"regexp"
	"slices"
	"strings"
)

// pathTree holds the paths of a description by their segments, with {…} for anything
// within a segment: finding a path takes no longer where there are many others.
type pathTree struct {
	methods  []string // of the path that ends here
	fixed    map[string]*pathTree
	patterns []patternSegment // those with a parameter
}

// patternSegment is a segment with a parameter, and what follows it.
type patternSegment struct {
	pattern *regexp.Regexp
	next    *pathTree
}

var parameterInPath = regexp.MustCompile(`\\\{[^/]*?\\\}`)

// withoutQuery splits a path at the query or the fragment that a description may give it.
func withoutQuery(path string) (alone, rest string) {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

func segmentsOf(path string) []string {
	path, _ = withoutQuery(path)
	return strings.Split(path, "/")
}

// add adds a method of a path.
func (t *pathTree) add(method, path string) {
	for _, segment := range segmentsOf(path) {
		t = t.child(segment)
	}
	t.methods = append(t.methods, method)
}

// child is what follows a segment of a description.
func (t *pathTree) child(segment string) *pathTree {
	if !strings.Contains(segment, "{") {
		if t.fixed[segment] == nil {
			if t.fixed == nil {
				t.fixed = map[string]*pathTree{}
			}
			t.fixed[segment] = &pathTree{}
		}
		return t.fixed[segment]
	}
	expression := "^" + parameterInPath.ReplaceAllString(regexp.QuoteMeta(segment), "[^/]+") + "$"
	for _, p := range t.patterns {
		if p.pattern.String() == expression {
			return p.next
		}
	}
	next := &pathTree{}
	t.patterns = append(t.patterns, patternSegment{regexp.MustCompile(expression), next})
	return next
}

// documents reports whether a path is one of the tree.
func (t *pathTree) documents(path string) bool {
	return t.reaches(segmentsOf(path), func(end *pathTree) bool { return len(end.methods) > 0 })
}

// documentsMethod reports whether a path of the tree has a method.
func (t *pathTree) documentsMethod(method, path string) bool {
	return t.reaches(segmentsOf(path), func(end *pathTree) bool { return slices.Contains(end.methods, method) })
}

// reaches reports whether segments lead to what is wanted.
func (t *pathTree) reaches(segments []string, wanted func(end *pathTree) bool) bool {
	if len(segments) == 0 {
		return wanted(t)
	}
	if next := t.fixed[segments[0]]; next != nil && next.reaches(segments[1:], wanted) {
		return true
	}
	return slices.ContainsFunc(t.patterns, func(p patternSegment) bool {
		return p.pattern.MatchString(segments[0]) && p.next.reaches(segments[1:], wanted)
	})
}
