package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestOrderOfChecks(t *testing.T) {
	s := newTarget(t)
	auth := s.authorize(nil).id()
	none := map[string]string{"Qor-App-Key": ""}
	for _, tt := range []struct {
		claim  string
		c      call
		status int
	}{
		{"route before keys", call{path: "/payment/unknown", header: none}, 404},
		{"method before keys", call{method: http.MethodGet, path: "/payment/void", header: none}, 404},
		{"keys before rights", call{path: "/payment/void", role: "no_rights", header: none, body: "{"}, 401},
		{"keys before syntax", call{path: "/payment/void", header: none, body: "{"}, 401},
		{"keys before media type", call{path: "/payment/void", header: map[string]string{"Qor-App-Key": "", "Content-Type": "x/y"}, body: "{"}, 401},
		{"rights before syntax", call{path: "/payment/void", role: "no_rights", body: "{"}, 403},
		{"rights before an unknown resource", call{method: http.MethodGet, role: "revoked", path: "/payment/transaction/1"}, 403},
		{"syntax before the merchant", call{path: "/payment/void", body: `{"transaction_data":{"mid":"1"},}`}, 400},
		{"media type before the merchant", call{path: "/payment/void", header: map[string]string{"Content-Type": "text/plain"}, body: fields{"mid": other}.wrapped()}, 400},
		{"the merchant before other validation", call{path: "/payment/void", body: fields{"mid": other}.wrapped()}, 403},
		{"an unknown merchant likewise", call{path: "/payment/void", body: fields{"mid": "1"}.wrapped()}, 403},
		{"refunds switched off before other validation", call{path: "/payment/refund", body: fields{"mid": refundsOff}.wrapped()}, 403},
		{"a merchant of a wrong type is a matter of validation", call{path: "/payment/void", body: fields{"mid": 1, "transaction_id": auth}.wrapped()}, 400},
		{"validation before the resource", call{path: "/payment/capture", body: fields{"mid": main, "transaction_id": "1", "amount": "x"}.wrapped()}, 400},
		{"the resource before its state", call{path: "/payment/capture", body: fields{"mid": main, "transaction_id": "1", "amount": "0"}.wrapped()}, 404},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := &target{t, s.Server, s.origin}
			s.wantStatus(s.send(tt.c), tt.status)
		})
	}
}

// Every operation answers the statuses that each of them has, and a rejected
// request leaves nothing.
func TestEveryOperation(t *testing.T) {
	s := newTarget(t)
	calls := map[string]call{
		"transactions-fetch-one": {method: http.MethodGet, path: "/payment/transaction/1"},
		"transactions-fetch-all": {method: http.MethodGet, path: "/payment/transactions"},
		"webhooks_list":          {method: http.MethodGet, path: "/webhook"},
		"webhooks-remove":        {method: http.MethodDelete, path: "/webhook/hook_1"},

		"transactions-fetch-profile": {method: http.MethodGet, path: "/payment/transactions/profile/prof-9"},
		"token-fetch":                {method: http.MethodGet, path: "/payment/token/111141$Zq81LmPa"},
		"token-remove":               {method: http.MethodDelete, path: "/payment/token?token=111141$Zq81LmPa&last4=1111"},
		"utilities-validate-cc":      {method: http.MethodGet, path: "/utilities/luhn/4111111111111111"},
		"utilities-validate-aba":     {method: http.MethodGet, path: "/utilities/aba/122000247"},
	}
	named := map[string]bool{}
	for _, o := range writes() {
		op, _, ok := s.Description.Route(o.method, "/v3"+o.path)
		if !ok {
			t.Fatalf("no operation at %s %s", o.method, o.path)
		}
		calls[op.ID] = call{method: o.method, path: o.path, body: o.body(nil)}
		named[op.ID] = o.data["mid"] != nil || o.beside["mid"] != nil
	}
	for id := range s.services {
		c, ok := calls[id]
		if !ok {
			t.Errorf("%s is not tried", id)
		}
		s := &target{t, s.Server, s.origin}
		missing, unknown := c, c
		missing.header = map[string]string{"Qor-Client-Key": ""}
		s.wantStatus(s.send(missing), 401)
		unknown.role = "unknown to the fixtures"
		s.wantStatus(s.send(unknown), 401) // keys are empty
		unknown.header = map[string]string{"Qor-App-Key": "T1", "Qor-Client-Key": "0"}
		s.wantStatus(s.send(unknown), 403)
		if named[id] {
			foreign := c
			foreign.role = "other_merchant"
			s.wantStatus(s.send(foreign), 403)
		}
	}
	s.wantNothing()
}

func TestManyClients(t *testing.T) {
	s := reopened(t, filepath.Join(t.TempDir(), "state.json"))
	r := newReceiver(t)
	s.hear(r, "capture.approved")
	const clients, rounds = 64, 5
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for n := range rounds {
				if err := s.round(fmt.Sprintf("%d-%d", c, n)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	s.wantCount(nil, fmt.Sprint(clients*rounds*3))
	r.wait(clients * rounds)
}

// round authorizes, captures and settles one payment and reads it back.
func (t *target) round(order string) error {
	auth, err := t.do(t.request(call{path: "/payment/authorize", body: payment().with(fields{"orderid": order}).wrapped()}))
	if err != nil {
		return err
	}
	capture, err := t.do(t.request(call{path: "/payment/capture", body: fields{"mid": main, "transaction_id": auth.id(), "amount": "20"}.wrapped()}))
	if err != nil {
		return err
	}
	void, err := t.do(t.request(call{path: "/payment/void", body: fields{"mid": main, "transaction_id": capture.id()}.wrapped()}))
	if err != nil {
		return err
	}
	found, err := t.do(t.request(call{method: http.MethodGet, path: "/payment/transactions?order_id=" + order}))
	if err != nil {
		return err
	}
	if auth.code()+capture.code()+void.code() != "GW00GW00GW00" || !strings.Contains(found.raw, `"count":3,`) {
		return fmt.Errorf("%s, %s, %s, %s", auth.raw, capture.raw, void.raw, found.raw)
	}
	return nil
}

func TestConcurrentCapturesStayWithinTheAuthorization(t *testing.T) {
	s := newTarget(t)
	auth := s.authorize(fields{"amount": "20.00"}).id()
	codes := make([]string, 32)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			got, err := s.do(s.request(call{path: "/payment/capture", body: fields{"mid": main, "transaction_id": auth, "amount": "3.00"}.wrapped()}))
			if err != nil {
				t.Error(err)
			}
			codes[i] = got.code()
		})
	}
	all.Wait()
	approved := 0
	for _, code := range codes {
		if code == "GW00" {
			approved++
		}
	}
	if approved != 6 {
		t.Errorf("%d captures of 3.00 were approved on 20.00", approved)
	}
}

func BenchmarkSale(b *testing.B) {
	s, err := New(Options{Data: filepath.Join(b.TempDir(), "state.json")})
	if err != nil {
		b.Fatal(err)
	}
	pair := s.Fixtures.Credentials["valid"]
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/v3/payment/sale/manual/", strings.NewReader(
			`{"transaction_data":{"mid":"700100200","amount":"1","creditcard":"4571000000000001","cvv":"321","month":"09","year":"39","bzip":"97201"}}`))
		r.Header.Set("Qor-App-Key", pair.App)
		r.Header.Set("Qor-Client-Key", pair.Client)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

func TestNew_OverridesOfAnUnknownOperation(t *testing.T) {
	same := func(next Handler) Handler { return next }
	_, err := New(Options{Overrides: Overrides{Handlers: map[string][]func(Handler) Handler{"gift-sale": {same}}}})
	if err == nil || !strings.Contains(err.Error(), "gift-sale is overridden and not served") {
		t.Errorf("%v, want the operation", err)
	}
}

func TestDo_WorksUntilTheServerIsClosed(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	store := func(w *Work) { w.Put(&Transaction{ID: w.NewID()}) }
	if !s.Do(store) || len(s.State.order) != 1 {
		t.Errorf("%d transactions are stored, want one", len(s.State.order))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s.Do(store) || len(s.State.order) != 1 {
		t.Errorf("%d transactions are stored after the end, want one", len(s.State.order))
	}
}
