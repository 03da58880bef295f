package spec

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

const extension = "x-conformance"

//go:embed conformance.schema.json
var conformanceSchema []byte

// parseConformance reads a block, strictly. A nil value is an empty block.
func parseConformance(value any, node *yaml.Node) (Conformance, error) {
	var c Conformance
	if value == nil {
		return c, nil
	}
	if err := DecodeNode(node, extension, &c); err != nil {
		return c, err
	}
	return c, checkBlock(value, node)
}

// blocks finds the x-conformance blocks of a description, with line numbers.
type blocks struct {
	root *yaml.Node // nil where the description has no block, or is JSON that YAML cannot read
}

func readBlocks(data []byte, root *yaml.Node) blocks {
	if !bytes.Contains(data, []byte(extension)) {
		return blocks{}
	}
	return blocks{root}
}

// find returns the block at a path of keys. For a block in another file or behind a
// reference, the node is made from its value and has no line numbers.
func (b blocks) find(value any, path ...string) (*yaml.Node, error) {
	node := b.root
	for _, key := range append(path, extension) {
		node = child(node, key)
	}
	if node == nil {
		node = &yaml.Node{}
		return node, node.Encode(value)
	}
	return node, nil
}

// child returns the value under a key or an index, nil when there is none.
func child(node *yaml.Node, key string) *yaml.Node {
	if node == nil {
		return nil
	}
	switch node.Kind {
	case yaml.AliasNode:
		return child(node.Alias, key)
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				return node.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i]
		}
	}
	return nil
}

// blockSchema is the schema of a block, compiled once for all.
var blockSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(conformanceSchema))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("schema.json")
})

// checkBlock validates a decoded block against conformance.schema.json. Its error names
// line, place and fault.
func checkBlock(value any, node *yaml.Node) error {
	schema, err := blockSchema()
	if err != nil {
		return err
	}
	err = schema.Validate(value)
	invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return err
	}
	printer := message.NewPrinter(language.English)
	var faults []string
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			fault := fmt.Sprintf("%s: at %s: %s", extension, cmp.Or(Pointer(e.InstanceLocation...), "/"), e.ErrorKind.LocalizedString(printer))
			if line := lineAt(node, e.InstanceLocation); line > 0 {
				fault = fmt.Sprintf("line %d: %s", line, fault)
			}
			faults = append(faults, fault)
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(invalid)
	slices.Sort(faults)
	return errors.New(strings.Join(slices.Compact(faults), "; "))
}

// lineAt returns the line of a place in a block, 0 when it is unknown.
func lineAt(node *yaml.Node, tokens []string) int {
	for _, token := range tokens {
		node = child(node, token)
	}
	if node == nil {
		return 0
	}
	return node.Line
}
