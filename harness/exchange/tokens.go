package exchange

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"qorcheck/harness/settings"
)

// renewal is how long before its end an access token is renewed.
const renewal = 20 * time.Second

// tokens exchanges client credentials for access tokens.
type tokens struct {
	sources   map[string]oauth2.TokenSource // by security scheme
	transport *http.Transport
	learn     func(token string)

	mu   sync.Mutex
	last map[string]string
}

// newTokens makes the sources of tokens. Their requests go to allowed hosts only, and
// follow no redirect.
func (c *Client) newTokens() *tokens {
	t := &tokens{sources: map[string]oauth2.TokenSource{}, last: map[string]string{}, learn: c.redactor.Learn}
	if len(c.settings.Fixtures.OAuth2) == 0 {
		return t
	}
	trust := &tls.Config{}
	if c.settings.TLS != nil {
		trust = c.settings.TLS.Clone()
	}
	t.transport = c.wire.opener(c.settings, trust)
	sender := &http.Client{Transport: t.transport, Timeout: c.settings.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, sender)
	for name, given := range c.settings.Fixtures.OAuth2 {
		config := clientcredentials.Config{ClientID: given.ID, ClientSecret: given.Secret, TokenURL: given.TokenURL, Scopes: given.Scopes}
		t.sources[name] = oauth2.ReuseTokenSourceWithExpiry(nil, fresh{ctx, config}, renewal)
	}
	return t
}

// fresh asks for a new token each time.
type fresh struct {
	ctx    context.Context
	config clientcredentials.Config
}

func (f fresh) Token() (*oauth2.Token, error) { return f.config.Token(f.ctx) }

// of returns the access token of a scheme, "" where it is not made of client credentials.
func (t *tokens) of(scheme string) (string, error) {
	source := t.sources[scheme]
	if source == nil {
		return "", nil
	}
	token, err := source.Token()
	if err != nil {
		return "", fmt.Errorf("oauth2.%s: %w", scheme, errors.New(refusal(err)))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last[scheme] != token.AccessToken {
		t.last[scheme] = token.AccessToken
		t.learn(token.AccessToken)
	}
	return token.AccessToken, nil
}

// refusal says why there is no token.
func refusal(err error) string {
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok:
		return err.Error()
	case refused.ErrorCode != "":
		return fmt.Sprintf("the request for a token was answered %d %s %s", refused.Response.StatusCode, refused.ErrorCode, refused.ErrorDescription)
	}
	return fmt.Sprintf("the request for a token was answered %d", refused.Response.StatusCode)
}

func (t *tokens) close() {
	if t.transport != nil {
		t.transport.CloseIdleConnections()
	}
}

// ObtainTokens obtains the access tokens of the run, and returns why one cannot be had.
func (c *Client) ObtainTokens() *Failure {
	for _, name := range slices.Sorted(maps.Keys(c.tokens.sources)) {
		if _, err := c.tokens.of(name); err != nil {
			return &Failure{Blocked, c.redactor.Excerpt(err.Error(), maxFailure)}
		}
	}
	return nil
}

// credential returns the credential of a role for a security scheme.
func (c *Client) credential(role, scheme string) (string, error) {
	if role == settings.Valid {
		if token, err := c.tokens.of(scheme); token != "" || err != nil {
			return token, err
		}
	}
	return c.settings.Fixtures.Credential(role, scheme), nil
}
