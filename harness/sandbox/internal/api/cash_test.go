package api

import (
	"net/http"
	"testing"
)

// payCash pays in cash. The fields mid and type stand beside the others.
func (t *target) payCash(more fields) reply {
	t.Helper()
	body := map[string]any{"type": "sale", "mid": main}
	data := fields{"orderid": NewOrderID(), "amount": "20.00"}.with(more)
	for _, name := range []string{"type", "mid", "items"} {
		if v, ok := data[name]; ok {
			body[name] = v
			delete(data, name)
		}
	}
	body["transaction_data"] = data
	return t.send(call{path: "/payment/cash", body: body})
}

func TestCashSale(t *testing.T) {
	for _, tt := range []struct {
		claim  string
		more   fields
		status int
		code   string
	}{
		{"a sale is added", nil, 201, "GW00"},
		{"items are taken", fields{"items": []any{map[string]any{"name": "tea"}}}, 201, "GW00"},
		{"any type is taken", fields{"type": "tip"}, 201, "GW00"},
		{"a merchant inside transaction_data is ignored", nil, 201, "GW00"},
		{"zero is declined under 200", fields{"amount": "0"}, 200, "GW13"},
		{"a sum that no till holds is declined under 200", fields{"amount": "99999999999999999999"}, 200, "GW13"},
		{"items that are no list are refused", fields{"items": "tea"}, 400, "GW03"},
		{"an item that is no object is refused", fields{"items": []any{"tea"}}, 400, "GW03"},
		{"a type that is a number is refused", fields{"type": 1}, 400, "GW03"},
		{"another merchant is refused", fields{"mid": other}, 403, "GW89"},
		{"an unknown merchant is refused", fields{"mid": "1"}, 403, "GW89"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := newTarget(t)
			got := s.wantStatus(s.payCash(tt.more), tt.status)
			if got.code() != tt.code {
				t.Errorf("answered %s", got.raw)
			}
			switch tt.status {
			case http.StatusCreated:
				if got.text("resultCode") != "Authorised" || got.text("amount_recorded") != "20.00" || got.body["amount_approved"] != nil {
					t.Errorf("answered %s", got.raw)
				}
				row := s.row(got.id())
				if row["payment_type"] != "cash" || row["trxn_type"] != "sale" || row["trxn_status"] != "approved" || row["cv_code"] != nil {
					t.Errorf("stored as %v", row)
				}
			case http.StatusOK:
				if got.text("resultCode") != "Refused" || s.row(got.id())["trxn_status"] != "declined" {
					t.Errorf("answered %s", got.raw)
				}
			default:
				s.wantNothing()
			}
		})
	}
}

func TestCashOrderIDs(t *testing.T) {
	s := newTarget(t)
	s.wantStatus(s.payCash(fields{"orderid": "o"}), http.StatusCreated)
	if got := s.want(s.payCash(fields{"orderid": "o"}), "GW19"); got.id() != "" || got.text("resultCode") != "Refused" {
		t.Errorf("answered %s", got.raw)
	}
	s.want(s.sell(fields{"orderid": "o"}), "GW19")
	s.wantStatus(s.payCash(fields{"orderid": "o", "mid": refundsOff}), http.StatusCreated)
}

func TestCashNeverSettles(t *testing.T) {
	s := newTarget(t)
	id := s.payCash(nil).id()
	s.wantStatus(s.trySettle(`{"transaction_id":"`+id+`"}`), http.StatusBadRequest)
	if s.row(id)["settled"] != "0" {
		t.Error("it settled")
	}
}
