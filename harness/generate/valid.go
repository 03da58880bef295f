package generate

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/spec"
)

// Value is a valid value and what is special about it.
type Value struct {
	Class   string // part of an id: required, everything, optional.PLACE, enum.PLACE.N, branch.PLACE.N, minimum.PLACE, …
	Why     string
	Value   any
	Pointer string // of the place that is special, "" for the whole
	Extreme bool   // a number that nothing but its format bounds, or nothing at all: a target may have narrower bounds
}

// place is one place of a value.
type place struct {
	pointer  string
	schema   *openapi3.Schema
	required bool   // mandatory in the object around it
	parent   string // pointer of what is around it
	item     bool   // an item of an array
	branch   choice // that leads here
}

// Place is one place of a value, for those who look for a field.
type Place struct {
	Pointer  string
	Name     string // the last part of the pointer
	Required bool   // mandatory, and so is everything around it
	Schema   *openapi3.Schema
}

// Places lists the places of the schema, outer before inner, by name.
func (m Maker) Places() []Place {
	var list []Place
	required := map[string]bool{}
	for _, p := range m.places() {
		required[p.pointer] = p.required && (p.pointer == "" || required[p.parent])
		if tokens := spec.Tokens(p.pointer); len(tokens) > 0 {
			list = append(list, Place{p.pointer, tokens[len(tokens)-1], required[p.pointer], p.schema})
		}
	}
	return list
}

// extraName is the place that stands for all additional properties with a schema.
const extraName = "extraproperty"

// maxBranches is how many branches of a schema are followed, beyond the first of each list.
const maxBranches = 64

// places lists the places of a schema in order, outer before inner, with those
// of every branch of oneOf and anyOf.
func (m Maker) places() []place {
	list, _ := m.follow()
	return list
}

// follow lists the places, and those of which not every branch is followed.
func (m Maker) follow() (list, cut []place) {
	followed := 0
	seen := map[string]bool{}
	var path []*openapi3.Schema // a schema that contains itself is followed once
	var walk func(p place, depth int)
	walk = func(p place, depth int) {
		if p.schema == nil || depth > maxDepth || count(path, p.schema) > 1 {
			return
		}
		path = append(path, p.schema)
		defer func() { path = path[:len(path)-1] }()
		if !seen[p.pointer] {
			seen[p.pointer] = true
			list = append(list, p)
		}
		if _, fixed := m.fixed(p.pointer, p.schema); fixed && p.pointer != "" {
			return
		}
		v := m.view(p.schema, p.pointer, p.branch)
		branches := 1
		if len(v.branches) > 0 {
			branches = len(v.branches[0])
		}
		for n := range branches {
			if n > 0 {
				if followed++; followed > maxBranches {
					cut = append(cut, p)
					break
				}
			}
			branch := p.branch
			if branches > 1 {
				branch = p.branch.with(p.pointer, n)
				v = m.view(p.schema, p.pointer, branch)
			}
			if v.is("object") {
				for _, name := range slices.Sorted(maps.Keys(v.properties)) {
					if s := v.properties[name]; !s.ReadOnly {
						walk(place{p.pointer + spec.Pointer(name), s, v.required[name], p.pointer, false, branch}, depth+1)
					}
				}
				if _, taken := v.properties[v.extraPlace()]; v.described && !taken {
					walk(place{p.pointer + spec.Pointer(v.extraPlace()), v.extra, false, p.pointer, false, branch}, depth+1)
				}
			}
			if v.is("array") && v.items != nil {
				walk(place{p.pointer + "/0", v.items, false, p.pointer, true, branch}, depth+1)
			}
		}
	}
	walk(place{schema: m.Schema.Schema, required: true}, 0)
	return list, cut
}

func count(list []*openapi3.Schema, s *openapi3.Schema) int {
	n := 0
	for _, other := range list {
		if other == s {
			n++
		}
	}
	return n
}

// Valid makes valid values: with the mandatory places alone, with every place,
// with each optional place alone, with each listed word, each branch, each bound.
// Those that turn out not to be valid are left to the caller to drop.
func (m Maker) Valid() []Value {
	list := []Value{
		{Class: "required", Why: "the mandatory fields alone", Value: m.Make(OnlyRequired)},
		{Class: "everything", Why: "every documented field", Value: m.Make(Everything)},
	}
	bases := bases{}
	for _, p := range m.places() {
		v := m.view(p.schema, p.pointer, p.branch)
		with := func(value any) any { return Set(m.around(bases.of(m, p.branch), p), p.pointer, value) }
		_, fixed := m.fixed(p.pointer, p.schema)
		name := ID(p.pointer)
		if p.pointer != "" && !p.required && !p.item && !m.wanted(p.pointer) {
			list = append(list, Value{Class: "optional." + name, Why: p.pointer + " is given, an optional field", Value: with(m.value(p.schema, spot{pointer: p.pointer, branch: p.branch})), Pointer: p.pointer})
		}
		if fixed {
			continue
		}
		add := func(class, why string, value any) {
			list = append(list, Value{Class: class, Why: p.pointer + " " + why, Value: with(value), Pointer: p.pointer})
		}
		extreme := func(class, why string, value any) {
			add(class, why, value)
			list[len(list)-1].Extreme = true
		}
		if v.nullable && v.saysNull && len(v.types) > 0 && len(v.enum) == 0 { // an enumeration says of null what it says
			add("branch."+name+".null", "is null, as the description allows", nil)
		}
		for i, word := range v.enum {
			add(fmt.Sprintf("enum.%s.%d", name, i+1), fmt.Sprintf("is the documented value %v", word), word)
		}
		for _, branches := range v.branches {
			for n := range branches {
				branch := p.branch.with(p.pointer, n)
				add(fmt.Sprintf("branch.%s.%d", name, n+1), fmt.Sprintf("takes branch %d of the description", n+1), m.value(p.schema, spot{pointer: p.pointer, branch: branch}))
			}
			break // the second list follows the first
		}
		m.bounds(p, v, add, extreme)
		if v.unbounded() {
			extreme("beyond-int64."+name, "is one more than the greatest number of 64 bits, and no bound is documented", beyondInt64)
		}
	}
	return list
}

// beyondInt64 is one more than the greatest number of 64 bits.
const beyondInt64 = json.Number("9223372036854775808")

// bounds makes values that lie exactly on a bound: the lower ones, then the upper ones.
func (m Maker) bounds(p place, v view, add, extreme func(class, why string, value any)) {
	for _, upper := range []bool{false, true} {
		for _, k := range keywordsAt(p, v) {
			if k.on == nil || k.upper != upper {
				continue
			}
			if value, ok := k.on(m, v); ok {
				if k.byFormat != nil && k.byFormat(v) {
					extreme(k.name+"."+ID(p.pointer), k.why+" by the format "+v.format, value)
					continue
				}
				add(k.name+"."+ID(p.pointer), k.why, value)
			}
		}
	}
}

// ofSize makes an object of exactly a size, whatever the schema says of the number of its properties.
func (m Maker) ofSize(v view, size int) (map[string]any, bool) {
	if size < 0 || size > 1000 {
		return nil, false
	}
	m.Fixed = nil
	v.minProperties, v.maxProperties = size, size
	if v.extra == nil && !v.noExtra {
		v.extra = openapi3.NewStringSchema()
	}
	object, _ := m.object(v, spot{pointer: v.pointer, depth: 1}).(map[string]any)
	return object, len(object) == size
}

// sized makes an allowed text of exactly a length; -1 is none.
func (m Maker) sized(v view, length int) (string, bool) {
	if length < 0 || length > maxLengthBeyond {
		return "", false
	}
	var texts []string
	if example, ok := m.example(v, v.pointer); ok {
		if text, ok := example.(string); ok {
			texts = append(texts, text)
		}
	}
	for _, pattern := range v.patterns {
		if text, ok := match(pattern, length); ok {
			texts = append(texts, text)
		}
	}
	for _, text := range append(texts, m.texts(v)...) {
		if sized := fit(text, length, length); v.allows(sized) {
			return sized, true
		}
	}
	return "", false
}

// list makes an array of exactly a length, -1 being none, and reports whether it is allowed.
func (m Maker) list(v view, length int) ([]any, bool) {
	if v.items == nil || length < 0 || length > maxSize {
		return nil, false
	}
	list := m.row(v, m.value(v.items, spot{pointer: v.pointer + "/0", depth: 1}), length)
	return list, v.allows(list)
}

// variations are values near a valid one, by number: the likeliest to be new first.
func (v view) variations(m Maker, value any, n int) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, word := range v.enum {
			if !yield(word) {
				return
			}
		}
		switch x := value.(type) {
		case string:
			for _, text := range []string{x + fmt.Sprint(n), fmt.Sprint(n) + x, x + strings.Repeat("x", n)} {
				if !yield(text) {
					return
				}
			}
			runes := []rune(x)
			for _, c := range "abcdefghijklmnopqrstuvwxyz0123456789" {
				if len(runes) == 0 || !yield(string(runes[:len(runes)-1])+string(c)) {
					return
				}
			}
		case float64, json.Number:
			number, step := spec.Rational(x), v.step()
			for i := int64(n); i >= 0; i-- {
				if !yield(beside(number, step, i+1)) || !yield(beside(number, step, -i-1)) {
					return
				}
			}
		case bool:
			yield(!x)
		case map[string]any:
			v.objectVariations(m, x, n)(yield)
		}
	}
}

// objectVariations alter one property of an object, or give one that is not there.
func (v view) objectVariations(m Maker, object map[string]any, n int) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, name := range slices.Sorted(maps.Keys(v.properties)) {
			at := v.pointer + spec.Pointer(name)
			old, there := object[name]
			if !there {
				if !yield(Set(object, spec.Pointer(name), m.value(v.properties[name], spot{pointer: at, depth: maxDepth}))) {
					return
				}
				continue
			}
			inner := m.view(v.properties[name], at, nil)
			for candidate := range inner.variations(m, old, n) {
				if !yield(Set(object, spec.Pointer(name), candidate)) {
					return
				}
			}
		}
	}
}

// bases keeps the value with the mandatory places alone by the branches that it takes.
type bases map[string]any

// of returns a base. It is shared: Set and Remove copy what they change.
func (b bases) of(m Maker, branch choice) any {
	key := ""
	if len(branch) > 0 {
		key = fmt.Sprint(branch)
	}
	base, known := b[key]
	if !known {
		base = m.value(m.Schema.Schema, spot{branch: branch})
		b[key] = base
	}
	return base
}

// around makes what is around a place valid, where it is not there yet.
func (m Maker) around(base any, p place) any {
	tokens := spec.Tokens(p.pointer)
	for n := 1; n < len(tokens); n++ {
		pointer := spec.Pointer(tokens[:n]...)
		if _, there := spec.Lookup(base, pointer); there {
			continue
		}
		if s := m.schemaAt(pointer, p.branch); s != nil {
			base = Set(base, pointer, m.value(s, spot{pointer: pointer, branch: p.branch}))
		}
	}
	return base
}

// Branched reports whether a place takes one of several schemas.
func (m Maker) Branched(pointer string) bool {
	s := m.At(pointer)
	return s != nil && len(m.view(s, pointer, nil).branches) > 0
}

// At finds the schema of a place, nil when there is none.
func (m Maker) At(pointer string) *openapi3.Schema { return m.schemaAt(pointer, nil) }

// schemaAt finds the schema of a place.
func (m Maker) schemaAt(pointer string, branch choice) *openapi3.Schema {
	deeper := len(spec.Tokens(pointer))
	for _, s := range m.schemasTo(pointer, branch) {
		if deeper == 0 {
			return s
		}
		deeper--
	}
	return nil
}

// schemasTo yields the schemas of a place and of all around it, outer before inner, by
// their pointers; none from where one has no schema.
func (m Maker) schemasTo(pointer string, branch choice) iter.Seq2[string, *openapi3.Schema] {
	return func(yield func(string, *openapi3.Schema) bool) {
		s, at := m.Schema.Schema, ""
		if s == nil || !yield(at, s) {
			return
		}
		for _, token := range spec.Tokens(pointer) {
			v := m.view(s, at, branch)
			at += spec.Pointer(token)
			if s = v.schemaBelow(token); s == nil || !yield(at, s) {
				return
			}
		}
	}
}

// schemaBelow is the schema of a property or an item, nil for none.
func (v view) schemaBelow(token string) *openapi3.Schema {
	if next := v.properties[token]; next != nil {
		return next
	}
	if n, err := strconv.Atoi(token); err == nil && n > 0 && len(v.prefix) > 0 {
		if n < len(v.prefix) {
			return v.prefix[n]
		}
		return v.rest
	}
	switch {
	case v.items != nil && token == "0":
		return v.items
	case v.described:
		return v.extra
	}
	return nil
}

// ID makes part of an id of a JSON pointer: letters, digits and hyphens; body for the whole.
func ID(pointer string) string {
	id := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, strings.TrimPrefix(pointer, "/"))
	if id == "" {
		return "body"
	}
	return id
}
