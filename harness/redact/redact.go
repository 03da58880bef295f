// Package redact holds everything that knows what a secret is: what is taken out of
// texts and how, what no report may hold, how a text is cut and made printable.
package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Mark stands where a secret was. Credentials carry a number, as in [redacted#3]:
// equal ones have the same within a run.
const Mark = "[redacted]"

var marked = regexp.MustCompile(`^\[redacted(?:#\d+)?\]`)

// Redactor takes secrets out of text: known values in their usual encodings,
// values under secret names, and card numbers, tokens and keys by their shape.
type Redactor struct {
	known  *strings.Replacer
	surely *strings.Replacer // the credentials among them that are no plain words
	odd    []oddSecret
	cards  map[string]bool
	short  *regexp.Regexp // known values too short to be replaced inside other words
	brief  []string       // the same
	minted *ordinals

	names      [256][]string   // lower case, by their first byte
	credential map[string]bool // those among the names of which it is told which are equal

	margin int // more bytes than any secret has, however it is written

	clean, cleanAnswers texts // in which nothing was found
}

// Secrets are what a run knows to be secret.
type Secrets struct {
	Values []string // such as credentials; those of less than six bytes are looked for as words of their own
	Cards  []string // card numbers, whatever their check digits and issuers
	Names  []string // of fields whose values are secret, beside the usual ones
}

// New makes a redactor.
func New(s Secrets) *Redactor {
	r := &Redactor{cards: map[string]bool{}, credential: map[string]bool{}, minted: newOrdinals()}
	by, surely := map[string]string{}, map[string]string{}
	var short []string
	longest := 0
	for _, value := range s.Values {
		values := []string{value}
		if _, password, ok := strings.Cut(value, ":"); ok && len(password) >= 6 { // of user:password
			values = append(values, password)
		}
		for _, value := range values {
			if len(value) < 6 {
				short = append(short, value)
				continue
			}
			as := r.minted.mark(value)
			longest = max(longest, len(value))
			for _, form := range forms(value) {
				by[form] = as
				if !plainWord(form) {
					surely[form] = as
				}
			}
			if strings.ContainsFunc(value, func(c rune) bool { return !literal(c) }) {
				r.odd = append(r.odd, newOdd(value, as))
			}
		}
	}
	for _, card := range s.Cards {
		by[card], r.cards[card] = MaskCard(card), true
	}
	r.known, r.surely = longestFirst(by), longestFirst(surely)
	slices.SortStableFunc(r.odd, func(a, b oddSecret) int { return len(b.form.String()) - len(a.form.String()) }) // as above
	r.margin = 512 + 12*longest
	slices.Sort(short)
	r.brief = slices.Compact(short)
	if len(r.brief) > 0 {
		quoted := make([]string, len(r.brief))
		for i, value := range r.brief {
			quoted[i] = regexp.QuoteMeta(value)
		}
		r.short = regexp.MustCompile(`\b(?:` + strings.Join(quoted, "|") + `)\b`)
	}
	r.setNames(s.Names)
	return r
}

// longestFirst replaces texts so that none hides a part of another.
func longestFirst(by map[string]string) *strings.Replacer {
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
	return strings.NewReplacer(pairs...)
}

// mostMinted bounds how many different secrets are told apart.
const mostMinted = 10_000

// ordinals number secrets in the order in which they are met. It keeps none.
type ordinals struct {
	mu   sync.Mutex
	seed maphash.Seed
	of   map[uint64]int
}

func newOrdinals() *ordinals { return &ordinals{seed: maphash.MakeSeed(), of: map[uint64]int{}} }

func (o *ordinals) mark(secret string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := maphash.String(o.seed, secret)
	n, ok := o.of[key]
	if !ok {
		if len(o.of) == mostMinted {
			return Mark
		}
		n = len(o.of) + 1
		o.of[key] = n
	}
	return fmt.Sprintf("[redacted#%d]", n)
}

// mark is what stands for a value under a secret name.
func (r *Redactor) mark(name, value string) string {
	if r.credential[name] {
		return r.minted.mark(strings.TrimSpace(value))
	}
	return Mark
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

// loosely is an expression for a secret in which each special character may be
// escaped: in JSON strings, however deep, in HTML, percent-encoded.
func loosely(value string) string {
	var b strings.Builder
	for _, c := range value {
		if literal(c) {
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

// knownIn redacts known values, and what is a secret by its shape.
func (r *Redactor) knownIn(text string) string {
	text = r.known.Replace(text)
	for _, o := range r.odd {
		text = o.hide(text)
	}
	return r.hideCards(hideShapes(text))
}

// oddSecret is a credential with special characters, which may be escaped in any way.
type oddSecret struct {
	plain string // the longest part without them: texts without it are not searched
	as    string // what stands for it
	form  *regexp.Regexp
}

func newOdd(value, as string) oddSecret {
	o := oddSecret{as: as, form: regexp.MustCompile(loosely(value))}
	for _, part := range strings.FieldsFunc(value, func(c rune) bool { return !literal(c) }) {
		if len(part) > len(o.plain) {
			o.plain = part
		}
	}
	return o
}

func (o oddSecret) hide(text string) string {
	if !strings.Contains(text, o.plain) {
		return text
	}
	return o.form.ReplaceAllLiteralString(text, o.as)
}

// literal tells characters that are written as they are by every encoding.
func literal(c rune) bool { return c < 0x80 && wordRune(c) || c == '-' || c == '_' || c == '.' }

// Own redacts a text of our own or a request.
func (r *Redactor) Own(text string) Text { return Text{Printable(r.own(text))} }

// OwnHeader redacts a header line of a request.
func (r *Redactor) OwnHeader(name, value string) Text {
	return Text{Printable(r.own(name)) + ": " + Printable(r.own(value))}
}

func (r *Redactor) own(text string) string { return r.whole(text, true) }

// Answer redacts what a target sent: as Own, and what is packed in base64 or
// escaped throughout, and short secrets such as card verification values wherever
// they stand as a word of their own.
func (r *Redactor) Answer(text string) Text { return Text{Printable(r.answer(text))} }

func (r *Redactor) answer(text string) string { return r.whole(text, false) }

// Value redacts a value from an answer that becomes a part of a request, which is
// redacted in turn.
func (r *Redactor) Value(text string) string { return r.answer(text) }

// Template redacts known values and card numbers, and leaves values under secret
// names: for texts made of templates, whose secrets are variables.
func (r *Redactor) Template(text string) Text { return Text{r.knownIn(text)} }

// whole redacts a text, JSON so that it stays JSON.
func (r *Redactor) whole(text string, ours bool) string {
	clean := &r.cleanAnswers
	if ours {
		clean = &r.clean
	}
	if clean.has(text) {
		return text
	}
	redacted := r.search(text, ours)
	if redacted == text {
		clean.add(text)
	}
	return redacted
}

func (r *Redactor) search(text string, ours bool) string {
	redacted := r.part(text, ours)
	if start := strings.TrimLeft(text, " \t\r\n"); start == "" || start[0] != '{' && start[0] != '[' || redacted == text && !strings.Contains(text, `\u`) || !json.Valid([]byte(text)) {
		return redacted
	}
	return r.inJSON(text, ours)
}

// part redacts text as it stands. That of a target may hide what it says.
func (r *Redactor) part(text string, ours bool) string {
	if ours {
		return r.named(r.knownIn(text), true)
	}
	return r.escaped(r.packed(r.plain(text)))
}

func (r *Redactor) plain(text string) string {
	text = r.named(r.knownIn(text), false)
	if slices.ContainsFunc(r.brief, func(value string) bool { return strings.Contains(text, value) }) {
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
		value = r.minted.mark(value)
	}
	return name + ": " + value
}

// Excerpt redacts at most max bytes from the beginning of what a target sent. A text
// is cut with a margin, redacted, and cut again: what is left of a secret at the first
// cut does not show.
func (r *Redactor) Excerpt(text string, max int) Text { return Text{r.excerpt(text, max)} }

func (r *Redactor) excerpt(text string, limit int) string {
	if len(text) <= limit+r.margin {
		return Printable(r.answer(text))
	}
	shown := r.answer(text[:limit+r.margin])
	cut := cutBefore(shown, max(0, min(limit, len(shown)-r.margin)))
	return fmt.Sprintf("%s… (%d bytes more)", Printable(shown[:cut]), len(text)-cut)
}
