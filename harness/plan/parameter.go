package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"qorcheck/spec"
)

// parameter finds the documented parameter that a draft's key names.
func (d draft) parameter(key string) spec.Parameter {
	in, name, _ := strings.Cut(key, ":")
	for _, p := range d.operation.Parameters {
		if p.In == in && p.Name == name {
			return p
		}
	}
	return spec.Parameter{In: in, Name: name}
}

// separators of lists by style, for those that are written into one field.
var separators = map[string]string{"": ",", "form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}

// fields writes a parameter as its style has it: one field, or one for each item
// or property where it explodes.
func fields(p spec.Parameter, value any) ([]Field, error) {
	separator, known := separators[p.Style]
	if !known && p.Style != "deepObject" {
		return nil, fmt.Errorf("the %s parameter %s has the style %s, which is not written", p.In, p.Name, p.Style)
	}
	var list []Field
	switch v := value.(type) {
	case []any:
		var items []string
		for _, item := range v {
			list = append(list, Field{p.Name, parameterText(item)})
			items = append(items, string(parameterText(item)))
		}
		if !apart(p) {
			list = []Field{{p.Name, Template(strings.Join(items, separator))}}
		}
	case map[string]any:
		var items []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			text := parameterText(v[name])
			field := Field{name, text}
			if p.Style == "deepObject" {
				field.Name = p.Name + "[" + name + "]"
			}
			list = append(list, field)
			if p.Explode {
				items = append(items, name+"="+string(text))
			} else {
				items = append(items, name, string(text))
			}
		}
		if !apart(p) && p.Style != "deepObject" {
			list = []Field{{p.Name, Template(strings.Join(items, separator))}}
		}
	default:
		list = []Field{{p.Name, parameterText(value)}}
	}
	return list, nil
}

// apart tells whether each part of a value is a field of its own.
func apart(p spec.Parameter) bool { return p.Explode && p.Style != "simple" }

// shown is what is sent of a parameter: its text, or all of its fields where it is in several.
func shown(p spec.Parameter, value any) string {
	list, err := fields(p, value)
	if err == nil && len(list) == 1 {
		return string(list[0].Value)
	}
	var parts []string
	for _, f := range list {
		parts = append(parts, f.Name+"="+string(f.Value))
	}
	return strings.Join(parts, "&")
}

// inPath puts a path parameter in, escaped; placeholders are escaped when filled.
func inPath(path Template, name string, text Template) (Template, error) {
	if text == "" {
		return "", fmt.Errorf("with nothing for {%s} the path is another one", name)
	}
	if !strings.Contains(string(text), open) {
		text = Template(url.PathEscape(string(text)))
	}
	return Template(strings.ReplaceAll(string(path), "{"+name+"}", string(text))), nil
}

// parameterText is a value as text; a list or an object within a parameter is written as JSON has it.
func parameterText(value any) Template {
	switch v := value.(type) {
	case Template:
		return v
	case string:
		return Template(v)
	case []any, map[string]any:
		t, err := encode(v)
		if err != nil {
			return ""
		}
		return t
	case float64:
		data, _ := json.Marshal(v)
		return Template(data)
	}
	return Template(fmt.Sprint(value))
}
