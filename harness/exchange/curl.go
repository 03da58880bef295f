package exchange

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
)

// Curl renders the command that repeats a step in a POSIX shell. Secrets, unique
// values and values from earlier answers are shell variables; value returns what
// one stands for, so that what its place cannot hold as it is, is escaped there.
func Curl(target *url.URL, step plan.Step, value func(plan.Placeholder) (string, error)) string {
	l := line{step, value}
	words := []string{"curl", "-sS", "-i"}
	r := step.Request
	switch {
	case r.Method == "HEAD" && !r.HasBody:
		words[2] = "-I" // with -X HEAD curl waits for a body
	case r.Method != "GET" || r.HasBody:
		words = append(words, "-X", r.Method)
	}
	words = append(words, l.location(target))
	for _, field := range r.Header {
		header := plan.Template(field.Name+": ") + field.Value
		if field.Absent() {
			words = append(words, "-H", "'"+field.Name+":'") // else curl sends one of its own
			continue
		}
		if strings.TrimSpace(string(field.Value)) == "" {
			header = plan.Template(field.Name + ";") // how curl sends an empty header
		}
		words = append(words, "-H", l.word(header, verbatim))
	}
	if !r.HasBody {
		return strings.Join(words, " ")
	}
	if !slices.ContainsFunc(r.Header, func(f plan.Field) bool { return strings.EqualFold(f.Name, "Content-Type") }) {
		words = append(words, "-H", "'Content-Type:'")
	}
	if text := string(r.Body); !utf8.ValidString(text) || strings.ContainsFunc(text, func(c rune) bool { return c == '\n' || c == '\t' || redact.Invisible(c) }) {
		return l.printf() + " | " + strings.Join(append(words, "--data-binary", "@-"), " ")
	}
	return strings.Join(append(words, "--data-raw", l.word(r.Body, inBody(r))), " ") // --data-binary would read a file at @
}

// line is a curl line in the making.
type line struct {
	step  plan.Step
	value func(plan.Placeholder) (string, error)
}

// location renders the URL.
func (l line) location(target *url.URL) string {
	if l.step.URL != "" {
		return l.word(plan.Template(target.ResolveReference(mustParse(l.step.URL)).String()), verbatim)
	}
	path, query := l.step.Request.Location()
	return l.word(plan.Template(target.String())+path+query, inQuery) // a path takes percent signs as a query does
}

// word makes one shell word: text in single quotes, variables in double ones.
func (l line) word(t plan.Template, at place) string {
	if t == "" {
		return "''"
	}
	var b, text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			b.WriteString("'" + strings.ReplaceAll(text.String(), "'", `'\''`) + "'")
			text.Reset()
		}
	}
	for _, part := range t.Parts() {
		text.WriteString(part.Text)
		if part.Placeholder != nil {
			flush()
			b.WriteString(l.variable(*part.Placeholder, at))
		}
	}
	flush()
	return b.String()
}

// variable renders a placeholder for its place.
func (l line) variable(p plan.Placeholder, at place) string {
	name := "$" + p.Variable()
	if value, err := l.value(p); err != nil || at.plain(value) {
		return `"` + name + `"`
	}
	return `"$(printf %s "` + name + `" | ` + at.filter + `)"`
}

// printf renders the command that writes a body which a shell word cannot hold.
func (l line) printf() string {
	var format strings.Builder
	var arguments []string
	for _, part := range l.step.Request.Body.Parts() {
		if part.Placeholder != nil {
			format.WriteString("%s")
			arguments = append(arguments, l.variable(*part.Placeholder, inBody(l.step.Request)))
			continue
		}
		for i := range len(part.Text) {
			switch c := part.Text[i]; {
			case c < 0x20 || c > 0x7e || c == '\'' || c == '-' && format.Len() == 0: // a leading - would be an option
				fmt.Fprintf(&format, `\%03o`, c)
			case c == '\\':
				format.WriteString(`\\`)
			case c == '%':
				format.WriteString(`%%`)
			default:
				format.WriteByte(c)
			}
		}
	}
	return strings.Join(append([]string{"printf", "'" + format.String() + "'"}, arguments...), " ")
}
