package generate

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"regexp/syntax"
	"strings"
	"time"
	"unicode"
)

// sorts are characters of one sort each, beside plain letters. Real people have names in
// all of them.
var sorts = []string{
	"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "äéîñøßçÅÜ", "łőğžșřđ", "αβγδλωΩ", "абвгдежяЖ",
	"שלוםא", "مرحبا", "नमस्ते", "漢字東京北", "ひらがなカタ", "한국어서울", "e\u0301a\u0308o\u0302", "😀🚀🎉👍", "𝒜𠀀𝟙", "０１２ＡＢＣ", "'\"`", "&%#+=", "\\/|", "€£™✓—…", "-_.,:;", "a b c d",
}

// drawnText makes a text of the place: of a length and a sort of characters whose turn it
// is, of its format, or of its pattern. Ok is false where the usual text is as good.
func (m Maker) drawnText(v view, r *rand.Rand, d Draw) (text string, ok bool) {
	for _, key := range append([]string{v.format}, v.patterns...) {
		if _, given := m.Providers[key]; given && key != "" {
			return "", false
		}
	}
	for range maxTries {
		switch {
		case len(v.patterns) > 0:
			text, ok = matchDrawn(v.patterns[0], r, d)
		case v.format != "":
			text, ok = textOfFormat(v.format, r)
		default:
			text, ok = v.freeText(r, d), true
		}
		if !ok {
			return "", false
		}
		if text = fit(text, 0, v.maxLength); strings.TrimSpace(text) == text && text != "" && (!d.Plain || plain(text)) && v.allows(text) {
			return text, true
		}
	}
	return "", false
}

// longEvery is how often a text is one of those that are longer than the lengths in turn.
const longEvery = 5

// maxTries is how often something is drawn that turns out not to be allowed.
const maxTries = 8

// plain reports whether a text has printable ASCII alone.
func plain(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c < 0x20 || c > unicode.MaxASCII })
}

// freeText makes a text that no pattern or format restricts. It begins and ends with a letter.
func (v view) freeText(r *rand.Rand, d Draw) string {
	least, most := max(v.minLength, 1), maxDrawnLength
	if v.maxLength >= 0 {
		most = min(v.maxLength, max(maxDrawnLength, v.minLength)*drawnInTurn)
	}
	room := max(most-least, 0)
	short := d
	short.turns -= d.turns / longEvery
	length := least + short.turn("length", v.pointer, min(room, drawnInTurn)+1)
	if d.turns%longEvery == longEvery-1 && room > drawnInTurn {
		length = least + drawnInTurn + r.IntN(room-drawnInTurn+1)
	}
	sort := []rune(sorts[d.turn("sort", v.pointer, len(sorts))])
	if d.Plain {
		sort = []rune(sorts[d.turn("sort", v.pointer, 2)])
	}
	letters := []rune(sorts[0])
	text := make([]rune, length)
	for i := range text {
		text[i] = sort[r.IntN(len(sort))]
		if edge := i == 0 || i == length-1; edge && !unicode.IsLetter(text[i]) && !unicode.IsSymbol(text[i]) {
			text[i] = letters[r.IntN(len(letters))]
		}
	}
	return string(text)
}

// textOfFormat makes a text of a well-known format; false where there is none.
func textOfFormat(format string, r *rand.Rand) (string, bool) {
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(3000*24*3600)) * time.Second)
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	switch format {
	case "date":
		return at.Format(time.DateOnly), true
	case "date-time":
		return at.Format("2006-01-02T15:04:05") + pick("", ".5", ".123", ".123456") + pick("Z", "+00:00", "+05:30", "-08:00"), true
	case "uuid":
		return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), 0x8000+r.IntN(1<<14), r.Int64N(1<<48)), true
	case "email":
		return pick("ada", "ada.marlow", "a", "ada+tag", "ada_m", "ada-2") + "@" + pick("", "mail.", "a-b.") + pick("example.test", "example.org"), true
	case "uri", "url":
		return "https://" + pick("", "www.", "a-b.") + "example.test" + pick("", ":8443") + pick("", "/", "/path", "/a/b.c/", "/%C3%A9") + pick("", "?a=1&b=2", "?q=a%20b") + pick("", "#part"), true
	case "hostname":
		return pick("", "www.", "a-b.", "x1.") + "example.test", true
	case "ip", "ipv4":
		return fmt.Sprintf("192.0.2.%d", r.IntN(256)), true
	case "ipv6":
		return fmt.Sprintf("2001:db8::%x", 1+r.IntN(1<<16-1)), true
	case "byte":
		return base64.StdEncoding.EncodeToString([]byte(sorts[0][:1+r.IntN(12)])), true
	}
	return "", false
}

// matchDrawn makes a text that a pattern matches; false where none can be made.
func matchDrawn(pattern string, r *rand.Rand, d Draw) (string, bool) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", false
	}
	var b strings.Builder
	writeDrawn(&b, tree, r, d)
	return b.String(), true
}

// writeDrawn writes a text that an expression matches.
func writeDrawn(b *strings.Builder, re *syntax.Regexp, r *rand.Rand, d Draw) {
	if b.Len() > maxText {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		b.WriteRune(pickDrawn(re.Rune, r))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte(sorts[0][r.IntN(26)])
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			writeDrawn(b, sub, r, d)
		}
	case syntax.OpAlternate:
		writeDrawn(b, re.Sub[r.IntN(len(re.Sub))], r, d)
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		least, most := 0, drawnInTurn
		switch re.Op {
		case syntax.OpPlus:
			least = 1
		case syntax.OpQuest:
			most = 1
		case syntax.OpRepeat:
			least = re.Min
			if most = re.Max; most < 0 {
				most = least + drawnInTurn
			}
		}
		for range least + (d.turns+r.IntN(2))%(max(most-least, 0)+1) {
			writeDrawn(b, re.Sub[0], r, d)
		}
	}
}

// pickDrawn chooses a character of a class, given as pairs of bounds: a printable one of
// ASCII where it has any.
func pickDrawn(ranges []rune, r *rand.Rand) rune {
	var list []rune
	for i := 0; i+1 < len(ranges); i += 2 {
		for c := max(ranges[i], 0x21); c <= min(ranges[i+1], 0x7e); c++ {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return pick(ranges)
	}
	return list[r.IntN(len(list))]
}
