package strict

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxDepth  = 64   // levels of arrays and objects in a body
	maxNumber = 1000 // bytes of one number, and the largest exponent of ten
)

// ReadJSON reads one JSON text as RFC 8259 has it, and nothing else: no byte
// order mark, no duplicate names, no half surrogates, no bytes after the
// value. Objects become map[string]any, numbers json.Number. Nesting and the
// size of numbers are limited, as the RFC allows.
func ReadJSON(text []byte) (any, error) {
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("the body is not UTF-8")
	}
	r := &jsonReader{text: text}
	r.space()
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	r.space()
	if r.at < len(r.text) {
		return nil, r.unexpected("after the value")
	}
	return v, nil
}

type jsonReader struct {
	text []byte
	at   int
}

func (r *jsonReader) unexpected(where string) error {
	if r.at >= len(r.text) {
		return fmt.Errorf("the body ends %s", where)
	}
	c, _ := utf8.DecodeRune(r.text[r.at:])
	return fmt.Errorf("unexpected %q at byte %d, %s", c, r.at, where)
}

// peek returns the next byte, 0 at the end: a raw NUL is no part of JSON.
func (r *jsonReader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

func (r *jsonReader) space() {
	for {
		switch r.peek() {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

func (r *jsonReader) value(depth int) (any, error) {
	switch c := r.peek(); {
	case c == '{' || c == '[':
		if depth++; depth > maxDepth {
			return nil, fmt.Errorf("nested deeper than %d levels", maxDepth)
		}
		if c == '{' {
			return r.object(depth)
		}
		return r.array(depth)
	case c == '"':
		return r.str()
	case c == '-' || IsDigit(c):
		return r.number()
	case c == 't':
		return true, r.literal("true")
	case c == 'f':
		return false, r.literal("false")
	case c == 'n':
		return nil, r.literal("null")
	}
	return nil, r.unexpected("instead of a value")
}

func (r *jsonReader) literal(word string) error {
	for i := range len(word) {
		if r.peek() != word[i] {
			return r.unexpected("in " + word)
		}
		r.at++
	}
	return nil
}

func (r *jsonReader) object(depth int) (any, error) {
	members := map[string]any{}
	r.at++
	r.space()
	if r.peek() == '}' {
		r.at++
		return members, nil
	}
	for {
		if r.peek() != '"' {
			return nil, r.unexpected("instead of a name")
		}
		name, err := r.str()
		if err != nil {
			return nil, err
		}
		if _, twice := members[name]; twice {
			return nil, fmt.Errorf("the name %q is given twice", name)
		}
		r.space()
		if r.peek() != ':' {
			return nil, r.unexpected("instead of a colon")
		}
		r.at++
		r.space()
		if members[name], err = r.value(depth); err != nil {
			return nil, err
		}
		r.space()
		switch r.peek() {
		case ',':
			r.at++
			r.space()
		case '}':
			r.at++
			return members, nil
		default:
			return nil, r.unexpected("in an object")
		}
	}
}

func (r *jsonReader) array(depth int) (any, error) {
	items := []any{}
	r.at++
	r.space()
	if r.peek() == ']' {
		r.at++
		return items, nil
	}
	for {
		v, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
		r.space()
		switch r.peek() {
		case ',':
			r.at++
			r.space()
		case ']':
			r.at++
			return items, nil
		default:
			return nil, r.unexpected("in an array")
		}
	}
}

func (r *jsonReader) number() (any, error) {
	start := r.at
	if r.peek() == '-' {
		r.at++
	}
	if r.peek() == '0' {
		r.at++
	} else if !r.digits() {
		return nil, r.unexpected("in a number")
	}
	if r.peek() == '.' {
		r.at++
		if !r.digits() {
			return nil, r.unexpected("in a fraction")
		}
	}
	if c := r.peek(); c == 'e' || c == 'E' {
		r.at++
		if c := r.peek(); c == '+' || c == '-' {
			r.at++
		}
		exponent := r.at
		if !r.digits() {
			return nil, r.unexpected("in an exponent")
		}
		if n, err := strconv.Atoi(string(r.text[exponent:r.at])); err != nil || n > maxNumber {
			return nil, fmt.Errorf("the number at byte %d is out of range", start)
		}
	}
	if r.at-start > maxNumber {
		return nil, fmt.Errorf("the number at byte %d is too long", start)
	}
	return json.Number(r.text[start:r.at]), nil
}

func (r *jsonReader) digits() bool {
	start := r.at
	for IsDigit(r.peek()) {
		r.at++
	}
	return r.at > start
}

func (r *jsonReader) str() (string, error) {
	r.at++
	start := r.at
	for r.peek() >= ' ' && r.peek() != '"' && r.peek() != '\\' {
		r.at++
	}
	if r.peek() == '"' { // nothing escaped: the common case
		r.at++
		return string(r.text[start : r.at-1]), nil
	}
	out := append([]byte(nil), r.text[start:r.at]...)
	for {
		c := r.peek()
		switch {
		case c == '"':
			r.at++
			return string(out), nil
		case c < ' ':
			return "", r.unexpected("in a string")
		case c != '\\':
			out = append(out, c)
			r.at++
		default:
			r.at++
			char, err := r.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, char)
		}
	}
}

func (r *jsonReader) escape() (rune, error) {
	c := r.peek()
	r.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		first, err := r.hex4()
		if err != nil || !utf16.IsSurrogate(first) {
			return first, err
		}
		if r.peek() == '\\' && r.at+1 < len(r.text) && r.text[r.at+1] == 'u' {
			r.at += 2
			second, err := r.hex4()
			if err != nil {
				return 0, err
			}
			if pair := utf16.DecodeRune(first, second); pair != utf8.RuneError {
				return pair, nil
			}
		}
		return 0, fmt.Errorf("half of a surrogate pair before byte %d", r.at)
	}
	r.at--
	return 0, r.unexpected("in an escape")
}

func (r *jsonReader) hex4() (rune, error) {
	var n rune
	for range 4 {
		c := r.peek()
		switch {
		case IsDigit(c):
			n = n<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			n = n<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			n = n<<4 | rune(c-'A'+10)
		default:
			return 0, r.unexpected("in an escape")
		}
		r.at++
	}
	return n, nil
}

func IsDigit(c byte) bool { return '0' <= c && c <= '9' }
