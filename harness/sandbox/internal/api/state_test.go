package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestStateSurvives(t *testing.T) {
	type after struct{ open, sale, first string }
	for _, tt := range []struct {
		claim string
		end   func(t *testing.T, s *target, path string) (reopen string)
	}{
		{"a close", func(t *testing.T, s *target, path string) string {
			if err := s.Server.Close(); err != nil {
				t.Fatal(err)
			}
			if text := readText(t, path); !json.Valid([]byte(text)) {
				t.Errorf("the file is no JSON: %s", text)
			}
			return path
		}},
		{"a kill between requests", func(t *testing.T, _ *target, path string) string {
			return copied(t, path, nil)
		}},
		{"a kill in the middle of a write", func(t *testing.T, _ *target, path string) string {
			return copied(t, path, []byte(`{"transactions":[{"id":"1","merch`))
		}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.json")
			s := reopened(t, path)
			var was after
			was.open = s.authorize(fields{"orderid": "o-1"}).id()
			s.capture(was.open, "5")
			was.sale = s.settled(s.sell(fields{"cardfullname": "A <b> & ü"}).id())
			s.refund(was.sale, "7")
			was.first = s.keyed("k", "/payment/sale/manual/", payment().with(fields{"reference_id": "<&>"}).wrapped()).raw
			s.wantStatus(s.post("/webhook", hookFields()), 201)
			gone := s.wantStatus(s.post("/webhook", hookFields()), 201).text("id")
			s.want(s.send(call{method: http.MethodDelete, path: "/webhook/" + gone}), "GW00")
			hooks := s.hooks("", "")
			row := s.row(was.sale)

			s = reopened(t, tt.end(t, s, path))
			if got := s.row(was.sale); got["settled_date"] != row["settled_date"] || got["settled"] != "1" || got["trxn_date"] != row["trxn_date"] {
				t.Errorf("sale reads %v, before %v", got, row)
			}
			if got := s.hooks("", ""); len(got) != 1 || got[0] != hooks[0] {
				t.Errorf("hooks %v, before %v", got, hooks)
			}
			if again := s.keyed("k", "/payment/sale/manual/", payment().with(fields{"reference_id": "<&>"}).wrapped()); again.raw != was.first {
				t.Errorf("replayed as %s, before %s", again.raw, was.first)
			}
			s.want(s.sell(fields{"orderid": "o-1"}), "GW19")
			s.want(s.capture(was.open, "15.01"), "GW13")
			s.want(s.capture(was.open, "15"), "GW00")
			s.want(s.refund(was.sale, "13.01"), "GW13")
			s.want(s.void(was.sale), "GW20")
			rows, count := s.list(url.Values{"limit": {"1"}})
			if count != "9" || rows[0]["trxn_type"] != "void" {
				t.Errorf("%s transactions, the newest is %v", count, rows[0])
			}
		})
	}
}

// copied returns a copy of a file as a kill would leave it.
func copied(t *testing.T, path string, more []byte) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(to, append(text, more...), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestCaptureFailsAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	s := reopened(t, path)
	s.failDelay = time.Hour
	r := newReceiver(t)
	s.hear(r, "capture.declined")
	auth := s.authorize(fields{"creditcard": "4000000000705113"}).id()
	id := s.capture(auth, "20").id()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopened(t, path)
	r.wait(1)
	if status := s.row(id)["trxn_status"]; status != "declined" {
		t.Errorf("reads %v", status)
	}
}

func TestStateKeepsNoCardAndNoKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	s := reopened(t, path)
	s.want(s.keyed("k", "/payment/sale/manual/", payment().wrapped()), "GW00")
	s.want(s.sell(fields{"creditcard": "4000000000000515"}), "GW05")
	s.sell(fields{"creditcard": "4571000000"})
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"4571000000000001", "4000000000000515", "4571000000", s.Fixtures.Credentials["valid"].App, s.Fixtures.Credentials["valid"].Client} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("%s is kept in %s", secret, text)
		}
	}
}

func TestStateErrors(t *testing.T) {
	t.Run("a file that is no state is an error that names it", func(t *testing.T) {
		for _, content := range []string{"not a state", `{"name":"somebody else's"}`, `{"transactions":{}}`} {
			path := filepath.Join(t.TempDir(), "state.json")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := New(Options{Data: path}); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v", err)
			}
			if text, err := os.ReadFile(path); err != nil || string(text) != content {
				t.Errorf("the file became %q, %v", text, err)
			}
		}
	})
	t.Run("a folder that is not there is an error", func(t *testing.T) {
		if _, err := New(Options{Data: filepath.Join(t.TempDir(), "none", "state.json")}); err == nil {
			t.Error("no error")
		}
	})
	t.Run("a write that fails is returned by Close", func(t *testing.T) {
		s, err := New(Options{Data: filepath.Join(t.TempDir(), "state.json")})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.State.file.Close(); err != nil {
			t.Fatal(err)
		}
		s.State.Lock()
		s.State.Commit(Change{Removed: []string{"x"}})
		s.State.Unlock()
		if err := s.Close(); err == nil {
			t.Error("no error")
		}
	})
	t.Run("a second Close is harmless, and nothing is accepted after the first", func(t *testing.T) {
		s := newTarget(t)
		for range 2 {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		s.wantStatus(s.sell(nil), http.StatusInternalServerError)
		s.wantStatus(s.trySettle(`{"transaction_id":"1"}`), http.StatusInternalServerError)
		s.wantNothing()
	})
}
