package plan

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/spec"
)

// draft is a request in the making: decoded values with templates among them.
type draft struct {
	operation   *spec.Operation
	method      string
	path        string            // template of the description, or another path
	parameters  map[string]any    // "in:name" → value
	twice       string            // the parameter that is sent twice, "" for none
	credentials map[string]string // security scheme → role; "" sends the header empty, absent schemes send none
	body        any
	hasBody     bool
	mediaType   string // "" sends no Content-Type
	raw         *Template
	form        *spec.Content  // the body is sent as this form
	bound       map[string]any // what the preparation binds
}

func (d draft) clone() draft {
	d.parameters = maps.Clone(d.parameters)
	d.credentials = maps.Clone(d.credentials)
	d.body = generate.Copy(d.body)
	return d
}

// asForm is the same request with a body of its own, sent as a form.
func (d draft) asForm(content *spec.Content, body any) draft {
	d = d.clone()
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
	schemes := d.operation.Description.Schemes
	for _, name := range slices.Sorted(maps.Keys(d.credentials)) {
		scheme, role := schemes[name], d.credentials[name]
		value := Template("")
		if role != "" {
			source := FromCredential
			if scheme.Prefix == "Basic " {
				source = FromBasic
			}
			value = Template(scheme.Prefix) + Placeholder{source, []string{role, name}}.Template()
		}
		switch scheme.In {
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
