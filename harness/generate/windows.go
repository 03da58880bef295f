package generate

import (
	"fmt"
	"strings"
)

// maxPairs is how long a number is at most whose digits may count something in pairs, as
// those of a date do.
const maxPairs = 8

// windows lead out of a range that a pattern gives to two digits, such as those of a month:
// by nothing, by one too many, without the zero before them, and with another sign between.
func windows(text string) []edge {
	digits := strings.Trim(text, "0123456789/-.:") == ""
	if !digits || strings.Trim(text, "/-.:") == "" {
		return nil
	}
	var list []edge
	for i, at := range pairs(text) {
		with := func(n int) string { return text[:at] + fmt.Sprintf("%02d", n) + text[at+2:] }
		var beyond []string
		for _, n := range []int{13, 24, 32, 60} {
			beyond = append(beyond, with(n))
		}
		list = append(list,
			edge{fmt.Sprintf("zero-%d", i+1), "has a zero where the documented pattern counts from one", []string{with(0)}},
			edge{fmt.Sprintf("beyond-%d", i+1), "counts further than the documented pattern does", beyond},
		)
		if text[at] == '0' {
			list = append(list, edge{fmt.Sprintf("bare-%d", i+1), "lacks a zero before a digit, which does not match the documented pattern", []string{text[:at] + text[at+1:]}})
		}
	}
	other := strings.NewReplacer("/", "-", "-", "/", ".", ",", ":", ".").Replace(text)
	return append(list, edge{"separator", "has other signs between its digits, which does not match the documented pattern", changed(text, other)})
}

// pairs finds where two digits begin, in numbers of an even length.
func pairs(text string) []int {
	var list []int
	for at := 0; at < len(text); {
		end := at
		for end < len(text) && text[end] >= '0' && text[end] <= '9' {
			end++
		}
		if n := end - at; n%2 == 0 && n <= maxPairs {
			for i := at; i < end; i += 2 {
				list = append(list, i)
			}
		}
		at = end + 1
	}
	return list
}
