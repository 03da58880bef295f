package spec

import (
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Slip is a part of a document that cannot be used as it stands. It costs that part
// alone; a harmless one costs nothing.
type Slip struct {
	Place    string // where it stands, in words: POST /things, response 201
	Line     int    // of the document, 0 when unknown
	Why      string
	Cost     string // what is not judged for it, "" for nothing
	Harmless bool
}

func (s Slip) String() string {
	text := s.Place
	if s.Line > 0 {
		text = fmt.Sprintf("line %d: %s", s.Line, text)
	}
	text += ": " + strings.Join(strings.Fields(s.Why), " ")
	if s.Cost != "" {
		text += "; " + s.Cost
	}
	return text
}

// SlipTexts lists the slips of a description as reports show them.
func (d *Description) SlipTexts() []string {
	var list []string
	for _, s := range d.Slips {
		list = append(list, s.String())
	}
	return list
}

// Costs of a slip.
const (
	costOperation = "the operation is left out"
	costSchema    = "any value is taken there, and none is judged"
)

// words is the place of keys in a document, in words.
func words(keys []string) string {
	if len(keys) >= 3 && keys[0] == "paths" {
		place := strings.ToUpper(keys[2]) + " " + keys[1]
		if rest := keys[3:]; len(rest) > 0 {
			place += ", " + strings.Join(rest, " ")
		}
		return place
	}
	return strings.Join(keys, " ")
}

// keyLine is the line of the key at the end of a path of keys, 0 where there is none.
func keyLine(node *yaml.Node, keys ...string) int {
	line := 0
	for _, key := range keys {
		for node != nil && node.Kind == yaml.AliasNode {
			node = node.Alias
		}
		if node == nil {
			return 0
		}
		inner := child(node, key)
		if inner == nil {
			return 0
		}
		line = inner.Line
		for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				line = node.Content[i].Line
			}
		}
		node = inner
	}
	return line
}

// plainValue is the value of a node as JSON has it: keys are texts, and so is what only
// YAML reads otherwise, such as a date.
func plainValue(node *yaml.Node) any { return plainValueWithin(node, 0) }

const maxDepth = 200 // of a document; an alias may lead to a node that it stands in

func plainValueWithin(node *yaml.Node, depth int) any {
	if node == nil || depth > maxDepth {
		return nil
	}
	switch node.Kind {
	case yaml.AliasNode:
		return plainValueWithin(node.Alias, depth+1)
	case yaml.MappingNode:
		value := map[string]any{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if key := node.Content[i]; key.ShortTag() == "!!merge" {
				mergePlain(value, node.Content[i+1], depth)
			}
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if key := node.Content[i]; key.ShortTag() != "!!merge" {
				value[key.Value] = plainValueWithin(node.Content[i+1], depth+1)
			}
		}
		return value
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			list[i] = plainValueWithin(item, depth+1)
		}
		return list
	}
	switch node.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		var value bool
		if node.Decode(&value) == nil {
			return value
		}
	case "!!int", "!!float":
		if json.Valid([]byte(node.Value)) {
			return json.Number(node.Value)
		}
		var value float64
		if node.Decode(&value) == nil {
			return value
		}
	}
	return node.Value
}

func mergePlain(into map[string]any, node *yaml.Node, depth int) {
	if node.Kind == yaml.SequenceNode {
		for _, one := range node.Content {
			mergePlain(into, one, depth+1)
		}
		return
	}
	if members, ok := plainValueWithin(node, depth+1).(map[string]any); ok {
		for key, value := range members {
			if _, there := into[key]; !there {
				into[key] = value
			}
		}
	}
}

// decodePart decodes a node into a type of the loader.
func decodePart(node *yaml.Node, into any) error {
	data, err := json.Marshal(plainValue(node))
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
