package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

const (
	AppKeyHeader    = "Qor-App-Key"
	ClientKeyHeader = "Qor-Client-Key"
)

// client is the holder of one pair of keys.
type client struct {
	Name    string   // the role in the fixtures file
	mids    []string // the merchants that the keys act for
	refused string   // why these keys may do nothing; empty for keys with rights
}

func (c *client) owns(mid string) bool { return slices.Contains(c.mids, mid) }

// clients maps each known pair of keys to its holder.
type clients map[keys]*client

func newClients(f fixtures) (clients, error) {
	own := []string{f.Merchants["main"], f.Merchants["refunds_off"]}
	known := clients{}
	for role, pair := range f.Credentials {
		c := &client{Name: role, mids: own}
		switch role {
		case "valid":
		case "revoked":
			c.refused = "the API keys are revoked"
		case "no_rights":
			c.refused = "the API keys have no right to this operation"
		case "other_merchant":
			c.mids = []string{f.Merchants["other"]}
		default:
			return nil, fmt.Errorf("fixtures.yaml: credentials: unknown role %q", role)
		}
		known[pair] = c
	}
	return known, nil
}

// authenticate finds the holder of the keys in the headers: 401 where a key is
// missing, 403 where the two are no pair that may act.
func (known clients) authenticate(h http.Header) (*client, *refusal) {
	app, client := h.Values(AppKeyHeader), h.Values(ClientKeyHeader)
	for _, given := range [][]string{app, client} {
		if strings.TrimSpace(strings.Join(given, "")) == "" {
			return nil, &refusal{http.StatusUnauthorized, CodeSecurity, "API keys are missing"}
		}
	}
	if len(app) == 1 && len(client) == 1 {
		if c := known[keys{app[0], client[0]}]; c != nil {
			if c.refused != "" {
				return nil, &refusal{http.StatusForbidden, CodeSecurity, c.refused}
			}
			return c, nil
		}
	}
	return nil, &refusal{http.StatusForbidden, CodeSecurity, "the API keys are not known as a pair"}
}
