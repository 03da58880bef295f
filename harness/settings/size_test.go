package settings

import (
	"strings"
	"testing"
)

func TestSize(t *testing.T) {
	for _, tt := range []struct {
		text  string
		want  Size
		again string
	}{
		{"1", 1, "1"},
		{"65536", 65536, "64KiB"},
		{"64KiB", 65536, "64KiB"},
		{"1MiB", 1 << 20, "1MiB"},
		{"1025KiB", 1025 << 10, "1025KiB"},
		{"0", 0, "0"},
		{"", -1, ""}, {"KiB", -1, ""}, {"-1", -1, ""}, {"1.5MiB", -1, ""}, {"1MB", -1, ""}, {"1 MiB", -1, ""}, {"many", -1, ""}, {"99999999999", -1, ""},
	} {
		t.Run(tt.text, func(t *testing.T) {
			s := Size(-1)
			if err := s.Set(tt.text); s != tt.want || (err != nil) != (tt.want < 0) || err == nil && s.String() != tt.again {
				t.Errorf("%d, %s, %v", s, s, err)
			} else if err != nil && !strings.Contains(err.Error(), "64KiB or 1MiB") {
				t.Error(err)
			}
		})
	}
}

func TestRate(t *testing.T) {
	for _, tt := range []struct {
		text  string
		want  Rate
		again string
	}{
		{"20/s", 20, "20/s"},
		{"30/m", 0.5, "0.5/s"},
		{"36/h", 0.01, "0.01/s"},
		{"0.5/s", 0.5, "0.5/s"},
		{"", 0, ""},
		{"0/s", -1, ""}, {"20", -1, ""}, {"/s", -1, ""}, {"-1/s", -1, ""}, {"20/d", -1, ""}, {"Inf/s", -1, ""}, {"NaN/s", -1, ""}, {"fast", -1, ""}, {"1/s/s", -1, ""},
	} {
		t.Run(tt.text, func(t *testing.T) {
			r := Rate(-1)
			if err := r.Set(tt.text); r != tt.want || (err != nil) != (tt.want < 0) || err == nil && r.String() != tt.again {
				t.Errorf("%f, %s, %v", r, r, err)
			} else if err != nil && !strings.Contains(err.Error(), "20/s or 30/m") {
				t.Error(err)
			}
		})
	}
}
