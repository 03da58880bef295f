package redact

import "testing"

// What is sent is tested in package exchange.
func TestCardGuard(t *testing.T) {
	const listed, stray = "4571000000000001", "4242424242424242"
	for _, tt := range []struct {
		claim string
		guard *CardGuard
		text  string
		want  string
	}{
		{"a stray number in a card field", NewCardGuard([]string{"Creditcard"}, []string{listed}), `{"creditcard":"` + stray + `"}`, "424242******4242"},
		{"a listed one", NewCardGuard([]string{"creditcard"}, []string{listed}), `{"creditcard":"` + listed + `"}`, ""},
		{"another field", NewCardGuard([]string{"creditcard"}, nil), `{"order":"` + stray + `"}`, ""},
		{"without a card field there is nothing to guard", NewCardGuard(nil, nil), `{"":"` + stray + `"}`, ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := tt.guard.Unlisted(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
