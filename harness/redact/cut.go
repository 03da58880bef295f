package redact

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Cut shortens a redacted text to at most max bytes, and says by how many bytes. It
// cuts no number and no mark: what is left of them may look like something else.
func Cut(text string, max int) string {
	if len(text) <= max {
		return text
	}
	at := cutBefore(text, max)
	return fmt.Sprintf("%s… (%d bytes more)", text[:at], len(text)-at)
}

// cutBefore is the last place up to a limit where a text may be cut.
func cutBefore(text string, limit int) int {
	at := limit
	for at > 0 && (at < len(text) && !utf8.RuneStart(text[at]) || digit(text, at-1) && digit(text, at)) {
		at--
	}
	if start := strings.LastIndexByte(text[:at], '['); start >= 0 {
		if mark := beginsWithMark.FindString(text[start:]); start+len(mark) > at {
			return start
		}
	}
	return at
}
