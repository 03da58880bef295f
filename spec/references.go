package spec

import (
	"bytes"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// OpenAPI 3.1 lets schemas have an address of their own ($id) and names ($anchor), which
// references may lead to. The reader of OpenAPI follows places in the document alone,
// so such references are rewritten to those before it reads the bytes. Lines stay.

// embedded are the schemas of a document that have an address or a name.
type embedded struct {
	root      *yaml.Node
	addresses map[string]string // address → place
	anchors   map[string]string // address#name → place
	edits     []edit
}

// edit writes another text where a scalar stands.
type edit struct {
	node *yaml.Node
	text string
}

// asData are the keys under which a document holds values, not schemas.
var asData = []string{"example", "examples", "default", "enum", "const", "value"}

// forLoader returns a document as the loader reads it: its references by address and name
// lead to places, and what it does not tell apart is written in another way. Lines stay.
func forLoader(data []byte, root *yaml.Node) []byte {
	if root == nil {
		return data
	}
	list := edits(data, root)
	if len(list) == 0 {
		return data
	}
	slices.SortFunc(list, func(a, b edit) int {
		if a.node.Line != b.node.Line {
			return b.node.Line - a.node.Line
		}
		return b.node.Column - a.node.Column
	})
	lines := strings.SplitAfter(string(data), "\n")
	for _, one := range list {
		one.apply(lines)
	}
	return []byte(strings.Join(lines, ""))
}

// edits lists what has to be written in another way for the loader.
func edits(data []byte, root *yaml.Node) []edit {
	e := embedded{root: root, addresses: map[string]string{}, anchors: map[string]string{}, edits: rewritten(root)}
	if slices.ContainsFunc([]string{"$id", "$anchor", "$dynamicAnchor", "$defs"}, func(key string) bool { return bytes.Contains(data, []byte(key)) }) {
		e.walk(root, "", "", "", e.collect)
		e.walk(root, "", "", "", e.follow)
	}
	return e.edits
}

// walk visits the mappings below a node with their place, and the address and place of
// the schema that references in them are resolved against.
func (e *embedded) walk(node *yaml.Node, at, base, basePlace string, visit func(node *yaml.Node, at, base, basePlace string)) {
	switch node.Kind {
	case yaml.MappingNode:
		if id := child(node, "$id"); id != nil && id.Kind == yaml.ScalarNode {
			base, basePlace = resolved(base, id.Value), at
		}
		visit(node, at, base, basePlace)
		for i := 0; i+1 < len(node.Content); i += 2 {
			if key := node.Content[i].Value; !slices.Contains(asData, key) {
				e.walk(node.Content[i+1], at+Pointer(key), base, basePlace, visit)
			}
		}
	case yaml.SequenceNode:
		for i, item := range node.Content {
			e.walk(item, at+Pointer(strconv.Itoa(i)), base, basePlace, visit)
		}
	}
}

func (e *embedded) collect(node *yaml.Node, at, base, _ string) {
	if id := child(node, "$id"); id != nil && id.Kind == yaml.ScalarNode {
		e.addresses[base] = at
	}
	for _, key := range []string{"$anchor", "$dynamicAnchor"} {
		if anchor := child(node, key); anchor != nil && anchor.Kind == yaml.ScalarNode {
			if name := base + "#" + anchor.Value; e.anchors[name] == "" {
				e.anchors[name] = at
			}
		}
	}
}

func (e *embedded) follow(node *yaml.Node, _, base, basePlace string) {
	ref := child(node, "$ref")
	if ref == nil || ref.Kind != yaml.ScalarNode {
		return
	}
	address, fragment, _ := strings.Cut(resolved(base, ref.Value), "#")
	start, known := e.addresses[address]
	if address == "" || address == base {
		start, known = basePlace, true
	}
	place := ""
	switch anchor, named := e.anchors[address+"#"+fragment]; {
	case !known:
		return
	case named:
		place = anchor
	case fragment == "" || strings.HasPrefix(fragment, "/"):
		plain, err := url.PathUnescape(fragment)
		if place = start + plain; err != nil || e.at(place) == nil {
			return // a place of the document, or none at all
		}
	default:
		return
	}
	place = strings.ReplaceAll("#"+place, "%", "%25")
	if at := slices.Index(node.Content, ref); beside(node) {
		e.edits = append(e.edits, edit{node.Content[at-1], `"allOf"`}, edit{ref, `[ { "$ref": ` + strconv.Quote(place) + ` } ]`})
	} else if place != ref.Value {
		e.edits = append(e.edits, edit{ref, strconv.Quote(place)})
	}
}

// beside reports whether a reference stands beside schemas that others refer to: the loader
// does not look for them there. As allOf it means the same.
func beside(node *yaml.Node) bool {
	return child(node, "allOf") == nil && slices.ContainsFunc([]string{"$defs", "definitions", "if", "then", "else", "$id"}, func(key string) bool { return child(node, key) != nil })
}

// at finds the node at a place of the document.
func (e *embedded) at(place string) *yaml.Node {
	node := e.root
	for _, token := range Tokens(place) {
		node = child(node, token)
	}
	return node
}

// apply writes the text where the scalar stands, in its line.
func (one edit) apply(lines []string) {
	if one.node.Line < 1 || one.node.Line > len(lines) {
		return
	}
	line := []rune(lines[one.node.Line-1])
	start := one.node.Column - 1
	if start < 0 || start > len(line) {
		return
	}
	rest := string(line[start:])
	for _, written := range []string{`"` + one.node.Value + `"`, `'` + one.node.Value + `'`, one.node.Value} {
		if after, ok := strings.CutPrefix(rest, written); ok {
			lines[one.node.Line-1] = string(line[:start]) + one.text + after
			return
		}
	}
}

// resolved is an address as another one has it as its base.
func resolved(base, reference string) string {
	b, err := url.Parse(base)
	if err != nil {
		return reference
	}
	r, err := url.Parse(reference)
	if err != nil {
		return reference
	}
	return b.ResolveReference(r).String()
}
