package spec

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

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
	SecretFields []string     // names of properties and parameters with format: password

	byID map[string]*Operation
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
func Load(file string) (*Description, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return Parse(data, file)
}

// Parse reads a description; name stands for it in errors and reports.
// References to other files are followed next to the file, those to a network are refused.
func Parse(data []byte, name string) (*Description, error) {
	return parseWith(data, name, os.ReadFile)
}

// ParseAlone reads a description that did not come from a file of this machine: a
// reference to a file is refused, since the document must not choose what is read here.
func ParseAlone(data []byte, name string) (*Description, error) {
	return parseWith(data, name, func(file string) ([]byte, error) {
		return nil, fmt.Errorf("reference to %s: a description that is no file of its own can refer to no other document; save it, and give the file", file)
	})
}

func parseWith(data []byte, name string, readFile func(string) ([]byte, error)) (*Description, error) {
	kept := precise{}
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, uri *url.URL) ([]byte, error) {
		if uri.Scheme != "" && uri.Scheme != "file" {
			return nil, fmt.Errorf("reference to %s: only references to local files are followed", uri)
		}
		data, err := readFile(filepath.FromSlash(uri.Path))
		data = withoutDirective(data)
		if root, fault := ParseYAML(data); err == nil && fault == nil {
			kept.collect(uri.Path, data, root)
		}
		return data, err
	}
	sum := sha256.Sum256(data)
	data = withoutDirective(data)
	root, err := ParseYAML(data)
	if err != nil {
		root = nil // the loader says what is wrong, or reads it as JSON
	}
	if err := checkKeys(root); err != nil {
		return nil, fmt.Errorf("%s: not a valid OpenAPI 3 document: %w", name, err)
	}
	kept.collect(filepath.ToSlash(name), data, root)
	doc, err := loader.LoadFromDataWithPath(forLoader(data, root), &url.URL{Path: filepath.ToSlash(name)})
	if err != nil {
		return nil, fmt.Errorf("%s: not a readable OpenAPI 3 document: %w", name, err)
	}
	if err := checkVersion(doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := validate(doc); err != nil {
		return nil, fmt.Errorf("%s: not a valid OpenAPI 3 document: %w", name, err)
	}
	kept.apply(doc)
	clarifyNullable(doc)
	d := &Description{
		File: shownName(name), Title: doc.Info.Title, Version: doc.Info.Version,
		Digest:  "sha256:" + hex.EncodeToString(sum[:]),
		Schemes: map[string]Scheme{},
		byID:    map[string]*Operation{},
	}
	if err := d.read(doc, readBlocks(data, root)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}

// checkVersion refuses documents that are not OpenAPI 3 before their contents are
// validated: errors about those would mislead.
func checkVersion(doc *openapi3.T) error {
	if swagger, ok := doc.Extensions["swagger"]; ok {
		return fmt.Errorf("a document of Swagger %v: only OpenAPI 3 is read; convert the file first, as swagger2openapi does", swagger)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.") {
		return fmt.Errorf("not an OpenAPI 3 document: openapi: %q; must be 3.x, as in openapi: 3.0.3", doc.OpenAPI)
	}
	return nil
}

// validate refuses a document that breaks OpenAPI 3. Paths that differ in nothing but
// the names of their parameters are accepted: public descriptions have them, and each
// request is made from the path of its own operation.
func validate(doc *openapi3.T) error {
	options := []openapi3.ValidationOption{openapi3.DisableExamplesValidation(), openapi3.DisableSchemaPatternValidation(), openapi3.DisableSchemaDefaultsValidation(), openapi3.EnableMultiError()}
	if doc.IsOpenAPI31OrLater() {
		options = append(options, openapi3.AllowExtraSiblingFields(unknownKeywords(doc)...))
	}
	err := doc.Validate(context.Background(), options...)
	many, ok := errors.AsType[openapi3.MultiError](err)
	if !ok {
		return err
	}
	grave := slices.DeleteFunc(many, func(one error) bool {
		_, conflict := errors.AsType[*openapi3.ConflictingPathsError](one)
		_, twins := errors.AsType[*openapi3.DuplicateOperationIDError](one) // made distinct when they are read
		_, terse := errors.AsType[*openapi3.ResponseDescriptionRequired](one)
		place, odd := errors.AsType[*openapi3.InvalidParameterInError](one)
		late := strings.HasPrefix(doc.OpenAPI, "3.2") && (terse || odd && place.Value == "querystring") // a summary will do, and such a parameter is named where it is not sent
		return conflict || twins || late
	})
	switch len(grave) {
	case 0:
		return nil
	case 1:
		return grave[0]
	}
	return fmt.Errorf("%w; and %d more", grave[0], len(grave)-1)
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
// as that to a schema.
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
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachValue(v.Field(i), seen, visit)
			}
		}
		if !v.CanAddr() {
			return
		}
		if paths, ok := v.Addr().Interface().(interface {
			Map() map[string]*openapi3.PathItem
		}); ok {
			eachValue(reflect.ValueOf(paths.Map()), seen, visit)
		}
		if responses, ok := v.Addr().Interface().(*openapi3.Responses); ok {
			eachValue(reflect.ValueOf(responses.Map()), seen, visit)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			eachValue(v.MapIndex(key), seen, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachValue(v.Index(i), seen, visit)
		}
	}
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
