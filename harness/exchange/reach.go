package exchange

import (
	"context"
	"crypto/tls"
	"errors"
)

// Reach opens a connection to the target, over TLS for https, and closes it.
func (c *Client) Reach(ctx context.Context) *Failure {
	f, _ := c.reach(ctx, c.settings.Target.Scheme == "https")
	return f
}

// WrongScheme returns the scheme of the target's URL that its port speaks in place of the
// given one; "" where nothing shows that it is wrong.
func (c *Client) WrongScheme(ctx context.Context) string {
	switch c.settings.Target.Scheme {
	case "http":
		if f, _ := c.reach(ctx, true); f == nil {
			return "https"
		}
	case "https":
		_, err := c.reach(ctx, true)
		if _, plain := errors.AsType[tls.RecordHeaderError](err); plain {
			return "http"
		}
	}
	return ""
}

// reach opens a connection and closes it. The failure is the error, for people.
func (c *Client) reach(ctx context.Context, encrypted bool) (*Failure, error) {
	ctx, cancel := context.WithTimeout(ctx, c.settings.Timeout)
	defer cancel()
	conn, err := c.wire.target.DialContext(ctx, "tcp", address(c.settings.Target))
	if err != nil {
		return c.failure(ctx, err), err
	}
	if encrypted {
		trust := c.wire.target.TLSClientConfig.Clone()
		if trust.ServerName == "" {
			trust.ServerName = c.settings.Target.Hostname()
		}
		trust.InsecureSkipVerify = trust.InsecureSkipVerify || c.settings.Target.Scheme == "http" // nothing is sent
		secured := tls.Client(conn, trust)
		if err := secured.HandshakeContext(ctx); err != nil {
			_ = conn.Close() // nothing was sent over it
			return c.failure(ctx, err), err
		}
	}
	if err := conn.Close(); err != nil {
		return c.failure(ctx, err), err
	}
	return nil, nil
}
