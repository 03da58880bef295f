package redact

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// commands matches what systems of continuous integration take for a command: GitHub
// Actions and Azure Pipelines at the beginning of a line or anywhere in it, TeamCity too.
var commands = regexp.MustCompile(`(?m)^([ \t]*):(:[A-Za-z][A-Za-z-]*[^\n]*?::)|#(#(?:[a-z]+)?\[)`)

// Printable makes control and direction characters and broken UTF-8 visible, and parts
// with a space what a system of continuous integration would take for a command.
func Printable(text string) string {
	if mayCommand(text) {
		var b strings.Builder
		for line := range strings.Lines(text) {
			b.WriteString(withoutCommands(line))
		}
		text = b.String()
	}
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

// withoutCommands parts commands in a line.
func withoutCommands(line string) string {
	if !mayCommand(line) {
		return line
	}
	return commands.ReplaceAllStringFunc(line, func(command string) string {
		at := strings.IndexAny(command, ":#") + 1
		return command[:at] + " " + command[at:]
	})
}

// mayCommand reports whether a text may hold a command. It is right where it says no.
func mayCommand(text string) bool {
	return strings.Contains(text, "::") || strings.Contains(text, "##")
}

// Invisible reports whether a character is a control, format or direction character. Line feeds
// and tabs are text, a carriage return is so only before a line feed.
func Invisible(c rune) bool {
	if c < utf8.RuneSelf { // as nearly all are
		return c < ' ' && c != '\n' && c != '\t' || c == 0x7f
	}
	return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || c&0xfffe == 0xfffe
}
