package api

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"
)

// transfer returns the mandatory fields of an ACH debit.
func transfer() fields {
	return fields{"mid": main, "amount": "20.00", "routing_number": "122000247", "account_number": "000111222333",
		"account_type": "1", "account_nickname": "house account"}
}

func (t *target) debit(more fields) reply {
	t.Helper()
	return t.post("/payment/ach/debit", transfer().with(more))
}

func (t *target) credit(more fields) reply {
	t.Helper()
	return t.post("/payment/ach/credit", transfer().with(fields{"seccode": "PPD"}).with(more))
}

func (t *target) achVoid(id string) reply {
	t.Helper()
	return t.post("/payment/ach/void", fields{"mid": main, "transaction_id": id})
}

func (t *target) achRefund(id string) reply {
	t.Helper()
	return t.post("/payment/ach/refund", fields{"mid": main, "transaction_id": id, "orderid": "label"})
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTransferOutcomes(t *testing.T) {
	for _, tt := range []struct {
		claim  string
		more   fields
		code   string
		status string
		result string
	}{
		{"the approved account is approved", nil, "GW00", "approved", "Authorised"},
		{"any other account is approved", fields{"account_number": "A-1"}, "GW00", "approved", "Authorised"},
		{"a kind of account in words is approved", fields{"account_type": "money market"}, "GW00", "approved", "Authorised"},
		{"refused: insufficient funds", fields{"account_number": "9000000051"}, "GW51", "declined", "Refused"},
		{"refused: closed", fields{"account_number": "9000000072"}, "GW72", "declined", "Refused"},
		{"refused: over the limit", fields{"account_number": "9000000061"}, "GW61", "declined", "Refused"},
		{"the error account ends in an error", fields{"account_number": "9000000096"}, "GW96", "error", "Error"},
		{"zero is declined", fields{"amount": "0.00"}, "GW13", "declined", "Refused"},
		{"a routing number with a wrong check digit is declined", fields{"routing_number": "122000248"}, "GW15", "declined", "Refused"},
		{"RCK with a check number is approved", fields{"seccode": "RCK", "checknumber": "1001"}, "GW00", "approved", "Authorised"},
		{"a blank optional field counts as absent", fields{"orderid": "", "memo": "", "checknumber": ""}, "GW00", "approved", "Authorised"},
	} {
		for path, f := range map[string]fields{"/payment/ach/debit": transfer(), "/payment/ach/credit": transfer().with(fields{"seccode": "PPD"})} {
			t.Run(tt.claim+" at "+path, func(t *testing.T) {
				s := newTarget(t)
				got := s.want(s.post(path, f.with(tt.more)), tt.code)
				if got.text("status") != tt.status || got.text("resultCode") != tt.result {
					t.Errorf("status %s, resultCode %s", got.text("status"), got.text("resultCode"))
				}
				row := s.row(got.id())
				kind := map[string]string{"/payment/ach/debit": "sale", "/payment/ach/credit": "refund"}[path]
				if row["payment_type"] != "ach" || row["trxn_type"] != kind || row["card_type"] != nil || row["avs_code"] != nil {
					t.Errorf("stored as %v", row)
				}
			})
		}
	}
}

func TestTransferFields(t *testing.T) {
	for _, tt := range []struct {
		claim  string
		more   fields
		status int
	}{
		{"a routing number of eight digits is refused", fields{"routing_number": "12200024"}, 400},
		{"a routing number with a letter is refused", fields{"routing_number": "12200024A"}, 400},
		{"account type 9 is refused", fields{"account_type": "9"}, 400},
		{"an account type in capitals is refused", fields{"account_type": "Checking"}, 400},
		{"an account number of 40 characters is accepted", fields{"account_number": "1234567890123456789012345678901234567890"}, 200},
		{"an account number of 41 characters is refused", fields{"account_number": "12345678901234567890123456789012345678901"}, 400},
		{"a seccode of four letters is refused", fields{"seccode": "PPDX"}, 400},
		{"RCK without a check number is refused", fields{"seccode": "RCK"}, 400},
		{"RCK with a blank check number is refused", fields{"seccode": "RCK", "checknumber": " "}, 400},
		{"a check number of nine characters is refused", fields{"checknumber": "123456789"}, 400},
		{"an amount with three decimals is refused", fields{"amount": "1.234"}, 400},
		{"another merchant is refused", fields{"mid": other}, 403},
		{"a token that nobody gave out is unknown", fields{"account_number": "233300$Zq81LmPa"}, 404},
		{"the internal account is an internal error", fields{"account_number": "9000000500"}, 500},
	} {
		for path, f := range map[string]fields{"/payment/ach/debit": transfer(), "/payment/ach/credit": transfer().with(fields{"seccode": "PPD"})} {
			t.Run(tt.claim+" at "+path, func(t *testing.T) {
				s := newTarget(t)
				s.wantStatus(s.post(path, f.with(tt.more)), tt.status)
				if tt.status != http.StatusOK {
					s.wantNothing()
				}
			})
		}
	}
}

func TestTransfers(t *testing.T) {
	const ok = "GW00"
	for _, tt := range []struct {
		claim string
		steps []step
	}{
		{"a debit can be voided before it settles", []step{{"debit", "d", "", "20", ok}, {"void", "", "d", "", ok}}},
		{"a credit can be voided before it settles", []step{{"credit", "c", "", "20", ok}, {"void", "", "c", "", ok}}},
		{"a second void is declined GW74", []step{{"debit", "d", "", "20", ok}, {"void", "", "d", "", ok}, {"void", "", "d", "", "GW74"}}},
		{"a void after settlement is declined GW20", []step{{"debit", "d", "", "20", ok}, {"settle", "", "d", "", ""}, {"void", "", "d", "", "GW20"}}},
		{"a void of a settled credit is declined GW20", []step{{"credit", "c", "", "20", ok}, {"settle", "", "c", "", ""}, {"void", "", "c", "", "GW20"}}},
		{"a void of a declined debit is declined GW12", []step{{"debit", "d", "", "0", "GW13"}, {"void", "", "d", "", "GW12"}}},
		{"a void of a void is declined GW40", []step{{"debit", "d", "", "20", ok}, {"void", "v", "d", "", ok}, {"void", "", "v", "", "GW40"}}},
		{"a void of a refund is declined GW40", []step{{"debit", "d", "", "20", ok}, {"settle", "", "d", "", ""}, {"refund", "r", "d", "", ok}, {"void", "", "r", "", "GW40"}}},
		{"a settled debit can be refunded", []step{{"debit", "d", "", "20", ok}, {"settle", "", "d", "", ""}, {"refund", "", "d", "", ok}}},
		{"a second refund is declined GW74", []step{{"debit", "d", "", "20", ok}, {"settle", "", "d", "", ""}, {"refund", "", "d", "", ok}, {"refund", "", "d", "", "GW74"}}},
		{"a refund before settlement is declined GW21 and takes nothing", []step{{"debit", "d", "", "20", ok}, {"refund", "", "d", "", "GW21"}, {"settle", "", "d", "", ""}, {"refund", "", "d", "", ok}}},
		{"a refund of a voided debit is declined GW74", []step{{"debit", "d", "", "20", ok}, {"void", "", "d", "", ok}, {"refund", "", "d", "", "GW74"}}},
		{"a refund of a declined debit is declined GW12", []step{{"debit", "d", "", "0", "GW13"}, {"refund", "", "d", "", "GW12"}}},
		{"a refund of a credit is declined GW40", []step{{"credit", "c", "", "20", ok}, {"settle", "", "c", "", ""}, {"refund", "", "c", "", "GW40"}}},
		{"a refund of a refund is declined GW40", []step{{"debit", "d", "", "20", ok}, {"settle", "", "d", "", ""}, {"refund", "r", "d", "", ok}, {"refund", "", "r", "", "GW40"}}},
		{"a card sale is no transfer", []step{{"sell", "s", "", "20", ok}, {"void", "", "s", "", "GW40"}, {"settle", "", "s", "", ""}, {"refund", "", "s", "", "GW40"}, {"card refund", "", "s", "", ok}}},
		{"a cash sale is no transfer", []step{{"cash", "s", "", "20", ok}, {"void", "", "s", "", "GW40"}, {"refund", "", "s", "", "GW40"}}},
		{"a transfer is no card payment", []step{{"debit", "d", "", "20", ok}, {"card void", "", "d", "", "GW40"}, {"card capture", "", "d", "", "GW40"}, {"settle", "", "d", "", ""}, {"card refund", "", "d", "", "GW40"}, {"refund", "", "d", "", ok}}},
		{"a cash sale is no card payment", []step{{"cash", "s", "", "20", ok}, {"card void", "", "s", "", "GW40"}, {"card refund", "", "s", "", "GW40"}}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := newTarget(t)
			s.run(tt.steps, map[string]func(id, amount string) reply{
				"debit":        func(_, amount string) reply { return s.debit(fields{"amount": amount}) },
				"credit":       func(_, amount string) reply { return s.credit(fields{"amount": amount}) },
				"cash":         func(_, amount string) reply { return s.payCash(fields{"amount": amount}) },
				"refund":       func(id, _ string) reply { return s.achRefund(id) },
				"void":         func(id, _ string) reply { return s.achVoid(id) },
				"card refund":  func(id, _ string) reply { return s.refund(id, "") },
				"card void":    func(id, _ string) reply { return s.void(id) },
				"card capture": func(id, _ string) reply { return s.capture(id, "1") },
			})
		})
	}
}

func TestTransferAmounts(t *testing.T) {
	s := newTarget(t)
	id := s.settled(s.debit(fields{"amount": "18.4"}).id())
	got := s.achRefund(id)
	if got.text("amount_approved") != "18.40" {
		t.Errorf("%s", got.raw)
	}
	row := s.row(got.id())
	if row["amount"] != "18.40" || row["order_id"] != "label" || row["trxn_type"] != "refund" || row["payment_type"] != "ach" {
		t.Errorf("stored as %v", row)
	}
	if row := s.row(id); row["settled"] != "1" || row["settled_amount"] != "18.40" {
		t.Errorf("settled as %v", row)
	}
}

func TestTransfersOfOthersAndOff(t *testing.T) {
	s := newTarget(t)
	foreign := s.send(call{path: "/payment/ach/debit", role: "other_merchant", body: transfer().with(fields{"mid": other}).wrapped()}).id()
	unknown := s.wantStatus(s.achVoid("999999999999999"), http.StatusNotFound)
	for _, got := range []reply{s.achVoid(foreign), s.achRefund(foreign), s.achRefund("1"), s.achVoid(s.debit(fields{"mid": refundsOff}).id())} {
		if s.wantStatus(got, http.StatusNotFound); got.raw != unknown.raw {
			t.Errorf("distinguishable: %s", got.raw)
		}
	}
	id := s.settled(s.debit(fields{"mid": refundsOff}).id())
	s.wantStatus(s.post("/payment/ach/refund", fields{"mid": refundsOff, "transaction_id": id, "orderid": "l"}), http.StatusForbidden)
}

func TestTransferOrderIDs(t *testing.T) {
	s := newTarget(t)
	s.want(s.debit(fields{"orderid": "a"}), "GW00")
	s.want(s.credit(fields{"orderid": "b"}), "GW00")
	for _, order := range []string{"a", "b"} {
		for _, got := range []reply{s.debit(fields{"orderid": order}), s.credit(fields{"orderid": order}), s.sell(fields{"orderid": order}), s.payCash(fields{"orderid": order})} {
			if s.want(got, "GW19"); got.id() != "" {
				t.Errorf("answered %s", got.raw)
			}
		}
	}
	s.want(s.sell(fields{"orderid": "label"}), "GW00")
	id := s.settled(s.debit(nil).id())
	s.want(s.achRefund(id), "GW00") // its order id is a label
	if order, _ := s.row(id)["order_id"].(string); len(order) != 36 {
		t.Errorf("generated %q", order)
	}
}

func TestTransfersInLists(t *testing.T) {
	s := newTarget(t)
	card := s.sell(fields{"orderid": "card"}).id()
	debit := s.debit(fields{"orderid": "debit"}).id()
	s.want(s.credit(fields{"orderid": "credit"}), "GW00")
	s.payCash(fields{"orderid": "cash"})
	for _, tt := range []struct {
		claim string
		query url.Values
		want  string
	}{
		{"by default there are cards alone", nil, "1"},
		{"transfers", url.Values{"payment_type": {"ach"}}, "2"},
		{"both", url.Values{"payment_type": {"cc, ach"}}, "3"},
		{"a transfer by its order id", url.Values{"payment_type": {"cc, ach"}, "order_id": {"debit"}}, "1"},
		{"a transfer by its order id, with the kind forgotten", url.Values{"order_id": {"debit"}}, "0"},
		{"cash cannot be selected", url.Values{"payment_type": {"cc, ach"}, "order_id": {"cash"}}, "0"},
	} {
		t.Run(tt.claim, func(t *testing.T) { (&target{t, s.Server, s.origin}).wantCount(tt.query, tt.want) })
	}
	if s.row(card)["payment_type"] != "cc" || s.row(debit)["payment_type"] != "ach" {
		t.Error("a payment type is wrong")
	}
}

func TestTransfersByToken(t *testing.T) {
	s := newTarget(t)
	keep := func(more fields) string {
		return s.wantStatus(s.post("/payment/ach/token", accountToKeep().with(more)), http.StatusCreated).text("token")
	}
	lasting, once, poor := keep(nil), keep(fields{"store": 0}), keep(fields{"account_number": "9000000051"})
	s.want(s.debit(fields{"account_number": lasting}), "GW00")
	s.want(s.credit(fields{"account_number": lasting}), "GW00")
	s.want(s.debit(fields{"account_number": poor}), "GW51")
	s.want(s.debit(fields{"account_number": once}), "GW00")
	s.wantStatus(s.debit(fields{"account_number": once}), http.StatusNotFound)
	s.wantStatus(s.debit(fields{"account_number": s.tokenise(nil)}), http.StatusNotFound)
}

func TestTransfersTakeForms(t *testing.T) {
	s := newTarget(t)
	form := func(path string, f fields) reply {
		values := url.Values{}
		for name, v := range f {
			values.Set("transaction_data["+name+"]", v.(string))
		}
		return s.send(call{path: path, header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, body: values.Encode()})
	}
	id := s.want(form("/payment/ach/credit", transfer().with(fields{"seccode": "PPD"})), "GW00").id()
	s.want(form("/payment/ach/void", fields{"mid": main, "transaction_id": id}), "GW00")
	debit := s.settled(s.debit(nil).id())
	s.want(form("/payment/ach/refund", fields{"mid": main, "transaction_id": debit, "orderid": "l"}), "GW00")
	s.wantStatus(form("/payment/ach/refund", fields{"mid": main, "transaction_id": debit}), 400)
	s.wantStatus(form("/payment/ach/debit", transfer()), 400) // JSON only
}

func TestTransferMessages(t *testing.T) {
	s := newTarget(t)
	r := newReceiver(t)
	for _, kind := range []string{"sale", "refund", "void"} {
		s.hear(r, kind+".approved", kind+".declined")
	}
	s.want(s.credit(nil), "GW00") // has no message
	s.want(s.credit(fields{"account_number": "9000000051"}), "GW51")
	id := s.settled(s.debit(nil).id())
	for _, tt := range []struct {
		got   reply
		event string
	}{
		{s.debit(fields{"account_number": "9000000051"}), "sale.declined"},
		{s.debit(fields{"account_number": "9000000096"}), "sale.declined"},
		{s.achVoid(s.credit(nil).id()), "void.approved"},
		{s.achVoid(id), "void.declined"},
		{s.achRefund(id), "refund.approved"},
		{s.achRefund(id), "refund.declined"},
		{s.payCash(nil), "sale.approved"},
		{s.payCash(fields{"amount": "0"}), "sale.declined"},
	} {
		want := fmt.Sprintf(`{"event":%q,"transaction_id":%q,`, tt.event, tt.got.id())
		found := 0
		for range 100 {
			found = 0
			for _, m := range r.so() {
				if len(m.body) > len(want) && m.body[:len(want)] == want {
					found++
				}
			}
			if found > 0 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if found != 1 {
			t.Errorf("%s was sent %d times in %v", want, found, r.so())
		}
	}
	if got := len(r.wait(9)); got != 9 {
		t.Errorf("%d messages: %v", got, r.so())
	}
}
