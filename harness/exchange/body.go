package exchange

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"unicode/utf8"

	"qorcheck/harness/redact"
)

// mostInflated bounds what a compressed body is inflated to.
const mostInflated = 1 << 20

// shownBody is a body of a target as evidence shows it: redacted text. A compressed
// one is inflated; of what is no text only size and kind are told, since nothing
// could be found in it.
func shownBody(r *redact.Redactor, body []byte, contentType string) string {
	if text(body) {
		return r.Excerpt(string(body), mostBody)
	}
	if inflated, err := gunzip(body); err == nil && text(inflated) {
		return fmt.Sprintf("[gzip, %d bytes]\n%s", len(body), r.Excerpt(string(inflated), mostBody))
	}
	if contentType == "" {
		contentType = "unknown type"
	}
	return fmt.Sprintf("[binary, %d bytes of %s]", len(body), redact.Printable(r.Answer(contentType)))
}

// text tells whether bytes are text, broken characters here and there included.
func text(body []byte) bool {
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
	return io.ReadAll(io.LimitReader(reader, mostInflated))
}
