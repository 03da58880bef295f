package strict

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestReadForm(t *testing.T) {
	type object = map[string]any
	leaf := &shape{members: map[string]*shape{}}
	membersOf := func(names ...string) *shape {
		members := map[string]*shape{}
		for _, name := range names {
			members[name] = leaf
		}
		return &shape{members: members}
	}
	described := &shape{members: map[string]*shape{"a": membersOf("b"), "td": membersOf("mid", "amount", "metadata")}}
	for _, tt := range []struct {
		claim, text string
		want        object
	}{
		{"brackets name members", "td[mid]=1&td[amount]=2.00", object{"td": object{"mid": "1", "amount": "2.00"}}},
		{"brackets may be escaped", "td%5Bmid%5D=1", object{"td": object{"mid": "1"}}},
		{"brackets nest", "td[metadata][note]=x&td[metadata][by]=y", object{"td": object{"metadata": object{"note": "x", "by": "y"}}}},
		{"plus is a space", "a=b+c%2Bd", object{"a": "b c+d"}},
		{"a value may hold an equals sign", "a=b=c", object{"a": "b=c"}},
		{"a name without equals sign is empty", "a", object{"a": ""}},
		{"stray separators are nothing", "&a=1&&", object{"a": "1"}},
		{"an empty form is an empty object", "", object{}},
		{"what is not described is passed over, however often it comes", "x=1&x=2&y[z=1&y[]=2&td[mid]=1", object{"td": object{"mid": "1"}}},
		{"within what is described too", "td[mid]=1&td[x]=1&td[x]=2", object{"td": object{"mid": "1", "x": "2"}}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got, err := readForm(tt.text, described); err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
	for _, tt := range []struct{ claim, text string }{
		{"a name twice", "a[b]=1&a[b]=1"},
		{"a value and an object", "a=1&a[b]=1"},
		{"an object and a value", "a[b]=1&a=1"},
		{"an open bracket", "a[b=1"},
		{"text after a bracket", "a[b]c=1"},
		{"an empty bracket", "a[]=1"},
		{"no name", "=1"},
		{"no name before a bracket", "[a]=1"},
		{"a bracket in a bracket", "a[b[c]]=1"},
		{"a bracket too many", "a[b]]=1"},
		{"a broken escape in a value", "a=%4"},
		{"a broken escape in a name", "%zz=1"},
		{"invalid UTF-8", "a=%ff"},
		{"more than 64 levels", "a" + strings.Repeat("[b]", 64) + "=1"},
	} {
		t.Run(tt.claim+" is refused", func(t *testing.T) {
			if got, err := readForm(tt.text, described); err == nil {
				t.Errorf("read as %v", got)
			}
		})
	}
}

func TestTyped(t *testing.T) {
	for _, tt := range []struct {
		text, kind string
		want       any
	}{
		{"5", "integer", json.Number("5")}, {"-5", "integer", json.Number("-5")}, {"5.0", "integer", "5.0"},
		{"1e1", "integer", "1e1"}, {"", "integer", ""}, {" 5", "integer", " 5"}, {"null", "integer", "null"},
		{"79.5", "number", json.Number("79.5")}, {"x", "number", "x"},
		{"true", "boolean", true}, {"false", "boolean", false}, {"1", "boolean", "1"},
		{"5", "string", "5"}, {"true", "", "true"},
	} {
		if got := typed(tt.text, tt.kind); got != tt.want {
			t.Errorf("%q as %s is %#v, want %#v", tt.text, tt.kind, got, tt.want)
		}
	}
	form := &shape{members: map[string]*shape{"td": {members: map[string]*shape{"n": {kind: "integer"}}}}}
	got := form.typed(map[string]any{"td": map[string]any{"n": "1", "unknown": "2"}})
	if want := map[string]any{"td": map[string]any{"n": json.Number("1"), "unknown": "2"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
