package plan

import (
	"strings"
	"unicode"
)

// Twist is what is done to the value of a credential or of an id.
type Twist string

// The twists.
const (
	TwistTruncated Twist = "truncated"  // the last character is left out
	TwistOtherCase Twist = "other-case" // small letters become capitals, and capitals small
	TwistLonger    Twist = "longer"     // the last character comes twice
	TwistBlank     Twist = "blank"      // nothing but white space
	TwistNeighbour Twist = "neighbour"  // the letter or digit in the middle is another one
)

// Of returns a twisted text, "" when the twist leaves it as it is.
func (t Twist) Of(text string) string {
	changed := text
	switch t {
	case TwistTruncated:
		changed = text[:max(len(text)-1, 0)]
	case TwistOtherCase:
		changed = strings.Map(func(c rune) rune {
			if unicode.IsUpper(c) {
				return unicode.ToLower(c)
			}
			return unicode.ToUpper(c)
		}, text)
	case TwistLonger:
		changed = text + text[max(len(text)-1, 0):]
	case TwistBlank:
		return "   "
	case TwistNeighbour:
		changed = neighbour(text)
	default:
		return text
	}
	if changed == text {
		return ""
	}
	return changed
}

// Twisted lists what a secret becomes by twists that leave most of it: as secret as the whole.
func Twisted(secret string) []string {
	var list []string
	for _, t := range []Twist{TwistTruncated, TwistOtherCase, TwistLonger} {
		if changed := t.Of(secret); changed != "" {
			list = append(list, changed)
		}
	}
	return list
}

// neighbour changes the letter or digit nearest to the middle of a text. An id that is
// counted up has no neighbour there but one that is given in a long time, or was long ago.
func neighbour(text string) string {
	bytes := []byte(text)
	for i := range bytes {
		at := (len(bytes)/2 + i) % len(bytes)
		switch c := bytes[at]; {
		case c >= '0' && c <= '9':
			bytes[at] = '0' + (c-'0'+5)%10
		case c >= 'a' && c <= 'z':
			bytes[at] = 'a' + (c-'a'+5)%26
		case c >= 'A' && c <= 'Z':
			bytes[at] = 'A' + (c-'A'+5)%26
		default:
			continue
		}
		return string(bytes)
	}
	return text
}
