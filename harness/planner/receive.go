package planner

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// received is a request as a target reads it from the wire, but for its body. Values
// are as they came, not yet decoded.
type received struct {
	path    string
	query   []pair
	headers []pair
	cookies []pair
}

// pair is one name and value.
type pair struct{ name, value string }

// receive reads a request back from what is sent of it. Placeholders are filled with samples.
func (d *drafter) receive(r plan.Request) (received, error) {
	path, query := r.Location()
	var got received
	var err error
	if got.path, err = path.FillText(d.escapedSample(url.PathEscape)); err != nil {
		return got, err
	}
	text, err := query.FillText(d.escapedSample(url.QueryEscape))
	if err != nil {
		return got, err
	}
	for field := range strings.SplitSeq(strings.TrimPrefix(text, "?"), "&") {
		name, value, _ := strings.Cut(field, "=")
		if name, err = url.QueryUnescape(name); err != nil {
			return got, fmt.Errorf("the query is not well encoded: %w", err)
		}
		if field != "" {
			got.query = append(got.query, pair{name, value})
		}
	}
	for _, field := range r.Header {
		value, err := field.Value.FillText(d.sample)
		if err != nil {
			return got, err
		}
		got.headers = append(got.headers, pair{field.Name, value})
		if field.Name != "Cookie" {
			continue
		}
		for cookie := range strings.SplitSeq(value, "; ") {
			name, value, _ := strings.Cut(cookie, "=")
			got.cookies = append(got.cookies, pair{name, value})
		}
	}
	return got, nil
}

// escapedSample fills placeholders with samples that are escaped for their place.
func (d *drafter) escapedSample(escape func(string) string) func(string) (string, error) {
	return func(placeholder string) (string, error) {
		text, err := d.sample(placeholder)
		return escape(text), err
	}
}

// of finds what a request sends of a parameter.
func (got received) of(made draft, p spec.Parameter) ([]pair, error) {
	belongs := func(f pair) bool { return f.name == p.Name }
	switch {
	case p.In == "path":
		value, there, err := inSegment(made.path, got.path, p.Name)
		if !there || err != nil {
			return nil, err
		}
		return []pair{{p.Name, value}}, nil
	case p.In == "header":
		belongs = func(f pair) bool { return strings.EqualFold(f.name, p.Name) }
		return choose(got.headers, belongs), nil
	case p.Style == "deepObject":
		belongs = func(f pair) bool { return strings.HasPrefix(f.name, p.Name+"[") && strings.HasSuffix(f.name, "]") }
	case apart(p) && generate.Maker{Schema: p.Schema}.Is("object"):
		belongs = propertyOf(made.operation, p)
	}
	if p.In == "cookie" {
		return choose(got.cookies, belongs), nil
	}
	return choose(got.query, belongs), nil
}

func choose(list []pair, belongs func(pair) bool) []pair {
	return slices.DeleteFunc(slices.Clone(list), func(f pair) bool { return !belongs(f) })
}

// propertyOf reports whether a field is a property of a parameter whose properties are
// fields of their own: one that is documented, or that nothing else documents.
func propertyOf(o *spec.Operation, p spec.Parameter) func(pair) bool {
	names := map[string]bool{}
	for _, place := range (generate.Maker{Schema: p.Schema}).Places() {
		if tokens := spec.Tokens(place.Pointer); len(tokens) == 1 {
			names[tokens[0]] = true
		}
	}
	other := p.Schema.AdditionalProperties.Schema != nil || p.Schema.MinProps > 0
	return func(f pair) bool {
		known := slices.ContainsFunc(o.Parameters, func(q spec.Parameter) bool {
			base, _, _ := strings.Cut(f.name, "[")
			return q.In == p.In && (q.Name == f.name || q.Name == base)
		})
		return names[f.name] || other && !known
	}
}

// inSegment finds what stands for {name} of a path template in a path. It is an error
// where that can be read in more than one way.
func inSegment(template, path, name string) (value string, there bool, err error) {
	template, _ = withoutQuery(template)
	segments, written := strings.Split(template, "/"), strings.Split(path, "/")
	for i, segment := range segments {
		before, after, found := strings.Cut(segment, "{"+name+"}")
		if !found {
			continue
		}
		if len(segments) != len(written) {
			return "", false, fmt.Errorf("the path cannot be read back: %s", path)
		}
		if !strings.Contains(before+after, "{") {
			text := written[i]
			if len(text) < len(before)+len(after) || !strings.HasPrefix(text, before) || !strings.HasSuffix(text, after) {
				return "", false, fmt.Errorf("the path cannot be read back: %s", path)
			}
			return text[len(before) : len(text)-len(after)], true, nil
		}
		value, err = amongSeveral(segment, written[i], name)
		return value, err == nil, err
	}
	return "", false, nil
}

// amongSeveral finds what stands for {name} in a segment with several parameters.
func amongSeveral(segment, text, name string) (string, error) {
	var readings [2]string
	for i, anything := range []string{"(.+)", "(.+?)"} { // as much, and as little as possible
		expression, at, n := "", 0, 0
		for _, piece := range templateParts.FindAllString(segment, -1) {
			if !strings.HasPrefix(piece, "{") {
				expression += regexp.QuoteMeta(piece)
				continue
			}
			expression += anything
			if n++; piece == "{"+name+"}" {
				at = n
			}
		}
		match := regexp.MustCompile("^" + expression + "$").FindStringSubmatch(text)
		if match == nil {
			return "", fmt.Errorf("the path cannot be read back: %s", text)
		}
		readings[i] = match[at]
	}
	if readings[0] != readings[1] {
		return "", fmt.Errorf("where {%s} ends in %s can be read in more than one way", name, text)
	}
	return readings[0], nil
}

var templateParts = regexp.MustCompile(`\{[^}]*\}|[^{]+`)
