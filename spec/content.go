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
	// SentAs is the media type under which a request sends it: its own, or for a range one
	// within it; "" where none can be made.
	SentAs   string
	File     string              // what is sent of a type whose bytes no schema describes, such as an image; "" for any other
	Encoding map[string]Encoding // of the fields of a form, by name
}

// Encoding says how a field of a form is written.
type Encoding struct {
	MediaType string // "" for the usual one of its type
	Style     string // "" for the usual one of its type
	Explode   bool
	Headers   []Header // that a part must have
}

// Example is a named example.
type Example struct {
	Name  string
	Value any
}

// JSON returns the content of a body that is sent as JSON, nil when there is none.
func (b *Body) JSON() *Content { return b.sentAs(JSON) }

// Form returns the content of a body that is sent as a form, URL-encoded or else in
// parts, nil when there is none.
func (b *Body) Form() *Content {
	if form := b.sentAs(Form); form != nil {
		return form
	}
	return b.sentAs(Multipart)
}

func (b *Body) sentAs(is func(mediaType string) bool) *Content {
	if b == nil {
		return nil
	}
	for i, c := range b.Content {
		if is(c.SentAs) {
			return &b.Content[i]
		}
	}
	return nil
}

// Fields returns the content that requests are made from: JSON, or a form where an
// operation accepts no JSON, or else any other that can be made; nil when there is none.
func (b *Body) Fields() *Content {
	list := []*Content{b.JSON(), b.Form(), b.sentAs(func(mediaType string) bool { return mediaType != "" })}
	for _, described := range []bool{true, false} {
		for _, content := range list {
			if content != nil && (content.HasSchema || !described) {
				return content
			}
		}
	}
	return nil
}

func jsonContent(list []Content) *Content {
	for i, c := range list {
		if JSON(c.MediaType) {
			return &list[i]
		}
	}
	return nil
}
