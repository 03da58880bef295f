package spec

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// Description is an API as its OpenAPI document promises it, in plain values.
// All lists are in a fixed order, whatever the order of the document.
type Description struct {
	File         string // path of the document for errors and reports, never absolute
	Title        string
	Version      string
	Digest       string // sha256 of the document's bytes, "sha256:…"
	Servers      []string
	BasePath     string // path of the first server, without a trailing slash
	Schemes      map[string]Scheme
	Operations   []*Operation // by ID
	Production   []string     // hosts that must not be called
	Slips        []Slip       // what of the document could not be used as it stands
	SecretFields []string     // names of properties and parameters with format: password

	byID  map[string]*Operation
	items map[string][]string // see itemNames; nil before all operations are read
}

// Operation returns the operation with an id, nil when there is none.
func (d *Description) Operation(id string) *Operation { return d.byID[id] }

// IDs lists the ids of all operations.
func (d *Description) IDs() []string {
	ids := make([]string, len(d.Operations))
	for i, o := range d.Operations {
		ids[i] = o.ID
	}
	return ids
}

// Load reads the description in a file.
func Load(file string) (*Description, error) { return Amendments{}.Load(file) }

// Parse reads a description; name stands for it in errors and reports.
// References to other files are followed next to the file, those to a network are not.
func Parse(data []byte, name string) (*Description, error) { return Amendments{}.Parse(data, name) }

// ParseAlone reads a description that did not come from a file of this machine.
func ParseAlone(data []byte, name string) (*Description, error) {
	return Amendments{}.ParseAlone(data, name)
}

// Load reads the description in a file, with the amendments.
func (a Amendments) Load(file string) (*Description, error) {
	data, err := ReadFile(file)
	if err != nil {
		return nil, err
	}
	return a.Parse(data, file)
}

// Parse reads a description with the amendments.
func (a Amendments) Parse(data []byte, name string) (*Description, error) {
	return a.parseWith(data, name, ReadFile)
}

// ParseAlone reads a description that did not come from a file of this machine: no
// reference to a file is followed, since the document must not choose what is read here.
func (a Amendments) ParseAlone(data []byte, name string) (*Description, error) {
	return a.parseWith(data, name, func(file string) ([]byte, error) {
		return nil, fmt.Errorf("reference to %s: a description that is no file of its own can refer to no other document; save it, and give the file", file)
	})
}

func (a Amendments) parseWith(data []byte, name string, readFile func(string) ([]byte, error)) (*Description, error) {
	hash := sha256.New()
	hash.Write(data)
	data = withoutDirective(data)
	root, inJSON, err := parseNodes(data)
	if err != nil {
		root = nil // the loader says what is wrong, or reads it as JSON
	}
	if err := checkKeys(root); err != nil {
		return nil, fmt.Errorf("%s: not a valid OpenAPI 3 document: %w", name, err)
	}
	s := source{name: name, readFile: readFile, refs: a.Refs, givenRoot: root, data: data, root: root, inJSON: inJSON}
	blockRoot := root
	for _, one := range a.Overlays {
		hash.Write(one.Data)
		if data, err = one.apply(data); err != nil {
			return nil, err
		}
		if err := s.replace(data); err != nil {
			return nil, fmt.Errorf("--overlay %s: %w", one.File, err)
		}
		s.rewritten, blockRoot = true, s.root
	}
	doc, err := s.load()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s.kept.apply(doc)
	clarifyNullable(doc)
	d := &Description{
		File: shownName(name), Title: doc.Info.Title, Version: doc.Info.Version,
		Digest:  "sha256:" + hex.EncodeToString(hash.Sum(nil)),
		Schemes: map[string]Scheme{},
		Slips:   append(s.slips, unreadFields(s.root)...),
		byID:    map[string]*Operation{},
	}
	if err := d.read(doc, readBlocks(data, blockRoot)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if s.rewritten || s.unplaced {
		lines := operationLines(root)
		for _, o := range d.Operations {
			o.Line = lines[[2]string{o.Path, strings.ToLower(o.Method)}]
		}
	}
	if len(d.Operations) == 0 && len(d.Slips) > 0 {
		return nil, fmt.Errorf("%s: not a valid OpenAPI 3 document: no operation is left of it: %s", name, d.Slips[0])
	}
	return d, nil
}

// checkVersion refuses documents that are not OpenAPI 3 before their contents are
// validated: errors about those would mislead.
func checkVersion(doc *openapi3.T) error {
	if swagger, ok := doc.Extensions["swagger"]; ok {
		return fmt.Errorf("a document of Swagger %v: only OpenAPI 3 and Swagger 2 are read", swagger)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.") {
		return fmt.Errorf("not an OpenAPI 3 document: openapi: %q; must be 3.x, as in openapi: 3.0.3", doc.OpenAPI)
	}
	return nil
}

// graveFaults lists where a document breaks OpenAPI 3. Paths that differ in nothing but
// the names of their parameters are accepted: public descriptions have them, and each
// request is made from the path of its own operation.
func graveFaults(doc *openapi3.T) []error { return grave(doc, validate(doc)) }

// validate finds what breaks OpenAPI 3 in a document. The loader would judge a schema again
// at each place that refers to it; one of the components is judged where it stands.
func validate(doc *openapi3.T) error {
	options := validationOptions(doc)
	away := map[*openapi3.SchemaRef]*openapi3.Schema{}
	defer func() {
		for ref, schema := range away {
			ref.Value = schema
		}
	}()
	if doc.Components != nil {
		eachValue(reflect.ValueOf(doc), map[uintptr]bool{}, func(value any) {
			ref, ok := value.(*openapi3.SchemaRef)
			if !ok || ref.Value == nil || !strings.HasPrefix(ref.Ref, componentRef) {
				return
			}
			if named := doc.Components.Schemas[lastToken(ref.Ref)]; named != nil && named != ref && named.Ref == "" && named.Value == ref.Value {
				away[ref] = ref.Value
			}
		})
	}
	for ref := range away {
		ref.Value = &openapi3.Schema{}
	}
	return doc.Validate(context.Background(), options...)
}

func validationOptions(doc *openapi3.T) []openapi3.ValidationOption {
	options := []openapi3.ValidationOption{openapi3.DisableExamplesValidation(), openapi3.DisableSchemaPatternValidation(), openapi3.DisableSchemaDefaultsValidation(), openapi3.EnableMultiError()}
	if doc.IsOpenAPI31OrLater() {
		options = append(options, openapi3.AllowExtraSiblingFields(unknownKeywords(doc)...))
	}
	return options
}

// grave lists the faults among those that the loader finds, without those that change
// nothing of what is sent or judged.
func grave(doc *openapi3.T, err error) []error {
	many, ok := errors.AsType[openapi3.MultiError](err)
	if !ok {
		many = openapi3.MultiError{err}
	}
	return slices.DeleteFunc(slices.Clone(many), func(one error) bool {
		_, conflict := errors.AsType[*openapi3.ConflictingPathsError](one)
		_, twins := errors.AsType[*openapi3.DuplicateOperationIDError](one) // made distinct when they are read
		_, terse := errors.AsType[*openapi3.ResponseDescriptionRequired](one)
		_, undefined := errors.AsType[*openapi3.SecurityRequirementSchemeUndefinedError](one) // what needs it is not sent
		place, odd := errors.AsType[*openapi3.InvalidParameterInError](one)
		late := strings.HasPrefix(doc.OpenAPI, "3.2") && odd && place.Value == "querystring" // such a parameter is named where it is not sent
		unknown := annotation(one)
		return one == nil || conflict || twins || terse || undefined || unknown || late
	})
}

// fieldNames are fields of OpenAPI by which requests are made and responses judged.
var fieldNames = []string{"parameters", "requestBody", "responses", "security", "servers", "content", "schema", "required", "properties", "items", "allOf", "anyOf", "oneOf",
	"additionalProperties", "nullable", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "format", "headers", "style", "explode", "$ref"}

// annotation reports whether a fault is that of fields which OpenAPI does not have, and
// of which none is a misspelling of one that it has.
func annotation(fault error) bool {
	extra, ok := errors.AsType[*openapi3.ExtraSiblingFieldsError](fault)
	return ok && !slices.ContainsFunc(extra.Fields, func(field string) bool { return nearest(field, fieldNames) != "" })
}

// one joins faults to an error, nil for none.
func one(faults []error) error {
	switch len(faults) {
	case 0:
		return nil
	case 1:
		return faults[0]
	}
	return fmt.Errorf("%w; and %d more", faults[0], len(faults)-1)
}

// unknownKeywords lists what the schemas of a document of OpenAPI 3.1 hold beyond the
// keywords of JSON Schema: they are annotations. Components may hold path items. OpenAPI
// 3.2 adds fields to other objects too, which the loader does not know.
func unknownKeywords(doc *openapi3.T) []string {
	list := []string{"pathItems"}
	eachValue(reflect.ValueOf(doc), map[uintptr]bool{}, func(value any) {
		if s, ok := value.(*openapi3.Schema); ok {
			list = slices.AppendSeq(list, maps.Keys(s.Extensions))
		} else if strings.HasPrefix(doc.OpenAPI, "3.2") {
			if v := reflect.ValueOf(value).Elem(); v.Kind() == reflect.Struct {
				if field := v.FieldByName("Extensions"); field.IsValid() {
					extensions, _ := field.Interface().(map[string]any)
					list = slices.AppendSeq(list, maps.Keys(extensions))
				}
			}
		}
	})
	slices.Sort(list)
	return slices.Compact(list)
}

// eachValue calls a function with every pointer that a value of the loader leads to, such
// as that to a schema, but for where it stands in the document.
func eachValue(v reflect.Value, seen map[uintptr]bool, visit func(any)) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return
		}
		seen[v.Pointer()] = true
		visit(v.Interface())
		eachValue(v.Elem(), seen, visit)
	case reflect.Struct:
		for _, i := range leadingFields(v.Type()) {
			eachValue(v.Field(i), seen, visit)
		}
		if !v.CanAddr() {
			return
		}
		switch object := v.Addr().Interface().(type) {
		case interface {
			Map() map[string]*openapi3.PathItem
		}:
			eachValue(reflect.ValueOf(object.Map()), seen, visit)
		case *openapi3.Responses:
			eachValue(reflect.ValueOf(object.Map()), seen, visit)
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			eachValue(entries.Value(), seen, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachValue(v.Index(i), seen, visit)
		}
	}
}

var fieldsThatLead sync.Map // reflect.Type → []int

// leadingFields lists the fields of a struct that may lead to others, by their indexes.
func leadingFields(t reflect.Type) []int {
	if known, ok := fieldsThatLead.Load(t); ok {
		return known.([]int)
	}
	leading := []reflect.Kind{reflect.Pointer, reflect.Struct, reflect.Map, reflect.Slice}
	list := []int{}
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && f.Type != reflect.TypeFor[*openapi3.Origin]() && slices.Contains(leading, f.Type.Kind()) {
			list = append(list, i)
		}
	}
	fieldsThatLead.Store(t, list)
	return list
}

// shownName is a file's name as reports show it: relative as given, never absolute.
func shownName(name string) string {
	switch {
	case filepath.IsAbs(name):
		return filepath.Base(name)
	case strings.Contains(name, "://"): // where it was fetched from
		return name
	}
	return filepath.ToSlash(filepath.Clean(name))
}

// check refuses links, read-backs and pointers without a target: a misspelling must
// not make the promise smaller.
func (d *Description) check() error {
	if err := d.checkPlaces(); err != nil {
		return err
	}
	for _, o := range d.Operations {
		for _, link := range o.Links {
			if d.Operation(link.To) == nil {
				return fmt.Errorf("operation %s: link %s: no operation has the id %q", o.ID, link.Name, link.To)
			}
		}
		for _, back := range o.Conformance.ReadBack {
			reader := d.Operation(back.Operation)
			if reader == nil {
				return fmt.Errorf("%s: readBack: no operation has the id %q", extension, back.Operation)
			}
			if back.Parameter != "" && !slices.ContainsFunc(reader.Parameters, func(p Parameter) bool { return p.In == "query" && p.Name == back.Parameter }) {
				return fmt.Errorf("%s: readBack: operation %s has no query parameter %q", extension, back.Operation, back.Parameter)
			}
		}
		for _, present := range o.Conformance.Present {
			if i := slices.IndexFunc(present.Operations, func(id string) bool { return d.Operation(id) == nil }); i >= 0 {
				return fmt.Errorf("%s: present: %s: no operation has the id %q", extension, present.Answer, present.Operations[i])
			}
		}
		if err := d.checkMessages(o.Conformance.Messages); err != nil {
			return err
		}
		if err := d.checkLists(o.Conformance.Lists); err != nil {
			return err
		}
	}
	return nil
}
