package plan

import (
	"testing"

	"qorcheck/spec"
)

func TestNewExpect(t *testing.T) {
	for _, tt := range []struct {
		claim  string
		expect Expect
		want   Handling
	}{
		{"a success is accepted", NewExpect("", 200), Accepted},
		{"one that ends well too", NewExpect(spec.Succeeded, 201), Accepted},
		{"a refusal is neither", NewExpect(spec.Refused, 200), ""},
		{"a 4xx is rejected", NewExpect("", 400, 403), Rejected},
		{"a 5xx is rejected", NewExpect("", 500), Rejected},
		{"nothing expected is neither", NewExpect(""), ""},
	} {
		if got := tt.expect.Handling; got != tt.want {
			t.Errorf("%s: handled as %q, want %q", tt.claim, got, tt.want)
		}
	}
}

func TestIDPart(t *testing.T) {
	for text, want := range map[string]string{"webhooks_list": "webhooks-list", "a b/c": "a-b-c", "-a.": "a", "é": "", "refused[0]": "refused-0"} {
		if got := IDPart(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
