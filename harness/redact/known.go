package redact

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// longestFirst makes a replacer of texts in which none hides a part of another.
func longestFirst(by map[string]string) *replacer {
	var ordered []string
	for form := range by {
		ordered = append(ordered, form)
	}
	slices.SortFunc(ordered, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	var pairs []string
	for _, form := range ordered {
		pairs = append(pairs, form, by[form])
	}
	return newReplacer(pairs)
}

// forms lists a secret as it is, in base64 and in hexadecimal digits.
func forms(value string) []string {
	data := []byte(value)
	digits := hex.EncodeToString(data)
	return []string{
		value, base64.StdEncoding.EncodeToString(data), base64.URLEncoding.EncodeToString(data),
		base64.RawStdEncoding.EncodeToString(data), base64.RawURLEncoding.EncodeToString(data),
		digits, strings.ToUpper(digits),
	}
}

// escapedForm is an expression for a secret in which each special character may be
// escaped: in JSON strings, however deep, in HTML, percent-encoded.
func escapedForm(value string) string {
	var b strings.Builder
	for _, c := range value {
		if neverEscaped(c) {
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

// hideKnown redacts known values, and what is a secret by its shape.
func (r *Redactor) hideKnown(text string) string {
	text = r.hideLearned(r.known.Replace(text))
	for _, e := range r.escapable {
		text = e.hide(text)
	}
	return r.hideCards(hideShapes(text))
}

// escapable is a credential with special characters, which may be escaped in any way.
type escapable struct {
	fixed string // the longest part without them: texts without it are not searched
	mark  string
	form  *regexp.Regexp
}

func newEscapable(value, mark string) escapable {
	e := escapable{mark: mark, form: regexp.MustCompile(escapedForm(value))}
	for _, part := range strings.FieldsFunc(value, func(c rune) bool { return !neverEscaped(c) }) {
		if len(part) > len(e.fixed) {
			e.fixed = part
		}
	}
	return e
}

func (e escapable) hide(text string) string {
	if !strings.Contains(text, e.fixed) {
		return text
	}
	return e.form.ReplaceAllLiteralString(text, e.mark)
}

// neverEscaped reports whether every encoding writes a character as it is.
func neverEscaped(c rune) bool { return c < 0x80 && wordRune(c) || c == '-' || c == '_' || c == '.' }

// folded hides known values in names of headers, which travel in any case.
type folded struct {
	replacer *replacer // of forms in lower case
}

func newFolded(replacements map[string]string) folded {
	small := map[string]string{}
	for form, mark := range replacements {
		if strings.ContainsFunc(form, unicode.IsLetter) { // what has none is found as it is
			small[toLowerASCII(form)] = mark
		}
	}
	return folded{longestFirst(small)}
}

// hide returns a name as it is, or, where it holds a secret, in lower case without it.
func (f folded) hide(name string) string {
	if len(name) < minLength {
		return name
	}
	small := toLowerASCII(name)
	if hidden := f.replacer.Replace(small); hidden != small {
		return hidden
	}
	return name
}
