package redact

import (
	"slices"
	"strings"
)

// Keys finds credentials that are known, and halves of them, also in other letters, in
// groups, backwards, escaped and encoded.
type Keys struct {
	forms  []string                  // letters and digits alone, in lower case
	parts  map[string][]keyPos       // parts of the forms, and where they stand
	sums   map[uint64]bool           // of the parts
	likely [1 << keyBits / 64]uint64 // a set of hashes of sums
}

// keyPos is a place in a form.
type keyPos struct{ form, at int }

const (
	keyBits   = 14
	keyPart   = 12 // letters and digits; fewer are found by chance
	maxKey    = 96 // longer values are documents
	maxKeyGap = 3  // bytes between two groups
)

// NewKeys makes a finder; what is short, long, an address or has no digit is left out.
func NewKeys(values []string) *Keys {
	k := &Keys{parts: map[string][]keyPos{}, sums: map[uint64]bool{}}
	for _, value := range values {
		form, _ := lettersAndDigits(value)
		if len(form) < keyPart || len(form) > maxKey || !strings.ContainsAny(form, "0123456789") || strings.Contains(value, "://") || strings.IndexByte(form, 0) >= 0 {
			continue
		}
		backwards := []byte(form)
		slices.Reverse(backwards)
		k.add(form)
		k.add(string(backwards))
	}
	return k
}

func (k *Keys) add(form string) {
	if slices.Contains(k.forms, form) {
		return
	}
	for at := range len(form) - keyPart + 1 {
		part := form[at : at+keyPart]
		k.parts[part] = append(k.parts[part], keyPos{len(k.forms), at})
		sum := uint64(0)
		for i := range len(part) {
			sum = sum*sumBase + uint64(part[i])
		}
		k.sums[sum] = true
		bit := sum * hashFactor >> (64 - keyBits)
		k.likely[bit/64] |= 1 << (bit % 64)
	}
	k.forms = append(k.forms, form)
}

// A sum of a part is a polynomial in sumBase. That of the part that begins one letter later
// is made of it: outgoing is what its first letter adds.
const sumBase = 1_000_003

var outgoing = func() uint64 {
	power := uint64(1)
	for range keyPart {
		power *= sumBase
	}
	return power
}()

// mayBeIn reports whether a text may hold a part of a form. It keeps nothing, looks at each
// byte once, and is right where it says no.
func (k *Keys) mayBeIn(text string) bool {
	var last [keyPart]byte // letters and digits in a row, as lettersAndDigits has them
	sum, count, gap := uint64(0), 0, 0
	for i := range len(text) {
		c := folds[text[i]]
		if c == 0 {
			if gap++; gap > maxKeyGap {
				sum, count = 0, 0
				last = [keyPart]byte{}
			}
			continue
		}
		gap = 0
		at := count % keyPart
		sum = sum*sumBase + uint64(c) - uint64(last[at])*outgoing
		last[at] = c
		count++
		if bit := sum * hashFactor >> (64 - keyBits); count >= keyPart && k.likely[bit/64]>>(bit%64)&1 == 1 && k.sums[sum] {
			return true
		}
	}
	return false
}

// folds holds the lower case of each letter and digit, 0 for any other byte.
var folds = func() (table [256]byte) {
	for c := range table {
		if alphanumeric(byte(c)) {
			table[c] = toLower(byte(c))
		}
	}
	return table
}()

// lettersAndDigits returns the letters and digits of a text, in lower case, with a zero
// byte for each wide gap between them, and where they stand.
func lettersAndDigits(text string) (string, []int) {
	letters := make([]byte, 0, len(text))
	at := make([]int, 0, len(text))
	gap := 0
	for i := range len(text) {
		c := text[i]
		if !alphanumeric(c) {
			gap++
			continue
		}
		if gap > maxKeyGap {
			letters, at = append(letters, 0), append(at, i)
		}
		if gap = 0; c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		letters, at = append(letters, c), append(at, i)
	}
	return string(letters), at
}

// hide masks what a text holds of the keys.
func (k *Keys) hide(text string) string {
	if len(k.forms) == 0 || len(text) < keyPart || !k.mayBeIn(text) {
		return text
	}
	letters, at := lettersAndDigits(text)
	var b strings.Builder
	from := 0
	for i := 0; i+keyPart <= len(letters); i++ {
		n := k.longest(letters[i:])
		if n == 0 {
			continue
		}
		b.WriteString(text[from:at[i]] + Mark)
		i += n - 1
		from = at[i] + 1
	}
	if from == 0 {
		return text
	}
	return b.String() + text[from:]
}

// longest returns how much of a key letters begin with, 0 for less than half of any.
func (k *Keys) longest(letters string) (n int) {
	for _, p := range k.parts[letters[:keyPart]] {
		form := k.forms[p.form]
		length := keyPart
		for length < len(letters) && p.at+length < len(form) && letters[length] == form[p.at+length] {
			length++
		}
		if 2*length >= len(form) {
			n = max(n, length)
		}
	}
	return n
}

// Hold reports whether a text holds a key, or half of one.
func (k *Keys) Hold(text string) bool {
	return len(k.forms) > 0 && heldBy(text, func(plain string) bool { return k.hide(plain) != plain })
}

// heldBy reports whether a text has a property as it stands, escaped, in base64 or in
// hexadecimal digits.
func heldBy(text string, holds func(string) bool) bool {
	return holds(text) || hideEncoded(text, holds) != text || hideEscaped(text, holds) != text ||
		heldEscaped(text, holds) // words that are escaped may be spread over a text
}
