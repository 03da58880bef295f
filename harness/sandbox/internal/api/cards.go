package api

import (
	"strconv"
	"strings"
	"time"

	"qorcheck/harness/sandbox/internal/strict"
)

const minCardDigits = 13 // of a card number

// NewCard returns the part of a card number that may be stored. Nothing is stored of
// a number that is too short: its first and last digits would be all of it.
func NewCard(number string) card {
	if len(number) < minCardDigits || strings.Contains(number, "$") {
		return card{}
	}
	return card{Brand: strict.Brand(number), First: number[:6], Last: number[len(number)-4:]}
}

// expired reports whether a card's last month is over. A card is good until the
// end of the month that it names.
func expired(month, year string, now time.Time) bool {
	m, _ := strconv.Atoi(month)
	y, _ := strconv.Atoi(year)
	return !now.UTC().Before(time.Date(2000+y, time.Month(m)+1, 1, 0, 0, 0, 0, time.UTC))
}

// TriggerCode reads the GW code out of a trigger's card number.
func TriggerCode(number string) string { return "GW" + number[12:14] }
