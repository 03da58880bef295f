package redact

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MinCard is the length of the shortest card number that is guarded; shorter ones
// are other numbers more often than not.
const MinCard = 13

// IsCard tells whether a string is 12 to 19 digits with a right check digit (ISO/IEC 7812, Luhn).
func IsCard(s string) bool {
	if len(s) < 12 || len(s) > 19 {
		return false
	}
	sum := 0
	for i := range len(s) {
		c := s[len(s)-1-i]
		if c < '0' || c > '9' {
			return false
		}
		d := int(c - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// MaskCard shows a card number as payment card rules allow: first six, last four.
func MaskCard(card string) string {
	if len(card) < 15 {
		return "[card]"
	}
	return card[:6] + strings.Repeat("*", len(card)-10) + card[len(card)-4:]
}

// separator measures what may stand between two digits of a card number: at most
// one space, plus sign or hyphen, percent-encoded or not.
func separator(text string) int {
	switch {
	case text == "":
	case text[0] == ' ', text[0] == '+', text[0] == '-':
		return 1
	case len(text) > 2 && text[0] == '%' && text[1] == '2' && strings.IndexByte("0BbDd", text[2]) >= 0:
		return 3
	}
	return 0
}

func digit(text string, i int) bool { return i < len(text) && text[i] >= '0' && text[i] <= '9' }

// hideCards truncates each card number. It is made of whole groups of digits and
// no part of a longer word, so that ids stay as they are.
func (r *Redactor) hideCards(text string) string {
	var b strings.Builder
	var groups [][2]int
	at := 0
	for i := 0; i < len(text); i++ {
		if !digit(text, i) {
			continue
		}
		start, digits := i, 0
		groups = groups[:0]
		for begin := i; ; {
			for ; digit(text, i); i++ {
				digits++
			}
			groups = append(groups, [2]int{begin, i})
			if begin = i + separator(text[i:]); begin == i || !digit(text, begin) {
				break
			}
			i = begin
		}
		if digits < 13 {
			continue
		}
		gluedAfter := strings.IndexFunc(text[i:], wordRune) == 0
		for g := 0; g < len(groups); g++ {
			if g == 0 && glued(text[:start]) {
				continue
			}
			if n, card := r.card(text, groups[g:], gluedAfter); n > 0 {
				b.WriteString(text[at:groups[g][0]] + MaskCard(card))
				g += n - 1
				at = groups[g][1]
			}
		}
	}
	if at == 0 {
		return text
	}
	return b.String() + text[at:]
}

func wordRune(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

// glued tells whether a text ends in a letter or digit that is not part of an escape.
func glued(before string) bool {
	last, size := utf8.DecodeLastRuneInString(before)
	return size > 0 && wordRune(last) && !escapeBefore.MatchString(before[max(0, len(before)-3):])
}

var escapeBefore = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2}|\\[nrt])$`)

// cardLengths are tried in this order: the usual one first.
var cardLengths = []int{16, 15, 14, 19, 18, 17, 13}

// card tells how many of the first groups of digits make up a card number.
func (r *Redactor) card(text string, groups [][2]int, gluedAfter bool) (n int, card string) {
	const longest = 19
	var digits [longest]byte
	var ends [longest + 1]int // length → how many groups make it up
	length := 0
	for i, group := range groups {
		size := group[1] - group[0]
		if length+size > longest {
			break
		}
		copy(digits[length:], text[group[0]:group[1]])
		if length += size; !(gluedAfter && i == len(groups)-1) {
			ends[length] = i + 1
		}
	}
	for _, wanted := range cardLengths {
		if ends[wanted] == 0 {
			continue
		}
		number := string(digits[:wanted])
		if r.cards[number] || IsCard(number) && issuer.MatchString(number) {
			return ends[wanted], number
		}
	}
	return 0, ""
}

// issuer matches the first digits that card networks use (ISO/IEC 7812 ranges of
// Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro).
var issuer = regexp.MustCompile(`^(?:4|5[1-5]|2[2-7]|3[47]|6011|64[4-9]|65|3(?:0[0-5]|[689])|35|62|5[0678]|6[0-9])`)
