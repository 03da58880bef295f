package spec

import (
	"mime"
	"strings"
)

// JSON reports whether a media type is JSON.
func JSON(mediaType string) bool {
	base := BaseType(mediaType)
	return base == "application/json" || strings.HasSuffix(base, "+json")
}

// Form reports whether a media type is that of a URL-encoded form.
func Form(mediaType string) bool { return BaseType(mediaType) == "application/x-www-form-urlencoded" }

// Multipart reports whether a media type is that of a form in parts.
func Multipart(mediaType string) bool { return BaseType(mediaType) == "multipart/form-data" }

// BaseType is a media type in lower case, without its parameters.
func BaseType(mediaType string) string {
	base, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	return strings.TrimSpace(base)
}

// Covers reports whether a documented media type or range (text/*, application/*+json,
// */*) includes a media type. Parameters are not compared.
func Covers(documented, mediaType string) bool {
	documented, mediaType = BaseType(documented), BaseType(mediaType)
	switch {
	case documented == mediaType:
		return true
	case !strings.Contains(mediaType, "/"):
		return false
	case documented == "*/*" || documented == "*":
		return true
	}
	prefix, suffix, ranged := strings.Cut(documented, "*")
	return ranged && strings.Contains(prefix, "/") && len(mediaType) > len(prefix)+len(suffix) &&
		strings.HasPrefix(mediaType, prefix) && strings.HasSuffix(mediaType, suffix)
}

// Match returns the content that documents a media type: that of the type with its
// parameters, else of the type, else of the narrowest range. It is nil where none does,
// and where several of one type differ in parameters that the media type does not have.
func (r *Response) Match(mediaType string) *Content {
	var found *Content
	best, tied := -1, false
	for i, c := range r.Content {
		if !Covers(c.MediaType, mediaType) {
			continue
		}
		switch n := nearness(c.MediaType, mediaType); {
		case n > best:
			found, best, tied = &r.Content[i], n, false
		case n == best:
			tied = true
		}
	}
	if tied {
		return nil
	}
	return found
}

// nearness is how near a documented media type comes to one that it covers.
func nearness(documented, mediaType string) int {
	base := BaseType(documented)
	if strings.Contains(base, "*") {
		return len(strings.ReplaceAll(base, "*", "")) // of ranges the longer one is the narrower
	}
	near := 1 << 10
	_, wanted, err := mime.ParseMediaType(documented)
	_, given, failed := mime.ParseMediaType(mediaType)
	if err != nil || failed != nil {
		return near
	}
	for name, value := range wanted {
		got, there := given[name]
		switch {
		case there && strings.EqualFold(got, value):
			near += 2
		case name != "charset":
			near--
		}
	}
	return near
}
