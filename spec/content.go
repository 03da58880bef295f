package spec

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
