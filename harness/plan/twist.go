package plan

import (
	"strings"
	"unicode"
)

// Twist is what is done to the value of a credential.
type Twist string

// The twists.
const (
	TwistTruncated Twist = "truncated"  // the last character is left out
	TwistOtherCase Twist = "other-case" // small letters become capitals, and capitals small
	TwistLonger    Twist = "longer"     // the last character comes twice
	TwistBlank     Twist = "blank"      // nothing but white space
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
