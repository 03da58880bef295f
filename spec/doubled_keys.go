package spec

import "go.yaml.in/yaml/v3"

// checkKeys refuses a key that is given twice in a mapping of a document: the reader of
// OpenAPI drops the first one in silence. What is no YAML has been read as JSON.
func checkKeys(root *yaml.Node) error {
	if root == nil {
		return nil
	}
	s := strict{seen: map[seenNode]bool{}}
	s.walk(root, "", anything)
	if len(s.faults) > 0 {
		return s.report()
	}
	return nil
}
