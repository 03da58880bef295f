package sandbox

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// maxDigits is the longest sum that is paid, in digits before the point.
const maxDigits = 14

// cents is a sum of money.
type cents int64

// tooMuch stands for every sum that is longer than maxDigits.
const tooMuch cents = math.MaxInt64

// parseAmount reads an amount as the description writes it: digits, and one or
// two more after a point. 12, 12.0 and 12.00 are the same sum.
func parseAmount(text string) (cents, bool) {
	whole, fraction, point := strings.Cut(text, ".")
	if whole == "" || point && fraction == "" || len(fraction) > 2 {
		return 0, false
	}
	for _, c := range []byte(whole + fraction) {
		if !isDigit(c) {
			return 0, false
		}
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > maxDigits {
		return tooMuch, true
	}
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	return cents(n), err == nil
}

func (c cents) String() string { return fmt.Sprintf("%d.%02d", int64(c)/100, int64(c)%100) }
