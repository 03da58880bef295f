package api

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"qorcheck/harness/sandbox/internal/strict"
)

// maxDigits is the longest sum that is paid, in digits before the point.
const maxDigits = 14

// Cents is a sum of money.
type Cents int64

// overLimit stands for every sum that is longer than maxDigits.
const overLimit Cents = math.MaxInt64

// ParseAmount reads an amount as the description writes it: digits, and one or
// two more after a point. 12, 12.0 and 12.00 are the same sum.
func ParseAmount(text string) (Cents, bool) {
	whole, fraction, point := strings.Cut(text, ".")
	if whole == "" || point && fraction == "" || len(fraction) > 2 {
		return 0, false
	}
	for _, c := range []byte(whole + fraction) {
		if !strict.IsDigit(c) {
			return 0, false
		}
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > maxDigits {
		return overLimit, true
	}
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	return Cents(n), err == nil
}

func (c Cents) String() string { return fmt.Sprintf("%d.%02d", int64(c)/100, int64(c)%100) }
