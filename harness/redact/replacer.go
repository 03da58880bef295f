package redact

import "strings"

// replacer replaces texts as strings.Replacer does. It looks first whether a text holds the
// beginning of any of them, which is quick, and hardly ever so.
type replacer struct {
	all    *strings.Replacer
	width  int             // bytes of each beginning, 0 where all texts are searched
	begins map[uint64]bool // the beginnings, as numbers
	likely [1 << beginBits / 64]uint64
}

const (
	beginBits = 13
	maxBegin  = 8 // bytes in a number
)

// newReplacer takes pairs of an old and a new text.
func newReplacer(pairs []string) *replacer {
	r := &replacer{all: strings.NewReplacer(pairs...), width: maxBegin, begins: map[uint64]bool{}}
	for i := 0; i < len(pairs); i += 2 {
		r.width = min(r.width, len(pairs[i]))
	}
	for i := 0; i < len(pairs); i += 2 {
		begin := uint64(0)
		for _, c := range []byte(pairs[i][:r.width]) {
			begin = begin<<8 | uint64(c)
		}
		r.begins[begin] = true
		bit := begin * hashFactor >> (64 - beginBits)
		r.likely[bit/64] |= 1 << (bit % 64)
	}
	return r
}

// Replace returns a text with all replacements made.
func (r *replacer) Replace(text string) string {
	if r.mayChange(text) {
		return r.all.Replace(text)
	}
	return text
}

// mayChange reports whether a text may hold one of those that are replaced. It is right
// where it says no.
func (r *replacer) mayChange(text string) bool {
	if r.width == 0 {
		return len(r.begins) > 0
	}
	if len(text) < r.width {
		return false
	}
	mask := ^uint64(0) >> (64 - 8*r.width)
	begin := uint64(0)
	for i := range len(text) {
		begin = (begin<<8 | uint64(text[i])) & mask
		if bit := begin * hashFactor >> (64 - beginBits); r.likely[bit/64]>>(bit%64)&1 == 1 && i >= r.width-1 && r.begins[begin] {
			return true
		}
	}
	return false
}
