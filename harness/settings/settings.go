// Package settings holds the settings of a run: flags, QORCHECK_* variables, the
// fixtures and the waivers, read once, checked once, passed down as plain values.
package settings

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Settings are the checked settings of a run.
type Settings struct {
	Target      *url.URL // base of every path, as https://api.example.test/v3, without a trailing slash
	Fixtures    *Fixtures
	Concurrency Concurrency   // maximum of cases at once
	Timeout     time.Duration // for one request and its response
	Rate        Rate          // maximum of requests a second
	BodyLimit   Size          // of a response body; the rest is not read
	HeaderLimit Size          // of a response header, a larger one is an error; 0 is the default
	UserAgent   string        // of requests to the target; "" is the default
	TLS         *tls.Config   // of connections to the target; nil is the system's trust
	MessageWait time.Duration // for one message after the response; 0 is the default
	QuietWindow time.Duration // at the end, for messages that must not arrive; 0 is the default
	RunID       string        // makes the run's values unique
	Seed        uint64        // of the plan's random choices
}

// Limits of settings.
const (
	MaxConcurrency     = 1024
	DefaultTimeout     = 10 * time.Second
	MaxTimeout         = 10 * time.Minute
	DefaultBodyLimit   = 1 << 20
	MaxBodyLimit       = 1 << 30
	DefaultHeaderLimit = 256 << 10
	MinHeaderLimit     = 1 << 10
	MaxHeaderLimit     = 64 << 20
	DefaultUserAgent   = "qorcheck"
	DefaultMessageWait = 10 * time.Second
	DefaultQuietWindow = 2 * time.Second
)

// Default returns the settings of a run against a target, with a run id of its own.
func Default(target *url.URL, f *Fixtures) Settings {
	return Settings{
		Target: target, Fixtures: f, Concurrency: AutoConcurrency, Timeout: DefaultTimeout, BodyLimit: DefaultBodyLimit, HeaderLimit: DefaultHeaderLimit,
		MessageWait: DefaultMessageWait, QuietWindow: DefaultQuietWindow, RunID: NewRunID(), Seed: 1,
	}
}

// NewRunID makes a run id that no other run has.
func NewRunID() string {
	var random [6]byte
	_, _ = rand.Read(random[:]) // it never fails; the program ends if the system has no randomness
	return hex.EncodeToString(random[:])
}

// Check refuses settings beyond their limits and targets that the fixtures do not allow.
// The error names the setting, the value and what it must be.
func (s Settings) Check() error {
	if s.Concurrency != AutoConcurrency && (s.Concurrency < 1 || s.Concurrency > MaxConcurrency) {
		return fmt.Errorf("--concurrency %s: must be %s", s.Concurrency, s.Concurrency.Allowed())
	}
	if s.Timeout <= 0 || s.Timeout > MaxTimeout {
		return fmt.Errorf("--timeout %s: must be more than 0s, up to %s", s.Timeout, MaxTimeout)
	}
	if s.MessageWait < 0 || s.MessageWait > MaxTimeout {
		return fmt.Errorf("--message-wait %s: must be 0s to %s", s.MessageWait, MaxTimeout)
	}
	if s.QuietWindow < 0 || s.QuietWindow > MaxTimeout {
		return fmt.Errorf("--quiet-window %s: must be 0s to %s", s.QuietWindow, MaxTimeout)
	}
	if s.BodyLimit < 1 || s.BodyLimit > MaxBodyLimit {
		return fmt.Errorf("--body-limit %s: must be 1 to %d bytes", s.BodyLimit, MaxBodyLimit)
	}
	if s.HeaderLimit != 0 && s.HeaderLimit < MinHeaderLimit || s.HeaderLimit > MaxHeaderLimit {
		return fmt.Errorf("--header-limit %s: must be %s to %s", s.HeaderLimit, Size(MinHeaderLimit), Size(MaxHeaderLimit))
	}
	if strings.ContainsFunc(s.UserAgent, func(c rune) bool { return c < ' ' || c > '~' }) || s.UserAgent != "" && strings.TrimSpace(s.UserAgent) == "" {
		return fmt.Errorf("--user-agent %q: must be printable ASCII, as in ACME-Pay/2.1", s.UserAgent)
	}
	if s.RunID == "" || len(s.RunID) > 64 || strings.ContainsFunc(s.RunID, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.')
	}) {
		return fmt.Errorf("--run-id %q: must be 1 to 64 letters, digits, . and -", s.RunID)
	}
	if s.Fixtures.Production {
		return fmt.Errorf("%s: production: true: a run makes real requests with test data and refuses production environments", s.Fixtures.File)
	}
	if !s.Fixtures.AllowsHost(s.Target.Host) {
		return fmt.Errorf("--target %s: the host %s is not allowed: only loopback and hosts named under hosts in %s get requests (add: hosts: [%q])", s.Target, s.Target.Host, s.Fixtures.File, s.Target.Host)
	}
	if settle := s.Fixtures.Settle; settle != nil {
		if u, _ := url.Parse(settle.URL); u.Host != "" && !s.Fixtures.AllowsHost(u.Host) {
			return s.Fixtures.WithoutSecrets(fmt.Errorf("%s: settle.url %s: the host %s is not allowed: only loopback and hosts named under hosts get requests", s.Fixtures.File, settle.URL, u.Host))
		}
	}
	return nil
}

// ParseTarget reads the URL of a target.
func ParseTarget(value string) (*url.URL, error) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		if u != nil {
			value = u.Redacted()
		}
		return nil, fmt.Errorf("--target %q: must be an http or https URL, as in https://sandbox.example.test/v3", value)
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, fmt.Errorf("--target %s: must have no user, query or fragment", u.Redacted())
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}
