package planner

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"qorcheck/harness/plan"
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
func fields(p spec.Parameter, value any) ([]plan.Field, error) {
	separator, known := separators[p.Style]
	if !known && p.Style != "deepObject" {
		return nil, fmt.Errorf("the %s parameter %s has the style %s, which is not written", p.In, p.Name, p.Style)
	}
	var list []plan.Field
	switch v := value.(type) {
	case []any:
		var items []string
		for _, item := range v {
			list = append(list, plan.Field{Name: p.Name, Value: parameterText(item)})
			items = append(items, string(parameterText(item)))
		}
		if !apart(p) {
			list = []plan.Field{{Name: p.Name, Value: plan.Template(strings.Join(items, separator))}}
		}
	case map[string]any:
		var items []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			text := parameterText(v[name])
			field := plan.Field{Name: name, Value: text}
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
			list = []plan.Field{{Name: p.Name, Value: plan.Template(strings.Join(items, separator))}}
		}
	default:
		list = []plan.Field{{Name: p.Name, Value: parameterText(value)}}
	}
	return list, nil
}

// apart reports whether each part of a value is a field of its own.
func apart(p spec.Parameter) bool { return p.Explode && p.Style != "simple" }

// sentText is what is sent of a parameter: its text, or all of its fields where it is in several.
func sentText(p spec.Parameter, value any) string {
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
func inPath(path plan.Template, name string, text plan.Template) (plan.Template, error) {
	if text == "" {
		return "", fmt.Errorf("with nothing for {%s} the path is another one", name)
	}
	if !text.HasPlaceholders() {
		text = plan.Template(url.PathEscape(string(text)))
	}
	return plan.Template(strings.ReplaceAll(string(path), "{"+name+"}", string(text))), nil
}

// parameterText is a value as text; a list or an object within a parameter is written as JSON has it.
func parameterText(value any) plan.Template {
	switch v := value.(type) {
	case plan.Template:
		return v
	case string:
		return plan.Template(v)
	case []any, map[string]any:
		t, err := encode(v)
		if err != nil {
			return ""
		}
		return t
	case float64:
		data, _ := json.Marshal(v)
		return plan.Template(data)
	}
	return plan.Template(fmt.Sprint(value))
}
