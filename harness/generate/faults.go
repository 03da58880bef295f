package generate

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
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
	Value    any    // whole
	Gap      string // why there is no such value; the rest but Pointer and Keyword is empty then
	branch   choice
}

// Blank stands for the keyword of a mandatory text that is empty or white space:
// whichever keyword of its place the description refuses it by.
const Blank = "blank"

// Faults makes values that each break the schema once. Those that turn out not
// to break it, or to break more, are left to the caller to drop: see Certify.
func (m Maker) Faults() []Fault {
	var list []Fault
	bases := bases{}
	for _, p := range m.places() {
		v := m.view(p.schema, p.pointer, p.branch)
		base := m.around(bases.of(m, p.branch), p)
		if p.required && p.pointer != "" {
			list = append(list, Fault{Pointer: p.pointer, Keyword: "required", Class: "missing", Why: "is missing", Allowed: "a value", Absent: true, Required: true, Value: Remove(base, p.pointer), branch: p.branch})
		}
		for _, f := range m.broken(v, p) {
			f.Pointer, f.Required, f.branch = p.pointer, p.required, p.branch
			if f.Gap == "" {
				f.Value = Set(base, p.pointer, f.Sent)
			}
			list = append(list, f)
		}
		if extra, ok := m.extra(v, p, base); ok {
			list = append(list, extra)
		}
	}
	return list
}

// broken lists what breaks one place.
func (m Maker) broken(v view, p place) []Fault {
	var list []Fault
	add := func(keyword, class, why, allowed string, sent any) {
		list = append(list, Fault{Keyword: keyword, Class: class, Why: why, Allowed: allowed, Sent: sent})
	}
	gap := func(keyword, why string) { list = append(list, Fault{Keyword: keyword, Gap: why}) }
	sample := m.sample(v, p)
	if !v.nullable && len(v.types) > 0 {
		add("type", "null", "is null", allowedTypes(v), nil)
	}
	if p.required && v.is("string") {
		for _, blank := range []struct{ class, why, sent string }{{"empty", "is an empty string", ""}, {"space", "is white space", "   "}} {
			if !v.allows(blank.sent) {
				add(Blank, blank.class, blank.why, "a value that is not blank", blank.sent)
			}
		}
	}
	m.types(v, sample, add)
	if len(v.enum) > 0 {
		m.enum(v, add)
		return list
	}
	if v.is("integer") || v.is("number") {
		m.numbers(v, add)
	}
	if v.is("string") {
		m.strings(v, sample, p.required, add, gap)
	}
	if v.is("array") && v.items != nil {
		m.arrays(v, add)
	}
	if v.is("object") {
		m.objects(v, add, gap)
	}
	if d := v.discriminator; d != nil {
		if object, ok := sample.(map[string]any); ok {
			add("discriminator", "unknown", "names no documented kind", "a documented kind", Set(Copy(object), spec.Pointer(d.PropertyName), "unknownkind"))
		}
	}
	return list
}

// sample is a valid value of the place that holds nothing from outside the schema.
func (m Maker) sample(v view, p place) any {
	m.Fixed = nil
	return m.value(v.whole, p.pointer, OnlyRequired, 1, p.branch)
}

func allowedTypes(v view) string { return "a value of type " + strings.Join(v.types, " or ") }

// shortestCard is how many digits a card number has at least. No such number is
// sent as one, lest it be a card that may not be sent.
const shortestCard = 12

func (m Maker) types(v view, sample any, add func(keyword, class, why, allowed string, sent any)) {
	if len(v.types) == 0 {
		return
	}
	number := any(12345.0)
	if text, ok := sample.(string); ok && len(text) < shortestCard {
		if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
			number = n // a number as such instead of as a string
		}
	}
	text := any("text")
	switch value := normal(sample).(type) { // and the other way round
	case float64:
		text = strconv.FormatFloat(value, 'f', -1, 64)
	case bool:
		text = strconv.FormatBool(value)
	}
	for _, wrong := range []struct {
		name string
		sent any
	}{
		{"number", number}, {"boolean", true}, {"string", text}, {"array", []any{"text"}}, {"object", map[string]any{"value": "text"}},
	} {
		if !v.is(wrong.name) {
			add("type", wrong.name, "is "+article(wrong.name)+" instead of "+article(strings.Join(v.types, " or ")), allowedTypes(v), wrong.sent)
		}
	}
	if v.is("integer") && !contains(v.types, "number") {
		add("type", "fraction", "is a number with a fraction instead of an integer", allowedTypes(v), 1.5)
	}
}

func contains(list []string, word string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return false
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

func (m Maker) enum(v view, add func(keyword, class, why, allowed string, sent any)) {
	allowed := "one of " + compact(v.enum)
	switch first := normal(v.enum[0]).(type) {
	case string:
		other := first + "x"
		for containsValue(v.enum, other) {
			other += "x"
		}
		add("enum", "other", "is none of the documented values", allowed, other)
		for _, word := range v.enum {
			text, ok := word.(string)
			if !ok {
				continue
			}
			if swapped := swapCase(text); swapped != text && !containsValue(v.enum, swapped) {
				add("enum", "case", "is a documented value in another case", allowed, swapped)
				break
			}
		}
	case float64:
		other := first + v.step()
		for containsValue(v.enum, other) {
			other += v.step()
		}
		add("enum", "other", "is none of the documented values", allowed, other)
	case bool:
		if !containsValue(v.enum, !first) {
			add("enum", "other", "is not the documented value", allowed, !first)
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

func (m Maker) numbers(v view, add func(keyword, class, why, allowed string, sent any)) {
	step := v.step()
	if v.minimum != nil {
		allowed, sent := fmt.Sprintf("at least %v", *v.minimum), v.lowest()-step
		if v.exclusiveMin {
			allowed = fmt.Sprintf("more than %v", *v.minimum)
		}
		add(boundKeyword("minimum", v.exclusiveMin), "below", "is below the least number allowed", allowed, sent)
	}
	if v.maximum != nil {
		allowed, sent := fmt.Sprintf("at most %v", *v.maximum), v.highest()+step
		if v.exclusiveMax {
			allowed = fmt.Sprintf("less than %v", *v.maximum)
		}
		add(boundKeyword("maximum", v.exclusiveMax), "above", "is above the greatest number allowed", allowed, sent)
	}
	if v.multipleOf != nil {
		off := *v.multipleOf / 2
		if v.is("integer") && !contains(v.types, "number") {
			off = 1
		}
		add("multipleOf", "between", "is no multiple", fmt.Sprintf("a multiple of %v", *v.multipleOf), v.number()+off)
	}
}

func boundKeyword(bound string, exclusive bool) string {
	if exclusive {
		return "exclusive" + strings.ToUpper(bound[:1]) + bound[1:]
	}
	return bound
}

func (m Maker) strings(v view, sample any, required bool, add func(keyword, class, why, allowed string, sent any), gap func(keyword, why string)) {
	text, _ := sample.(string)
	if v.maxLength >= 0 && v.maxLength < 100_000 {
		if long, ok := v.miss(m.lengths(v, text, v.maxLength+1), "maxLength"); ok {
			add("maxLength", "above", fmt.Sprintf("is %d characters long", v.maxLength+1), fmt.Sprintf("at most %d characters", v.maxLength), long)
		} else {
			gap("maxLength", fmt.Sprintf("no text of %d characters was found that breaks nothing else", v.maxLength+1))
		}
	}
	if v.minLength == 1 && !required && only(v.violations(""), "minLength") {
		add("minLength", "below", "is an empty string", "at least 1 character", "")
	} else if v.minLength > 1 {
		if short, ok := v.miss(m.lengths(v, text, v.minLength-1), "minLength"); ok {
			add("minLength", "below", fmt.Sprintf("is %d characters long", v.minLength-1), fmt.Sprintf("at least %d characters", v.minLength), short)
		} else {
			gap("minLength", fmt.Sprintf("no text of %d characters was found that breaks nothing else", v.minLength-1))
		}
	}
	if len(v.patterns) > 0 {
		allowed := strings.Join(v.patterns, " and ")
		if wrong, ok := v.miss(near(text), "pattern"); ok {
			add("pattern", "near", "does not match the documented pattern", allowed, wrong)
		} else if !required && only(v.violations("   "), "pattern") { // of a mandatory one that is a blank
			add("pattern", "space", "is white space, which does not match the documented pattern", allowed, "   ")
		} else if !required || !only(v.violations("   "), "pattern") {
			gap("pattern", "no text was found that breaks the pattern "+allowed+" and nothing else")
		}
		for _, edge := range edges(text) {
			if wrong, ok := v.miss(edge.texts, "pattern"); ok {
				add("pattern", edge.class, edge.why, allowed, wrong)
			}
		}
	}
	if v.checked() {
		if wrong, ok := v.miss(near(text), "format"); ok {
			add("format", "near", "is not of the documented format", "the format "+v.format, wrong)
		} else {
			gap("format", "no text was found that is not of the format "+v.format+" and breaks nothing else")
		}
	}
}

// miss finds a text that breaks a keyword and nothing else.
func (v view) miss(candidates []string, keyword string) (string, bool) {
	for _, wrong := range candidates {
		if strings.TrimSpace(wrong) != "" && only(v.violations(wrong), keyword) {
			return wrong, true
		}
	}
	return "", false
}

// checked tells whether some text is refused for its format alone: most formats are mere annotations.
func (v view) checked() bool {
	if v.format == "" {
		return false
	}
	bare := openapi3.NewStringSchema().WithFormat(v.format)
	return len(v.maker.Schema.At(bare).Violations("\x00 no format has this", spec.Sent)) > 0
}

// lengths lists texts of exactly a length, the plainest first.
func (m Maker) lengths(v view, text string, length int) []string {
	list := []string{fit(text, length, length)}
	for _, pattern := range v.patterns {
		if made, ok := match(pattern, length); ok {
			list = append(list, fit(made, length, length))
		}
	}
	for _, other := range m.texts(v) {
		list = append(list, fit(other, length, length))
	}
	return list
}

// near lists texts that differ little from a valid one, then quite different ones.
func near(text string) []string {
	var list []string
	if runes := []rune(text); len(runes) > 0 {
		most := len(runes) - 1
		list = append(list,
			string(runes[:most])+"?", "?"+string(runes[1:]), text+"?", string(runes[:most]), string(runes[1:]), text+text[:1],
			strings.ToLower(text), strings.ToUpper(text), " "+text)
	}
	return append(list, "?", "~~", "x", "-1", "1.2.3", "0x", "A", "1", "a b", "é", "not valid", strings.Repeat("?", 20), strings.Repeat("x", 300))
}

// edge lists texts of the right characters, the nearest to a valid one first.
type edge struct {
	class, why string
	texts      []string
}

// farthest is how many characters an edge may be away from a valid text.
const farthest = 8

// edges lead from a valid text to where a pattern ends: a server that looks at
// the characters alone takes what lies behind.
func edges(text string) []edge {
	runes := []rune(text)
	if len(runes) == 0 {
		return nil
	}
	var short, long []string
	for n := 1; n <= farthest; n++ {
		if n < len(runes) {
			short = append(short, string(runes[:len(runes)-n]))
		}
		long = append(long, text+strings.Repeat(string(runes[len(runes)-1]), n))
	}
	nines := strings.Map(func(c rune) rune {
		if unicode.IsDigit(c) {
			return '9'
		}
		return c
	}, text)
	return []edge{
		{"short", "is too short for the documented pattern", short},
		{"long", "is too long for the documented pattern", long},
		{"nines", "has nines for digits, which does not match the documented pattern", []string{nines}},
	}
}

// only tells whether a text breaks a keyword and, at most, what follows from it.
func only(found []spec.Violation, keyword string) bool {
	hit := false
	for _, v := range found {
		hit = hit || v.Keyword == keyword
		if v.Pointer != "" || v.Keyword != keyword && !follows(keyword, v.Keyword) {
			return false
		}
	}
	return hit
}

func (m Maker) arrays(v view, add func(keyword, class, why, allowed string, sent any)) {
	if v.minItems > 0 {
		if list, ok := m.list(v, v.minItems); ok {
			add("minItems", "removed", fmt.Sprintf("has %d items", v.minItems-1), fmt.Sprintf("at least %d items", v.minItems), list[1:])
		}
	}
	if v.maxItems >= 0 && v.maxItems < 1000 {
		list, _ := m.list(v, v.maxItems+1)
		add("maxItems", "added", fmt.Sprintf("has %d items", v.maxItems+1), fmt.Sprintf("at most %d items", v.maxItems), list)
	}
	if v.uniqueItems {
		length := max(v.minItems-1, 1)
		if list, ok := m.list(v, max(length, v.minItems-1)); ok || len(list) > 0 {
			add("uniqueItems", "doubled", "has one item twice", "items that differ", append(append([]any{}, list...), list[len(list)-1]))
		}
	}
}

// objects makes objects with one property too few or too many.
func (m Maker) objects(v view, add func(keyword, class, why, allowed string, sent any), gap func(keyword, why string)) {
	if v.minProperties > 0 {
		if object, ok := m.ofSize(v, v.minProperties-1); ok {
			add("minProperties", "removed", fmt.Sprintf("has %d properties", len(object)), fmt.Sprintf("at least %d properties", v.minProperties), object)
		} else {
			gap("minProperties", fmt.Sprintf("the mandatory properties are more than %d", v.minProperties-1))
		}
	}
	if v.maxProperties >= 0 && v.maxProperties < 1000 {
		if object, ok := m.ofSize(v, v.maxProperties+1); ok {
			add("maxProperties", "added", fmt.Sprintf("has %d properties", len(object)), fmt.Sprintf("at most %d properties", v.maxProperties), object)
		} else {
			gap("maxProperties", fmt.Sprintf("the documented properties are fewer than %d, and no other is allowed", v.maxProperties+1))
		}
	}
}

// extra adds a property to an object that allows none but its own.
func (m Maker) extra(v view, p place, base any) (Fault, bool) {
	if !v.noExtra || !v.is("object") {
		return Fault{}, false
	}
	at, there := spec.Lookup(base, p.pointer)
	if _, ok := at.(map[string]any); !there || !ok {
		base = Set(base, p.pointer, m.value(v.whole, p.pointer, OnlyRequired, 1, p.branch))
	}
	return Fault{
		Pointer: p.pointer, Keyword: "additionalProperties", Class: "added", Why: "is a property that is not documented",
		Allowed: "the documented properties", Sent: "text", Value: Set(base, p.pointer+"/unknownproperty", "text"), branch: p.branch,
	}, true
}

// Certify proves that a value breaks the schema exactly as the fault says: at
// its pointer and keyword, and nowhere else. Inside a branch of oneOf or anyOf
// that is shown on the branch, and that no other branch takes the value.
func (m Maker) Certify(f Fault, value any) error {
	found := m.Schema.Violations(value, spec.Sent)
	if len(found) == 0 {
		return errors.New("the description allows it")
	}
	if exact(found, f) {
		return nil
	}
	if straightened, ok := m.straighten(found, f, value); ok && exact(straightened, f) {
		return nil
	}
	return fmt.Errorf("it breaks more than %s at %s: %s", f.Keyword, where(f.Pointer), Words(found))
}

func exact(found []spec.Violation, f Fault) bool {
	hit := false
	for _, v := range found {
		switch {
		case v.Pointer != f.Pointer:
			return false
		case v.Keyword == f.Keyword, f.Keyword == Blank:
			hit = true
		case follows(f.Keyword, v.Keyword):
		case f.Keyword == "discriminator" && (v.Keyword == "oneOf" || v.Keyword == "anyOf"):
			hit = true
		default:
			return false
		}
	}
	return hit
}

// follows tells whether breaking one keyword breaks another of the same place by
// itself: a value of a wrong type is none of the listed ones, a text that breaks
// the pattern is mostly not of the format either.
func follows(keyword, other string) bool {
	switch keyword {
	case "type":
		return other == "enum" || other == "oneOf" || other == "anyOf" || other == "format"
	case "pattern":
		return other == "format"
	}
	return false
}

// straighten replaces a violation of oneOf or anyOf by those of the branch taken.
func (m Maker) straighten(found []spec.Violation, f Fault, value any) ([]spec.Violation, bool) {
	var list []spec.Violation
	changed := false
	for _, v := range found {
		inside := f.Pointer == v.Pointer || strings.HasPrefix(f.Pointer, v.Pointer+"/")
		if v.Keyword != "oneOf" && v.Keyword != "anyOf" && v.Keyword != "discriminator" || !inside {
			list = append(list, v)
			continue
		}
		s := m.schemaAt(v.Pointer, f.branch)
		at, there := spec.Lookup(value, v.Pointer)
		if s == nil || !there {
			list = append(list, v)
			continue
		}
		taken := m.view(s, v.Pointer, f.branch).taken
		if taken == nil || taken.Value == nil || taken.Value == s {
			list = append(list, v)
			continue
		}
		changed = true
		inner := Maker{Schema: m.Schema.At(taken.Value), Sample: m.Sample}
		relative := f
		relative.Pointer = strings.TrimPrefix(f.Pointer, v.Pointer)
		relative.branch = choice{}
		for pointer, n := range f.branch {
			if rest, ok := strings.CutPrefix(pointer, v.Pointer); ok && rest != "" {
				relative.branch[rest] = n
			}
		}
		deeper := inner.Schema.Violations(at, spec.Sent)
		if again, ok := inner.straighten(deeper, relative, at); ok {
			deeper = again
		}
		for _, d := range deeper {
			d.Pointer = v.Pointer + d.Pointer
			list = append(list, d)
		}
	}
	return list, changed
}

// Words renders violations for a reader.
func Words(found []spec.Violation) string {
	var parts []string
	for _, v := range found {
		parts = append(parts, strings.TrimSpace(v.Pointer+" "+v.Reason))
	}
	return strings.Join(parts, "; ")
}

func where(pointer string) string {
	if pointer == "" {
		return "the whole"
	}
	return pointer
}
