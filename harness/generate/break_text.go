package generate

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/spec"
)

// maxLength sends a text that is one character too long.
func (b *breaking) maxLength() {
	length := b.view.maxLength + 1
	if length > maxLengthBeyond {
		return
	}
	if long, ok := b.view.miss(b.lengths(b.view, b.text(), length), "maxLength"); ok {
		b.add("above", fmt.Sprintf("is %d characters long", length), fmt.Sprintf("at most %d characters", length-1), long)
	} else {
		b.gap(fmt.Sprintf("no text of %d characters was found that breaks nothing else", length))
	}
}

// minLength sends a text that is one character too short. An empty one in a
// mandatory place is a blank.
func (b *breaking) minLength() {
	length := b.view.minLength - 1
	if length == 0 {
		if !b.place.required && only(b.view.violations(""), "minLength") {
			b.add("below", "is an empty string", "at least 1 character", "")
		}
		return
	}
	if short, ok := b.view.miss(b.lengths(b.view, b.text(), length), "minLength"); ok {
		b.add("below", fmt.Sprintf("is %d characters long", length), fmt.Sprintf("at least %d characters", length+1), short)
	} else {
		b.gap(fmt.Sprintf("no text of %d characters was found that breaks nothing else", length))
	}
}

// pattern sends texts near a valid one that the pattern does not match.
func (b *breaking) pattern() {
	v, text := b.view, b.text()
	allowed := strings.Join(v.patterns, " and ")
	if wrong, ok := v.miss(slices.Values(near(text)), "pattern"); ok {
		b.add("near", "does not match the documented pattern", allowed, wrong)
	} else if blank := only(v.violations("   "), "pattern"); !b.place.required && blank { // of a mandatory one that is a blank
		b.add("space", "is white space, which does not match the documented pattern", allowed, "   ")
	} else if !blank {
		b.gap("no text was found that breaks the pattern " + allowed + " and nothing else")
	}
	for _, edge := range edges(text) {
		if edge.class == anotherScript && strings.Contains(allowed, `\d`) {
			continue // in other dialects of patterns such digits are digits too, and ECMA 262 is a should of JSON Schema
		}
		if wrong, ok := v.miss(slices.Values(edge.texts), "pattern"); ok {
			b.add(edge.class, edge.why, allowed, wrong)
		}
	}
}

// format sends a text near a valid one that is not of the format.
func (b *breaking) format() {
	if wrong, ok := b.view.miss(slices.Values(near(b.text())), "format"); ok {
		b.add("near", "is not of the documented format", "the format "+b.view.format, wrong)
	} else {
		b.gap("no text was found that is not of the format " + b.view.format + " and breaks nothing else")
	}
}

// text is the valid value of the place, "" where that is no text.
func (b *breaking) text() string {
	text, _ := b.sample.(string)
	return text
}

// miss finds a text that breaks a keyword and nothing else.
func (v view) miss(candidates iter.Seq[string], keyword string) (string, bool) {
	for wrong := range candidates {
		if strings.TrimSpace(wrong) != "" && only(v.violations(wrong), keyword) {
			return wrong, true
		}
	}
	return "", false
}

// refused are the formats whose breach makes a request malformed. JSON Schema has formats as
// annotations: of rarer ones a target that takes any text breaks nothing that is promised.
var refused = []string{"date", "date-time", "uuid", "email", "ipv4", "ipv6", "uri", "byte"}

// checked reports whether some text is refused for its format alone: most formats are mere annotations.
func (v view) checked() bool {
	if v.format == "" {
		return false
	}
	if !slices.Contains(refused, v.format) {
		return false
	}
	bare := openapi3.NewStringSchema().WithFormat(v.format)
	return len(v.maker.Schema.At(bare).Violations("\x00 no format has this", spec.Sent)) > 0
}

// lengths yields texts of exactly a length, the plainest first: mostly that is right, and a
// long one is not made in vain.
func (m Maker) lengths(v view, text string, length int) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(fit(text, length, length)) {
			return
		}
		for _, pattern := range v.patterns {
			if made, ok := match(pattern, length); ok && !yield(fit(made, length, length)) {
				return
			}
		}
		for _, other := range m.texts(v) {
			if !yield(fit(other, length, length)) {
				return
			}
		}
	}
}

// near lists texts that differ little from a valid one, then quite different ones.
func near(text string) []string {
	var list []string
	if runes := []rune(text); len(runes) > 0 {
		last := len(runes) - 1
		list = append(list,
			string(runes[:last])+"?", "?"+string(runes[1:]), text+"?", string(runes[:last]), string(runes[1:]), text+text[:1],
			strings.ToLower(text), strings.ToUpper(text), " "+text)
	}
	return append(list, "?", "~~", "x", "-1", "1.2.3", "0x", "A", "1", "a b", "é", "not valid", strings.Repeat("?", 20), strings.Repeat("x", 300))
}

// edge lists texts of the right characters, the nearest to a valid one first.
type edge struct {
	class, why string
	texts      []string
}

// anotherScript is the class of the edge that has digits of another script.
const anotherScript = "script"

// maxEdge is how many characters an edge may be away from a valid text.
const maxEdge = 8

// edges lead from a valid text to where a pattern ends: a server that looks at
// the characters alone takes what lies behind.
func edges(text string) []edge {
	runes := []rune(text)
	if len(runes) == 0 {
		return nil
	}
	var short, long []string
	for n := 1; n <= maxEdge; n++ {
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
	return append(windows(text), []edge{
		{"short", "is too short for the documented pattern", short},
		{"long", "is too long for the documented pattern", long},
		{"nines", "has nines for digits, which does not match the documented pattern", []string{nines}},
		{"padded", "has a blank before it, which does not match the documented pattern", []string{" " + text, text + " "}},
		{"line", "ends in a line break, which does not match the documented pattern", []string{text + "\n"}},
		{anotherScript, "has digits of another script, which does not match the documented pattern", changed(text, otherScript(text))},
		{"case", "has letters of the other case, which does not match the documented pattern", changed(text, otherCase(text))},
		{"signed", "has a plus before it, which does not match the documented pattern", numeral(text, "+"+text)},
		{"negative", "has a minus before it, which does not match the documented pattern", numeral(text, "-"+text)},
		{"exponent", "has an exponent, which does not match the documented pattern", numeral(text, text+"e0", text[:1]+"e"+text[len(text)-1:])},
	}...)
}

// otherScript writes the last digit of a text in Arabic-Indic, as some libraries read it.
func otherScript(text string) string {
	at := strings.LastIndexAny(text, "0123456789")
	if at < 0 {
		return text
	}
	return text[:at] + string('\u0660'+rune(text[at]-'0')) + text[at+1:]
}

// otherCase swaps the case of a text of letters alone: what else has letters, such as
// an address, may be the same in either case.
func otherCase(text string) string {
	if strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) }) {
		return text
	}
	return swapCase(text)
}

// changed is a text that was made of another, where it differs.
func changed(from, text string) []string {
	if text == from {
		return nil
	}
	return []string{text}
}

// numeral lists texts that are made of one, where that is a number.
func numeral(from string, texts ...string) []string {
	if strings.Trim(from, "0123456789.") != "" {
		return nil
	}
	return texts
}

// only reports whether a text breaks a keyword and, at most, what follows from it.
func only(found []spec.Violation, keyword string) bool {
	hit := false
	for _, v := range found {
		hit = hit || v.Keyword == keyword
		if v.Pointer != "" || v.Keyword != keyword && !Follows(keyword, v.Keyword) {
			return false
		}
	}
	return hit
}
