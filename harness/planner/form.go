package planner

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// formText writes an object as a form: name=value, and name[field]=value for the
// fields of an object, as style deepObject has it.
func formText(value any) (plan.Template, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return "", errors.New("only an object is sent as a form")
	}
	var parts []string
	add := func(name string, value any) error {
		switch value.(type) {
		case nil:
			return fmt.Errorf("%s: a form has no null", name)
		case map[string]any, []any:
			return fmt.Errorf("%s: a form has no place for a value within a value", name)
		}
		parts = append(parts, url.QueryEscape(name)+"="+string(parameterText(value).Escape(url.QueryEscape)))
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		fields, nested := object[name].(map[string]any)
		if !nested {
			if err := add(name, object[name]); err != nil {
				return "", err
			}
			continue
		}
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			if err := add(name+"["+field+"]", fields[field]); err != nil {
				return "", err
			}
		}
	}
	return plan.Template(strings.Join(parts, "&")), nil
}

// readForm reads a form back from its bytes, by the rules of the form and not by
// what it was made from. Texts take the types that the schema gives their places.
func readForm(text string, m generate.Maker) (any, error) {
	var root any = map[string]any{}
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if err := errors.Join(nameErr, valueErr); err != nil {
			return nil, fmt.Errorf("the form is not well encoded: %w", err)
		}
		tokens := []string{name}
		if object, field, nested := strings.Cut(name, "["); nested && strings.HasSuffix(field, "]") {
			tokens = []string{object, strings.TrimSuffix(field, "]")}
		}
		pointer := spec.Pointer(tokens...)
		if _, twice := spec.Lookup(root, pointer); twice {
			return nil, fmt.Errorf("the form has the field %s twice", name)
		}
		root = generate.Set(root, pointer, m.Read(pointer, value))
	}
	return root, nil
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
