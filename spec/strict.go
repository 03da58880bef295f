package spec

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ErrEmpty is returned for a YAML file that holds nothing.
var ErrEmpty = errors.New("the file is empty")

// keyed is a map type that takes some keys and no others.
type keyed interface{ ValidKeys() []string }

// DecodeYAML decodes a YAML document into the struct that a pointer leads to. Every
// file of ours is read by it. The valid keys are those of the struct and of the
// structs in it, and of maps with a method ValidKeys() []string; any other key is an
// error, and so are a key that is given twice, a value of another kind and a second
// document. The error names the line, the place, what is valid there and, where one
// is near, the key that was meant.
func DecodeYAML(data []byte, into any) error {
	node, err := ParseYAML(data)
	if err != nil {
		if errors.Is(err, ErrEmpty) {
			err = fmt.Errorf("%w; valid keys: %s", err, strings.Join(keysOf(reflect.TypeOf(into).Elem()), ", "))
		}
		return err
	}
	return DecodeNode(node, "", into)
}

// ParseYAML reads the one document of a YAML file, for DecodeNode. The error is
// ErrEmpty where the file holds nothing.
func ParseYAML(data []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document, second yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, ErrEmpty
	} else if err != nil {
		return nil, namedTab(err, data)
	}
	root := document.Content[0]
	if root.ShortTag() == "!!null" {
		return nil, ErrEmpty
	}
	if err := decoder.Decode(&second); err == nil {
		return nil, fmt.Errorf("line %d: a second document begins; there must be one", second.Line)
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return root, nil
}

// namedTab says of what is no YAML which line is indented by a tab: nobody sees it.
func namedTab(err error, data []byte) error {
	for i, line := range bytes.Split(data, []byte("\n")) {
		if bytes.HasPrefix(bytes.TrimLeft(line, " "), []byte("\t")) {
			return fmt.Errorf("%w; line %d is indented by a tab: must be spaces", err, i+1)
		}
	}
	return err
}

// DecodeNode is DecodeYAML for a part of a document; at is its place, "" at the root.
func DecodeNode(node *yaml.Node, at string, into any) error {
	s := strict{seen: map[seenNode]bool{}}
	s.walk(node, at, reflect.TypeOf(into).Elem())
	if len(s.faults) > 0 {
		return s.report()
	}
	return node.Decode(into)
}

// strict walks a document beside the type that it is decoded into.
type strict struct {
	faults []fault
	seen   map[seenNode]bool // an alias may lead to a node again, and to one that it stands in
}

type seenNode struct {
	node *yaml.Node
	of   reflect.Type
}

type fault struct {
	line int
	text string
}

func (s *strict) fault(node *yaml.Node, at, format string, arguments ...any) {
	text := fmt.Sprintf(format, arguments...)
	if at != "" {
		text = at + ": " + text
	}
	s.faults = append(s.faults, fault{node.Line, text})
}

// report returns the first fault, with the lines of the others.
func (s *strict) report() error {
	slices.SortStableFunc(s.faults, func(a, b fault) int { return cmp.Compare(a.line, b.line) })
	first := s.faults[0]
	text := first.text
	if first.line > 0 { // a block out of another file has no lines
		text = fmt.Sprintf("line %d: %s", first.line, text)
	}
	if len(s.faults) == 1 {
		return errors.New(text)
	}
	var lines []string
	for _, f := range s.faults[1:] {
		lines = append(lines, fmt.Sprint(f.line))
	}
	return fmt.Errorf("%s; more faults on: line %s", text, strings.Join(slices.Compact(lines), ", "))
}

var anything = reflect.TypeFor[any]()

// abbreviated is a struct that a file may also give as a single text.
type abbreviated interface{ Abbreviated() }

// walk checks a node that is decoded into a value of a type.
func (s *strict) walk(node *yaml.Node, at string, of reflect.Type) {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if key := (seenNode{node, of}); s.seen[key] {
		return
	} else {
		s.seen[key] = true
	}
	if node.ShortTag() == "!!null" {
		return // as if it were left out
	}
	value := reflect.New(of).Interface()
	_, own := value.(yaml.Unmarshaler)
	_, abbreviated := value.(abbreviated)
	switch {
	case abbreviated && node.Kind == yaml.MappingNode:
		s.walkStruct(node, at, of)
	case own || of == anything:
		s.walkAny(node, at)
	case of.Kind() == reflect.Struct:
		s.walkStruct(node, at, of)
	case of.Kind() == reflect.Map:
		s.walkMap(node, at, of)
	case of.Kind() == reflect.Slice:
		if node.Kind != yaml.SequenceNode {
			s.fault(node, at, "must be a list")
			return
		}
		s.walkItems(node, at, of.Elem())
	case !scalar(node, of):
		s.fault(node, at, "must be %s", wordFor(of.Kind()))
	}
}

// scalar reports whether a node is decoded into a scalar type. Decoding alone would
// cut a fraction off.
func scalar(node *yaml.Node, of reflect.Type) bool {
	switch {
	case node.Kind != yaml.ScalarNode:
		return false
	case of.Kind() == reflect.String:
		return true
	case of.Kind() == reflect.Int && node.ShortTag() != "!!int":
		return false
	}
	return node.Decode(reflect.New(of).Interface()) == nil
}

// wordFor names what a scalar of a kind is.
func wordFor(kind reflect.Kind) string {
	switch kind {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	}
	return "text"
}

func (s *strict) walkItems(node *yaml.Node, at string, of reflect.Type) {
	for i, item := range node.Content {
		s.walk(item, fmt.Sprintf("%s[%d]", at, i), of)
	}
}

// walkAny checks values that may be anything for keys that are given twice.
func (s *strict) walkAny(node *yaml.Node, at string) {
	switch node.Kind {
	case yaml.SequenceNode:
		s.walkItems(node, at, anything)
	case yaml.MappingNode:
		s.eachKey(node, at, func(_, value *yaml.Node, at string) { s.walk(value, at, anything) })
	}
}

func (s *strict) walkMap(node *yaml.Node, at string, of reflect.Type) {
	if node.Kind != yaml.MappingNode {
		s.fault(node, at, "must be a mapping")
		return
	}
	var valid []string
	if k, ok := reflect.Zero(of).Interface().(keyed); ok {
		valid = k.ValidKeys()
	}
	s.eachKey(node, at, func(key, value *yaml.Node, inner string) {
		if key.ShortTag() == "!!merge" {
			s.walkMerged(value, at, of)
			return
		}
		if valid != nil && !slices.Contains(valid, key.Value) {
			s.unknown(key, at, valid)
			return
		}
		s.walk(value, inner, of.Elem())
	})
}

func (s *strict) walkStruct(node *yaml.Node, at string, of reflect.Type) {
	valid := keysOf(of)
	if node.Kind != yaml.MappingNode {
		s.fault(node, at, "must be a mapping; valid keys: %s", strings.Join(valid, ", "))
		return
	}
	s.eachKey(node, at, func(key, value *yaml.Node, inner string) {
		if key.ShortTag() == "!!merge" {
			s.walkMerged(value, at, of)
			return
		}
		field, ok := fieldOf(of, key.Value)
		if !ok {
			s.unknown(key, at, valid)
			return
		}
		s.walk(value, inner, field)
	})
}

// walkMerged checks what << puts into a struct or a map.
func (s *strict) walkMerged(node *yaml.Node, at string, of reflect.Type) {
	if node.Kind == yaml.SequenceNode {
		for _, one := range node.Content {
			s.walk(one, at, of)
		}
		return
	}
	s.walk(node, at, of)
}

// eachKey visits the keys of a mapping, and reports those that are given twice.
func (s *strict) eachKey(node *yaml.Node, at string, visit func(key, value *yaml.Node, at string)) {
	lines := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if first, twice := lines[key.Value]; twice && key.Kind == yaml.ScalarNode {
			s.fault(key, at, "the key %s is given twice: lines %d and %d", key.Value, first, key.Line)
			continue
		}
		lines[key.Value] = key.Line
		inner := key.Value
		if at != "" {
			inner = at + "." + key.Value
		}
		visit(key, value, inner)
	}
}

func (s *strict) unknown(key *yaml.Node, at string, valid []string) {
	hint := DidYouMean(key.Value, valid)
	s.fault(key, at, "unknown key %s%s; valid keys: %s", key.Value, hint, strings.Join(valid, ", "))
}

// keysOf lists the keys that a struct is decoded from, in its order.
func keysOf(of reflect.Type) []string {
	var keys []string
	for i := range of.NumField() {
		if key := keyOf(of.Field(i)); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func fieldOf(of reflect.Type, key string) (reflect.Type, bool) {
	for i := range of.NumField() {
		if f := of.Field(i); keyOf(f) == key {
			return f.Type, true
		}
	}
	return nil, false
}

// keyOf is the key of a field, "" when it has none.
func keyOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	if name == "-" || !f.IsExported() {
		return ""
	}
	return cmp.Or(name, strings.ToLower(f.Name))
}

// DidYouMean is the hint of an error about an unknown word: the word that it was
// probably meant to be, "" when none is near.
func DidYouMean(misspelt string, words []string) string {
	if meant := nearest(misspelt, words); meant != "" {
		return fmt.Sprintf(" (did you mean %s?)", meant)
	}
	return ""
}

// nearest returns the word that a misspelt one was meant to be, "" when none is
// near: at most a third of its letters are missing, added, wrong or exchanged.
func nearest(misspelt string, words []string) string {
	best, least := "", max(1, len(misspelt)/3)+1
	if len(misspelt) < 3 {
		least = 1
	}
	for _, word := range words {
		if d := distance(strings.ToLower(misspelt), strings.ToLower(word)); d < least {
			best, least = word, d
		}
	}
	return best
}

// distance counts the letters to insert, remove, replace or exchange with the next
// to make one word of another (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replaced := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, replaced)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
