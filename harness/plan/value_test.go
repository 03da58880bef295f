package plan

import (
	"testing"

	"qorcheck/spec"
)

func TestExpectations(t *testing.T) {
	for _, tt := range []struct {
		claim              string
		expect             Expect
		accepted, rejected bool
	}{
		{"a success is accepted", Expect{Statuses: []int{200}}, true, false},
		{"one that ends well too", Expect{Statuses: []int{201}, Ending: spec.Succeeded}, true, false},
		{"a refusal is neither", Expect{Statuses: []int{200}, Ending: spec.Refused}, false, false},
		{"a 4xx is rejected", Expect{Statuses: []int{400, 403}}, false, true},
		{"a 5xx is rejected", Expect{Statuses: []int{500}}, false, true},
		{"nothing expected is neither", Expect{}, false, false},
	} {
		if tt.expect.Accepted() != tt.accepted || tt.expect.Rejected() != tt.rejected {
			t.Errorf("%s: accepted %v, rejected %v", tt.claim, tt.expect.Accepted(), tt.expect.Rejected())
		}
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{"webhooks_list": "webhooks-list", "a b/c": "a-b-c", "-a.": "a", "é": "", "refused[0]": "refused-0"} {
		if got := IDPart(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
