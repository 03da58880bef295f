package spec

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// unread are the fields of a media type that OpenAPI 3.2 has and nothing is judged by, with
// what that costs.
var unread = map[string]string{
	"itemSchema":     "the items of such a body are not judged",
	"prefixEncoding": "the parts of such a body are not made, and not judged",
	"itemEncoding":   "the parts of such a body are not made, and not judged",
}

// unreadFields lists the fields of a document of OpenAPI 3.2 that nothing is judged by.
func unreadFields(root *yaml.Node) (slips []Slip) {
	if version := child(root, "openapi"); version == nil || !strings.HasPrefix(version.Value, "3.2") {
		return nil
	}
	var walk func(keys []string, node *yaml.Node, depth int)
	walk = func(keys []string, node *yaml.Node, depth int) {
		if node == nil || depth > maxDepth || node.Kind == yaml.AliasNode {
			return
		}
		for i, key := range elements(node) {
			inner := append(slices.Clone(keys), key)
			media := len(keys) > 1 && (keys[len(keys)-2] == "content" || keys[len(keys)-2] == "mediaTypes")
			if cost := unread[key]; cost != "" && media && node.Kind == yaml.MappingNode {
				slips = append(slips, Slip{Place: words(inner), Line: keyLine(root, inner...), Why: "of OpenAPI 3.2, which is not read", Cost: cost})
			}
			if !slices.Contains(asData, key) || node.Kind != yaml.MappingNode {
				walk(inner, valueAt(node, i), depth+1)
			}
		}
	}
	walk(nil, root, 0)
	return slips
}
