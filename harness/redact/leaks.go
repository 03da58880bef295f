package redact

import (
	"slices"
	"strconv"
	"strings"
)

// Leaks says what a text holds that no report may hold, "" when there is nothing:
// a credential in any encoding, or a card number. It is the last look at redacted
// text. A credential that is a plain word is not looked for: it may stand in any text.
func (r *Redactor) Leaks(text string) string {
	if r.distinctive.Replace(text) != text || r.hideLearned(text) != text {
		return "a credential"
	}
	for _, e := range r.escapable {
		if e.hide(text) != text {
			return "a credential"
		}
	}
	for run := range digitRuns(text, 12) { // as the shortest number that can be listed
		for i := range run {
			if card := r.cardAt(text, run[i:]); card != "" {
				return "the card number " + MaskCard(card)
			}
		}
	}
	return ""
}

// cardAt returns the card number that the first group is, or the first four groups of
// four digits are; "" when they are none, or part of a longer word. A percent sign
// before the digits may be one, or begin an escape. Reports hold numbers side by side,
// so that any other grouping would find cards where none are.
func (r *Redactor) cardAt(text string, groups []group) string {
	if size(groups[0]) == 4 && len(groups) >= 4 && !slices.ContainsFunc(groups[:4], func(g group) bool { return size(g) != 4 }) {
		groups = groups[:4]
	} else {
		groups = groups[:1]
	}
	start, end := groups[0].start, groups[len(groups)-1].end
	if end < len(text) && inWord(text[end]) && !(text[end] == '.' && !digit(text, end+1)) {
		return ""
	}
	digits := joined(text, groups)
	if percent := strings.LastIndexByte(text[max(0, start-maxEscape):start], '%'); percent >= 0 {
		percent += max(0, start-maxEscape)
		switch escaped := percent + escape(text[percent:]); {
		case percent == start-1 && r.cards[digits]:
			return digits
		case escaped > start:
			digits = digits[min(escaped-start, len(digits)):]
			start = 0 // nothing is before them
		case escaped == start:
			start = 0
		}
	}
	if start > 0 && inWord(text[start-1]) || !r.isCard(digits) {
		return ""
	}
	return digits
}

func size(g group) int { return g.end - g.start }

// maxEscape is how far before digits an escape may begin, in bytes.
const maxEscape = 16

// escape is the length of the percent-encoded character that a text begins with,
// which may be encoded again, as %22 in %2522; 0 when it begins with none. Letters
// and digits are not encoded: %45 is a percent sign before a number.
func escape(text string) int {
	if text == "" || text[0] != '%' {
		return 0
	}
	n := 1
	for n+2 <= len(text) {
		c, err := strconv.ParseUint(text[n:n+2], 16, 8)
		if err != nil || alphanumeric(byte(c)) {
			break
		}
		if n += 2; c != '%' {
			return n
		}
	}
	if n == 1 {
		return 0
	}
	return n
}

// inWord reports whether a character makes digits a part of something longer: a truncated number, an id, a fraction.
func inWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '.' || c == '*'
}

// plainWord reports whether a value may stand in any text by chance.
func plainWord(value string) bool {
	return !strings.ContainsFunc(value, func(c rune) bool { return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') })
}
