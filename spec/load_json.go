package spec

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
	nodes "go.yaml.in/yaml/v4"
)

// loadJSON loads a document in JSON that needs no more than its own nodes: no other
// document, and nothing that is found by where it stands. It returns nil for any other, and
// for what is not sound: the reader of YAML says what is wrong, and where.
func (s *source) loadJSON() *openapi3.T {
	if !s.inJSON || !alone(s.root) || len(edits(s.data, s.root)) > 0 {
		return nil
	}
	s.kept = precise{}
	if s.kept.collect(filepath.ToSlash(s.name), s.data, s.root); len(s.kept) > 0 {
		return nil
	}
	doc := &openapi3.T{}
	if err := (&nodes.Node{Kind: nodes.DocumentNode, Content: []*nodes.Node{forDecoder(s.root)}}).Decode(doc); err != nil {
		return nil
	}
	loader := openapi3.NewLoader()
	if err := loader.ResolveRefsIn(doc, &url.URL{Path: filepath.ToSlash(s.name)}); err != nil {
		return nil
	}
	if checkVersion(doc) != nil {
		return nil
	}
	v := validation{doc: doc, root: s.root, given: s.givenRoot}
	found := validate(doc)
	if len(grave(doc, found)) > 0 {
		return nil
	}
	v.notes(found)
	s.slips, s.unplaced = append(s.slips, v.slips...), true
	return doc
}

// alone reports whether a document refers to no other one, and no path to what stands elsewhere.
func alone(root *yaml.Node) bool {
	if paths := child(root, "paths"); paths != nil && slices.ContainsFunc(paths.Content, func(path *yaml.Node) bool { return child(path, "$ref") != nil }) {
		return false
	}
	var walk func(node *yaml.Node) bool
	walk = func(node *yaml.Node) bool {
		for i, inner := range node.Content {
			if node.Kind == yaml.MappingNode && i%2 == 0 {
				if inner.Value == "$ref" && !strings.HasPrefix(node.Content[i+1].Value, "#") {
					return false
				}
				continue
			}
			if !walk(inner) {
				return false
			}
		}
		return true
	}
	return walk(root)
}

// forDecoder are nodes as the loader decodes them.
func forDecoder(node *yaml.Node) *nodes.Node {
	made := &nodes.Node{Kind: nodes.Kind(node.Kind), Style: nodes.Style(node.Style), Tag: node.Tag, Value: node.Value, Line: node.Line, Column: node.Column}
	if len(node.Content) > 0 {
		made.Content = make([]*nodes.Node, len(node.Content))
		for i, inner := range node.Content {
			made.Content[i] = forDecoder(inner)
		}
	}
	return made
}

// operationLines finds the lines of all operations, by path and method in lower case.
func operationLines(root *yaml.Node) map[[2]string]int {
	lines := map[[2]string]int{}
	eachKey(child(root, "paths"), func(path, item *yaml.Node) {
		eachKey(item, func(method, _ *yaml.Node) { lines[[2]string{path.Value, method.Value}] = method.Line })
	})
	return lines
}

// eachKey visits the keys of a mapping and their values.
func eachKey(node *yaml.Node, visit func(key, value *yaml.Node)) {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node == nil || node.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		visit(node.Content[i], node.Content[i+1])
	}
}
