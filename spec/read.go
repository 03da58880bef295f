package spec

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// add adds an operation under its id. Where made is true the id was made from the path,
// and a hash of the path is appended if another operation (/pets and /pets/) has it.
func (d *Description) add(o *Operation, made bool) error {
	if made && d.Operation(o.ID) != nil {
		o.ID += "-" + digestOf(o.Path)
	}
	if d.Operation(o.ID) != nil { // the first keeps the id that both have
		o.ID += "-" + digestOf(o.Method+" "+o.Path)
	}
	if twin := d.Operation(o.ID); twin != nil {
		return fmt.Errorf("operation id %q names both %s %s and %s %s", o.ID, twin.Method, twin.Path, o.Method, o.Path)
	}
	d.Operations = append(d.Operations, o)
	d.byID[o.ID] = o
	return nil
}

// digestOf tells texts apart that are alike.
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:3])
}

// slugs gives each operation its slug. Where ids are alike in letters and digits, or
// have none, a digest of the id is added: the first in order keeps the plain one.
func (d *Description) slugs() {
	taken := map[string]bool{}
	for _, o := range d.Operations {
		o.slug = Slug(o.ID)
		if o.slug == "" {
			o.slug = "operation"
		}
		alike := strings.ToLower(strings.ReplaceAll(o.slug, ".", "-")) // a dot parts names in reports
		if taken[alike] || o.slug == "operation" {
			o.slug += "-" + digestOf(o.ID)
		}
		taken[alike] = true
	}
}

// Slug makes part of an id of a text: letters, digits, dots and hyphens.
func Slug(text string) string {
	text = strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' {
			return c
		}
		return '-'
	}, text)
	return strings.Trim(text, "-.")
}

// reader turns an OpenAPI document into plain values.
type reader struct {
	description *Description
	root        Conformance
	security    openapi3.SecurityRequirements // of operations that have none of their own
	unsupported map[string]string             // security schemes that no request can carry, and what they are
	blocks      blocks
	modern      bool // the description is of OpenAPI 3.1 or later
	dialect     *dialect2020
	secrets     map[string]bool
	seen        map[*openapi3.Schema]bool // visited by findSecrets
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
	resolveMappings(doc)
	if doc.Components != nil {
		for _, name := range slices.Sorted(maps.Keys(doc.Components.SecuritySchemes)) {
			if scheme, ok := scheme(name, doc.Components.SecuritySchemes[name].Value); ok {
				d.Schemes[name] = scheme
			}
		}
	}
	missing := undefinedSchemes(doc)
	if doc.Components != nil {
		for name, ref := range doc.Components.SecuritySchemes {
			missing[name] = unsupported(ref.Value)
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
	d.Production = root.Production
	r := reader{description: d, blocks: blocks, root: root, modern: doc.IsOpenAPI31OrLater(), security: doc.Security, unsupported: missing, secrets: map[string]bool{}, seen: map[*openapi3.Schema]bool{}}
	if r.dialect, err = newDialect2020(doc); err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		item := doc.Paths.Value(path)
		for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
			o, err := r.operation(method, path, item)
			if err != nil {
				return fmt.Errorf("%s %s: %w", method, path, err)
			}
			if err := d.add(o, item.GetOperation(method).OperationID == ""); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(d.Operations, func(a, b *Operation) int { return strings.Compare(a.ID, b.ID) })
	d.slugs()
	d.items = d.itemsByPath()
	d.SecretFields = slices.Sorted(maps.Keys(r.secrets))
	if err := d.resolveLinks(); err != nil {
		return err
	}
	d.guessLinks()
	return d.check()
}

func (r reader) operation(method, path string, item *openapi3.PathItem) (*Operation, error) {
	source := item.GetOperation(method)
	o := &Operation{ID: source.OperationID, Method: method, Path: path, Summary: source.Summary, Description: r.description}
	if o.ID == "" {
		o.ID = strings.ToLower(method) + strings.TrimRight(notAlphanumeric.ReplaceAllString(path, "-"), "-")
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
	o.Conformance = r.root.with(own)
	security := r.security
	if source.Security != nil {
		security = *source.Security
	}
	r.alternatives(o, security)
	o.Parameters = slices.DeleteFunc(r.parameters(item.Parameters, source.Parameters), func(p Parameter) bool { return ignored(p) || r.carries(o, p) })
	o.Body = r.body(method, source.RequestBody)
	for _, key := range slices.Sorted(maps.Keys(source.Responses.Map())) {
		if value := source.Responses.Value(key).Value; value != nil {
			r.response(o, key, value)
		}
	}
	o.Callbacks = r.callbacks(source.Callbacks)
	return o, nil
}

// response adds a documented response to an operation, and the links in it.
func (r reader) response(o *Operation, key string, source *openapi3.Response) {
	response := Response{Key: key, Content: r.contents(source.Content)}
	for _, name := range slices.Sorted(maps.Keys(source.Headers)) {
		if h, ok := r.header(name, source.Headers[name].Value); ok {
			response.Headers = append(response.Headers, h)
		}
	}
	o.Responses = append(o.Responses, response)
	for _, name := range slices.Sorted(maps.Keys(source.Links)) {
		if link := source.Links[name].Value; link != nil {
			o.Links = append(o.Links, readLink(name, key, o, link))
		}
	}
}

var notAlphanumeric = regexp.MustCompile(`[^A-Za-z0-9]+`)

func (r reader) contents(content openapi3.Content) []Content {
	var list []Content
	for _, mediaType := range slices.Sorted(maps.Keys(content)) {
		m := content[mediaType]
		c := Content{MediaType: mediaType}
		if m == nil { // a media type without a value
			list = append(list, c)
			continue
		}
		if m.Schema != nil && m.Schema.Value != nil {
			c.Schema, c.HasSchema = r.schema(m.Schema), true
		}
		if m.Example != nil {
			c.Examples = append(c.Examples, Example{Name: "example", Value: c.parsedExample(m.Example)})
		}
		for _, name := range slices.Sorted(maps.Keys(m.Examples)) {
			if e := m.Examples[name].Value; e != nil && e.Value != nil {
				c.Examples = append(c.Examples, Example{Name: name, Value: c.parsedExample(e.Value)})
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

// parsedExample returns an example as a value: documents may give that of an object or
// a list as JSON text.
func (c Content) parsedExample(example any) any {
	text, ok := example.(string)
	if !ok || !c.HasSchema || !JSON(c.MediaType) || len(c.Schema.Violations(text, Sent)) == 0 {
		return example
	}
	value, err := DecodeJSON([]byte(text))
	if err != nil {
		return example
	}
	return value
}

func (r reader) schema(ref *openapi3.SchemaRef) Schema {
	r.findSecrets(ref)
	r.dialect.refer(ref)
	name, _ := strings.CutPrefix(ref.Ref[strings.LastIndex(ref.Ref, "#")+1:], "/components/schemas/")
	return Schema{Schema: ref.Value, Name: name, dialect: r.dialect}
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
