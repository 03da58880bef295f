package redact

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Numbers finds card numbers that are known, however they are written: with anything
// between the digits, spread over neighbouring values, in digits of other scripts, as codes
// of characters, without the first or the last digit, backwards.
type Numbers struct {
	others *replacer // masks them in other notations
	forms  []numberForm
	heads  []uint64                   // the first digits of the forms, as numbers
	likely [1 << headBits / 64]uint64 // a set of hashes of heads
}

const (
	headBits = 12
	headMod  = 1_000_000_000_000 // ten to the power of minNumber
)

// begin enters the first digits of a form.
func (n *Numbers) begin(digits string) {
	head := uint64(0)
	for _, c := range []byte(digits[:minNumber]) {
		head = head*10 + uint64(c-'0')
	}
	n.heads = append(n.heads, head)
	bit := hashOf(head)
	n.likely[bit/64] |= 1 << (bit % 64)
}

// hashOf spreads numbers over headBits.
func hashOf(head uint64) uint64 { return head * hashFactor >> (64 - headBits) }

const hashFactor = 0x9e3779b97f4a7c15

// mayBeIn reports whether a text may hold a number. It is quick, and right where it says no.
func (n *Numbers) mayBeIn(text string) bool {
	head, count := uint64(0), 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		d := c - '0'
		if d > 9 {
			if c < firstOfScripts {
				continue
			}
			r, size := utf8.DecodeRuneInString(text[i:])
			i += size - 1
			ascii, ok := decimal(r)
			if !ok {
				continue
			}
			d = ascii - '0'
		}
		head = (head*10 + uint64(d)) % headMod
		count++
		if bit := hashOf(head); n.likely[bit/64]>>(bit%64)&1 == 1 && count >= minNumber && slices.Contains(n.heads, head) {
			return true
		}
	}
	return false
}

func reversed(digits string) string {
	list := []byte(digits)
	slices.Reverse(list)
	return string(list)
}

// numberForm is a number, most of it, or the number from its end to its beginning.
type numberForm struct{ digits, number string }

// Lengths of numbers.
const (
	minNumber = 12 // digits; shorter ones are found by chance
	minParted = 15 // of these all digits but one tell the number
)

// NewNumbers makes a finder; what is no number, a short one, or one digit all along, is left out.
func NewNumbers(numbers []string) *Numbers {
	n, others := &Numbers{}, map[string]string{}
	defer func() { n.others = longestFirst(others) }()
	for _, number := range numbers {
		if len(number) < minNumber || strings.Trim(number, "0123456789") != "" || strings.Trim(number, number[:1]) == "" {
			continue
		}
		n.forms = append(n.forms, numberForm{number, number})
		n.begin(number)
		for _, form := range notations(number) {
			others[form] = MaskCard(number)
		}
		if backwards := reversed(number); backwards != number {
			n.forms = append(n.forms, numberForm{backwards, number})
			n.begin(backwards)
		}
		if last := len(number) - 1; last+1 >= minParted {
			n.forms = append(n.forms, numberForm{number[:last], number}, numberForm{number[1:], number})
			n.begin(number[1:])
		}
	}
	return n
}

// Limits of what may stand between two digits of one number.
const (
	maxClose   = 8  // bytes without a letter
	maxFar     = 64 // bytes of anything, between parts of at least minPartial digits
	minPartial = 4
)

// place is where a digit stands.
type place struct{ start, end int }

// found is a number and the places of its digits.
type foundNumber struct {
	number string
	at     []place
}

// firstOfScripts is the first byte of the first digit that is not ASCII.
const firstOfScripts = 0xc2

// digitsIn lists the digits of a text and their places.
func digitsIn(text string) (digits []byte, at []place) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits, at = append(digits, c), append(at, place{i, i + 1})
		case c >= firstOfScripts:
			r, size := utf8.DecodeRuneInString(text[i:])
			if d, ok := decimal(r); ok {
				digits, at = append(digits, d), append(at, place{i, i + size})
			}
			i += size - 1
		}
	}
	return digits, at
}

// zeros and ones are the first of the digits that Unicode has beside those of scripts:
// small ones above and below the line, in circles, in brackets, with a full stop.
var (
	zeros = []rune{0x2070, 0x2080}
	ones  = []rune{0x2460, 0x2474, 0x2488, 0x24f5, 0x2776, 0x2780, 0x278a}
	other = map[rune]byte{0xb9: '1', 0xb2: '2', 0xb3: '3', 0x24ea: '0', 0x24ff: '0'}
)

// decimal returns the ASCII digit that a digit of another script or form stands for.
func decimal(r rune) (byte, bool) {
	if r >= 0x100 && unicode.Is(unicode.Nd, r) {
		for _, zeroToNine := range unicode.Nd.R16 {
			if uint32(r) <= uint32(zeroToNine.Hi) && uint32(r) >= uint32(zeroToNine.Lo) {
				return '0' + byte((r-rune(zeroToNine.Lo))%10), true
			}
		}
		for _, zeroToNine := range unicode.Nd.R32 {
			if uint32(r) <= zeroToNine.Hi && uint32(r) >= zeroToNine.Lo {
				return '0' + byte((r-rune(zeroToNine.Lo))%10), true
			}
		}
	}
	for _, zero := range zeros {
		if r >= zero && r < zero+10 && unicode.Is(unicode.No, r) {
			return '0' + byte(r-zero), true
		}
	}
	for _, one := range ones {
		if r >= one && r < one+9 {
			return '1' + byte(r-one), true
		}
	}
	ascii, ok := other[r]
	return ascii, ok
}

// find lists the known numbers in a text, in their order, without overlaps.
func (n *Numbers) find(text string) (list []foundNumber) {
	if len(n.forms) == 0 || !n.mayBeIn(text) {
		return nil
	}
	digits, at := digitsIn(text)
	all, from := string(digits), 0
	for from < len(all) {
		first, best := -1, numberForm{}
		for _, form := range n.forms {
			i := strings.Index(all[from:], form.digits)
			if i >= 0 && (first < 0 || i < first || i == first && len(form.digits) > len(best.digits)) {
				first, best = i, form
			}
		}
		if first < 0 {
			return list
		}
		start := from + first
		end := start + len(best.digits)
		whole := best.digits == best.number || (start == 0 || at[start-1].end < at[start].start) && (end == len(at) || at[end-1].end < at[end].start)
		if whole && belongTogether(text, at[start:end]) {
			list = append(list, foundNumber{best.number, at[start:end]})
			from = end
			continue
		}
		from = start + 1
	}
	return list
}

// belongTogether reports whether digits can be of one number by what stands between them.
func belongTogether(text string, at []place) bool {
	part := 1
	far := false
	for i := 1; i < len(at); i++ {
		between := text[at[i-1].end:at[i].start]
		switch {
		case between == "", len(between) <= maxClose && !strings.ContainsFunc(between, unicode.IsLetter):
			part++
			continue
		case len(between) > maxFar, part < minPartial:
			return false
		}
		far, part = true, 1
	}
	return !far || part >= minPartial
}

// Hold reports whether a text holds one of the numbers: as it stands, escaped, in base64
// or in hexadecimal digits.
func (n *Numbers) Hold(text string) bool {
	return len(n.forms) > 0 && heldBy(text, func(plain string) bool { return n.hide(plain) != plain })
}

// hide masks the numbers in a text, also those in other notations, those with tags of a page between their digits,
// and those that are written as codes of characters.
func (n *Numbers) hide(text string) string {
	if len(n.forms) == 0 {
		return text
	}
	text = maskAt(text, n.find(text))
	if bare := withoutTags(text); bare != text {
		text = maskAt(text, n.find(bare))
	}
	return n.hideCodes(n.others.Replace(text))
}

// maskAt masks numbers where they were found. One whose digits are spread over values of a
// document is masked digit by digit, so that what stands between stays.
func maskAt(text string, list []foundNumber) string {
	if len(list) == 0 {
		return text
	}
	var b strings.Builder
	from := 0
	for _, f := range list {
		start, end := f.at[0].start, f.at[len(f.at)-1].end
		b.WriteString(text[from:start])
		from = end
		if !strings.ContainsAny(text[start:end], "\"'[]{}<>,\r\n") {
			b.WriteString(MaskCard(f.number))
			continue
		}
		for i, d := range f.at {
			if i > 0 {
				b.WriteString(text[f.at[i-1].end:d.start])
			}
			b.WriteByte('*')
		}
	}
	return b.String() + text[from:]
}
