package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/message"
)

// JSON Schema does not know discriminators, so the schemas of a description are
// rewritten before they are compiled: the kinds of a discriminator stand under a
// keyword of our own, in place of the oneOf or anyOf that lists them. A value of the
// discriminator is a name in its mapping or the name of one of the listed schemas;
// where none is listed, of one that includes the schema by allOf.
const (
	kindsKeyword = "x-qorcheck-kinds"
	componentRef = "#/components/schemas/"
)

// kinds is what a schema is replaced by where it has a discriminator.
type kinds struct {
	property string
	schemas  map[string]*jsonschema.Schema // by the value of the property
	plain    *jsonschema.Schema            // judges what is no object, nil when nothing does
	hint     bool                          // a word that it does not know is left to others
	fallback *jsonschema.Schema            // judges what has none of the words, nil when nothing does: defaultMapping of OpenAPI 3.2
}

// withKinds rewrites the discriminators in a tree of a description's document.
func withKinds(tree any, heirs map[string][]string) {
	switch t := tree.(type) {
	case map[string]any:
		for name, inner := range t {
			if name != "example" && name != "examples" && name != "default" && name != "enum" && name != "const" {
				withKinds(inner, heirs)
			}
		}
		if d, ok := t["discriminator"].(map[string]any); ok {
			if property, ok := d["propertyName"].(string); ok {
				replaceKinds(t, property, d, heirs)
			}
		}
	case []any:
		for _, inner := range t {
			withKinds(inner, heirs)
		}
	}
}

// replaceKinds rewrites one schema that has a discriminator. It stays as it is where
// it lists a schema without a name that is one of objects.
func replaceKinds(t map[string]any, property string, d map[string]any, heirs map[string][]string) {
	refs, plain := map[string]any{}, map[string]any{}
	add := func(word, ref string) { refs[word] = map[string]any{"$ref": ref} }
	for _, keyword := range []string{"oneOf", "anyOf"} {
		list, ok := t[keyword].([]any)
		if !ok {
			continue
		}
		for _, branch := range list {
			schema, _ := branch.(map[string]any)
			switch ref, _ := schema["$ref"].(string); {
			case ref != "":
				add(lastToken(ref), ref)
			case schema["type"] != "null":
				return
			}
		}
		plain[keyword] = list
	}
	mapping, _ := d["mapping"].(map[string]any)
	fallback, _ := d["defaultMapping"].(string)
	name, _ := t[nameKeyword].(string)
	if len(plain) == 0 && len(mapping)+len(heirs[name]) > 0 {
		for _, heir := range append(heirsOf(name, heirs), name) {
			if heir != "" {
				add(heir, componentRef+Pointer(heir)[1:])
			}
		}
	}
	for word, value := range mapping {
		if ref, ok := value.(string); ok {
			add(word, mappedRef(ref))
		}
	}
	if len(refs) == 0 {
		return
	}
	for keyword := range plain {
		delete(t, keyword)
	}
	block := map[string]any{"property": property, "schemas": refs, "plain": plain}
	if fallback != "" {
		block["fallback"] = map[string]any{"$ref": mappedRef(fallback)}
	}
	t[kindsKeyword] = block
}

// mappedRef is the reference that a mapping means: it may give the name of a schema alone.
func mappedRef(target string) string {
	if strings.ContainsAny(target, "/#") {
		return target
	}
	return componentRef + Pointer(strings.TrimSuffix(target, ".json"))[1:]
}

// nameKeyword holds the name of a schema of the components while it is rewritten.
const nameKeyword = "x-qorcheck-name"

// inheritance lists by name which schemas of the components include another by allOf,
// and gives each its name.
func inheritance(document any) map[string][]string {
	heirs := map[string][]string{}
	schemas, _ := Lookup(document, "/components/schemas")
	all, _ := schemas.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		schema, ok := all[name].(map[string]any)
		if !ok {
			continue
		}
		schema[nameKeyword] = name
		var walk func(schema map[string]any, depth int)
		walk = func(schema map[string]any, depth int) {
			parts, _ := schema["allOf"].([]any)
			for _, part := range parts {
				inner, _ := part.(map[string]any)
				if ref, ok := inner["$ref"].(string); ok && strings.HasPrefix(ref, componentRef) {
					heirs[lastToken(ref)] = append(heirs[lastToken(ref)], name)
					if base, _ := all[lastToken(ref)].(map[string]any); base["discriminator"] != nil && base["oneOf"] == nil && base["anyOf"] == nil {
						inner["$ref"] = "#/" + basesKeyword + Pointer(lastToken(ref))
					}
				} else if depth < maxNesting {
					walk(inner, depth+1)
				}
			}
		}
		walk(schema, 0)
	}
	return heirs
}

// basesKeyword is the place of a document where schemas stand as those that include them
// see them: another schema may give a kind another word than its base does.
const basesKeyword = "x-qorcheck-bases"

// addBases copies the rewritten schemas that others include to that place. There a word
// that the discriminator does not know is none of its business.
func addBases(document any, heirs map[string][]string) error {
	root, _ := document.(map[string]any)
	bases := map[string]any{}
	for name := range heirs {
		schema, there := Lookup(document, "/components/schemas"+Pointer(name))
		if !there {
			continue
		}
		copied, err := asJSON(schema)
		if err != nil {
			return err
		}
		members, _ := copied.(map[string]any)
		if block, ok := members[kindsKeyword].(map[string]any); ok {
			block["hint"] = true
		}
		bases[name] = copied
	}
	if len(bases) > 0 {
		root[basesKeyword] = bases
	}
	return nil
}

// heirsOf lists the names of the schemas that include one, directly or not.
func heirsOf(name string, heirs map[string][]string) (all []string) {
	for next := slices.Clone(heirs[name]); len(next) > 0; next = next[1:] {
		if !slices.Contains(all, next[0]) {
			all = append(all, next[0])
			next = append(next, heirs[next[0]]...)
		}
	}
	return all
}

// lastToken is the name that a reference ends with.
func lastToken(ref string) string {
	_, fragment, _ := strings.Cut(ref, "#")
	if tokens := Tokens(fragment); len(tokens) > 0 {
		return tokens[len(tokens)-1]
	}
	file := ref[strings.LastIndex(ref, "/")+1:]
	name, _, _ := strings.Cut(file, ".")
	return name
}

// resolveMappings finds the schemas that the discriminators of components map words to, for
// those who make values of them. A schema that lists no others leads to those that include
// it by allOf, by their names.
func resolveMappings(doc *openapi3.T) {
	if doc.Components == nil {
		return
	}
	schemas := doc.Components.Schemas
	addHeirs(schemas)
	eachValue(reflect.ValueOf(doc), map[uintptr]bool{}, func(value any) {
		s, ok := value.(*openapi3.Schema)
		if !ok || s.Discriminator == nil {
			return
		}
		for word, target := range s.Discriminator.Mapping {
			target.Ref = mappedRef(target.Ref)
			if named := schemas[lastToken(target.Ref)]; named != nil && strings.HasPrefix(target.Ref, componentRef) {
				target.Value = named.Value
				s.Discriminator.Mapping[word] = target
			}
		}
	})
}

// addHeirs maps the names of the schemas that include others to those, where a
// discriminator lists none.
func addHeirs(schemas openapi3.Schemas) {
	heirs := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		if schemas[name].Value == nil {
			continue
		}
		for _, part := range schemas[name].Value.AllOf {
			if strings.HasPrefix(part.Ref, componentRef) {
				heirs[lastToken(part.Ref)] = append(heirs[lastToken(part.Ref)], name)
			}
		}
	}
	for name, schema := range schemas {
		if s := schema.Value; s != nil && schema.Ref == "" && s.Discriminator != nil && len(s.OneOf)+len(s.AnyOf) == 0 {
			mapped := slices.Collect(maps.Values(s.Discriminator.Mapping))
			for _, heir := range heirsOf(name, heirs) {
				target := openapi3.MappingRef{Ref: componentRef + Pointer(heir)[1:]}
				_, taken := s.Discriminator.Mapping[heir]
				if taken || slices.ContainsFunc(mapped, func(known openapi3.MappingRef) bool { return lastToken(known.Ref) == heir || known.Ref == heir }) {
					continue
				}
				if s.Discriminator.Mapping == nil {
					s.Discriminator.Mapping = map[string]openapi3.MappingRef{}
				}
				s.Discriminator.Mapping[heir] = target
			}
		}
	}
}

// kindsVocabulary makes the compiler know the keyword of rewritten discriminators.
func kindsVocabulary(meta *jsonschema.Schema) *jsonschema.Vocabulary {
	return &jsonschema.Vocabulary{
		URL:    "urn:qorcheck:kinds",
		Schema: meta,
		Compile: func(ctx *jsonschema.CompilerContext, object map[string]any) (jsonschema.SchemaExt, error) {
			block, ok := object[kindsKeyword].(map[string]any)
			if !ok {
				return nil, nil
			}
			k := kinds{schemas: map[string]*jsonschema.Schema{}}
			k.property, _ = block["property"].(string)
			k.hint = block["hint"] == true
			refs, _ := block["schemas"].(map[string]any)
			for word := range refs {
				k.schemas[word] = ctx.Enqueue([]string{kindsKeyword, "schemas", word})
			}
			if block["fallback"] != nil {
				k.fallback = ctx.Enqueue([]string{kindsKeyword, "fallback"})
			}
			if plain, _ := block["plain"].(map[string]any); len(plain) > 0 {
				k.plain = ctx.Enqueue([]string{kindsKeyword, "plain"})
			}
			return k, nil
		},
	}
}

// Validate judges an object by the schema that its discriminator names.
func (k kinds) Validate(ctx *jsonschema.ValidatorContext, value any) {
	object, ok := value.(map[string]any)
	if !ok {
		if k.plain != nil {
			ctx.AddErr(ctx.Validate(k.plain, value, nil))
		}
		return
	}
	word, there := object[k.property]
	text, _ := word.(string)
	if schema := k.schemas[text]; schema != nil && there {
		if err := ctx.Validate(schema, value, nil); err != nil {
			ctx.AddErr(err)
		}
		return
	}
	if k.hint {
		return
	}
	if k.fallback != nil {
		ctx.AddErr(ctx.Validate(k.fallback, value, nil))
		return
	}
	ctx.AddError(&kindsError{k.property, slices.Sorted(maps.Keys(k.schemas)), there})
}

// kindsError says that a discriminator names none of the documented kinds.
type kindsError struct {
	property string
	words    []string
	there    bool
}

// KeywordPath implements jsonschema.ErrorKind.
func (*kindsError) KeywordPath() []string { return []string{"discriminator"} }

// LocalizedString implements jsonschema.ErrorKind.
func (e *kindsError) LocalizedString(*message.Printer) string {
	allowed, err := json.Marshal(e.words)
	if err != nil {
		return err.Error()
	}
	if !e.there {
		return fmt.Sprintf("must have %s, which names one of the documented kinds: %s", e.property, allowed)
	}
	return fmt.Sprintf("names none of the documented kinds in %s: %s", e.property, allowed)
}

// Heirs lists the schemas that the discriminator of the schema leads to, but for itself, by
// the words of its mapping. The list is shared, and not to be changed.
func (s Schema) Heirs() openapi3.SchemaRefs {
	if s.Schema == nil || s.Schema.Discriminator == nil {
		return nil
	}
	if s.dialect != nil {
		if known, ok := s.dialect.heirsOf.Load(s.Schema); ok {
			return known.(openapi3.SchemaRefs)
		}
	}
	var list openapi3.SchemaRefs
	for _, word := range slices.Sorted(maps.Keys(s.Schema.Discriminator.Mapping)) {
		if target := s.Schema.Discriminator.Mapping[word]; target.Value != nil && target.Value != s.Schema {
			list = append(list, &openapi3.SchemaRef{Ref: target.Ref, Value: target.Value})
		}
	}
	if s.dialect != nil {
		s.dialect.heirsOf.Store(s.Schema, list)
	}
	return list
}

// Discriminates reports whether the schema, or one that it leads to, has a discriminator.
func (s Schema) Discriminates() bool {
	if s.dialect != nil {
		if known, ok := s.dialect.kinded.Load(s.Schema); ok {
			return known.(bool)
		}
	}
	found := false
	walkSchemas(s.Schema, map[*openapi3.Schema]bool{}, func(inner *openapi3.Schema) {
		found = found || inner.Discriminator != nil || len(inner.PrefixItems)+len(inner.PatternProperties) > 0 // which are not followed
	})
	if s.dialect != nil {
		s.dialect.kinded.Store(s.Schema, found)
	}
	return found
}
