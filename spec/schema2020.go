package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	neturl "net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// dialect2020 validates by JSON Schema 2020-12, which OpenAPI 3.1 uses. Each schema is
// compiled once, on first use. Of a description of OpenAPI 3.0 it judges those with a
// discriminator, rewritten as 2020-12 has it.
type dialect2020 struct {
	always    bool         // every schema is judged by it
	prepare   func() error // makes what follows, once
	document  any          // the description as JSON, which references lead into
	heirs     map[string][]string
	addressed bool                                     // its schemas keep their addresses
	names     map[*openapi3.Schema]string              // of the components
	refs      map[*openapi3.Schema]*openapi3.SchemaRef // with keywords beside them
	routes    sync.Map                                 // *openapi3.Schema → route, of OpenAPI 3.0

	tangled   sync.Map // *openapi3.Schema → bool, see Tangled
	unchecked sync.Map // *openapi3.Schema → []string, see Unchecked
	heirsOf   sync.Map // *openapi3.Schema → openapi3.SchemaRefs, see Heirs
	kinded    sync.Map // *openapi3.Schema → bool, see Discriminates

	judged judged // response bodies

	mu       sync.Mutex // guards compiler and count
	compiler *jsonschema.Compiler
	count    int      // of schemas added to the compiler
	compiled sync.Map // *openapi3.Schema → *compiled2020
}

type compiled2020 struct {
	schema *jsonschema.Schema
	tree   any   // the schema as JSON
	err    error // why there is no schema
}

const documentURL = "urn:qorcheck:description"

func newDialect2020(doc *openapi3.T) (*dialect2020, error) {
	d := &dialect2020{always: doc.IsOpenAPI31OrLater(), names: map[*openapi3.Schema]string{}, refs: map[*openapi3.Schema]*openapi3.SchemaRef{}}
	d.prepare = sync.OnceValue(func() error { return d.read(doc) })
	if d.always {
		return d, d.prepare()
	}
	return d, nil
}

// read makes the compiler of a description.
func (d *dialect2020) read(doc *openapi3.T) (err error) {
	d.compiler = jsonschema.NewCompiler()
	data, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	if d.document, err = DecodeJSON(data); err != nil {
		return err
	}
	if doc.Components != nil {
		for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
			if ref := doc.Components.Schemas[name]; ref != nil && ref.Ref == "" && ref.Value != nil {
				d.names[ref.Value] = name
			}
		}
	}
	d.heirs = inheritance(d.document)
	d.addressed = bytes.Contains(data, []byte(`"$dynamicRef"`))
	d.rewrite(d.document)
	if err := addBases(d.document, d.heirs); err != nil {
		return err
	}
	rooted(d.document)
	meta, err := compileExpectation(map[string]any{}) // the whole dialect here would check each schema once a level around it
	if err != nil {
		return err
	}
	d.compiler.RegisterVocabulary(kindsVocabulary(meta))
	d.compiler.RegisterVocabulary(formatVocabulary(meta))
	d.compiler.AssertVocabs()
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.UseRegexpEngine(func(expression string) (jsonschema.Regexp, error) {
		matcher, err := compilePattern(expression)
		return named{matcher, expression}, err
	})
	return d.compiler.AddResource(documentURL, d.document)
}

// named is a pattern that knows its expression.
type named struct {
	openapi3.RegexMatcher
	expression string
}

func (n named) String() string { return n.expression }

func asJSON(value any) (tree any, err error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return DecodeJSON(data)
}

// compile returns a schema of the description, compiled.
func (d *dialect2020) compile(s *openapi3.Schema) *compiled2020 {
	if known, ok := d.compiled.Load(s); ok {
		return known.(*compiled2020)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if known, ok := d.compiled.Load(s); ok {
		return known.(*compiled2020)
	}
	c := &compiled2020{}
	d.count++
	c.err = c.make(d, s, fmt.Sprintf("schema-%d.json", d.count))
	d.compiled.Store(s, c)
	return c
}

// make compiles a schema. A panic of the compiler is an error.
func (c *compiled2020) make(d *dialect2020, s *openapi3.Schema, url string) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("compiling the schema: %v", fault)
		}
	}()
	if err := d.prepare(); err != nil {
		return err
	}
	if name, ok := d.names[s]; ok {
		c.tree = map[string]any{"$ref": componentRef + Pointer(name)[1:]}
	} else if ref, ok := d.refs[s]; ok {
		if c.tree, err = asJSON(ref); err != nil {
			return err
		}
		d.rewrite(c.tree)
	} else {
		if c.tree, err = asJSON(s); err != nil {
			return err
		}
		d.rewrite(c.tree)
	}
	c.tree = rooted(c.tree)
	if err := d.compiler.AddResource(url, c.tree); err != nil {
		return err
	}
	c.schema, err = d.compiler.Compile(url)
	return err
}

// violations returns the broken keywords in the words of OpenAPI 3.0. It returns an
// error when the schema cannot be compiled.
func (d *dialect2020) violations(s *openapi3.Schema, value any, direction Direction) (found []Violation, err error) {
	c := d.compile(s)
	if c.err != nil {
		return nil, c.err
	}
	defer func() {
		if fault := recover(); fault != nil {
			found, err = nil, fmt.Errorf("judging by the schema: %v", fault)
		}
	}()
	if invalid, ok := c.schema.Validate(value).(*jsonschema.ValidationError); ok {
		found = withoutEffects(d.leaves(invalid, c, direction))
	}
	return append(found, beside2020(s, value, "", direction, nil)...), nil
}

// withoutEffects drops what is unevaluated only because something else is wrong: a part
// of a schema that a value breaks has evaluated nothing of it.
func withoutEffects(found []Violation) []Violation {
	unevaluated := func(v Violation) bool { return strings.HasPrefix(v.Keyword, "unevaluated") }
	causes := slices.Clone(found)
	return slices.DeleteFunc(found, func(v Violation) bool {
		parent := v.Pointer[:max(strings.LastIndex(v.Pointer, "/"), 0)]
		return unevaluated(v) && slices.ContainsFunc(causes, func(cause Violation) bool {
			return strings.HasPrefix(cause.Pointer, v.Pointer+"/") || !unevaluated(cause) && strings.HasPrefix(cause.Pointer+"/", parent+"/")
		})
	})
}

// cyclic reports whether an error comes of a schema that includes itself: that demands
// nothing of a value.
func cyclic(e *jsonschema.ValidationError) bool {
	if _, ok := e.ErrorKind.(*kind.RefCycle); ok {
		return true
	}
	return slices.ContainsFunc(e.Causes, cyclic)
}

// leaves lists the keywords at the ends of an error's causes. Those that apply schemas
// of their own (anyOf, oneOf, contains, …) are listed themselves.
func (d *dialect2020) leaves(e *jsonschema.ValidationError, c *compiled2020, direction Direction) []Violation {
	at := Pointer(e.InstanceLocation...)
	switch k := e.ErrorKind.(type) {
	case *kind.RefCycle:
		return nil
	case *kind.Required:
		var found []Violation
		for _, name := range k.Missing {
			if !d.travelsOtherWay(e.SchemaURL, c, name, direction) {
				found = append(found, Violation{at + Pointer(name), "required", "is required and missing", d.isReading(e.SchemaURL, c, "required/"+name)})
			}
		}
		return found
	case *kind.AdditionalProperties:
		var found []Violation
		for _, name := range k.Properties {
			found = append(found, Violation{at, "additionalProperties", unexpected(name), false})
		}
		return found
	case *kind.Not:
		return []Violation{{at, "not", excluded, false}}
	case *kind.AnyOf, *kind.OneOf:
		if cyclic(e) {
			return nil
		}
	case *kindsError, *kind.Contains, *kind.MinContains, *kind.MaxContains, *kind.PropertyNames:
	default:
		var found []Violation
		for _, cause := range e.Causes {
			found = append(found, d.leaves(cause, c, direction)...)
		}
		if len(e.Causes) > 0 {
			return found
		}
	}
	keyword := "schema"
	if path := e.ErrorKind.KeywordPath(); len(path) > 0 {
		keyword = path[0]
	}
	if _, never := e.ErrorKind.(*kind.FalseSchema); never {
		if last := e.SchemaURL[strings.LastIndex(e.SchemaURL, "/")+1:]; strings.HasPrefix(last, "unevaluated") {
			keyword = last
		}
	}
	rule := keyword
	if keyword == "const" {
		keyword = "enum"
	}
	return []Violation{{at, keyword, reason2020(e, keyword), d.isReading(e.SchemaURL, c, rule)}}
}

// schemaAt is the tree of the schema at a URL of the compiler.
func (d *dialect2020) schemaAt(url string, c *compiled2020) any {
	resource, fragment, _ := strings.Cut(url, "#")
	tree := c.tree
	if strings.HasSuffix(resource, documentURL) {
		tree = d.document
	}
	if plain, err := neturl.PathUnescape(fragment); err == nil {
		fragment = plain
	}
	found, _ := Lookup(tree, fragment)
	return found
}

// isReading reports whether the schema at a URL marks a keyword as our reading.
func (d *dialect2020) isReading(url string, c *compiled2020, rule string) bool {
	schema, _ := d.schemaAt(url, c).(map[string]any)
	marked, _ := schema[readingMark].([]any)
	return slices.Contains(marked, any(rule))
}

// travelsOtherWay reports whether a property is readOnly in a request or writeOnly in a
// response, so that the schema at a URL does not require it.
func (d *dialect2020) travelsOtherWay(url string, c *compiled2020, name string, direction Direction) bool {
	flag := "readOnly"
	if direction == Answered {
		flag = "writeOnly"
	}
	property, _ := Lookup(d.schemaAt(url, c), Pointer("properties", name))
	for range 32 {
		members, _ := property.(map[string]any)
		ref, isRef := members["$ref"].(string)
		if flagged := members[flag] == true; !isRef || flagged && d.always { // OpenAPI 3.0 ignores what stands beside a reference
			return flagged
		}
		_, fragment, _ := strings.Cut(ref, "#")
		property, _ = Lookup(d.document, fragment)
	}
	return false
}

// beside2020 finds the faults that JSON Schema 2020-12 does not cover: readOnly and
// writeOnly properties. Schemas that include one another are looked at once for a value.
func beside2020(s *openapi3.Schema, value any, at string, direction Direction, seen []*openapi3.Schema) []Violation {
	if s == nil || slices.Contains(seen, s) {
		return nil
	}
	seen = append(seen, s)
	var found []Violation
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			property := s.Properties[name]
			if property == nil || property.Value == nil {
				continue
			}
			switch {
			case direction == Sent && property.Value.ReadOnly:
				found = append(found, Violation{at + Pointer(name), "readOnly", misplaced("readOnly"), false})
			case direction == Answered && property.Value.WriteOnly:
				found = append(found, Violation{at + Pointer(name), "writeOnly", misplaced("writeOnly"), false})
			}
			found = append(found, beside2020(property.Value, v[name], at+Pointer(name), direction, nil)...)
		}
		for _, part := range s.AllOf {
			found = append(found, beside2020(part.Value, value, at, direction, seen)...)
		}
	case []any:
		for i, inner := range v {
			if s.Items != nil {
				found = append(found, beside2020(s.Items.Value, inner, at+Pointer(strconv.Itoa(i)), direction, nil)...)
			}
		}
	}
	return found
}
