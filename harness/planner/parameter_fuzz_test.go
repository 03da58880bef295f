package planner

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"qorcheck/spec"
)

// A list that a parameter carries is read back by a reader that knows the standard alone,
// and is the list that was written: what cannot be carried is refused, never altered.
func FuzzParameters(f *testing.F) {
	for _, pair := range [][2]string{{"a", "b"}, {"a,b", "c d"}, {"a|b", "c+d"}, {"a.b", "c;d=e"}, {"%2C", "ü/?#[]@"}, {"a&b=c", "日本"}, {"..", "."}, {"\r\n", "\x00"}} {
		for way := range listReaders {
			f.Add(uint8(way), pair[0], pair[1])
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, a, b string) {
		way := listReaders[int(n)%len(listReaders)]
		if a == "" || b == "" || !utf8.ValidString(a+b) || strings.ContainsAny(a+b, "{}$") { // braces are those of placeholders
			return
		}
		if way.style == "label" && way.explode == "true" && strings.Contains(a+b, ".") {
			return // a dot is never escaped: reading the case back drops it
		}
		p := spec.Parameter{Name: "p", In: way.in, Required: true}
		sent := onWire(p, way.in, way.style, way.explode, []any{a, b})
		if strings.HasPrefix(sent, "error: ") {
			return
		}
		if read, err := way.read(sent); err != nil || !slices.Equal(read, []string{a, b}) {
			t.Errorf("%s %s: %q is read back as %q: %v", way.in, way.style, sent, read, err)
		}
	})
}

// listReaders read lists as OpenAPI has them, each of one style.
var listReaders = []struct {
	in, style, explode string
	read               func(sent string) ([]string, error)
}{
	{"query", "form", "true", func(sent string) ([]string, error) {
		values, err := url.ParseQuery(strings.TrimPrefix(sent, "?"))
		return values["p"], err
	}},
	{"query", "form", "false", separated("?p=", ",", url.QueryUnescape)},
	{"query", "pipeDelimited", "false", separated("?p=", "|", url.QueryUnescape)},
	{"query", "spaceDelimited", "false", separated("?p=", "%20", url.QueryUnescape)},
	{"path", "simple", "false", separated("/", ",", url.PathUnescape)},
	{"path", "label", "false", separated("/.", ",", url.PathUnescape)},
	{"path", "label", "true", separated("/.", ".", url.PathUnescape)},
	{"path", "matrix", "false", separated("/;p=", ",", url.PathUnescape)},
	{"path", "matrix", "true", separated("/;p=", ";p=", url.PathUnescape)},
}

// separated reads what stands between separators, which are never escaped themselves.
func separated(before, separator string, unescape func(string) (string, error)) func(string) ([]string, error) {
	return func(sent string) (list []string, err error) {
		for part := range strings.SplitSeq(strings.TrimPrefix(sent, before), separator) {
			text, wrong := unescape(part)
			if wrong != nil {
				return nil, wrong
			}
			list = append(list, text)
		}
		return list, nil
	}
}
