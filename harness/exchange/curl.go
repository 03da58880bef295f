package exchange

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"qorcheck/harness/plan"
)

// Curl renders the command that repeats a step in a POSIX shell. Secrets, unique
// values and values from earlier answers are shell variables.
func Curl(target *url.URL, step plan.Step) string {
	words := []string{"curl", "-sS", "-i"}
	r := step.Request
	switch {
	case r.Method == "HEAD" && !r.HasBody:
		words[2] = "-I" // with -X HEAD curl waits for a body
	case r.Method != "GET" || r.HasBody:
		words = append(words, "-X", r.Method)
	}
	words = append(words, location(target, step))
	for _, field := range r.Header {
		line := plan.Template(field.Name+": ") + field.Value
		if strings.TrimSpace(string(field.Value)) == "" {
			line = plan.Template(field.Name + ";") // how curl sends an empty header
		}
		words = append(words, "-H", word(line))
	}
	if !r.HasBody {
		return strings.Join(words, " ")
	}
	if !slices.ContainsFunc(r.Header, func(f plan.Field) bool { return strings.EqualFold(f.Name, "Content-Type") }) {
		words = append(words, "-H", "'Content-Type:'")
	}
	if text := string(r.Body); !utf8.ValidString(text) || strings.ContainsFunc(text, func(c rune) bool { return c == '\n' || c == '\t' || invisible(c) }) {
		return printf(r.Body) + " | " + strings.Join(append(words, "--data-binary", "@-"), " ")
	}
	return strings.Join(append(words, "--data-raw", word(r.Body)), " ") // --data-binary would read a file at @
}

// location renders the URL.
func location(target *url.URL, step plan.Step) string {
	if step.URL != "" {
		return word(plan.Template(target.ResolveReference(mustParse(step.URL)).String()))
	}
	parts := (plan.Template(target.String()) + step.Request.Path).Parts()
	for i, field := range step.Request.Query {
		mark := "&"
		if i == 0 {
			mark = "?"
		}
		parts = append(parts, plan.Part{Text: mark + url.QueryEscape(field.Name) + "="})
		for _, part := range field.Value.Parts() {
			part.Text = url.QueryEscape(part.Text)
			parts = append(parts, part)
		}
	}
	return quoted(parts)
}

// word quotes a template as one shell word.
func word(t plan.Template) string {
	if t == "" {
		return "''"
	}
	return quoted(t.Parts())
}

// quoted makes one shell word: text in single quotes, variables in double ones.
func quoted(parts []plan.Part) string {
	var b, text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			b.WriteString("'" + strings.ReplaceAll(text.String(), "'", `'\''`) + "'")
			text.Reset()
		}
	}
	for _, part := range parts {
		text.WriteString(part.Text)
		if part.Placeholder != nil {
			flush()
			b.WriteString(`"$` + part.Placeholder.Variable() + `"`)
		}
	}
	flush()
	return b.String()
}

// printf renders the command that writes a body which a shell word cannot hold.
func printf(body plan.Template) string {
	var format strings.Builder
	var arguments []string
	for _, part := range body.Parts() {
		if part.Placeholder != nil {
			format.WriteString("%s")
			arguments = append(arguments, `"$`+part.Placeholder.Variable()+`"`)
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
