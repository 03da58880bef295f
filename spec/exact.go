package spec

import (
	"reflect"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// The loader keeps the numbers of a document as float64. What that does not hold, such as
// the bound 9223372036854775807, is taken from the document once more.

// mayBeInexact reports whether a document has a number which a float64 may not hold: one of
// 16 digits, fifteen of them behind the point or eight on each side of it.
func mayBeInexact(data []byte) bool {
	before, digits := 0, 0 // in front of a point, and after the last that is no digit
	for _, c := range data {
		switch {
		case c >= '0' && c <= '9':
			digits++
			if digits >= 16 || before >= 1 && digits >= 15 || before >= 8 && digits >= 8 {
				return true
			}
		case c == '.':
			before, digits = digits, 0
		default:
			before, digits = 0, 0
		}
	}
	return false
}

// position is where a key of a document stands.
type position struct {
	file         string
	line, column int
}

// precise are the values of a document that hold numbers which a float64 does not, by the
// position of their keys.
type precise map[position]*yaml.Node

// collect adds the values in a file.
func (p precise) collect(file string, data []byte, root *yaml.Node) {
	if root == nil || !mayBeInexact(data) {
		return
	}
	var walk func(node *yaml.Node) bool
	walk = func(node *yaml.Node) bool {
		found := node.Kind == yaml.ScalarNode && inexact(node)
		switch node.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(node.Content); i += 2 {
				if key := node.Content[i]; walk(node.Content[i+1]) {
					p[position{file, key.Line, key.Column}] = node.Content[i+1]
					found = true
				}
			}
		case yaml.SequenceNode:
			for _, item := range node.Content {
				found = walk(item) || found
			}
		}
		return found
	}
	walk(root)
}

// inexact reports whether a scalar is a number that a float64 does not hold.
func inexact(node *yaml.Node) bool {
	if tag := node.ShortTag(); tag != "!!int" && tag != "!!float" || len(node.Value) < 16 {
		return false
	}
	number, ok := Number(node.Value)
	_, isFloat := number.(float64)
	return ok && !isFloat
}

// exactValue decodes a node as the loader does, and loses no digit of a number.
func exactValue(node *yaml.Node, old any) any {
	switch node.Kind {
	case yaml.ScalarNode:
		if number, ok := Number(node.Value); ok && inexact(node) && nearly(number, old) {
			return number
		}
	case yaml.MappingNode:
		members, _ := old.(map[string]any)
		for i := 0; i+1 < len(node.Content); i += 2 {
			if name := node.Content[i].Value; members[name] != nil {
				members[name] = exactValue(node.Content[i+1], members[name])
			}
		}
	case yaml.SequenceNode:
		items, _ := old.([]any)
		for i, item := range node.Content {
			if i < len(items) {
				items[i] = exactValue(item, items[i])
			}
		}
	}
	return old
}

// nearly reports whether an exact number is the one that the loader rounded.
func nearly(exact, old any) bool {
	rounded, ok := old.(float64)
	f, _ := Rational(exact).Float64()
	return ok && f == rounded
}

// apply gives the values to what the loader made of the document.
func (p precise) apply(doc *openapi3.T) {
	if len(p) == 0 {
		return
	}
	at := func(origin *openapi3.Origin, key string) *yaml.Node {
		if origin == nil {
			return nil
		}
		where, _ := origin.Fields.Lookup(key)
		return p[position{where.File, where.Line, where.Column}]
	}
	give := func(origin *openapi3.Origin, key string, value *any) {
		if node := at(origin, key); node != nil {
			*value = exactValue(node, *value)
		}
	}
	eachValue(reflect.ValueOf(doc), map[uintptr]bool{}, func(value any) {
		switch v := value.(type) {
		case *openapi3.Schema:
			give(v.Origin, "example", &v.Example)
			give(v.Origin, "default", &v.Default)
			give(v.Origin, "const", &v.Const)
			words := any(v.Enum)
			give(v.Origin, "enum", &words)
			kept := map[string]any{}
			for _, keyword := range []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"} {
				if node := at(v.Origin, keyword); node != nil && Bound(v, keyword) != nil {
					kept[keyword] = node.Value
				}
			}
			if len(kept) > 0 {
				if v.Extensions == nil {
					v.Extensions = map[string]any{}
				}
				v.Extensions[exactMark] = kept
			}
		case *openapi3.MediaType:
			give(v.Origin, "example", &v.Example)
		case *openapi3.Parameter:
			give(v.Origin, "example", &v.Example)
		case *openapi3.Example:
			give(v.Origin, "value", &v.Value)
		}
	})
}
