package spec

import (
	"strings"
	"unicode"
)

// Blank reports whether a text shows nothing: it is made of white space, of control,
// format and default-ignorable characters of Unicode, of combining marks without a letter,
// and of letters and patterns that are drawn empty.
func Blank(text string) bool { return !strings.ContainsFunc(text, visible) }

// drawnEmpty are the empty Braille pattern, the musical symbol for no note head, and the
// fillers of Hangul where a version of Unicode does not call them ignorable.
const drawnEmpty = "\u2800\U0001d159\u115f\u1160\u3164\uffa0"

func visible(c rune) bool {
	if c < unicode.MaxASCII {
		return c > ' '
	}
	return !unicode.In(c, unicode.White_Space, unicode.C, unicode.Z, unicode.M, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		!strings.ContainsRune(drawnEmpty, c)
}
