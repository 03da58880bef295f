package generate

import (
	"encoding/json"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/spec"
)

// text makes a string that the place allows: one of the providers', one of a
// well-known format, one made from the pattern, or plain letters.
func (m Maker) text(v view) any {
	made := "text"
	for _, candidate := range m.texts(v) {
		if !v.allows(candidate) {
			continue
		}
		if made = candidate; made != "" { // an empty one is often taken for none
			break
		}
	}
	return made
}

// texts lists candidates for a text of the place, the likeliest first.
func (m Maker) texts(v view) []string {
	var list []string
	add := func(text string) {
		list = append(list, text, fit(text, v.minLength, v.maxLength))
	}
	for _, key := range append([]string{v.format}, v.patterns...) {
		if text, ok := m.Providers[key]; ok {
			add(text)
		}
	}
	for _, known := range []map[string]string{formats, shortFormats} {
		if text, ok := known[v.format]; ok {
			add(text)
		}
	}
	for _, pattern := range v.patterns {
		for _, repeat := range []int{0, 1, 2, v.minLength, v.maxLength} {
			if text, ok := match(pattern, max(repeat, 0)); ok {
				add(text)
			}
		}
	}
	for _, text := range []string{"text", "1", "12", "12345", "1.00", "A", "US", "USD", "a1", "2030-01-31"} {
		add(text)
	}
	return list
}

// Unjudged finds a text in a value whose pattern cannot be judged, and that the description
// does not show as an example; "" when there is none.
func (m Maker) Unjudged(value any) (pointer, pattern string) {
	for _, p := range m.places() {
		text, there := spec.Lookup(value, p.pointer)
		if _, isText := text.(string); !there || !isText {
			continue
		}
		v := m.view(p.schema, p.pointer, p.branch)
		for _, pattern := range v.patterns {
			if example, ok := m.example(v, p.pointer); !spec.Judgeable(pattern) && (!ok || example != text) {
				return p.pointer, pattern
			}
		}
	}
	return "", ""
}

// Is reports whether the schema, as a whole, takes values of a type and no text.
func (m Maker) Is(name string) bool {
	v := m.view(m.Schema.Schema, "", nil)
	return v.is(name) && !v.is("string")
}

// Repeats reports whether a property takes a list, whose items may stand under one name.
func (m Maker) Repeats(name string) bool {
	s := m.At(spec.Pointer(name))
	return s != nil && Types(s)["array"]
}

// Read returns what a text, of a form or a parameter, stands for at a place: a
// number or a truth value where the place takes one and not the text, else the text.
func (m Maker) Read(pointer, text string) any {
	s := m.At(pointer)
	if s == nil {
		return text
	}
	types := Types(s)
	if len(types) == 0 || types["string"] && !types["number"] && !types["integer"] && !types["boolean"] {
		return text
	}
	value, err := spec.DecodeJSON([]byte(text))
	if err != nil {
		return text
	}
	if types["string"] && len(m.Schema.At(s).Violations(text, spec.Sent)) == 0 {
		return text
	}
	switch value.(type) {
	case float64, json.Number:
		if types["number"] || types["integer"] {
			return value
		}
	case bool:
		if types["boolean"] {
			return value
		}
	}
	return text
}

// Types lists the types that a schema, or a part of its allOf, anyOf or oneOf, names.
func Types(s *openapi3.Schema) map[string]bool {
	types := map[string]bool{}
	var walk func(s *openapi3.Schema, depth int)
	walk = func(s *openapi3.Schema, depth int) {
		if s == nil || depth > 16 {
			return
		}
		for _, t := range s.Type.Slice() {
			types[t] = true
		}
		if s.Type == nil {
			for _, value := range listed(s) {
				types[value] = true
			}
		}
		if s.Type == nil && len(s.Properties) > 0 {
			types["object"] = true
		}
		for _, parts := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
			for _, part := range parts {
				walk(part.Value, depth+1)
			}
		}
	}
	walk(s, 0)
	return types
}

// listed lists the types of the values that a schema without a type allows by const and enum.
func listed(s *openapi3.Schema) []string {
	var types []string
	values := s.Enum
	if s.Const != nil {
		values = append(slices.Clip(values), s.Const)
	}
	for _, value := range values {
		switch normal(value).(type) {
		case string:
			types = append(types, "string")
		case bool:
			types = append(types, "boolean")
		case float64, json.Number:
			types = append(types, "number")
		case []any:
			types = append(types, "array")
		case map[string]any:
			types = append(types, "object")
		}
	}
	return types
}

// formats are examples of the well-known formats.
var formats = map[string]string{
	"date":      "2030-01-31",
	"date-time": "2030-01-31T12:00:00Z",
	"time":      "12:00:00Z",
	"email":     "ada.marlow@example.test",
	"uuid":      "6f1c2a34-8d0b-4e1f-9a57-3b2c1d0e4f56",
	"uri":       "https://example.test/path",
	"url":       "https://example.test/path",
	"hostname":  "example.test",
	"ip":        "192.0.2.10",
	"ipv4":      "192.0.2.10",
	"ipv6":      "2001:db8::10",
	"byte":      "dGV4dA==",
	"duration":  "PT1H",

	"json-pointer":          "/a",
	"relative-json-pointer": "1/a",
	"idn-email":             "ada.marlow@example.test",
	"iri":                   "https://example.test/path",
}

// shortFormats are examples for places that take few characters.
var shortFormats = map[string]string{
	"email": "a@b.co", "uri": "http://a.co", "url": "http://a.co", "hostname": "a.co", "ip": "192.0.2.1", "ipv4": "192.0.2.1", "ipv6": "::1", "byte": "YQ==",
}

// fit brings a text to a length by repeating or cutting its end; lengths count code points.
func fit(text string, minLength, maxLength int) string {
	if text == "" && minLength > 0 {
		text = "t"
	}
	last, _ := utf8.DecodeLastRuneInString(text)
	if n := utf8.RuneCountInString(text); n < minLength && minLength <= 10*maxLengthBeyond {
		text += strings.Repeat(string(last), minLength-n)
	}
	if maxLength >= 0 && utf8.RuneCountInString(text) > maxLength {
		text = string([]rune(text)[:maxLength])
	}
	return text
}

// match makes a text that a pattern matches; repeat says how often its open
// repetitions are repeated, within what they allow. Texts are cached: a description
// has few patterns, in many places.
func match(pattern string, repeat int) (string, bool) {
	type key struct {
		pattern string
		repeat  int
	}
	type result struct {
		text string
		ok   bool
	}
	if known, there := matched.Load(key{pattern, repeat}); there {
		r := known.(result)
		return r.text, r.ok
	}
	text, ok := makeMatch(pattern, repeat)
	matched.Store(key{pattern, repeat}, result{text, ok})
	return text, ok
}

var matched sync.Map

func makeMatch(pattern string, repeat int) (string, bool) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ecmaMatch(pattern, repeat)
	}
	var b strings.Builder
	write(&b, tree.Simplify(), min(repeat, 300))
	text := b.String()
	if ok, err := regexp.MatchString(pattern, text); err != nil || !ok {
		return "", false
	}
	return text, true
}

// maxText is how many bytes of a text are made of a pattern.
const maxText = 4096

// write writes a text that an expression matches.
func write(b *strings.Builder, re *syntax.Regexp, repeat int) {
	if b.Len() > maxText {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		b.WriteRune(pick(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('a')
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			write(b, sub, repeat)
		}
	case syntax.OpAlternate:
		write(b, re.Sub[0], repeat)
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		times := repeat
		switch re.Op {
		case syntax.OpPlus:
			times = max(repeat, 1)
		case syntax.OpQuest:
			times = min(repeat, 1)
		case syntax.OpRepeat:
			times = max(repeat, re.Min)
			if re.Max >= 0 {
				times = min(times, re.Max)
			}
		}
		for range times {
			write(b, re.Sub[0], repeat)
		}
	}
}

// pick chooses a plain character of a class, given as pairs of bounds.
func pick(ranges []rune) rune {
	for _, plain := range "a1A0b " {
		for i := 0; i+1 < len(ranges); i += 2 {
			if plain >= ranges[i] && plain <= ranges[i+1] {
				return plain
			}
		}
	}
	for i := 0; i+1 < len(ranges); i += 2 {
		for c := ranges[i]; c <= ranges[i+1] && c < ranges[i]+128; c++ {
			if c > 0x20 && c != 0x7f {
				return c
			}
		}
	}
	if len(ranges) > 0 {
		return ranges[0]
	}
	return 'a'
}
