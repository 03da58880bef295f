package planner

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// draft is a request in the making: decoded values with templates among them.
type draft struct {
	operation   *spec.Operation
	method      string
	path        string                // template of the description, or another path
	parameters  map[string]any        // "in:name" → value
	doubled     string                // the parameter that is sent twice, "" for none
	extra       string                // the query parameter that the description does not know, "" for none
	credentials map[string]credential // by security scheme; absent ones send none
	misplaced   string                // the credentials go here instead of where they belong: query or body
	body        any
	hasBody     bool
	mediaType   string // "" sends no Content-Type
	raw         *plan.Template
	form        *spec.Content  // the body is sent as this, which is not JSON: a form, or a text
	anyBody     bool           // any body will do, for the request is refused before it is looked at
	bound       map[string]any // what the preparation binds
	invented    []string       // parameters whose value names something, and nobody knows whether it exists
	always      []string       // names of headers of every request, see fixtures
	accept      string         // the media type that is accepted, noAccept for no Accept header; "" for all that are documented
	about       string         // the place that the case is about, "" for the whole
}

// credential says what is sent where the value of a security scheme belongs.
type credential struct {
	role  string // of the fixtures; "" sends it empty
	of    string // the scheme whose value it is, when it is another's
	twist plan.Twist
}

// template is the value that goes over the wire.
func (c credential) template(scheme spec.Scheme) plan.Template {
	switch {
	case c.role == "":
		return ""
	case c.twist == plan.TwistBlank:
		return plan.Template(plan.TwistBlank.Of(""))
	}
	source := plan.FromCredential
	if scheme.Prefix == "Basic " {
		source = plan.FromBasic
	}
	arguments := []string{c.role, scheme.Name}
	if c.of != "" {
		arguments[1] = c.of
	}
	if c.twist != "" {
		arguments = append(arguments, string(c.twist))
	}
	return plan.Template(scheme.Prefix) + plan.Placeholder{Source: source, Args: arguments}.Template()
}

// clone copies what is changed in place; a body is changed in a copy of its own.
func (d draft) clone() draft {
	d.parameters = maps.Clone(d.parameters)
	d.credentials = maps.Clone(d.credentials)
	return d
}

// asForm is the same request with a body of its own, sent as a form.
func (d draft) asForm(content *spec.Content, body any) draft {
	d.form, d.mediaType, d.body = content, mediaTypeOf(content), body
	return d
}

// place names a place of the request as coverage does.
func (d draft) place(pointer string) string {
	if d.form != nil && !strings.Contains(pointer, ":") {
		return inForm + pointer
	}
	return pointer
}

// answered reports whether a parameter holds an id that the target itself made.
func (d draft) answered(key string) bool {
	value, ok := d.parameters[key].(string)
	return ok && isAnswer(value)
}

// isAnswer reports whether a text begins with what the target itself answered, in this
// run or before it.
func isAnswer(text string) bool {
	return plan.Template(text).Begins(plan.FromAnswer) || plan.Template(text).Begins(plan.FromKnown)
}

// isUnknown reports whether a text begins with an id that nothing has.
func isUnknown(text string) bool {
	return plan.Template(text).Begins(plan.UnlikeAnswer) || plan.Template(text).Begins(plan.UnlikeKnown)
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
func (d draft) request() (plan.Request, error) {
	r := plan.Request{Method: d.method, Path: plan.Template(d.path)}
	cookies, err := d.writeParameters(&r)
	if err != nil {
		return plan.Request{}, err
	}
	cookies = append(cookies, d.writeCredentials(&r)...)
	if len(cookies) > 0 { // one header holds them all (RFC 6265)
		r.Header = append(r.Header, plan.Field{Name: "Cookie", Value: plan.Template(strings.Join(cookies, "; "))})
	}
	if d.accept == noAccept {
		r.Header = append(r.Header, plan.Field{Name: "Accept"})
	} else if accept := cmp.Or(d.accept, d.operation.Accept()); accept != "" && !hasHeader(r, "Accept") {
		r.Header = append(r.Header, plan.Field{Name: "Accept", Value: plan.Template(accept)})
	}
	for _, name := range d.always {
		if !d.documents(name) && !hasHeader(r, name) {
			r.Header = append(r.Header, plan.Field{Name: name, Value: plan.TemplateOf(plan.FromHeader, name)})
		}
	}
	if !d.hasBody {
		return r, nil
	}
	r.HasBody = true
	if d.mediaType != "" {
		r.Header = append(r.Header, plan.Field{Name: "Content-Type", Value: plan.Template(d.mediaType)})
	}
	r.Body, err = d.writeBody()
	if err != nil {
		return plan.Request{}, err
	}
	return r, nil
}

// documents reports whether a header is a parameter of the operation.
func (d draft) documents(header string) bool {
	return slices.ContainsFunc(d.operation.Parameters, func(p spec.Parameter) bool { return p.In == "header" && strings.EqualFold(p.Name, header) })
}

func hasHeader(r plan.Request, name string) bool {
	return slices.ContainsFunc(r.Header, func(f plan.Field) bool { return strings.EqualFold(f.Name, name) })
}

// writeParameters writes the parameters into a request and returns the cookies among them.
func (d draft) writeParameters(r *plan.Request) (cookies []string, err error) {
	for _, key := range slices.Sorted(maps.Keys(d.parameters)) {
		p := d.parameter(key)
		written, err := fields(p, d.parameters[key])
		if err != nil {
			return nil, err
		}
		if d.doubled == key {
			written = append(written, written...)
		}
		switch p.In {
		case "path":
			if r.Path, err = inPath(r.Path, p.Name, written); err != nil {
				return nil, err
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
		r.Query = append(r.Query, plan.Field{Name: d.extra, Value: "1"})
	}
	return cookies, nil
}

// writeCredentials writes the credentials into a request, misplaced ones of a body
// left out, and returns the cookies among them.
func (d draft) writeCredentials(r *plan.Request) (cookies []string) {
	schemes := d.operation.Description.Schemes
	for _, name := range slices.Sorted(maps.Keys(d.credentials)) {
		scheme := schemes[name]
		value := d.credentials[name].template(scheme)
		switch cmp.Or(d.misplaced, scheme.In) {
		case "header":
			r.Header = append(r.Header, plan.Field{Name: scheme.Field, Value: value})
		case "query":
			r.Query = append(r.Query, plan.Field{Name: scheme.Field, Value: value})
		case "cookie":
			cookies = append(cookies, scheme.Field+"="+string(value))
		}
	}
	return cookies
}

// writeBody writes the body, with the credentials that are misplaced there.
func (d draft) writeBody() (plan.Template, error) {
	body := d.body
	if d.misplaced == "body" {
		for _, name := range slices.Sorted(maps.Keys(d.credentials)) {
			scheme := d.operation.Description.Schemes[name]
			body = generate.Set(body, spec.Pointer(scheme.Field), string(d.credentials[name].template(scheme)))
		}
	}
	switch {
	case d.raw != nil:
		return *d.raw, nil
	case d.form != nil:
		return contentBody(d.form, body)
	}
	return encode(body)
}

// encode writes JSON as people do: no escapes beyond those that JSON demands, keys sorted.
func encode(value any) (plan.Template, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return "", err
	}
	return plan.Template(strings.TrimSuffix(b.String(), "\n")), nil
}
