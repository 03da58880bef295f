package spec

import (
	"strings"
)

// Body is a request body.
type Body struct {
	Required bool
	Content  []Content // by media type, JSON first
}

// Content is what a body holds under one media type.
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

// JSON tells whether a media type carries JSON.
func JSON(mediaType string) bool {
	base, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	base = strings.TrimSpace(base)
	return base == "application/json" || strings.HasSuffix(base, "+json")
}

// Form tells whether a media type carries a form.
func Form(mediaType string) bool {
	base, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	return strings.TrimSpace(base) == "application/x-www-form-urlencoded"
}

// JSON returns the JSON content among these, nil when there is none.
func (b *Body) JSON() *Content {
	if b == nil {
		return nil
	}
	return jsonContent(b.Content)
}

// Form returns the content that is sent as a form, nil when there is none.
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

// Fields returns the content whose fields requests are made of: JSON or, where
// an operation takes no JSON, a form; nil when it takes neither.
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
