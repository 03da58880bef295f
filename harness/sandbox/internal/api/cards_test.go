package api

import (
	"testing"
	"time"
)

func TestKeepsNoMoreOfACardThanAReceiptShows(t *testing.T) {
	for number, want := range map[string]card{
		"4111111111111111": {"visa", "411111", "1111"},
		"4111111111":       {},
		"411111":           {},
		"111141$Zq81LmPa":  {},
	} {
		if got := NewCard(number); got != want {
			t.Errorf("of %s %v is kept, want %v", number, got, want)
		}
	}
}

func TestExpired(t *testing.T) {
	now := time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC)
	for _, tt := range []struct {
		claim, month, year string
		want               bool
	}{
		{"this month is good to its end", "12", "26", false},
		{"the last month is over", "11", "26", true},
		{"next month is good", "01", "27", false},
		{"years are of this century", "01", "99", false},
		{"year zero is over", "12", "00", true},
	} {
		if got := expired(tt.month, tt.year, now); got != tt.want {
			t.Errorf("%s: expired is %v", tt.claim, got)
		}
	}
}
