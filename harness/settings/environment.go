package settings

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// ClientCredentials are exchanged for an access token (OAuth 2, RFC 6749, section 4.4),
// which is renewed before it ends.
type ClientCredentials struct {
	ID       string   `yaml:"client_id"`
	Secret   string   `yaml:"client_secret"`
	TokenURL string   `yaml:"token_url"` // "" is that of the description
	Scopes   []string `yaml:"scopes"`
}

// standIn is the valid credential of a scheme in a plan, before there is a token.
const standIn = "access-token-of-the-run-"

// standInForTokens gives each scheme of oauth2 a valid credential, which a run replaces.
func (f *Fixtures) standInForTokens() {
	for name := range f.OAuth2 {
		if f.Credentials == nil {
			f.Credentials = Credentials{}
		}
		if f.Credentials[Valid] == nil {
			f.Credentials[Valid] = map[string]string{}
		}
		f.Credentials[Valid][name] = standIn + name
	}
}

// madeHeaders are made from the description and the request.
var madeHeaders = []string{"accept", "content-type", "content-length", "host", "transfer-encoding", "connection", "accept-encoding", "user-agent", "cookie"}

// checkEnvironment refuses a base, headers and client credentials that no request can have.
func (f *Fixtures) checkEnvironment() error {
	if f.Base != "" && (!strings.HasPrefix(f.Base, "/") || strings.ContainsAny(f.Base, "?# ")) {
		return fmt.Errorf("base: %q: must be a path, as in /v2", f.Base)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Headers)) {
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			return fmt.Errorf("headers: %q: must be the name of a header", name)
		case slices.Contains(madeHeaders, strings.ToLower(name)):
			return fmt.Errorf("headers.%s: is made from the description, or by a flag", name)
		case f.Headers[name] == "" || !httpguts.ValidHeaderFieldValue(f.Headers[name]):
			return fmt.Errorf("headers.%s: must be the value of a header: not empty, without line breaks", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.OAuth2)) {
		if err := f.OAuth2[name].check(); err != nil {
			return fmt.Errorf("oauth2.%s: %w", name, err)
		}
		if f.Credential(Valid, name) != "" {
			return fmt.Errorf("oauth2.%s: credentials.valid has a token of %s already: give one of the two", name, name)
		}
	}
	return nil
}

func (c *ClientCredentials) check() error {
	switch {
	case c == nil || c.ID == "" || c.Secret == "":
		return errors.New("must have client_id and client_secret")
	case c.TokenURL == "":
		return nil
	}
	if u, err := url.Parse(c.TokenURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("its token_url %q must be an http or https URL", c.TokenURL)
	}
	return nil
}

// Header returns the value of a header of every request, "" for one that is not given.
func (f *Fixtures) Header(name string) string {
	for given, value := range f.Headers {
		if strings.EqualFold(given, name) {
			return value
		}
	}
	return ""
}

// Below returns the URL below which the paths of the description are: the target, and the
// base where it does not end in it.
func (f *Fixtures) Below(target *url.URL) *url.URL {
	base := strings.TrimRight(f.Base, "/")
	if base == "" || strings.HasSuffix(target.Path, base) {
		return target
	}
	below := *target
	below.Path += base
	return &below
}
