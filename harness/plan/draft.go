package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"qorcheck/harness/generate"
	"qorcheck/spec"
)

// draft is a request in the making: decoded values with templates among them.
type draft struct {
	operation   *spec.Operation
	method      string
	path        string                // template of the description, or another path
	parameters  map[string]any        // "in:name" → value
	twice       string                // the parameter that is sent twice, "" for none
	extra       string                // the query parameter that the description does not know, "" for none
	credentials map[string]credential // by security scheme; absent ones send none
	misplaced   string                // the credentials go here instead of where they belong: query or body
	body        any
	hasBody     bool
	mediaType   string // "" sends no Content-Type
	raw         *Template
	form        *spec.Content  // the body is sent as this form
	bound       map[string]any // what the preparation binds
	special     string         // the place that the case is about, "" for the whole
}

// credential says what is sent where the value of a security scheme belongs.
type credential struct {
	role  string // of the fixtures; "" sends it empty
	of    string // the scheme whose value it is, when it is another's
	twist twist
}

// twist is what is done to the value of a credential.
type twist string

// The twists.
const (
	truncated twist = "truncated"  // the last character is left out
	otherCase twist = "other-case" // small letters become capitals, and capitals small
	longer    twist = "longer"     // the last character comes twice
	blank     twist = "blank"      // nothing but white space
)

// of returns a twisted text, "" when the twist leaves it as it is.
func (t twist) of(text string) string {
	changed := text
	switch t {
	case truncated:
		changed = text[:max(len(text)-1, 0)]
	case otherCase:
		changed = strings.Map(func(c rune) rune {
			if unicode.IsUpper(c) {
				return unicode.ToLower(c)
			}
			return unicode.ToUpper(c)
		}, text)
	case longer:
		changed = text + text[max(len(text)-1, 0):]
	case blank:
		return "   "
	default:
		return text
	}
	if changed == text {
		return ""
	}
	return changed
}

// Twisted lists what a secret becomes by twists that leave most of it: as secret as the whole.
func Twisted(secret string) []string {
	var list []string
	for _, t := range []twist{truncated, otherCase, longer} {
		if changed := t.of(secret); changed != "" {
			list = append(list, changed)
		}
	}
	return list
}

// template is the value that goes over the wire.
func (c credential) template(scheme spec.Scheme) Template {
	switch {
	case c.role == "":
		return ""
	case c.twist == blank:
		return Template(blank.of(""))
	}
	source := FromCredential
	if scheme.Prefix == "Basic " {
		source = FromBasic
	}
	arguments := []string{c.role, scheme.Name}
	if c.of != "" {
		arguments[1] = c.of
	}
	if c.twist != "" {
		arguments = append(arguments, string(c.twist))
	}
	return Template(scheme.Prefix) + Placeholder{source, arguments}.Template()
}

// clone copies what is changed in place; a body is changed in a copy of its own.
func (d draft) clone() draft {
	d.parameters = maps.Clone(d.parameters)
	d.credentials = maps.Clone(d.credentials)
	return d
}

// asForm is the same request with a body of its own, sent as a form.
func (d draft) asForm(content *spec.Content, body any) draft {
	d.form, d.mediaType, d.body = content, content.MediaType, body
	return d
}

// place names a place of the request as coverage does.
func (d draft) place(pointer string) string {
	if d.form != nil {
		return inForm + pointer
	}
	return pointer
}

// at finds the value that a runtime expression names, without its $request.
func (d draft) at(expression string) (any, bool) {
	if pointer, ok := strings.CutPrefix(expression, "body#"); ok {
		return spec.Lookup(d.body, pointer)
	}
	in, name, _ := strings.Cut(expression, ".")
	value, ok := d.parameters[in+":"+name]
	return value, ok
}

// request serialises the draft.
func (d draft) request() (Request, error) {
	r := Request{Method: d.method, Path: Template(d.path)}
	var cookies []string
	for _, key := range slices.Sorted(maps.Keys(d.parameters)) {
		p := d.parameter(key)
		written, err := fields(p, d.parameters[key])
		if err != nil {
			return Request{}, err
		}
		if d.twice == key {
			written = append(written, written...)
		}
		switch p.In {
		case "path":
			if r.Path, err = inPath(r.Path, p.Name, written[0].Value); err != nil {
				return Request{}, err
			}
		case "query":
			r.Query = append(r.Query, written...)
		case "header":
			r.Header = append(r.Header, written...)
		case "cookie":
			for _, field := range written {
				cookies = append(cookies, field.Name+"="+string(field.Value))
			}
		}
	}
	if d.extra != "" {
		r.Query = append(r.Query, Field{d.extra, "1"})
	}
	schemes := d.operation.Description.Schemes
	for _, name := range slices.Sorted(maps.Keys(d.credentials)) {
		scheme := schemes[name]
		value := d.credentials[name].template(scheme)
		switch place := cmp.Or(d.misplaced, scheme.In); place {
		case "body":
			d.body = generate.Set(d.body, spec.Pointer(scheme.Field), string(value))
		case "header":
			r.Header = append(r.Header, Field{scheme.Field, value})
		case "query":
			r.Query = append(r.Query, Field{scheme.Field, value})
		case "cookie":
			cookies = append(cookies, scheme.Field+"="+string(value))
		}
	}
	if len(cookies) > 0 { // one header holds them all (RFC 6265)
		r.Header = append(r.Header, Field{"Cookie", Template(strings.Join(cookies, "; "))})
	}
	if d.hasBody {
		r.HasBody = true
		if d.mediaType != "" {
			r.Header = append(r.Header, Field{"Content-Type", Template(d.mediaType)})
		}
		switch {
		case d.raw != nil:
			r.Body = *d.raw
		case d.form != nil:
			body, err := formText(d.body)
			if err != nil {
				return Request{}, err
			}
			r.Body = body
		default:
			body, err := encode(d.body)
			if err != nil {
				return Request{}, err
			}
			r.Body = body
		}
	}
	return r, nil
}

// encode writes JSON as people do: no escapes beyond those that JSON demands, keys sorted.
func encode(value any) (Template, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return "", err
	}
	return Template(strings.TrimSuffix(b.String(), "\n")), nil
}
