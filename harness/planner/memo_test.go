package planner

import "testing"

func TestMemo_ProducesOncePerKey(t *testing.T) {
	var m memo[string, int]
	produced := 0
	for _, key := range []string{"a", "b", "a"} {
		m.get(key, func() int { produced++; return produced })
	}
	if a, b := m.get("a", func() int { return -1 }), m.get("b", func() int { return -1 }); a != 1 || b != 2 || produced != 2 {
		t.Errorf("a is %d and b is %d after %d productions, want 1 and 2 after 2", a, b, produced)
	}
}
