package exchange

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// decode undoes the content codings of a body, the last applied one first, to at most
// limit bytes. It reports false where it knows one of them not, or the body is not
// encoded so; the body is then as it came.
func decode(body []byte, header http.Header, limit int64) (decoded []byte, truncated, ok bool) {
	decoded = body
	for _, coding := range slices.Backward(codings(header)) {
		if len(decoded) == 0 {
			return decoded, false, true // nothing can be encoded wrongly
		}
		reader, err := decoder(coding, decoded)
		if err != nil {
			return body, false, false
		}
		decoded, err = io.ReadAll(io.LimitReader(reader, limit+1))
		switch {
		case int64(len(decoded)) > limit:
			return decoded[:limit], true, true
		case err != nil:
			return body, false, false
		}
	}
	return decoded, false, true
}

// codings lists the content codings of a body in the order in which they were applied.
func codings(header http.Header) (list []string) {
	for coding := range strings.SplitSeq(strings.ToLower(strings.Join(header.Values("Content-Encoding"), ",")), ",") {
		if coding = strings.TrimSpace(coding); coding != "" && coding != "identity" {
			list = append(list, coding)
		}
	}
	return list
}

// maxWindow is how much memory the decoder of zstd may use (RFC 9659 demands 8 MiB).
const maxWindow = 8 << 20

// KnowsCodings reports whether a body's content codings are all known here.
func KnowsCodings(header http.Header) bool {
	return !slices.ContainsFunc(codings(header), func(coding string) bool {
		return !slices.Contains([]string{"gzip", "x-gzip", "deflate", "br", "zstd"}, coding)
	})
}

var errCoding = errors.New("unknown content coding")

// decoder undoes one content coding. Deflate is that of zlib (RFC 9110, 8.4.1.2);
// many send it without the wrapper.
func decoder(coding string, body []byte) (io.Reader, error) {
	switch coding {
	case "gzip", "x-gzip":
		return gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		if wrapped, err := zlib.NewReader(bytes.NewReader(body)); err == nil {
			return wrapped, nil
		}
		return flate.NewReader(bytes.NewReader(body)), nil
	case "br":
		return brotli.NewReader(bytes.NewReader(body)), nil
	case "zstd":
		return zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxWindow), zstd.WithDecoderMaxWindow(maxWindow))
	}
	return nil, errCoding
}
