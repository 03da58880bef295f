package strict

import (
	"slices"
	"strconv"
)

// Brand returns the brand that a card number belongs to by its first digits,
// "" for none that we know.
func Brand(number string) string {
	if len(number) < 4 {
		return ""
	}
	first, err := strconv.Atoi(number[:4])
	if err != nil {
		return ""
	}
	within := func(low, high int) bool { return low <= first && first <= high }
	switch {
	case within(4000, 4999):
		return "visa"
	case within(5100, 5599), within(2221, 2720):
		return "mastercard"
	case within(3400, 3499), within(3700, 3799):
		return "amex"
	case first == 6011, within(6440, 6599):
		return "discover"
	case within(3528, 3589):
		return "jcb"
	case within(3000, 3059), within(3600, 3699), within(3800, 3999):
		return "diners"
	}
	return ""
}

// Plausible reports whether a card number can exist: digits, as many as its
// brand has, and the last one right.
func Plausible(number, brand string) bool {
	var lengths []int
	switch brand {
	case "visa":
		lengths = []int{13, 16}
	case "amex":
		lengths = []int{15}
	case "diners":
		lengths = []int{14, 16}
	case "mastercard", "discover", "jcb":
		lengths = []int{16}
	default:
		lengths = []int{13, 14, 15, 16}
	}
	return slices.Contains(lengths, len(number)) && Luhn(number)
}

// Luhn reports whether the last digit is the check digit of those before.
func Luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		c := number[len(number)-1-i]
		if !IsDigit(c) {
			return false
		}
		n := int(c - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

func CVVLength(brand string) int {
	if brand == "amex" {
		return 4
	}
	return 3
}
