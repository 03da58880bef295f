package redact

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"html"
	"regexp"
	"strconv"
	"strings"
)

// shapes of what is a secret wherever it stands: tokens (RFC 7519), keys of
// payment platforms, private keys.
var shapes = []struct {
	holds string // texts without it are not searched
	form  *regexp.Regexp
}{
	{"eyJ", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`)},
	{"k_", regexp.MustCompile(`\b[rs]k_[A-Za-z0-9_]{12,}`)},
	{"PRIVATE KEY-----", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\z)`)},
}

// tracks of a card's magnetic stripe (ISO 7813).
var tracks = []struct {
	separator byte // right after the card number
	form      *regexp.Regexp
}{
	{'^', regexp.MustCompile(`%?[Bb]\d{12,19}\^[^^\n]{2,26}\^\d{4}[^\s"'<]*`)},
	{'=', regexp.MustCompile(`;?\b\d{12,19}=\d{7,}\??`)},
}

func hideShapes(text string) string {
	for _, s := range shapes {
		if strings.Contains(text, s.holds) {
			text = s.form.ReplaceAllLiteralString(text, Mark)
		}
	}
	for _, t := range tracks {
		text = hideTracks(text, t.separator, t.form)
	}
	return text
}

// hideTracks searches those lines alone where a digit stands before the separator:
// the expressions have no beginning to look for, and are slow on long texts.
func hideTracks(text string, separator byte, form *regexp.Regexp) string {
	if !afterDigit(text, separator) {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if afterDigit(line, separator) {
			line = form.ReplaceAllLiteralString(line, Mark)
		}
		b.WriteString(line)
	}
	return b.String()
}

// afterDigit reports whether a character stands right after a digit somewhere.
func afterDigit(text string, c byte) bool {
	for at := 0; ; at++ {
		next := strings.IndexByte(text[at:], c)
		if next < 0 {
			return false
		}
		if at += next; at > 0 && digit(text, at-1) {
			return true
		}
	}
}

// hideEncoded hides words that hold a secret in base64 or in hexadecimal digits. Base64
// may be broken into lines, hexadecimal digits may come in pairs.
func hideEncoded(text string, holds func(string) bool) string {
	var b strings.Builder
	at, joined := 0, 0
	for start := 0; start < len(text); start++ {
		end := start
		for end < len(text) && inBase64(text[end]) {
			end++
		}
		if end > start {
			whole, word := end, ""
			if start >= joined { // the rest of what was joined before is no other word
				whole, word = joinedLines(text, start, end)
				joined = whole
			}
			if whole > end && len(word) >= minEncoded && hiddenInBase64(word, holds) {
				end = whole
				b.WriteString(text[at:start] + Mark)
				at = end
			} else if end-start >= minEncoded && (hiddenInBase64(text[start:end], holds) || hiddenInHex(text[start:end], holds) || hiddenInBase32(text[start:end], holds)) {
				b.WriteString(text[at:start] + Mark)
				for at = end; at < len(text) && at < end+2 && text[at] == '='; at++ {
				}
			}
		}
		start = end
	}
	return hidePairs(b.String()+text[at:], holds)
}

// joinedLines returns the word that is left of line breaks after a word that ends at one,
// and where it ends; the end of the word itself where none follows.
func joinedLines(text string, start, end int) (whole int, word string) {
	var b strings.Builder
	whole = end
	for {
		next := whole
		for size := lineBreak(text[next:]); size > 0; size = lineBreak(text[next:]) {
			next += size
		}
		after := next
		for after < len(text) && inBase64(text[after]) {
			after++
		}
		if next == whole || after == next {
			return whole, b.String()
		}
		if b.Len() == 0 {
			b.WriteString(text[start:end])
		}
		b.WriteString(text[next:after])
		whole = after
	}
}

// lineBreak measures a character of a line break, escaped or not.
func lineBreak(text string) int {
	escapes := len(text) - len(strings.TrimLeft(text, `\`))
	switch {
	case escapes == len(text):
		return 0
	case text[escapes] == '\r' || text[escapes] == '\n', escapes > 0 && (text[escapes] == 'r' || text[escapes] == 'n'):
		return escapes + 1
	}
	return 0
}

// pairs are hexadecimal digits as fingerprints are written.
var pairs = regexp.MustCompile(`(?:[0-9A-Fa-f]{2}:){11,}[0-9A-Fa-f]{2}`)

// hidePairs hides a secret in hexadecimal digits that come in pairs.
func hidePairs(text string, holds func(string) bool) string {
	if !hasPairs(text) {
		return text
	}
	return pairs.ReplaceAllStringFunc(text, func(found string) string {
		if hiddenInHex(strings.ReplaceAll(found, ":", ""), holds) {
			return Mark
		}
		return found
	})
}

// hasPairs reports whether three pairs follow one another somewhere.
func hasPairs(text string) bool {
	for at := 0; ; at++ {
		next := strings.IndexByte(text[at:], ':')
		if next < 0 {
			return false
		}
		if at += next; at+6 < len(text) && text[at+3] == ':' && text[at+6] == ':' {
			return true
		}
	}
}

// minEncoded is the length of the shortest word that is looked into.
const minEncoded = 16

func inBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_'
}

// hiddenInBase64 reports whether a word is base64 and holds a secret: from its first letter
// on, or from a later one, as what precedes may belong to it or not.
func hiddenInBase64(word string, holds func(string) bool) bool {
	var room [2 * 256]byte // words are short: most need no memory of their own
	bare := append(room[:0:256], word...)
	for i, c := range bare {
		switch c {
		case '-':
			bare[i] = '+'
		case '_':
			bare[i] = '/'
		}
	}
	data := room[256:]
	if len(bare) > 256 {
		data = make([]byte, base64.RawStdEncoding.DecodedLen(len(bare)))
	}
	for start := range 4 {
		packed := bare[start:]
		if len(packed)%4 == 1 {
			packed = packed[:len(packed)-1]
		}
		if n, err := base64.RawStdEncoding.Decode(data, packed); err == nil && wordHolds(data[:n], holds) {
			return true
		}
	}
	return false
}

// hiddenInBase32 reports whether a word is base32 and holds a secret. Words with small
// letters are ids.
func hiddenInBase32(word string, holds func(string) bool) bool {
	for i := range len(word) {
		if c := word[i]; !(c >= 'A' && c <= 'Z' || c >= '2' && c <= '7') {
			return false
		}
	}
	data, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(word)
	return err == nil && wordHolds(data, holds)
}

// hiddenInHex reports whether a word has hexadecimal digits that hold a secret.
func hiddenInHex(word string, holds func(string) bool) bool {
	for start := 0; start < len(word); start++ {
		end := start
		for end < len(word) && strings.IndexByte("0123456789abcdefABCDEF", word[end]) >= 0 {
			end++
		}
		for at := start; at < start+2 && end-at >= minEncoded; at++ { // the first digit may belong to it or not
			if data, err := hex.DecodeString(word[at : at+(end-at)/2*2]); err == nil && wordHolds(data, holds) {
				return true
			}
		}
		start = end
	}
	return false
}

// wordHolds reports whether decoded bytes are text that holds a secret, in UTF-16 too.
func wordHolds(data []byte, holds func(string) bool) bool {
	if zeros := bytes.Count(data, []byte{0}); zeros > 0 && zeros*2+1 >= len(data)-1 {
		data = bytes.ReplaceAll(data, []byte{0}, nil)
	}
	return wordy(data) && holds(string(data))
}

// wordy reports whether bytes hold a word: ids decode to noise.
func wordy(data []byte) bool {
	run := 0
	for _, c := range data {
		if run++; c < 0x20 || c > 0x7e {
			run = 0
		}
		if run == 8 {
			return true
		}
	}
	return false
}

// escapedWord is a word with characters in an escape of URLs, JSON or HTML.
var escapedWord = regexp.MustCompile(`[^\s"'<>{}]*(?:%[0-9A-Fa-f]{2}|\\[ux][0-9A-Fa-f]{2}|&#?\w+;|&#[xX]?[0-9A-Fa-f]+)[^\s"'<>{}]*`)

// maxLayers of escapes are looked through.
const maxLayers = 3

// hideEscaped hides words that hold a secret only once their escapes are resolved.
func hideEscaped(text string, holds func(string) bool) string {
	if !strings.ContainsAny(text, `%\&`) {
		return text
	}
	return escapedWord.ReplaceAllStringFunc(text, func(word string) string {
		if heldEscaped(word, holds) {
			return Mark
		}
		return word
	})
}

// heldEscaped reports whether a text has a property once its escapes are resolved.
func heldEscaped(text string, holds func(string) bool) bool {
	for range maxLayers {
		plain := resolved(text)
		if plain == text {
			return false
		}
		if text = plain; holds(text) {
			return true
		}
	}
	return false
}

var escapedRune = regexp.MustCompile(`\\+(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})`)

func resolved(text string) string {
	if !strings.ContainsAny(text, `%\&`) {
		return text
	}
	text = escapedRune.ReplaceAllStringFunc(text, func(m string) string {
		code, _ := strconv.ParseUint(strings.TrimLeft(m, `\ux`), 16, 32) // hexadecimal digits
		return string(rune(code))
	})
	return percentDecoded(html.UnescapeString(text))
}

var percentEncoded = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// percentDecoded resolves each percent-encoded byte. A percent sign that encodes nothing,
// as where a text was cut, stays and keeps none of the others from being resolved.
func percentDecoded(text string) string {
	return percentEncoded.ReplaceAllStringFunc(text, func(m string) string {
		code, _ := strconv.ParseUint(m[1:], 16, 8) // two hexadecimal digits
		return string([]byte{byte(code)})
	})
}
