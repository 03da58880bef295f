package redact

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable makes control and direction characters and broken UTF-8 visible.
func Printable(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, Invisible) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case Invisible(c) && !strings.HasPrefix(text[i:], "\r\n"):
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteRune(c)
		}
		i += size
	}
	return b.String()
}

// Invisible reports whether a character is a control, format or direction character. Line feeds
// and tabs are text, a carriage return is so only before a line feed.
func Invisible(c rune) bool {
	if c < utf8.RuneSelf { // as nearly all are
		return c < ' ' && c != '\n' && c != '\t' || c == 0x7f
	}
	return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || c&0xfffe == 0xfffe
}
