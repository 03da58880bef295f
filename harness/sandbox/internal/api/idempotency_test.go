package api

import (
	"net/http"
	"net/url"
	"sync"
	"testing"
)

func (t *target) keyed(key, path string, body any) reply {
	t.Helper()
	return t.send(call{path: path, header: map[string]string{"Qor-Idempotent-Key": key}, body: body})
}

func (t *target) wantCount(query url.Values, want string) {
	t.Helper()
	if _, count := t.list(query); count != want {
		t.Errorf("%s transactions, want %s", count, want)
	}
}

// salePath is where sales are made by hand.
const salePath = "/payment/sale/manual/"

func TestReplay_IsAnsweredTheSame(t *testing.T) {
	t.Run("the same request takes effect once and finds the first answer", func(t *testing.T) {
		s := newTarget(t)
		first := s.want(s.keyed("k", salePath, payment().wrapped()), "GW00")
		for range 3 {
			if again := s.keyed("k", salePath, payment().wrapped()); again.raw != first.raw || again.status != first.status {
				t.Errorf("answered %s, then %s", first.raw, again.raw)
			}
		}
		s.wantCount(nil, "1")
	})
	t.Run("spelling, order and space of the body do not count", func(t *testing.T) {
		s := newTarget(t)
		first := s.keyed("k", salePath, `{"transaction_data":{"mid":"700100200","amount":"1.00","creditcard":"4571000000000001","cvv":"321","month":"09","year":"39","bzip":"97201","risk_score":10}}`)
		s.want(first, "GW00")
		again := s.keyed("k", salePath, `{ "transaction_data": {"risk_score":1.0e1,"bzip":"\u00397201","year":"39","month":"09","cvv":"321","creditcard":"4571000000000001","amount":"1.00","mid":"700100200"} }`)
		if again.raw != first.raw {
			t.Errorf("answered %s, then %s", first.raw, again.raw)
		}
	})
	t.Run("declined and Error answers are remembered", func(t *testing.T) {
		for _, number := range []string{"4000000000000515", "4000000000009615"} {
			s := newTarget(t)
			first := s.keyed("k", salePath, payment().with(fields{"creditcard": number}).wrapped())
			if again := s.keyed("k", salePath, payment().with(fields{"creditcard": number}).wrapped()); again.raw != first.raw {
				t.Errorf("answered %s, then %s", first.raw, again.raw)
			}
			s.wantCount(nil, "1")
		}
	})
	t.Run("a form and the same value in JSON are one body", func(t *testing.T) {
		s := newTarget(t)
		auth := s.authorize(nil).id()
		first := s.keyed("c", "/payment/capture", fields{"mid": main, "transaction_id": auth, "amount": "5"}.wrapped())
		again := s.send(call{path: "/payment/capture", header: map[string]string{"Qor-Idempotent-Key": "c", "Content-Type": "application/x-www-form-urlencoded"},
			body: "transaction_data[mid]=" + main + "&transaction_data[transaction_id]=" + auth + "&transaction_data[amount]=5"})
		if again.raw != first.raw {
			t.Errorf("answered %s, then %s", first.raw, again.raw)
		}
	})
}

func TestReplay_OfAnotherBody(t *testing.T) {
	t.Run("another spelling of an amount is another body", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.keyed("k", salePath, payment().wrapped()), "GW00")
		s.want(s.keyed("k", salePath, payment().with(fields{"amount": "20.0"}).wrapped()), "GW06")
	})
	t.Run("another body is declined GW06 and has no effect", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.keyed("k", salePath, payment().with(fields{"orderid": "o-1"}).wrapped()), "GW00")
		got := s.want(s.keyed("k", salePath, payment().with(fields{"orderid": "o-2", "reference_id": "r"}).wrapped()), "GW06")
		if got.id() != "" || got.text("resultCode") != "Refused" || got.text("reference_id") != "r" {
			t.Errorf("answered %s", got.raw)
		}
		s.wantCount(url.Values{"order_id": {"o-2"}}, "0")
		// The first answer is still what the key stands for.
		s.want(s.keyed("k", salePath, payment().with(fields{"orderid": "o-1"}).wrapped()), "GW00")
	})
	t.Run("another path is declined GW06", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.keyed("k", salePath, payment().wrapped()), "GW00")
		s.want(s.keyed("k", "/payment/authorize", payment().wrapped()), "GW06")
		s.wantCount(nil, "1")
	})
	t.Run("a value is no array of what describes it", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.keyed("k", salePath, payment().with(fields{"x": 1}).wrapped()), "GW00")
		s.want(s.keyed("k", salePath, payment().with(fields{"x": []any{"number", "1"}}).wrapped()), "GW06")
	})
}

func TestReplay_WhatIsAKey(t *testing.T) {
	t.Run("rejected requests leave the key free", func(t *testing.T) {
		s := newTarget(t)
		s.wantStatus(s.keyed("k", salePath, payment().with(fields{"amount": "x"}).wrapped()), 400)
		s.wantStatus(s.keyed("k", salePath, payment().with(fields{"mid": other}).wrapped()), 403)
		s.wantStatus(s.keyed("k", "/payment/void", fields{"mid": main, "transaction_id": "1"}.wrapped()), 404)
		s.wantStatus(s.keyed("k", salePath, payment().with(fields{"creditcard": "4000000000500019"}).wrapped()), 500)
		s.want(s.keyed("k", salePath, payment().wrapped()), "GW00")
	})
	t.Run("a malformed request under a used key is malformed", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.keyed("k", salePath, payment().wrapped()), "GW00")
		s.wantStatus(s.keyed("k", salePath, "{"), 400)
	})
	t.Run("a blank key is none", func(t *testing.T) {
		s := newTarget(t)
		for _, key := range []string{" ", "\t"} {
			s.want(s.keyed(key, salePath, payment().wrapped()), "GW00")
			s.want(s.keyed(key, salePath, payment().wrapped()), "GW00")
		}
		s.wantCount(nil, "4")
	})
	t.Run("keys differ in case", func(t *testing.T) {
		s := newTarget(t)
		s.keyed("k", salePath, payment().wrapped())
		s.keyed("K", salePath, payment().wrapped())
		s.wantCount(nil, "2")
	})
	t.Run("each client has keys of its own", func(t *testing.T) {
		s := newTarget(t)
		s.want(s.keyed("k", salePath, payment().wrapped()), "GW00")
		got := s.send(call{path: salePath, role: "other_merchant", header: map[string]string{"Qor-Idempotent-Key": "k"},
			body: payment().with(fields{"mid": other}).wrapped()})
		s.want(got, "GW00")
	})
	t.Run("a key given twice is refused", func(t *testing.T) {
		s := newTarget(t)
		r := s.request(call{path: salePath, body: payment().wrapped()})
		r.Header["Qor-Idempotent-Key"] = []string{"k", "k"}
		got, err := s.do(r)
		if err != nil {
			t.Fatal(err)
		}
		s.wantStatus(got, http.StatusBadRequest)
	})
}

func TestReplay_ByOperation(t *testing.T) {
	t.Run("captures, refunds and voids honour it", func(t *testing.T) {
		s := newTarget(t)
		auth := s.authorize(nil).id()
		capture := fields{"mid": main, "transaction_id": auth, "amount": "5"}.wrapped()
		first := s.want(s.keyed("c", "/payment/capture", capture), "GW00")
		if again := s.keyed("c", "/payment/capture", capture); again.raw != first.raw {
			t.Errorf("capture: %s, then %s", first.raw, again.raw)
		}
		s.settled(first.id())
		refund := fields{"mid": main, "transaction_id": first.id(), "amount": "2"}.wrapped()
		back := s.want(s.keyed("r", "/payment/refund", refund), "GW00")
		if again := s.keyed("r", "/payment/refund", refund); again.raw != back.raw {
			t.Errorf("refund: %s, then %s", back.raw, again.raw)
		}
		s.want(s.refund(first.id(), "3"), "GW00")
		sale := s.sell(nil).id()
		void := fields{"mid": main, "transaction_id": sale}.wrapped()
		gone := s.want(s.keyed("v", "/payment/void", void), "GW00")
		if again := s.keyed("v", "/payment/void", void); again.raw != gone.raw {
			t.Errorf("void: %s, then %s", gone.raw, again.raw)
		}
	})
	t.Run("PATCH, PUT and DELETE do not know it", func(t *testing.T) {
		s := newTarget(t)
		key := map[string]string{"Qor-Idempotent-Key": "k"}
		token := s.tokenise(nil)
		rotate := call{method: http.MethodPut, path: "/payment/token", header: key, body: fields{"token": token, "last4": "0001"}.wrapped()}
		s.want(s.send(rotate), "GW00")
		s.wantStatus(s.send(rotate), http.StatusNotFound)
		s.want(s.keyed("k", "/payment/authorize", payment().wrapped()), "GW00")
	})
	t.Run("webhooks answer a conflict with error GW06", func(t *testing.T) {
		s := newTarget(t)
		first := s.wantStatus(s.keyed("k", "/webhook", hookFields().wrapped()), 201)
		if again := s.keyed("k", "/webhook", hookFields().wrapped()); again.raw != first.raw || again.status != 201 {
			t.Errorf("answered %s, then %d %s", first.raw, again.status, again.raw)
		}
		got := s.keyed("k", "/webhook", hookFields().with(fields{"name": "another"}).wrapped())
		if got.text("status") != "error" || got.code() != "GW06" || got.text("id") != "" {
			t.Errorf("answered %d %s", got.status, got.raw)
		}
		if ids := s.hooks("", ""); len(ids) != 1 {
			t.Errorf("registered: %v", ids)
		}
	})
}

// TestReplay_OfEveryPOST takes effect once.
func TestReplay_OfEveryPOST(t *testing.T) {
	for _, o := range writes() {
		if o.method != http.MethodPost {
			continue
		}
		s := newTarget(t)
		data := o.data.with(nil)
		if _, ok := data["transaction_id"]; ok {
			data["transaction_id"] = map[string]func() string{
				"/payment/capture":    func() string { return s.authorize(nil).id() },
				"/payment/refund":     func() string { return s.settled(s.sell(nil).id()) },
				"/payment/void":       func() string { return s.sell(nil).id() },
				"/payment/ach/void":   func() string { return s.debit(nil).id() },
				"/payment/ach/refund": func() string { return s.settled(s.debit(nil).id()) },
			}[o.path]()
		}
		if number, _ := data["creditcard"].(string); isToken(number) {
			data["creditcard"] = s.tokenise(nil)
		}
		first := s.keyed("k", o.path, o.around(data))
		if first.status/100 != 2 || first.code() != "GW00" {
			t.Errorf("%s: %d %s", o.path, first.status, first.raw)
		}
		stored := len(s.State.order) + len(s.State.Tokens) + len(s.State.Hooks)
		if again := s.keyed("k", o.path, o.around(data)); again.raw != first.raw || again.status != first.status {
			t.Errorf("%s: %s, then %d %s", o.path, first.raw, again.status, again.raw)
		}
		conflict := s.keyed("k", o.path, o.around(data.with(fields{"unknown": "x"})))
		if conflict.code() != "GW06" || conflict.status/100 != 2 || conflict.text("token")+conflict.text("transaction_id")+conflict.text("id") != "" {
			t.Errorf("%s: another body: %d %s", o.path, conflict.status, conflict.raw)
		}
		if now := len(s.State.order) + len(s.State.Tokens) + len(s.State.Hooks); now != stored {
			t.Errorf("%s: took effect again", o.path)
		}
	}
}

func TestConcurrentReplays(t *testing.T) {
	s := newTarget(t)
	answers := make([]string, 16)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			got, err := s.do(s.request(call{path: "/payment/sale/manual/", header: map[string]string{"Qor-Idempotent-Key": "k"}, body: payment().wrapped()}))
			if err != nil {
				t.Error(err)
			}
			answers[i] = got.raw
		})
	}
	all.Wait()
	for _, a := range answers {
		if a != answers[0] {
			t.Errorf("answered %s and %s", answers[0], a)
		}
	}
	s.wantCount(nil, "1")
}
