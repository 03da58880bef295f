package spec

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// quarantine takes out of a document what the loader of OpenAPI cannot read, so that a
// slip costs the part in which it stands: a schema becomes any value, a response one
// without a body, and an operation is left out only where its request is unknown.
type quarantine struct {
	root  *yaml.Node
	find  func(reference string) error // says why a reference to another document leads to nothing
	slips []Slip
}

// sift takes out what cannot be read, and reports whether there was anything.
func (q *quarantine) sift() bool {
	q.decodeComponents()
	q.eachOperation(func(keys []string, node *yaml.Node) { q.decodeOperation(keys, node) })
	for again := true; again; {
		again = q.cutReferences()
	}
	return len(q.slips) > 0
}

func (q *quarantine) slip(why, cost string, keys ...string) {
	q.slips = append(q.slips, Slip{Place: words(keys), Line: keyLine(q.root, keys...), Why: why, Cost: cost, Harmless: cost == ""})
}

// remove takes a key out of the mapping at a path of keys.
func (q *quarantine) remove(keys ...string) {
	node := q.root
	for _, key := range keys[:len(keys)-1] {
		node = child(node, key)
	}
	if node == nil || node.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == keys[len(keys)-1] {
			node.Content = slices.Delete(node.Content, i, i+2)
			return
		}
	}
}

// clear makes an empty mapping of a node: a schema for any value.
func clearNode(node *yaml.Node) {
	*node = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: node.Line, Column: node.Column}
}

// withoutBody makes a response of a node that documents its status alone.
func withoutBody(node *yaml.Node) {
	clearNode(node)
	node.Content = []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: "description"}, {Kind: yaml.ScalarNode, Tag: "!!str", Value: "", Style: yaml.DoubleQuotedStyle}}
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

// eachOperation visits the operations of the document, by their keys.
func (q *quarantine) eachOperation(visit func(keys []string, node *yaml.Node)) {
	paths := child(q.root, "paths")
	for _, path := range keysIn(paths) {
		for _, method := range keysIn(child(paths, path)) {
			if slices.Contains(methods, method) {
				visit([]string{"paths", path, method}, child(child(paths, path), method))
			}
		}
	}
}

// decodeComponents takes out the components that cannot be decoded.
func (q *quarantine) decodeComponents() {
	components := child(q.root, "components")
	for section, into := range map[string]func() any{
		"parameters": func() any { return &openapi3.ParameterRef{} }, "requestBodies": func() any { return &openapi3.RequestBodyRef{} },
		"responses": func() any { return &openapi3.ResponseRef{} }, "headers": func() any { return &openapi3.HeaderRef{} },
		"examples": func() any { return &openapi3.ExampleRef{} }, "links": func() any { return &openapi3.LinkRef{} },
		"securitySchemes": func() any { return &openapi3.SecuritySchemeRef{} }, "callbacks": func() any { return &openapi3.CallbackRef{} },
	} {
		for _, name := range keysIn(child(components, section)) {
			keys := []string{"components", section, name}
			node := child(child(components, section), name)
			q.decodeSchemas(keys, node)
			if err := decodePart(node, into()); err != nil {
				q.slip(err.Error(), "", keys...)
				q.remove(keys...)
			}
		}
	}
	schemas := child(components, "schemas")
	for _, name := range keysIn(schemas) {
		q.decodeSchema([]string{"components", "schemas", name}, child(schemas, name))
	}
}

// decodeOperation takes out what of an operation cannot be decoded: schemas, responses,
// and at last all of it.
func (q *quarantine) decodeOperation(keys []string, node *yaml.Node) {
	if decodePart(node, &openapi3.Operation{}) == nil {
		return
	}
	q.decodeSchemas(keys, node)
	responses := child(node, "responses")
	for _, status := range keysIn(responses) {
		if err := decodePart(child(responses, status), &openapi3.ResponseRef{}); err != nil {
			q.slip(err.Error(), "its body is not judged", append(slices.Clone(keys), "responses", status)...)
			withoutBody(child(responses, status))
		}
	}
	if err := decodePart(node, &openapi3.Operation{}); err != nil {
		q.slip(err.Error(), costOperation, keys...)
		q.remove(keys...)
	}
}

// decodeSchemas decodes each schema below a node that is no schema itself.
func (q *quarantine) decodeSchemas(keys []string, node *yaml.Node) {
	if node == nil {
		return
	}
	for i, key := range elements(node) {
		inner := append(slices.Clone(keys), key)
		switch value := valueAt(node, i); {
		case slices.Contains(asData, key) && node.Kind == yaml.MappingNode:
		case key == "schema":
			q.decodeSchema(inner, value)
		default:
			q.decodeSchemas(inner, value)
		}
	}
}

// elements lists the keys of a mapping, or the indices of a list.
func elements(node *yaml.Node) []string {
	if node.Kind != yaml.SequenceNode {
		return keysIn(node)
	}
	list := make([]string, len(node.Content))
	for i := range list {
		list[i] = fmt.Sprint(i)
	}
	return list
}

func valueAt(node *yaml.Node, i int) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node.Kind == yaml.SequenceNode {
		return node.Content[i]
	}
	return node.Content[2*i+1]
}

// decodeSchema makes any value of the innermost schemas that cannot be decoded.
func (q *quarantine) decodeSchema(keys []string, node *yaml.Node) {
	err := decodePart(node, &openapi3.SchemaRef{})
	if err == nil {
		return
	}
	before := len(q.slips)
	eachSubschema(keys, node, q.decodeSchema)
	if before == len(q.slips) {
		q.slip(err.Error(), costSchema, keys...)
		clearNode(node)
	}
}

// eachSubschema visits the schemas right below a schema.
func eachSubschema(keys []string, node *yaml.Node, visit func(keys []string, node *yaml.Node)) {
	for _, key := range keysIn(node) {
		value, at := child(node, key), append(slices.Clone(keys), key)
		switch key {
		case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
			for _, name := range keysIn(value) {
				visit(append(slices.Clone(at), name), child(value, name))
			}
		case "allOf", "anyOf", "oneOf", "prefixItems":
			for i, one := range value.Content {
				visit(append(slices.Clone(at), fmt.Sprint(i)), one)
			}
		case "items", "additionalProperties", "not", "contains", "if", "then", "else", "propertyNames", "unevaluatedItems", "unevaluatedProperties":
			if value.Kind == yaml.MappingNode {
				visit(at, value)
			}
		}
	}
}

// cutReferences takes out references that lead to nothing, and reports whether that may
// have left others without what they refer to.
func (q *quarantine) cutReferences() bool {
	type broken struct {
		keys []string
		why  string
	}
	var list []broken
	var walk func(keys []string, node *yaml.Node, depth int)
	walk = func(keys []string, node *yaml.Node, depth int) {
		if node == nil || depth > maxDepth || node.Kind == yaml.AliasNode {
			return
		}
		if reference := child(node, "$ref"); reference != nil && reference.Kind == yaml.ScalarNode {
			if why := cmp.Or(wrongKind(keys, reference.Value), q.whyNowhere(reference.Value), q.whyNoSchema(keys, reference.Value)); why != "" {
				list = append(list, broken{slices.Clone(keys), why})
				return
			}
		}
		for i, key := range elements(node) {
			if node.Kind == yaml.MappingNode && slices.Contains(asData, key) && !(key == "examples" && len(keys) > 0 && keys[0] == "components" && len(keys) == 1) {
				continue
			}
			walk(append(keys[:len(keys):len(keys)], key), valueAt(node, i), depth+1)
		}
	}
	walk(nil, q.root, 0)
	again := false
	for _, one := range list {
		again = q.cutReference(one.keys, one.why) || again
	}
	return again
}

// wrongKind says that a reference leads to a component of another kind than stands at
// its place, "" where it does not.
func wrongKind(keys []string, reference string) string {
	section := ""
	switch {
	case isSchema(keys):
		section = "schemas"
	case len(keys) > 1 && slices.Contains([]string{"responses", "parameters", "headers"}, keys[len(keys)-2]):
		section = keys[len(keys)-2]
	}
	tokens := fragmentTokens(reference)
	if section == "" || !strings.HasPrefix(reference, "#/") || len(tokens) != 3 || tokens[0] != "components" || tokens[1] == section {
		return ""
	}
	return fmt.Sprintf("reference to %s: one of the %s must stand here", reference, section)
}

// isSchema reports whether a schema stands at a place.
func isSchema(keys []string) bool {
	return len(keys) > 2 && keys[0] == "components" && keys[1] == "schemas" || slices.Contains(keys, "schema")
}

// whyNowhere says why a reference leads to nothing, "" where it leads somewhere.
func (q *quarantine) whyNowhere(reference string) string {
	if !strings.HasPrefix(reference, "#") {
		if err := q.find(reference); err != nil {
			return err.Error()
		}
		return ""
	}
	node := q.root
	for _, token := range fragmentTokens(reference) {
		if node = child(node, token); node == nil {
			return "reference to " + reference + ": nothing stands there"
		}
	}
	return ""
}

// fragmentTokens are the keys that lead to where a reference within the document does: its
// fragment may be percent-encoded.
func fragmentTokens(reference string) []string {
	fragment := strings.TrimPrefix(reference, "#")
	if plain, err := url.PathUnescape(fragment); err == nil {
		fragment = plain
	}
	return Tokens(fragment)
}

// whyNoSchema says that what a reference to a place within a component leads to is no schema
// where one must stand, "" where it is one.
func (q *quarantine) whyNoSchema(keys []string, reference string) string {
	tokens := fragmentTokens(reference)
	if !strings.HasPrefix(reference, "#") || !isSchema(keys) || len(tokens) <= 3 { // a whole component is decoded where it stands
		return ""
	}
	node := q.root
	for _, token := range tokens {
		node = child(node, token)
	}
	if err := decodePart(node, &openapi3.SchemaRef{}); err != nil {
		return "reference to " + reference + ": " + err.Error()
	}
	return ""
}

// cutReference takes out what a broken reference stands for, and reports whether
// something may refer to that.
func (q *quarantine) cutReference(keys []string, why string) (referred bool) {
	node := q.root
	for _, key := range keys {
		if node = child(node, key); node == nil {
			return false // it went with what it stood in
		}
	}
	last := ""
	if len(keys) > 1 {
		last = keys[len(keys)-2]
	}
	component := len(keys) == 3 && keys[0] == "components"
	switch {
	case isSchema(keys):
		q.slip(why, costSchema, keys...)
		clearNode(node)
	case last == "responses":
		q.slip(why, "its body is not judged", keys...)
		withoutBody(node)
	case slices.Contains([]string{"headers", "examples", "links", "callbacks"}, last):
		q.slip(why, "it is left out", keys...)
		q.remove(keys...)
		return component
	case component:
		q.slip(why, "", keys...)
		q.remove(keys...)
		return true
	case len(keys) >= 3 && keys[0] == "paths" && slices.Contains(methods, keys[2]):
		q.slip(why, costOperation, keys...)
		q.remove(keys[:3]...)
	case len(keys) >= 2:
		q.slip(why, "the path is left out", keys...)
		q.remove(keys[:2]...)
	default:
		return false
	}
	return false
}
