package spec

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Description is an API as its OpenAPI document promises it, in plain values.
// All lists are in a fixed order, whatever the order of the document.
type Description struct {
	File         string // where it was read from, for error texts and reports; never absolute
	Title        string
	Version      string
	Digest       string // sha256 of the document's bytes, "sha256:…"
	Servers      []string
	BasePath     string // path of the first server, without a trailing slash
	Schemes      map[string]Scheme
	Operations   []*Operation // by ID
	SecretFields []string     // names of properties and parameters with format password

	byID map[string]*Operation
}

// Scheme is one security scheme, reduced to where its value goes.
type Scheme struct {
	Name   string // key in securitySchemes
	In     string // header, query or cookie
	Field  string // header, parameter or cookie name
	Prefix string // put before the value: "Bearer " or "Basic "
}

// Operation is one method and path.
type Operation struct {
	ID          string // operationId, or one made of method and path
	Method      string
	Path        string // template, as in the document
	Summary     string
	Tag         string // the first, or ""
	Line        int    // in the document, 0 when unknown
	Parameters  []Parameter
	Body        *Body
	Responses   []Response
	Security    [][]string // alternatives, each a list of the schemes that a request carries; none: no credential needed
	Conformance Conformance
	Links       []Link     // from this operation's answers to others
	Callbacks   []Callback // the messages that follow an answer
	Description *Description
}

// Callback is a message that an operation promises to send later.
type Callback struct {
	Name    string
	Message Content // what it holds, as JSON
}

// Parameter is one parameter of an operation, in its path, query, header or cookie.
type Parameter struct {
	Name     string
	In       string
	Required bool
	Schema   Schema
	Example  any
	Explode  bool
	Style    string
}

// Body is a request body.
type Body struct {
	Required bool
	Content  []Content // by media type, JSON first
}

// Content is what a body holds under one media type.
type Content struct {
	MediaType string
	Schema    Schema
	HasSchema bool
	Examples  []Example
}

// Example is a named example.
type Example struct {
	Name  string
	Value any
}

// Response is one documented answer. Key is "200", "4XX" or "default".
type Response struct {
	Key     string
	Content []Content
	Headers []Header
}

// Header is a documented response header.
type Header struct {
	Name     string
	Required bool
	Schema   Schema
}

// Link leads from an answer to another operation: what of the answer the other
// request needs. Expressions are OpenAPI runtime expressions ($response.body#/…).
type Link struct {
	Name       string
	From       *Operation
	Status     string // key of the response that carries it
	To         string // operation ID
	Parameters map[string]string
	Body       map[string]string // pointer into the request body → expression or literal
	Settled    bool              // x-settled: the source must be settled first
	Optional   bool              // x-when-present: only some answers have what it carries over, so it prepares nothing
}

// Needs lists the fields of the source's own request that the link carries over, as pointers.
func (l Link) Needs() []string {
	var list []string
	for _, expressions := range []map[string]string{l.Parameters, l.Body} {
		for _, expression := range expressions {
			if pointer, ok := strings.CutPrefix(expression, "$request.body#"); ok {
				list = append(list, pointer)
			}
		}
	}
	slices.Sort(list)
	return list
}

// JSON tells whether a media type carries JSON.
func JSON(mediaType string) bool {
	base, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	base = strings.TrimSpace(base)
	return base == "application/json" || strings.HasSuffix(base, "+json")
}

// Form tells whether a media type carries a form.
func Form(mediaType string) bool {
	base, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	return strings.TrimSpace(base) == "application/x-www-form-urlencoded"
}

// Operation finds an operation by its ID, nil when there is none.
func (d *Description) Operation(id string) *Operation { return d.byID[id] }

// IDs lists the ids of all operations.
func (d *Description) IDs() []string {
	ids := make([]string, len(d.Operations))
	for i, o := range d.Operations {
		ids[i] = o.ID
	}
	return ids
}

// Response finds the documented answer for a status: exact, then its range, then default.
func (o *Operation) Response(status int) *Response {
	for _, key := range []string{strconv.Itoa(status), fmt.Sprintf("%dXX", status/100), "default"} {
		for i, r := range o.Responses {
			if strings.EqualFold(r.Key, key) {
				return &o.Responses[i]
			}
		}
	}
	return nil
}

// Success lists the documented statuses from 200 to 299, ascending. The range
// 2XX counts as those that RFC 9110 defines.
func (o *Operation) Success() []int {
	var list []int
	for _, r := range o.Responses {
		if strings.EqualFold(r.Key, "2XX") {
			list = append(list, 200, 201, 202, 203, 204, 205, 206)
		} else if s, err := strconv.Atoi(r.Key); err == nil && s/100 == 2 {
			list = append(list, s)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// JSON returns the JSON content among these, nil when there is none.
func (b *Body) JSON() *Content {
	if b == nil {
		return nil
	}
	return jsonContent(b.Content)
}

// Form returns the content that is sent as a form, nil when there is none.
func (b *Body) Form() *Content {
	if b == nil {
		return nil
	}
	for i, c := range b.Content {
		if Form(c.MediaType) {
			return &b.Content[i]
		}
	}
	return nil
}

// Fields returns the content whose fields requests are made of: JSON or, where
// an operation takes no JSON, a form; nil when it takes neither.
func (b *Body) Fields() *Content {
	content := b.JSON()
	if content == nil {
		content = b.Form()
	}
	if content == nil || !content.HasSchema {
		return nil
	}
	return content
}

// JSON returns the JSON content of a documented answer, nil when there is none.
func (r *Response) JSON() *Content { return jsonContent(r.Content) }

func jsonContent(list []Content) *Content {
	for i, c := range list {
		if JSON(c.MediaType) {
			return &list[i]
		}
	}
	return nil
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
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, uri *url.URL) ([]byte, error) {
		if uri.Scheme != "" && uri.Scheme != "file" {
			return nil, fmt.Errorf("reference to %s: only references to local files are followed", uri)
		}
		return os.ReadFile(filepath.FromSlash(uri.Path))
	}
	doc, err := loader.LoadFromDataWithPath(data, &url.URL{Path: filepath.ToSlash(name)})
	if err != nil {
		return nil, fmt.Errorf("%s: not a readable OpenAPI 3 document: %w", name, err)
	}
	if err := checkVersion(doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := validate(doc); err != nil {
		return nil, fmt.Errorf("%s: not a valid OpenAPI 3 document: %w", name, err)
	}
	sum := sha256.Sum256(data)
	d := &Description{
		File: shownName(name), Title: doc.Info.Title, Version: doc.Info.Version,
		Digest:  "sha256:" + hex.EncodeToString(sum[:]),
		Schemes: map[string]Scheme{},
		byID:    map[string]*Operation{},
	}
	if err := d.read(doc, readBlocks(data)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}

// checkVersion refuses what is no OpenAPI 3: the errors about the rest would mislead.
func checkVersion(doc *openapi3.T) error {
	if swagger, ok := doc.Extensions["swagger"]; ok {
		return fmt.Errorf("a document of Swagger %v: only OpenAPI 3 is read; convert the file first, as swagger2openapi does", swagger)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.") {
		return fmt.Errorf("not an OpenAPI 3 document: openapi: %q; allowed is 3.x, as in openapi: 3.0.3", doc.OpenAPI)
	}
	return nil
}

// validate refuses a document that breaks OpenAPI 3. Paths that differ in nothing but
// the names of their parameters are let pass: public descriptions have them, and
// each operation is asked by its own.
func validate(doc *openapi3.T) error {
	err := doc.Validate(context.Background(), openapi3.DisableExamplesValidation(), openapi3.DisableSchemaPatternValidation(), openapi3.DisableSchemaDefaultsValidation(), openapi3.EnableMultiError())
	many, ok := errors.AsType[openapi3.MultiError](err)
	if !ok {
		return err
	}
	grave := slices.DeleteFunc(many, func(one error) bool {
		_, conflict := errors.AsType[*openapi3.ConflictingPathsError](one)
		return conflict
	})
	switch len(grave) {
	case 0:
		return nil
	case 1:
		return grave[0]
	}
	return fmt.Errorf("%w; and %d more", grave[0], len(grave)-1)
}

// shownName is a file's name as reports show it: relative as given, never absolute.
func shownName(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Base(name)
	}
	return filepath.ToSlash(filepath.Clean(name))
}

func (d *Description) read(doc *openapi3.T, blocks blocks) error {
	for _, server := range doc.Servers {
		d.Servers = append(d.Servers, server.URL)
	}
	if len(d.Servers) > 0 {
		if u, err := url.Parse(d.Servers[0]); err == nil {
			d.BasePath = strings.TrimSuffix(u.Path, "/")
		}
	}
	if doc.Components != nil {
		for _, name := range slices.Sorted(maps.Keys(doc.Components.SecuritySchemes)) {
			if scheme, ok := scheme(name, doc.Components.SecuritySchemes[name].Value); ok {
				d.Schemes[name] = scheme
			}
		}
	}
	block, err := blocks.find(doc.Extensions[extension])
	if err != nil {
		return err
	}
	root, err := parseConformance(doc.Extensions[extension], block)
	if err != nil {
		return err
	}
	r := reader{description: d, blocks: blocks, secrets: map[string]bool{}, seen: map[*openapi3.Schema]bool{}}
	if doc.IsOpenAPI31OrLater() {
		if r.dialect, err = newDialect2020(doc); err != nil {
			return err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		item := doc.Paths.Value(path)
		operations := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			o, err := r.operation(method, path, item, operations[method], doc.Security, root)
			if err != nil {
				return fmt.Errorf("%s %s: %w", method, path, err)
			}
			if twin := d.Operation(o.ID); twin != nil && operations[method].OperationID == "" {
				sum := sha256.Sum256([]byte(path)) // /pets and /pets/ are told apart
				o.ID += "-" + hex.EncodeToString(sum[:3])
			}
			if twin := d.Operation(o.ID); twin != nil {
				return fmt.Errorf("operation id %q names both %s %s and %s %s", o.ID, twin.Method, twin.Path, method, path)
			}
			d.Operations = append(d.Operations, o)
			d.byID[o.ID] = o
		}
	}
	slices.SortFunc(d.Operations, func(a, b *Operation) int { return strings.Compare(a.ID, b.ID) })
	d.SecretFields = slices.Sorted(maps.Keys(r.secrets))
	return d.check()
}

// check refuses links, read-backs and places that lead nowhere: a typing error
// must not make a promise smaller.
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
		if err := d.checkMessages(o.Conformance.Messages); err != nil {
			return err
		}
	}
	return nil
}

// scheme reduces a security scheme to where its value goes; one whose value is
// not a plain token (mutual TLS) is left out.
func scheme(name string, s *openapi3.SecurityScheme) (Scheme, bool) {
	switch {
	case s.Type == "apiKey":
		return Scheme{Name: name, In: s.In, Field: s.Name}, true
	case s.Type == "http" && strings.EqualFold(s.Scheme, "basic"):
		return Scheme{Name: name, In: "header", Field: "Authorization", Prefix: "Basic "}, true
	case s.Type == "http" && strings.EqualFold(s.Scheme, "bearer"), s.Type == "oauth2", s.Type == "openIdConnect":
		return Scheme{Name: name, In: "header", Field: "Authorization", Prefix: "Bearer "}, true
	}
	return Scheme{}, false
}

type reader struct {
	description *Description
	blocks      blocks
	dialect     *dialect2020
	secrets     map[string]bool
	seen        map[*openapi3.Schema]bool // in the search for secrets
}

func (r reader) operation(method, path string, item *openapi3.PathItem, source *openapi3.Operation, security openapi3.SecurityRequirements, root Conformance) (*Operation, error) {
	o := &Operation{ID: source.OperationID, Method: method, Path: path, Summary: source.Summary, Description: r.description}
	if o.ID == "" {
		o.ID = strings.ToLower(method) + strings.TrimRight(notPlain.ReplaceAllString(path, "-"), "-")
	}
	if len(source.Tags) > 0 {
		o.Tag = source.Tags[0]
	}
	if source.Origin != nil && source.Origin.Key != nil {
		o.Line = source.Origin.Key.Line
	}
	block, err := r.blocks.find(source.Extensions[extension], "paths", path, strings.ToLower(method))
	if err != nil {
		return nil, err
	}
	own, err := parseConformance(source.Extensions[extension], block)
	if err != nil {
		return nil, err
	}
	o.Conformance = root.with(own)

	if source.Security != nil {
		security = *source.Security
	}
	o.Security = r.security(security)
	o.Parameters = r.parameters(item.Parameters, source.Parameters)
	if source.RequestBody != nil && source.RequestBody.Value != nil {
		o.Body = &Body{Required: source.RequestBody.Value.Required, Content: r.contents(source.RequestBody.Value.Content)}
	}
	for _, key := range slices.Sorted(maps.Keys(source.Responses.Map())) {
		value := source.Responses.Value(key).Value
		if value == nil {
			continue
		}
		response := Response{Key: key, Content: r.contents(value.Content)}
		for _, name := range slices.Sorted(maps.Keys(value.Headers)) {
			if h := value.Headers[name].Value; h != nil && h.Schema != nil {
				response.Headers = append(response.Headers, Header{Name: name, Required: h.Required, Schema: r.schema(h.Schema)})
			}
		}
		o.Responses = append(o.Responses, response)
		for _, name := range slices.Sorted(maps.Keys(value.Links)) {
			if link := value.Links[name].Value; link != nil && link.OperationID != "" {
				o.Links = append(o.Links, readLink(name, key, o, link))
			}
		}
	}
	o.Callbacks = r.callbacks(source.Callbacks)
	return o, nil
}

// security lists the alternatives that a request can carry. What it cannot carry,
// a certificate, belongs to the connection: where there is no other way it is
// taken as given.
func (r reader) security(source openapi3.SecurityRequirements) [][]string {
	var whole, rest [][]string
	for _, alternative := range source {
		names := slices.Sorted(maps.Keys(alternative))
		carried := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			_, ok := r.description.Schemes[name]
			return !ok
		})
		if rest = append(rest, carried); len(carried) == len(names) {
			whole = append(whole, carried)
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return rest
}

var notPlain = regexp.MustCompile(`[^A-Za-z0-9]+`)

func (r reader) parameters(lists ...openapi3.Parameters) []Parameter {
	byKey := map[string]Parameter{}
	for _, list := range lists { // the operation's own come last and win
		for _, ref := range list {
			p := ref.Value
			if p == nil || p.Schema == nil {
				continue
			}
			parameter := Parameter{Name: p.Name, In: p.In, Required: p.Required, Schema: r.schema(p.Schema), Example: p.Example, Style: p.Style}
			if inForm := p.In == "query" || p.In == "cookie"; parameter.Style == "" && inForm {
				parameter.Style = "form"
			} else if parameter.Style == "" {
				parameter.Style = "simple"
			}
			parameter.Explode = p.Explode == nil && parameter.Style == "form" || p.Explode != nil && *p.Explode
			for _, name := range slices.Sorted(maps.Keys(p.Examples)) {
				if e := p.Examples[name].Value; parameter.Example == nil && e != nil {
					parameter.Example = e.Value
				}
			}
			if p.Schema.Value.Format == "password" {
				r.secrets[p.Name] = true
			}
			byKey[p.In+"\x00"+p.Name] = parameter
		}
	}
	var sorted []Parameter
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		sorted = append(sorted, byKey[key])
	}
	return sorted
}

func (r reader) contents(content openapi3.Content) []Content {
	var list []Content
	for _, mediaType := range slices.Sorted(maps.Keys(content)) {
		m := content[mediaType]
		c := Content{MediaType: mediaType}
		if m == nil { // named and left empty
			list = append(list, c)
			continue
		}
		if m.Schema != nil && m.Schema.Value != nil {
			c.Schema, c.HasSchema = r.schema(m.Schema), true
		}
		if m.Example != nil {
			c.Examples = append(c.Examples, Example{Name: "example", Value: c.shown(m.Example)})
		}
		for _, name := range slices.Sorted(maps.Keys(m.Examples)) {
			if e := m.Examples[name].Value; e != nil && e.Value != nil {
				c.Examples = append(c.Examples, Example{Name: name, Value: c.shown(e.Value)})
			}
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b Content) int {
		switch aj, bj := JSON(a.MediaType), JSON(b.MediaType); {
		case aj == bj:
			return 0
		case aj:
			return -1
		}
		return 1
	})
	return list
}

// shown is an example as a value: that of an object or a list may be JSON in a text.
func (c Content) shown(example any) any {
	text, ok := example.(string)
	if !ok || !c.HasSchema || !JSON(c.MediaType) || len(c.Schema.Violations(text, Sent)) == 0 {
		return example
	}
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return example
	}
	return value
}

func (r reader) schema(ref *openapi3.SchemaRef) Schema {
	r.findSecrets(ref)
	return Schema{Schema: ref.Value, dialect: r.dialect}
}

func (r reader) findSecrets(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil || r.seen[ref.Value] {
		return
	}
	s := ref.Value
	r.seen[s] = true
	for name, property := range s.Properties {
		if property.Value != nil && property.Value.Format == "password" {
			r.secrets[name] = true
		}
		r.findSecrets(property)
	}
	for _, list := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
		for _, inner := range list {
			r.findSecrets(inner)
		}
	}
	r.findSecrets(s.Items)
	r.findSecrets(s.AdditionalProperties.Schema)
}

func readLink(name, status string, from *Operation, source *openapi3.Link) Link {
	link := Link{Name: name, From: from, Status: status, To: source.OperationID, Parameters: map[string]string{}, Body: map[string]string{}}
	for parameter, expression := range source.Parameters {
		link.Parameters[parameter] = fmt.Sprint(expression)
	}
	flatten(source.RequestBody, "", link.Body)
	link.Settled, _ = source.Extensions["x-settled"].(bool)
	link.Optional, _ = source.Extensions["x-when-present"].(bool)
	return link
}

// flatten lists the leaves of a link's request body by pointer.
func flatten(value any, at string, into map[string]string) {
	switch v := value.(type) {
	case nil:
	case map[string]any:
		for key, inner := range v {
			flatten(inner, at+Pointer(key), into)
		}
	default:
		into[at] = fmt.Sprint(v)
	}
}
