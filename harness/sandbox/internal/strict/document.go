package strict

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// documentURL is the name under which the compiler of schemas knows the
// document. Nothing is fetched from it.
const documentURL = "description.json"

// Document is an OpenAPI 3.0 document whose schemas were rewritten in the words
// of JSON Schema 2020-12.
type Document struct {
	root     any
	compiler *jsonschema.Compiler
}

func NewDocument(tree any) (*Document, error) {
	d := &Document{root: toJSONSchema(tree), compiler: jsonschema.NewCompiler()}
	d.compiler.AssertFormat()
	d.compiler.RegisterFormat(&jsonschema.Format{Name: "uri", Validate: absoluteURI})
	// What the form of a mail address is, its pattern says and nothing else.
	d.compiler.RegisterFormat(&jsonschema.Format{Name: "email", Validate: func(any) error { return nil }})
	if err := d.compiler.AddResource(documentURL, d.root); err != nil {
		return nil, err
	}
	return d, nil
}

// absoluteURI refuses a text that is no absolute URI, such as one whose host is in
// brackets and no IPv6 address.
func absoluteURI(v any) error {
	text, ok := v.(string)
	if !ok {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || !u.IsAbs() {
		return errors.New("is no absolute URI")
	}
	if strings.HasPrefix(u.Host, "[") {
		if a, err := netip.ParseAddr(u.Hostname()); err != nil || !a.Is6() {
			return errors.New("has a host in brackets that is no IPv6 address")
		}
	}
	return nil
}

// node is an object in the document, with references followed.
type node struct {
	document *Document
	pointer  string
	Value    map[string]any
}

func (d *Document) At(tokens ...string) (node, error) {
	return d.resolve("/" + strings.Join(tokens, "/"))
}

// How a name stands in a JSON pointer, and back. RFC 6901, section 3.
var (
	inPointer   = strings.NewReplacer("~", "~0", "/", "~1")
	fromPointer = strings.NewReplacer("~1", "/", "~0", "~")
)

// resolve returns the object at a JSON pointer or, where a reference stands
// there, the one that it leads to.
func (d *Document) resolve(pointer string) (node, error) {
	for range 100 {
		var v any = d.root
		for token := range strings.SplitSeq(pointer[1:], "/") {
			token = fromPointer.Replace(token)
			switch at := v.(type) {
			case map[string]any:
				v = at[token]
			case []any:
				if i, err := strconv.Atoi(token); err == nil && 0 <= i && i < len(at) {
					v = at[i]
				} else {
					v = nil
				}
			default:
				v = nil
			}
		}
		members, ok := v.(map[string]any)
		if !ok {
			return node{}, fmt.Errorf("no object at %s", pointer)
		}
		ref, ok := members["$ref"].(string)
		if !ok {
			return node{d, pointer, members}, nil
		}
		target, ok := strings.CutPrefix(ref, "#/")
		if !ok {
			return node{}, fmt.Errorf("reference %s: only the document itself can be read", ref)
		}
		pointer = "/" + target
	}
	return node{}, fmt.Errorf("references in a circle at %s", pointer)
}

// Names returns the names of the members in order.
func (n node) Names() []string { return slices.Sorted(maps.Keys(n.Value)) }

func (n node) Member(name string) (node, error) {
	return n.document.resolve(n.pointer + "/" + inPointer.Replace(name))
}

// items returns the objects in an array; none where the member is absent.
func (n node) items(name string) ([]node, error) {
	list, _ := n.Value[name].([]any)
	var all []node
	for i := range list {
		item, err := n.document.resolve(fmt.Sprintf("%s/%s/%d", n.pointer, name, i))
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}

// Schema compiles the member of that name.
func (n node) Schema() (*jsonschema.Schema, *shape, error) {
	s, err := n.Member("schema")
	if err != nil {
		return nil, nil, err
	}
	fragment := (&url.URL{Fragment: s.pointer}).EscapedFragment()
	compiled, err := n.document.compiler.Compile(documentURL + "#" + fragment)
	if err != nil {
		return nil, nil, err
	}
	form := &shape{members: map[string]*shape{}}
	if err := form.add(s, 0); err != nil {
		return nil, nil, err
	}
	return compiled, form, nil
}

// add takes over what a schema and all parts of its allOf say.
func (s *shape) add(n node, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%s: schemas in a circle", n.pointer)
	}
	if kind, ok := n.Value["type"].(string); ok {
		s.kind = kind
	} else if kinds, ok := n.Value["type"].([]any); ok { // what modern made of nullable
		s.kind, _ = kinds[0].(string)
	}
	required, _ := n.Value["required"].([]any)
	for _, name := range required {
		if name, ok := name.(string); ok && !slices.Contains(s.required, name) {
			s.required = append(s.required, name)
		}
	}
	parts, err := n.items("allOf")
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := s.add(part, depth+1); err != nil {
			return err
		}
	}
	if n.Value["properties"] == nil {
		return nil
	}
	properties, err := n.Member("properties")
	if err != nil {
		return err
	}
	for _, name := range properties.Names() {
		property, err := properties.Member(name)
		if err != nil {
			return err
		}
		if s.members[name] == nil {
			s.members[name] = &shape{members: map[string]*shape{}}
		}
		if err := s.members[name].add(property, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// toJSONSchema returns a tree with what OpenAPI 3.0 says otherwise than JSON Schema
// 2020-12 put in its words, and with keys and numbers as JSON has them:
// nullable becomes a type, the boolean exclusive bounds become numbers, and
// what stands beside a reference, which 3.0 ignores, is taken away.
func toJSONSchema(tree any) any {
	switch v := tree.(type) {
	case []any:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = toJSONSchema(item)
		}
		return items
	case map[any]any:
		members := make(map[string]any, len(v))
		for name, member := range v {
			members[fmt.Sprint(name)] = toJSONSchema(member)
		}
		return members
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			return map[string]any{"$ref": ref}
		}
		members := make(map[string]any, len(v))
		for name, member := range v {
			members[name] = toJSONSchema(member)
		}
		if kind, ok := v["type"].(string); ok && v["nullable"] == true {
			members["type"] = []any{kind, "null"}
		}
		for exclusive, bound := range map[string]string{"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"} {
			if flag, ok := v[exclusive].(bool); ok {
				delete(members, exclusive)
				if flag {
					members[exclusive] = members[bound]
					delete(members, bound)
				}
			}
		}
		return members
	case int, int64, uint64:
		return json.Number(fmt.Sprint(v))
	case float64:
		return json.Number(strconv.FormatFloat(v, 'g', -1, 64))
	case string, bool, nil:
		return v
	}
	return fmt.Sprint(tree) // a date in an example
}
