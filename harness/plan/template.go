package plan

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Template is text with placeholders for what is only known, or only allowed to
// be known, when a request is sent. A plan holds no secret and no unique value.
type Template string

// Marks of a placeholder: private-use characters, which no description holds.
const (
	open  = "\uE000"
	shut  = "\uE001"
	comma = "\uE002"
)

// Source says where the value of a placeholder comes from.
type Source string

// The sources.
const (
	FromCredential Source = "credential"   // fixtures: role, security scheme, and a twist if there is one
	FromBasic      Source = "basic"        // the same, in base64
	FromHeader     Source = "header"       // fixtures: name of a header of every request
	FromTrigger    Source = "trigger"      // fixtures: group, trigger, field
	FromRun        Source = "unique"       // made of run and case: variable name, greatest length
	FromAnswer     Source = "answer"       // an earlier answer of the case: variable name, and a twist if there is one
	UnlikeAnswer   Source = "unlike"       // the same, altered until nothing has that id; an example where there is no answer; greatest length
	FromKnown      Source = "known"        // fixtures: name, and the number of the resource that the case was given, from 1
	UnlikeKnown    Source = "unlike-known" // the same, altered until nothing has that id
	FromReceiver   Source = "message"      // where messages are received: header, secret, or a place
)

// Placeholder is one place to fill.
type Placeholder struct {
	Source Source
	Args   []string
}

// Secret reports whether the value must never be shown.
func (p Placeholder) Secret() bool {
	return p.Source == FromCredential || p.Source == FromBasic || p.Source == FromHeader || p.Source == FromTrigger ||
		p.Source == FromReceiver && p.Args[0] == "secret"
}

// Credential makes the value of a credential's placeholder of what find returns for
// a role and a security scheme.
func (p Placeholder) Credential(find func(role, scheme string) string) string {
	value := find(p.Args[0], p.Args[1])
	if len(p.Args) > 2 {
		value = Twist(p.Args[2]).Of(value)
	}
	if p.Source == FromBasic {
		value = base64.StdEncoding.EncodeToString([]byte(value))
	}
	return value
}

// Variable is the name under which curl lines and evidence show the placeholder.
func (p Placeholder) Variable() string {
	switch p.Source {
	case FromCredential, FromBasic:
		name := VariableName(p.Args[1])
		if p.Args[0] != "valid" {
			name = VariableName(p.Args[0]) + "_" + name
		}
		if len(p.Args) > 2 {
			name = VariableName(p.Args[2]) + "_" + name
		}
		if p.Source == FromBasic {
			name += "_BASE64"
		}
		return name
	case FromHeader:
		return VariableName(p.Args[0])
	case FromTrigger:
		return VariableName(strings.Join(p.Args, "_"))
	case FromAnswer:
		if len(p.Args) > 1 {
			return VariableName(p.Args[1]) + "_" + p.Args[0]
		}
	case UnlikeAnswer:
		return "UNKNOWN_" + p.Args[0]
	case FromKnown:
		return VariableName(strings.Join(p.Args, "_"))
	case UnlikeKnown:
		return "UNKNOWN_" + p.Args[0]
	case FromReceiver:
		return "MESSAGE_" + VariableName(p.Args[0])
	}
	return p.Args[0]
}

// VariableName turns fooBar, foo-bar and foo[0] into FOO_BAR, FOO_BAR and FOO_0.
func VariableName(name string) string {
	var b strings.Builder
	lower := false
	for _, c := range name {
		switch {
		case c >= 'A' && c <= 'Z':
			if lower {
				b.WriteByte('_')
			}
			b.WriteRune(c)
			lower = false
		case c >= 'a' && c <= 'z':
			b.WriteRune(c - 'a' + 'A')
			lower = true
		case c >= '0' && c <= '9':
			b.WriteRune(c)
			lower = true
		default:
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "_") {
				b.WriteByte('_')
			}
			lower = false
		}
	}
	return strings.Trim(b.String(), "_")
}

// Template is the template that holds nothing but the placeholder.
func (p Placeholder) Template() Template {
	return Template(open + string(p.Source) + comma + strings.Join(p.Args, comma) + shut)
}

// TemplateOf is the template that holds nothing but one placeholder.
func TemplateOf(source Source, args ...string) Template {
	return Placeholder{source, args}.Template()
}

// Part is a piece of a template: text, or a placeholder.
type Part struct {
	Text        string
	Placeholder *Placeholder
}

// Parts takes a template apart.
func (t Template) Parts() []Part {
	var parts []Part
	for t != "" {
		text, placeholder, rest := t.cut()
		if text != "" {
			parts = append(parts, Part{Text: text})
		}
		if placeholder != nil {
			parts = append(parts, Part{Placeholder: placeholder})
		}
		t = rest
	}
	return parts
}

// cut takes the text up to the first placeholder off, and that placeholder, nil at the end.
func (t Template) cut() (text string, placeholder *Placeholder, rest Template) {
	text, inner, found, rest := t.slice()
	if !found {
		return text, nil, ""
	}
	p := ParsePlaceholder(inner)
	return text, &p, rest
}

// slice is cut without parsing the placeholder.
func (t Template) slice() (text, placeholder string, found bool, rest Template) {
	text, after, found := strings.Cut(string(t), open)
	placeholder, after, _ = strings.Cut(after, shut)
	return text, placeholder, found, Template(after)
}

// ParsePlaceholder parses the text between the marks of a placeholder.
func ParsePlaceholder(text string) Placeholder {
	words := strings.Split(text, comma)
	return Placeholder{Source: Source(words[0]), Args: words[1:]}
}

// Fill replaces each placeholder by what value returns for it.
func (t Template) Fill(value func(Placeholder) (string, error)) (string, error) {
	return t.FillText(func(placeholder string) (string, error) { return value(ParsePlaceholder(placeholder)) })
}

// FillText is Fill with the text between the marks, for values that are cached by it.
func (t Template) FillText(value func(placeholder string) (string, error)) (string, error) {
	if !strings.Contains(string(t), open) {
		return string(t), nil
	}
	var b strings.Builder
	b.Grow(len(t))
	for t != "" {
		text, placeholder, found, rest := t.slice()
		b.WriteString(text)
		if found {
			filled, err := value(placeholder)
			if err != nil {
				return "", err
			}
			b.WriteString(filled)
		}
		t = rest
	}
	return b.String(), nil
}

// Alike reports whether the template has placeholders, and all of them have the
// same value in every case.
func (t Template) Alike() bool {
	list := t.Placeholders()
	return len(list) > 0 && !slices.ContainsFunc(list, func(p Placeholder) bool {
		return p.Source != FromCredential && p.Source != FromBasic && p.Source != FromTrigger
	})
}

// Escape escapes the text of a template; placeholders are escaped when filled.
func (t Template) Escape(escape func(string) string) Template {
	escaped := Template("")
	for _, part := range t.Parts() {
		if part.Placeholder != nil {
			escaped += part.Placeholder.Template()
		} else {
			escaped += Template(escape(part.Text))
		}
	}
	return escaped
}

// HasPlaceholders reports whether the template has a placeholder.
func (t Template) HasPlaceholders() bool { return strings.Contains(string(t), open) }

// Begins reports whether a template begins with a placeholder of a source.
func (t Template) Begins(source Source) bool {
	return strings.HasPrefix(string(t), open+string(source)+comma)
}

// Unlike is the template with its first answer, or known resource, replaced by an id
// that nothing has. That of an answer has at most maxLength characters, 0 for any length.
func (t Template) Unlike(maxLength int) Template {
	from := t.Placeholders()[0]
	unlike := Placeholder{UnlikeKnown, from.Args}
	if from.Source == FromAnswer {
		unlike = Placeholder{UnlikeAnswer, from.Args[:1:1]}
		if maxLength > 0 {
			unlike.Args = append(unlike.Args, "", strconv.Itoa(maxLength))
		}
	}
	return Template(strings.Replace(string(t), string(from.Template()), string(unlike.Template()), 1))
}

// Twisted is the template with its first answer twisted.
func (t Template) Twisted(twist Twist) Template {
	from := t.Placeholders()[0]
	return Template(strings.Replace(string(t), string(from.Template()), string(Placeholder{FromAnswer, []string{from.Args[0], string(twist)}}.Template()), 1))
}

// Altered reports whether the placeholder stands for what was answered, twisted.
func (p Placeholder) Altered() bool { return p.Source == FromAnswer && len(p.Args) > 1 }

// Answered is the value of the placeholder of an answer, twisted where it says so. An
// error says that what was answered cannot be twisted without naming something else.
func (p Placeholder) Answered(value string) (string, error) {
	if !p.Altered() {
		return value, nil
	}
	twisted := Twist(p.Args[1]).Of(value)
	if len(value) < DistinctiveLength || twisted == "" {
		return "", fmt.Errorf("%s is too short, or has nothing to alter, to make an id of it that nothing has", p.Args[0])
	}
	return twisted, nil
}

// UnlikeAgain is the template with its first id that nothing has replaced by another
// such id; false where it begins with none of an answer.
func (t Template) UnlikeAgain() (Template, bool) {
	if !t.Begins(UnlikeAnswer) {
		return t, false
	}
	unlike := t.Placeholders()[0]
	args := append(slices.Clone(unlike.Args), "", "")[:unlikeArgs]
	again := Placeholder{UnlikeAnswer, append(args, "again")}
	return Template(strings.Replace(string(t), string(unlike.Template()), string(again.Template()), 1)), true
}

// unlikeArgs are the variable, an example and a greatest length.
const unlikeArgs = 3

// Unknown is the id that nothing has of a placeholder, made like an id.
func (p Placeholder) Unknown(id, runID string) string {
	unknown := UnknownID(id, runID, p.MaxLength())
	if len(p.Args) > unlikeArgs {
		unknown = UnknownID(unknown, runID, p.MaxLength())
	}
	return unknown
}

// OrLike is the template with its first id that nothing has made like an example where
// there is no answer.
func (t Template) OrLike(example string) Template {
	unlike := t.Placeholders()[0]
	made := Placeholder{UnlikeAnswer, append([]string{unlike.Args[0], example}, unlike.Args[min(2, len(unlike.Args)):]...)}
	return Template(strings.Replace(string(t), string(unlike.Template()), string(made.Template()), 1))
}

// Example is what an id that nothing has is made like where there is no answer, "" for none.
func (p Placeholder) Example() string {
	if p.Source != UnlikeAnswer || len(p.Args) < 2 {
		return ""
	}
	return p.Args[1]
}

// MaxLength is the greatest length of an id that nothing has, 0 for any.
func (p Placeholder) MaxLength() int {
	if p.Source != UnlikeAnswer || len(p.Args) < 3 {
		return 0
	}
	length, _ := strconv.Atoi(p.Args[2]) // as Unlike wrote it
	return length
}

// Unique finds the placeholder of a unique variable; false when it is not there.
func (t Template) Unique(name string) (Placeholder, bool) {
	_, after, found := strings.Cut(string(t), open+string(FromRun)+comma+name+comma)
	longest, _, _ := strings.Cut(after, shut)
	return Placeholder{FromRun, []string{name, longest}}, found
}

// Show renders the template for people: placeholders as $VARIABLE.
func (t Template) Show() string {
	var b strings.Builder
	for _, part := range t.Parts() {
		if part.Placeholder != nil {
			b.WriteString("$" + part.Placeholder.Variable())
		}
		b.WriteString(part.Text)
	}
	return b.String()
}

// Placeholders lists what is to be filled, in order.
func (t Template) Placeholders() []Placeholder {
	var list []Placeholder
	for _, part := range t.Parts() {
		if part.Placeholder != nil {
			list = append(list, *part.Placeholder)
		}
	}
	return list
}

// MarshalText shows a template as people read it.
func (t Template) MarshalText() ([]byte, error) { return []byte(t.Show()), nil }
