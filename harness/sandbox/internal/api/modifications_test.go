package api

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

func TestModifications(t *testing.T) {
	const ok = "GW00"
	for _, tt := range []struct {
		claim string
		steps []step
	}{
		{"an authorization can be captured in full", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "", "a", "20.00", ok}}},
		{"an authorization can be captured in parts", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "", "a", "5.00", ok}, {"capture", "", "a", "15", ok}}},
		{"a capture one cent over the authorization is declined GW13 and takes nothing", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "", "a", "20.01", "GW13"}, {"capture", "", "a", "20.00", ok}}},
		{"a capture one cent over what is left is declined GW13", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "", "a", "5.00", ok}, {"capture", "", "a", "15.01", "GW13"}, {"capture", "", "a", "15.00", ok}}},
		{"a capture of nothing is declined GW13", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "", "a", "0.00", "GW13"}}},
		{"a capture beyond all sums is declined GW13", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "", "a", "99999999999999999999", "GW13"}}},
		{"a capture with nothing left is declined GW73", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "", "a", "20.00", ok}, {"capture", "", "a", "0.01", "GW73"}}},
		{"a capture of a sale is declined GW40", []step{
			{"sell", "s", "", "20.00", ok}, {"capture", "", "s", "1", "GW40"}}},
		{"a capture of a capture is declined GW40", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "c", "a", "5", ok}, {"capture", "", "c", "1", "GW40"}}},
		{"a capture of a declined authorization is declined GW12", []step{
			{"authorize", "a", "", "0", "GW13"}, {"capture", "", "a", "1", "GW12"}}},
		{"a capture of a voided authorization is declined GW74", []step{
			{"authorize", "a", "", "20.00", ok}, {"void", "", "a", "", ok}, {"capture", "", "a", "1", "GW74"}}},
		{"a settled authorization can still be captured to its end", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "", "a", "5", ok}, {"settle", "", "a", "", ""}, {"capture", "", "a", "15", ok}}},

		{"a sale can be voided before it settles", []step{
			{"sell", "s", "", "20.00", ok}, {"void", "", "s", "", ok}}},
		{"a second void is declined GW74", []step{
			{"sell", "s", "", "20.00", ok}, {"void", "", "s", "", ok}, {"void", "", "s", "", "GW74"}}},
		{"a void after settlement is declined GW20", []step{
			{"sell", "s", "", "20.00", ok}, {"settle", "", "s", "", ""}, {"void", "", "s", "", "GW20"}}},
		{"a void of a settled capture is declined GW20", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "c", "a", "5", ok}, {"settle", "", "c", "", ""}, {"void", "", "c", "", "GW20"}}},
		{"a void of an authorization with a settled capture is declined GW20", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "c", "a", "5", ok}, {"settle", "", "c", "", ""}, {"void", "", "a", "", "GW20"}, {"refund", "", "c", "5", ok}}},
		{"a void of a declined payment is declined GW12", []step{
			{"sell", "s", "", "0", "GW13"}, {"void", "", "s", "", "GW12"}}},
		{"a void of a void is declined GW40", []step{
			{"sell", "s", "", "20.00", ok}, {"void", "v", "s", "", ok}, {"void", "", "v", "", "GW40"}}},
		{"a void of an authorization voids its captures", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "c", "a", "5", ok}, {"void", "", "a", "", ok}, {"void", "", "c", "", "GW74"}, {"refund", "", "c", "", "GW74"}}},
		{"a void of a capture gives its amount back", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "c", "a", "20", ok}, {"void", "", "c", "", ok}, {"capture", "", "a", "20", ok}}},
		{"a void of a refund gives its amount back", []step{
			{"sell", "s", "", "20.00", ok}, {"settle", "", "s", "", ""}, {"refund", "r", "s", "20", ok}, {"void", "", "r", "", ok}, {"refund", "", "s", "20", ok}}},

		{"a refund before settlement is declined GW21", []step{
			{"sell", "s", "", "20.00", ok}, {"refund", "", "s", "1", "GW21"}, {"void", "", "s", "", ok}}},
		{"a settled sale can be refunded in parts", []step{
			{"sell", "s", "", "20.00", ok}, {"settle", "", "s", "", ""}, {"refund", "", "s", "5", ok}, {"refund", "", "s", "5", ok}, {"refund", "", "s", "10", ok}}},
		{"a refund one cent over the sale is declined GW13 and takes nothing", []step{
			{"sell", "s", "", "20.00", ok}, {"settle", "", "s", "", ""}, {"refund", "", "s", "20.01", "GW13"}, {"refund", "", "s", "20.00", ok}}},
		{"a refund one cent over what is left is declined GW13", []step{
			{"sell", "s", "", "20.00", ok}, {"settle", "", "s", "", ""}, {"refund", "", "s", "15", ok}, {"refund", "", "s", "5.01", "GW13"}}},
		{"a refund of nothing is declined GW13", []step{
			{"sell", "s", "", "20.00", ok}, {"settle", "", "s", "", ""}, {"refund", "", "s", "0", "GW13"}}},
		{"a refund with nothing left is declined GW74", []step{
			{"sell", "s", "", "20.00", ok}, {"settle", "", "s", "", ""}, {"refund", "", "s", "", ok}, {"refund", "", "s", "", "GW74"}, {"refund", "", "s", "1", "GW74"}}},
		{"a refund of a voided sale is declined GW74", []step{
			{"sell", "s", "", "20.00", ok}, {"void", "", "s", "", ok}, {"refund", "", "s", "1", "GW74"}}},
		{"a refund of a declined sale is declined GW12", []step{
			{"sell", "s", "", "0", "GW13"}, {"refund", "", "s", "1", "GW12"}}},
		{"a refund of a refund is declined GW40", []step{
			{"sell", "s", "", "20.00", ok}, {"settle", "", "s", "", ""}, {"refund", "r", "s", "5", ok}, {"refund", "", "r", "1", "GW40"}}},
		{"a refund of an authorization that was not captured is declined GW21", []step{
			{"authorize", "a", "", "20.00", ok}, {"refund", "", "a", "1", "GW21"}}},
		{"a refund of an authorization is bounded by the captured sum", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "", "a", "5", ok}, {"capture", "", "a", "7", ok}, {"settle", "", "a", "", ""},
			{"refund", "", "a", "12.01", "GW13"}, {"refund", "", "a", "12.00", ok}, {"refund", "", "a", "0.01", "GW74"}}},
		{"a refund of a capture is bounded by that capture", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "c", "a", "5", ok}, {"capture", "", "a", "7", ok}, {"settle", "", "a", "", ""},
			{"refund", "", "c", "5.01", "GW13"}, {"refund", "", "c", "5.00", ok}}},
		{"refunds of an authorization and of its captures draw on one sum", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "c", "a", "5", ok}, {"settle", "", "a", "", ""},
			{"refund", "", "a", "4", ok}, {"refund", "", "c", "2", "GW13"}, {"refund", "", "c", "1", ok}, {"refund", "", "a", "", "GW74"}}},
		{"a capture that has not settled cannot be refunded through its authorization", []step{
			{"authorize", "a", "", "20.00", ok}, {"capture", "c", "a", "5", ok}, {"capture", "", "a", "5", ok}, {"settle", "", "c", "", ""},
			{"refund", "", "a", "5.01", "GW13"}, {"refund", "", "a", "5", ok}}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := newTarget(t)
			s.run(tt.steps, map[string]func(id, amount string) reply{
				"authorize": func(_, amount string) reply { return s.authorize(fields{"amount": amount}) },
				"capture":   s.capture,
				"refund":    s.refund,
				"void":      func(id, _ string) reply { return s.void(id) },
			})
		})
	}
}

func TestRefundWithoutAmountTakesWhatIsLeft(t *testing.T) {
	s := newTarget(t)
	id := s.settled(s.sell(fields{"amount": "20.00"}).id())
	s.refund(id, "7.25")
	if got := s.want(s.refund(id, ""), "GW00").text("amount_approved"); got != "12.75" {
		t.Errorf("%s came back", got)
	}
}

func TestModificationsEchoTheReference(t *testing.T) {
	s := newTarget(t)
	id := s.authorize(nil).id()
	f := fields{"mid": main, "transaction_id": id, "amount": "5", "reference_id": "ref-9"}
	for _, path := range []string{"/payment/capture", "/payment/refund", "/payment/void"} {
		if got := s.post(path, f); got.text("reference_id") != "ref-9" {
			t.Errorf("%s: %s", path, got.raw)
		}
	}
}

func TestModificationsTakeForms(t *testing.T) {
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
	s := newTarget(t)
	id := s.authorize(nil).id()
	f := url.Values{"transaction_data[mid]": {main}, "transaction_data[transaction_id]": {id},
		"transaction_data[amount]": {"5.00"}, "transaction_data[reference_id]": {"a b+c&d=e"}}
	got := s.want(s.send(call{path: "/payment/capture", header: form, body: f.Encode()}), "GW00")
	if got.text("reference_id") != "a b+c&d=e" {
		t.Errorf("read as %q", got.text("reference_id"))
	}
	s.settled(got.id())
	plain := "transaction_data[mid]=" + main + "&transaction_data[transaction_id]=" + got.id()
	s.want(s.send(call{path: "/payment/refund", header: form, body: plain}), "GW00")
}

func TestUnknownOriginals(t *testing.T) {
	s := newTarget(t)
	foreign := s.send(call{path: "/payment/authorize", role: "other_merchant", body: payment().with(fields{"mid": other}).wrapped()}).id()
	sister := s.authorize(fields{"mid": refundsOff}).id()
	var first reply
	for _, tt := range []struct{ claim, id string }{
		{"an id that never was", "999999999999999"},
		{"an id of no known form", "no such thing"},
		{"another merchant's id", foreign},
		{"an id of another merchant of the same keys", sister},
	} {
		for _, path := range []string{"/payment/capture", "/payment/refund", "/payment/void"} {
			got := s.wantStatus(s.post(path, fields{"mid": main, "transaction_id": tt.id, "amount": "1"}), http.StatusNotFound)
			if first.raw == "" {
				first = got
			}
			if got.raw != first.raw {
				t.Errorf("%s is distinguishable: %s", tt.claim, got.raw)
			}
		}
	}
	// Nothing happened to what is another's.
	got := s.send(call{path: "/payment/capture", role: "other_merchant", body: fields{"mid": other, "transaction_id": foreign, "amount": "20"}.wrapped()})
	s.want(got, "GW00")
}

func TestRefundsSwitchedOff(t *testing.T) {
	s := newTarget(t)
	id := s.settled(s.sell(fields{"mid": refundsOff}).id())
	s.wantStatus(s.post("/payment/refund", fields{"mid": refundsOff, "transaction_id": id}), http.StatusForbidden)
	if _, count := s.list(url.Values{}); count != "1" {
		t.Errorf("%s transactions", count)
	}
	s.want(s.post("/payment/void", fields{"mid": refundsOff, "transaction_id": s.sell(fields{"mid": refundsOff}).id()}), "GW00")
}

// failingLater is a card whose captures fail later.
const failingLater = "4000000000705113"

func TestCaptureThatFailsLater(t *testing.T) {
	t.Run("reads approved, turns declined, and the hold is back", func(t *testing.T) {
		s := newTarget(t)
		r := newReceiver(t)
		s.hear(r, "capture.approved", "capture.declined")
		auth := s.authorize(fields{"creditcard": failingLater}).id()
		got := s.want(s.capture(auth, "20.00"), "GW00")
		if got.text("status") != "approved" || got.text("resultCode") != "Received" {
			t.Errorf("answered %s", got.raw)
		}
		want := `{"event":"capture.declined","transaction_id":"` + got.id() + `","success":false,"reason":"insufficient funds"}`
		if m := r.wait(1)[0]; m.body != want {
			t.Errorf("received %s, want %s", m.body, want)
		}
		if status := s.row(got.id())["trxn_status"]; status != "declined" {
			t.Errorf("reads %v afterwards", status)
		}
		s.want(s.refund(got.id(), ""), "GW12")
		s.want(s.capture(auth, "20.00"), "GW00")
	})
	t.Run("until then it reads approved and holds its amount", func(t *testing.T) {
		s := newTarget(t)
		s.failDelay = time.Hour
		auth := s.authorize(fields{"creditcard": failingLater}).id()
		id := s.capture(auth, "20.00").id()
		if status := s.row(id)["trxn_status"]; status != "approved" {
			t.Errorf("reads %v", status)
		}
		s.want(s.capture(auth, "0.01"), "GW73")
	})
	t.Run("a sale with the card is like any other", func(t *testing.T) {
		s := newTarget(t)
		id := s.sell(fields{"creditcard": failingLater}).id()
		s.void(s.authorize(fields{"creditcard": failingLater}).id())
		s.settled(id)
		s.want(s.refund(id, ""), "GW00")
	})
}

// TestCaptureThatFailsLater_FailsAtOnce when something is done to it.
func TestCaptureThatFailsLater_FailsAtOnce(t *testing.T) {
	for _, does := range []string{"void", "refund", "settle", "void of the authorization"} {
		s := newTarget(t)
		r := newReceiver(t)
		s.hear(r, "capture.approved", "capture.declined")
		auth := s.authorize(fields{"creditcard": failingLater}).id()
		id := s.capture(auth, "20.00").id()
		switch does {
		case "void":
			s.want(s.void(id), "GW12")
		case "refund":
			s.want(s.refund(id, ""), "GW12")
		case "settle":
			s.wantStatus(s.trySettle(`{"transaction_id":"`+id+`"}`), http.StatusBadRequest)
		default:
			s.want(s.void(auth), "GW00")
		}
		r.wait(1)
		time.Sleep(2 * s.failDelay)
		if got := r.so(); len(got) != 1 {
			t.Errorf("%s: %d messages: %v", does, len(got), got)
		}
		if status := s.row(id)["trxn_status"]; status != "declined" {
			t.Errorf("%s: reads %v", does, status)
		}
	}
}
