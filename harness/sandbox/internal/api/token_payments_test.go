package api

import (
	"net/http"
	"testing"
	"time"
)

func TestTemporaryTokens(t *testing.T) {
	now := time.Date(2030, 1, 31, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		claim string
		first func(s *target, token string)
		good  bool // for another payment
	}{
		{"one serves one payment", func(s *target, token string) { s.want(s.authorizeBy(token), "GW00") }, false},
		{"a declined payment has used it", func(s *target, token string) {
			s.want(s.post("/payment/authorize/token", tokenPayment(token).with(fields{"amount": "0"})), "GW13")
		}, false},
		{"a rejected payment has not", func(s *target, token string) {
			s.wantStatus(s.post("/payment/authorize/token", tokenPayment(token).with(fields{"amount": "x"})), 400)
		}, true},
		{"a taken order id has not", func(s *target, token string) {
			s.sell(fields{"orderid": "o"})
			s.want(s.post("/payment/authorize/token", tokenPayment(token).with(fields{"orderid": "o"})), "GW19")
		}, true},
		{"a look at it has not", func(s *target, token string) { s.want(s.fetchToken(token), "GW00") }, true},
		{"a minute before an hour it is good", func(s *target, _ string) {
			s.now = func() time.Time { return now.Add(59 * time.Minute) }
		}, true},
		{"after an hour it is unknown", func(s *target, _ string) { s.now = func() time.Time { return now.Add(time.Hour) } }, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := newTarget(t)
			s.now = func() time.Time { return now }
			token := s.tokenise(fields{"store": 0})
			lasting := s.tokenise(fields{"store": 1})
			tt.first(s, token)
			s.wantStatus(s.authorizeBy(token), map[bool]int{true: 200, false: 404}[tt.good])
			s.want(s.authorizeBy(lasting), "GW00")
			s.want(s.authorizeBy(lasting), "GW00")
		})
	}
}

func TestPaymentsByToken(t *testing.T) {
	for _, tt := range []struct {
		claim string
		card  fields
		more  fields
		code  string
	}{
		{"a good card is approved", nil, nil, "GW00"},
		{"a refused card is refused", fields{"creditcard": "4000000000005118"}, nil, "GW51"},
		{"an error is an error", fields{"creditcard": "4000000000009615"}, nil, "GW96"},
		{"zero is declined", nil, fields{"amount": "0"}, "GW13"},
		{"a CVV of the wrong length is declined", nil, fields{"cvv": "4321"}, "GW82"},
		{"an amex needs four digits of CVV", fields{"creditcard": "340000000000009"}, nil, "GW82"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := newTarget(t)
			token := s.tokenise(tt.card)
			for path, f := range map[string]fields{
				"/payment/sale/token":      tokenPayment(token).with(fields{"orderid": "o-1"}),
				"/payment/sale/":           tokenPayment(token).with(fields{"orderid": "o-2"}),
				"/payment/authorize/token": tokenPayment(token),
				"/payment/sale/manual/":    payment().with(fields{"creditcard": token}),
				"/payment/authorize":       payment().with(fields{"creditcard": token}),
			} {
				got := s.want(s.post(path, f.with(tt.more)), tt.code)
				row := s.row(got.id())
				if row["last_4"] != s.fetchToken(token).body["token"].([]any)[0].(map[string]any)["last_4"] {
					t.Errorf("%s is stored as %v", path, row)
				}
			}
		})
	}
}

func TestPaymentsByToken_AreLikeThoseByCard(t *testing.T) {
	t.Run("the date of expiry is the token's, unless one is described and given", func(t *testing.T) {
		s := newTarget(t)
		token := s.tokenise(nil)
		past := fields{"month": "01", "year": "20"}
		s.want(s.post("/payment/authorize/token", tokenPayment(token).with(past)), "GW00")
		s.want(s.post("/payment/sale/token", tokenPayment(token).with(past).with(fields{"orderid": "o-1"})), "GW00")
		s.want(s.post("/payment/sale/", tokenPayment(token).with(past).with(fields{"orderid": "o-2"})), "GW54")
		s.want(s.authorize(past.with(fields{"creditcard": token})), "GW54")
	})
	t.Run("an internal error leaves nothing", func(t *testing.T) {
		s := newTarget(t)
		token := s.tokenise(fields{"creditcard": "4000000000500019", "store": 0})
		s.wantStatus(s.authorizeBy(token), http.StatusInternalServerError)
		s.wantCount(nil, "0")
		s.want(s.fetchToken(token), "GW00")
	})
	t.Run("captures of a card that fails them fail", func(t *testing.T) {
		s := newTarget(t)
		r := newReceiver(t)
		s.hear(r, "capture.declined")
		id := s.authorizeBy(s.tokenise(fields{"creditcard": "4000000000705113"})).id()
		s.want(s.capture(id, "20"), "GW00")
		r.wait(1)
	})
	t.Run("a sale can be voided, settled and refunded", func(t *testing.T) {
		s := newTarget(t)
		token := s.tokenise(nil)
		s.want(s.void(s.post("/payment/sale/token", tokenPayment(token).with(fields{"orderid": "o-1"})).id()), "GW00")
		id := s.settled(s.post("/payment/sale/token", tokenPayment(token).with(fields{"orderid": "o-2"})).id())
		s.want(s.refund(id, ""), "GW00")
	})
	t.Run("an order id is taken for cards and tokens alike", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.sell(fields{"orderid": "o"}), "GW00")
		s.want(s.post("/payment/sale/token", tokenPayment(s.tokenise(nil)).with(fields{"orderid": "o"})), "GW19")
	})
	t.Run("another merchant of the same keys may use the token", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.post("/payment/authorize/token", tokenPayment(s.tokenise(nil)).with(fields{"mid": refundsOff})), "GW00")
	})
}

func TestSaleByEither(t *testing.T) {
	s := newTarget(t)
	token := s.tokenise(nil)
	for _, tt := range []struct {
		claim  string
		f      fields
		status int
	}{
		{"digits with month, year and postal code", payment(), 200},
		{"digits without an expiry", payment().with(fields{"month": nil}), 400},
		{"digits without a postal code", payment().with(fields{"bzip": nil, "orderid": "a"}), 400},
		{"a token with an order id", tokenPayment(token).with(fields{"orderid": "b"}), 200},
		{"a token without an order id", tokenPayment(token), 400},
		{"a token with a blank order id", tokenPayment(token).with(fields{"orderid": " "}), 400},
		{"a token without an order id, though with an expiry and a postal code", payment().with(fields{"creditcard": token}), 400},
		{"a token with a month that is none", tokenPayment(token).with(fields{"orderid": "c", "month": "13"}), 400},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := &target{t, s.Server, s.origin}
			s.wantStatus(s.post("/payment/sale/", tt.f), tt.status)
		})
	}
}

func TestStoreCard(t *testing.T) {
	store := fields{"store_card": true, "cardfullname": "Ada Marlow"}
	for _, path := range []string{"/payment/sale/", "/payment/sale/manual/", "/payment/authorize"} {
		t.Run("an approved payment answers a token at "+path, func(t *testing.T) {
			s := newTarget(t)
			token := s.want(s.post(path, payment().with(store)), "GW00").text("token")
			s.want(s.authorizeBy(token), "GW00")
		})
	}
	for _, tt := range []struct {
		claim string
		more  fields
		code  string
	}{
		{"without store_card", nil, "GW00"},
		{"with store_card false", fields{"store_card": false}, "GW00"},
		{"when declined", store.with(fields{"creditcard": "4000000000000515"}), "GW05"},
		{"when it ends in an error", store.with(fields{"creditcard": "4000000000009615"}), "GW96"},
	} {
		t.Run("a payment answers no token "+tt.claim, func(t *testing.T) {
			s := newTarget(t)
			if got := s.want(s.sell(tt.more), tt.code); got.body["token"] != nil {
				t.Errorf("answered %s", got.raw)
			}
		})
	}
	t.Run("without a name it is not kept", func(t *testing.T) {
		s := newTarget(t)
		for _, unnamed := range []fields{{"store_card": true}, {"store_card": true, "cardfullname": " "}} {
			if got := s.sell(unnamed); got.status != 400 {
				t.Errorf("answered %d %s", got.status, got.raw)
			}
		}
	})
	t.Run("a payment by a lasting token answers that one", func(t *testing.T) {
		s := newTarget(t)
		token := s.tokenise(nil)
		if got := s.sell(store.with(fields{"creditcard": token})).text("token"); got != token {
			t.Errorf("answered %s", got)
		}
	})
	t.Run("a payment by a temporary token answers a lasting one", func(t *testing.T) {
		s := newTarget(t)
		token := s.sell(store.with(fields{"creditcard": s.tokenise(fields{"store": 0})})).text("token")
		s.want(s.authorizeBy(token), "GW00")
		s.want(s.authorizeBy(token), "GW00")
	})
	t.Run("where it is not described it is ignored", func(t *testing.T) {
		s := newTarget(t)
		if got := s.post("/payment/authorize/token", tokenPayment(s.tokenise(nil)).with(store)); got.body["token"] != nil {
			t.Errorf("answered %s", got.raw)
		}
	})
}
