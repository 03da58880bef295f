package planner

import (
	"fmt"
	"strings"
	"unicode"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// parameterViolations judges the parameters of a request.
func (d *drafter) parameterViolations(made draft, r plan.Request) ([]spec.Violation, error) {
	var all []spec.Violation
	for _, p := range made.operation.Parameters {
		found, err := d.violationsOf(p, sentOf(made, r, p))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// violationsOf judges a parameter by what is sent of it.
func (d *drafter) violationsOf(p spec.Parameter, sent []plan.Field) ([]spec.Violation, error) {
	where := p.In + ":" + p.Name
	if len(sent) == 0 {
		if p.Required {
			return []spec.Violation{{Pointer: where, Keyword: "required", Reason: "is required and missing"}}, nil
		}
		return nil, nil
	}
	texts := make([]plan.Field, len(sent))
	for i, field := range sent {
		text, err := field.Value.FillText(d.sample)
		switch {
		case err != nil:
			return nil, err
		case !carries(p.In, text):
			return nil, fmt.Errorf("the %s parameter %s cannot carry such a text", p.In, p.Name)
		case field.Value.HasPlaceholders():
			return nil, nil // the value is the target's own
		}
		texts[i] = plan.Field{Name: field.Name, Value: plan.Template(text)}
	}
	found := p.Schema.Violations(readParameter(p, texts), spec.Sent)
	for i := range found {
		found[i].Pointer = where + found[i].Pointer
	}
	return found, nil
}

// sentOf finds what a request sends of a parameter.
func sentOf(d draft, r plan.Request, p spec.Parameter) []plan.Field {
	var list []plan.Field
	belongs := func(f plan.Field) {
		_, property := p.Schema.Properties[f.Name]
		if f.Name == p.Name || p.Style == "deepObject" && strings.HasPrefix(f.Name, p.Name+"[") || apart(p) && property {
			list = append(list, f)
		}
	}
	switch p.In {
	case "path": // its place in the path is found by the router of the target
		if value, there := d.parameters["path:"+p.Name]; there {
			list, _ = fields(p, value) // an error has stopped the request before
		}
	case "query":
		for _, f := range r.Query {
			belongs(f)
		}
	case "header":
		for _, f := range r.Header {
			belongs(f)
		}
	case "cookie":
		for _, f := range r.Header {
			if f.Name != "Cookie" {
				continue
			}
			for pair := range strings.SplitSeq(string(f.Value), "; ") {
				name, value, _ := strings.Cut(pair, "=")
				belongs(plan.Field{Name: name, Value: plan.Template(value)})
			}
		}
	}
	return list
}

// readParameter reads a parameter back from the texts that are sent of it, by the
// rules of its style and not by what it was made from.
func readParameter(p spec.Parameter, sent []plan.Field) any {
	m := generate.Maker{Schema: p.Schema}
	switch {
	case m.Is("array"):
		list := []any{}
		for _, field := range sent {
			parts := []string{string(field.Value)}
			if !apart(p) {
				parts = strings.Split(parts[0], separators[p.Style])
			}
			for _, part := range parts {
				list = append(list, m.Read("/0", part))
			}
		}
		return list
	case m.Is("object"):
		object := map[string]any{}
		if p.Style == "deepObject" || apart(p) {
			for _, field := range sent {
				name := strings.TrimSuffix(strings.TrimPrefix(field.Name, p.Name+"["), "]")
				object[name] = m.Read(spec.Pointer(name), string(field.Value))
			}
			return object
		}
		parts := strings.Split(string(sent[0].Value), separators[p.Style])
		for i := 0; i < len(parts); i++ {
			name, text, pair := strings.Cut(parts[i], "=")
			if !p.Explode || !pair {
				if name, text = parts[i], ""; i+1 < len(parts) {
					i++
					text = parts[i]
				}
			}
			object[name] = m.Read(spec.Pointer(name), text)
		}
		return object
	}
	return m.Read("", string(sent[0].Value))
}

// carries reports whether a text arrives as it is: white space around a header is
// no part of it (RFC 9110), and cookies leave out some characters (RFC 6265).
func carries(in, text string) bool {
	switch in {
	case "header":
		return text == strings.TrimSpace(text) && !strings.ContainsFunc(text, unicode.IsControl)
	case "cookie":
		return !strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(`",;\`, c) })
	}
	return true
}
