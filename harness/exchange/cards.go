package exchange

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/settings"
)

// cards keeps numbers of real cards from being sent: whatever a plan holds, a card
// field carries a number with a right check digit only if the fixtures list it.
type cards struct {
	fields []string       // lower case
	field  *regexp.Regexp // one of them and the number that it carries
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
	var quoted []string
	for _, name := range c.fields {
		quoted = append(quoted, regexp.QuoteMeta(name))
	}
	c.field = regexp.MustCompile(`(?i)(?:` + strings.Join(quoted, "|") + `)[^0-9A-Za-z]{1,20}([0-9](?:[ +-]?[0-9]){11,})`)
	return c
}

// refuse names the card number that a request must not carry, as it may be shown.
func (c *cards) refuse(request *http.Request, body []byte) error {
	for _, text := range []string{request.URL.RawQuery, string(body)} {
		if !c.named(text) {
			continue
		}
		for _, form := range []string{text, unquoted(text), unescaped(text)} {
			for _, m := range c.field.FindAllStringSubmatch(form, -1) {
				number := strings.Map(func(r rune) rune {
					if r < '0' || r > '9' {
						return -1
					}
					return r
				}, m[1])
				if len(number) >= settings.MinCard && settings.IsCard(number) && !c.listed[number] {
					return fmt.Errorf("%s is a card number that test_cards does not list: it is not sent", settings.Truncate(number))
				}
			}
		}
	}
	return nil
}

// named tells whether a text speaks of a card at all.
func (c *cards) named(text string) bool {
	small := lower(text)
	return slices.ContainsFunc(c.fields, func(name string) bool { return strings.Contains(small, name) })
}

// unescaped is what a form means.
func unescaped(text string) string {
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return text
	}
	return plain
}

var escapedASCII = regexp.MustCompile(`\\u00([2-7][0-9A-Fa-f])`)

// unquoted is what a JSON text means, as far as it hides digits and names.
func unquoted(text string) string {
	return escapedASCII.ReplaceAllStringFunc(text, func(m string) string {
		code, _ := strconv.ParseUint(m[4:], 16, 8) // two hexadecimal digits
		return string(rune(code))
	})
}
