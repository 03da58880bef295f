package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestPaymentOutcomes(t *testing.T) {
	for _, tt := range []struct {
		claim  string
		more   fields
		code   string
		status string
		result string
	}{
		{"the approved card is approved", nil, "GW00", "approved", "Authorised"},
		{"any well-formed number that is no trigger is approved", fields{"creditcard": "4111111111111111"}, "GW00", "approved", "Authorised"},
		{"a mastercard is approved", fields{"creditcard": "5500000000000004"}, "GW00", "approved", "Authorised"},
		{"a thirteen-digit visa is approved", fields{"creditcard": "4000000000006"}, "GW00", "approved", "Authorised"},
		{"an amex with four digits of CVV is approved", fields{"creditcard": "340000000000009", "cvv": "4321"}, "GW00", "approved", "Authorised"},
		{"a number of no known brand is approved", fields{"creditcard": "9000000000000001"}, "GW00", "approved", "Authorised"},
		{"refused: do not honor", fields{"creditcard": "4000000000000515"}, "GW05", "declined", "Refused"},
		{"refused: insufficient funds", fields{"creditcard": "4000000000005118"}, "GW51", "declined", "Refused"},
		{"refused: stolen", fields{"creditcard": "5200000000004314"}, "GW43", "declined", "Refused"},
		{"refused: over the limit", fields{"creditcard": "5200000000006111"}, "GW61", "declined", "Refused"},
		{"refused: lost", fields{"creditcard": "370000000000416", "cvv": "4321"}, "GW41", "declined", "Refused"},
		{"the error card ends in an error", fields{"creditcard": "4000000000009615"}, "GW96", "error", "Error"},
		{"three digits of CVV on an amex are declined", fields{"creditcard": "340000000000009"}, "GW82", "declined", "Refused"},
		{"four digits of CVV on a visa are declined", fields{"cvv": "4321"}, "GW82", "declined", "Refused"},
		{"a past year is declined", fields{"year": "25"}, "GW54", "declined", "Refused"},
		{"the month before this one is declined", fields{"month": "10", "year": "26"}, "GW54", "declined", "Refused"},
		{"the month that it is now is good", fields{"month": "11", "year": "26"}, "GW00", "approved", "Authorised"},
		{"the last year that can be written is good", fields{"month": "12", "year": "99"}, "GW00", "approved", "Authorised"},
		{"a short number is declined", fields{"creditcard": "411111"}, "GW14", "declined", "Refused"},
		{"a single digit is declined", fields{"creditcard": "4"}, "GW14", "declined", "Refused"},
		{"a number one digit too short for its brand is declined", fields{"creditcard": "411111111111116"}, "GW14", "declined", "Refused"},
		{"a wrong check digit is declined", fields{"creditcard": "4111111111111112"}, "GW14", "declined", "Refused"},
		{"zero is declined", fields{"amount": "0"}, "GW13", "declined", "Refused"},
		{"0.00 is declined", fields{"amount": "0.00"}, "GW13", "declined", "Refused"},
		{"one cent is approved", fields{"amount": "0.01"}, "GW00", "approved", "Authorised"},
		{"a sum that no account holds is declined", fields{"amount": strings.Repeat("9", 40)}, "GW13", "declined", "Refused"},
		{"a blank optional field counts as absent", fields{"cardfullname": "", "orderid": "", "reference_id": ""}, "GW00", "approved", "Authorised"},
		{"unknown fields are ignored", fields{"colour": []any{"red"}}, "GW00", "approved", "Authorised"},
	} {
		for _, path := range []string{"/payment/sale/", "/payment/sale/manual/", "/payment/authorize"} {
			t.Run(tt.claim+" at "+path, func(t *testing.T) {
				s := newTarget(t)
				s.now = func() time.Time { return time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC) }
				got := s.want(s.post(path, payment().with(tt.more)), tt.code)
				if got.text("status") != tt.status || got.text("resultCode") != tt.result {
					t.Errorf("status %s, resultCode %s", got.text("status"), got.text("resultCode"))
				}
				stored := s.row(got.id())
				if want := map[bool]string{true: "approved", false: "declined"}[tt.code == "GW00"]; stored["trxn_status"] != want {
					t.Errorf("stored as %v", stored["trxn_status"])
				}
			})
		}
	}
}

func TestRefusalReasonsDiffer(t *testing.T) {
	s := newTarget(t)
	seen := map[string]string{}
	for _, trigger := range append(s.Fixtures.Triggers.Card.Refused, s.Fixtures.Triggers.Card.Error) {
		more := fields{"creditcard": trigger.Card}
		if trigger.CVV != "" {
			more["cvv"] = trigger.CVV
		}
		why := s.sell(more).text("refusalReason")
		if before, twice := seen[why]; twice || why == "" {
			t.Errorf("%s and %s share the reason %q", before, trigger.Card, why)
		}
		seen[why] = trigger.Card
	}
}

func TestPaymentAnswerFields(t *testing.T) {
	s := newTarget(t)
	s.now = func() time.Time { return time.Date(2031, 9, 5, 14, 2, 11, 0, time.UTC) }
	got := s.sell(fields{"amount": "18.4", "reference_id": "ref-77"})
	for name, want := range map[string]string{
		"amount_approved": "18.40", "reference_id": "ref-77", "transaction_date": "2031-09-05 14:02:11",
	} {
		if got.text(name) != want {
			t.Errorf("%s is %q, want %q", name, got.text(name), want)
		}
	}
	if got.text("authcode") == "" || got.id() == "" {
		t.Errorf("no authcode or transaction_id in %s", got.raw)
	}
	refused := s.sell(fields{"creditcard": "4000000000000515", "reference_id": "ref-78"})
	if refused.text("reference_id") != "ref-78" || refused.text("amount_approved") != "0.00" || refused.text("authcode") != "" {
		t.Errorf("refused: %s", refused.raw)
	}
	if bare := s.sell(nil); bare.body["reference_id"] != nil {
		t.Errorf("reference_id comes from nowhere: %s", bare.raw)
	}
}

func TestAmountFormsAreEqual(t *testing.T) {
	s := newTarget(t)
	for _, amount := range []string{"12", "12.0", "12.00", "012"} {
		if got := s.row(s.sell(fields{"amount": amount}).id())["amount"]; got != "12.00" {
			t.Errorf("%s is stored as %v", amount, got)
		}
	}
}

func TestInternalErrorLeavesNothing(t *testing.T) {
	for _, path := range []string{"/payment/sale/manual/", "/payment/authorize"} {
		s := newTarget(t)
		f := payment().with(fields{"creditcard": "4000000000500019", "orderid": "o-1"})
		header := map[string]string{"Qor-Idempotent-Key": "k-1"}
		s.wantStatus(s.send(call{path: path, header: header, body: f.wrapped()}), http.StatusInternalServerError)
		s.wantNothing()
		// Order id and idempotency key stay free.
		f["creditcard"] = "4571000000000001"
		s.want(s.send(call{path: path, header: header, body: f.wrapped()}), "GW00")
	}
}

func TestOrderIDs(t *testing.T) {
	t.Run("an absent or blank one is generated with 36 characters", func(t *testing.T) {
		s := newTarget(t)
		seen := map[any]bool{}
		for _, orderid := range []any{nil, "", "  "} {
			id := s.row(s.sell(fields{"orderid": orderid}).id())["order_id"]
			if text, _ := id.(string); len(text) != 36 || seen[id] {
				t.Errorf("orderid %q is stored as %v", orderid, id)
			}
			seen[id] = true
		}
	})
	t.Run("one that is used again is declined GW19 and nothing is stored", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.sell(fields{"orderid": "o-1"}), "GW00")
		for _, path := range []string{"/payment/sale/manual/", "/payment/authorize"} {
			got := s.want(s.post(path, payment().with(fields{"orderid": "o-1", "reference_id": "r"})), "GW19")
			if got.id() != "" || got.text("reference_id") != "r" || got.text("resultCode") != "Refused" {
				t.Errorf("answered %s", got.raw)
			}
		}
		if _, count := s.list(url.Values{"order_id": {"o-1"}}); count != "1" {
			t.Errorf("%s transactions", count)
		}
	})
	t.Run("an authorization uses one up for sales too", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.authorize(fields{"orderid": "o-1"}), "GW00")
		s.want(s.sell(fields{"orderid": "o-1"}), "GW19")
	})
	t.Run("a declined payment has used it", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.sell(fields{"orderid": "o-1", "creditcard": "4000000000000515"}), "GW05")
		s.want(s.sell(fields{"orderid": "o-1"}), "GW19")
	})
	t.Run("a rejected payment frees it", func(t *testing.T) {
		s := newTarget(t)
		s.wantStatus(s.sell(fields{"orderid": "o-1", "amount": "x"}), http.StatusBadRequest)
		s.want(s.sell(fields{"orderid": "o-1"}), "GW00")
	})
	t.Run("merchants do not share them", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.sell(fields{"orderid": "o-1"}), "GW00")
		s.want(s.sell(fields{"orderid": "o-1", "mid": refundsOff}), "GW00")
		got := s.send(call{path: "/payment/authorize", role: "other_merchant", body: payment().with(fields{"orderid": "o-1", "mid": other}).wrapped()})
		s.want(got, "GW00")
	})
	t.Run("case counts", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.sell(fields{"orderid": "o-1"}), "GW00")
		s.want(s.sell(fields{"orderid": "O-1"}), "GW00")
	})
	t.Run("the label of a capture uses none up", func(t *testing.T) {
		s := newTarget(t)
		id := s.authorize(nil).id()
		s.want(s.post("/payment/capture", fields{"mid": main, "transaction_id": id, "amount": "1", "orderid": "l-1"}), "GW00")
		s.want(s.post("/payment/capture", fields{"mid": main, "transaction_id": id, "amount": "1", "orderid": "l-1"}), "GW00")
		s.want(s.sell(fields{"orderid": "l-1"}), "GW00")
	})
}

func TestIDsAreScattered(t *testing.T) {
	s := newTarget(t)
	id := s.sell(nil).id()
	last := id[len(id)-1]
	neighbour := id[:len(id)-1] + string('0'+(last-'0'+1)%10)
	s.sell(nil)
	s.wantStatus(s.get("/payment/transaction/"+neighbour), http.StatusNotFound)
}

func TestSale_MailAddress(t *testing.T) {
	for address, status := range map[string]int{"": 400, "a": 400, "a@b": 200} {
		t.Run(address, func(t *testing.T) {
			s := newTarget(t)
			s.wantStatus(s.post("/payment/sale/manual/", payment().with(fields{"cemail": address})), status)
		})
	}
}
