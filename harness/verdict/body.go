package verdict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"qorcheck/harness/exchange"
	"qorcheck/spec"
)

// Body is a response's body, read strictly.
type Body struct {
	Value     any    // decoded JSON, nil when it is none
	Fault     string // why it is not JSON by RFC 8259 with unique names, "" when it is
	Truncated bool   // not read to its end, or not readable here: nothing is concluded from it
	Empty     bool
}

// deviation is that of a body with a fault.
func (b Body) deviation() Deviation {
	if b.Empty {
		return Missing
	}
	return Unreadable
}

// readBody decodes a body in full: duplicate names, bytes after the value and
// invalid UTF-8 are faults, which encoding/json lets pass.
func readBody(a *exchange.Answer) Body {
	b := Body{Truncated: a.Truncated}
	switch encoding := a.Header.Get("Content-Encoding"); {
	case !a.Truncated && len(a.Body) > 0 && !exchange.KnowsCodings(a.Header):
		b.Fault, b.Truncated = fmt.Sprintf("encoded as %q, a content coding that is not known here", shorten(encoding)), true
	case encoding != "" && !strings.EqualFold(encoding, "identity") && !a.Decoded && !a.Truncated && len(a.Body) > 0:
		b.Fault = fmt.Sprintf("encoded as %q, which the request did not accept, and not decodable as such", shorten(encoding))
	case a.Truncated:
		b.Fault = fmt.Sprintf("longer than the %d bytes that are judged", len(a.Body))
	case len(bytes.TrimSpace(a.Body)) == 0:
		b.Fault, b.Empty = "an empty body", true
	case !utf8.Valid(a.Body):
		b.Fault = "a body that is not UTF-8"
	default:
		if escape := loneSurrogate(a.Body); escape != "" {
			b.Fault = "not JSON that means one text: it has the lone surrogate " + escape
			return b
		}
		if value, ok := decodeFast(a.Body); ok {
			b.Value = value
			return b
		}
		d := json.NewDecoder(bytes.NewReader(a.Body))
		d.UseNumber()
		value, err := decode(d, 0)
		if err == nil {
			if _, more := d.Token(); !errors.Is(more, io.EOF) {
				err = errors.New("bytes after the JSON value")
			}
		}
		if err != nil {
			b.Fault = describe(err, a.Body)
			return b
		}
		b.Value = value
	}
	return b
}

// describe says why a body is not JSON, and how it begins.
func describe(err error, body []byte) string {
	start := strings.Join(strings.Fields(shorten(string(body))), " ")
	return fmt.Sprintf("not JSON (%s), beginning %q", err, start)
}

// maxDepth is how deep JSON may be nested.
const maxDepth = 1000

// decodeFast decodes what is JSON beyond doubt. Names that stand twice are found by
// counting: an object keeps one of each.
func decodeFast(data []byte) (value any, ok bool) {
	value, err := spec.DecodeJSON(data)
	if err != nil {
		return nil, false
	}
	written, depth := members(data)
	return value, written == memberCount(value) && depth < maxDepth
}

// members counts the members of the objects in a JSON text, and how deep it is nested.
func members(data []byte) (count, deep int) {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			for i++; data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
		case ':':
			count++
		case '{', '[':
			depth++
			deep = max(deep, depth)
		case '}', ']':
			depth--
		}
	}
	return count, deep
}

// memberCount counts the members of the objects in a decoded value.
func memberCount(value any) int {
	n := 0
	switch v := value.(type) {
	case map[string]any:
		n = len(v)
		for _, inner := range v {
			n += memberCount(inner)
		}
	case []any:
		for _, inner := range v {
			n += memberCount(inner)
		}
	}
	return n
}

func decode(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	token, err := d.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		object := map[string]any{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			name, ok := key.(string)
			if !ok {
				return nil, fmt.Errorf("a name that is no string: %v", key)
			}
			if _, twice := object[name]; twice {
				return nil, fmt.Errorf("the name %q twice in one object", name)
			}
			if object[name], err = decode(d, depth+1); err != nil {
				return nil, err
			}
		}
		_, err := d.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			value, err := decode(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err := d.Token()
		return list, err
	}
	if number, ok := token.(json.Number); ok {
		value, ok := spec.Number(string(number))
		if !ok {
			return nil, fmt.Errorf("a number out of range at byte %d", d.InputOffset())
		}
		return value, nil
	}
	return token, nil
}

// loneSurrogate returns the first escape of a surrogate without its other half, which no
// text has, "" for none.
func loneSurrogate(data []byte) string {
	for i := 0; ; {
		at := bytes.IndexByte(data[i:], '\\')
		if at < 0 || i+at+1 >= len(data) {
			return ""
		}
		i += at
		first := escaped(data[i:])
		switch {
		case first < 0:
			i += 2
		case !utf16.IsSurrogate(first):
			i += 6
		case utf16.DecodeRune(first, escaped(data[i+6:])) == unicode.ReplacementChar:
			return string(data[i : i+6])
		default:
			i += 12
		}
	}
}

// escaped returns what an escape of four hexadecimal digits at the start of data stands
// for, -1 where there is none.
func escaped(data []byte) rune {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// mischarset says in which charset a header has a text that it cannot be in, "" where
// it may be. JSON is UTF-8; the names are those of charsets of other bytes.
func mischarset(h http.Header, body []byte) string {
	_, parameters, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return ""
	}
	name := strings.ToLower(parameters["charset"])
	wide := strings.HasPrefix(name, "utf-16") || strings.HasPrefix(name, "utf-32") || strings.HasPrefix(name, "ucs-")
	ascii := name == "us-ascii" || name == "ascii"
	if wide && utf8.Valid(body) && !bytes.ContainsRune(body, 0) || ascii && bytes.ContainsFunc(body, func(c rune) bool { return c > unicode.MaxASCII }) {
		return shorten(parameters["charset"])
	}
	return ""
}

// mediaTypeOf returns the media type of a response without parameters, lower case.
func mediaTypeOf(a *exchange.Answer) string {
	base, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil {
		base, _, _ = strings.Cut(a.Header.Get("Content-Type"), ";")
		base = strings.ToLower(strings.TrimSpace(base))
	}
	return base
}

// textAt finds a non-blank string in a body, or says how what is there deviates
// from one; the deviation is zero where it does not.
func textAt(body any, pointer string) (text string, deviation Deviation) {
	found, there := spec.Lookup(body, pointer)
	if !there {
		return "", Missing
	}
	s, ok := found.(string)
	switch {
	case !ok:
		return "", Type
	case spec.Blank(s):
		return "", Value
	}
	return s, 0
}

// differs is the deviation of a value that is not the wanted one.
func differs(body any, pointer string) Deviation {
	if _, there := spec.Lookup(body, pointer); !there {
		return Missing
	}
	return Value
}
