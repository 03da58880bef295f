// Package strict has the readers of the reference target: of descriptions, JSON,
// forms and card numbers. They share no code with those of the harness.
package strict

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// Description is what the sandbox takes from the OpenAPI document: where the
// operations are, and what each accepts.
type Description struct {
	Operations []*Operation
}

// Operation is one method and path.
type Operation struct {
	ID, Method string
	segments   []segment
	parameters []parameter
	bodies     map[string]*bodySchema // by media type; nil where no body is read
}

// segment is a part of a path between slashes: fixed, or a parameter's place.
type segment struct {
	text      string
	parameter bool
}

type parameter struct {
	name, in string
	required bool
	kind     string // the schema's type
	schema   *jsonschema.Schema
}

type bodySchema struct {
	schema *jsonschema.Schema
	shape  *shape
}

// shape is the part of a schema that JSON Schema cannot enforce as we need it:
// which members are mandatory, since a blank one counts as missing, and which
// types the texts of a form stand for.
type shape struct {
	kind     string
	required []string
	members  map[string]*shape
}

func ReadDescription(text []byte) (*Description, error) {
	var tree any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	doc, err := NewDocument(tree)
	if err != nil {
		return nil, err
	}
	server, err := doc.At("servers", "0")
	if err != nil {
		return nil, err
	}
	address, _ := server.Value["url"].(string)
	base, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	d := &Description{}
	paths, err := doc.At("paths")
	if err != nil {
		return nil, err
	}
	for _, path := range paths.Names() {
		item, err := paths.Member(path)
		if err != nil {
			return nil, err
		}
		for _, method := range item.Names() {
			switch method {
			case "get", "put", "post", "delete", "patch":
			default:
				continue
			}
			op := &Operation{Method: strings.ToUpper(method)}
			for text := range strings.SplitSeq(strings.TrimRight(base.Path, "/")+path, "/") {
				if name, ok := strings.CutPrefix(text, "{"); ok {
					op.segments = append(op.segments, segment{strings.TrimSuffix(name, "}"), true})
				} else {
					op.segments = append(op.segments, segment{text, false})
				}
			}
			if err := op.read(item, method); err != nil {
				return nil, fmt.Errorf("%s %s: %w", op.Method, path, err)
			}
			d.Operations = append(d.Operations, op)
		}
	}
	return d, nil
}

func (op *Operation) read(item node, method string) error {
	n, err := item.Member(method)
	if err != nil {
		return err
	}
	if op.ID, _ = n.Value["operationId"].(string); op.ID == "" {
		return errors.New("no operationId")
	}
	for _, owner := range []node{item, n} {
		parameters, err := owner.items("parameters")
		if err != nil {
			return err
		}
		for _, p := range parameters {
			if err := op.readParameter(p); err != nil {
				return err
			}
		}
	}
	if n.Value["requestBody"] == nil {
		return nil
	}
	body, err := n.Member("requestBody")
	if err != nil {
		return err
	}
	content, err := body.Member("content")
	if err != nil {
		return err
	}
	op.bodies = map[string]*bodySchema{}
	for _, mediaType := range content.Names() {
		if mediaType != JSONType && mediaType != FormType {
			return fmt.Errorf("media type %s: only %s and %s can be read", mediaType, JSONType, FormType)
		}
		media, err := content.Member(mediaType)
		if err != nil {
			return err
		}
		b := &bodySchema{}
		if b.schema, b.shape, err = media.Schema(); err != nil {
			return fmt.Errorf("media type %s: %w", mediaType, err)
		}
		op.bodies[mediaType] = b
	}
	return nil
}

// readParameter reads one parameter; one of the operation's own replaces that
// of the path with the same name and place.
func (op *Operation) readParameter(n node) error {
	p := parameter{}
	p.name, _ = n.Value["name"].(string)
	p.in, _ = n.Value["in"].(string)
	p.required, _ = n.Value["required"].(bool)
	schema, shape, err := n.Schema()
	if err != nil {
		return fmt.Errorf("parameter %s: %w", p.name, err)
	}
	if p.schema, p.kind = schema, shape.kind; p.kind == "array" || p.kind == "object" {
		return fmt.Errorf("parameter %s: type %s cannot be read", p.name, p.kind)
	}
	op.parameters = slices.DeleteFunc(op.parameters, func(q parameter) bool { return q.name == p.name && q.in == p.in })
	op.parameters = append(op.parameters, p)
	return nil
}

// Route finds the operation at a method and an escaped path, and the values of
// its path parameters. Where two fit, the one with fewer parameters is meant.
func (d *Description) Route(method, path string) (*Operation, map[string]string, bool) {
	var parts []string
	for text := range strings.SplitSeq(path, "/") {
		part, err := url.PathUnescape(text)
		if err != nil {
			return nil, nil, false
		}
		parts = append(parts, part)
	}
	var best *Operation
	var values map[string]string
	for _, op := range d.Operations {
		if op.Method != method {
			continue
		}
		if v, ok := op.match(parts); ok && (best == nil || len(v) < len(values)) {
			best, values = op, v
		}
	}
	return best, values, best != nil
}

func (op *Operation) match(parts []string) (map[string]string, bool) {
	if len(parts) != len(op.segments) {
		return nil, false
	}
	var values map[string]string
	for i, s := range op.segments {
		switch {
		case !s.parameter && s.text == parts[i]:
		case s.parameter && parts[i] != "":
			if values == nil {
				values = map[string]string{}
			}
			values[s.text] = parts[i]
		default:
			return nil, false
		}
	}
	return values, true
}

// Content is what a request says to an operation.
type Content struct {
	Path      map[string]string
	Query     url.Values
	Header    http.Header
	MediaType string
	Body      any
}

// Validate checks parameters and body against the description. It returns the
// query parameters that were given and say something.
func (op *Operation) Validate(c Content) (map[string]string, error) {
	given := map[string]string{}
	for _, p := range op.parameters {
		var values []string
		switch p.in {
		case "path":
			values = []string{c.Path[p.name]}
		case "query":
			values = c.Query[p.name]
		case "header":
			values = c.Header.Values(p.name)
		}
		if len(values) > 1 {
			return nil, fmt.Errorf("%s parameter %s is given twice", p.in, p.name)
		}
		if blank := len(values) == 0 || strings.TrimSpace(values[0]) == ""; blank && p.required && p.in != "path" {
			return nil, fmt.Errorf("%s parameter %s is missing", p.in, p.name)
		} else if len(values) == 0 || blank && p.in == "header" {
			continue
		}
		if err := p.schema.Validate(typed(values[0], p.kind)); err != nil {
			return nil, fmt.Errorf("%s parameter %s: %s", p.in, p.name, describe(err))
		}
		if p.in == "query" && values[0] != "" {
			given[p.name] = values[0]
		}
	}
	if op.bodies == nil {
		return given, nil
	}
	b := op.bodies[c.MediaType]
	if err := b.shape.missing("", c.Body); err != nil {
		return nil, err
	}
	if err := b.schema.Validate(c.Body); err != nil {
		return nil, errors.New("body: " + describe(err))
	}
	return given, nil
}

// missing names a mandatory member that is absent, null or blank.
func (s *shape) missing(at string, v any) error {
	members, ok := v.(map[string]any)
	if !ok {
		return nil // a wrong type is the schema's to refuse
	}
	for _, name := range s.required {
		switch v := members[name].(type) {
		case nil:
			return fmt.Errorf("%s/%s is missing", at, name)
		case string:
			if strings.TrimSpace(v) == "" {
				return fmt.Errorf("%s/%s is blank", at, name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.members)) {
		if err := s.members[name].missing(at+"/"+name, members[name]); err != nil {
			return err
		}
	}
	return nil
}

// describe names place and rule of what a validation found first. It never quotes
// the value, which may be a card number.
func describe(err error) string {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return err.Error()
	}
	var leaves []string
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		for _, cause := range e.Causes {
			walk(cause)
		}
		if rule := e.ErrorKind.KeywordPath(); len(e.Causes) == 0 && len(rule) > 0 {
			leaves = append(leaves, fmt.Sprintf("/%s breaks the rule %q", strings.Join(e.InstanceLocation, "/"), rule[len(rule)-1]))
		}
	}
	walk(invalid)
	if len(leaves) == 0 {
		return "is not valid"
	}
	return slices.Min(leaves)
}
