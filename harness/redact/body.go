package redact

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxInflated bounds what a compressed body is inflated to.
const maxInflated = 1 << 20

// Body redacts at most max bytes of a body that a target sent. A compressed one is
// inflated; of one that is no text only size and kind are kept, since nothing could be
// found in it.
func (r *Redactor) Body(body []byte, contentType string, max int) Text {
	if textual(body) {
		return r.Excerpt(string(body), max)
	}
	if inflated, err := gunzip(body); err == nil && textual(inflated) {
		return Text{fmt.Sprintf("[gzip, %d bytes]\n%s", len(body), r.excerpt(string(inflated), max))}
	}
	if contentType == "" {
		contentType = "unknown type"
	}
	return Text{fmt.Sprintf("[binary, %d bytes of %s]", len(body), Printable(r.answer(contentType)))}
}

// textual reports whether bytes are text, broken characters here and there included.
func textual(body []byte) bool {
	if bytes.IndexByte(body, 0) >= 0 {
		return false
	}
	broken := 0
	for rest := body; len(rest) > 0; {
		c, size := utf8.DecodeRune(rest)
		if c == utf8.RuneError && size == 1 {
			broken++
		}
		rest = rest[size:]
	}
	return broken*10 <= len(body) || broken <= 2
}

func gunzip(body []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(reader, maxInflated))
}
