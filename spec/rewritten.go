package spec

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// texts are the keys of a document whose values are texts, with or without quotes:
// version: 1.0 is meant as it is written.
var texts = []string{"openapi", "version", "title", "description", "summary", "operationId", "name", "propertyName", "pattern", "format"}

// rewritten lists the edits that make the loader read what a document says: a text that
// looks like a number or a date, and null as the one value of a schema, which the loader
// takes for no value.
func rewritten(root *yaml.Node) (edits []edit) {
	var walk func(node *yaml.Node, around string)
	walk = func(node *yaml.Node, around string) {
		switch node.Kind {
		case yaml.MappingNode:
			edits = append(edits, sharedMediaType(root, node)...)
			for i := 0; i+1 < len(node.Content); i += 2 {
				key, value := node.Content[i], node.Content[i+1]
				isText := slices.Contains(texts, key.Value) && around != "properties" || around == "variables" && key.Value == "default"
				switch {
				case isText && isBare(value):
					edits = append(edits, edit{value, strconv.Quote(value.Value)})
				case key.Value == "const" && value.ShortTag() == "!!null" && value.Value != "" && child(node, "enum") == nil:
					edits = append(edits, edit{key, `"enum"`}, edit{value, "[null]"})
				case key.Value == "style" && value.Value == "cookie": // of OpenAPI 3.2: as form, for what is sent here
					edits = append(edits, edit{value, "form"})
				case slices.Contains(asData, key.Value) && around != "properties", strings.HasPrefix(key.Value, "x-"):
				case around == "variables":
					walk(value, "variables") // a variable is read as what is in one
				default:
					walk(value, key.Value)
				}
			}
		case yaml.SequenceNode:
			for _, item := range node.Content {
				walk(item, around)
			}
		}
	}
	walk(root, "")
	return edits
}

// sharedMediaType makes a reference to a media type of the components, which OpenAPI 3.2
// has, one to its schema.
func sharedMediaType(root, node *yaml.Node) []edit {
	ref := child(node, "$ref")
	if ref == nil || !strings.HasPrefix(ref.Value, "#/components/mediaTypes/") {
		return nil
	}
	shared := root
	for _, token := range Tokens(strings.TrimPrefix(ref.Value, "#")) {
		shared = child(shared, token)
	}
	at := slices.Index(node.Content, ref)
	if child(shared, "schema") == nil || at < 1 {
		return []edit{{node.Content[at-1], `"x-ref"`}}
	}
	return []edit{{node.Content[at-1], `"schema"`}, {ref, `{ "$ref": ` + strconv.Quote(ref.Value+"/schema") + ` }`}}
}

// isBare reports whether a scalar without quotes is read as a number or a date.
func isBare(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.Style == 0 && slices.Contains([]string{"!!int", "!!float", "!!timestamp"}, node.ShortTag())
}

// withoutDirective makes a comment of the directive that names YAML 1.2: the reader of
// YAML knows the one of 1.1 alone, and reads 1.2 all the same.
func withoutDirective(data []byte) []byte {
	if rest, ok := bytes.CutPrefix(data, []byte("%YAML 1.2")); ok {
		return append([]byte("#YAML 1.2"), rest...)
	}
	return data
}
