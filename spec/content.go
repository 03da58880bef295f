package spec

import (
	"strings"
)

// Body is a request body.
type Body struct {
	Required bool
	Content  []Content // by media type, JSON first
}

// Content is a body of one media type.
type Content struct {
	MediaType string
	Schema    Schema
	HasSchema bool
	Examples  []Example
}

// Example is a named example.
type Example struct {
	Name  string
	Value any
}

// JSON reports whether a media type is JSON.
func JSON(mediaType string) bool {
	base := baseType(mediaType)
	return base == "application/json" || strings.HasSuffix(base, "+json")
}

// Form reports whether a media type is that of a URL-encoded form.
func Form(mediaType string) bool { return baseType(mediaType) == "application/x-www-form-urlencoded" }

// baseType is a media type in lower case, without its parameters.
func baseType(mediaType string) string {
	base, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	return strings.TrimSpace(base)
}

// JSON returns the JSON content of a body, nil when there is none.
func (b *Body) JSON() *Content {
	if b == nil {
		return nil
	}
	return jsonContent(b.Content)
}

// Form returns the form content of a body, nil when there is none.
func (b *Body) Form() *Content {
	if b == nil {
		return nil
	}
	for i, c := range b.Content {
		if Form(c.MediaType) {
			return &b.Content[i]
		}
	}
	return nil
}

// Fields returns the content that requests are made from: JSON, or a form where an
// operation accepts no JSON; nil when it accepts neither or has no schema for it.
func (b *Body) Fields() *Content {
	content := b.JSON()
	if content == nil {
		content = b.Form()
	}
	if content == nil || !content.HasSchema {
		return nil
	}
	return content
}

func jsonContent(list []Content) *Content {
	for i, c := range list {
		if JSON(c.MediaType) {
			return &list[i]
		}
	}
	return nil
}
