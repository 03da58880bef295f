package api

import (
	"net/http"
	"strings"
	"testing"
)

func TestCredentials(t *testing.T) {
	s := newTarget(t)
	valid, foreign := s.Fixtures.Credentials["valid"], s.Fixtures.Credentials["other_merchant"]
	revoked, noRights := s.Fixtures.Credentials["revoked"], s.Fixtures.Credentials["no_rights"]
	const absent = "absent"
	for _, tt := range []struct {
		claim       string
		app, client string
		status      int
	}{
		{"both keys are accepted", valid.App, valid.Client, 200},
		{"space around a key is none of it", " " + valid.App + "\t", valid.Client, 200},
		{"no keys", absent, absent, 401},
		{"no app key", absent, valid.Client, 401},
		{"no client key", valid.App, absent, 401},
		{"an empty app key", "", valid.Client, 401},
		{"an empty client key", valid.App, "", 401},
		{"a blank app key", " \t", valid.Client, 401},
		{"a blank client key", valid.App, " ", 401},
		{"unknown keys", "T0000000000000000000", strings.Repeat("0", 32), 403},
		{"an unknown app key", "T0000000000000000000", valid.Client, 403},
		{"an unknown client key", valid.App, strings.Repeat("0", 32), 403},
		{"keys of two clients", valid.App, foreign.Client, 403},
		{"keys of two clients, the other way round", foreign.App, valid.Client, 403},
		{"keys in each other's place", valid.Client, valid.App, 403},
		{"revoked keys", revoked.App, revoked.Client, 403},
		{"keys without a right", noRights.App, noRights.Client, 403},
		{"a truncated app key", valid.App[:19], valid.Client, 403},
		{"a truncated client key", valid.App, valid.Client[:31], 403},
		{"an app key in another case", strings.ToLower(valid.App), valid.Client, 403},
		{"a client key in another case", valid.App, strings.ToUpper(valid.Client), 403},
		{"an app key that is too long", valid.App + "0", valid.Client, 403},
		{"a client key far too long", valid.App, strings.Repeat(valid.Client, 100), 403},
		{"a key in quotes", `"` + valid.App + `"`, valid.Client, 403},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			for _, c := range []call{
				{method: http.MethodGet, path: "/payment/transactions"},
				{method: http.MethodGet, path: "/webhook"},
				{path: "/payment/sale/manual/", body: payment().wrapped()},
				{path: "/payment/authorize", body: payment().wrapped()},
			} {
				s := &target{t, s.Server, s.origin}
				r := s.request(c)
				for name, value := range map[string]string{"Qor-App-Key": tt.app, "Qor-Client-Key": tt.client} {
					if r.Header.Set(name, value); value == absent {
						r.Header.Del(name)
					}
				}
				got, err := s.do(r)
				if err != nil {
					t.Fatal(err)
				}
				s.wantStatus(got, tt.status)
			}
		})
	}
}

func TestCredentials_InOtherPlaces(t *testing.T) {
	s := newTarget(t)
	valid := s.Fixtures.Credentials["valid"]
	t.Run("keys in the query or in the body do not count", func(t *testing.T) {
		s := &target{t, s.Server, s.origin}
		bare := map[string]string{"Qor-App-Key": "", "Qor-Client-Key": ""}
		f := payment().with(fields{"Qor-App-Key": valid.App, "Qor-Client-Key": valid.Client}).wrapped()
		f["Qor-App-Key"], f["Qor-Client-Key"] = valid.App, valid.Client
		s.wantStatus(s.send(call{path: "/payment/authorize?Qor-App-Key=" + valid.App + "&Qor-Client-Key=" + valid.Client, header: bare, body: f}), 401)
	})
	t.Run("a key given twice is no key", func(t *testing.T) {
		s := &target{t, s.Server, s.origin}
		r := s.request(call{method: http.MethodGet, path: "/webhook"})
		r.Header.Add("Qor-App-Key", valid.App)
		got, err := s.do(r)
		if err != nil {
			t.Fatal(err)
		}
		s.wantStatus(got, 403)
	})
}

func TestRejectedKeysLeaveNothing(t *testing.T) {
	s := newTarget(t)
	for _, role := range []string{"revoked", "no_rights", "unknown"} {
		s.send(call{path: "/payment/sale/manual/", role: role, body: payment().wrapped()})
		s.send(call{path: "/webhook", role: role, body: hookFields().wrapped()})
	}
	s.wantNothing()
}
