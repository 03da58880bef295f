package settings

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestSettingsAreChecked(t *testing.T) {
	at := func(address string) func(*Settings) {
		return func(s *Settings) { s.Target, _ = url.Parse(address) }
	}
	for _, tt := range []struct {
		claim  string
		change func(*Settings)
		want   string // in the error; "" when it is accepted
	}{
		{"the usual is fine", func(*Settings) {}, ""},
		{"the limits themselves are fine", func(s *Settings) {
			s.Concurrency, s.Timeout, s.RunID, s.BodyLimit, s.HeaderLimit = MaxConcurrency, MaxTimeout, strings.Repeat("a", 64), 1, MaxHeaderLimit
		}, ""},
		{"a named host is fine", at("https://sandbox.example.test/v3"), ""},
		{"nothing at once", func(s *Settings) { s.Concurrency = 0 }, "--concurrency 0: must be auto or a number, 1 to 1024"},
		{"too much at once", func(s *Settings) { s.Concurrency = MaxConcurrency + 1 }, "--concurrency 1025"},
		{"no time", func(s *Settings) { s.Timeout = 0 }, "--timeout 0s: must be more than 0s, up to 10m0s"},
		{"negative time", func(s *Settings) { s.Timeout = -1 }, "--timeout -1ns"},
		{"too much time", func(s *Settings) { s.Timeout = MaxTimeout + 1 }, "--timeout 10m0.000000001s"},
		{"no bytes", func(s *Settings) { s.BodyLimit = 0 }, "--body-limit 0: must be 1 to"},
		{"too many bytes", func(s *Settings) { s.BodyLimit = MaxBodyLimit + 1 }, "--body-limit 1073741825"},
		{"headers of the default length are fine", func(s *Settings) { s.HeaderLimit = 0 }, ""},
		{"too short headers", func(s *Settings) { s.HeaderLimit = 1 }, "--header-limit 1: must be 1KiB to 64MiB"},
		{"too long headers", func(s *Settings) { s.HeaderLimit = MaxHeaderLimit + 1 }, "--header-limit 67108865"},
		{"no run id", func(s *Settings) { s.RunID = "" }, `--run-id "": must be 1 to 64`},
		{"a long run id", func(s *Settings) { s.RunID = strings.Repeat("a", 65) }, "--run-id"},
		{"a run id of other characters", func(s *Settings) { s.RunID = "a/b" }, `--run-id "a/b"`},
		{"a production environment", func(s *Settings) { s.Fixtures.Production = true }, "f.yaml: production: true"},
		{"a host that is not named", at("https://api.example.test/v3"), `add: hosts: ["api.example.test"]`},
		{"a name that begins as loopback does", at("http://127.0.0.1.evil.test/"), "127.0.0.1.evil.test is not allowed"},
		{"settling at a host that is not named", func(s *Settings) { s.Fixtures.Settle = &Settle{"POST", "https://evil.test/x", nil} }, "settle.url https://evil.test/x"},
		{"settling at one without a scheme", func(s *Settings) { s.Fixtures.Settle = &Settle{"POST", "//evil.test/x", nil} }, "evil.test is not allowed"},
		{"settling at the target is fine", func(s *Settings) { s.Fixtures.Settle = &Settle{"POST", "/x", nil} }, ""},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			s := Settings{
				Fixtures:    &Fixtures{File: "f.yaml", Hosts: []string{"sandbox.example.test"}},
				Concurrency: 1, Timeout: time.Second, BodyLimit: DefaultBodyLimit, HeaderLimit: DefaultHeaderLimit, RunID: "Run-1.a",
			}
			at("http://127.0.0.1:8080/v3")(&s)
			tt.change(&s)
			err := s.Check()
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestParseTarget(t *testing.T) {
	for _, tt := range []struct{ claim, value, want, err string }{
		{"a base", "https://sandbox.example.test/v3", "https://sandbox.example.test/v3", ""},
		{"slashes at its end go", "http://127.0.0.1:8080/v3//", "http://127.0.0.1:8080/v3", ""},
		{"no path is fine", "HTTP://[::1]:1", "http://[::1]:1", ""},
		{"a root", "http://a/", "http://a", ""},
		{"no scheme", "sandbox.example.test/v3", "", "must be an http or https URL"},
		{"a host and port alone", "localhost:8080", "", "must be"},
		{"another scheme", "ftp://a/b", "", "must be"},
		{"no host", "http:///v3", "", "must be"},
		{"a port alone", "http://:80/", "", "must be"},
		{"empty", "", "", "must be"},
		{"no URL", "http://a b", "", "must be"},
		{"a user", "https://u:hunter2@a/", "", "must have no user, query or fragment"},
		{"a user at another scheme", "ftp://u:hunter2@a/", "", "must be"},
		{"a query", "https://a/?b=c", "", "must have no user, query or fragment"},
		{"an empty query", "https://a/v3?", "", "must have no user, query or fragment"},
		{"a fragment", "https://a/#b", "", "must have no user, query or fragment"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			u, err := ParseTarget(tt.value)
			switch {
			case tt.err == "" && (err != nil || u.String() != tt.want):
				t.Errorf("%v %v, want %s", u, err, tt.want)
			case tt.err != "" && (err == nil || !strings.HasPrefix(err.Error(), "--target") || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "hunter2")):
				t.Errorf("%v, want %s", err, tt.err)
			}
		})
	}
}
