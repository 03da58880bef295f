package exchange

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"qorcheck/harness/settings"
)

// cards keeps numbers of real cards from being sent: whatever a plan holds, a card
// field carries a number with a right check digit only if the fixtures list it.
type cards struct {
	fields []string // lower case
	listed map[string]bool
}

// newCards makes the guard for fields that the description marks as secret, and
// for those in which the fixtures give card numbers.
func newCards(f *settings.Fixtures, secret []string) *cards {
	c := &cards{listed: map[string]bool{}}
	for _, name := range slices.Concat(secret, f.CardFields()) {
		c.fields = append(c.fields, lower(name))
	}
	for _, card := range f.TestCards {
		c.listed[card] = true
	}
	slices.Sort(c.fields)
	c.fields = slices.Compact(c.fields)
	return c
}

// refuse names the card number that a request must not carry, as it may be shown.
func (c *cards) refuse(request *http.Request, body []byte) error {
	for _, text := range []string{request.URL.RawQuery, string(body)} {
		forms := []string{text, unquoted(text), unescaped(text)}
		for _, form := range slices.Compact(forms) {
			if number := c.unlisted(form); number != "" {
				return fmt.Errorf("%s is a card number that test_cards does not list: it is not sent", settings.Truncate(number))
			}
		}
	}
	return nil
}

// unlisted finds a card number that a card field of a text carries and that the
// fixtures do not list, "" when there is none.
func (c *cards) unlisted(text string) string {
	for i := range len(text) {
		if !digit(text, i) || i > 0 && alphanumeric(text[i-1]) {
			continue
		}
		number := numberIn(text[i:])
		if len(number) >= settings.MinCard && settings.IsCard(number) && !c.listed[number] && c.named(text[:i]) {
			return number
		}
	}
	return ""
}

// numberIn is the number that a text begins with, whose digits may stand apart.
func numberIn(text string) string {
	var number []byte
	for i := 0; digit(text, i); i++ {
		number = append(number, text[i])
		if i+1 < len(text) && strings.IndexByte(" +-", text[i+1]) >= 0 {
			i++
		}
	}
	return string(number)
}

// farthest is how many characters stand between a field's name and its value at most.
const farthest = 20

// named tells whether a text ends in the name of a card field and what leads to its value.
func (c *cards) named(text string) bool {
	for range farthest {
		last, size := utf8.DecodeLastRuneInString(text)
		if size == 0 || last < utf8.RuneSelf && alphanumeric(byte(last)) {
			return false
		}
		text = text[:len(text)-size]
		if slices.ContainsFunc(c.fields, func(name string) bool { return begins(text[max(0, len(text)-len(name)):], name) }) {
			return true
		}
	}
	return false
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// unescaped is what a form means.
func unescaped(text string) string {
	if !strings.ContainsAny(text, "%+") {
		return text
	}
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return text
	}
	return plain
}

var escapedASCII = regexp.MustCompile(`\\u00([2-7][0-9A-Fa-f])`)

// unquoted is what a JSON text means, as far as it hides digits and names.
func unquoted(text string) string {
	if !strings.Contains(text, `\u00`) {
		return text
	}
	return escapedASCII.ReplaceAllStringFunc(text, func(m string) string {
		code, _ := strconv.ParseUint(m[4:], 16, 8) // two hexadecimal digits
		return string(rune(code))
	})
}
