package strict

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	JSONType = "application/json"
	FormType = "application/x-www-form-urlencoded"

	MaxBody  = 1 << 20 // bytes of a body that is read
	MaxDrain = 8 << 20 // bytes more that are taken in, so that the answer is not lost in a reset
)

// ReadBody reads the body where the operation takes one: its media type and
// its value. Elsewhere a body is ignored.
func (op *Operation) ReadBody(r *http.Request) (string, any, error) {
	if op.bodies == nil {
		return "", nil, nil
	}
	types := r.Header.Values("Content-Type")
	if len(types) != 1 {
		return "", nil, fmt.Errorf("%d Content-Type headers, must be one", len(types))
	}
	mediaType, parameters, err := mime.ParseMediaType(types[0])
	if err != nil {
		return "", nil, errors.New("the media type cannot be read")
	}
	b := op.bodies[mediaType]
	if b == nil {
		return "", nil, errors.New("the media type is not one that this operation reads")
	}
	if charset, ok := parameters["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return "", nil, errors.New("the charset is not UTF-8")
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return "", nil, errors.New("an encoded body is not read")
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err != nil {
		return "", nil, errors.New("the body cannot be read to its end")
	}
	if len(text) > MaxBody {
		return "", nil, fmt.Errorf("the body is larger than %d bytes", MaxBody)
	}
	if mediaType == FormType {
		v, err := readForm(string(text), b.shape)
		if err != nil {
			return "", nil, err
		}
		return mediaType, b.shape.typed(v), nil
	}
	v, err := ReadJSON(text)
	return mediaType, v, err
}

// Drain takes in what is left of a body, within bounds: a connection that is
// closed on unread bytes may lose the answer.
func Drain(body io.Reader) {
	_, _ = io.Copy(io.Discard, io.LimitReader(body, MaxDrain))
}

// readForm reads a form in the style deepObject: a[b][c]=v is the member c of
// the member b of a. Every value is a string, and each name that is described stands
// once. What is not described is passed over, and the last of several is kept.
func readForm(text string, described *shape) (map[string]any, error) {
	top := map[string]any{}
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if err := errors.Join(nameErr, valueErr); err != nil || !utf8.ValidString(name+value) {
			return nil, errors.New("the form is not well encoded")
		}
		first, _, _ := strings.Cut(name, "[")
		if first != "" && !described.has(first) {
			continue
		}
		tokens, err := nameOf(name)
		if err != nil {
			return nil, err
		}
		if err := put(top, tokens, value, described.has(tokens...)); err != nil {
			return nil, fmt.Errorf("the name %q %w", name, err)
		}
	}
	return top, nil
}

// nameOf takes the name of a form's field apart.
func nameOf(name string) ([]string, error) {
	first, rest, nested := strings.Cut(name, "[")
	tokens := []string{first}
	if nested {
		inner, ok := strings.CutSuffix(rest, "]")
		if !ok {
			return nil, fmt.Errorf("the name %q has an open bracket", name)
		}
		tokens = append(tokens, strings.Split(inner, "][")...)
	}
	if len(tokens) > maxDepth || slices.ContainsFunc(tokens, func(t string) bool { return t == "" || strings.ContainsAny(t, "[]") }) {
		return nil, fmt.Errorf("the name %q cannot be read", name)
	}
	return tokens, nil
}

// put sets a value of a form, once where it has to be.
func put(top map[string]any, tokens []string, value string, once bool) error {
	at := top
	for _, token := range tokens[:len(tokens)-1] {
		if at[token] == nil {
			at[token] = map[string]any{}
		}
		next, ok := at[token].(map[string]any)
		if !ok {
			return errors.New("goes on where a value stands")
		}
		at = next
	}
	last := tokens[len(tokens)-1]
	if before, twice := at[last]; twice {
		if _, inner := before.(map[string]any); inner || once {
			return errors.New("is given twice")
		}
	}
	at[last] = value
	return nil
}

// has reports whether a schema describes the member that these names lead to.
func (s *shape) has(names ...string) bool {
	for _, name := range names {
		if s = s.members[name]; s == nil {
			return false
		}
	}
	return true
}

// ReadQuery reads the part of the URL after the question mark.
func ReadQuery(raw string) (url.Values, error) {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, errors.New("the query is not well encoded")
	}
	return query, nil
}

// typed puts the texts of a form in the types that the schema gives them.
func (s *shape) typed(v any) any {
	switch v := v.(type) {
	case string:
		return typed(v, s.kind)
	case map[string]any:
		for name, member := range v {
			if m := s.members[name]; m != nil {
				v[name] = m.typed(member)
			}
		}
	}
	return v
}

// typed returns the value of a type that a text stands for. A text that does
// not fit stays a text, and so fails the validation.
func typed(text, kind string) any {
	switch {
	case kind == "boolean" && text == "true":
		return true
	case kind == "boolean" && text == "false":
		return false
	case kind == "integer" && strings.ContainsAny(text, ".eE"), kind != "integer" && kind != "number":
		return text
	}
	if v, err := ReadJSON([]byte(text)); err == nil && strings.TrimSpace(text) == text {
		if n, ok := v.(json.Number); ok {
			return n
		}
	}
	return text
}
