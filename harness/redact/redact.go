// Package redact holds everything that knows what a secret is: what is taken out of
// texts and how, what no report may hold, how a text is cut and made printable.
package redact

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
)

// Redactor takes secrets out of text: known values in their usual encodings,
// values under secret names, and card numbers, tokens and keys by their shape.
type Redactor struct {
	known       *replacer
	distinctive *replacer // the credentials among them that are no plain words
	escapable   []escapable
	folded      folded
	cards       map[string]bool
	disguised   *Numbers       // the same
	keys        *Keys          // the known values that are no plain words
	short       *regexp.Regexp // known values too short to be replaced inside other words
	shortValues []string       // the same
	numbers     *numbering

	names      [256][]string   // lower case, by their first byte
	beginnings pairSet         // of these
	credential map[string]bool // those among the names whose values are numbered

	margin int // see cutMargin: more bytes than any secret has, however it is written

	learned atomic.Pointer[learned] // since it was made

	clean, cleanAnswers cache // of texts without a secret: of our own, and of the target
}

// Secrets are what a run knows to be secret.
type Secrets struct {
	Values []string // such as credentials; those of less than six bytes are looked for as words of their own
	Cards  []string // card numbers, whatever their check digits and issuers
	Names  []string // of fields whose values are secret, beside the usual ones
}

// minLength is the length of the shortest value that is replaced inside other words.
const minLength = 6

// New makes a redactor.
func New(s Secrets) *Redactor {
	r := &Redactor{cards: map[string]bool{}, credential: map[string]bool{}, numbers: newNumbering()}
	replacements, distinctive := map[string]string{}, map[string]string{}
	longest := 0
	for _, value := range withPasswords(s.Values) {
		if len(value) < minLength {
			r.shortValues = append(r.shortValues, value)
			continue
		}
		mark := r.numbers.mark(value)
		longest = max(longest, len(value))
		for _, form := range forms(value) {
			replacements[form] = mark
			if !plainWord(form) {
				distinctive[form] = mark
			}
		}
		if strings.ContainsFunc(value, func(c rune) bool { return !neverEscaped(c) }) {
			r.escapable = append(r.escapable, newEscapable(value, mark))
		}
	}
	for _, card := range s.Cards {
		replacements[card], r.cards[card] = MaskCard(card), true
	}
	r.disguised, r.keys = NewNumbers(s.Cards), NewKeys(s.Values)
	r.known, r.distinctive = longestFirst(replacements), longestFirst(distinctive)
	slices.SortStableFunc(r.escapable, func(a, b escapable) int { return len(b.form.String()) - len(a.form.String()) }) // as above
	r.folded = newFolded(replacements)
	r.margin = 512 + 12*longest
	slices.Sort(r.shortValues)
	r.shortValues = slices.Compact(r.shortValues)
	r.short = anyWord(r.shortValues)
	r.setNames(s.Names)
	return r
}

// withPasswords adds the password to each value of the form user:password.
func withPasswords(values []string) []string {
	var list []string
	for _, value := range values {
		list = append(list, value)
		if _, password, ok := strings.Cut(value, ":"); ok && len(password) >= minLength {
			list = append(list, password)
		}
	}
	return list
}

// anyWord matches each of the values where it stands as a word, nil without values.
func anyWord(values []string) *regexp.Regexp {
	if len(values) == 0 {
		return nil
	}
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = regexp.QuoteMeta(value)
	}
	return regexp.MustCompile(`\b(?:` + strings.Join(quoted, "|") + `)\b`)
}

// mark is what stands for a value under a secret name.
func (r *Redactor) mark(name, value string) string {
	if r.credential[name] {
		return r.numbers.mark(strings.TrimSpace(value))
	}
	return Mark
}

// Own redacts a text of our own or a request.
func (r *Redactor) Own(text string) Text { return Text{Printable(r.own(text))} }

// OwnHeader redacts a header line of a request.
func (r *Redactor) OwnHeader(name, value string) Text {
	return Text{Printable(r.own(name)) + ": " + Printable(r.own(value))}
}

func (r *Redactor) own(text string) string { return r.redact(text, true) }

// Answer redacts what a target sent: as Own, and what is packed in base64 or
// escaped throughout, and short secrets such as card verification values wherever
// they stand as a word of their own.
func (r *Redactor) Answer(text string) Text { return Text{Printable(r.answer(text))} }

func (r *Redactor) answer(text string) string { return r.redact(text, false) }

// Value redacts a value from an answer that becomes a part of a request, which is
// redacted in turn.
func (r *Redactor) Value(text string) string { return r.answer(text) }

// Template redacts known values and card numbers, and leaves values under secret
// names: for texts made of templates, whose secrets are variables.
func (r *Redactor) Template(text string) Text { return Text{r.hideKnown(text)} }

// redact redacts a text, JSON so that it stays JSON.
func (r *Redactor) redact(text string, own bool) string {
	clean := &r.cleanAnswers
	if own {
		clean = &r.clean
	}
	if clean.has(text) {
		return text
	}
	redacted := r.redactUncached(text, own)
	if redacted == text {
		clean.add(text)
	}
	return redacted
}

func (r *Redactor) redactUncached(text string, own bool) string {
	redacted := r.redactText(text, own)
	if start := strings.TrimLeft(text, " \t\r\n"); start == "" || start[0] != '{' && start[0] != '[' || redacted == text && !strings.Contains(text, `\u`) || !json.Valid([]byte(text)) {
		return redacted
	}
	if redacted = r.redactJSON(text, own); own {
		return redacted
	}
	return r.disguised.hide(redacted) // over several values
}

// redactText redacts text as it stands. That of a target may hide what it says.
func (r *Redactor) redactText(text string, own bool) string {
	if own {
		return r.hideNamed(r.hideKnown(text), true)
	}
	return hideEscaped(hideEncoded(r.hidePlain(text), r.holds), r.holds)
}

// holds reports whether a text of a target holds a secret as it stands.
func (r *Redactor) holds(text string) bool { return r.hidePlain(text) != text }

func (r *Redactor) hidePlain(text string) string {
	text = r.hideNamed(r.disguised.hide(r.keys.hide(r.hideKnown(text))), false)
	if slices.ContainsFunc(r.shortValues, func(value string) bool { return strings.Contains(text, value) }) {
		text = r.short.ReplaceAllString(text, Mark)
	}
	return text
}

// Header redacts a header line of an answer, as Excerpt does. Where its name says
// that the value is secret, the value goes.
func (r *Redactor) Header(name, value string, max int) Text {
	return r.Excerpt(r.header(name, value), max)
}

func (r *Redactor) header(name, value string) string {
	if secretHeader(name) && value != "" {
		value = r.numbers.mark(value)
	}
	return r.folded.hide(name) + ": " + value
}

// Excerpt redacts at most max bytes from the beginning of what a target sent. A text
// is cut with a margin, redacted, and cut again: what is left of a secret at the first
// cut does not show.
func (r *Redactor) Excerpt(text string, max int) Text { return Text{r.excerpt(text, max)} }

func (r *Redactor) excerpt(text string, limit int) string {
	margin := r.cutMargin()
	if len(text) <= limit+margin {
		return Printable(r.answer(text))
	}
	shown := r.answer(text[:limit+margin])
	cut := cutBefore(shown, max(0, min(limit, len(shown)-margin)))
	return fmt.Sprintf("%s… (%d bytes more)", Printable(shown[:cut]), len(text)-cut)
}
