package api

import (
	"net/http"
	"testing"
	"time"
)

func TestSettle(t *testing.T) {
	s := newTarget(t)
	declined := s.sell(fields{"amount": "0"}).id()
	voided := s.sell(nil).id()
	void := s.void(voided).id()
	bare := s.authorize(nil).id()
	captured := s.authorize(nil).id()
	capture := s.capture(captured, "7").id()
	sale := s.sell(fields{"amount": "18.40"}).id()
	for _, tt := range []struct {
		claim, body string
		status      int
	}{
		{"a sale settles", `{"transaction_id":"` + sale + `"}`, http.StatusOK},
		{"a second time changes nothing", `{"transaction_id":"` + sale + `"}`, http.StatusOK},
		{"an authorization settles through its captures", `{"transaction_id":"` + captured + `"}`, http.StatusOK},
		{"an authorization without captures has nothing to settle", `{"transaction_id":"` + bare + `"}`, http.StatusBadRequest},
		{"a declined sale has nothing to settle", `{"transaction_id":"` + declined + `"}`, http.StatusBadRequest},
		{"a voided sale has nothing to settle", `{"transaction_id":"` + voided + `"}`, http.StatusBadRequest},
		{"a void has nothing to settle", `{"transaction_id":"` + void + `"}`, http.StatusBadRequest},
		{"an unknown transaction", `{"transaction_id":"1"}`, http.StatusNotFound},
		{"no transaction", `{}`, http.StatusBadRequest},
		{"no JSON", `x`, http.StatusBadRequest},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s.T = t
			s.wantStatus(s.trySettle(tt.body), tt.status)
		})
	}
	s.T = t
	for id, amount := range map[string]any{sale: "18.40", capture: "7.00", captured: "7.00", bare: nil, declined: nil, voided: nil} {
		row := s.row(id)
		settled := map[bool]string{true: "1", false: "0"}[amount != nil]
		if row["settled"] != settled || row["settled_amount"] != amount || (row["settled_date"] != nil) != (amount != nil) {
			t.Errorf("%s reads %v", id, row)
		}
	}
	before := s.row(sale)["settled_date"]
	s.now = func() time.Time { return time.Now().Add(time.Hour) }
	if after := s.row(s.settled(sale))["settled_date"]; after != before {
		t.Errorf("settled at %v, and again at %v", before, after)
	}
	response, err := http.Get(s.origin + "/control/settle")
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusNotFound {
		t.Errorf("GET: %d, %v", response.StatusCode, err)
	}
}
