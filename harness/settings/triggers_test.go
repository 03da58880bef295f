package settings

import "testing"

func TestTriggers_NamedFindsEachOfAll(t *testing.T) {
	triggers := Triggers{Approved: Trigger{"a": "1"}, Refused: []Trigger{{"a": "2"}, {"a": "3"}}, VoidInternal: Trigger{"a": "4"}}
	all := triggers.all()
	if len(all) != 4 {
		t.Fatalf("%v", all)
	}
	for name, want := range all {
		if got := triggers.named(name); got["a"] != want["a"] {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"", "error", "refused", "refused[2]", "refused[-1]", "refused[x]", "approved[0]", "nothing"} {
		if got := triggers.named(name); got != nil {
			t.Errorf("%q is %v", name, got)
		}
	}
}
