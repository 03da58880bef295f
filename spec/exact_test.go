package spec

import "testing"

func TestMayBeInexact(t *testing.T) {
	for text, want := range map[string]bool{
		"maximum: 9223372036854775807": true, "maximum: 922337203685477": false, "1234567890123456": true,
		"0.1": false, "0.123456789012345": true, ".123456789012345": false, ".1234567890123456": true, "0.12345678901234": false,
		"12345678.12345678": true, "1234567.12345678": false, "12345678.1234567": false, "12345678..12345678": false,
		"12345678 12345678": false, "1.2.123456789012345": true, "": false,
	} {
		if got := mayBeInexact([]byte(text)); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}
