package redact

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// CardGuard keeps numbers of real cards from being sent: a card field carries a
// number with a right check digit only if the number is listed.
type CardGuard struct {
	fields []string // lower case
	listed map[string]bool
}

// NewCardGuard makes the guard of the fields of these names.
func NewCardGuard(fields, listed []string) *CardGuard {
	g := &CardGuard{listed: map[string]bool{}}
	for _, name := range fields {
		g.fields = append(g.fields, toLowerASCII(name))
	}
	for _, card := range listed {
		g.listed[card] = true
	}
	slices.Sort(g.fields)
	g.fields = slices.Compact(g.fields)
	return g
}

// Unlisted finds a card number that a card field carries and that is not listed, in
// a query, a form or JSON, and returns it masked; "" when there is none.
func (g *CardGuard) Unlisted(text string) string {
	forms := []string{text, unquoted(text), unescaped(text)}
	for _, form := range slices.Compact(forms) {
		if number := g.find(form); number != "" {
			return MaskCard(number)
		}
	}
	return ""
}

// find finds the number in a text as it stands.
func (g *CardGuard) find(text string) string {
	for run := range digitRuns(text, MinCard) {
		for i := range run {
			start := run[i].start
			if i == 0 && start > 0 && alphanumeric(text[start-1]) {
				continue
			}
			number := joined(text, run[i:])
			if len(number) >= MinCard && IsCard(number) && !g.listed[number] && g.named(text[:start]) {
				return number
			}
		}
	}
	return ""
}

// maxGap is how many characters stand between a field's name and its value at most.
const maxGap = 20

// named reports whether a text ends in the name of a card field and what leads to its value.
func (g *CardGuard) named(text string) bool {
	for range maxGap {
		last, size := utf8.DecodeLastRuneInString(text)
		if size == 0 || last < utf8.RuneSelf && alphanumeric(byte(last)) {
			return false
		}
		text = text[:len(text)-size]
		if slices.ContainsFunc(g.fields, func(name string) bool { return hasPrefixFold(text[max(0, len(text)-len(name)):], name) }) {
			return true
		}
	}
	return false
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// unescaped is what a form means.
func unescaped(text string) string {
	if !strings.ContainsAny(text, "%+") {
		return text
	}
	return percentDecoded(strings.ReplaceAll(text, "+", " "))
}

var escapedASCII = regexp.MustCompile(`\\u00([2-7][0-9A-Fa-f])`)

// unquoted is what a JSON text means, as far as it hides digits and names.
func unquoted(text string) string {
	if !strings.Contains(text, `\u00`) {
		return text
	}
	return escapedASCII.ReplaceAllStringFunc(text, func(m string) string {
		code, _ := strconv.ParseUint(m[4:], 16, 8) // two hexadecimal digits
		return string(rune(code))
	})
}
