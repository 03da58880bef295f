package strict

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestReadJSONAccepts(t *testing.T) {
	for _, tt := range []struct {
		claim string
		text  string
		want  any
	}{
		{"every kind of value", `{"a":[1,-0.5e+3,true,false,null,"x"]}`,
			map[string]any{"a": []any{json.Number("1"), json.Number("-0.5e+3"), true, false, nil, "x"}}},
		{"white space around everything", " \t\r\n{ \"a\" : [ ] , \"b\" : { } } \n", map[string]any{"a": []any{}, "b": map[string]any{}}},
		{"a bare value", `"x"`, "x"},
		{"every escape", `"\"\\\/\b\f\n\r\tA\u00e9é"`, "\"\\/\b\f\n\r\tAéé"},
		{"a surrogate pair", `"\ud83d\ude00"`, "😀"},
		{"an escaped NUL", `"\u0000"`, "\x00"},
		{"the replacement character itself", `"\ufffd"`, "\ufffd"},
		{"names that differ in case", `{"a":"1","A":"2"}`, map[string]any{"a": "1", "A": "2"}},
		{"64 levels", strings.Repeat("[", 64) + strings.Repeat("]", 64), nil},
		{"two values in a row 64 deep", "[" + strings.Repeat("[", 63) + strings.Repeat("]", 63) + ",[]]", nil},
		{"numbers that no machine word holds", `1e400`, json.Number("1e400")},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			got, err := ReadJSON([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if tt.want != nil && !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
		})
	}
}

func TestReadJSONRefuses(t *testing.T) {
	for _, tt := range []struct{ claim, text string }{
		{"an empty body", ``},
		{"only white space", " \n"},
		{"a truncated object", `{"a":1`},
		{"a truncated string", `"a`},
		{"a truncated literal", `tru`},
		{"a trailing comma in an object", `{"a":1,}`},
		{"a trailing comma in an array", `[1,]`},
		{"a leading comma", `[,1]`},
		{"a missing comma", `[1 2]`},
		{"a missing colon", `{"a" 1}`},
		{"a comment", `{"a":1 /* x */}`},
		{"a line comment", "{} // x"},
		{"single quotes", `{'a':1}`},
		{"a bare name", `{a:1}`},
		{"a second value", `{} {}`},
		{"trailing garbage", `{}x`},
		{"a raw NUL after the value", "{}\x00"},
		{"a raw NUL in a string", "\"\x00\""},
		{"a raw tab in a string", "\"\t\""},
		{"a raw line break after an escape", "\"\\n\n\""},
		{"invalid UTF-8", "\"\xff\""},
		{"an overlong encoding", "\"\xc0\xaf\""},
		{"an encoded surrogate", "\"\xed\xa0\x80\""},
		{"a byte order mark", "\ufeff{}"},
		{"UTF-16", "{\x00}\x00"},
		{"a duplicate name", `{"a":1,"a":1}`},
		{"a duplicate name spelt with an escape", `{"a":1,"\u0061":2}`},
		{"a duplicate name further down", `{"x":{"a":1,"a":1}}`},
		{"a lone high surrogate", `"\ud83d"`},
		{"a lone low surrogate", `"\ude00"`},
		{"a high surrogate before another escape", `"\ud83d\n"`},
		{"two high surrogates", `"\ud83d\ud83d"`},
		{"an unknown escape", `"\x41"`},
		{"a short escape", `"\u00g0"`},
		{"a capital literal", `True`},
		{"NaN", `NaN`},
		{"Infinity", `-Infinity`},
		{"a plus sign", `+1`},
		{"a leading zero", `01`},
		{"a bare minus", `-`},
		{"a bare point", `.5`},
		{"a point without digits", `1.`},
		{"an exponent without digits", `1e`},
		{"a hexadecimal number", `0x10`},
		{"a form feed as white space", "\f{}"},
		{"65 levels", strings.Repeat("[", 65) + strings.Repeat("]", 65)},
		{"65 levels of objects", strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65)},
		{"an exponent that would fill the memory", `1e999999999`},
		{"a number longer than a thousand digits", strings.Repeat("9", 1001)},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got, err := ReadJSON([]byte(tt.text)); err == nil {
				t.Errorf("accepted as %#v", got)
			}
		})
	}
}

func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,-0.5e+3,true,false,null,"\ud83d\ude00"]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := ReadJSON(text)
		if err != nil {
			return
		}
		if !json.Valid(text) {
			t.Fatalf("%q accepted, and it is no JSON", text)
		}
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		same, err := ReadJSON(again)
		if err != nil || !reflect.DeepEqual(got, same) {
			t.Fatalf("%q read again as %#v: %v", again, same, err)
		}
	})
}
