package api

import "testing"

func TestParseAmount(t *testing.T) {
	for _, tt := range []struct {
		claim, text string
		want        Cents
		ok          bool
	}{
		{"whole", "12", 1200, true},
		{"one decimal", "12.5", 1250, true},
		{"two decimals", "12.05", 1205, true},
		{"leading zeros", "0012.00", 1200, true},
		{"zero", "0", 0, true},
		{"less than one", "0.07", 7, true},
		{"the largest sum", "99999999999999.99", 9999999999999999, true},
		{"one digit more is too much", "100000000000000", overLimit, true},
		{"three decimals are no amount", "12.345", 0, false},
		{"a bare point is no amount", "12.", 0, false},
		{"no digits before the point", ".5", 0, false},
		{"a sign", "-1", 0, false},
		{"a sign after the point", "1.-1", 0, false},
		{"nothing", "", 0, false},
		{"letters", "abc", 0, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got, ok := ParseAmount(tt.text); got != tt.want || ok != tt.ok {
				t.Errorf("got %d, %v, want %d, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
	if got := Cents(1205).String(); got != "12.05" {
		t.Errorf("written as %s", got)
	}
}
