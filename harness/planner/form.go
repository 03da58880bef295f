package planner

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// formField is a field of a form as a parameter: a form is written and read as a query is.
func formField(content *spec.Content, m generate.Maker, name string, value any) spec.Parameter {
	p := spec.Parameter{In: "query", Name: name, Style: "form", Explode: true}
	_, isObject := value.(map[string]any)
	if s := m.At(spec.Pointer(name)); s != nil {
		p.Schema = content.Schema.At(s)
		isObject = isObject || generate.Maker{Schema: p.Schema}.Is("object")
	} else {
		p.Schema = content.Schema.At(&openapi3.Schema{})
	}
	if isObject {
		p.Style = "deepObject"
	}
	if e, ok := content.Encoding[name]; ok {
		switch {
		case e.Style != "":
			p.Style, p.Explode = e.Style, e.Explode
		case spec.JSON(e.MediaType):
			p.MediaType = e.MediaType
		default:
			p.Explode = e.Explode
		}
	}
	return p
}

// formText writes an object as a form: name=value for each field, item by item for lists,
// and name[field]=value for the fields of an object, unless its encoding has it otherwise.
func formText(content *spec.Content, value any) (plan.Template, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return "", errors.New("only an object is sent as a form")
	}
	m := generate.Maker{Schema: content.Schema}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		p := formField(content, m, name, object[name])
		written := []plan.Field{{Name: name, Value: parameterText(object[name])}}
		_, isList := object[name].([]any)
		_, isObject := object[name].(map[string]any)
		switch {
		case object[name] == nil && p.MediaType == "":
			return "", fmt.Errorf("%s: a form has no null", name)
		case isList || isObject || p.MediaType != "":
			var err error
			if written, err = fields(p, object[name]); err != nil {
				return "", fmt.Errorf("a form cannot carry it: %w", err)
			}
		}
		for _, f := range written {
			text := f.Value
			if !f.Encoded {
				text = text.Escape(url.QueryEscape)
			}
			parts = append(parts, url.QueryEscape(f.Name)+"="+string(text))
		}
	}
	return plan.Template(strings.Join(parts, "&")), nil
}

// readForm reads a form back from its bytes, by the rules of the form and not by
// what it was made from. Texts take the types that the schema gives their places.
func readForm(text string, content *spec.Content) (any, error) {
	m := generate.Maker{Schema: content.Schema}
	sent := map[string][]pair{}
	for field := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(field, "=")
		name, err := url.QueryUnescape(name)
		if _, wrong := url.QueryUnescape(value); err != nil || wrong != nil {
			return nil, fmt.Errorf("the form is not well encoded: %w", cmp.Or(err, wrong))
		}
		if field == "" {
			continue
		}
		if slices.ContainsFunc(sent[name], func(p pair) bool { return true }) && !m.Repeats(name) {
			return nil, fmt.Errorf("the form has the field %s twice", name)
		}
		sent[name] = append(sent[name], pair{name, value})
	}
	root := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if err := readField(root, content, m, name, sent); err != nil {
			return nil, err
		}
	}
	return root, nil
}

// readField reads one name of a form into an object.
func readField(root map[string]any, content *spec.Content, m generate.Maker, name string, sent map[string][]pair) error {
	base, _, nested := strings.Cut(name, "[")
	if nested && strings.HasSuffix(name, "]") {
		if _, done := root[base].(map[string]any); done {
			return nil
		}
		name = base
	}
	p := formField(content, m, name, nil)
	var list []pair
	for _, other := range slices.Sorted(maps.Keys(sent)) {
		if other == name || nested && strings.HasPrefix(other, name+"[") && strings.HasSuffix(other, "]") {
			list = append(list, sent[other]...)
		}
	}
	if nested {
		p.Style = "deepObject"
	}
	if !nested && p.Style == "deepObject" && p.MediaType == "" { // a text where an object belongs is no field of it
		if slices.Contains(content.Schema.Required, name) {
			root[name], _ = url.QueryUnescape(list[0].value) // that it can be unescaped is known
		}
		return nil
	}
	value, err := readParameter(p, list)
	if nested {
		value, err = readObject(p, generate.Maker{Schema: p.Schema}, list)
	}
	if err != nil {
		return fmt.Errorf("the field %s of the form %w", name, err)
	}
	root[name] = value
	return nil
}

// filledBody fills the placeholders of a body with samples, escaped as a run escapes them in a form.
func (d *drafter) filledBody(r plan.Request) (string, error) {
	if !r.Form() {
		return r.Body.FillText(d.sample)
	}
	return r.Body.FillText(func(placeholder string) (string, error) {
		text, err := d.sample(placeholder)
		return url.QueryEscape(text), err
	})
}
