package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"qorcheck/spec"
)

// Bounds of a document that is fetched.
const (
	MaxDocument  = 32 << 20
	fetchTimeout = 30 * time.Second
	maxRedirects = 5
)

// Fetch reads a document from an http or https URL, within bounds of size and time. It
// carries no credential, follows no proxy, and is led to no other host than the URL's.
func Fetch(ctx context.Context, address *url.URL) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "qorcheck")
	request.Header.Set("Accept", "application/yaml, application/json, */*;q=0.5")
	transport := &http.Transport{Proxy: nil}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, CheckRedirect: func(next *http.Request, before []*http.Request) error {
		switch {
		case next.URL.Host != address.Host || next.URL.Scheme != address.Scheme:
			return fmt.Errorf("it redirects to %s://%s; only the host that was given is called", next.URL.Scheme, next.URL.Host)
		case len(before) > maxRedirects:
			return errors.New("it redirects without end")
		}
		return nil
	}}
	response, err := client.Do(request)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // the address stands in front of it already
		}
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it was answered %d, not 200", response.StatusCode)
	}
	return spec.ReadAll(response.Body, MaxDocument)
}
