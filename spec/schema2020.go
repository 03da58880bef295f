package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// dialect2020 validates by JSON Schema 2020-12, which OpenAPI 3.1 uses. Each schema is
// compiled once, on first use.
type dialect2020 struct {
	document any // the description as JSON, which references lead into

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

const documentURL = "description.json"

func newDialect2020(doc *openapi3.T) (*dialect2020, error) {
	d := &dialect2020{compiler: jsonschema.NewCompiler()}
	var err error
	if d.document, err = asJSON(doc); err != nil {
		return nil, err
	}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.UseRegexpEngine(func(expression string) (jsonschema.Regexp, error) {
		matcher, err := compilePattern(expression)
		return named{matcher, expression}, err
	})
	for name := range formatsIn(d.document, map[string]bool{}) {
		d.compiler.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(value any) error { return checkFormat(name, value) }})
	}
	d.compiler.AssertFormat()
	return d, d.compiler.AddResource(documentURL, d.document)
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
	return tree, json.Unmarshal(data, &tree)
}

// formatsIn collects the formats that a tree names.
func formatsIn(tree any, found map[string]bool) map[string]bool {
	switch t := tree.(type) {
	case map[string]any:
		if name, ok := t["format"].(string); ok {
			found[name] = true
		}
		for _, inner := range t {
			formatsIn(inner, found)
		}
	case []any:
		for _, inner := range t {
			formatsIn(inner, found)
		}
	}
	return found
}

// checkFormat judges what OpenAPI 3.0 judges too; any other format is an annotation.
func checkFormat(name string, value any) error {
	switch v := value.(type) {
	case string:
		for _, known := range []map[string]openapi3.StringFormatValidator{formats, openapi3.SchemaStringFormats} {
			if f, ok := known[name]; ok {
				return f.Validate(v)
			}
		}
	case float64:
		if f, ok := openapi3.SchemaIntegerFormats[name]; ok && v == float64(int64(v)) {
			return f.Validate(int64(v))
		}
		if f, ok := openapi3.SchemaNumberFormats[name]; ok {
			return f.Validate(v)
		}
	}
	return nil
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
	url := fmt.Sprintf("schema-%d.json", d.count)
	if c.tree, c.err = asJSON(s); c.err == nil {
		c.tree = rooted(c.tree)
		if c.err = d.compiler.AddResource(url, c.tree); c.err == nil {
			c.schema, c.err = d.compiler.Compile(url)
		}
	}
	d.compiled.Store(s, c)
	return c
}

// rooted makes the references of a schema lead into the description that it is part of.
func rooted(tree any) any {
	switch t := tree.(type) {
	case map[string]any:
		for name, inner := range t {
			if ref, ok := inner.(string); ok && name == "$ref" && strings.HasPrefix(ref, "#/") {
				t[name] = documentURL + ref
			} else {
				t[name] = rooted(inner)
			}
		}
	case []any:
		for i, inner := range t {
			t[i] = rooted(inner)
		}
	}
	return tree
}

// violations returns the broken keywords in the words of OpenAPI 3.0. It returns an
// error when the schema cannot be compiled.
func (d *dialect2020) violations(s *openapi3.Schema, value any, direction Direction) ([]Violation, error) {
	c := d.compile(s)
	if c.err != nil {
		return nil, c.err
	}
	var found []Violation
	if invalid, ok := c.schema.Validate(value).(*jsonschema.ValidationError); ok {
		found = d.leaves(invalid, c, direction)
	}
	return append(found, beside2020(s, value, "", direction)...), nil
}

// leaves lists the keywords at the ends of an error's causes. Those that apply schemas
// of their own (anyOf, oneOf, contains, …) are listed themselves.
func (d *dialect2020) leaves(e *jsonschema.ValidationError, c *compiled2020, direction Direction) []Violation {
	at := Pointer(e.InstanceLocation...)
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		var found []Violation
		for _, name := range k.Missing {
			if !d.travelsOtherWay(e.SchemaURL, c, name, direction) {
				found = append(found, Violation{at + Pointer(name), "required", "is required and missing", false})
			}
		}
		return found
	case *kind.AdditionalProperties:
		var found []Violation
		for _, name := range k.Properties {
			found = append(found, Violation{at, "additionalProperties", fmt.Sprintf("property %q is unsupported", name), false})
		}
		return found
	case *kind.Not:
		return []Violation{{at, "not", "does not match the schema's not", false}}
	case *kind.AnyOf, *kind.OneOf, *kind.Contains, *kind.MinContains, *kind.MaxContains, *kind.PropertyNames:
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
	if keyword == "const" {
		keyword = "enum"
	}
	return []Violation{{at, keyword, reason2020(e.ErrorKind, keyword), false}}
}

// reason2020 says what is valid without repeating the value, which may be a secret.
func reason2020(broken jsonschema.ErrorKind, keyword string) string {
	switch k := broken.(type) {
	case *kind.Enum:
		if allowed, err := json.Marshal(k.Want); err == nil {
			return "must be one of " + string(allowed)
		}
	case *kind.Const:
		if allowed, err := json.Marshal(k.Want); err == nil {
			return "must be " + string(allowed)
		}
	case *kind.Type:
		return fmt.Sprintf("must be of type %s, is %s", strings.Join(k.Want, " or "), k.Got)
	case *kind.Pattern:
		return "must match " + k.Want
	case *kind.Format:
		return "must be of format " + k.Want
	case *kind.MinLength:
		return fmt.Sprintf("must have at least %d characters", k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("must have at most %d characters", k.Want)
	case *kind.Minimum:
		bound, _ := k.Want.Float64()
		return fmt.Sprintf("must be at least %g", bound)
	case *kind.Maximum:
		bound, _ := k.Want.Float64()
		return fmt.Sprintf("must be at most %g", bound)
	}
	return "does not match the schema's " + keyword
}

// travelsOtherWay reports whether a property is readOnly in a request or writeOnly in a
// response, so that the schema at a URL does not require it.
func (d *dialect2020) travelsOtherWay(url string, c *compiled2020, name string, direction Direction) bool {
	resource, fragment, _ := strings.Cut(url, "#")
	tree := c.tree
	if strings.HasSuffix(resource, documentURL) {
		tree = d.document
	}
	property, _ := Lookup(tree, fragment+Pointer("properties", name))
	for range 32 {
		members, _ := property.(map[string]any)
		ref, isRef := members["$ref"].(string)
		if !isRef {
			flag := "readOnly"
			if direction == Answered {
				flag = "writeOnly"
			}
			return members[flag] == true
		}
		_, fragment, _ = strings.Cut(ref, "#")
		property, _ = Lookup(d.document, fragment)
	}
	return false
}

// beside2020 finds the faults that JSON Schema 2020-12 does not cover: readOnly and
// writeOnly properties, and values that a discriminator's mapping does not have.
func beside2020(s *openapi3.Schema, value any, at string, direction Direction) []Violation {
	if s == nil {
		return nil
	}
	var found []Violation
	switch v := value.(type) {
	case map[string]any:
		if word, ok := discriminated(s, v); ok && s.Discriminator.Mapping[word].Ref == "" {
			found = append(found, Violation{at, "discriminator", "names none of the documented kinds", false})
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			property := s.Properties[name]
			if property == nil || property.Value == nil {
				continue
			}
			switch {
			case direction == Sent && property.Value.ReadOnly:
				found = append(found, Violation{at + Pointer(name), "readOnly", fmt.Sprintf("readOnly property %q in request", name), false})
			case direction == Answered && property.Value.WriteOnly:
				found = append(found, Violation{at + Pointer(name), "writeOnly", fmt.Sprintf("writeOnly property %q in response", name), false})
			}
			found = append(found, beside2020(property.Value, v[name], at+Pointer(name), direction)...)
		}
		for _, part := range s.AllOf {
			found = append(found, beside2020(part.Value, value, at, direction)...)
		}
	case []any:
		for i, inner := range v {
			if s.Items != nil {
				found = append(found, beside2020(s.Items.Value, inner, at+Pointer(strconv.Itoa(i)), direction)...)
			}
		}
	}
	return found
}

// discriminated returns the discriminator's value in an object, and whether the
// discriminator has a mapping and the object such a value.
func discriminated(s *openapi3.Schema, object map[string]any) (string, bool) {
	if s.Discriminator == nil || len(s.Discriminator.Mapping) == 0 {
		return "", false
	}
	word, ok := object[s.Discriminator.PropertyName].(string)
	return word, ok
}
