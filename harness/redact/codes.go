package redact

import "strings"

// code is a way to write characters as numbers: the digits 0 to 9 are ten numbers in a row.
type code struct{ first, last string }

// codes in decimal, hexadecimal and octal notation.
var codes = []code{{"48", "57"}, {"30", "39"}, {"60", "71"}}

// digit returns the digit that a number without leading zeros stands for.
func (c code) digit(number string) (byte, bool) {
	if len(number) != 2 || number < c.first || number > c.last {
		return 0, false
	}
	tens, units := number[0]-c.first[0], int(number[1])-int(c.first[1])
	switch {
	case c.first == "60" && (number[1] > '7'):
		return 0, false
	case c.first == "60":
		return '0' + 8*tens + byte(units), true
	}
	return byte(int('0') + 10*int(tens) + units), true
}

// maxCodeGap is how many bytes stand between the codes of two characters at most.
const maxCodeGap = 8

// hideCodes masks numbers that are written as codes of characters, such as 52, 53 or
// 0x34 0x35 or =34=35.
func (n *Numbers) hideCodes(text string) string {
	var spelt [3]spelling
	masked := []byte(nil)
	look := func(s *spelling) {
		if len(s.digits) < minNumber {
			*s = spelling{s.digits[:0], s.at[:0]}
			return
		}
		for _, found := range n.find(string(s.digits)) {
			if masked == nil {
				masked = []byte(text)
			}
			for _, d := range found.at {
				for i := s.at[d.start].start; i < s.at[d.start].end; i++ {
					masked[i] = '*'
				}
			}
		}
		*s = spelling{s.digits[:0], s.at[:0]}
	}
	for i := 0; i < len(text); i++ {
		if !digit(text, i) {
			continue
		}
		start := i
		for digit(text, i) {
			i++
		}
		if text[start:i] == "0" && i < len(text) && strings.IndexByte("xXoO", text[i]) >= 0 {
			continue // it begins a number
		}
		number := strings.TrimLeft(text[start:i], "0")
		if len(number) != 2 && len(spelt[0].at)+len(spelt[1].at)+len(spelt[2].at) == 0 {
			continue // as nearly all: it is no code, and ends no run of them
		}
		for c := range codes {
			s := &spelt[c]
			if len(s.at) > 0 && start-s.at[len(s.at)-1].end > maxCodeGap {
				look(s)
			}
			if d, ok := codes[c].digit(number); ok {
				s.digits, s.at = append(s.digits, d), append(s.at, place{start, i})
			} else if len(s.at) > 0 {
				look(s)
			}
		}
	}
	for c := range spelt {
		look(&spelt[c])
	}
	if masked == nil {
		return text
	}
	return string(masked)
}

// spelling is a run of codes: the digits that they mean, and where they stand.
type spelling struct {
	digits []byte
	at     []place
}

// withoutTags returns a text of the same length in which no tag of a page holds a digit.
func withoutTags(text string) string {
	if strings.IndexByte(text, '<') < 0 {
		return text
	}
	var bare []byte
	within := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '<':
			within = true
		case text[i] == '>':
			within = false
		case within && digit(text, i):
			if bare == nil {
				bare = []byte(text)
			}
			bare[i] = 'x'
		}
	}
	if bare == nil {
		return text
	}
	return string(bare)
}
