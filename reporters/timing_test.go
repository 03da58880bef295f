package reporters

import (
	"strings"
	"testing"
	"time"

	"qorcheck/harness/run"
)

func TestTiming(t *testing.T) {
	for _, tt := range []struct {
		claim string
		of    *run.Timing
		want  []string
	}{
		{"each step, and what the run waited for", &run.Timing{Planning: 1, Sending: 5, Waiting: 2, Last: "a", Work: &run.Work{Judging: 4}}, []string{
			"planning 1.00 s", "sending and judging 3.00 s", "none to come 2.00 s the last case was a", "last scan of the files 0.25 s", "judging 4.00 s",
		}},
		{"a document without the work", &run.Timing{Planning: 1}, []string{"planning 1.00 s"}},
		{"a merged run has no times", nil, nil},
	} {
		var b strings.Builder
		if err := Timing(&b, tt.of, 250*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(strings.Fields(b.String()), " ")
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in %s", tt.claim, want, b.String())
			}
		}
		if tt.want == nil && got != "" {
			t.Errorf("%s: %s", tt.claim, got)
		}
	}
}
