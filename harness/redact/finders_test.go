package redact

import (
	"fmt"
	"testing"
)

// TestFinders_FindWhatASearchOfItsOwnFinds: what is remembered of one value and text says
// nothing about another, and does not change what is found the second time.
func TestFinders_FindWhatASearchOfItsOwnFinds(t *testing.T) {
	const key, other, card = "k3y-abcdefgh-0123", "0ther-zyxwvuts-987", "4571000000000001"
	var f Finders
	for _, tt := range []struct {
		text                       string
		holdsKey, holdsOther, card bool
	}{
		{"", false, false, false},
		{"nothing of them", false, false, false},
		{"it is " + key, true, false, false},
		{"it is " + other, false, true, false},
		{"it is K3Y ABCDEFGH 0123", true, false, false},
		{"4571 0000 0000 0001", false, false, true},
		{"1000 0000 0000 1754 and " + reversed(other), false, true, true},
	} {
		for again := range 3 {
			for range again * maxFinders { // values that push the others out
				f.KeyIn(fmt.Sprintf("some0ther-value-%d", again), tt.text)
			}
			for _, one := range []struct {
				what      string
				got, want bool
			}{
				{"key", f.KeyIn(key, tt.text), tt.holdsKey},
				{"other key", f.KeyIn(other, tt.text), tt.holdsOther},
				{"card", f.NumberIn(card, tt.text), tt.card},
				{"key as a number", f.NumberIn(key, tt.text), tt.text == "it is "+key},
			} {
				if one.got != one.want {
					t.Errorf("%q, time %d: %s: %v", tt.text, again, one.what, one.got)
				}
			}
		}
	}
	for i := range 2 * maxFinders {
		f.keysOf(fmt.Sprint("k3y-abcdefgh-", i))
		f.numbersOf(fmt.Sprint(4571000000000000 + i))
	}
	if len(f.keys) > maxFinders || len(f.numbers) > maxFinders {
		t.Errorf("%d and %d finders are kept", len(f.keys), len(f.numbers))
	}
}
