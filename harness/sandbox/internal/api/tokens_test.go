package api

import (
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// cardToKeep returns the mandatory fields of a card that is to be kept.
func cardToKeep() fields {
	return fields{"creditcard": "4571000000000001", "month": "09", "year": "39", "cardfullname": "Ada Marlow", "baddress": "5 Test Lane", "bzip": "97201"}
}

// accountToKeep returns the mandatory fields of a bank account that is to be kept.
func accountToKeep() fields {
	return fields{"account_type": "1", "name_on_account": "Ada Marlow", "account_number": "000111222333", "routing_number": "122000247"}
}

// tokenPayment returns the mandatory fields of an authorization by token.
func tokenPayment(token string) fields {
	return fields{"mid": main, "amount": "20.00", "creditcard": token, "cvv": "321"}
}

// tokenise keeps a card and returns its token.
func (t *target) tokenise(more fields) string {
	t.Helper()
	return t.want(t.post("/payment/token", cardToKeep().with(more)), "GW00").text("token")
}

// authorizeBy authorizes by a token.
func (t *target) authorizeBy(token string) reply {
	t.Helper()
	return t.post("/payment/authorize/token", tokenPayment(token))
}

func (t *target) rotate(token, last4, intent string) reply {
	t.Helper()
	f := fields{"token": token, "last4": last4}
	if intent != "" {
		f["intent"] = intent
	}
	return t.send(call{method: http.MethodPut, path: "/payment/token", body: f.wrapped()})
}

func (t *target) update(token, last4, expdate string) reply {
	t.Helper()
	return t.send(call{method: http.MethodPatch, path: "/payment/token", body: fields{"token": token, "last4": last4, "expdate": expdate}.wrapped()})
}

func (t *target) remove(token, last4 string) reply {
	t.Helper()
	return t.send(call{method: http.MethodDelete, path: "/payment/token?" + url.Values{"token": {token}, "last4": {last4}}.Encode()})
}

func (t *target) fetchToken(token string) reply {
	t.Helper()
	return t.get("/payment/token/" + url.PathEscape(token))
}

func TestTokenise(t *testing.T) {
	for _, tt := range []struct {
		claim string
		more  fields
		code  string
	}{
		{"a card is kept", nil, "GW00"},
		{"a card that payments refuse is kept all the same", fields{"creditcard": "4000000000000515"}, "GW00"},
		{"every field is taken", fields{"profile_id": "p", "cnickname": "n", "bcity": "Portland", "bstate": "OR", "cphone": "1", "cemail": "a@b", "cvv": "321", "store": 1}, "GW00"},
		{"blank optional fields count as absent", fields{"profile_id": "", "cnickname": "", "bcity": "", "cphone": ""}, "GW00"},
		{"a number that cannot exist is declined", fields{"creditcard": "4111111111111112"}, "GW14"},
		{"a short number is declined", fields{"creditcard": "4"}, "GW14"},
		{"a CVV of the wrong length is declined", fields{"cvv": "4321"}, "GW82"},
		{"an expired card is declined", fields{"year": "25"}, "GW54"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := newTarget(t)
			got := s.want(s.post("/payment/token", cardToKeep().with(tt.more)), tt.code)
			if kept := got.text("token") != ""; kept != (tt.code == "GW00") {
				t.Errorf("answered %s", got.raw)
			}
			if tt.code != "GW00" {
				s.wantNothing()
			}
		})
	}
}

func TestTokenFields(t *testing.T) {
	for _, tt := range []struct {
		claim, method, path string
		f                   fields
	}{
		{"a token in the place of a card number is refused", "POST", "/payment/token", cardToKeep().with(fields{"creditcard": "111141$Zq81LmPa"})},
		{"17 digits are refused", "POST", "/payment/token", cardToKeep().with(fields{"creditcard": "41111111111111111"})},
		{"month 13 is refused", "POST", "/payment/token", cardToKeep().with(fields{"month": "13"})},
		{"a text in store is refused", "POST", "/payment/token", cardToKeep().with(fields{"store": "1"})},
		{"an account type of another name is refused", "POST", "/payment/ach/token", accountToKeep().with(fields{"account_type": "9"})},
		{"a routing number of eight digits is refused", "POST", "/payment/ach/token", accountToKeep().with(fields{"routing_number": "12200024"})},
		{"an account number of 41 characters is refused", "POST", "/payment/ach/token", accountToKeep().with(fields{"account_number": strings.Repeat("1", 41)})},
		{"digits in the place of a token are refused in a sale", "POST", "/payment/sale/token", tokenPayment("4571000000000001").with(fields{"orderid": "o"})},
		{"digits in the place of a token are refused in an authorization", "POST", "/payment/authorize/token", tokenPayment("4571000000000001")},
		{"a token of another shape is refused", "POST", "/payment/authorize/token", tokenPayment("11114$Zq81LmPa")},
		{"an expdate with the year first is refused", "PATCH", "/payment/token", fields{"token": "111141$Zq81LmPa", "last4": "1111", "expdate": "3910"}},
		{"another intent is refused", "PUT", "/payment/token", fields{"token": "111141$Zq81LmPa", "last4": "1111", "intent": "undo"}},
		{"an intent in capitals is refused", "PUT", "/payment/token", fields{"token": "111141$Zq81LmPa", "last4": "1111", "intent": "Rotate"}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := newTarget(t)
			s.wantStatus(s.send(call{method: tt.method, path: tt.path, body: tt.f.wrapped()}), 400)
			s.wantNothing()
		})
	}
	t.Run("a removal without token or last4 is refused", func(t *testing.T) {
		s := newTarget(t)
		for _, query := range []string{"", "?token=111141$Zq81LmPa", "?last4=1111", "?token=&last4=1111", "?token=111141$Zq81LmPa&last4=%20", "?token=a&last4=1&last4=1"} {
			s.wantStatus(s.send(call{method: http.MethodDelete, path: "/payment/token" + query}), 400)
		}
	})
}

func TestTokenShape(t *testing.T) {
	s := newTarget(t)
	seen := map[string]bool{}
	for range 50 {
		token := s.tokenise(nil)
		if !regexp.MustCompile(`^000145\$[0-9A-Za-z]{8}$`).MatchString(token) || seen[token] {
			t.Errorf("token %s", token)
		}
		seen[token] = true
	}
	account := s.wantStatus(s.post("/payment/ach/token", accountToKeep().with(fields{"account_number": "A-7"})), http.StatusCreated)
	if got := account.text("token"); !strings.HasPrefix(got, "000700$") {
		t.Errorf("token %s", got)
	}
}

func TestFetchToken(t *testing.T) {
	s := newTarget(t)
	got := s.want(s.fetchToken(s.tokenise(fields{"cnickname": "travel", "cphone": "1", "cemail": "a@b"})), "GW00")
	entry := got.body["token"].([]any)[0].(map[string]any)
	for name, want := range map[string]any{"cardholder_name": "Ada Marlow", "nickname": "travel", "type": "visa", "phone": "1", "email": "a@b", "last_4": "0001"} {
		if entry[name] != want {
			t.Errorf("%s is %v, want %v", name, entry[name], want)
		}
	}
	if strings.Contains(got.raw, "4571") {
		t.Errorf("the card number shows in %s", got.raw)
	}
	account := s.post("/payment/ach/token", accountToKeep()).text("token")
	entry = s.want(s.fetchToken(account), "GW00").body["token"].([]any)[0].(map[string]any)
	if entry["last_4"] != "2333" || entry["nickname"] != nil {
		t.Errorf("the account reads %v", entry)
	}
}

func TestUnknownTokens(t *testing.T) {
	s := newTarget(t)
	foreign := s.send(call{path: "/payment/token", role: "other_merchant", body: cardToKeep().wrapped()}).text("token")
	removed, rotated, used := s.tokenise(nil), s.tokenise(nil), s.tokenise(fields{"store": 0})
	s.want(s.remove(removed, "0001"), "GW00")
	s.want(s.rotate(rotated, "0001", ""), "GW00")
	s.want(s.authorizeBy(used), "GW00")
	account := s.post("/payment/ach/token", accountToKeep()).text("token")
	first := s.wantStatus(s.fetchToken("111141$Zq81LmPa"), http.StatusNotFound)
	for _, tt := range []struct {
		claim, token string
		payOnly      bool
	}{
		{"one that never was", "000145$00000000", false},
		{"another merchant's", foreign, false},
		{"a removed one", removed, false},
		{"a rotated one", rotated, false},
		{"one that was used up", used, false},
		{"a bank account's, in the place of a card", account, true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := &target{t, s.Server, s.origin}
			replies := []reply{
				s.authorizeBy(tt.token),
				s.post("/payment/sale/token", tokenPayment(tt.token).with(fields{"orderid": "o"})),
				s.post("/payment/sale/", tokenPayment(tt.token).with(fields{"orderid": "o"})),
				s.sell(fields{"creditcard": tt.token}),
				s.authorize(fields{"creditcard": tt.token}),
			}
			if !tt.payOnly {
				replies = append(replies, s.fetchToken(tt.token), s.update(tt.token, "0001", "1039"), s.rotate(tt.token, "0001", ""),
					s.rotate(tt.token, "0001", "rollback"), s.remove(tt.token, "0001"))
			}
			for i, got := range replies {
				if s.wantStatus(got, http.StatusNotFound); got.raw != first.raw {
					t.Errorf("request %d: distinguishable by %s", i, got.raw)
				}
			}
		})
	}
	s.wantCount(nil, "1")
	s.want(s.sell(fields{"orderid": "o"}), "GW00") // which the rejected ones left free
	got := s.send(call{method: http.MethodGet, role: "other_merchant", path: "/payment/token/" + url.PathEscape(foreign)})
	s.want(got, "GW00")
}

func TestLastFourMustFit(t *testing.T) {
	s := newTarget(t)
	token := s.tokenise(nil)
	account := s.post("/payment/ach/token", accountToKeep()).text("token")
	for _, last4 := range []string{"0002", "1", "00001", "abcd"} {
		s.wantStatus(s.update(token, last4, "1039"), http.StatusNotFound)
		s.wantStatus(s.rotate(token, last4, ""), http.StatusNotFound)
		s.wantStatus(s.remove(token, last4), http.StatusNotFound)
		s.wantStatus(s.rotate(account, last4, ""), http.StatusNotFound)
	}
	s.wantStatus(s.update(account, "2333", "1039"), http.StatusNotFound) // an account does not expire
	s.want(s.fetchToken(token), "GW00")
	s.want(s.rotate(account, "2333", ""), "GW00")
}

func TestTokenUpdate(t *testing.T) {
	s := newTarget(t)
	s.now = func() time.Time { return time.Date(2030, 1, 31, 12, 0, 0, 0, time.UTC) }
	token := s.tokenise(nil)
	if got := s.want(s.update(token, "0001", "1229"), "GW00"); got.text("token") != token {
		t.Errorf("answered %s", got.raw)
	}
	s.want(s.authorizeBy(token), "GW54")
	s.want(s.update(token, "0001", "0130"), "GW00")
	s.want(s.authorizeBy(token), "GW00")
}

// wantAlive fails the test unless a token can be read and pay, or cannot.
func (t *target) wantAlive(token string, want bool) {
	t.Helper()
	status := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[want]
	t.wantStatus(t.fetchToken(token), status)
	t.wantStatus(t.authorizeBy(token), status)
}

func TestRotation(t *testing.T) {
	t.Run("a rotation answers a new token, and the old one is unknown", func(t *testing.T) {
		for _, intent := range []string{"", "rotate"} {
			s := newTarget(t)
			old := s.tokenise(nil)
			fresh := s.want(s.rotate(old, "0001", intent), "GW00").text("token")
			if fresh == old || !isToken(fresh) {
				t.Errorf("%s became %s", old, fresh)
			}
			s.wantAlive(old, false)
			s.wantAlive(fresh, true)
		}
	})
	t.Run("a date that was changed in between stays changed", func(t *testing.T) {
		s := newTarget(t)
		s.now = func() time.Time { return time.Date(2030, 1, 31, 12, 0, 0, 0, time.UTC) }
		old := s.tokenise(nil)
		fresh := s.rotate(old, "0001", "").text("token")
		s.update(fresh, "0001", "1229")
		s.rotate(fresh, "0001", "rollback")
		s.want(s.authorizeBy(old), "GW54")
	})
	t.Run("the removal of the new one does not bring back the old one", func(t *testing.T) {
		s := newTarget(t)
		old := s.tokenise(nil)
		fresh := s.rotate(old, "0001", "").text("token")
		s.want(s.remove(fresh, "0001"), "GW00")
		s.wantAlive(old, false)
		s.wantAlive(fresh, false)
	})
}

func TestRotation_RolledBack(t *testing.T) {
	t.Run("a rollback brings the old one back for good, and the new one is unknown", func(t *testing.T) {
		s := newTarget(t)
		old := s.tokenise(nil)
		fresh := s.rotate(old, "0001", "").text("token")
		if back := s.want(s.rotate(fresh, "0001", "rollback"), "GW00").text("token"); back != old {
			t.Errorf("back to %s", back)
		}
		s.wantAlive(old, true)
		s.wantAlive(fresh, false)
		s.wantStatus(s.rotate(fresh, "0001", "rollback"), http.StatusNotFound)
		s.want(s.rotate(old, "0001", "rollback"), "GW40")
		s.wantAlive(old, true)
	})
	t.Run("a rollback names the new one", func(t *testing.T) {
		s := newTarget(t)
		old := s.tokenise(nil)
		s.rotate(old, "0001", "")
		s.wantStatus(s.rotate(old, "0001", "rollback"), http.StatusNotFound)
	})
	t.Run("a token that replaced none is declined GW40 and stays", func(t *testing.T) {
		s := newTarget(t)
		token := s.tokenise(nil)
		if got := s.want(s.rotate(token, "0001", "rollback"), "GW40"); got.text("status") != "declined" || got.text("token") != "" {
			t.Errorf("answered %s", got.raw)
		}
		s.wantAlive(token, true)
	})
	t.Run("of two rotations the last is rolled back, and no further", func(t *testing.T) {
		s := newTarget(t)
		a := s.tokenise(nil)
		b := s.rotate(a, "0001", "").text("token")
		c := s.rotate(b, "0001", "").text("token")
		s.want(s.rotate(c, "0001", "rollback"), "GW00")
		s.want(s.rotate(b, "0001", "rollback"), "GW40")
		s.wantAlive(a, false)
		s.wantAlive(b, true)
		d := s.want(s.rotate(b, "0001", ""), "GW00").text("token")
		s.wantAlive(d, true)
	})
}

func TestTokensSurviveAndKeepNoNumber(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	s := reopened(t, path)
	card, once := s.tokenise(fields{"creditcard": "4000000000005118"}), s.tokenise(fields{"store": 0})
	account := s.post("/payment/ach/token", accountToKeep()).text("token")
	old := s.tokenise(nil)
	fresh := s.rotate(old, "0001", "").text("token")
	s.authorizeBy(once)
	file := copied(t, path, nil)
	text := readText(t, file)
	for _, secret := range []string{"4000000000005118", "4571000000000001", "000111222333"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is kept", secret)
		}
	}
	s = reopened(t, file)
	s.want(s.authorizeBy(card), "GW51")
	s.wantStatus(s.authorizeBy(once), http.StatusNotFound)
	s.want(s.debit(fields{"account_number": account}), "GW00")
	s.wantStatus(s.fetchToken(old), http.StatusNotFound)
	s.want(s.rotate(fresh, "0001", "rollback"), "GW00")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopened(t, file)
	s.want(s.fetchToken(old), "GW00")
	s.wantStatus(s.fetchToken(fresh), http.StatusNotFound)
}
