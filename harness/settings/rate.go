package settings

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Rate is a limit of requests a second, 0 for none. It is read from text such as 20/s
// or 30/m.
type Rate float64

// String returns the rate as it is read.
func (r Rate) String() string {
	if r == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(r), 'f', -1, 64) + "/s"
}

// Set reads a rate; "" means no limit.
func (r *Rate) Set(text string) error {
	if text == "" {
		*r = 0
		return nil
	}
	number, unit, _ := strings.Cut(text, "/")
	n, err := strconv.ParseFloat(number, 64)
	seconds, known := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	if err != nil || !known || !(n > 0) || math.IsInf(n, 0) {
		return fmt.Errorf("rate %q: must be %s", text, r.Allowed())
	}
	*r = Rate(n / seconds)
	return nil
}

// Type names rates in help texts.
func (*Rate) Type() string { return "rate" }

// Allowed describes a valid rate.
func (*Rate) Allowed() string {
	return "a number of requests a second, minute or hour, as 20/s or 30/m"
}
