package spec

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// body reads a request body; nil where an operation has none. In OpenAPI 3.0 that of a
// method to which HTTP gives no meaning of a body is ignored.
func (r reader) body(method string, ref *openapi3.RequestBodyRef) *Body {
	if ref == nil || ref.Value == nil || !r.modern && Bodiless(method) {
		return nil
	}
	body := &Body{Required: ref.Value.Required, Content: r.contents(ref.Value.Content)}
	for i := range body.Content {
		c := &body.Content[i]
		if source := ref.Value.Content[c.MediaType]; source != nil {
			r.takeEncoding(c, source.Encoding)
		}
		if c.Schema.Schema == nil {
			c.Schema = Schema{Schema: &openapi3.Schema{}, dialect: r.dialect} // takes any value
		}
		if mediaType, file := sampleFile(c.MediaType); file != "" && takesFile(c.Schema) {
			c.SentAs, c.File = mediaType, file
		} else {
			c.SentAs = c.sentAs()
		}
	}
	return body
}

// Bodiless reports whether HTTP gives no meaning to a body in requests of a method.
func Bodiless(method string) bool {
	return slices.Contains([]string{"GET", "HEAD", "DELETE", "TRACE"}, method)
}

func (r reader) takeEncoding(c *Content, source openapi3.Encodings) {
	for _, name := range slices.Sorted(maps.Keys(source)) {
		e := source[name]
		if e == nil {
			continue
		}
		if c.Encoding == nil {
			c.Encoding = map[string]Encoding{}
		}
		first, _, _ := strings.Cut(e.ContentType, ",")
		explode := e.Style == "" || e.Style == "form" || e.Style == "deepObject"
		if e.Explode != nil {
			explode = *e.Explode
		}
		encoding := Encoding{MediaType: strings.TrimSpace(first), Style: e.Style, Explode: explode}
		for _, part := range slices.Sorted(maps.Keys(e.Headers)) {
			if h, ok := r.header(part, e.Headers[part].Value); ok && h.Required {
				encoding.Headers = append(encoding.Headers, h)
			}
		}
		c.Encoding[name] = encoding
	}
}

// sentAs finds the media type under which a body can be made. Bodies of types that are
// neither JSON, forms, text nor any bytes are sent as an example shows them, or not at all,
// unless a small file of them is known.
func (c *Content) sentAs() string {
	base := BaseType(c.MediaType)
	textual := c.Schema.Type.Includes("string")
	switch {
	case JSON(base), Form(base), Multipart(base):
		return c.MediaType
	case (base == "*/*" || base == "application/*") && textual && c.Schema.Format == "binary":
		return "application/octet-stream"
	case base == "*/*" || base == "application/*":
		return "application/json"
	case base == "text/*" && (textual || c.Schema.Type == nil):
		return "text/plain"
	case strings.Contains(base, "*"):
		return ""
	case base == "application/octet-stream", slices.Contains(plainTexts, base):
		if !c.Schema.Type.Includes("object") && !c.Schema.Type.Includes("array") {
			return c.MediaType
		}
	}
	if len(c.Examples) > 0 {
		if _, ok := c.Examples[0].Value.(string); ok {
			return c.MediaType
		}
	}
	return ""
}
