package planner

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// parameterViolations judges the parameters of a request by what is sent of them.
func (d *drafter) parameterViolations(made draft, r plan.Request) ([]spec.Violation, error) {
	if len(made.operation.Parameters) == 0 {
		return nil, nil
	}
	got, err := d.receive(r)
	if err != nil {
		return nil, err
	}
	var all []spec.Violation
	for _, p := range made.operation.Parameters {
		sent, err := got.of(made, p)
		if err != nil {
			return nil, err
		}
		found, err := violationsOf(p, sent, made.parameters[p.In+":"+p.Name])
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// violationsOf judges a parameter by what is sent of it. A value that holds what only a
// run knows is not judged.
func violationsOf(p spec.Parameter, sent []pair, value any) ([]spec.Violation, error) {
	where := p.In + ":" + p.Name
	if len(sent) == 0 {
		if p.Required {
			return []spec.Violation{{Pointer: where, Keyword: "required", Reason: "is required and missing"}}, nil
		}
		return nil, nil
	}
	for _, field := range sent {
		text := field.value
		if plain, err := url.PathUnescape(text); p.In == "path" && err == nil {
			text = plain
		}
		if !carries(p.In, text) {
			return nil, fmt.Errorf("the %s parameter %s cannot carry %s", p.In, p.Name, cannotCarry(p.In, text))
		}
	}
	if holdsPlaceholder(value) {
		return nil, nil
	}
	read, err := readParameter(p, sent)
	if err != nil {
		return nil, fmt.Errorf("the %s parameter %s %w", p.In, p.Name, err)
	}
	if !sameParts(value, read) {
		return nil, fmt.Errorf("the %s parameter %s is read back as another value: a text in it holds what separates its parts", p.In, p.Name)
	}
	found := p.Schema.Violations(read, spec.Sent)
	for i := range found {
		found[i].Pointer = where + found[i].Pointer
	}
	return found, nil
}

// sameParts reports whether a list or an object is read back as it was meant. Of other values
// the type may have changed, which their schema judges.
func sameParts(meant, read any) bool {
	switch meant.(type) {
	case []any, map[string]any:
		a, errA := encode(meant)
		b, errB := encode(read)
		return errA == nil && errB == nil && a == b
	}
	return true
}

// holdsPlaceholder reports whether a value, or one within it, is filled by a run.
func holdsPlaceholder(value any) bool {
	switch v := value.(type) {
	case string:
		return plan.Template(v).HasPlaceholders()
	case []any:
		return slices.ContainsFunc(v, holdsPlaceholder)
	case map[string]any:
		for _, inner := range v {
			if holdsPlaceholder(inner) {
				return true
			}
		}
	}
	return false
}

// readParameter reads a parameter back from what is sent of it, by the rules of its
// content or style and not by what it was made from. Where the schema takes several types,
// it is read as one that the schema allows.
func readParameter(p spec.Parameter, sent []pair) (any, error) {
	m := generate.Maker{Schema: p.Schema}
	if p.MediaType != "" {
		text, err := decoder(p)(sent[0].value)
		if err != nil || !spec.JSON(p.MediaType) {
			return text, err
		}
		value, err := spec.DecodeJSON([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("is not JSON: %w", err)
		}
		return value, nil
	}
	var first any
	for i, as := range readingsOf(generate.Types(p.Schema.Schema), m) {
		value, err := as(p, m, sent)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			first = value
		}
		if len(p.Schema.Violations(value, spec.Sent)) == 0 {
			return value, nil
		}
	}
	return first, nil
}

// reading reads what is sent of a parameter as values of one type.
type reading func(p spec.Parameter, m generate.Maker, sent []pair) (any, error)

// readingsOf lists how a parameter of some types can be read.
func readingsOf(types map[string]bool, m generate.Maker) []reading {
	var list []reading
	if types["array"] {
		list = append(list, readList)
	}
	if types["object"] {
		list = append(list, readObject)
	}
	if len(list) == 0 || types["string"] || types["number"] || types["integer"] || types["boolean"] {
		list = append(list, readText)
	}
	if !m.Is("array") && !m.Is("object") {
		slices.Reverse(list)
	}
	return list
}

func readText(p spec.Parameter, m generate.Maker, sent []pair) (any, error) {
	text := sent[0].value
	switch p.Style {
	case "label":
		text = strings.TrimPrefix(text, ".")
	case "matrix":
		_, text, _ = strings.Cut(text, "=")
	}
	text, err := decoder(p)(text)
	return m.Read("", text), err
}

func readList(p spec.Parameter, m generate.Maker, sent []pair) (any, error) {
	parts, err := partsOf(p, sent)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for i, part := range parts {
		pointer := spec.Pointer(strconv.Itoa(i))
		if m.At(pointer) == nil { // places of items are named by the first
			pointer = "/0"
		}
		list = append(list, m.Read(pointer, part))
	}
	return list, nil
}

func readObject(p spec.Parameter, m generate.Maker, sent []pair) (any, error) {
	object := map[string]any{}
	decode := decoder(p)
	set := func(name, text string) error {
		name, nameErr := decode(name)
		text, textErr := decode(text)
		object[name] = m.Read(spec.Pointer(name), text)
		return errors.Join(nameErr, textErr)
	}
	if p.Style == "deepObject" || apart(p) {
		for _, field := range sent {
			name := strings.TrimSuffix(strings.TrimPrefix(field.name, p.Name+"["), "]")
			text, err := decode(field.value)
			if err != nil {
				return nil, err
			}
			object[name] = m.Read(spec.Pointer(name), text)
		}
		return object, nil
	}
	parts, err := rawParts(p, sent[0].value)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(parts); i++ {
		name, text, pair := strings.Cut(parts[i], "=")
		if !p.Explode || !pair {
			if name, text = parts[i], ""; i+1 < len(parts) {
				i++
				text = parts[i]
			}
		}
		if err := set(name, text); err != nil {
			return nil, err
		}
	}
	return object, nil
}

// partsOf lists the items that are sent of a list.
func partsOf(p spec.Parameter, sent []pair) (parts []string, err error) {
	if apart(p) {
		for _, field := range sent {
			parts = append(parts, field.value)
		}
	} else if parts, err = rawParts(p, sent[0].value); err != nil {
		return nil, err
	}
	decode := decoder(p)
	for i, text := range parts {
		if p.Style == "matrix" && p.Explode {
			_, text, _ = strings.Cut(text, "=")
		}
		if parts[i], err = decode(text); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// rawParts splits what is sent in one text at the separators of its style, before it is decoded.
func rawParts(p spec.Parameter, text string) ([]string, error) {
	between := separators[p.Style]
	switch {
	case p.Style == "label":
		if text = strings.TrimPrefix(text, "."); p.Explode {
			between = "."
		}
	case p.Style == "matrix" && p.Explode:
		text, between = strings.TrimPrefix(text, ";"), ";"
	case p.Style == "matrix":
		_, text, _ = strings.Cut(text, "=")
	}
	parts := strings.Split(text, between)
	plain, err := decoder(p)(between)
	decoded, wrong := decoder(p)(text)
	if err = errors.Join(err, wrong); err != nil {
		return nil, err
	}
	if strings.Count(decoded, plain) != len(parts)-1 {
		return nil, fmt.Errorf("has a value that holds %q, which servers that unescape before they split take for a separator", plain)
	}
	return parts, nil
}

// decoder decodes a text of the place of a parameter.
func decoder(p spec.Parameter) func(string) (string, error) {
	switch p.In {
	case "query":
		return url.QueryUnescape
	case "path":
		return url.PathUnescape
	}
	return func(text string) (string, error) { return text, nil }
}

// cannotCarry names what of a text does not arrive.
func cannotCarry(in, text string) string {
	if in == "path" {
		return "a slash: many servers take it for the end of a segment, however it is encoded"
	}
	for _, c := range text {
		if !carries(in, "x"+string(c)+"x") {
			return fmt.Sprintf("%q, which no %s holds", c, in)
		}
	}
	return "white space around a text"
}

// carries reports whether a text arrives as it is: white space around a header is
// no part of it (RFC 9110), cookies leave out some characters (RFC 6265), and many servers
// decode a path before they part it.
func carries(in, text string) bool {
	switch in {
	case "path":
		return !strings.ContainsAny(text, `/\`)
	case "header":
		return text == strings.TrimSpace(text) && !strings.ContainsFunc(text, unicode.IsControl)
	case "cookie":
		return !strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(`",;\`, c) })
	}
	return true
}
