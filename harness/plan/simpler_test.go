package plan

import (
	"fmt"
	"testing"
)

// TestShrink_Over: what was not tried is not called needed, and nothing more is made.
func TestShrink_Over(t *testing.T) {
	made, sent := 0, 0
	c := &Case{ID: "c", Simpler: &Simpler{
		Edits: func() [][]Edit {
			var all []Edit
			for i := range 40 {
				all = append(all, Edit{Place: fmt.Sprintf("/%d", i)})
			}
			return [][]Edit{all}
		},
		Make: func(edits []Edit) *Case {
			made++
			return &Case{Act: Step{Request: Request{Body: Template(fmt.Sprint(edits))}}}
		},
	}}
	s := c.Shrink(Shrinking{Case: c}, func(*Case) bool { sent++; return false }, func() bool { return sent >= 5 })
	if made != 5 || len(s.Needed) > 0 || len(s.Edits) > 0 {
		t.Errorf("%d made, %d sent: %+v", made, sent, s)
	}
	if s = c.Shrink(Shrinking{Case: c}, func(*Case) bool { return false }, func() bool { return false }); len(s.Needed) != 40 {
		t.Errorf("%d of 40 are needed", len(s.Needed))
	}
}

// TestShrink_Header: two requests that differ in the value of a header are not the same.
func TestShrink_Header(t *testing.T) {
	with := func(value string) *Case {
		return &Case{Act: Step{Request: Request{Header: []Field{{Name: "X", Value: Template(value)}}}}}
	}
	c := with("drawn")
	c.Simpler = &Simpler{
		Edits: func() [][]Edit { return [][]Edit{{{Place: "header:X", Usual: true}}} },
		Make:  func([]Edit) *Case { return with("usual") },
	}
	sent := 0
	if s := c.Shrink(Shrinking{Case: c}, func(*Case) bool { sent++; return true }, func() bool { return false }); sent != 1 || len(s.Edits) != 1 {
		t.Errorf("%d sent, %d edits", sent, len(s.Edits))
	}
}

// TestDrawnFrom: the id of a simpler case leads to that of the drawn one.
func TestDrawnFrom(t *testing.T) {
	for id, want := range map[string]string{SimplerID("a.explored-1", "0a"): "a.explored-1", "a.explored-1": "a.explored-1"} {
		if got := DrawnFrom(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}
