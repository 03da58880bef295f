package api

import (
	"encoding/json"
	"testing"
)

func TestCardCheck(t *testing.T) {
	s := newTarget(t)
	for _, tt := range []struct {
		claim, number string
		status        int
		valid         bool
		brand, pretty string
	}{
		{"a visa", "4111111111111111", 200, true, "visa", "4111 1111 1111 1111"},
		{"an amex", "340000000000009", 200, true, "amex", "3400 000000 00009"},
		{"fourteen digits", "30000000000004", 200, true, "diners", "3000 000000 0004"},
		{"seventeen digits", "41111111111111113", 200, true, "visa", "4111 1111 1111 11113"},
		{"a number of no brand", "9000000000000001", 200, true, "", "9000 0000 0000 0001"},
		{"a wrong check digit", "4111111111111112", 200, false, "visa", "4111 1111 1111 1112"},
		{"thirteen digits", "4000000000006", 400, false, "", ""},
		{"eighteen digits", "411111111111111111", 400, false, "", ""},
		{"a letter", "411111111111111A", 400, false, "", ""},
		{"separators", "4111-1111-1111-1111", 400, false, "", ""},
		{"space", "%20", 400, false, "", ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := &target{t, s.Server, s.origin}
			got := s.wantStatus(s.get("/utilities/luhn/"+tt.number), tt.status)
			if tt.status != 200 {
				return
			}
			data := got.body["data"].(map[string]any)
			brand, _ := data["card_type"].(string)
			if data["is_valid"] != tt.valid || brand != tt.brand || data["pretty_number"] != tt.pretty {
				t.Errorf("answered %s", got.raw)
			}
		})
	}
	amex := s.get("/utilities/luhn/340000000000009").body["data"].(map[string]any)["card_code"].(map[string]any)
	if amex["size"] != json.Number("4") {
		t.Errorf("an amex has %v", amex)
	}
	s.wantNothing()
}

func TestBankLookUp(t *testing.T) {
	s := newTarget(t)
	for _, b := range banks {
		if !bankNumber(b.Route) {
			t.Errorf("no bank can have the number %s", b.Route)
		}
		got := s.want(s.get("/utilities/aba/"+b.Route), "GW00")
		if data := got.body["data"].(map[string]any); data["route"] != b.Route || data["name"] != b.Name {
			t.Errorf("answered %s", got.raw)
		}
	}
	for _, tt := range []struct {
		claim, number string
		status        int
	}{
		{"a number that no bank has", "011000015", 404},
		{"a wrong check digit", "122000248", 404},
		{"eight digits", "12200024", 400},
		{"ten digits", "1220002470", 400},
		{"a letter", "12200024A", 400},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := &target{t, s.Server, s.origin}
			s.wantStatus(s.get("/utilities/aba/"+tt.number), tt.status)
		})
	}
}

func TestRoutingNumbers(t *testing.T) {
	for number, want := range map[string]bool{
		"122000247": true, "122242597": true, "063013924": true, "000000000": true,
		"122245607": false, "122000248": false, "12200024": false, "": false, "12200024x": false,
	} {
		if bankNumber(number) != want {
			t.Errorf("%q: %v", number, !want)
		}
	}
}
