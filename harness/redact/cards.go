package redact

import (
	"iter"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MinCard is the length of the shortest card number that is guarded; shorter ones
// are other numbers more often than not.
const MinCard = 13

// IsCard reports whether a string is 12 to 19 digits with a right check digit (ISO/IEC 7812, Luhn).
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

// issuer matches the first digits that card networks use (ISO/IEC 7812 ranges of
// Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro).
var issuer = regexp.MustCompile(`^(?:4|5[1-5]|2[2-7]|3[47]|6011|64[4-9]|65|3(?:0[0-5]|[689])|35|62|5[0678]|6[0-9])`)

// isCard reports whether digits are a card number: one that is listed, or one by its
// check digit and its issuer.
func (r *Redactor) isCard(digits string) bool {
	return r.cards[digits] || len(digits) >= MinCard && IsCard(digits) && issuer.MatchString(digits)
}

// group is where digits stand that nothing divides.
type group struct{ start, end int }

// digitRuns yields the runs of at least minDigits digits: groups of digits with one
// separator between two. The groups are valid until the next run.
func digitRuns(text string, minDigits int) iter.Seq[[]group] {
	return func(yield func([]group) bool) {
		var run []group
		for i := 0; i < len(text); i++ {
			if !digit(text, i) {
				continue
			}
			run = run[:0]
			digits := 0
			for start := i; ; {
				for ; digit(text, i); i++ {
					digits++
				}
				run = append(run, group{start, i})
				if start = i + separator(text[i:]); start == i || !digit(text, start) {
					break
				}
				i = start
			}
			if digits >= minDigits && !yield(run) {
				return
			}
		}
	}
}

// joined returns the digits of groups.
func joined(text string, groups []group) string {
	if len(groups) == 1 {
		return text[groups[0].start:groups[0].end]
	}
	var b strings.Builder
	for _, g := range groups {
		b.WriteString(text[g.start:g.end])
	}
	return b.String()
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

// hideCards masks each card number. It is made of whole groups of digits and no part
// of a longer word, so that ids stay as they are.
func (r *Redactor) hideCards(text string) string {
	var b strings.Builder
	at := 0
	for run := range digitRuns(text, MinCard) {
		gluedAfter := strings.IndexFunc(text[run[len(run)-1].end:], wordRune) == 0
		for i := 0; i < len(run); i++ {
			if i == 0 && glued(text[:run[0].start]) {
				continue
			}
			if n, card := r.cardAmong(text, run[i:], gluedAfter); n > 0 {
				b.WriteString(text[at:run[i].start] + MaskCard(card))
				i += n - 1
				at = run[i].end
			}
		}
	}
	if at == 0 {
		return text
	}
	return b.String() + text[at:]
}

func wordRune(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

// glued reports whether a text ends in a letter or digit that is not part of an escape.
func glued(before string) bool {
	last, size := utf8.DecodeLastRuneInString(before)
	return size > 0 && wordRune(last) && !escapeBefore.MatchString(before[max(0, len(before)-3):])
}

var escapeBefore = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2}|\\[nrt])$`)

// cardLengths are tried in this order: the usual one first.
var cardLengths = []int{16, 15, 14, 19, 18, 17, 13}

// cardAmong returns how many of the first groups make up a card number, 0 when none do.
func (r *Redactor) cardAmong(text string, groups []group, gluedAfter bool) (n int, card string) {
	const longest = 19
	var digits [longest]byte
	var ends [longest + 1]int // length → how many groups make it up
	length := 0
	for i, g := range groups {
		size := g.end - g.start
		if length+size > longest {
			break
		}
		copy(digits[length:], text[g.start:g.end])
		if length += size; !(gluedAfter && i == len(groups)-1) {
			ends[length] = i + 1
		}
	}
	for _, wanted := range cardLengths {
		if ends[wanted] == 0 {
			continue
		}
		if number := string(digits[:wanted]); r.isCard(number) {
			return ends[wanted], number
		}
	}
	return 0, ""
}
