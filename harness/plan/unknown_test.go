package plan

import (
	"strings"
	"testing"
	"unicode"
)

func TestUnknownID(t *testing.T) {
	for _, tt := range []struct {
		claim, id string
		grows     bool
	}{
		{"digits", "310905123456789", false},
		{"a UUID", "6f1c2a34-8d0b-4e1f-9a57-3b2c1d0e4f56", false},
		{"hexadecimal letters", "abcdefabcdef", false},
		{"other small letters", "zyxwvuts", false},
		{"capitals alone", "TXNABCDEFGH", false},
		{"a prefix stays", "TXN-00017745", false},
		{"one digit grows", "7", true},
		{"nothing grows", "", true},
		{"neither letter nor digit grows", "--------", true},
		{"another script grows", "交易号码交易号码", true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			for _, run := range []string{"run1", "run2", "run3"} {
				got := UnknownID(tt.id, run, 0)
				if got == tt.id || got != UnknownID(tt.id, run, 0) || len(got) < 8 {
					t.Fatalf("UnknownID(%q) = %q, then %q", tt.id, got, UnknownID(tt.id, run, 0))
				}
				if !strings.HasPrefix(shape(got), shape(tt.id)) || (len(got) != len(tt.id)) != tt.grows {
					t.Errorf("UnknownID(%q) = %q, of another shape", tt.id, got)
				}
			}
		})
	}
	if got := UnknownID("TXN-00017745", "run1", 0); !strings.HasPrefix(got, "TXN-") {
		t.Errorf("the prefix went: %s", got)
	}
}

func TestUnknownID_OfADocumentedForm(t *testing.T) {
	for _, run := range []string{"run1", "run2", "run3", "run4"} {
		if got := UnknownID("1111", run, 4); len(got) != 4 || got == "1111" || shape(got) != "9999" {
			t.Errorf("four digits became %q", got)
		}
		if got := UnknownID("", run, 3); len(got) != 3 {
			t.Errorf("nothing became %q", got)
		}
		if got := UnknownID("6f1c2a34-8d0b-4e1f-9a57-3b2c1d0e4f56", run, 0); !uuid.MatchString(got) || got[uuidVersion] != '4' || got[uuidVariant] != '9' {
			t.Errorf("a UUID became %q", got)
		}
	}
}

// shape replaces digits, small letters and capitals by one of each.
func shape(id string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case unicode.IsDigit(c):
			return '9'
		case c >= 'a' && c <= 'z':
			return 'a'
		case c >= 'A' && c <= 'Z':
			return 'A'
		}
		return c
	}, id)
}
