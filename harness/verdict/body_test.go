package verdict

import (
	"reflect"
	"strings"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
)

var plainCase = &plan.Case{}

func TestReadBody(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, tt := range []struct {
		claim, body string
		fault       string // "" when it is JSON
	}{
		{"an object is JSON", ` {"a":[1,true,null,"é",{"b":-1.5e3}]} ` + "\n", ""},
		{"a bare value is JSON", `"text"`, ""},
		{"equal names in different objects are JSON", `[{"a":1},{"a":{"a":2}}]`, ""},
		{"escapes are JSON", `"\u00e9\ud83d\ude42\/"`, ""},
		{"900 levels are JSON", deep(900), ""},
		{"2000 levels are too deep", deep(2000), "nested deeper than 1000 levels"},
		{"a million levels are too deep", strings.Repeat("[", 1_000_000), "nested deeper"},
		{"a surrogate without its other half", `{"a":"\ud83d"}`, `the lone surrogate \ud83d`},
		{"the second half alone", `{"a":"\uDE42x"}`, `the lone surrogate \uDE42`},
		{"two first halves", `{"a":"\ud83d\ud83d\ude42"}`, `the lone surrogate \ud83d`},
		{"one in a name", `{"\udead":1}`, `the lone surrogate \udead`},
		{"a half that ends the text", `"\ud83d\`, "lone surrogate"},
		{"an escaped backslash before u is JSON", `"\\ud83d"`, ""},
		{"nothing", "", "an empty body"},
		{"white space", " \r\n\t", "an empty body"},
		{"HTML", "<!DOCTYPE html>\n<html>", `invalid character '<'`},
		{"a name twice", `{"a":1,"b":2,"a":1}`, `the name "a" twice in one object`},
		{"a name twice by an escape", `{"a":1,"\u0061":1}`, `the name "a" twice`},
		{"a name twice further in", `[{"b":{"a":1,"a":2}}]`, "twice"},
		{"a value after the value", `{} {}`, "bytes after the JSON value"},
		{"garbage after the value", `{}x`, "bytes after the JSON value"},
		{"a NUL after the value", "{}\x00", "bytes after the JSON value"},
		{"a byte order mark", "\uFEFF{}", "not JSON"},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", "not UTF-8"},
		{"half an object", `{"a":1`, "not JSON"},
		{"half a name", `{"a`, "not JSON"},
		{"half a list", `[1,`, "not JSON"},
		{"a comma too much", `[1,]`, "not JSON"},
		{"a comma too much in an object", `{"a":1,}`, "not JSON"},
		{"a comma too few", `[1 2]`, "not JSON"},
		{"a colon too few", `{"a" 1}`, "not JSON"},
		{"brackets that do not match", `[1}`, "not JSON"},
		{"single quotes", `{'a':1}`, "not JSON"},
		{"a name that is no string", `{1:1}`, "not JSON"},
		{"a leading zero", `[01]`, "not JSON"},
		{"not a number", `[NaN]`, "not JSON"},
		{"a comment", `{} // done`, "bytes after"},
		{"a raw control character", "\"a\nb\"", "not JSON"},
		{"a number that no machine holds", "[" + strings.Repeat("9", 10_000) + "]", "not JSON"},
		{"a NUL in a text", "\"a\x00b\"", "not JSON"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			got := readBody(&exchange.Answer{Body: []byte(tt.body)})
			if (got.Fault == "") != (tt.fault == "") || !strings.Contains(got.Fault, tt.fault) {
				t.Errorf("fault %q, want %q", got.Fault, tt.fault)
			}
			if got.Fault != "" && got.Value != nil || len(got.Fault) > maxValue+100 {
				t.Errorf("value %v", got.Value)
			}
		})
	}
	t.Run("a cut body is judged by nobody", func(t *testing.T) {
		if got := readBody(&exchange.Answer{Body: []byte("{}"), Truncated: true}); !got.Truncated || got.Fault == "" || got.Value != nil {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("values are those of encoding/json", func(t *testing.T) {
		want := map[string]any{"a": []any{1.0, true, nil, "é"}, "b": map[string]any{}}
		if got := readBody(&exchange.Answer{Body: []byte(`{"a":[1,true,null,"é"],"b":{}}`)}); !reflect.DeepEqual(got.Value, want) {
			t.Errorf("got %v", got.Value)
		}
	})
}

func TestMediaTypeOf(t *testing.T) {
	for _, tt := range []struct{ claim, header, want string }{
		{"parameters are dropped", "application/json; charset=utf-8", "application/json"},
		{"case is ignored", "Application/JSON", "application/json"},
		{"broken parameters are dropped", "application/json; charset", "application/json"},
		{"none is none", "", ""},
		{"a parameter twice is dropped twice", "text/html; a=1; a=2", "text/html"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := mediaTypeOf(row{media: tt.header + map[bool]string{true: "none"}[tt.header == ""]}.answer()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
