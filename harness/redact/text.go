package redact

import (
	"encoding/json"
	"strings"
)

// Text is a text without secrets, and with nothing in it that cannot be printed. A
// Redactor makes it, Constant makes it of a literal, and JSON reads back what was
// stored: there is no other way to fill one, so that what takes nothing but a Text
// shows no secret.
type Text struct{ text string }

// constant is what the literals of a program can be, and no variable.
type constant string

// Constant makes a text of a literal.
func Constant(literal constant) Text { return Text{string(literal)} }

// String is the text as it may be shown.
func (t Text) String() string { return t.text }

// IsZero reports whether the text is empty.
func (t Text) IsZero() bool { return t.text == "" }

// Strings are several texts as they may be shown.
func Strings(texts []Text) []string {
	list := make([]string, len(texts))
	for i, t := range texts {
		list[i] = t.text
	}
	return list
}

// Cut shortens the text to at most max bytes, see the function of that name.
func (t Text) Cut(max int) Text { return Text{Cut(t.text, max)} }

// Compare orders texts by their bytes.
func (t Text) Compare(other Text) int { return strings.Compare(t.text, other.text) }

// MarshalText lets JSON store the text as a string. What writes the JSON escapes it.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.text), nil }

// UnmarshalJSON reads back what was stored. Somebody else may have written it: it is
// made printable again.
func (t *Text) UnmarshalJSON(data []byte) error {
	err := json.Unmarshal(data, &t.text)
	t.text = Printable(t.text)
	return err
}
