package spec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// Swagger 2 is converted to OpenAPI 3 part by part, so that a part which cannot be
// converted costs itself alone.

// swagger2 reports whether a document is one of Swagger 2.
func swagger2(root *yaml.Node) bool {
	version := child(root, "swagger")
	return version != nil && strings.HasPrefix(version.Value, "2")
}

// conversion turns a document of Swagger 2 into one of OpenAPI 3.
type conversion struct {
	root  *yaml.Node
	old   openapi2.T
	made  *openapi3.T
	slips []Slip
}

// convert2 returns the document of OpenAPI 3 as JSON, and what was left out of it.
func convert2(root *yaml.Node) ([]byte, []Slip, error) {
	c := conversion{root: root}
	if err := c.frame(); err != nil {
		return nil, nil, err
	}
	c.components()
	paths := child(root, "paths")
	for _, path := range keysIn(paths) {
		if !strings.HasPrefix(path, "x-") {
			c.path(path, child(paths, path))
		}
	}
	data, err := json.Marshal(c.made)
	return data, c.slips, err
}

// keysIn lists the keys of a mapping in their order.
func keysIn(node *yaml.Node) []string {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	var keys []string
	for i := 0; node != nil && node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		keys = append(keys, node.Content[i].Value)
	}
	return keys
}

func (c *conversion) slip(why error, cost string, keys ...string) {
	c.slips = append(c.slips, Slip{Place: words(keys), Line: keyLine(c.root, keys...), Why: why.Error(), Cost: cost})
}

// frame converts what stands around paths and components.
func (c *conversion) frame() error {
	frame := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(c.root.Content); i += 2 {
		switch c.root.Content[i].Value {
		case "paths", "definitions", "parameters", "responses", "securityDefinitions", "tags":
		default:
			frame.Content = append(frame.Content, c.root.Content[i], c.root.Content[i+1])
		}
	}
	if err := decodePart(frame, &c.old); err != nil {
		return fmt.Errorf("not a readable document of Swagger 2: %w", err)
	}
	var err error
	if c.made, err = openapi2conv.ToV3(&c.old); err != nil {
		return fmt.Errorf("not a document of Swagger 2 that can be converted: %w", err)
	}
	c.made.Paths = openapi3.NewPaths()
	c.made.Components = &openapi3.Components{
		Schemas: openapi3.Schemas{}, Parameters: openapi3.ParametersMap{}, RequestBodies: openapi3.RequestBodies{},
		Responses: openapi3.ResponseBodies{}, SecuritySchemes: openapi3.SecuritySchemes{},
	}
	return nil
}

// components converts what operations refer to. What cannot be converted is not there:
// the operations that refer to it say so.
func (c *conversion) components() {
	each := func(section, cost string, convert func(name string, node *yaml.Node) error) {
		for _, name := range keysIn(child(c.root, section)) {
			if err := convert(name, child(child(c.root, section), name)); err != nil {
				c.slip(err, cost, section, name)
			}
		}
	}
	made := c.made.Components
	each("definitions", costSchema, func(name string, node *yaml.Node) error {
		made.Schemas[name] = &openapi3.SchemaRef{Value: &openapi3.Schema{}}
		var schema openapi2.SchemaRef
		if err := decodePart(node, &schema); err != nil {
			return err
		}
		made.Schemas[name] = openapi2conv.ToV3SchemaRef(&schema)
		return nil
	})
	each("parameters", "", func(name string, node *yaml.Node) error {
		var parameter openapi2.Parameter
		if err := decodePart(node, &parameter); err != nil {
			return err
		}
		p, body, form, err := openapi2conv.ToV3Parameter(made, &parameter, c.old.Consumes)
		switch {
		case err != nil:
			return err
		case body != nil:
			made.RequestBodies[name] = body
		case form != nil:
			for _, schema := range form {
				made.Schemas[name] = schema
			}
		default:
			made.Parameters[name] = p
		}
		return nil
	})
	each("responses", "", func(name string, node *yaml.Node) error {
		var response openapi2.Response
		if err := decodePart(node, &response); err != nil {
			return err
		}
		converted, err := openapi2conv.ToV3Response(&response, c.old.Produces)
		made.Responses[name] = converted
		return err
	})
	each("securityDefinitions", "", func(name string, node *yaml.Node) error {
		var scheme openapi2.SecurityScheme
		if err := decodePart(node, &scheme); err != nil {
			return err
		}
		converted, err := openapi2conv.ToV3SecurityScheme(&scheme)
		made.SecuritySchemes[name] = converted
		return err
	})
}

// path converts the operations of a path, one by one.
func (c *conversion) path(path string, node *yaml.Node) {
	shared := &yaml.Node{Kind: yaml.MappingNode}
	var methods []string
	for _, key := range keysIn(node) {
		if slices.Contains([]string{"get", "put", "post", "delete", "options", "head", "patch"}, key) {
			methods = append(methods, key)
		} else {
			shared.Content = append(shared.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, child(node, key))
		}
	}
	whole := &openapi3.PathItem{}
	for _, method := range methods {
		one := &yaml.Node{Kind: yaml.MappingNode, Content: slices.Clone(shared.Content)}
		one.Content = append(one.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: method}, child(node, method))
		item, err := c.operation(one)
		if err != nil {
			c.slip(err, costOperation, "paths", path, method)
			continue
		}
		operation := item.GetOperation(strings.ToUpper(method))
		before := whole.Operations()
		whole = item
		for m, o := range before {
			whole.SetOperation(m, o)
		}
		whole.SetOperation(strings.ToUpper(method), operation)
	}
	if len(methods) > 0 && len(whole.Operations()) > 0 {
		c.made.Paths.Set(path, whole)
	}
}

// operation converts a path that has one operation.
func (c *conversion) operation(node *yaml.Node) (item *openapi3.PathItem, err error) {
	defer func() {
		if cause := recover(); cause != nil { // the converter takes much for granted
			err = fmt.Errorf("it cannot be converted: %v", cause)
		}
	}()
	var old openapi2.PathItem
	if err := decodePart(node, &old); err != nil {
		return nil, err
	}
	for method, o := range old.Operations() {
		if o == nil {
			return nil, fmt.Errorf("%s holds nothing", strings.ToLower(method))
		}
	}
	return openapi2conv.ToV3PathItem(&c.old, c.made.Components, &old, c.old.Consumes)
}
