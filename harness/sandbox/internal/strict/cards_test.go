package strict

import "testing"

func TestBrand(t *testing.T) {
	for number, want := range map[string]string{
		"4111111111111111": "visa", "5500000000000004": "mastercard", "2221000000000009": "mastercard",
		"340000000000009": "amex", "370000000000416": "amex", "6011000000000004": "discover",
		"3530000000000003": "jcb", "30000000000004": "diners", "9000000000000001": "", "4": "",
	} {
		if got := Brand(number); got != want {
			t.Errorf("%s is %q, want %q", number, got, want)
		}
	}
}
