package planner

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"qorcheck/harness/generate"
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
	style := "simple"
	if in == "query" || in == "cookie" {
		style = "form"
	}
	return spec.Parameter{In: in, Name: name, Style: style}
}

// separators of lists by style, for those that are written into one field, as they go
// over the wire.
var separators = map[string]string{"form": ",", "simple": ",", "label": ",", "matrix": ",", "spaceDelimited": "%20", "pipeDelimited": "|"}

// styles that OpenAPI defines for the places of parameters.
var styles = map[string][]string{
	"path": {"simple", "label", "matrix"}, "query": {"form", "spaceDelimited", "pipeDelimited", "deepObject"},
	"header": {"simple"}, "cookie": {"form"},
}

// undefined says why OpenAPI defines no text for a value of a parameter.
func undefined(p spec.Parameter, value any) error {
	label := "the " + p.In + " parameter " + p.Name
	if !slices.Contains(styles[p.In], p.Style) {
		return fmt.Errorf("%s has the style %s, which is not defined in a %s", label, p.Style, p.In)
	}
	var parts []any
	switch v := value.(type) {
	case nil:
		return fmt.Errorf("%s: null is not defined in the style %s", label, p.Style)
	case []any:
		if parts = v; p.Style == "deepObject" {
			return fmt.Errorf("%s: a list is not defined in the style deepObject", label)
		}
	case map[string]any:
		parts = slices.Collect(maps.Values(v))
	default:
		if p.Style == "deepObject" {
			return fmt.Errorf("%s: a value that is no object is not defined in the style deepObject", label)
		}
		return nil
	}
	for _, part := range parts {
		switch part.(type) {
		case nil, []any, map[string]any:
			return fmt.Errorf("%s: %s within a list or an object is not defined in the style %s", label, nested(part), p.Style)
		}
	}
	if p.Explode && (p.Style == "spaceDelimited" || p.Style == "pipeDelimited") {
		return fmt.Errorf("%s: explode is not defined in the style %s", label, p.Style)
	}
	if p.Explode && p.In == "cookie" && len(parts) > 1 {
		return fmt.Errorf("%s: several values are not defined in a cookie that explodes", label)
	}
	return nil
}

// fields writes a parameter as its content or its style has it: one field, or one for each item
// or property where it explodes. An empty list or object is not sent.
func fields(p spec.Parameter, value any) ([]plan.Field, error) {
	if p.MediaType != "" {
		text, err := contentText(p, value)
		return []plan.Field{{Name: p.Name, Value: text}}, err
	}
	if err := undefined(p, value); err != nil {
		return nil, err
	}
	var parts []plan.Field // items have no name
	list, isList := value.([]any)
	object, isObject := value.(map[string]any)
	switch {
	case isList:
		for _, item := range list {
			parts = append(parts, plan.Field{Value: parameterText(item)})
		}
	case isObject:
		for _, name := range slices.Sorted(maps.Keys(object)) {
			parts = append(parts, plan.Field{Name: name, Value: parameterText(object[name])})
		}
	case p.In == "path" && p.Style != "simple":
		return []plan.Field{{Name: p.Name, Value: inStyle(p, []plan.Field{{Value: parameterText(value)}}, false), Encoded: true}}, nil
	default:
		return []plan.Field{{Name: p.Name, Value: parameterText(value)}}, nil
	}
	switch {
	case len(parts) == 0:
		return nil, nil
	case p.Style == "deepObject", apart(p):
		return separate(p, parts), nil
	case isList && len(parts) == 1 && p.In != "path":
		return []plan.Field{{Name: p.Name, Value: parts[0].Value}}, nil
	}
	return []plan.Field{{Name: p.Name, Value: inStyle(p, parts, isObject), Encoded: p.In == "path" || p.In == "query"}}, nil
}

// nested names a value that stands where only plain ones may.
func nested(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case []any:
		return "a list"
	}
	return "an object"
}

// separate makes each part a field of its own.
func separate(p spec.Parameter, parts []plan.Field) []plan.Field {
	for i := range parts {
		switch {
		case p.Style == "deepObject":
			parts[i].Name = p.Name + "[" + parts[i].Name + "]"
		case parts[i].Name == "":
			parts[i].Name = p.Name
		}
	}
	return parts
}

// inStyle joins parts in one text. Separators stand as they are, and parts that hold them are
// escaped, where their place knows escapes.
func inStyle(p spec.Parameter, parts []plan.Field, object bool) plan.Template {
	escape := map[string]func(string) string{"query": url.QueryEscape, "path": escapeInPath}[p.In]
	if escape == nil {
		escape = func(text string) string { return text }
	}
	before, between := "", separators[p.Style]
	switch {
	case p.Style == "label" && p.Explode:
		before, between = ".", "."
	case p.Style == "label":
		before = "."
	case p.Style == "matrix" && p.Explode:
		before, between = ";", ";"
	case p.Style == "matrix":
		before = ";" + escape(p.Name) + "="
	}
	var texts []string
	for _, part := range parts {
		text, name := string(part.Value.Escape(escape)), escape(part.Name)
		switch {
		case !object && p.Style == "matrix" && p.Explode:
			text = escape(p.Name) + "=" + text
		case object && p.Explode:
			text = name + "=" + text
		case object:
			text = name + between + text
		}
		texts = append(texts, text)
	}
	return plan.Template(before + strings.Join(texts, between))
}

// escapeInPath escapes what separates parts in a path, too.
func escapeInPath(text string) string { return strings.ReplaceAll(url.PathEscape(text), "=", "%3D") }

// contentText writes a parameter that is a document of its own.
func contentText(p spec.Parameter, value any) (plan.Template, error) {
	text, isText := value.(string)
	switch {
	case spec.JSON(p.MediaType):
		return encode(value)
	case strings.HasPrefix(strings.ToLower(p.MediaType), "text/") && isText:
		return plan.Template(text), nil
	}
	return "", fmt.Errorf("the %s parameter %s is of the media type %s, which is not written", p.In, p.Name, p.MediaType)
}

// apart reports whether each part of a value is a field of its own.
func apart(p spec.Parameter) bool {
	return p.Explode && p.MediaType == "" && (p.In == "query" || p.In == "cookie")
}

// joined reports whether the parts of a value stand in one text.
func joined(p spec.Parameter) bool {
	return p.MediaType == "" && p.Style != "deepObject" && !apart(p)
}

// awkwardIn reports of a word whether a parameter cannot carry it so that every server reads
// it alike: in a path those that name a folder, in a list those that hold what separates items.
func awkwardIn(p spec.Parameter) func(word any) bool {
	var between []string
	if list := p.Schema.Schema != nil && generate.Types(p.Schema.Schema)["array"]; list && joined(p) {
		if between = []string{",", " ", "|"}; p.In == "path" {
			between = append(between, ".", ";", "=")
		}
	}
	return func(word any) bool {
		text, _ := word.(string)
		return p.In == "path" && (text == "." || text == ".." || !carries(p.In, text)) ||
			slices.ContainsFunc(between, func(mark string) bool { return strings.Contains(text, mark) })
	}
}

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
func inPath(path plan.Template, name string, written []plan.Field) (plan.Template, error) {
	if len(written) == 0 || written[0].Value == "" {
		return "", fmt.Errorf("with nothing for {%s} the path is another one", name)
	}
	text := written[0].Value
	if !written[0].Encoded {
		text = text.Escape(url.PathEscape)
	}
	made := plan.Template(strings.ReplaceAll(string(path), "{"+name+"}", string(text)))
	for segment := range strings.SplitSeq(string(made), "/") {
		if segment == "." || segment == ".." {
			return "", fmt.Errorf("with %q for {%s} servers and proxies take the path for another one", segment, name)
		}
	}
	return made, nil
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
	case float64, json.Number:
		return plan.Template(spec.Decimal(spec.Rational(v)))
	}
	return plan.Template(fmt.Sprint(value))
}
