package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// A document in JSON is YAML as well, but a reader of YAML takes ten times as long for it.

// errNoJSON is returned for what is no JSON document.
var errNoJSON = errors.New("not a JSON document")

// parseNodes reads a document in JSON or YAML, and reports which of the two it is.
func parseNodes(data []byte) (root *yaml.Node, inJSON bool, err error) {
	if root, err := jsonNodes(data); err == nil {
		return root, true, nil
	}
	root, err = ParseYAML(data)
	return root, false, err
}

// jsonNodes reads an object in JSON as a reader of YAML does: with the line and the column
// of each value, and with keys that are given twice.
func jsonNodes(data []byte) (*yaml.Node, error) {
	if start := bytes.TrimLeft(data, " \t\r\n"); len(start) == 0 || start[0] != '{' || !json.Valid(data) || !utf8.Valid(data) {
		return nil, errNoJSON
	}
	r := nodeReader{data: data, line: 1, column: 1}
	return r.value(), nil
}

// nodeReader makes nodes of valid JSON.
type nodeReader struct {
	data         []byte
	at           int
	line, column int         // of the byte at counted
	counted      int         // up to where lines and columns are counted
	spare        []yaml.Node // made at once, for the nodes to come
}

// node makes a node that begins where the reader stands.
func (r *nodeReader) node(kind yaml.Kind, tag string) *yaml.Node {
	passed := r.data[r.counted:r.at]
	if n := bytes.Count(passed, []byte{'\n'}); n > 0 {
		r.line, r.column = r.line+n, 1
		passed = passed[bytes.LastIndexByte(passed, '\n')+1:]
	}
	r.column += utf8.RuneCount(passed)
	r.counted = r.at
	if len(r.spare) == 0 {
		r.spare = make([]yaml.Node, 256)
	}
	n := &r.spare[0]
	r.spare = r.spare[1:]
	n.Kind, n.Tag, n.Line, n.Column = kind, tag, r.line, r.column
	return n
}

// skip passes what stands between values.
func (r *nodeReader) skip() {
	for r.at < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[r.at]) >= 0 {
		r.at++
	}
}

func (r *nodeReader) value() *yaml.Node {
	r.skip()
	switch r.data[r.at] {
	case '{':
		return r.container(yaml.MappingNode, "!!map", '}')
	case '[':
		return r.container(yaml.SequenceNode, "!!seq", ']')
	case '"':
		return r.text()
	}
	return r.bare()
}

func (r *nodeReader) container(kind yaml.Kind, tag string, end byte) *yaml.Node {
	n := r.node(kind, tag)
	n.Style = yaml.FlowStyle
	r.at++
	var content []*yaml.Node
	for r.skip(); r.data[r.at] != end; r.skip() {
		content = append(content, r.value())
	}
	n.Content = slices.Clip(content)
	r.at++
	return n
}

func (r *nodeReader) text() *yaml.Node {
	n := r.node(yaml.ScalarNode, "!!str")
	n.Style = yaml.DoubleQuotedStyle
	end := r.at + 1
	for ; r.data[end] != '"'; end++ {
		if r.data[end] == '\\' {
			end++
		}
	}
	written := r.data[r.at+1 : end]
	if bytes.IndexByte(written, '\\') < 0 {
		n.Value = string(written)
	} else if err := json.Unmarshal(r.data[r.at:end+1], &n.Value); err != nil {
		panic(err) // it is valid
	}
	r.at = end + 1
	return n
}

// bare reads a number, true, false or null.
func (r *nodeReader) bare() *yaml.Node {
	n := r.node(yaml.ScalarNode, "")
	end := r.at
	for end < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,]}"), r.data[end]) < 0 {
		end++
	}
	n.Value = string(r.data[r.at:end])
	n.Tag = n.ShortTag()
	r.at = end
	return n
}
