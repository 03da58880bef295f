package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"
)

func TestFetchShowsWhatWasStored(t *testing.T) {
	s := newTarget(t)
	s.now = func() time.Time { return time.Date(2031, 9, 5, 14, 2, 11, 0, time.UTC) }
	got := s.sell(fields{"amount": "18.4", "orderid": "o-1", "ipaddress": "203.0.113.9", "cardfullname": "Ada Marlow"})
	row := s.row(got.id())
	for name, want := range map[string]any{
		"trxn_id": got.id(), "trxn_status": "approved", "trxn_type": "sale", "trxn_date": "09-05-2031 02:02 PM",
		"payment_type": "cc", "card_type": "visa", "amount": "18.40", "order_id": "o-1", "authcode": got.text("authcode"),
		"avs_code": "GOOD (Y)", "cv_code": "GOOD (M)", "first_6": "457100", "last_4": "0001", "settled": "0",
		"deposit_id": nil, "settled_amount": nil, "settled_date": nil, "ip_address": "203.0.113.9",
	} {
		if v, ok := row[name]; !ok || v != want {
			t.Errorf("%s is %v, want %v", name, v, want)
		}
	}
	rows, _ := s.list(url.Values{"order_id": {"o-1"}})
	if rows[0]["cardholder_name"] != "Ada Marlow" || rows[0]["trxn_id"] != got.id() {
		t.Errorf("listed as %v", rows[0])
	}
	if cv := s.row(s.sell(fields{"cvv": "4321"}).id())["cv_code"]; cv != "BAD (N)" {
		t.Errorf("a wrong CVV reads %v", cv)
	}
}

func TestFetchUnknown(t *testing.T) {
	s := newTarget(t)
	foreign := s.send(call{path: "/payment/authorize", role: "other_merchant", body: payment().with(fields{"mid": other}).wrapped()}).id()
	unknown := s.wantStatus(s.get("/payment/transaction/999999999999999"), http.StatusNotFound)
	for _, id := range []string{foreign, "x", "%20", "a%2Fb", "%00"} {
		if got := s.wantStatus(s.get("/payment/transaction/"+id), http.StatusNotFound); got.raw != unknown.raw {
			t.Errorf("%s is distinguishable: %s", id, got.raw)
		}
	}
	s.wantStatus(s.send(call{method: http.MethodGet, role: "other_merchant", path: "/payment/transaction/" + foreign}), http.StatusOK)
}

func TestListFilters(t *testing.T) {
	s := newTarget(t)
	day := func(d int) { s.now = func() time.Time { return time.Date(2031, 9, d, 23, 59, 59, 0, time.UTC) } }
	day(1)
	a := s.sell(fields{"orderid": "a", "amount": "10.00", "cardfullname": "Ada Marlow"}).id()
	day(2)
	b := s.authorize(fields{"orderid": "b,1", "amount": "12", "creditcard": "5500000000000004", "cardfullname": "Bea Mar"}).id()
	c := s.capture(b, "5.00").id()
	day(3)
	d := s.sell(fields{"orderid": "D", "amount": "20.00", "creditcard": "4000000000000515"}).id()
	s.send(call{path: "/payment/authorize", role: "other_merchant", body: payment().with(fields{"mid": other, "orderid": "a"}).wrapped()})
	e := s.sell(fields{"mid": refundsOff, "orderid": "a", "amount": "30"}).id()
	for _, tt := range []struct {
		claim string
		query url.Values
		want  []string
	}{
		{"without filters all card payments are shown, newest first", nil, []string{e, d, c, b, a}},
		{"by id", url.Values{"transaction_id": {b}}, []string{b}},
		{"by several ids", url.Values{"transaction_id": {a + "," + d}}, []string{d, a}},
		{"by several ids with space between", url.Values{"transaction_id": {a + ", " + d}}, []string{d, a}},
		{"by an unknown id", url.Values{"transaction_id": {"1"}}, nil},
		{"an empty filter does not filter", url.Values{"transaction_id": {""}, "order_id": {""}, "trxn_status": {""}, "start_date": {""}, "card_brand": {""}}, []string{e, d, c, b, a}},
		{"by order id, with all merchants of the keys and no other", url.Values{"order_id": {"a"}}, []string{e, a}},
		{"a capture without label shows the order id of its authorization", url.Values{"order_id": {"b,1"}}, []string{c, b}},
		{"by several order ids", url.Values{"order_id": {"D,a,nobody"}}, []string{e, d, a}},
		{"an order id named twice is found once", url.Values{"order_id": {"D,D"}}, []string{d}},
		{"order ids are case-sensitive", url.Values{"order_id": {"d"}}, nil},
		{"order ids are matched whole", url.Values{"order_id": {"b"}}, nil},
		{"approved", url.Values{"trxn_status": {"approved"}}, []string{e, c, b, a}},
		{"declined", url.Values{"trxn_status": {"declined"}}, []string{d}},
		{"cards by name", url.Values{"payment_type": {"cc"}}, []string{e, d, c, b, a}},
		{"cards and transfers", url.Values{"payment_type": {"cc, ach"}, "order_id": {"D"}}, []string{d}},
		{"transfers alone", url.Values{"payment_type": {"ach"}}, nil},
		{"an exact amount", url.Values{"amount": {"12.0"}}, []string{b}},
		{"at least an amount, inclusive", url.Values{"amount_from": {"20"}}, []string{e, d}},
		{"at most an amount, inclusive", url.Values{"amount_to": {"10.00"}}, []string{c, a}},
		{"between amounts", url.Values{"amount_from": {"10"}, "amount_to": {"12"}}, []string{b, a}},
		{"a range beats the exact amount", url.Values{"amount": {"10"}, "amount_from": {"30"}}, []string{e}},
		{"an upper bound alone beats the exact amount", url.Values{"amount": {"10"}, "amount_to": {"5"}}, []string{c}},
		{"part of the holder's name", url.Values{"cardholder_name": {"Mar"}}, []string{c, b, a}},
		{"the holder's name is case-sensitive", url.Values{"cardholder_name": {"mar"}}, nil},
		{"by brand", url.Values{"card_brand": {"mastercard"}}, []string{c, b}},
		{"by several brands", url.Values{"card_brand": {"visa,mastercard"}}, []string{e, d, c, b, a}},
		{"brands are case-sensitive", url.Values{"card_brand": {"Visa"}}, nil},
		{"by first digits", url.Values{"first_6": {"400000,550000"}}, []string{d, c, b}},
		{"by last digits", url.Values{"last_4": {"0515"}}, []string{d}},
		{"from a day, inclusive", url.Values{"start_date": {"09/02/31"}}, []string{e, d, c, b}},
		{"to a day, inclusive", url.Values{"end_date": {"09/02/31"}}, []string{c, b, a}},
		{"one day", url.Values{"start_date": {"09/02/31"}, "end_date": {"09/02/31"}}, []string{c, b}},
		{"to a day that its month does not have", url.Values{"end_date": {"02/31/31"}}, nil},
		{"filters hold together", url.Values{"card_brand": {"visa"}, "trxn_status": {"approved"}, "amount": {"10.00"}}, []string{a}},
		{"unknown parameters are ignored", url.Values{"colour": {"red", "blue"}}, []string{e, d, c, b, a}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s.T = t
			rows, count := s.list(tt.query)
			var got []string
			for _, r := range rows {
				got = append(got, r["trxn_id"].(string))
			}
			if !slices.Equal(got, tt.want) || count != fmt.Sprint(len(tt.want)) {
				t.Errorf("found %v, count %s, want %v", got, count, tt.want)
			}
		})
	}
}

func TestListPages(t *testing.T) {
	s := newTarget(t)
	var all []string
	for range 45 {
		all = append(all, s.sell(nil).id())
	}
	slices.Reverse(all)
	for _, tt := range []struct {
		claim string
		query url.Values
		want  []string
	}{
		{"a page holds 40 by default", nil, all[:40]},
		{"the first page", url.Values{"limit": {"10"}}, all[:10]},
		{"the second page goes on where the first ends", url.Values{"limit": {"10"}, "offset": {"10"}}, all[10:20]},
		{"the last page is short", url.Values{"limit": {"10"}, "offset": {"40"}}, all[40:]},
		{"beyond the end there is nothing", url.Values{"offset": {"45"}}, nil},
		{"a limit beyond all numbers", url.Values{"limit": {"99999999999999999999"}}, all},
		{"an offset beyond all numbers", url.Values{"offset": {"99999999999999999999"}}, nil},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s.T = t
			rows, count := s.list(tt.query)
			var got []string
			for _, r := range rows {
				got = append(got, r["trxn_id"].(string))
			}
			if !slices.Equal(got, tt.want) || count != "45" {
				t.Errorf("found %d, count %s, want %d", len(got), count, len(tt.want))
			}
		})
	}
}

func TestListRefuses(t *testing.T) {
	s := newTarget(t)
	for _, tt := range []struct{ claim, query string }{
		{"no limit of zero", "limit=0"},
		{"no negative limit", "limit=-1"},
		{"no limit in words", "limit=ten"},
		{"no fraction of a limit", "limit=1.5"},
		{"no power of ten as a limit", "limit=1e1"},
		{"no space before a limit", "limit=%205"},
		{"no empty limit", "limit="},
		{"no negative offset", "offset=-1"},
		{"no unknown payment type", "payment_type=gold"},
		{"no unknown status", "trxn_status=maybe"},
		{"no amount with three decimals", "amount=1.234"},
		{"no date of another form", "start_date=2031-09-01"},
		{"no id longer than 36 characters", "transaction_id=1234567890123456789012345678901234567"},
		{"no parameter twice", "limit=5&limit=5"},
		{"no broken encoding", "order_id=%zz"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s.T = t
			s.wantStatus(s.get("/payment/transactions?"+tt.query), http.StatusBadRequest)
		})
	}
}
