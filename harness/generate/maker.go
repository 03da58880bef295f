// Package generate makes values from schemas: valid ones, each special in one
// way, and broken ones, each at one place and in one keyword. It is pure.
package generate

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/spec"
)

// Maker makes the values of one schema.
type Maker struct {
	Schema spec.Schema
	// Fixed gives the value of a place that comes from outside the schema; nil for none.
	// A place is a JSON pointer, with 0 for the items of an array.
	Fixed func(pointer string, s *openapi3.Schema) (any, bool)
	// Wanted reports whether an optional place is part of every value; nil for none.
	Wanted func(pointer string) bool
	// Examples are whole values that the description shows; places take theirs from them.
	Examples []any
	// Providers give texts by format or, for strings with one, by pattern.
	Providers map[string]string
	// Sample replaces what stands for a value that is known later, for judging; nil for none.
	Sample func(value any) any

	// Avoid reports whether a listed word is taken only where no other is; nil for none.
	Avoid func(word any) bool
	// Several makes lists of two items where every place is asked for and more than one may be.
	Several bool

	path     []*openapi3.Schema // around the place that is being made
	retries  int                // places around this one for which another branch is tried
	deciding bool               // the next object has its optional properties with listed words too
}

// Extent says how many optional places a value has.
type Extent int

// The extents.
const (
	OnlyRequired Extent = iota
	Everything
)

// maxRetries is how many places within one another may try other branches: each multiplies
// the work.
const maxRetries = 2

// maxNames is how many names are made for properties whose names have a schema.
const maxNames = 16

const maxDepth = 6 // levels of optional places, where schemas contain themselves

// Make makes a valid value, as far as the schema can be followed; Violations shows whether it is.
func (m Maker) Make(size Extent) any { return m.value(m.Schema.Schema, spot{size: size}) }

// choice picks a branch of oneOf and anyOf by place; absent places take the first.
type choice map[string]int

// with is the choice with one more branch.
func (c choice) with(pointer string, n int) choice {
	more := maps.Clone(c)
	if more == nil {
		more = choice{}
	}
	more[pointer] = n
	return more
}

// spot is where in a value something is made, and how much of it.
type spot struct {
	pointer string
	size    Extent
	depth   int    // of the objects and lists around it
	branch  choice // that leads to it
}

// below is the spot of a property or an item, by its pointer from here.
func (at spot) below(pointer string) spot {
	at.pointer += pointer
	at.depth++
	return at
}

// value makes the value of a place. What more than one branch of its oneOf takes
// is no value: its listed words may decide the branch, else another branch is taken,
// unless this one is asked for.
func (m Maker) value(s *openapi3.Schema, at spot) any {
	made := m.attempt(s, at)
	if s == nil || len(s.OneOf) < 2 {
		return made
	}
	v := m.view(s, at.pointer, at.branch)
	if m.retries >= maxRetries || v.allows(made) {
		return made
	}
	m.retries++
	asked, isAsked := at.branch[at.pointer]
	for n := range s.OneOf {
		if isAsked && n != asked {
			continue
		}
		taken := at
		taken.branch = at.branch.with(at.pointer, n)
		for _, m.deciding = range []bool{false, true} {
			if candidate := m.attempt(s, taken); v.allows(candidate) {
				return candidate
			}
		}
	}
	return made
}

// attempt makes the value of a place by the branch that is taken there.
func (m Maker) attempt(s *openapi3.Schema, at spot) any {
	if fixed, ok := m.fixed(at.pointer, s); ok {
		return fixed
	}
	v := m.view(s, at.pointer, at.branch)
	for _, part := range v.parts {
		switch n := count(m.path, part); {
		case n > 2:
			return map[string]any{} // a schema that requires itself has no value
		case n > 1:
			at.size = OnlyRequired
		}
	}
	m.path = append(slices.Clip(m.path), v.parts...)
	if v.onlyNull() {
		return nil
	}
	if v.is("object") && len(v.properties) > 0 {
		return m.object(v, at)
	}
	if example, ok := m.example(v, at.pointer); ok {
		return example
	}
	switch {
	case len(v.enum) > 0:
		if i := slices.IndexFunc(v.enum, func(word any) bool { return m.Avoid == nil || !m.Avoid(word) }); i > 0 {
			return v.enum[i]
		}
		return v.enum[0]
	case v.is("array"):
		m.deciding = false
		return m.array(v, at)
	case v.is("object"):
		return m.object(v, at)
	case v.is("integer"), v.is("number"):
		return v.number()
	case v.is("boolean"):
		return true
	case v.is("string"), len(v.types) == 0:
		return m.text(v)
	}
	return nil
}

func (m Maker) fixed(pointer string, s *openapi3.Schema) (any, bool) {
	if m.Fixed == nil {
		return nil, false
	}
	return m.Fixed(pointer, s)
}

func (m Maker) wanted(pointer string) bool { return m.Wanted != nil && m.Wanted(pointer) }

// example finds a valid value for a place among the examples and defaults of the description.
func (m Maker) example(v view, pointer string) (any, bool) {
	var candidates []any
	for _, example := range m.Examples {
		if found, ok := spec.Lookup(example, pointer); ok {
			candidates = append(candidates, found)
		}
	}
	for _, s := range v.parts {
		if s.Example != nil {
			candidates = append(candidates, s.Example)
		}
	}
	for _, s := range v.parts {
		if s.Default != nil {
			candidates = append(candidates, s.Default)
		}
	}
	for _, c := range candidates {
		if c != nil && c != "" && v.allows(c) {
			return Copy(c), true
		}
	}
	return nil, false
}

// object makes an object with its mandatory properties and as many others as the spot asks for.
func (m Maker) object(v view, at spot) any {
	object := map[string]any{}
	deciding := m.deciding
	m.deciding = false
	for _, name := range slices.Sorted(maps.Keys(v.properties)) {
		s, below := v.properties[name], at.below(spec.Pointer(name))
		decides := deciding && s != nil && (len(s.Enum) > 0 || s.Const != nil)
		if sendable(s) && (v.required[name] && at.depth < 4*maxDepth || m.wanted(below.pointer) || decides) {
			object[name] = m.value(s, below)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.required)) { // mandatory, and described nowhere
		if _, described := v.properties[name]; !described && !v.noExtra {
			below := at.below(spec.Pointer(name))
			below.size = OnlyRequired
			object[name] = m.value(cmp.Or(v.extra, openapi3.NewStringSchema()), below)
		}
	}
	length := v.minProperties
	if at.size == Everything && at.depth < maxDepth {
		length = max(length, len(v.properties))
	}
	m.fill(v, object, length, at)
	if d := v.discriminator; d != nil {
		if word, ok := v.word(); ok {
			object[d.PropertyName] = word
		}
	}
	if len(v.asking) > 0 {
		m.complete(v, object, at)
	}
	return object
}

// sendable reports whether a property may be part of a request.
func sendable(s *openapi3.Schema) bool {
	return s != nil && !s.ReadOnly && (s.Always == nil || *s.Always)
}

// fill adds properties until an object has a number of them, or as many as it may:
// those that its schema names, then others.
func (m Maker) fill(v view, object map[string]any, length int, at spot) {
	if v.maxProperties >= 0 {
		length = min(length, v.maxProperties)
	}
	add := func(name string, s *openapi3.Schema) {
		if _, there := object[name]; !there && len(object) < length && count(m.path, s) < 2 {
			object[name] = m.value(s, at.below(spec.Pointer(name)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.properties)) {
		if s := v.properties[name]; sendable(s) {
			add(name, s)
		}
	}
	if v.extra == nil || v.minProperties == 0 {
		return
	}
	if v.names == nil && len(v.named) == 0 {
		for n := 1; n <= min(v.minProperties, maxSize); n++ {
			add("extra"+strings.Repeat("x", n), v.extra)
		}
		return
	}
	for _, name := range v.extraNames(min(v.minProperties, maxNames)) {
		add(name, v.extra)
	}
}

// array makes a list with as few items as allowed, but for one where none is.
func (m Maker) array(v view, at spot) any {
	length := min(max(v.minItems, 1), maxSize)
	if m.Several && at.size == Everything {
		length = max(length, 2)
	}
	if v.maxItems >= 0 {
		length = min(length, v.maxItems)
	}
	if len(v.prefix) > 0 || v.contains != nil {
		return m.tuple(v, at)
	}
	if v.items == nil || at.depth > 4*maxDepth || v.minItems == 0 && (at.depth > maxDepth || count(m.path, v.items) > 1) {
		return []any{}
	}
	return m.row(v, m.value(v.items, at.below("/0")), length)
}

// row makes a list of equal items; those that must differ are altered until they do.
func (m Maker) row(v view, item any, length int) []any {
	list := make([]any, 0, length)
	taken := map[string]bool{}
	for range length {
		next := Copy(item)
		if v.uniqueItems {
			next = m.another(v, next, taken)
			taken[compact(next)] = true
		}
		list = append(list, next)
	}
	return list
}

// another alters a valid item until none is its equal.
func (m Maker) another(v view, item any, taken map[string]bool) any {
	if !taken[compact(item)] {
		return item
	}
	items := m.view(v.items, v.pointer+"/0", nil)
	for candidate := range items.variations(m, item, len(taken)) {
		if !taken[compact(candidate)] && items.allows(candidate) {
			return candidate
		}
	}
	return item
}

// Copy copies a decoded JSON value.
func Copy(value any) any {
	switch v := value.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, inner := range v {
			object[key] = Copy(inner)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, inner := range v {
			list[i] = Copy(inner)
		}
		return list
	}
	return value
}

// Set puts a value at a JSON pointer of a copy, making objects on the way.
func Set(root any, pointer string, value any) any {
	tokens := spec.Tokens(pointer)
	if len(tokens) == 0 {
		return value
	}
	rest := spec.Pointer(tokens[1:]...)
	if list, ok := root.([]any); ok {
		copied := slices.Clone(list)
		if tokens[0] == "0" && len(copied) > 0 {
			copied[0] = Set(copied[0], rest, value)
		} else if tokens[0] == "0" {
			copied = []any{Set(nil, rest, value)}
		}
		return copied
	}
	object, _ := root.(map[string]any)
	copied := maps.Clone(object)
	if copied == nil {
		copied = map[string]any{}
	}
	copied[tokens[0]] = Set(copied[tokens[0]], rest, value)
	return copied
}

// Remove takes the value at a JSON pointer out of a copy.
func Remove(root any, pointer string) any {
	tokens := spec.Tokens(pointer)
	object, ok := root.(map[string]any)
	switch {
	case len(tokens) == 0:
		return nil
	case !ok:
		if list, isList := root.([]any); isList && tokens[0] == "0" && len(list) > 0 && len(tokens) > 1 {
			copied := slices.Clone(list)
			copied[0] = Remove(copied[0], spec.Pointer(tokens[1:]...))
			return copied
		}
		return root
	}
	copied := maps.Clone(object)
	if len(tokens) == 1 {
		delete(copied, tokens[0])
	} else if _, there := copied[tokens[0]]; there {
		copied[tokens[0]] = Remove(copied[tokens[0]], spec.Pointer(tokens[1:]...))
	}
	return copied
}
