package redact

import (
	"slices"
	"strconv"
	"strings"
)

// Leaks says what a text holds that no report may hold, "" when there is nothing:
// a credential in any encoding, or a card number. It is the last look at what
// redaction has been over; a credential that is a plain word cannot be told from
// others and is not looked for.
func (r *Redactor) Leaks(text string) string {
	if r.surely.Replace(text) != text {
		return "a credential"
	}
	for _, o := range r.odd {
		if o.hide(text) != text {
			return "a credential"
		}
	}
	for i, apart := 0, 0; i < len(text); { // apart is where the last escape ended
		if n := escape(text[i:]); n > 0 {
			if card, _ := number(text, i+1, i+1); len(card) >= 12 && r.cards[card] { // the percent sign may be one, too
				return "the card number " + MaskCard(card)
			}
			i += n
			apart = i
			continue
		}
		number, end := number(text, i, apart)
		if len(number) >= 12 && r.cards[number] || len(number) >= 13 && IsCard(number) && issuer.MatchString(number) {
			return "the card number " + MaskCard(number)
		}
		i = end
	}
	return ""
}

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

// number reads the digits at a place, in one group or in four of four, if they are
// no part of a longer word, which may begin where an escape ended, and tells where
// to go on.
func number(text string, i, apart int) (digits string, end int) {
	if !digit(text, i) {
		return "", i + 1
	}
	end = i
	for digit(text, end) {
		end++
	}
	glued := i > apart && inWord(text[i-1])
	if end-i == 4 && end+15 <= len(text) && (text[end] == ' ' || text[end] == '-') {
		if grouped := strings.Split(text[i:end+15], text[end:end+1]); len(grouped) == 4 && len(strings.Join(grouped, "")) == 16 && allDigits(grouped) {
			digits, end = strings.Join(grouped, ""), end+15
		}
	}
	if digits == "" {
		digits = text[i:end]
	}
	if glued || end < len(text) && inWord(text[end]) && !(text[end] == '.' && !digit(text, end+1)) {
		return "", end
	}
	return digits, end
}

func allDigits(groups []string) bool {
	return !slices.ContainsFunc(groups, func(g string) bool {
		return len(g) != 4 || strings.ContainsFunc(g, func(c rune) bool { return c < '0' || c > '9' })
	})
}

// inWord tells what makes digits a part of something longer: a truncated number, an id, a fraction.
func inWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '.' || c == '*'
}

// plainWord tells a value that may stand in any text by chance.
func plainWord(value string) bool {
	return !strings.ContainsFunc(value, func(c rune) bool { return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') })
}
