package generate

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/spec"
)

// Fault is a value that breaks its schema at one place in one keyword.
type Fault struct {
	Pointer  string // of the broken place; a missing one is pointed at itself
	Keyword  string // in OpenAPI 3.0's words
	Class    string // part of an id: missing, null, empty, space, a type, other, case, below, above, …
	Why      string // read after the place: "is missing"
	Allowed  string
	Sent     any    // at the place
	Absent   bool   // nothing is sent at the place
	Required bool   // the place is mandatory
	Within   bool   // the keyword is broken by each mandatory member of the place
	Value    any    // whole
	Reading  bool   // the description marks the keyword as a reading of ours
	Gap      string // why there is no such value; the rest but Pointer and Keyword is empty then
	// Schema is that of the place, the same for all places that the description describes by it.
	Schema *openapi3.Schema
	branch choice
}

// Faults makes values that each break the schema once. Those that turn out not
// to break it, or to break more, are left to the caller to drop: see Certify.
func (m Maker) Faults() []Fault {
	var list []Fault
	bases := bases{}
	places, cut := m.follow()
	if len(cut) > 0 {
		list = append(list, Fault{Pointer: cut[0].pointer, Keyword: "oneOf", Gap: fmt.Sprintf("the schema has too many branches: beyond %d of them the first of each list alone is followed", maxBranches)})
	}
	for _, p := range places {
		v := m.view(p.schema, p.pointer, p.branch)
		b := breaking{Maker: m, view: v, place: p, sample: m.sample(v, p), base: m.around(bases.of(m, p.branch), p), found: list}
		for _, k := range keywordsAt(p, v) {
			b.keyword = k.in(v)
			k.beyond(&b)
		}
		for i := range b.found[len(list):] {
			b.found[len(list)+i].Schema = p.schema
		}
		list = b.found
	}
	return list
}

// isReading reports whether the description marks a keyword of the place as a reading
// of ours.
func (v view) isReading(keyword string) bool {
	return slices.ContainsFunc(v.parts, func(s *openapi3.Schema) bool { return spec.IsReading(s, keyword) })
}

// breaking collects what breaks one place.
type breaking struct {
	Maker
	view    view
	place   place
	sample  any    // a valid value of the place that holds nothing from outside the schema
	base    any    // the whole, with what is around the place
	keyword string // that is being broken
	found   []Fault
}

// sample makes a valid value of the place that holds nothing from outside the schema.
func (m Maker) sample(v view, p place) any {
	m.Fixed = nil
	return m.value(v.whole, spot{pointer: p.pointer, depth: 1, branch: p.branch})
}

// add adds a value of the place that breaks the keyword.
func (b *breaking) add(class, why, allowed string, sent any) {
	b.found = append(b.found, Fault{
		Pointer: b.place.pointer, Keyword: b.keyword, Class: class, Why: why, Allowed: allowed, Sent: sent,
		Required: b.place.required, Value: Set(b.base, b.place.pointer, sent), Reading: b.view.isReading(b.keyword), branch: b.place.branch,
	})
}

// gap says why there is no value that breaks the keyword.
func (b *breaking) gap(why string) {
	b.found = append(b.found, Fault{Pointer: b.place.pointer, Keyword: b.keyword, Required: b.place.required, Gap: why, branch: b.place.branch})
}

// missing omits a mandatory place.
func (b *breaking) missing() {
	b.found = append(b.found, Fault{
		Pointer: b.place.pointer, Keyword: b.keyword, Class: "missing", Why: "is missing", Allowed: "a value",
		Absent: true, Required: true, Value: Remove(b.base, b.place.pointer), branch: b.place.branch,
	})
	b.misplaced()
}

// misplaced puts the members of a mandatory object one level too high, and one too low.
func (b *breaking) misplaced() {
	tokens := spec.Tokens(b.place.pointer)
	b.outside(tokens)
	b.inside(tokens)
	at, _ := spec.Lookup(b.base, b.place.pointer)
	members, ok := at.(map[string]any)
	if !ok || len(members) == 0 || len(tokens) == 0 {
		return
	}
	above := Remove(b.base, b.place.pointer)
	for name, value := range members {
		above = Set(above, spec.Pointer(append(slices.Clone(tokens[:len(tokens)-1]), name)...), value)
	}
	allowed := "an object of its own around them"
	b.found = append(b.found, Fault{
		Pointer: b.place.pointer, Keyword: b.keyword, Class: "unwrapped", Why: "is missing, and what belongs into it is outside", Allowed: allowed,
		Absent: true, Required: true, Value: above, branch: b.place.branch,
	}, Fault{
		Pointer: b.place.pointer, Keyword: b.keyword, Class: "doubled", Why: "holds another of its name, and what belongs into it is in there", Allowed: allowed,
		Sent: "an object within an object", Required: true, Within: true, branch: b.place.branch,
		Value: Set(b.base, b.place.pointer, map[string]any{tokens[len(tokens)-1]: members}),
	})
}

// outside puts a mandatory value beside the object that it belongs into.
func (b *breaking) outside(tokens []string) {
	if len(tokens) < 2 {
		return
	}
	value, there := spec.Lookup(b.base, b.place.pointer)
	above := spec.Pointer(append(slices.Clone(tokens[:len(tokens)-2]), tokens[len(tokens)-1])...)
	if _, taken := spec.Lookup(b.base, above); !there || taken || !b.inObjects(tokens) {
		return
	}
	b.found = append(b.found, Fault{
		Pointer: b.place.pointer, Keyword: b.keyword, Class: "outside", Why: "is missing, and stands outside of " + tokens[len(tokens)-2], Allowed: "a value in " + tokens[len(tokens)-2],
		Absent: true, Required: true, Value: Set(Remove(b.base, b.place.pointer), above, Copy(value)), branch: b.place.branch,
	})
}

// inside puts a mandatory value into an object beside it.
func (b *breaking) inside(tokens []string) {
	value, there := spec.Lookup(b.base, b.place.pointer)
	if _, object := value.(map[string]any); object || !there || len(tokens) == 0 || !b.inObjects(tokens) {
		return
	}
	around, name := tokens[:len(tokens)-1], tokens[len(tokens)-1]
	siblings, _ := spec.Lookup(b.base, spec.Pointer(around...))
	object, _ := siblings.(map[string]any)
	for _, sibling := range slices.Sorted(maps.Keys(object)) {
		within, ok := object[sibling].(map[string]any)
		if _, taken := within[name]; !ok || taken {
			continue
		}
		b.found = append(b.found, Fault{
			Pointer: b.place.pointer, Keyword: b.keyword, Class: "inside", Why: "is missing, and stands within " + sibling, Allowed: "a value beside " + sibling,
			Absent: true, Required: true, Value: Set(Remove(b.base, b.place.pointer), spec.Pointer(append(slices.Clone(around), sibling, name)...), Copy(value)), branch: b.place.branch,
		})
		return
	}
}

// inObjects reports whether what is around a place are objects, not lists.
func (b *breaking) inObjects(tokens []string) bool {
	for i := range tokens {
		around, _ := spec.Lookup(b.base, spec.Pointer(tokens[:i]...))
		if _, ok := around.(map[string]any); !ok {
			return false
		}
	}
	return true
}

// types sends values of wrong types: null, which may be next to nothing as a blank
// text is, and one of each other type.
func (b *breaking) types() {
	v := b.view
	allowed := "a value of type " + strings.Join(v.types, " or ")
	if !v.nullable {
		b.add("null", "is null", allowed, nil)
	}
	b.blank()
	for _, wrong := range b.wrongTypes() {
		if !v.is(wrong.name) {
			b.add(wrong.name, "is "+article(wrong.name)+" instead of "+article(strings.Join(v.types, " or ")), allowed, wrong.sent)
		}
	}
	if v.is("integer") && !slices.Contains(v.types, "number") {
		b.add("fraction", "is a number with a fraction instead of an integer", allowed, 1.5)
	}
}

// blank sends nothing but white space where a text is mandatory; such as is not ASCII
// where any text will do, for elsewhere the form of the text refuses it.
func (b *breaking) blank() {
	if !b.place.required || !b.view.is("string") {
		return
	}
	defer func(keyword string) { b.keyword = keyword }(b.keyword)
	b.keyword = Blank
	for _, blank := range []struct{ class, why, sent string }{
		{"empty", "is an empty string", ""}, {"space", "is white space", "   "}, {Wide, "is white space that is not ASCII", "\u2003\u3000"},
	} {
		if found := b.view.violations(blank.sent); only(found, "format") && !b.view.checked() {
			continue
		}
		if !b.view.allows(blank.sent) && (blank.class != Wide || b.view.allows(blank.sent+"x")) {
			b.add(blank.class, blank.why, "a value that is not blank", blank.sent)
		}
	}
}

// shortestCard is how many digits a card number has at least. No such number is
// sent as one, lest it be a card that may not be sent.
const shortestCard = 12

// typed is a value of a type.
type typed struct {
	name string
	sent any
}

// wrongTypes lists a value of each type: a number that is a text as a number, and
// the other way round.
func (b *breaking) wrongTypes() []typed {
	number := any(12345.0)
	if text, ok := b.sample.(string); ok && len(text) < shortestCard {
		if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
			number = n
		}
	}
	text, list := any("text"), []any{"text"}
	switch value := normal(b.sample).(type) {
	case float64, json.Number:
		text = spec.Decimal(spec.Rational(value))
	case bool:
		text, number = strconv.FormatBool(value), 1.0
	case map[string]any: // what a request says that would be right without the text or the list around it
		if around, there := spec.Lookup(b.base, b.place.pointer); there {
			text, list = compact(around), []any{around}
		}
	}
	return []typed{{"number", number}, {"boolean", true}, {"string", text}, {"array", list}, {"object", map[string]any{"value": "text"}}}
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// enum sends a value that is not listed, and a listed one in another case.
func (b *breaking) enum() {
	v := b.view
	allowed := "one of " + compact(v.enum)
	unlisted := func(value any, next func(any) any) any {
		for containsValue(v.enum, value) {
			value = next(value)
		}
		return value
	}
	const why = "is none of the documented values"
	switch first := normal(v.enum[0]).(type) {
	case string:
		b.add("other", why, allowed, unlisted(first+"x", func(value any) any { return value.(string) + "x" }))
		for _, word := range v.enum {
			text, ok := word.(string)
			if swapped := swapCase(text); ok && swapped != text && !containsValue(v.enum, swapped) {
				b.add("case", "is a documented value in another case", allowed, swapped)
				break
			}
		}
		if padded := first + " "; first != "" && !containsValue(v.enum, padded) {
			b.add("padded", "is a documented value with a blank behind it", allowed, padded)
		}
		b.numerals(allowed)
	case float64, json.Number:
		next := func(value any) any { return beside(spec.Rational(value), v.step(), 1) }
		b.add("other", why, allowed, unlisted(next(first), next))
	case bool:
		if !containsValue(v.enum, !first) {
			b.add("other", "is not the documented value", allowed, !first)
		}
	}
}

// numerals spells a listed numeral as a reader of numbers would take it, too, and sends
// the one before the first and the one behind the last.
func (b *breaking) numerals(allowed string) {
	var listed []int
	for _, word := range b.view.enum {
		text, _ := word.(string)
		if n, err := strconv.Atoi(text); err == nil && strconv.Itoa(n) == text && n >= 0 {
			listed = append(listed, n)
		}
	}
	if len(listed) < 2 { // a single one may be a word that happens to be of digits
		return
	}
	first, last := slices.Min(listed), slices.Max(listed)
	for _, near := range []struct{ class, why, text string }{
		{"signed", "is a documented value with a sign before it", "+" + strconv.Itoa(first)},
		{"zeros", "is a documented value with a zero before it", "0" + strconv.Itoa(last)},
		{"below", "is the number before the documented values", strconv.Itoa(first - 1)},
		{"above", "is the number behind the documented values", strconv.Itoa(last + 1)},
	} {
		if !containsValue(b.view.enum, near.text) {
			b.add(near.class, near.why, allowed, near.text)
		}
	}
}

func swapCase(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsUpper(c) {
			return unicode.ToLower(c)
		}
		return unicode.ToUpper(c)
	}, text)
}

func compact(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(data)
}

// byFormat names the format that sets a bound.
func (v view) byFormat(is bool) string {
	if is {
		return v.format + ", "
	}
	return ""
}

// minimum sends the greatest number that is too small.
func (b *breaking) minimum() {
	allowed := b.view.byFormat(b.view.minByFormat) + "at least " + spec.Decimal(b.view.minimum)
	if b.view.exclusiveMin {
		allowed = "more than " + spec.Decimal(b.view.minimum)
	}
	b.add("below", "is below the least number allowed", allowed, beside(b.view.lowest(), b.view.step(), -1))
}

// maximum sends the least number that is too great.
func (b *breaking) maximum() {
	allowed := b.view.byFormat(b.view.maxByFormat) + "at most " + spec.Decimal(b.view.maximum)
	if b.view.exclusiveMax {
		allowed = "less than " + spec.Decimal(b.view.maximum)
	}
	b.add("above", "is above the greatest number allowed", allowed, beside(b.view.highest(), b.view.step(), 1))
}

// multipleOf sends a number between two multiples.
func (b *breaking) multipleOf() {
	v := b.view
	off := new(big.Rat).Quo(v.multipleOf, big.NewRat(2, 1))
	if v.wholeNumbers() {
		off = big.NewRat(1, 1)
	}
	b.add("between", "is no multiple", "a multiple of "+spec.Decimal(v.multipleOf), beside(spec.Rational(v.number()), off, 1))
}

// minItems sends a list with one item too few.
func (b *breaking) minItems() {
	length := b.view.minItems
	if list, ok := b.list(b.view, length); ok {
		b.add("removed", fmt.Sprintf("has %d items", length-1), fmt.Sprintf("at least %d items", length), list[1:])
	}
}

// maxItems sends a list with one item too many.
func (b *breaking) maxItems() {
	length := b.view.maxItems + 1
	if list, _ := b.list(b.view, within(length, maxSize)); list != nil { // that it is not allowed is what is wanted
		b.add("added", fmt.Sprintf("has %d items", length), fmt.Sprintf("at most %d items", length-1), list)
	}
}

// uniqueItems sends a list with one item twice.
func (b *breaking) uniqueItems() {
	if list, _ := b.list(b.view, max(b.view.minItems-1, 1)); len(list) > 0 {
		b.add("doubled", "has one item twice", "items that differ", append(slices.Clone(list), list[len(list)-1]))
	}
}

// minProperties sends an object with one property too few.
func (b *breaking) minProperties() {
	size := b.view.minProperties - 1
	if object, ok := b.ofSize(b.view, size); ok {
		b.add("removed", fmt.Sprintf("has %d properties", size), fmt.Sprintf("at least %d properties", size+1), object)
	} else {
		b.gap(fmt.Sprintf("the mandatory properties are more than %d", size))
	}
}

// maxProperties sends an object with one property too many.
func (b *breaking) maxProperties() {
	size := b.view.maxProperties + 1
	if size > maxSize {
		return
	}
	if object, ok := b.ofSize(b.view, size); ok {
		b.add("added", fmt.Sprintf("has %d properties", size), fmt.Sprintf("at most %d properties", size-1), object)
	} else {
		b.gap(fmt.Sprintf("the documented properties are fewer than %d, and no other is allowed", size))
	}
}

// discriminator names a kind that is not documented.
func (b *breaking) discriminator() {
	if object, ok := b.sample.(map[string]any); ok {
		b.add("unknown", "names no documented kind", "a documented kind", Set(Copy(object), spec.Pointer(b.view.discriminator.PropertyName), "unknownkind"))
	}
}

// extraProperty adds a property to an object that allows none but its own.
func (b *breaking) extraProperty() {
	base, p := b.base, b.place
	at, there := spec.Lookup(base, p.pointer)
	if _, ok := at.(map[string]any); !there || !ok {
		base = Set(base, p.pointer, b.value(b.view.whole, spot{pointer: p.pointer, depth: 1, branch: p.branch}))
	}
	b.found = append(b.found, Fault{
		Pointer: p.pointer, Keyword: b.keyword, Class: "added", Why: "is a property that is not documented",
		Allowed: "the documented properties", Sent: "text", Value: Set(base, p.pointer+"/unknownproperty", "text"), branch: p.branch,
	})
}
