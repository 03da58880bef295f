package run

import (
	"reflect"
	"testing"
)

func TestMakePrintable(t *testing.T) {
	type inner struct {
		Text string
		List []string
	}
	type outer struct {
		Inner  *inner
		None   *inner
		By     map[string]string
		Counts map[string]int
		Number int
		hidden string
	}
	v := outer{&inner{"\x1b[2J", []string{"plain", "::error::x"}}, nil, map[string]string{"a": "\u202e"}, map[string]int{"a": 1}, 7, "\x1b"}
	makePrintable(reflect.ValueOf(&v))
	want := outer{&inner{`\x1b[2J`, []string{"plain", ": :error::x"}}, nil, map[string]string{"a": `\x202e`}, map[string]int{"a": 1}, 7, "\x1b"}
	if !reflect.DeepEqual(v, want) {
		t.Errorf("%+v, %+v", v, v.Inner)
	}
}
