package redact

import (
	"slices"
	"testing"
)

func TestIsCard(t *testing.T) {
	for number, want := range map[string]bool{
		"4111111111111111": true, "340000000000009": true, "30000000000004": true, "000000000000": true,
		"4111111111111112": false, "4111 1111 1111 1111": false, "41111111111": false, "": false, "111141$Zq81LmPa": false,
		"00000000000000000000": false, "0000000000000000000": true, "４１１１１１１１１１１１１１１１": false,
	} {
		if got := IsCard(number); got != want {
			t.Errorf("%q: %v, want %v", number, got, want)
		}
	}
}

func TestMaskCard(t *testing.T) {
	for card, want := range map[string]string{
		"4111111111111111": "411111******1111", "340000000000009": "340000*****0009", "30000000000004": "[card]", "": "[card]",
	} {
		if got := MaskCard(card); got != want {
			t.Errorf("%q: %q, want %q", card, got, want)
		}
	}
}

func TestDigitRuns(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil, "123": nil, "1234": {"1234"}, "a1234b 56-78": {"1234", "56,78"}, "12 34": {"12,34"}, "12  34": nil, "1%2023+4": {"1,23,4"}, "12 ": nil, "1-2-3-4 5678": {"1,2,3,4,5678"},
	} {
		var got []string
		for run := range digitRuns(text, 4) {
			one := ""
			for i := range run {
				one += "," + joined(text, run[i:i+1])
			}
			got = append(got, one[1:])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
