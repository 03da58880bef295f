package html

import (
	"strings"
	"testing"
)

// shown writes lines as a reader sees them: marks in brackets, remarks after a #.
func shown(lines []textLine) string {
	var b strings.Builder
	for _, l := range lines {
		text := l.Rest()
		if l.Remark {
			text = "# " + text
		}
		if l.Marked {
			text = "[" + text + "]"
		}
		b.WriteString(l.Indent() + text + "\n")
	}
	return b.String()
}

func TestBody_IsLaidOutAndMarked(t *testing.T) {
	for _, tt := range []struct {
		claim, body string
		pointers    []string
		want        string
	}{
		{"nothing", "", nil, ""},
		{"a member", `{"a":1,"b":{"c":[true,{"d":null}]}}`, []string{"/b/c/1/d"},
			"{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [\n      true,\n      {\n        [\"d\": null]\n      }\n    ]\n  }\n}\n"},
		{"an object, at the line where it begins", `{"a":{"b":1}}`, []string{"/a"}, "{\n  [\"a\": {]\n    \"b\": 1\n  }\n}\n"},
		{"the root is no place", `{"a":1}`, []string{""}, "{\n  \"a\": 1\n}\n"},
		{"an escaped name", `{"a/b":{"c~d":"x: y"}}`, []string{"/a~1b/c~0d"}, "{\n  \"a/b\": {\n    [\"c~d\": \"x: y\"]\n  }\n}\n"},
		{"a name with a quote in it", `{"a\"b":1}`, []string{`/a"b`}, "{\n  [\"a\\\"b\": 1]\n}\n"},
		{"a name given twice", `{"a":1,"a":2}`, []string{"/a"}, "{\n  [\"a\": 1,]\n  [\"a\": 2]\n}\n"},
		{"numbers as they were sent", `[1.50,1e400]`, nil, "[\n  1.50,\n  1e400\n]\n"},
		{"a missing member, where it would be", `{"a":{"b":1},"c":2}`, []string{"/a/x"}, "{\n  \"a\": {\n    [# /a/x is missing]\n    \"b\": 1\n  },\n  \"c\": 2\n}\n"},
		{"a missing member, with all that it would be in", `{"a":1}`, []string{"/x/y/0"}, "{\n  [# /x/y/0 is missing]\n  \"a\": 1\n}\n"},
		{"a member missing in an empty object", `{"a":{}}`, []string{"/a/x"}, "{\n  \"a\": {}\n    [# /a/x is missing]\n}\n"},
		{"a form", "a[b]=1&c=%41", []string{"/a/b"}, "[a[b]=1]\n&c=%41\n"},
		{"an encoded form", "a%5Bb%5D=1&c=2", []string{"/a/b"}, "[a%5Bb%5D=1]\n&c=2\n"},
		{"no JSON", `{"a":`, []string{"/a"}, "{\"a\":\n"},
		{"text", "one\r\ntwo = 2", []string{"/one"}, "one\ntwo = 2\n"},
		{"an address is no form", "https://a.test/?b=1", nil, "https://a.test/?b=1\n"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := shown(newBody(tt.body, tt.pointers)); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestBody_KeepsMarksWhenCut(t *testing.T) {
	body := `{"rows":[` + strings.Repeat(`{"a":1},`, 1000) + `{"wrong":2}],"last":3}`
	got := shown(newBody(body, []string{"/rows/1000/wrong"}))
	if lines := strings.Count(got, "\n"); lines > maxBodyLines+2*linesAroundMark+3 || !strings.Contains(got, "[\"wrong\": 2]") || strings.Count(got, "lines left out") != 1 {
		t.Errorf("%d lines:\n%s", lines, got)
	}
	if got := newBody(strings.Repeat("x", 1<<20), nil); len(got) != 1 || len(got[0].Text) > maxLineBytes+100 {
		t.Errorf("a long line is kept whole: %d bytes", len(got[0].Text))
	}
}
