package planner

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"

	"qorcheck/harness/generate"
	"qorcheck/harness/plan"
	"qorcheck/spec"
)

// boundary stands between the parts of a form in parts. No value holds it.
const boundary = "qorcheck-7d1f0c6a2b-part"

// mediaTypeOf is the media type under which a content is sent.
func mediaTypeOf(content *spec.Content) string {
	if spec.Multipart(content.SentAs) {
		return "multipart/form-data; boundary=" + boundary
	}
	return content.SentAs
}

// contentBody writes a body of a content.
func contentBody(content *spec.Content, value any) (plan.Template, error) {
	switch {
	case spec.JSON(content.SentAs):
		return encode(value)
	case spec.Form(content.SentAs):
		return formText(content, value)
	case spec.Multipart(content.SentAs):
		return partsText(content, value)
	}
	switch value.(type) {
	case nil, []any, map[string]any:
		return "", fmt.Errorf("a body of the media type %s is a text, and this is none", content.SentAs)
	}
	return parameterText(value), nil
}

// partsText writes an object as a form in parts: one for each field, and for each item of
// a list. Objects are parts of JSON, binary data are files.
func partsText(content *spec.Content, value any) (plan.Template, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return "", errors.New("only an object is sent as a form")
	}
	m := generate.Maker{Schema: content.Schema}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(object)) {
		pointer, items := spec.Pointer(name), []any{object[name]}
		if list, isList := object[name].([]any); isList && !spec.JSON(content.Encoding[name].MediaType) {
			pointer, items = pointer+"/0", list
		}
		for _, item := range items {
			mediaType, file := content.Encoding[name].MediaType, false
			switch item.(type) {
			case nil:
				return "", fmt.Errorf("%s: a form has no null", name)
			case map[string]any, []any:
				if mediaType == "" {
					mediaType = "application/json"
				}
			}
			if s := m.At(pointer); s != nil && s.Format == "binary" {
				file = true
				if mediaType == "" || strings.Contains(mediaType, "*") {
					mediaType = "application/octet-stream"
				}
			}
			b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + quoted.Replace(name) + "\"")
			if file {
				b.WriteString("; filename=\"file\"")
			}
			if mediaType != "" {
				b.WriteString("\r\nContent-Type: " + mediaType)
			}
			for _, h := range content.Encoding[name].Headers {
				line, err := headerLine(h)
				if err != nil {
					return "", fmt.Errorf("%s: %w", name, err)
				}
				b.WriteString("\r\n" + line)
			}
			text, err := partText(item, mediaType)
			if err != nil {
				return "", fmt.Errorf("%s: %w", name, err)
			}
			b.WriteString("\r\n\r\n" + text + "\r\n")
		}
	}
	return plan.Template(b.String() + "--" + boundary + "--\r\n"), nil
}

// headerLine makes a header of a part.
func headerLine(h spec.Header) (string, error) {
	value := generate.Maker{Schema: h.Schema}.Make(generate.OnlyRequired)
	text := parameterText(value).Show()
	switch value.(type) {
	case nil, []any, map[string]any:
		return "", fmt.Errorf("the header %s of a part is made of a text alone", h.Name)
	}
	if found := h.Violations([]string{text}); len(found) > 0 {
		return "", fmt.Errorf("the header %s of a part: %s", h.Name, generate.Words(found))
	}
	return h.Name + ": " + text, nil
}

// quoted escapes the name of a part as browsers do.
var quoted = strings.NewReplacer("\"", "%22", "\r", "%0D", "\n", "%0A")

func partText(item any, mediaType string) (string, error) {
	if spec.JSON(mediaType) {
		text, err := encode(item)
		return string(text), err
	}
	switch item.(type) {
	case map[string]any, []any:
		return "", fmt.Errorf("a part of the media type %s is a text, and this is none", mediaType)
	}
	return string(parameterText(item)), nil
}

// read decodes a body from its bytes.
func read(body string, content *spec.Content) (value any, err error) {
	m := generate.Maker{Schema: content.Schema}
	switch {
	case spec.Form(content.SentAs):
		return readForm(body, content)
	case spec.Multipart(content.SentAs):
		return readParts(body, content)
	case !spec.JSON(content.SentAs):
		return m.Read("", body), nil
	}
	if value, err = spec.DecodeJSON([]byte(body)); err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	return value, nil
}

// readParts reads a form in parts back from its bytes.
func readParts(body string, content *spec.Content) (any, error) {
	m := generate.Maker{Schema: content.Schema}
	root := map[string]any{}
	if !strings.HasSuffix(body, "--"+boundary+"--\r\n") {
		return nil, errors.New("the form is not well formed: its end is missing")
	}
	reader := multipart.NewReader(strings.NewReader(body), boundary)
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the form is not well formed: %w", err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, fmt.Errorf("the form is not well formed: %w", err)
		}
		name, err := url.PathUnescape(part.FormName())
		if err != nil {
			name = part.FormName()
		}
		repeats := m.Repeats(name) && !spec.JSON(content.Encoding[name].MediaType)
		pointer := spec.Pointer(name)
		if repeats {
			pointer += "/0"
		}
		var value any
		if !spec.JSON(part.Header.Get("Content-Type")) {
			value = m.Read(pointer, string(data))
		} else if value, err = spec.DecodeJSON(data); err != nil {
			return nil, fmt.Errorf("the part %s of the form is not JSON: %w", name, err)
		}
		if _, twice := root[name]; twice && !repeats {
			return nil, fmt.Errorf("the form has the field %s twice", name)
		}
		if repeats {
			list, _ := root[name].([]any)
			value = append(list, value)
		}
		root[name] = value
	}
}

// bodyless says which media types of an operation are not made, where it takes no other;
// "" when a body can be made or none is described.
func bodyless(o *spec.Operation) string {
	if o.Body == nil || o.Body.Fields() != nil || len(o.Body.Content) == 0 {
		return ""
	}
	return strings.Join(slices.Sorted(maps.Keys(typesIn(o.Body))), ", ")
}

func typesIn(b *spec.Body) map[string]bool {
	types := map[string]bool{}
	for _, c := range b.Content {
		types[c.MediaType] = true
	}
	return types
}
