package exchange

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
)

// Mark stands where a secret was.
const Mark = "[redacted]"

// Names of fields whose value is never shown (PCI DSS 3.3.1 and the usual names
// of credentials), beside those that the description marks with format: password.
var secretNames = []string{
	"cvv", "cvc", "cvc2", "cvv2", "cid", "csc", "cav2", "card_code", "security_code", "securitycode",
	"pin", "pin_block", "pinblock", "track1", "track2", "trackdata", "cavv",
	"pan", "card_number", "cardnumber",
	"password", "client_secret", "access_token", "refresh_token", "id_token", "private_key", "authorization",
}

// Headers whose value is never shown, beside those that end in -token or -secret.
var secretHeaders = []string{"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"}

// Redactor takes secrets out of text: known values in their usual encodings,
// values under secret names, and card numbers by their shape.
type Redactor struct {
	known *strings.Replacer
	odd   []loose
	cards map[string]bool
	short *regexp.Regexp // known values too short to be replaced inside other words
	brief []string       // the same
	names [256][]string  // lower case, by their first byte

	margin int // more bytes than any secret has, however it is written
}

// NewRedactor makes a redactor for the secrets of the fixtures and for the names
// that the description marks as secret, and for further secrets of the run.
func NewRedactor(f *settings.Fixtures, names []string, more ...string) *Redactor {
	credentials, cards := f.Secrets()
	for _, value := range credentials {
		more = append(more, plan.Twisted(value)...)
	}
	credentials = append(credentials, more...)
	by := map[string]string{}
	longest := 0
	var short []string
	var odd []loose
	for _, value := range credentials {
		values := []string{value}
		if _, password, ok := strings.Cut(value, ":"); ok && len(password) >= 6 { // of user:password
			values = append(values, password)
		}
		for _, value := range values {
			if len(value) < 6 {
				short = append(short, value)
				continue
			}
			for _, form := range forms(value) {
				by[form] = Mark
			}
			longest = max(longest, len(value))
			if pattern := loosely(value); pattern != regexp.QuoteMeta(value) {
				odd = append(odd, loose{core(value), regexp.MustCompile(pattern)})
			}
		}
	}
	r := &Redactor{cards: map[string]bool{}, margin: 512 + 12*longest}
	for _, card := range cards {
		by[card], r.cards[card] = settings.Truncate(card), true
	}
	var ordered []string
	for form := range by {
		ordered = append(ordered, form)
	}
	slices.SortFunc(ordered, func(a, b string) int { // longest first: none hides a part of another
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	var pairs []string
	for _, form := range ordered {
		pairs = append(pairs, form, by[form])
	}
	r.known = strings.NewReplacer(pairs...)
	slices.SortFunc(odd, func(a, b loose) int { return len(b.pattern.String()) - len(a.pattern.String()) }) // as above
	r.odd = odd
	short = append(short, f.ShortSecrets()...)
	slices.Sort(short)
	r.brief = slices.Compact(short)
	if len(r.brief) > 0 {
		quoted := make([]string, len(r.brief))
		for i, value := range r.brief {
			quoted[i] = regexp.QuoteMeta(value)
		}
		r.short = regexp.MustCompile(`\b(?:` + strings.Join(quoted, "|") + `)\b`)
	}
	for _, name := range slices.Concat(secretNames, names) {
		if name = lower(name); name != "" {
			r.names[name[0]] = append(r.names[name[0]], name)
		}
	}
	return r
}

// loose finds a credential with special characters, escaped in any way.
type loose struct {
	core    string // the longest part of it that nothing escapes
	pattern *regexp.Regexp
}

// core finds the longest part of a secret without a special character.
func core(value string) string {
	longest := ""
	for _, part := range strings.FieldsFunc(value, func(c rune) bool { return !ordinary(c) }) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

// ordinary tells characters that stand for themselves in every place.
func ordinary(c rune) bool { return wordRune(c) || c == '-' || c == '_' || c == '.' }

// forms lists a secret as it is and in base64.
func forms(value string) []string {
	data := []byte(value)
	return []string{
		value, base64.StdEncoding.EncodeToString(data), base64.URLEncoding.EncodeToString(data),
		base64.RawStdEncoding.EncodeToString(data), base64.RawURLEncoding.EncodeToString(data),
	}
}

// loosely is an expression for a secret in which each special character may be
// escaped: in JSON strings, however deep, in HTML, percent-encoded.
func loosely(value string) string {
	var b strings.Builder
	for _, c := range value {
		if ordinary(c) {
			b.WriteString(regexp.QuoteMeta(string(c)))
			continue
		}
		as := regexp.QuoteMeta(string(c))
		switch c {
		case '"', '\'':
			as = `["']`
		case ' ':
			as = `[ +]`
		}
		fmt.Fprintf(&b, `(?:\\*%s|\\*u(?i:%04x)|%%(?:25)*(?i:%02x)|&#?\w+;)`, as, c, c)
	}
	return b.String()
}

// Known redacts known values and card numbers, and leaves values under secret
// names: for texts made of templates, whose secrets are variables.
func (r *Redactor) Known(text string) string {
	text = r.known.Replace(text)
	for _, l := range r.odd {
		if strings.Contains(text, l.core) {
			text = l.pattern.ReplaceAllString(text, Mark)
		}
	}
	return r.hideCards(text)
}

// Text redacts a text of our own or a request.
func (r *Redactor) Text(text string) string { return r.named(r.Known(text), true) }

// Answer redacts what a target sent: as Text, and what is packed in base64, and
// short secrets such as card verification values wherever they stand as a word of their own.
func (r *Redactor) Answer(text string) string { return r.plain(r.packed(text)) }

// packed redacts each word that hides a secret in base64.
func (r *Redactor) packed(text string) string {
	var b strings.Builder
	at := 0
	for start := 0; start < len(text); start++ {
		end := start
		for end < len(text) && inBase64(text[end]) {
			end++
		}
		if end-start >= leastPacked && r.hides(text[start:end]) {
			b.WriteString(text[at:start] + Mark)
			for at = end; at < len(text) && at < end+2 && text[at] == '='; at++ {
			}
		}
		start = end
	}
	return b.String() + text[at:]
}

// leastPacked is the length of the shortest word that is looked into.
const leastPacked = 16

func inBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_'
}

// hides tells whether a word is base64 and holds a secret: from its first letter
// on, or from a later one, as what precedes may belong to it or not.
func (r *Redactor) hides(word string) bool {
	bare := []byte(word)
	for i, c := range bare {
		switch c {
		case '-':
			bare[i] = '+'
		case '_':
			bare[i] = '/'
		}
	}
	data := make([]byte, base64.RawStdEncoding.DecodedLen(len(bare)))
	for start := range 4 {
		packed := bare[start:]
		if len(packed)%4 == 1 {
			packed = packed[:len(packed)-1]
		}
		if n, err := base64.RawStdEncoding.Decode(data, packed); err == nil && textual(data[:n]) {
			if plain := string(data[:n]); r.plain(plain) != plain {
				return true
			}
		}
	}
	return false
}

// textual tells whether bytes hold a word: ids decode to noise.
func textual(data []byte) bool {
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

func (r *Redactor) plain(text string) string {
	text = r.named(r.Known(text), false)
	if slices.ContainsFunc(r.brief, func(value string) bool { return strings.Contains(text, value) }) {
		text = r.short.ReplaceAllString(text, Mark)
	}
	return text
}

// headerLine is a header line of an answer, without its value where the name says
// that it is secret. It is still to be redacted.
func (r *Redactor) headerLine(name, value string) string {
	lower := strings.ToLower(name)
	if slices.Contains(secretHeaders, lower) || strings.HasSuffix(lower, "-token") || strings.HasSuffix(lower, "-secret") {
		value = Mark
	}
	return name + ": " + value
}

// excerpt redacts the beginning of what a target sent, and makes it printable. A
// text is cut with a margin, redacted, and cut again: what is left of a secret at
// the first cut does not show.
func (r *Redactor) excerpt(text string, most int) string {
	if len(text) <= most+r.margin {
		return printable(r.Answer(text))
	}
	shown := r.Answer(text[:most+r.margin])
	cut := max(0, min(most, len(shown)-r.margin))
	for cut > 0 && !utf8.RuneStart(shown[cut]) {
		cut--
	}
	return fmt.Sprintf("%s… (%d bytes more)", printable(shown[:cut]), len(text)-cut)
}

// named redacts the values under secret names. Our own texts may show a $VARIABLE there.
func (r *Redactor) named(text string, ours bool) string {
	var b strings.Builder
	at := 0
	for _, end := range r.namesIn(text) {
		m := opening.FindStringSubmatchIndex(text[end:min(len(text), end+200)])
		if m == nil || end < at {
			continue // no value, or inside one that is gone
		}
		quote := ""
		if m[4] >= 0 {
			quote = text[end+m[4] : end+m[5]]
		}
		start := end + m[1]
		value := text[start : start+valueEnd(text[start:], quote)]
		switch bare := strings.TrimSpace(value); {
		case bare == "", bare == "null", bare == "true", bare == "false", strings.HasPrefix(text[start:], Mark), quote == "" && bare[0] == '{':
			continue // nothing to hide, or names of its own inside
		case ours && variable.MatchString(value):
			continue
		}
		mark := Mark
		if quote == "" && m[2] >= 0 { // a bare JSON value
			mark = text[end+m[2]:end+m[3]] + Mark + text[end+m[2]:end+m[3]]
		}
		b.WriteString(text[at:start] + mark)
		at = start + len(value)
	}
	return b.String() + text[at:]
}

// opening is what stands between a name and its value: what closes the name, a
// colon, equals or greater-than sign, and what opens the value.
var opening = regexp.MustCompile(`^(` + quotes + `)?(?:\]|%5[Dd])*(?:\s+value)?\s*(?:[:=>]|%3[AaDd])\s*(` + quotes + `)?`)

const quotes = `\\*["']|&quot;|&#34;|&#39;|%22|%27`

// namesIn finds where secret names end, each a word or the last part of one.
func (r *Redactor) namesIn(text string) []int {
	var ends []int
	for i := range len(text) {
		for _, name := range r.names[small(text[i])] {
			if begins(text[i:], name) && !glued(text[:i]) {
				ends = append(ends, i+len(name))
			}
		}
	}
	slices.Sort(ends)
	return slices.Compact(ends)
}

// begins tells whether a text begins with a name in small letters, in whatever letters.
func begins(text, name string) bool {
	if len(text) < len(name) {
		return false
	}
	for i := range len(name) {
		if small(text[i]) != name[i] {
			return false
		}
	}
	return true
}

// small makes an ASCII letter small.
func small(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// lower makes ASCII letters small and leaves every byte in its place.
func lower(text string) string {
	letters := []byte(text)
	for i, c := range letters {
		letters[i] = small(c)
	}
	return string(letters)
}

var variable = regexp.MustCompile(`^\$[A-Z][A-Z0-9_]*$`)

// valueEnd finds where a value ends that was opened by a quote, or by none.
func valueEnd(text, quote string) int {
	end := len(text)
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		end = i
	}
	switch quote {
	case "":
		if i := strings.IndexByte(text, ']'); strings.HasPrefix(text, "[") && i > 0 {
			return i + 1
		}
		if i := strings.IndexAny(text, ",&;}])<>\"'\\ \t\r\n"); i >= 0 {
			return i
		}
		return end
	case `"`, `'`:
		for i := 0; i < end; i++ {
			if text[i] == '\\' {
				i++
			} else if text[i] == quote[0] {
				return i
			}
		}
		return end
	}
	for i := 0; i < end; i++ {
		if strings.HasPrefix(text[i:], quote) && (i == 0 || text[i-1] != '\\') {
			return i
		}
	}
	return end
}

// separator measures what may stand between two digits of a card number: at most
// one space, plus sign or hyphen, percent-encoded or not.
func separator(text string) int {
	switch {
	case text == "":
	case text[0] == ' ', text[0] == '+', text[0] == '-':
		return 1
	case len(text) > 2 && text[0] == '%' && text[1] == '2' && strings.IndexByte("0BbDd", text[2]) >= 0:
		return 3
	}
	return 0
}

func digit(text string, i int) bool { return i < len(text) && text[i] >= '0' && text[i] <= '9' }

// hideCards truncates each card number. It is made of whole groups of digits and
// no part of a longer word, so that ids stay as they are.
func (r *Redactor) hideCards(text string) string {
	var b strings.Builder
	at := 0
	for i := 0; i < len(text); i++ {
		if !digit(text, i) {
			continue
		}
		start, digits := i, 0
		var groups [][2]int
		for begin := i; ; {
			for ; digit(text, i); i++ {
				digits++
			}
			groups = append(groups, [2]int{begin, i})
			if begin = i + separator(text[i:]); begin == i || !digit(text, begin) {
				break
			}
			i = begin
		}
		if digits < 13 {
			continue
		}
		gluedAfter := strings.IndexFunc(text[i:], wordRune) == 0
		for g := 0; g < len(groups); g++ {
			if g == 0 && glued(text[:start]) {
				continue
			}
			if n, card := r.card(text, groups[g:], gluedAfter); n > 0 {
				b.WriteString(text[at:groups[g][0]] + settings.Truncate(card))
				g += n - 1
				at = groups[g][1]
			}
		}
	}
	return b.String() + text[at:]
}

func wordRune(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

// glued tells whether a text ends in a letter or digit that is not part of an escape.
func glued(before string) bool {
	last, size := utf8.DecodeLastRuneInString(before)
	return size > 0 && wordRune(last) && !escapeBefore.MatchString(before[max(0, len(before)-3):])
}

var escapeBefore = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2}|\\[nrt])$`)

// card tells how many of the first groups of digits make up a card number.
func (r *Redactor) card(text string, groups [][2]int, gluedAfter bool) (n int, card string) {
	for _, length := range []int{16, 15, 14, 19, 18, 17, 13} {
		digits := ""
		for i, group := range groups {
			if digits += text[group[0]:group[1]]; len(digits) >= length {
				whole := len(digits) == length && !(gluedAfter && i == len(groups)-1)
				if whole && (r.cards[digits] || settings.IsCard(digits) && issuer.MatchString(digits)) {
					return i + 1, digits
				}
				break
			}
		}
	}
	return 0, ""
}

// issuer matches the first digits that card networks use (ISO/IEC 7812 ranges of
// Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro).
var issuer = regexp.MustCompile(`^(?:4|5[1-5]|2[2-7]|3[47]|6011|64[4-9]|65|3(?:0[0-5]|[689])|35|62|5[0678]|6[0-9])`)
