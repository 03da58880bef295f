package spec

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// validation takes out of a loaded document what breaks OpenAPI.
type validation struct {
	doc    *openapi3.T
	root   *yaml.Node // of the document as it was loaded
	given  *yaml.Node // of the document as it was given
	slips  []Slip
	places map[[2]int][]string // keys by line and column, made when they are needed
}

// quarantineInvalid takes out what breaks OpenAPI, until nothing does. It returns what
// it took out, and what is left that it cannot take out.
func (v *validation) quarantineInvalid() []error {
	found := validate(v.doc)
	v.notes(found)
	faults := grave(v.doc, found)
	for range 4 {
		if len(faults) == 0 {
			return nil
		}
		before := len(v.slips)
		v.schemas()
		v.operations()
		if before == len(v.slips) {
			v.rest(faults)
		}
		if before == len(v.slips) {
			return faults
		}
		faults = graveFaults(v.doc)
	}
	return faults
}

// notes keeps what of the faults of the document is harmless, once of each kind.
func (v *validation) notes(found error) {
	many, _ := errors.AsType[openapi3.MultiError](found)
	for _, kind := range []struct {
		what string
		is   func(error) bool
	}{
		{"a response without a description", func(err error) bool {
			_, ok := errors.AsType[*openapi3.ResponseDescriptionRequired](err)
			return ok && !strings.HasPrefix(v.doc.OpenAPI, "3.2") // a summary will do there
		}},
		{"a field that OpenAPI does not have", func(err error) bool {
			return annotation(err)
		}},
	} {
		var found []error
		for _, err := range many {
			if kind.is(err) {
				found = append(found, err)
			}
		}
		if len(found) > 0 {
			v.slips = append(v.slips, Slip{Place: kind.what, Why: one(found).Error(), Harmless: true})
		}
	}
}

func (v *validation) options() []openapi3.ValidationOption {
	options := validationOptions(v.doc)
	if v.doc.IsOpenAPI31OrLater() {
		options = append(options, openapi3.IsOpenAPI31OrLater())
	}
	if v.doc.IsOpenAPI32OrLater() {
		options = append(options, openapi3.IsOpenAPI32OrLater())
	}
	return options
}

// fault returns what is gravely wrong with a part, nil for nothing.
func (v *validation) fault(part interface {
	Validate(context.Context, ...openapi3.ValidationOption) error
}) error {
	return one(grave(v.doc, part.Validate(openapi3.WithValidationOptions(context.Background(), v.options()...), v.options()...)))
}

// schemas makes any value of each schema that is wrong by itself, whatever the schemas
// below it are.
func (v *validation) schemas() {
	empty := func() *openapi3.SchemaRef { return &openapi3.SchemaRef{Value: &openapi3.Schema{}} }
	eachValue(reflect.ValueOf(v.doc), map[uintptr]bool{}, func(value any) {
		s, ok := value.(*openapi3.Schema)
		if !ok {
			return
		}
		shallow := *s
		for _, field := range []**openapi3.SchemaRef{&shallow.Not, &shallow.Items, &shallow.AdditionalProperties.Schema} {
			if *field != nil {
				*field = empty()
			}
		}
		for _, list := range []*openapi3.SchemaRefs{&shallow.AllOf, &shallow.AnyOf, &shallow.OneOf} {
			*list = slices.Clone(*list)
			for i := range *list {
				(*list)[i] = empty()
			}
		}
		shallow.Properties = maps.Clone(s.Properties)
		for name := range shallow.Properties {
			shallow.Properties[name] = empty()
		}
		if err := v.fault(&shallow); err != nil {
			keys, line := v.placeOf(s.Origin, "a schema")
			v.slips = append(v.slips, Slip{Place: words(keys), Line: line, Why: err.Error(), Cost: costSchema})
			*s = openapi3.Schema{Origin: s.Origin}
		}
	})
}

// operations takes the body from each response that is wrong, and leaves out each
// operation that is wrong otherwise.
func (v *validation) operations() {
	for _, path := range slices.Sorted(maps.Keys(v.doc.Paths.Map())) {
		item := v.doc.Paths.Value(path)
		for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
			o := item.GetOperation(method)
			keys := []string{"paths", path, strings.ToLower(method)}
			if v.fault(o) == nil {
				continue
			}
			for _, status := range slices.Sorted(maps.Keys(o.Responses.Map())) {
				response := o.Responses.Value(status)
				if err := v.fault(response); err != nil {
					v.slip(err, "its body is not judged", append(keys, "responses", status)...)
					none := ""
					o.Responses.Set(status, &openapi3.ResponseRef{Value: &openapi3.Response{Description: &none}})
				}
			}
			if err := v.fault(o); err != nil {
				v.slip(err, costOperation, keys...)
				item.SetOperation(method, nil)
			}
		}
	}
}

// rest takes out what is wrong outside of schemas and operations, of what is left.
func (v *validation) rest(faults []error) {
	for _, err := range faults {
		path, isPath := errors.AsType[*openapi3.PathValidationError](err)
		method, isOperation := errors.AsType[*openapi3.OperationValidationError](err)
		component, isComponent := errors.AsType[*openapi3.ComponentValidationError](err)
		section, isSection := errors.AsType[*openapi3.SectionValidationError](err)
		undeclared, isPathParameters := errors.AsType[*openapi3.PathParametersError](err)
		slash, isSlash := errors.AsType[*openapi3.PathMustStartWithSlashError](err)
		switch {
		case isPathParameters:
			v.slip(err, costOperation, "paths", undeclared.Path, strings.ToLower(undeclared.Method))
			v.doc.Paths.Value(undeclared.Path).SetOperation(undeclared.Method, nil)
		case isSlash:
			v.slip(err, "the path is left out", "paths", slash.Path)
			v.doc.Paths.Delete(slash.Path)
		case isPath && isOperation && v.doc.Paths.Value(path.Path) != nil:
			v.slip(err, costOperation, "paths", path.Path, strings.ToLower(method.Method))
			v.doc.Paths.Value(path.Path).SetOperation(method.Method, nil)
		case isPath:
			v.slip(err, "the path is left out", "paths", path.Path)
			v.doc.Paths.Delete(path.Path)
		case isComponent:
			v.component(component)
		case isSection:
			v.section(section)
		}
	}
}

// component leaves out a component that nothing sound refers to.
func (v *validation) component(fault *openapi3.ComponentValidationError) {
	c := v.doc.Components
	sections := map[string]string{
		"schema": "schemas", "parameter": "parameters", "header": "headers", "request body": "requestBodies", "response": "responses",
		"security scheme": "securitySchemes", "example": "examples", "link": "links", "callback": "callbacks",
	}
	delete(c.Schemas, fault.Name)
	for section, remove := range map[string]func(){
		"parameter": func() { delete(c.Parameters, fault.Name) }, "header": func() { delete(c.Headers, fault.Name) },
		"request body": func() { delete(c.RequestBodies, fault.Name) }, "response": func() { delete(c.Responses, fault.Name) },
		"security scheme": func() { delete(c.SecuritySchemes, fault.Name) }, "example": func() { delete(c.Examples, fault.Name) },
		"link": func() { delete(c.Links, fault.Name) }, "callback": func() { delete(c.Callbacks, fault.Name) },
	} {
		if section == fault.Section {
			remove()
		}
	}
	v.slips = append(v.slips, Slip{Place: words([]string{"components", sections[fault.Section], fault.Name}), Line: v.line("components", sections[fault.Section], fault.Name), Why: fault.Cause.Error(), Harmless: true})
}

// section mends a section of the document that no request and no response rests on.
func (v *validation) section(fault *openapi3.SectionValidationError) {
	switch fault.Section {
	case "info":
		info := openapi3.Info{Title: "an API without a title", Version: "without a version"}
		if v.doc.Info != nil {
			info.Title, info.Version = orElse(v.doc.Info.Title, info.Title), orElse(v.doc.Info.Version, info.Version)
		}
		v.doc.Info = &info
	case "tags":
		v.doc.Tags = nil
	case "externalDocs":
		v.doc.ExternalDocs = nil
	case "webhooks":
		v.doc.Webhooks = nil
	case "servers":
		v.doc.Servers = slices.DeleteFunc(v.doc.Servers, func(s *openapi3.Server) bool {
			_, err := url.Parse(s.URL)
			return err != nil || v.fault(s) != nil
		})
	default:
		return
	}
	v.slips = append(v.slips, Slip{Place: fault.Section, Line: v.line(fault.Section), Why: fault.Cause.Error(), Harmless: true})
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func (v *validation) slip(why error, cost string, keys ...string) {
	v.slips = append(v.slips, Slip{Place: words(keys), Line: v.line(keys...), Why: why.Error(), Cost: cost})
}

// line is the line of keys in the document as it was given, whose definitions stand
// elsewhere where it is one of Swagger 2.
func (v *validation) line(keys ...string) int {
	if line := keyLine(v.given, keys...); line > 0 {
		return line
	}
	if len(keys) > 2 && keys[0] == "components" && keys[1] == "schemas" {
		keys = append([]string{"definitions"}, keys[2:]...)
	}
	for ; len(keys) > 0; keys = keys[:len(keys)-1] {
		if line := keyLine(v.given, keys...); line > 0 {
			return line
		}
	}
	return 0
}

// placeOf finds the keys that lead to what stands at an origin.
func (v *validation) placeOf(origin *openapi3.Origin, what string) ([]string, int) {
	if origin == nil || origin.Key == nil {
		return []string{what}, 0
	}
	if v.places == nil {
		v.places = map[[2]int][]string{}
		v.index(v.root, nil)
	}
	keys, found := v.places[[2]int{origin.Key.Line, origin.Key.Column}]
	if !found {
		return []string{what, fmt.Sprintf("of %s, line %d", origin.Key.File, origin.Key.Line)}, 0
	}
	return keys, v.line(keys...)
}

func (v *validation) index(node *yaml.Node, keys []string) {
	if node == nil || node.Kind == yaml.AliasNode {
		return
	}
	for i, key := range elements(node) {
		inner := append(keys[:len(keys):len(keys)], key)
		if node.Kind == yaml.MappingNode {
			v.places[[2]int{node.Content[2*i].Line, node.Content[2*i].Column}] = inner
		}
		v.index(valueAt(node, i), inner)
	}
}
