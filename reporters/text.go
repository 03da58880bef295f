package reporters

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// sanitise makes every character that XML 1.0 cannot hold visible.
func sanitise(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case c == '\t' || c == '\n' || c == '\r' || c >= 0x20 && c <= 0xd7ff || c >= 0xe000 && c <= 0xfffd || c >= 0x10000:
			b.WriteRune(c)
		default:
			fmt.Fprintf(&b, `\x%02x`, c)
		}
		i += size
	}
	return b.String()
}
