package settings

import "testing"

func TestConcurrency(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Concurrency
		ok   bool
	}{
		{"auto", AutoConcurrency, true}, {"1", 1, true}, {"24", 24, true}, {"0", 0, true}, // refused with the other settings
		{"-1", 0, false}, {"Auto", 0, false}, {"many", 0, false}, {"", 0, false}, {"2.5", 0, false},
	} {
		var got Concurrency
		if err := got.Set(tt.text); got != tt.want || (err == nil) != tt.ok {
			t.Errorf("%q: %d, %v", tt.text, got, err)
		}
		if tt.ok && got.String() != tt.text {
			t.Errorf("%q is written as %q", tt.text, got)
		}
	}
}
