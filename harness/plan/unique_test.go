package plan

import (
	"regexp"
	"testing"
)

func TestUniqueValue(t *testing.T) {
	value := UniqueValue("run", "case", "ORDER", 36)
	if !regexp.MustCompile(`^q[a-z2-7]{24}$`).MatchString(value) {
		t.Errorf("value %q", value)
	}
	if UniqueValue("run", "case", "ORDER", 36) != value {
		t.Error("another one each time")
	}
	for _, other := range []string{UniqueValue("run2", "case", "ORDER", 36), UniqueValue("run", "case2", "ORDER", 36), UniqueValue("run", "case", "ORDER_P1", 36), UniqueValue("ru", "ncase", "ORDER", 36)} {
		if other == value {
			t.Error("two runs, cases or variables share a value")
		}
	}
	if got := UniqueValue("run", "case", "ORDER", 16); got != value[:16] {
		t.Errorf("%q is not the first sixteen characters of %q", got, value)
	}
}
