package redact

import (
	"encoding/hex"
	"net/url"
	"strings"
	"testing"
)

func TestLeaks(t *testing.T) {
	r := toyRedactor()
	r.cards["6011000990139424"] = true
	for _, tt := range []struct{ claim, text, want string }{
		{"nothing", "", ""},
		{"a key", "x" + clientKey + "y", "a credential"},
		{"a key in JSON", jsonText(appKey), "a credential"},
		{"a key in a URL", url.QueryEscape(appKey), "a credential"},
		{"a key in base64", packed(clientKey), "a credential"},
		{"a key in hexadecimal digits", hex.EncodeToString([]byte(clientKey)), "a credential"},
		{"a card of the fixtures", `"` + testCard + `"`, "the card number 457100******0001"},
		{"another card", "card " + otherCard, "the card number 550000******0004"},
		{"another card in groups", "5500 0000 0000 0004.", "the card number 550000******0004"},
		{"another card in encoded groups", "5500%200000%200000%200004", "the card number 550000******0004"},
		{"another card after shorter groups", "5500 12 5500-0000-0000-0004", "the card number 550000******0004"},
		{"groups of other sizes, as in columns", "550 000 000 000 000 4", ""},
		{"a card after an escape that ends in a letter", "a%2F" + otherCard, "the card number 550000******0004"},
		{"a card's digits after a letter", "F" + otherCard, ""},
		{"a card after a number that is none", "1000000000000009 " + otherCard, "the card number 550000******0004"},
		{"a card after an escape", "a%22" + otherCard + "%22", "the card number 550000******0004"},
		{"a card after an escape that is encoded again", "a%2522" + otherCard + "%252522", "the card number 550000******0004"},
		{"a card after a percent sign", "100%" + testCard, "the card number 457100******0001"},
		{"another card after a percent sign", "100%" + otherCard, "the card number 550000******0004"},
		{"a card after a percent sign that is encoded", "100%25" + testCard, "the card number 457100******0001"},
		{"a listed card that looks like an escape", "100%6011000990139424", "the card number 601100******9424"},
		{"escapes before a number that is none", "mid%2522%253A%2522700100200%2522", ""},
		{"a truncated card", "550000******0004", ""},
		{"numbers", "1767323045000 1000000000000009 310905123456789 0.4571000000000002", ""},
		{"a digest", "sha256:" + strings.Repeat("5500000000000004ab", 4), ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := r.Leaks(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("a credential that is a word is none by itself", func(t *testing.T) {
		r := New(Secrets{Values: []string{"sandbox"}})
		if r.Leaks("the sandbox") != "" || r.Leaks(packed("sandbox")) == "" || strings.Contains(r.answer("the sandbox"), "sandbox") {
			t.Error("it is, or it is not taken out")
		}
	})
}
