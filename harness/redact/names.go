package redact

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Names of fields whose value is never shown, beside those that the description
// marks with format: password. What payment card rules (PCI DSS 3.3.1) forbid to
// keep is replaced as a whole; credentials are numbered, so that equal ones are seen.
var (
	cardSecrets = []string{
		"cvv", "cvc", "cvc2", "cvv2", "cid", "csc", "cav2", "card_code", "security_code",
		"pin", "pin_block", "track1", "track2", "track_data", "cavv", "pan", "card_number",
	}
	credentialNames = []string{
		"password", "passwd", "client_secret", "access_token", "refresh_token", "id_token", "private_key", "api_key", "authorization",
	}
)

// Headers whose value is never shown, beside those that end in -token, -secret or -signature.
var secretHeaders = []string{"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"}

func secretHeader(name string) bool {
	small := strings.ToLower(name)
	return slices.Contains(secretHeaders, small) || slices.ContainsFunc([]string{"-token", "-secret", "-signature"}, func(end string) bool { return strings.HasSuffix(small, end) })
}

// spellings lists how a name of several words is written: a_b, a-b, ab.
func spellings(name string) []string {
	return []string{name, strings.ReplaceAll(name, "_", "-"), strings.ReplaceAll(name, "_", "")}
}

// hideNamed redacts the values under secret names. Our own texts may show a $VARIABLE there.
func (r *Redactor) hideNamed(text string, own bool) string {
	var b strings.Builder
	at := 0
	for _, found := range r.namesIn(text) {
		end := found.end
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
		case bare == "", bare == "null", bare == "true", bare == "false", beginsWithMark.MatchString(text[start:]), quote == "" && bare[0] == '{':
			continue // nothing to hide, or names of its own inside
		case own && variable.MatchString(value):
			continue
		}
		mark := r.mark(found.name, value)
		if quote == "" && m[2] >= 0 { // a bare JSON value
			mark = text[end+m[2]:end+m[3]] + mark + text[end+m[2]:end+m[3]]
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

// setNames says which names are secret.
func (r *Redactor) setNames(more []string) {
	r.credential = map[string]bool{}
	for _, name := range credentialNames {
		for _, spelling := range spellings(name) {
			r.credential[spelling] = true
		}
	}
	seen := map[string]bool{}
	for _, name := range slices.Concat(cardSecrets, credentialNames, more) {
		for _, spelling := range spellings(toLowerASCII(name)) {
			if spelling != "" && !seen[spelling] {
				seen[spelling] = true
				r.names[spelling[0]] = append(r.names[spelling[0]], spelling)
				r.beginnings.add(spelling)
			}
		}
	}
}

// SecretName reports whether the value of a field is secret by the field's name, or by
// one of further names.
func SecretName(field string, further []string) bool {
	r := &Redactor{}
	r.setNames(further)
	return r.SecretName(field)
}

// SecretName reports whether the value of a field is secret by the field's name.
func (r *Redactor) SecretName(field string) bool {
	return slices.ContainsFunc(r.namesIn(field), func(f found) bool { return f.end == len(field) })
}

// found is a secret name and where it ends.
type found struct {
	end  int
	name string
}

// namesIn finds secret names, each a word or the last part of one.
func (r *Redactor) namesIn(text string) []found {
	var list []found
	for i := range len(text) {
		if i+1 < len(text) && !r.beginnings.has(lower[text[i]], lower[text[i+1]]) {
			continue // as nearly all
		}
		for _, name := range r.names[lower[text[i]]] {
			if hasPrefixFold(text[i:], name) && (!glued(text[:i]) || camelCase(text, i)) {
				list = append(list, found{i + len(name), name})
			}
		}
	}
	slices.SortFunc(list, func(a, b found) int { return cmp.Or(a.end-b.end, len(b.name)-len(a.name)) })
	return slices.CompactFunc(list, func(a, b found) bool { return a.end == b.end })
}

// pairSet holds the first two letters of names, for a name of one letter all that it may begin.
type pairSet [1 << 16 / 64]uint64

func (s *pairSet) add(name string) {
	if len(name) > 1 {
		s.addPair(name[0], name[1])
		return
	}
	for second := range 256 {
		s.addPair(name[0], byte(second))
	}
}

func (s *pairSet) addPair(first, second byte) {
	at := int(first)<<8 | int(second)
	s[at/64] |= 1 << (at % 64)
}

func (s *pairSet) has(first, second byte) bool {
	at := int(first)<<8 | int(second)
	return s[at/64]>>(at%64)&1 == 1
}

// hasPrefixFold reports whether a text begins with a lower-case name, ignoring the case of its ASCII letters.
func hasPrefixFold(text, name string) bool {
	if len(text) < len(name) {
		return false
	}
	for i := range len(name) {
		if lower[text[i]] != name[i] {
			return false
		}
	}
	return true
}

// camelCase reports whether a word begins at a capital within another, as in cardNumber.
func camelCase(text string, at int) bool {
	return at > 0 && text[at] >= 'A' && text[at] <= 'Z' && text[at-1] >= 'a' && text[at-1] <= 'z'
}

// lower holds the result of toLower for each byte.
var lower = func() (table [256]byte) {
	for c := range table {
		table[c] = toLower(byte(c))
	}
	return table
}()

// toLower returns the lower case of an ASCII letter.
func toLower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// toLowerASCII makes ASCII letters lower case and leaves every byte in its place.
func toLowerASCII(text string) string {
	letters := []byte(text)
	for i, c := range letters {
		letters[i] = toLower(c)
	}
	return string(letters)
}

var variable = regexp.MustCompile(`^\$[A-Z][A-Z0-9_]*$`)

// valueEnd finds where a value ends that was opened by a quote, or by none.
func valueEnd(text, quote string) int {
	if quote == "" && strings.HasPrefix(text, "[") {
		if i := strings.IndexAny(text, "]\n"); i > 0 && text[i] == ']' {
			return i + 1
		}
	}
	if quote == "" {
		if i := strings.IndexAny(text, ",&;}])<>\"'\\ \t\r\n"); i >= 0 {
			return i
		}
		return len(text)
	}
	simple := quote == `"` || quote == `'`
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\n':
			return i
		case simple && text[i] == '\\':
			i++
		case strings.HasPrefix(text[i:], quote) && (simple || i == 0 || text[i-1] != '\\'):
			return i
		}
	}
	return len(text)
}
