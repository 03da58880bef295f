package api

import (
	"net/http"
	"strings"
	"testing"
)

func (t *target) profile(id string) []string {
	t.Helper()
	got := t.want(t.get("/payment/transactions/profile/"+id), "GW00")
	var ids []string
	for _, row := range got.body["data"].([]any) {
		ids = append(ids, row.(map[string]any)["trxn_id"].(string))
	}
	return ids
}

func TestProfiles(t *testing.T) {
	s := newTarget(t)
	token := s.tokenise(fields{"profile_id": "p"})
	s.send(call{path: "/payment/token", role: "other_merchant", body: cardToKeep().with(fields{"profile_id": "foreign"}).wrapped()})
	if got := s.profile("p"); len(got) != 0 {
		t.Errorf("a new profile has %v", got)
	}
	s.tokenise(nil)
	unknown := s.wantStatus(s.get("/payment/transactions/profile/nobody"), http.StatusNotFound)
	if got := s.wantStatus(s.get("/payment/transactions/profile/foreign"), http.StatusNotFound); got.raw != unknown.raw {
		t.Errorf("another merchant's profile is distinguishable: %s", got.raw)
	}
	sale := s.post("/payment/authorize/token", tokenPayment(token).with(fields{"metadata": map[string]any{"a": []any{1}}})).id()
	capture := s.capture(sale, "5").id()
	s.sell(nil)
	declined := s.post("/payment/authorize/token", tokenPayment(token).with(fields{"amount": "0"})).id()
	s.authorizeBy(s.tokenise(fields{"profile_id": "q"}))
	if got, want := strings.Join(s.profile("p"), " "), strings.Join([]string{declined, capture, sale}, " "); got != want {
		t.Errorf("listed %s, want %s", got, want)
	}
	got := s.get("/payment/transactions/profile/p")
	if !strings.Contains(got.raw, `"profile_id":"p","count":3`) || !strings.Contains(got.raw, `"metadata":{"a":[1]}`) || !strings.Contains(got.raw, `"cardholder_name":"Ada Marlow"`) {
		t.Errorf("answered %s", got.raw)
	}
	t.Run("each client has profiles of its own", func(t *testing.T) {
		s := &target{t, s.Server, s.origin}
		s.send(call{path: "/payment/token", role: "other_merchant", body: cardToKeep().with(fields{"profile_id": "p"}).wrapped()})
		got := s.send(call{method: http.MethodGet, role: "other_merchant", path: "/payment/transactions/profile/p"})
		if s.want(got, "GW00"); !strings.Contains(got.raw, `"count":0`) {
			t.Errorf("answered %s", got.raw)
		}
	})
	t.Run("a removed token leaves its profile", func(t *testing.T) {
		s := &target{t, s.Server, s.origin}
		s.want(s.remove(token, "0001"), "GW00")
		if len(s.profile("p")) != 3 {
			t.Error("transactions are gone")
		}
	})
	t.Run("a bank account has one too", func(t *testing.T) {
		s := &target{t, s.Server, s.origin}
		account := s.post("/payment/ach/token", accountToKeep().with(fields{"profile_id": "b"})).text("token")
		id := s.debit(fields{"account_number": account}).id()
		if got := s.profile("b"); len(got) != 1 || got[0] != id {
			t.Errorf("listed %v", got)
		}
	})
}
